SELECT track.track_id, track.name, track.composer, track.album_id, track.genre_id, track.ms,
    track.price, track.score, track.live, track.added, track.sold
FROM track
-- {}
