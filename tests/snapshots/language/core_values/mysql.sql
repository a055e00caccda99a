SELECT v.a, v.b FROM (SELECT %s AS a, %s AS b UNION ALL SELECT %s AS a, %s AS b) AS v
-- {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}
