-- What is easily lost or cut wrongly on the way through mariadb-dump and back. Loaded by the mariadb client.
# it's another; comment
/* and; one 'more */
SET NAMES utf8mb4;
CREATE TABLE everything (
    id INT AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s; a \\ "comment"',
    t VARCHAR(200) NOT NULL DEFAULT 'a;b''c\\d', -- it's; one
    b BLOB, bits BIT(9), d DECIMAL(10, 3), f DOUBLE, at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    j JSON, e ENUM ('fine', 'so; so', 'it''s') DEFAULT 'so; so', s SET ('a', 'b;'), p POINT, z DATETIME,
    doubled INT GENERATED ALWAYS AS (id * 2) VIRTUAL, stored_one VARCHAR(210) GENERATED ALWAYS AS (CONCAT(t, ';')) STORED,
    `back``tick; "x"` TEXT, `ünïcödé 表` TEXT CHARACTER SET utf8mb4, hidden INT INVISIBLE DEFAULT 3,
    CHECK (t <> 'x;'), KEY `by;text` (t(20), d)
) COMMENT 'one; -- of # everything /* \\ */';
CREATE TABLE `o;dd ``table`` --` (`'` TEXT, `#` TEXT, `/*` TEXT, `del\imiter` TEXT);
CREATE TABLE `empty` (a INT, b TEXT);
CREATE TABLE long_lines (id INT, t LONGTEXT);
CREATE SEQUENCE counted START WITH 7 INCREMENT BY 3;
CREATE TABLE versions (x INT) WITH SYSTEM VERSIONING;

INSERT INTO everything (t, b, bits, d, f, at, j, s, p, z, `back``tick; "x"`, `ünïcödé 表`) VALUES
    ('', '', b'101010101', 1.5, 1e-300, '2020-02-29 23:59:59.999999', '{"a": "\\\\;\\n\'"}', 'a,b;', POINT(1, 2), '0001-01-01', NULL, '€ 😀'),
    ('\0\n\r\t\Z\\\'\"', 0x00FF5C0A1A27, 0, NULL, -0, '2001-01-01', 'null', '', NULL, NULL, '\\.\\N', ''';--#/*'),
    ('\\', X'5C', NULL, -0.001, NULL, '2002-02-02', '[]', NULL, NULL, '9999-12-31 23:59:59', 'delimiter //\n;;\n', "it's; \"so\"");
INSERT INTO `o;dd ``table`` --` VALUES ('\\', '\\\\', '*/', ';'), (';;', 'DELIMITER ;;', '/*!99999 x */', 'source x.sql'), ('$$', '\\\'', '"', '`');
INSERT INTO long_lines SELECT seq, REPEAT('0123456789;''"\\` é', 20000) FROM seq_1_to_3;

DELIMITER //
CREATE FUNCTION simple(a INT) RETURNS VARCHAR(50) DETERMINISTIC COMMENT 'it''s; one'
BEGIN
    DECLARE x VARCHAR(50) DEFAULT ';'; # it's; a comment
    IF a > 0 THEN SET x = 'a;b\'c'; END IF; -- and; "another
    RETURN CASE WHEN a > 5 THEN CONCAT(x, "\"; ") ELSE x END;
END //
CREATE PROCEDURE several(IN a INT, OUT b INT)
BEGIN
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN SET b = -1; END;
    label: LOOP SET b = b + 1; IF b > 3 THEN LEAVE label; END IF; END LOOP;
    SELECT 1; SELECT '//;' AS x;
END //
CREATE TRIGGER `stamp;it` BEFORE UPDATE ON everything FOR EACH ROW
BEGIN
    SET NEW.t = CONCAT(NEW.t, ';'); -- it's
    IF NEW.d > 1 THEN SET NEW.d = 1; END IF;
END //
CREATE TRIGGER second BEFORE UPDATE ON everything FOR EACH ROW FOLLOWS `stamp;it` SET NEW.f = 1 //
CREATE EVENT `nightly;` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE COMMENT 'it''s' DO
BEGIN DELETE FROM `empty`; INSERT INTO `empty` VALUES (1, ';'); END //
DELIMITER ;
SET @before = @@sql_mode, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';
CREATE FUNCTION "plain"() RETURNS TEXT DETERMINISTIC RETURN 'a\';
delimiter $$
CREATE PROCEDURE "ansi;"() BEGIN SELECT '\' AS "x\", ';' AS "y;"; END$$
delimiter ;
SET sql_mode = @before;
CREATE VIEW `v;iew` AS SELECT id, CONCAT(t, '; -- ') AS x, CASE WHEN id > 1 THEN '\\' END AS c FROM everything;
CREATE VIEW on_view AS SELECT x FROM `v;iew` WHERE x <> ';';
