SELECT t.track_id, t.name, t.composer, t.album_id, t.genre_id, t.ms, t.price, t.score, t.live,
    t.added, t.sold
FROM track AS t
ORDER BY -t.ms, t.composer IS NULL, t.composer
LIMIT %s, %s
-- {'param_1': 10}
