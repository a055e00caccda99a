SELECT sum(track.ms) FILTER (WHERE track.live) AS sum FROM track
-- {}
