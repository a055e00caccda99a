SELECT track.name FROM track ORDER BY track.composer IS NULL, track.composer DESC
-- {}
