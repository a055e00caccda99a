SELECT t.name, coalesce(sum(t.ms) OVER (ORDER BY t.track_id), %(param_1)s::INTEGER) AS sum
FROM track AS t
-- {'param_1': 0}
