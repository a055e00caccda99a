SELECT g.name, count(*) AS count, coalesce(sum(t.ms), ?) AS sum, avg(t.ms) AS avg,
    max(t.price) AS max
FROM track AS t
LEFT JOIN genre AS g ON t.genre_id = g.genre_id
GROUP BY g.name
HAVING count(*) > ?
-- {'param_1': 0, 'param_2': 1}
