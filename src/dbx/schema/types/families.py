"""From a server's type text to the family it belongs to: int decimal float str bytes bool date datetime time
interval uuid json array enum unknown."""

from __future__ import annotations

import re

_TABLE = """
int: int integer tinyint smallint mediumint bigint int2 int4 int8 serial smallserial bigserial serial2 serial4 serial8
int: year oid hugeint utinyint usmallint uinteger ubigint signed unsigned byteint
decimal: decimal numeric dec fixed number money smallmoney
float: float float4 float8 real double binary_float binary_double
str: char character varchar nchar nvarchar varchar2 nvarchar2 text tinytext mediumtext longtext clob nclob string
str: bpchar name citext native national ntext
bytes: blob tinyblob mediumblob longblob binary varbinary bytea raw image bytes
bool: bool boolean
date: date
datetime: datetime timestamp timestamptz datetime2 smalldatetime datetimeoffset
time: time timetz
interval: interval
uuid: uuid uniqueidentifier
json: json jsonb
enum: enum set
array: array
"""
_WORDS = {
    word: meaning
    for meaning, _, words in (line.partition(":") for line in _TABLE.strip().splitlines())
    for word in words.split()
}

_WORD = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)
_ONE_BIT = re.compile(r"tinyint\s*\(\s*1\s*\)|bit\s*(\(\s*1\s*\))?$", re.IGNORECASE)


def family(type_text: str, dialect: str = "") -> str:
    """The family of a column declared `type_text`; "unknown" for what this table does not know."""
    text = type_text.strip()
    if text.endswith("]") or text.upper().endswith(" ARRAY") or text.upper().startswith("ARRAY"):
        return "array"
    word = _WORD.match(text)
    if not word:
        return "unknown"
    if dialect in ("mysql", "mariadb") and _ONE_BIT.match(text):
        return "bool"
    if word[0].lower() == "bit":
        return "bytes" if dialect in ("mysql", "mariadb") else "unknown"
    found = _WORDS.get(word[0].lower(), "")
    if not found and dialect == "sqlite":
        return _affinity(text)
    return found or "unknown"


def _affinity(text: str) -> str:
    """SQLite takes any words as a type; what it makes of them is decided by these parts, in this order."""
    upper = text.upper()
    for parts, meaning in ((("INT",), "int"), (("CHAR", "CLOB", "TEXT"), "str"), (("BLOB",), "bytes"),
                           (("REAL", "FLOA", "DOUB"), "float")):  # fmt: skip
        if any(part in upper for part in parts):
            return meaning
    return "unknown"
