DELETE FROM genre WHERE genre.genre_id = %(param_1)s::INTEGER RETURNING genre.name
-- {'param_1': 1}
