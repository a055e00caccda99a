SELECT genre.genre_id, genre.name FROM genre
-- {}
