INSERT INTO genre (genre_id, name) SELECT p.id AS genre_id, p.name FROM playlist AS p
-- {}
