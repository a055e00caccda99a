SELECT g.name, t.name AS name_2
FROM genre AS g,
    LATERAL (SELECT tr.track_id AS track_id, tr.name AS name, tr.composer AS composer, tr.album_id AS album_id, tr.genre_id AS genre_id, tr.ms AS ms, tr.price AS price, tr.score AS score, tr.live AS live, tr.added AS added, tr.sold AS sold FROM track AS tr WHERE tr.genre_id = g.genre_id ORDER BY tr.ms LIMIT %s) AS t
ORDER BY t.ms
-- {'param_1': 2}
