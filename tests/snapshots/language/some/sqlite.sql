SELECT t.name FROM track AS t ORDER BY random() LIMIT ? OFFSET ?
-- {'param_1': 3, 'param_2': 0}
