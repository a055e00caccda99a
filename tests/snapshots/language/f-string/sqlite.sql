SELECT t.name || ? || CASE WHEN (? - length(CAST(t.ms AS TEXT)) > 0) THEN substr(replace(hex(zeroblob(?)), '00', ?), 1, ? - length(CAST(t.ms AS TEXT))) || CAST(t.ms AS TEXT) ELSE CAST(t.ms AS TEXT) END || ? || printf('%.1f', t.price) || ? || coalesce(strftime(?, t.sold), '') || ? || coalesce(t.composer, '') AS column_1
FROM track AS t
-- {'param_1': ' (', 'param_2': 6, 'param_3': '0', 'param_4': ', ', 'param_5': '%Y-%m-%d', 'param_6': ') '}
