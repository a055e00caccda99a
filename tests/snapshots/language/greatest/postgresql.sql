SELECT CASE WHEN (t.ms IS NOT NULL AND t.track_id IS NOT NULL) THEN greatest(t.ms, t.track_id) END AS max,
    CASE WHEN (t.ms IS NOT NULL AND t.track_id IS NOT NULL AND %(param_1)s::INTEGER IS NOT NULL) THEN least(t.ms, t.track_id, %(param_1)s::INTEGER) END AS min
FROM track AS t
-- {'param_1': 5}
