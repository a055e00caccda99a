SELECT CASE WHEN (t.ms > %(param_1)s::INTEGER) THEN %(param_2)s::VARCHAR WHEN (t.ms > %(param_3)s::INTEGER) THEN %(param_4)s::VARCHAR END AS column_1
FROM track AS t
-- {'param_1': 300, 'param_2': 'a', 'param_3': 200, 'param_4': 'b'}
