SELECT artist.name, anon_1.title
FROM artist
JOIN LATERAL (SELECT album.title AS title FROM album WHERE album.artist_id = artist.artist_id LIMIT %s) AS anon_1 ON true = 1
-- {'param_1': 1}
