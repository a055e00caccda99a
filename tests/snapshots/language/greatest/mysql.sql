SELECT greatest(t.ms, t.track_id) AS max, least(t.ms, t.track_id, %s) AS min FROM track AS t
-- {'param_1': 5}
