SELECT t.name FROM track AS t WHERE convert(t.name USING utf8mb4) COLLATE utf8mb4_bin REGEXP %s
-- {'param_1': '^A'}
