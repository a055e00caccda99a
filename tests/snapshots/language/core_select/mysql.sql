SELECT track.name, count(*) AS n
FROM track
JOIN album ON track.album_id = album.album_id
WHERE (track.name LIKE concat('%%', %s, '%%'))
GROUP BY track.name
HAVING count(*) > %s
ORDER BY n DESC
LIMIT %s
-- {'param_1': 'x', 'param_2': 1, 'param_3': 3}
