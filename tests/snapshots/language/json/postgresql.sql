SELECT (CAST(d.v AS JSONB) -> %(param_1)s::VARCHAR) -> %(param_2)s::INTEGER AS a,
    CAST(CAST(d.v AS JSONB) ->> %(param_3)s::VARCHAR AS BIGINT) AS n
FROM (SELECT %(param_4)s::VARCHAR AS v) AS d
WHERE CAST(d.v AS JSONB) ->> %(param_5)s::VARCHAR = %(param_6)s::VARCHAR
    AND CAST(d.v AS JSONB) ->> %(param_7)s::VARCHAR IS NOT NULL
-- {'param_1': 'a', 'param_2': 0, 'param_3': 'n', 'param_4': '{}', 'param_5': 's', 'param_6': 'x', 'param_7': 'z'}
