SELECT artist.name, anon_1.title
FROM artist
JOIN LATERAL (SELECT album.title AS title FROM album WHERE album.artist_id = artist.artist_id LIMIT %(param_1)s::INTEGER) AS anon_1 ON true
-- {'param_1': 1}
