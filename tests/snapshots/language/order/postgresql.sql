SELECT t.track_id, t.name, t.composer, t.album_id, t.genre_id, t.ms, t.price, t.score, t.live,
    t.added, t.sold
FROM track AS t
ORDER BY -t.ms, t.composer NULLS LAST
LIMIT %(param_1)s::INTEGER
OFFSET %(param_1)s::INTEGER
-- {'param_1': 10}
