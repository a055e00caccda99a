INSERT INTO genre (genre_id, name) VALUES (?, ?), (?, NULL)
-- {'genre_id_m0': 8, 'name_m0': 'a', 'param_1': 9}
