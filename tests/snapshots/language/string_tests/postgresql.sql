SELECT t.name
FROM track AS t
WHERE starts_with(t.name, %(param_1)s::VARCHAR)
    AND right(t.name, length(%(param_2)s::VARCHAR)) = %(param_2)s::VARCHAR
    AND strpos(t.name, t.composer) > 0
-- {'param_1': 'O', 'param_2': 'e'}
