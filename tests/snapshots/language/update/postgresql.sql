UPDATE track
SET composer=(SELECT ar.name FROM album AS a JOIN artist AS ar ON a.artist_id = ar.artist_id WHERE track.album_id = a.album_id),
    price=(track.price * %(param_1)s::INTEGER)
WHERE track.track_id IN (SELECT t.track_id FROM track AS t JOIN genre AS g ON t.genre_id = g.genre_id WHERE g.name = %(param_2)s::VARCHAR)
-- {'param_1': 2, 'param_2': 'Rock'}
