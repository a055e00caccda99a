SELECT track.name
FROM track
WHERE track.ms > ALL (SELECT track.ms FROM track) AND track.ms = ANY (SELECT track.ms FROM track)
    AND NOT (track.ms < ANY (SELECT track.ms FROM track))
-- {}
