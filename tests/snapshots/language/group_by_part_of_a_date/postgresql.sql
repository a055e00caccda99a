SELECT CAST(EXTRACT(year FROM t.sold) AS INTEGER) AS year,
    CAST(EXTRACT(month FROM t.sold) AS INTEGER) AS month, count(*) AS count
FROM track AS t
GROUP BY CAST(EXTRACT(year FROM t.sold) AS INTEGER), CAST(EXTRACT(month FROM t.sold) AS INTEGER)
-- {}
