SELECT CAST(round(t.score, ?) AS INTEGER) AS score, round(t.score, ?) AS score_2,
    CAST(t.score AS INTEGER) AS score_3,
    CASE WHEN (CAST(t.score AS INTEGER) > t.score) THEN CAST(t.score AS INTEGER) - 1 ELSE CAST(t.score AS INTEGER) END AS floor,
    CASE WHEN (CAST(t.score AS INTEGER) < t.score) THEN CAST(t.score AS INTEGER) + 1 ELSE CAST(t.score AS INTEGER) END AS ceil
FROM track AS t
-- {'param_1': 0, 'param_2': 1}
