SELECT g.name, count(x.track_id) AS count
FROM genre AS g
LEFT JOIN track AS x ON x.genre_id = g.genre_id
GROUP BY g.name
-- {}
