from __future__ import annotations

import pytest

from dbx.schema.types.families import family

CASES = {
    "INTEGER": "int", "int(11) unsigned": "int", "bigserial": "int", "smallint": "int", "year(4)": "int",
    "NUMERIC(10, 2)": "decimal", "decimal": "decimal", "money": "decimal",
    "double precision": "float", "REAL": "float", "float8": "float",
    "character varying(20)": "str", "NVARCHAR(160)": "str", "bpchar": "str", "citext": "str", "LONGTEXT": "str",
    "bytea": "bytes", "varbinary(16)": "bytes", "BLOB": "bytes",
    "BOOLEAN": "bool", "date": "date", "timestamp without time zone": "datetime", "DATETIME(6)": "datetime",
    "timestamptz": "datetime", "time with time zone": "time", "interval": "interval", "uuid": "uuid",
    "jsonb": "json", "integer[]": "array", "INTEGER ARRAY": "array", "ARRAY": "array", "enum('a','b')": "enum",
    "": "unknown", "geometry(Point,4326)": "unknown", "tsvector": "unknown", "point": "unknown", "bit(8)": "unknown",
    "pg_lsn": "unknown", "xml": "unknown",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=[text or "nothing" for text in CASES])
def test_family(text: str, expected: str) -> None:
    assert family(text) == expected


@pytest.mark.parametrize(
    ("text", "dialect", "expected"),
    [
        ("tinyint(1)", "mysql", "bool"), ("tinyint(1)", "mariadb", "bool"), ("tinyint(4)", "mysql", "int"),
        ("tinyint(1)", "sqlite", "int"), ("bit(1)", "mysql", "bool"), ("bit(8)", "mariadb", "bytes"),
        ("UNSIGNED BIG INT", "sqlite", "int"), ("STRINGISH CHARS", "sqlite", "str"), ("FLOATING", "sqlite", "float"),
        ("anything", "sqlite", "unknown"), ("WHATEVER CHARS", "postgresql", "unknown"),
    ],
)  # fmt: skip
def test_family_by_dialect(text: str, dialect: str, expected: str) -> None:
    assert family(text, dialect) == expected
