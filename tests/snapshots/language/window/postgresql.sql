SELECT t.name, row_number() OVER (PARTITION BY t.genre_id ORDER BY t.ms) AS row_number
FROM track AS t
-- {}
