SELECT track.name, count(*) AS n
FROM track
JOIN album ON track.album_id = album.album_id
WHERE (track.name LIKE '%' || ? || '%')
GROUP BY track.name
HAVING count(*) > ?
ORDER BY n DESC
LIMIT ?
OFFSET ?
-- {'param_1': 'x', 'param_2': 1, 'param_3': 3, 'param_4': 0}
