DELETE FROM track
WHERE track.ms = %s
    AND NOT (EXISTS (SELECT 1 FROM playlist_track AS p WHERE p.track_id = track.track_id))
-- {'param_1': 0}
