SELECT count(*) AS count, count(t.composer) AS count_2,
    count(CASE WHEN (t.ms > %(param_1)s::INTEGER) THEN 1 END) AS count_3,
    count(DISTINCT t.ms) AS count_4
FROM track AS t
-- {'param_1': 9}
