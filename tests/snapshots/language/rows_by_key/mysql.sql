SELECT (SELECT ar.name FROM track AS t LEFT JOIN album AS a ON t.album_id = a.album_id LEFT JOIN artist AS ar ON a.artist_id = ar.artist_id WHERE t.track_id = %s) AS name,
    (SELECT c.credits FROM course AS c WHERE c.name = %s AND c.semester = %s) AS credits
-- {'param_1': 1, 'param_2': 'Art'}
