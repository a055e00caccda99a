"""A MariaDB database with one of everything that is easily lost, and names that are easily broken."""

from __future__ import annotations

SCHEMA = r"""SET NAMES utf8mb4;
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
SET time_zone = '+02:00';
CREATE SEQUENCE counter START WITH 5 INCREMENT BY 3 MINVALUE 2 MAXVALUE 500 CACHE 7 CYCLE;
CREATE SEQUENCE plain;
CREATE SEQUENCE downwards INCREMENT BY -1 NOCACHE COMMENT 'counts ''down''';
CREATE TABLE parent (
  a int NOT NULL, b varchar(50) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL, c int,
  PRIMARY KEY (b, a), UNIQUE KEY pair (a, c)
) ENGINE=InnoDB COMMENT='it''s the "parent"\nof \\ all';
CREATE TABLE all_types (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  t1 tinyint(1) DEFAULT 1, t2 smallint unsigned zerofill, t3 mediumint, t4 int(7) zerofill, t5 bit(3) DEFAULT b'101',
  d1 decimal(12,4) unsigned DEFAULT 1.5, d2 float(7,3), d3 double, d4 double unsigned,
  s1 char(3) CHARACTER SET ascii, s2 varchar(300) COLLATE utf8mb4_bin, s3 tinytext, s4 longtext CHARACTER SET latin1,
  b1 binary(4) DEFAULT 'ab\0', b2 varbinary(20), b3 mediumblob,
  e1 enum('a','b''c','d,e','f"g','h\\i','it`s') DEFAULT 'b''c', e2 set('x','y z') CHARACTER SET latin1,
  y1 year DEFAULT 1999, w1 date DEFAULT '0000-00-00', w2 datetime(6) DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  w3 timestamp NULL DEFAULT '2020-01-01 10:00:00', w4 time(3), w5 timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  j1 json, u1 uuid DEFAULT uuid(), n6 inet6, n4 inet4,
  g1 point REF_SYSTEM_ID=4326 NOT NULL, g2 geometry, g3 polygon,
  x1 datetime DEFAULT (now() + interval 1 day), x2 varchar(100) DEFAULT (concat('a', 'b', '\'', "\"")), x3 int DEFAULT (nextval(counter)),
  v1 int GENERATED ALWAYS AS (t3 * 2) VIRTUAL, v2 varchar(700) GENERATED ALWAYS AS (concat(s2, s2)) STORED COMMENT 'made',
  i1 int INVISIBLE DEFAULT 3 COMMENT 'not seen', c1 text COMPRESSED, c2 varchar(500) COMPRESSED DEFAULT 'x',
  k1 int NOT NULL CHECK (k1 > 0), k2 int COMMENT 'tab\tnew\nline ''q'' "d" \\ back ` tick -- /* */ ;' CHECK (k2 <> 3 OR k2 IS NULL),
  nodefault int NULL, nn int NOT NULL,
  CONSTRAINT positive CHECK (t3 > 0 and s2 <> 'a`,\n  `b'), CHECK (t4 < 10),
  SPATIAL KEY where_ (g1), FULLTEXT KEY words (s3) COMMENT 'full', KEY pre (s3(10), s2(20) DESC) COMMENT 'pre', KEY h USING HASH (t3), KEY bt USING BTREE (t4),
  KEY ig (d1) IGNORED, UNIQUE KEY long_unique (s4), UNIQUE KEY u_u (u1), KEY v_1 (v1)
) ENGINE=InnoDB AUTO_INCREMENT=42 ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='every type' STATS_PERSISTENT=1 STATS_SAMPLE_PAGES=20;
ALTER TABLE all_types ALTER nodefault DROP DEFAULT;
CREATE TABLE child (
  id int NOT NULL AUTO_INCREMENT, pb varchar(50) CHARACTER SET latin1 COLLATE latin1_bin, pa int, self int, x int,
  PRIMARY KEY (id), CONSTRAINT to_parent FOREIGN KEY (pb, pa) REFERENCES parent (b, a) ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT to_self FOREIGN KEY named_index (self) REFERENCES child (id) ON DELETE NO ACTION ON UPDATE RESTRICT
);
CREATE TABLE circle_a (id int PRIMARY KEY CHECK (id > 0), b int);
CREATE TABLE circle_b (id int PRIMARY KEY CHECK (id > 0), a int, CONSTRAINT b_a FOREIGN KEY (a) REFERENCES circle_a (id));
ALTER TABLE circle_a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES circle_b (id) ON DELETE SET NULL;
CREATE TABLE by_range (id int, y int, s varchar(10)) PARTITION BY RANGE (y) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (
  PARTITION p0 VALUES LESS THAN (1990) COMMENT = 'old, (very) ''old''', PARTITION `p,1` VALUES LESS THAN (2000), PARTITION p2 VALUES LESS THAN MAXVALUE MAX_ROWS = 10);
CREATE TABLE by_sub (id int, y int) PARTITION BY RANGE (y) SUBPARTITION BY KEY (id) (
  PARTITION p0 VALUES LESS THAN (1990) (SUBPARTITION s0, SUBPARTITION s1 COMMENT = 'second'), PARTITION p1 VALUES LESS THAN (2000) (SUBPARTITION s2, SUBPARTITION s3));
CREATE TABLE by_list (id int, s varchar(10)) PARTITION BY LIST COLUMNS (s) (PARTITION a VALUES IN ('x','(y'), PARTITION b VALUES IN ('z'), PARTITION d DEFAULT);
CREATE TABLE by_hash (id int PRIMARY KEY) PARTITION BY LINEAR HASH (id) PARTITIONS 4;
CREATE TABLE by_key (id int PRIMARY KEY) PARTITION BY KEY () PARTITIONS 3;
CREATE TABLE by_columns (a int, b date) PARTITION BY RANGE COLUMNS (a, b) (PARTITION p0 VALUES LESS THAN (1, '2020-01-01'), PARTITION p1 VALUES LESS THAN (MAXVALUE, MAXVALUE));
CREATE TABLE versioned (id int, note text WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING;
CREATE TABLE versioned_own (id int, f timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE, t timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (f, t)) WITH SYSTEM VERSIONING;
CREATE TABLE versioned_parts (id int) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME INTERVAL 1 MONTH STARTS '2020-01-01 00:00:00' (PARTITION p0 HISTORY, PARTITION p1 HISTORY, PARTITION pn CURRENT);
CREATE TABLE booking (room int, f date, t date, PERIOD FOR stay (f, t), UNIQUE KEY once (room, stay WITHOUT OVERLAPS));
CREATE TABLE stays (room int, f date, t date, PERIOD FOR stay (f, t), PRIMARY KEY (room, stay WITHOUT OVERLAPS));
CREATE TABLE of_memory (id int, KEY k (id), KEY b USING BTREE (id)) ENGINE=MEMORY MAX_ROWS=100;
CREATE TABLE of_aria (id int) ENGINE=Aria PAGE_CHECKSUM=1 TRANSACTIONAL=1 ROW_FORMAT=PAGE;
CREATE TABLE of_myisam (id int, t text, FULLTEXT KEY ft (t)) ENGINE=MyISAM CHECKSUM=1 DELAY_KEY_WRITE=1 PACK_KEYS=1 DEFAULT CHARSET=latin1;
CREATE TABLE m1 (id int) ENGINE=MyISAM; CREATE TABLE m2 (id int) ENGINE=MyISAM;
CREATE TABLE a_merge (id int) ENGINE=MERGE UNION=(m1, m2) INSERT_METHOD=LAST;
CREATE TABLE of_csv (id int NOT NULL) ENGINE=CSV;
CREATE TABLE compressed (id int) ENGINE=InnoDB PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=5;
CREATE TABLE compressed_rows (id int) ENGINE=InnoDB ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4;
CREATE TABLE latin (a varchar(10), b varchar(10) COLLATE latin1_bin, c varchar(10) CHARACTER SET utf8mb4) DEFAULT CHARSET=latin1;
CREATE TABLE `we``ird "na'me" \\ ; -- /* */ # %s :x
 select` (`co``l
umn, "x'` int COMMENT '`', `select` int DEFAULT 3, `a,
  ``b` varchar(10) DEFAULT 'x`', `‮bidi` int, CONSTRAINT `ch``k, 'x"` CHECK (`select` > 0 and `a,
  ``b` <> '`'), KEY `ke``y
'x` (`co``l
umn, "x'`));
CREATE TABLE `a123456789012345678901234567890123456789012345678901234567890123` (`b123456789012345678901234567890123456789012345678901234567890123` int);
CREATE TABLE `table` (`delimiter` int, `order` int,
 CONSTRAINT `foreign` FOREIGN KEY (`order`) REFERENCES `child` (`id`));
CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC NO SQL SQL SECURITY INVOKER COMMENT 'two; times' RETURN n * 2;
DELIMITER //
CREATE FUNCTION long_one(a varchar(20) CHARACTER SET latin1, b decimal(10,2)) RETURNS varchar(100) CHARACTER SET utf8mb4 READS SQL DATA
BEGIN
  -- a comment; with 'quotes
  DECLARE x int DEFAULT 0; /* another */
  SELECT count(*) INTO x FROM parent;
  RETURN concat(a, ';', x, ' äöü');
END//
CREATE PROCEDURE proc(IN a int, OUT b text, INOUT `c``d` int)
MODIFIES SQL DATA
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION SET b = 'no';
  IF a > 0 THEN INSERT INTO m1 VALUES (a); END IF;
END//
CREATE AGGREGATE FUNCTION agg(x int) RETURNS int
BEGIN
  DECLARE s int DEFAULT 0;
  DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN s;
  LOOP FETCH GROUP NEXT ROW; SET s = s + x; END LOOP;
END//
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'//
CREATE PROCEDURE ansi() BEGIN SELECT "id" || 'x' FROM "m1"; END//
SET sql_mode = 'ORACLE'//
CREATE PACKAGE pack AS
  FUNCTION f1(a INT) RETURN INT;
  PROCEDURE p1;
END//
CREATE PACKAGE BODY pack AS
  v INT := 1;
  FUNCTION f1(a INT) RETURN INT AS BEGIN RETURN a + v; END;
  PROCEDURE p1 AS BEGIN NULL; END;
END//
CREATE PROCEDURE oracle_proc(a IN VARCHAR2(10)) AS BEGIN NULL; END//
SET sql_mode = 'STRICT_TRANS_TABLES'//
CREATE TRIGGER t_second BEFORE INSERT ON parent FOR EACH ROW BEGIN SET NEW.c = 1; END//
CREATE TRIGGER t_first BEFORE INSERT ON parent FOR EACH ROW PRECEDES t_second SET NEW.c = 2//
CREATE TRIGGER t_third BEFORE INSERT ON parent FOR EACH ROW FOLLOWS t_second /* c; */ SET NEW.c = 3//
CREATE TRIGGER `we``ird
trigger` AFTER DELETE ON `table` FOR EACH ROW BEGIN DELETE FROM m1; DELETE FROM m2; END//
CREATE EVENT once ON SCHEDULE AT '2035-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'later''s' DO DELETE FROM m1//
CREATE EVENT often ON SCHEDULE EVERY 90 MINUTE STARTS '2020-01-01 10:00:00' ENDS '2035-01-01 00:00:00' DO BEGIN DELETE FROM m1; DELETE FROM m2; END//
DELIMITER ;
CREATE VIEW v_first AS SELECT 1 AS x;
CREATE VIEW a_needs_v (n, `se``l`) AS SELECT x, twice(x) FROM v_first;
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW v_check AS SELECT id, y FROM by_range WHERE y < 10 WITH LOCAL CHECK OPTION;
CREATE ALGORITHM=TEMPTABLE DEFINER=gone@nowhere VIEW v_gone AS SELECT * FROM parent;
CREATE VIEW v_cascade AS SELECT id FROM v_check WHERE id > 0 WITH CASCADED CHECK OPTION;
CREATE TABLE doomed (id int); CREATE VIEW v_broken AS SELECT id FROM doomed; CREATE VIEW v_over_broken AS SELECT id FROM v_broken; DROP TABLE doomed;
CREATE VIEW `v``
'` AS SELECT `co``l
umn, "x'` FROM `we``ird "na'me" \\ ; -- /* */ # %s :x
 select`;
CREATE VIEW v_when AS SELECT extract(YEAR FROM a.w1) AS y, long_one('x', 1) AS z, trim(LEADING 'b' FROM p.b) AS t FROM all_types a JOIN (parent p LEFT JOIN child ON child.id = p.a) ON p.a = a.k1;
CREATE VIEW v_with AS WITH w (n) AS (SELECT id FROM child) SELECT w.n FROM w JOIN latin;
CREATE VIEW v_string AS SELECT ' as ' AS ` as x`, 'a`b' AS c, nextval(plain) AS n;
"""
"""For the client: bodies stand between DELIMITER commands."""

