SELECT upper(t.name) AS name,
    regexp_replace(regexp_replace(t.name, concat('^', '[[:space:]]+'), ''), concat('[[:space:]]+', '$'), '') AS name_2,
    replace(t.name, %s, %s) AS name_3,
    locate(convert(%s USING utf8mb4) COLLATE utf8mb4_bin, t.name) - 1 AS column_4,
    char_length(t.name) AS len,
    CASE WHEN (char_length(t.name) >= %s) THEN t.name ELSE lpad(t.name, %s, %s) END AS column_6,
    CASE WHEN (char_length(t.name) >= %s) THEN t.name ELSE rpad(t.name, %s, %s) END AS column_7,
    CASE WHEN (locate(convert(%s USING utf8mb4) COLLATE utf8mb4_bin, t.name) = 1) THEN substr(t.name, char_length(%s) + 1) ELSE t.name END AS name_8
FROM track AS t
-- {'param_1': 'a', 'param_2': 'b', 'param_3': 'o', 'param_4': 9, 'param_5': '0', 'param_6': ' ', 'param_7': 'x'}
