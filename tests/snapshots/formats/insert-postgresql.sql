INSERT INTO "s"."t" ("id", "text", "amount", "ok", "doc", "raw", "a ""b"" `c`") VALUES
(1, 'plain', 12.50, true, '{"a": 1}', E'\\x00ff'::bytea, 'naïve 🙂'),
(2, NULL, NULL, NULL, NULL, NULL, NULL),
(3, '', '-0', false, '', E'\\x'::bytea, 'it''s'),
(4, E'back\\slash', 9999999999999999999999999999999999999999, 'maybe', E'{"b": "\\n"}', E'\\x00ff5c'::bytea, E'''; drop table t; --\\'''),
(5, E'two
lines\x0d
and	tab', 1e-300, true, '[]', E'\\x615c00'::bytea, E'\x1b[31m%s :a {} ?'),
(6, 1.5, 9223372036854775808, 0.1, 58.279833, '-0.0', 5e-324);
