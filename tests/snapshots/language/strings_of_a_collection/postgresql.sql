SELECT (SELECT string_agg(b.title, %(param_1)s::VARCHAR ORDER BY -b.album_id) AS joined FROM album AS b WHERE b.artist_id = a.artist_id) AS joined
FROM artist AS a
-- {'param_1': ', '}
