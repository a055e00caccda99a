DELETE FROM genre WHERE genre.genre_id = %s RETURNING genre.name
-- {'param_1': 1}
