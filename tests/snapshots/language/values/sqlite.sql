SELECT item.value_1
FROM (SELECT ? AS value_1, ? AS value_2 UNION ALL SELECT ? AS value_1, ? AS value_2) AS item
WHERE item.value_2 = ?
-- {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}
