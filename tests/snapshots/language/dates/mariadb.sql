SELECT (weekday(t.sold) + 1) - 1 AS weekday, date(t.sold) AS sold,
    floor((timestampdiff(MICROSECOND, t.added, t.sold) / 1000000) / %s) AS column_3,
    timestampadd(SECOND, %s, t.sold) AS column_4,
    date(timestampadd(SECOND, %s, t.added)) AS column_5
FROM track AS t
WHERE t.added > %s AND t.sold < %s
-- {'param_1': 86400.0, 'param_2': 86400, 'param_3': -86400, 'param_4': datetime.date(2024, 1, 2), 'param_5': datetime.datetime(2024, 3, 1, 0, 0)}
