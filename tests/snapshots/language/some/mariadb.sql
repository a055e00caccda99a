SELECT t.name FROM track AS t ORDER BY rand() LIMIT %s
-- {'param_1': 3}
