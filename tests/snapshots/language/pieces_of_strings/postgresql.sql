SELECT split_part(t.name, %(param_1)s::VARCHAR, 1) AS name,
    CASE WHEN ((char_length(t.name) - char_length(replace(t.name, %(param_1)s::VARCHAR, ''))) / char_length(%(param_1)s::VARCHAR) >= 1) THEN split_part(t.name, %(param_1)s::VARCHAR, -2) END AS name_2
FROM track AS t
-- {'param_1': ' '}
