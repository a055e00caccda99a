SELECT EXISTS (SELECT 1 FROM track AS t WHERE t.ms > %(param_1)s::INTEGER) AS column_1,
    NOT (EXISTS (SELECT 1 FROM track AS t WHERE (t.score > %(param_1)s::INTEGER) IS NOT true)) AS column_2,
    (SELECT count(DISTINCT t.ms) AS count FROM track AS t) AS count
-- {'param_1': 1}
