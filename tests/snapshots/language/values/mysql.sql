SELECT item.value_1
FROM (SELECT %s AS value_1, %s AS value_2 UNION ALL SELECT %s AS value_1, %s AS value_2) AS item
WHERE item.value_2 = %s
-- {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}
