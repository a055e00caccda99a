SELECT track.name
FROM track
WHERE CASE WHEN (EXISTS (SELECT 1 FROM (SELECT track.ms AS ms FROM track) AS s WHERE track.ms <= s.ms)) THEN 0 WHEN (EXISTS (SELECT 1 FROM (SELECT track.ms AS ms FROM track) AS s WHERE (track.ms > s.ms) IS NULL)) THEN NULL ELSE 1 END = 1
    AND track.ms IN (SELECT track.ms FROM track)
    AND CASE WHEN (EXISTS (SELECT 1 FROM (SELECT track.ms AS ms FROM track) AS su WHERE track.ms < su.ms)) THEN 1 WHEN (EXISTS (SELECT 1 FROM (SELECT track.ms AS ms FROM track) AS su WHERE (track.ms < su.ms) IS NULL)) THEN NULL ELSE 0 END = 0
-- {}
