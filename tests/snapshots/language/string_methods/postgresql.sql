SELECT upper(t.name) AS name, btrim(t.name, E' \t\n\r\f\v') AS name_2,
    replace(t.name, %(param_1)s::VARCHAR, %(param_2)s::VARCHAR) AS name_3,
    strpos(t.name, %(param_3)s::VARCHAR) - 1 AS column_4, length(t.name) AS len,
    CASE WHEN (char_length(t.name) >= %(param_4)s::INTEGER) THEN t.name ELSE lpad(t.name, %(param_4)s::INTEGER, %(param_5)s::VARCHAR) END AS column_6,
    CASE WHEN (char_length(t.name) >= %(param_4)s::INTEGER) THEN t.name ELSE rpad(t.name, %(param_4)s::INTEGER, %(param_6)s::VARCHAR) END AS column_7,
    CASE WHEN starts_with(t.name, %(param_7)s::VARCHAR) THEN substr(t.name, length(%(param_7)s::VARCHAR) + 1) ELSE t.name END AS name_8
FROM track AS t
-- {'param_1': 'a', 'param_2': 'b', 'param_3': 'o', 'param_4': 9, 'param_5': '0', 'param_6': ' ', 'param_7': 'x'}
