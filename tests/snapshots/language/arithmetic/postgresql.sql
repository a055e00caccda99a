SELECT CAST(t.ms AS DOUBLE PRECISION) / %(param_1)s::INTEGER AS column_1,
    t.ms / %(param_1)s::INTEGER - CASE WHEN (t.ms %% %(param_1)s::INTEGER < 0) THEN 1 ELSE 0 END AS column_2,
    t.ms %% %(param_1)s::INTEGER + CASE WHEN (t.ms %% %(param_1)s::INTEGER < 0) THEN %(param_1)s::INTEGER ELSE 0 END AS column_3,
    t.ms / t.track_id - CASE WHEN (t.ms %% t.track_id != 0 AND (t.ms < 0) != (t.track_id < 0)) THEN 1 ELSE 0 END AS column_4,
    power(t.ms, %(param_2)s::INTEGER) AS column_5, t.ms & %(param_3)s::INTEGER AS column_6,
    (t.ms | %(param_3)s::INTEGER) - (t.ms & %(param_3)s::INTEGER) AS column_7
FROM track AS t
-- {'param_1': 7, 'param_2': 2, 'param_3': 3}
