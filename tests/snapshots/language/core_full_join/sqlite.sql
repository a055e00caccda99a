SELECT artist.name FROM artist FULL JOIN album ON artist.artist_id = album.artist_id
-- {}
