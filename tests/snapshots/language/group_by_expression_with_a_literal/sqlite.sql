SELECT CASE WHEN (t.composer IS NOT NULL AND t.composer != '') THEN t.composer ELSE ? END AS composer,
    count(*) AS count
FROM track AS t
GROUP BY CASE WHEN (t.composer IS NOT NULL AND t.composer != '') THEN t.composer ELSE ? END
-- {'param_1': 'n/a'}
