SELECT ar.name, group_concat(a.title ORDER BY a.title SEPARATOR ', ') AS joined
FROM album AS a
JOIN artist AS ar ON a.artist_id = ar.artist_id
GROUP BY ar.name
-- {}
