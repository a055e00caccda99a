SELECT t.name
FROM track AS t
WHERE (t.ms IN (%s, %s) OR t.ms IS NULL)
    AND locate(convert(%s USING utf8mb4) COLLATE utf8mb4_bin, t.name) > 0 AND t.ms >= %s
    AND t.ms < %s AND (t.ms - %s) %% %s = 0
-- {'param_1': 'o', 'param_2': 1, 'param_3': 9, 'param_4': 2, 'ms_1_1': 1, 'ms_1_2': 2}
