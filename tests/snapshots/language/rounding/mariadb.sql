SELECT CAST(truncate(round(CAST(t.score AS DECIMAL(65, 30)), %s), 0) AS SIGNED INTEGER) AS score,
    round(CAST(t.score AS DECIMAL(65, 30)), %s) AS score_2,
    CAST(truncate(t.score, 0) AS SIGNED INTEGER) AS score_3, floor(t.score) AS floor,
    ceil(t.score) AS ceil
FROM track AS t
-- {'param_1': 0, 'param_2': 1}
