SELECT t.name
FROM track AS t
WHERE (t.ms IN (?, ?) OR t.ms IS NULL) AND instr(t.name, ?) > 0 AND t.ms >= ? AND t.ms < ?
    AND (t.ms - ?) % ? = 0
-- {'param_1': 'o', 'param_2': 1, 'param_3': 9, 'param_4': 2, 'ms_1_1': 1, 'ms_1_2': 2}
