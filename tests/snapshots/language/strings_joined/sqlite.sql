SELECT s.name, group_concat(s.title, ?) AS joined
FROM (SELECT ar.name AS name, a.title AS title FROM album AS a JOIN artist AS ar ON a.artist_id = ar.artist_id ORDER BY ar.name, a.title) AS s
GROUP BY s.name
-- {'param_1': ', '}
