SELECT t.name
FROM track AS t
WHERE %(param_1)s::INTEGER < t.ms AND t.ms <= %(param_2)s::INTEGER AND t.live IS NOT true
    AND t.composer IS NOT NULL
-- {'param_1': 100, 'param_2': 300}
