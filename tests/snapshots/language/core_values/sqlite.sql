SELECT v.a, v.b FROM (SELECT ? AS a, ? AS b UNION ALL SELECT ? AS a, ? AS b) AS v
-- {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}
