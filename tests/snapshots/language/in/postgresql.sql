SELECT t.name
FROM track AS t
WHERE (t.ms IN (%(ms_1_1)s::INTEGER, %(ms_1_2)s::INTEGER) OR t.ms IS NULL)
    AND strpos(t.name, %(param_1)s::VARCHAR) > 0 AND t.ms >= %(param_2)s::INTEGER
    AND t.ms < %(param_3)s::INTEGER AND (t.ms - %(param_2)s::INTEGER) %% %(param_4)s::INTEGER = 0
-- {'param_1': 'o', 'param_2': 1, 'param_3': 9, 'param_4': 2, 'ms_1_1': 1, 'ms_1_2': 2}
