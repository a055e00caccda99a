SELECT q.ms
FROM (SELECT t.ms AS ms FROM track AS t UNION SELECT b.album_id AS album_id FROM album AS b) AS q
EXCEPT SELECT g.genre_id
FROM genre AS g
-- {}