BROKEN = {"v_broken", "v_over_broken"}
"""Views of a table that is gone: no statement makes them."""

NAMES = [
    'quo"te',
    "apo'strophe",
    "back`tick",
    "new\nline",
    "carriage\rreturn",
    "tab\ttab",
    "esc\x1b[31m",
    "bell\x07",
    "semi;colon",
    "dash-- dash",
    "hash#tag",
    "star */ slash /*",
    "/*!50000 runs */",
    "select",
    "per%cent %s %(x)s",
    "co:lon",
    "dot.dot",
    "back\\slash",
    "back\\`tick'",
    "end\\",
    "comma`,\n  `and more",
    ")\n) ENGINE=MyISAM",
    "new\ndelimiter //\n//",
    "delimiter $$",
    "\\! echo",
    "\u202eevil\u202c",
    "zero\u200bwidth",
    "ünïcödé 表",
    "x" * 64,
    "`" * 8,
    "'" * 8,
    "\\" * 7,
    "</script><!-- -->",
    "*?[a-z]",
    "{brace}$dollar",
    " leading",
]
"""Each is fit for whatever has a name."""


def quoted(name: str) -> str:
    doubled = name[:64].replace("`", "``")
    return f"`{doubled}`"


def literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def hostile(names: list[str] = NAMES) -> list[str]:
    """Statements that put every name in every place."""
    found = []
    for name in names:
        here, text = quoted(name), literal(name)
        key, check, parts, view, sequence = (quoted(f"{kind} {name}") for kind in ("fk", "ck", "p", "v", "s"))
        found += [
            f"CREATE TABLE {here} ({here} varchar(99) DEFAULT {text} COMMENT {text} CHECK ({here} <> {text}), id int,"
            f" other int, `kind` enum({text}) DEFAULT {text}, PRIMARY KEY (id), UNIQUE KEY {here} ({here}, other)"
            f" COMMENT {text}, CONSTRAINT {key} FOREIGN KEY (other) REFERENCES {here} (id) ON DELETE SET NULL,"
            f" CONSTRAINT {check} CHECK ({here} <> {text} or `kind` = {text})) COMMENT = {text}",
            f"CREATE TABLE {parts} ({here} int) PARTITION BY LIST ({here}) SUBPARTITION BY HASH ({here})"
            f" (PARTITION {here} VALUES IN (1) COMMENT = {text} (SUBPARTITION {view}, SUBPARTITION {sequence}))",
            f"CREATE SEQUENCE {sequence} COMMENT = {text}",
            f"CREATE FUNCTION {here}({here} int) RETURNS int DETERMINISTIC COMMENT {text} RETURN {here} + length({text})",
            f"CREATE PROCEDURE {here}(OUT {here} text) BEGIN SELECT {text} INTO {here}; END",
            f"CREATE VIEW {view} ({here}) AS SELECT {here} FROM {here} WHERE {here}.{here} <> {text} AND {here}(1) > 0",
            f"CREATE TRIGGER {here} BEFORE INSERT ON {here} FOR EACH ROW BEGIN SET NEW.{here} = {text}; END",
            f"CREATE EVENT {here} ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' COMMENT {text} DO SET @a = {text}",
        ]
    return found
