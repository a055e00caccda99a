SELECT c.credits
FROM course AS c
WHERE NOT (EXISTS (SELECT 1 FROM exam AS e WHERE e.course_name = c.name AND e.course_semester = c.semester))
-- {}
