SELECT ar.name, string_agg(a.title, %(param_1)s::VARCHAR ORDER BY a.title) AS joined
FROM album AS a
JOIN artist AS ar ON a.artist_id = ar.artist_id
GROUP BY ar.name
-- {'param_1': ', '}
