SELECT CAST(EXTRACT(isodow FROM t.sold) AS INTEGER) - 1 AS weekday, CAST(t.sold AS DATE) AS sold,
    CAST(floor(EXTRACT(epoch FROM CAST(t.sold AS TIMESTAMP WITHOUT TIME ZONE) - CAST(t.added AS TIMESTAMP WITHOUT TIME ZONE)) / CAST(%(param_1)s AS DOUBLE PRECISION)) AS BIGINT) AS column_3,
    t.sold + %(param_2)s::INTEGER * interval '1 second' AS column_4,
    CAST(t.added + %(param_3)s::INTEGER * interval '1 second' AS DATE) AS column_5
FROM track AS t
WHERE t.added > %(param_4)s::DATE AND t.sold < %(param_5)s::TIMESTAMP WITHOUT TIME ZONE
-- {'param_1': 86400.0, 'param_2': 86400, 'param_3': -86400, 'param_4': datetime.date(2024, 1, 2), 'param_5': datetime.datetime(2024, 3, 1, 0, 0)}
