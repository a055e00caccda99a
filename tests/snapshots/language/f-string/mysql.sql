SELECT concat(t.name, %s, CASE WHEN (char_length(CAST(t.ms AS CHAR)) >= %s) THEN CAST(t.ms AS CHAR) ELSE lpad(CAST(t.ms AS CHAR), %s, %s) END, %s, replace(format(t.price, 1), ',', ''), %s, coalesce(date_format(t.sold, %s), ''), %s, coalesce(t.composer, '')) AS column_1
FROM track AS t
-- {'param_1': ' (', 'param_2': 6, 'param_3': '0', 'param_4': ', ', 'param_5': '%Y-%m-%d', 'param_6': ') '}
