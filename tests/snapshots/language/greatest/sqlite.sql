SELECT max(t.ms, t.track_id) AS max, min(t.ms, t.track_id, ?) AS min FROM track AS t
-- {'param_1': 5}
