SELECT DISTINCT ON (track.genre_id) track.name FROM track
-- {}
