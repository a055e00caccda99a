SELECT g.name, coalesce(sum(CASE WHEN (t.price = %s) THEN t.ms END), %s) AS `0.99`,
    coalesce(sum(CASE WHEN (t.price = %s) THEN t.ms END), %s) AS `1.29`
FROM track AS t
LEFT JOIN genre AS g ON t.genre_id = g.genre_id
GROUP BY g.name
-- {'param_1': Decimal('0.99'), 'param_2': 0, 'param_3': Decimal('1.29')}
