SELECT substr(t.name, %s, 1) AS column_1,
    CASE WHEN (char_length(t.name) + %s + 1 >= 1) THEN substr(t.name, char_length(t.name) + %s + 1, 1) ELSE %s END AS column_2,
    substr(t.name, %s, %s) AS column_3,
    substr(t.name, CASE WHEN (char_length(t.name) + %s > 0) THEN char_length(t.name) + %s ELSE 0 END + 1) AS column_4,
    substr(t.name, %s, CASE WHEN (char_length(t.name) + %s > 0) THEN char_length(t.name) + %s ELSE 0 END) AS column_5,
    substr(t.name, CASE WHEN (t.track_id >= 0) THEN t.track_id WHEN (char_length(t.name) + t.track_id > 0) THEN char_length(t.name) + t.track_id ELSE 0 END + 1) AS column_6
FROM track AS t
-- {'param_1': 1, 'param_2': -1, 'param_3': '', 'param_4': 3, 'param_5': -3, 'param_6': -2}
