SELECT (SELECT group_concat(b.title ORDER BY -b.album_id SEPARATOR ', ') AS joined FROM album AS b WHERE b.artist_id = a.artist_id) AS joined
FROM artist AS a
-- {}
