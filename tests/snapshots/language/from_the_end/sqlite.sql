SELECT q.name
FROM (SELECT t.name AS name FROM track AS t ORDER BY t.name DESC LIMIT ? OFFSET ?) AS q
ORDER BY q.name
-- {'param_1': 3, 'param_2': 0}
