SELECT track.name FROM track ORDER BY track.composer DESC NULLS LAST
-- {}
