SELECT firsts.name
FROM (SELECT track.name AS name, row_number() OVER (PARTITION BY track.genre_id) AS `row_number` FROM track) AS firsts
WHERE firsts.`row_number` = %s
-- {'row_number_1': 1}
