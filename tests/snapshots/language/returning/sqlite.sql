DELETE FROM genre WHERE genre.genre_id = ? RETURNING name
-- {'param_1': 1}
