INSERT INTO course (name, semester, credits)
VALUES (?, ?, ?)
ON CONFLICT (name, semester) DO UPDATE SET credits = excluded.credits
-- {'name': 'Art', 'semester': 1, 'credits': 3}
