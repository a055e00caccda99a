SELECT d.v -> ? AS a, CAST(CAST(json_extract(d.v, ?) AS TEXT) AS INTEGER) AS n
FROM (SELECT ? AS v) AS d
WHERE CAST(json_extract(d.v, ?) AS TEXT) = ? AND json_extract(d.v, ?) IS NOT NULL
-- {'param_1': '$."a"[0]', 'param_2': '$."n"', 'param_3': '{}', 'param_4': '$."s"', 'param_5': 'x', 'param_6': '$."z"'}
