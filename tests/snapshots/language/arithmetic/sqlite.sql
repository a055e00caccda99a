SELECT CAST(t.ms AS REAL) / ? AS column_1,
    t.ms / ? - CASE WHEN (t.ms % ? < 0) THEN 1 ELSE 0 END AS column_2,
    t.ms % ? + CASE WHEN (t.ms % ? < 0) THEN ? ELSE 0 END AS column_3,
    t.ms / t.track_id - CASE WHEN (t.ms % t.track_id != 0 AND (t.ms < 0) != (t.track_id < 0)) THEN 1 ELSE 0 END AS column_4,
    pow(t.ms, ?) AS column_5, t.ms & ? AS column_6, (t.ms | ?) - (t.ms & ?) AS column_7
FROM track AS t
-- {'param_1': 7, 'param_2': 2, 'param_3': 3}
