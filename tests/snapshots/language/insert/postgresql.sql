INSERT INTO genre (genre_id, name)
VALUES (%(genre_id_m0)s::INTEGER, %(name_m0)s::VARCHAR), (%(param_1)s::INTEGER, NULL)
-- {'genre_id_m0': 8, 'name_m0': 'a', 'param_1': 9}
