SELECT t.name, coalesce(sum(t.ms) OVER (ORDER BY t.track_id), ?) AS sum FROM track AS t
-- {'param_1': 0}
