SELECT CAST(STRFTIME('%Y', t.sold) AS INTEGER) AS year,
    CAST(STRFTIME('%m', t.sold) AS INTEGER) AS month, count(*) AS count
FROM track AS t
GROUP BY CAST(STRFTIME('%Y', t.sold) AS INTEGER), CAST(STRFTIME('%m', t.sold) AS INTEGER)
-- {}
