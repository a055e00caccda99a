SELECT (SELECT group_concat(p.title, ?) AS joined FROM (SELECT b.title AS title FROM album AS b WHERE b.artist_id = a.artist_id ORDER BY -b.album_id) AS p) AS joined
FROM artist AS a
-- {'param_1': ', '}
