WITH big AS (SELECT t.track_id AS track_id, t.name AS name, t.composer AS composer, t.album_id AS album_id, t.genre_id AS genre_id, t.ms AS ms, t.price AS price, t.score AS score, t.live AS live, t.added AS added, t.sold AS sold FROM track AS t WHERE t.ms > %s)
SELECT a.name, al.title
FROM big AS a
LEFT JOIN album AS al ON a.album_id = al.album_id
WHERE a.ms = (SELECT max(b.ms) AS max FROM big AS b)
-- {'param_1': 320}
