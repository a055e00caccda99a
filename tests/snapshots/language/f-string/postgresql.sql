SELECT t.name || %(param_1)s::VARCHAR || CASE WHEN (char_length(CAST(t.ms AS TEXT)) >= %(param_2)s::INTEGER) THEN CAST(t.ms AS TEXT) ELSE lpad(CAST(t.ms AS TEXT), %(param_2)s::INTEGER, %(param_3)s::VARCHAR) END || %(param_4)s::VARCHAR || CAST(round(CAST(t.price AS NUMERIC), 1) AS TEXT) || %(param_4)s::VARCHAR || coalesce(to_char(t.sold, %(param_5)s::VARCHAR), '') || %(param_6)s::VARCHAR || coalesce(t.composer, '') AS column_1
FROM track AS t
-- {'param_1': ' (', 'param_2': 6, 'param_3': '0', 'param_4': ', ', 'param_5': 'YYYY-MM-DD', 'param_6': ') '}
