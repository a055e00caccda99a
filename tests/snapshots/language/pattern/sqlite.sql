SELECT t.name FROM track AS t WHERE t.name REGEXP ?
-- {'param_1': '^A'}
