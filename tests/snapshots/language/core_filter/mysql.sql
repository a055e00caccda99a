SELECT sum(CASE WHEN track.live = 1 THEN track.ms END) AS sum FROM track
-- {}
