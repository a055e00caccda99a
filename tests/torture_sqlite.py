"""A SQLite database with one of everything that is easily lost, and names that are easily broken."""

from __future__ import annotations

SCHEMA = r"""
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE COLLATE NOCASE);
CREATE TABLE pair (x INT, y TEXT, CONSTRAINT pair_key PRIMARY KEY (x, y DESC) ON CONFLICT REPLACE) WITHOUT ROWID;
CREATE TABLE child (
  a int not null constraint "a > 0" check (a > 0 /* , ) */),
  b text constraint b_named not null on conflict ignore default 'it''s, (fine)',
  parent_id integer not null references Parent on delete cascade on update set null,
  total numeric(6, 2) default (1 + 2), -- the sum, with a ) in a comment
  doubled int generated always as (a * 2) stored, tripled AS (a * 3), odd anything, untyped,
  primary key (a, b),
  constraint fk_two foreign key (a, b) references pair (x, y) match full deferrable initially deferred
  constraint many unique (a, total) on conflict fail,
  unique (b), check (total < 1e6 and b <> ')'), foreign key (parent_id) references parent (ID) not deferrable
);
CREATE TABLE one_line (id, n int, g int generated always as (n*2) stored, k int, g2 AS (k+1), check (n>0));
CREATE TABLE strict_one (id INTEGER PRIMARY KEY, v ANY, j TEXT CHECK (json_valid(j))) STRICT, WITHOUT ROWID;
CREATE TABLE plain (n INT PRIMARY KEY, m INTEGER DEFAULT -1, o REAL DEFAULT +1.5e-3, p BLOB DEFAULT x'00ff', q DEFAULT TRUE);
CREATE TABLE twice (a REFERENCES parent, b REFERENCES PARENT, c, d, FOREIGN KEY (c, d) REFERENCES pair, FOREIGN KEY (d, c) REFERENCES pair);
CREATE TABLE again (a REFERENCES parent ON DELETE CASCADE REFERENCES parent);
CREATE TABLE other_case (a REFERENCES PaRent);
CREATE TABLE lost (id INTEGER PRIMARY KEY, gone_id INTEGER REFERENCES gone (id) DEFERRABLE, other REFERENCES gone);
CREATE TABLE self (id INTEGER PRIMARY KEY DESC, up REFERENCES self (id));
CREATE TABLE named_key (id INTEGER CONSTRAINT its_key PRIMARY KEY ASC AUTOINCREMENT NOT NULL, circle_id REFERENCES circle (id));
CREATE TABLE circle (id INTEGER PRIMARY KEY, named_id INTEGER REFERENCES named_key (id));
CREATE TABLE copied AS SELECT a, b AS "b b" FROM child;
ALTER TABLE plain ADD COLUMN later TEXT NOT NULL DEFAULT 'x' REFERENCES parent (code) ON DELETE SET DEFAULT;
ALTER TABLE self RENAME TO "self made";
CREATE INDEX by_total ON child (total DESC, b COLLATE RTRIM) WHERE total > 0 AND b <> ' where ';
CREATE UNIQUE INDEX by_expression ON child (lower(b || ',') COLLATE NOCASE DESC, a + 1, "total");
CREATE INDEX "by code" ON parent (code);
CREATE INDEX by_code_binary ON parent (code COLLATE BINARY);
CREATE VIEW shown (one, "two, three") AS SELECT id, code FROM parent WHERE code <> ' AS ';
CREATE VIEW "as" AS WITH x AS (SELECT 1 AS n) SELECT n FROM x;
CREATE VIEW broken AS SELECT x FROM nowhere;
CREATE VIEW open_comment AS SELECT 1 -- the end
;
CREATE TRIGGER stamp AFTER UPDATE OF a, b ON child FOR EACH ROW WHEN new.a > 1 BEGIN
  UPDATE child SET total = total + 1 WHERE a = new.a; SELECT 'end;';
END;
CREATE TRIGGER early BEFORE DELETE ON parent BEGIN SELECT CASE WHEN 1 THEN 2 END; END;
CREATE TRIGGER by_view INSTEAD OF INSERT ON shown BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize = 'porter');
CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
"""

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
    "dash--dash",
    "star */ slash /*",
    "br]ack[et",
    "select",
    "per%cent %s %(x)s",
    "co:lon",
    "dot.dot",
    "back\\slash",
    "\u202eevil\u202c",
    "\u2066iso\u2069",
    "zero\u200bwidth",
    "ünïcödé 表",
    "x" * 63,
    "</script><!-- -->",
    "*?[a-z]",
    "{brace}$dollar",
    " leading and trailing ",
    "",
]
"""Each is fit for a table, column, constraint, index, trigger and view; SQLite takes all of them, even the last."""


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def hostile(names: list[str] = NAMES) -> list[str]:
    """Statements that put every name in every place."""
    found = []
    for number, name in enumerate(names):
        here = quoted(name)
        index, trigger, view = (quoted(f"{kind}{number} {name}") for kind in ("index", "trigger", "view"))
        text = "'" + name.replace("'", "''") + "'"
        found += [
            f"CREATE TABLE {here} ({here} TEXT DEFAULT {text} CONSTRAINT {here} CHECK ({here} <> {text}), other INT, id INTEGER"
            f" PRIMARY KEY, CONSTRAINT {here} UNIQUE ({here}, other), CONSTRAINT {here} FOREIGN KEY (other)"
            f" REFERENCES {here} (id) ON DELETE SET NULL)",
            f"CREATE INDEX {index} ON {here} ({here} || {text}, {here}) WHERE {here} <> {text}",
            f"CREATE VIEW {view} ({here}) AS SELECT {here} FROM {here} /* {name.replace('*/', '')} */",
            f"CREATE TRIGGER {trigger} AFTER INSERT ON {here} BEGIN SELECT {text}; END",
        ]
    return found
