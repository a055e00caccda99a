INSERT INTO course (name, semester, credits)
VALUES (%(name)s::VARCHAR, %(semester)s::INTEGER, %(credits)s::INTEGER)
ON CONFLICT (name, semester) DO UPDATE SET credits = excluded.credits
-- {'name': 'Art', 'semester': 1, 'credits': 3}
