SELECT EXTRACT(year FROM t.sold) AS year, EXTRACT(month FROM t.sold) AS month, count(*) AS count
FROM track AS t
GROUP BY EXTRACT(year FROM t.sold), EXTRACT(month FROM t.sold)
-- {}
