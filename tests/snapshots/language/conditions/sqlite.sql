SELECT t.name
FROM track AS t
WHERE ? < t.ms AND t.ms <= ? AND t.live IS NOT 1 AND t.composer IS NOT NULL
-- {'param_1': 100, 'param_2': 300}
