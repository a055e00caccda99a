"""The three syntaxes as the dialects have them, and a script's pieces as plain values."""

from __future__ import annotations

from collections.abc import Iterable

from dbx.dialects.base import Syntax
from dbx.dialects.mysql.dialect import MySQL
from dbx.dialects.postgresql.dialect import PostgreSQL
from dbx.dialects.sqlite.dialect import Sqlite
from dbx.sql.reader import Text
from dbx.sql.script import split

PG = PostgreSQL.syntax
MY = MySQL.syntax
SQLITE = Sqlite.syntax
ALL = {"postgresql": PG, "mysql": MY, "sqlite": SQLITE}


def texts(script: Text, syntax: Syntax) -> list[str]:
    return [piece.text for piece in split(script, syntax)]


def cut(text: str, sizes: Iterable[int]) -> list[str]:
    """`text` in chunks of these sizes, the rest in one."""
    chunks, at = [], 0
    for size in sizes:
        chunks.append(text[at : at + size])
        at += size
    return [*chunks, text[at:]]
