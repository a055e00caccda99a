SELECT g.name,
    (SELECT count(DISTINCT t.composer) + count(DISTINCT CASE WHEN (t.composer IS NULL) THEN 1 END) AS count FROM track AS t WHERE t.genre_id = g.genre_id) AS count
FROM genre AS g
-- {}
