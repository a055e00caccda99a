SELECT e.name
FROM employee AS e
WHERE (e.id NOT IN (SELECT x.boss FROM employee AS x WHERE x.boss IS NOT NULL))
-- {}
