SELECT t.composer IS NOT NULL AND t.composer != '' AS column_1, t.score IS NOT NULL
    AND t.score != 0 AS column_2, t.live IS true AS column_3, t.added IS NOT NULL AS column_4
FROM track AS t
WHERE t.name != '' AND (t.score IS NULL OR t.score = 0)
-- {}
