SELECT t.name, ar.name AS album_artist_name
FROM track AS t
JOIN genre AS g ON t.genre_id = g.genre_id
LEFT JOIN album AS a ON t.album_id = a.album_id
LEFT JOIN artist AS ar ON a.artist_id = ar.artist_id
WHERE g.name = %(param_1)s::VARCHAR
-- {'param_1': 'Rock'}
