SELECT t.name
FROM track AS t
WHERE t.composer IS DISTINCT FROM %(param_1)s::VARCHAR
    AND t.genre_id IS NOT DISTINCT FROM t.album_id
-- {'param_1': 'Young'}
