SELECT q.name
FROM (SELECT t.name AS name FROM track AS t ORDER BY t.name DESC LIMIT %(param_1)s::INTEGER) AS q
ORDER BY q.name
-- {'param_1': 3}
