SELECT w.track_id, w.name, w.composer, w.album_id, w.genre_id, w.ms, w.price, w.score, w.live,
    w.added, w.sold
FROM (SELECT t.track_id AS track_id, t.name AS name, t.composer AS composer, t.album_id AS album_id, t.genre_id AS genre_id, t.ms AS ms, t.price AS price, t.score AS score, t.live AS live, t.added AS added, t.sold AS sold, row_number() OVER (PARTITION BY t.genre_id ORDER BY -t.ms) = 1 AS condition_1, -t.ms AS order_1 FROM track AS t) AS w
WHERE w.condition_1 = 1
ORDER BY w.order_1
-- {}
