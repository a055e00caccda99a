-- What is easily lost or cut wrongly on the way through sqlite3's .dump and back. Loaded by sqlite3.
# it's a comment for sqlite3's shell alone; it is no SQL
/* and; one 'more */
CREATE TABLE everything (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- it's; one
  t TEXT NOT NULL DEFAULT 'a;b''c\d', b BLOB DEFAULT x'00ff', r REAL, untyped,
  doubled AS (r * 2) STORED, [br;acket] TEXT, `back``tick;` TEXT, "quo""te; 表" TEXT, CHECK (t <> ';')
);
CREATE TABLE "o;dd ""table"" --" ("'" TEXT, ";" PRIMARY KEY, "/*" -- no; comment
) WITHOUT ROWID /* no; */
;
CREATE TABLE "o;dd ""strict""" (";" TEXT PRIMARY KEY, "/*" ANY) WITHOUT ROWID, STRICT
;
CREATE TABLE empty (a, b);
CREATE TABLE long_lines (id, t);
CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize = 'porter');
CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
INSERT INTO everything (t, b, r, untyped, "br;acket", "back`tick;", "quo""te; 表") VALUES
  ('', x'', 1.5, NULL, ';', '''', '€ 😀'),
  ('\', x'00275c0a', -0.0, 'text', '\.' || char(10) || '.read x', char(13, 10), 'it''s; "so"'),
  (char(10) || '.quit', NULL, 1e300, 9223372036854775807, '--', '/*', char(9, 11, 12, 127, 1)),
  ('inf', x'ff', 9e999, -9e999, 'END;', 'begin', char(65279) || '#');
INSERT INTO long_lines WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
  SELECT i, replace(hex(zeroblob(20000)), '00', '0123;''"`[é') FROM n;
INSERT INTO texts VALUES ('a;b', 'it''s; running'), (NULL, '');
INSERT INTO boxes VALUES (1, 0.5, 2);
CREATE INDEX by_text ON everything (t || ';', "br;acket" COLLATE NOCASE DESC) /* no end; */
WHERE t <> ');'
;
CREATE UNIQUE INDEX by_other ON everything (id, t)

;
CREATE VIEW "v;iew" AS SELECT id, t || '; --' AS x, CASE WHEN id > 1 THEN '\' END AS c FROM everything -- it's
;
CREATE TRIGGER "stamp;it" AFTER UPDATE OF t ON everything WHEN new.t <> ';' BEGIN
  UPDATE everything SET r = CASE WHEN r > 1 THEN 2 ELSE 3 END WHERE id = new.id; -- end;
  SELECT 'end;', ";" FROM "o;dd ""table"" --";
END;
CREATE TRIGGER instead INSTEAD OF INSERT ON "v;iew" BEGIN SELECT 1; END;
