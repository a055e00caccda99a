SELECT track.name, count(*) AS n
FROM track
JOIN album ON track.album_id = album.album_id
WHERE (track.name LIKE '%%' || %(param_1)s::VARCHAR || '%%')
GROUP BY track.name
HAVING count(*) > %(param_2)s::INTEGER
ORDER BY n DESC
LIMIT %(param_3)s::INTEGER
-- {'param_1': 'x', 'param_2': 1, 'param_3': 3}
