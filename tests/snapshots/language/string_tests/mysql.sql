SELECT t.name
FROM track AS t
WHERE locate(convert(%s USING utf8mb4) COLLATE utf8mb4_bin, t.name) = 1
    AND locate(convert(%s USING utf8mb4) COLLATE utf8mb4_bin, right(t.name, char_length(%s))) = 1
    AND locate(convert(t.composer USING utf8mb4) COLLATE utf8mb4_bin, t.name) > 0
-- {'param_1': 'O', 'param_2': 'e'}
