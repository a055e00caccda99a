"""Names that could be taken for something else, in every position of a PostgreSQL schema."""

from __future__ import annotations

from torture_postgresql import quoted, text

NAMES = [
    'quo"te', "apo'strophe", "back`tick", "new\nline", "carriage\rreturn", "tab\ttab", "esc\x1b[31m", "bell\x07", "semi;colon",
    "dash--dash", "star */ slash /*", "br]ack[et", "select", "per%cent %s %(x)s", "co:lon", "dot.dot", "back\\slash",
    "\u202eevil\u202c", "\u2066iso\u2069", "zero\u200bwidth", "ünïcödé 表", "x" * 63, "é" * 31, "</script><!-- -->", "*?[a-z]",
    "{brace}$dollar$$", " leading and trailing ", "Upper", "1st",
]  # fmt: skip
"""Each is fit for every name of PostgreSQL."""


def hostile() -> str:
    """SQL that uses every name in every position."""
    return "\n".join(_hostile(name, number) for number, name in enumerate(NAMES))


def _hostile(name: str, number: int) -> str:
    q, t = quoted(name), text(name)
    return f"""
CREATE SCHEMA {q};
CREATE TYPE {q}.enum{number} AS ENUM ({t});
CREATE TYPE {q}.{q} AS ({q} text);
CREATE DOMAIN {q}.domain{number} AS text DEFAULT {t} CONSTRAINT {q} CHECK (VALUE <> {t});
CREATE SEQUENCE {q}.seq{number};
CREATE COLLATION {q}.{q} (lc_collate = 'C', lc_ctype = 'C');
CREATE FUNCTION {q}.{q}({q} integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION {q}.act{number}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE AGGREGATE {q}.sum{number}(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE TABLE {q}.t{number} ({q} integer PRIMARY KEY, e {q}.enum{number} DEFAULT {t}, c {q}.{q}, d {q}.domain{number} COLLATE {q}.{q},
  s serial, i integer GENERATED ALWAYS AS IDENTITY, g integer GENERATED ALWAYS AS ({q} + 1) STORED,
  CONSTRAINT {q} CHECK ({q}.{q}({q}) > 0), UNIQUE (s, {q}));
CREATE TABLE {q}.u{number} (a integer, b integer, CONSTRAINT {q} FOREIGN KEY (a) REFERENCES {q}.t{number} ({q}),
  CONSTRAINT u{number} CHECK (b > 0)) PARTITION BY LIST (a);
CREATE TABLE {q}.p{number} PARTITION OF {q}.u{number} FOR VALUES IN (1);
CREATE INDEX i{number} ON {q}.t{number} ({q}, ({q} + 1)) WHERE e = {t};
CREATE VIEW {q}.v{number} AS SELECT {q}, {q} AS other FROM {q}.t{number};
CREATE TRIGGER {q} BEFORE UPDATE OF {q} ON {q}.t{number} FOR EACH ROW WHEN (new.{q} > 1) EXECUTE FUNCTION {q}.act{number}();
CREATE RULE {q} AS ON DELETE TO {q}.t{number} DO INSTEAD NOTHING;
CREATE POLICY {q} ON {q}.t{number} USING ({q} > 0);
CREATE STATISTICS {q}.stat{number} ON {q}, s FROM {q}.t{number};
COMMENT ON TABLE {q}.t{number} IS {t};
COMMENT ON COLUMN {q}.t{number}.{q} IS {t};
COMMENT ON CONSTRAINT {q} ON {q}.t{number} IS {t};
COMMENT ON SCHEMA {q} IS {t};
"""
