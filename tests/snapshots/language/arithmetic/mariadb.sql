SELECT (t.ms + 0e0) / %s AS column_1,
    t.ms DIV %s - CASE WHEN (t.ms %% %s < 0) THEN 1 ELSE 0 END AS column_2,
    t.ms %% %s + CASE WHEN (t.ms %% %s < 0) THEN %s ELSE 0 END AS column_3,
    t.ms DIV t.track_id - CASE WHEN (t.ms %% t.track_id != 0 AND (t.ms < 0) != (t.track_id < 0)) THEN 1 ELSE 0 END AS column_4,
    pow(t.ms, %s) AS column_5, t.ms & %s AS column_6, (t.ms | %s) - (t.ms & %s) AS column_7
FROM track AS t
-- {'param_1': 7, 'param_2': 2, 'param_3': 3}
