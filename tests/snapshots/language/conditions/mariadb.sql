SELECT t.name
FROM track AS t
WHERE %s < t.ms AND t.ms <= %s AND t.live IS NOT true AND t.composer IS NOT NULL
-- {'param_1': 100, 'param_2': 300}
