SELECT c.credits FROM course AS c WHERE (c.name, c.semester) IN (VALUES (?, ?), (?, ?))
-- {'param_1_1_1': 'Art', 'param_1_1_2': 1, 'param_1_2_1': 'Physics', 'param_1_2_2': 2}
