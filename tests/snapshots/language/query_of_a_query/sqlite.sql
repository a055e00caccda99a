SELECT x.name
FROM (SELECT t.track_id AS track_id, t.name AS name, t.composer AS composer, t.album_id AS album_id, t.genre_id AS genre_id, t.ms AS ms, t.price AS price, t.score AS score, t.live AS live, t.added AS added, t.sold AS sold FROM track AS t ORDER BY t.ms LIMIT ? OFFSET ?) AS x
JOIN genre AS g ON x.genre_id = g.genre_id
WHERE g.name = ?
ORDER BY x.ms
-- {'param_1': 5, 'param_2': 0, 'param_3': 'Rock'}
