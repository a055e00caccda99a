SELECT CAST(trunc(round(CAST(t.score AS NUMERIC), %(param_1)s::INTEGER)) AS BIGINT) AS score,
    round(CAST(t.score AS NUMERIC), %(param_2)s::INTEGER) AS score_2,
    CAST(trunc(t.score) AS BIGINT) AS score_3, CAST(floor(t.score) AS BIGINT) AS floor,
    CAST(ceil(t.score) AS BIGINT) AS ceil
FROM track AS t
-- {'param_1': 0, 'param_2': 1}
