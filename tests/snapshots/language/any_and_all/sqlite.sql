SELECT EXISTS (SELECT 1 FROM track AS t WHERE t.ms > ?) AS column_1,
    NOT (EXISTS (SELECT 1 FROM track AS t WHERE (t.score > ?) IS NOT 1)) AS column_2,
    (SELECT count(DISTINCT t.ms) AS count FROM track AS t) AS count
-- {'param_1': 1}
