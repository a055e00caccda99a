SELECT substring_index(substring_index(t.name, %s, 1), %s, -1) AS name,
    CASE WHEN (FLOOR((char_length(t.name) - char_length(replace(t.name, %s, ''))) / char_length(%s)) >= 1) THEN substring_index(substring_index(t.name, %s, -2), %s, 1) END AS name_2
FROM track AS t
-- {'param_1': ' '}
