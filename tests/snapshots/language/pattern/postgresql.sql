SELECT t.name FROM track AS t WHERE t.name ~ %(param_1)s::VARCHAR
-- {'param_1': '^A'}
