SELECT q.name
FROM (SELECT t.name AS name FROM track AS t ORDER BY t.name DESC LIMIT %s) AS q
ORDER BY q.name
-- {'param_1': 3}
