SELECT item.value_1
FROM (SELECT %(param_1)s::INTEGER AS value_1, %(param_2)s::VARCHAR AS value_2 UNION ALL SELECT %(param_3)s::INTEGER AS value_1, %(param_4)s::VARCHAR AS value_2) AS item
WHERE item.value_2 = %(param_4)s::VARCHAR
-- {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}
