SELECT json_extract(d.v, %s) AS a, CAST(json_value(d.v, %s) AS SIGNED INTEGER) AS n
FROM (SELECT %s AS v) AS d
WHERE json_value(d.v, %s) = %s AND coalesce(json_type(json_extract(d.v, %s)), 'NULL') != 'NULL'
-- {'param_1': '$."a"[0]', 'param_2': '$."n"', 'param_3': '{}', 'param_4': '$."s"', 'param_5': 'x', 'param_6': '$."z"'}
