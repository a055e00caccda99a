SELECT CASE WHEN (t.composer IS NOT NULL AND t.composer != '') THEN t.composer ELSE %s END AS composer,
    count(*) AS count
FROM track AS t
GROUP BY CASE WHEN (t.composer IS NOT NULL AND t.composer != '') THEN t.composer ELSE %s END
-- {'param_1': 'n/a'}
