SELECT t.name FROM track AS t ORDER BY random() LIMIT %(param_1)s::INTEGER
-- {'param_1': 3}
