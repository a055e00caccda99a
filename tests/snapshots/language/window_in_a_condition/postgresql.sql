SELECT w.name
FROM (SELECT t.name AS name, row_number() OVER (PARTITION BY t.genre_id ORDER BY t.ms) <= %(param_1)s::INTEGER AS condition_1 FROM track AS t) AS w
WHERE w.condition_1
-- {'param_1': 2}
