SELECT substr(t.name, ?, 1) AS column_1,
    CASE WHEN (length(t.name) + ? + 1 >= 1) THEN substr(t.name, length(t.name) + ? + 1, 1) ELSE ? END AS column_2,
    substr(t.name, ?, ?) AS column_3,
    substr(t.name, CASE WHEN (length(t.name) + ? > 0) THEN length(t.name) + ? ELSE 0 END + 1) AS column_4,
    substr(t.name, ?, CASE WHEN (length(t.name) + ? > 0) THEN length(t.name) + ? ELSE 0 END) AS column_5,
    substr(t.name, CASE WHEN (t.track_id >= 0) THEN t.track_id WHEN (length(t.name) + t.track_id > 0) THEN length(t.name) + t.track_id ELSE 0 END + 1) AS column_6
FROM track AS t
-- {'param_1': 1, 'param_2': -1, 'param_3': '', 'param_4': 3, 'param_5': -3, 'param_6': -2}
