WITH RECURSIVE up(id, column_2) AS (SELECT e.id AS id, %s AS column_2 FROM employee AS e WHERE e.boss IS NULL UNION ALL SELECT e.id AS id, up.column_2 + %s AS column_2 FROM up, employee AS e WHERE e.boss = up.id)
SELECT up.id, up.column_2
FROM up
-- {'param_1': 0, 'param_2': 1}
