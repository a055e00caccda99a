SELECT upper(t.name) AS name, trim(t.name, char(32, 9, 10, 11, 12, 13)) AS name_2,
    replace(t.name, ?, ?) AS name_3, instr(t.name, ?) - 1 AS column_4, length(t.name) AS len,
    CASE WHEN (? - length(t.name) > 0) THEN substr(replace(hex(zeroblob(?)), '00', ?), 1, ? - length(t.name)) || t.name ELSE t.name END AS column_6,
    CASE WHEN (? - length(t.name) > 0) THEN t.name || substr(replace(hex(zeroblob(?)), '00', ?), 1, ? - length(t.name)) ELSE t.name END AS column_7,
    CASE WHEN (substr(t.name, 1, length(?)) = ?) THEN substr(t.name, length(?) + 1) ELSE t.name END AS name_8
FROM track AS t
-- {'param_1': 'a', 'param_2': 'b', 'param_3': 'o', 'param_4': 9, 'param_5': '0', 'param_6': ' ', 'param_7': 'x'}
