SELECT t.name
FROM track AS t
WHERE substr(t.name, 1, length(?)) = ? AND (? = '' OR substr(t.name, -length(?)) = ?)
    AND instr(t.name, t.composer) > 0
-- {'param_1': 'O', 'param_2': 'e'}
