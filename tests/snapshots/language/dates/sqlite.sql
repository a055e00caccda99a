SELECT ((CAST(strftime('%w', t.sold) AS INTEGER) + 6) % 7 + 1) - 1 AS weekday, date(t.sold) AS sold,
    CASE WHEN (CAST(round((julianday(t.sold) - julianday(t.added)) * 86400.0, 3) / (? + 0.0) AS INTEGER) > round((julianday(t.sold) - julianday(t.added)) * 86400.0, 3) / (? + 0.0)) THEN CAST(round((julianday(t.sold) - julianday(t.added)) * 86400.0, 3) / (? + 0.0) AS INTEGER) - 1 ELSE CAST(round((julianday(t.sold) - julianday(t.added)) * 86400.0, 3) / (? + 0.0) AS INTEGER) END AS column_3,
    datetime(t.sold, '+86400 seconds') || substr(t.sold, 20) AS column_4,
    date(t.added, '-86400 seconds') AS column_5
FROM track AS t
WHERE t.added > ? AND t.sold < ?
-- {'param_1': 86400.0, 'param_2': datetime.date(2024, 1, 2), 'param_3': datetime.datetime(2024, 3, 1, 0, 0)}
