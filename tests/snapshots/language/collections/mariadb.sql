SELECT a.name,
    (SELECT count(*) AS count FROM album AS alb WHERE alb.artist_id = a.artist_id) AS count,
    (SELECT coalesce(sum(t.ms), %s) AS sum FROM album AS albu JOIN track AS t ON t.album_id = albu.album_id WHERE albu.artist_id = a.artist_id) AS sum
FROM artist AS a
WHERE NOT (EXISTS (SELECT 1 FROM album AS al WHERE al.artist_id = a.artist_id))
-- {'param_1': 0}
