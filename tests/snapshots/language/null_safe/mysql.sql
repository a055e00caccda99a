SELECT t.name FROM track AS t WHERE NOT (t.composer <=> %s) AND t.genre_id <=> t.album_id
-- {'param_1': 'Young'}
