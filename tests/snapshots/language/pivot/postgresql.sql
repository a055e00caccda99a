SELECT g.name,
    coalesce(sum(CASE WHEN (t.price = %(param_1)s) THEN t.ms END), %(param_2)s::INTEGER) AS "0.99",
    coalesce(sum(CASE WHEN (t.price = %(param_3)s) THEN t.ms END), %(param_2)s::INTEGER) AS "1.29"
FROM track AS t
LEFT JOIN genre AS g ON t.genre_id = g.genre_id
GROUP BY g.name
-- {'param_1': Decimal('0.99'), 'param_2': 0, 'param_3': Decimal('1.29')}
