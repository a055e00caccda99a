SELECT CASE WHEN (t.ms > ?) THEN ? WHEN (t.ms > ?) THEN ? END AS column_1 FROM track AS t
-- {'param_1': 300, 'param_2': 'a', 'param_3': 200, 'param_4': 'b'}
