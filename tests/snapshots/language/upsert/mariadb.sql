INSERT INTO course (name, semester, credits)
VALUES (%s, %s, %s)
ON DUPLICATE KEY UPDATE credits = VALUES(credits)
-- {'name': 'Art', 'semester': 1, 'credits': 3}
