SELECT t.name FROM track AS t WHERE t.composer IS NOT ? AND t.genre_id IS t.album_id
-- {'param_1': 'Young'}
