SELECT p.name, t.name AS name_2
FROM playlist AS p
JOIN playlist_track AS pl ON pl.playlist_id = p.id
JOIN track AS t ON pl.track_id = t.track_id
WHERE t.ms > ?
-- {'param_1': 200}
