SELECT v.a, v.b
FROM (VALUES (%(param_1)s::INTEGER, %(param_2)s::VARCHAR), (%(param_3)s::INTEGER, %(param_4)s::VARCHAR)) AS v (a, b)
-- {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}
