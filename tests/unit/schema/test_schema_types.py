"""Column types: what they mean, in other words, and what two of them differ in."""

from __future__ import annotations

import itertools

import pytest

from dbx.schema.model import Schema
from dbx.schema.objects import Check, Domain, Enum
from dbx.schema.types.compared import difference
from dbx.schema.types.families import family
from dbx.schema.types.vocabulary import KINDS, Type, parse, vocabulary
from dbx.schema.types.written import Words, converted, written

DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite", "other")

KNOWN = vocabulary(
    Schema(
        "postgresql",
        enums=(Enum("mood", "app", ("sad", "it's")),),
        domains=(Domain("Zip code", "app", "character varying(9)", checks=(Check("", "VALUE <> ''"),)),),
    )
)


@pytest.mark.parametrize(
    ("text", "dialect", "meant"),
    [
        ("int(10) unsigned", "mysql", Type("int", 4, unsigned=True)),
        ("tinyint(1)", "mariadb", Type("bool")),
        ("tinyint(4)", "mariadb", Type("int", 1)),
        ("INTEGER", "sqlite", Type("int")),
        ("unsigned big int", "sqlite", Type("int")),
        ("NVARCHAR(160)", "sqlite", Type("varchar", 160)),
        ("flying carpet", "sqlite", Type("decimal")),
        ("", "sqlite", Type("blob")),
        ("character varying(50)", "postgresql", Type("varchar", 50)),
        ("timestamp(3) with time zone", "postgresql", Type("timestamp", 3, zoned=True)),
        ("timestamp", "mysql", Type("timestamp", zoned=True)),
        ("timestamp", "sqlite", Type("timestamp")),
        ("double precision", "postgresql", Type("float", 8)),
        ("bit varying(5)", "postgresql", Type("varbit", 5)),
        ("numeric(12,2)", "postgresql", Type("decimal", 12, 2)),
        ("numeric(6)", "postgresql", Type("decimal", 6, 0)),
        ("interval day to second(2)", "postgresql", Type("interval")),
        ("enum('a','b''c','d\\\\e')", "mysql", Type("enum", labels=("a", "b'c", "d\\e"))),
        ("year(4)", "mysql", Type("int", 2)),
        ("app.mood", "postgresql", Type("enum", labels=("sad", "it's"))),
        ("ltree", "postgresql", Type("other")),
    ],
)  # fmt: skip
def test_what_a_type_means(text: str, dialect: str, meant: Type) -> None:
    assert parse(text, dialect, KNOWN)._replace(text="") == meant


def test_a_domain_is_what_it_is_over_and_an_array_has_elements() -> None:
    found = parse('app."Zip code"', "postgresql", KNOWN)
    assert (found.kind, found.size, found.domain) == ("varchar", 9, 'app."Zip code"')
    assert written(found, "sqlite") == Words("VARCHAR(9)", 'the checks of domain app."Zip code"')
    assert parse("app.mood[]", "postgresql", KNOWN).element == Type("enum", labels=("sad", "it's"), text="app.mood")


@pytest.mark.parametrize(
    ("text", "source", "target", "said"),
    [
        ("int(10) unsigned", "mysql", "postgresql", Words("bigint")),
        ("varchar(0)", "mysql", "postgresql", Words("character varying(1)", "that it holds nothing")),
        ("bigint(20) unsigned", "mysql", "postgresql", Words("numeric(20,0)")),
        ("mediumint(8) unsigned", "mysql", "postgresql", Words("integer")),
        ("tinyint(1)", "mysql", "postgresql", Words("boolean")),
        ("datetime(6)", "mysql", "postgresql", Words("timestamp(6) without time zone")),
        ("text", "postgresql", "mysql", Words("longtext")),
        ("text", "mysql", "postgresql", Words("text")),
        ("integer[]", "postgresql", "mysql", Words("json", "an array is JSON")),
        ("app.mood", "postgresql", "mysql", Words("enum('sad','it''s')")),
        ("uuid", "postgresql", "mariadb", Words("uuid")),
        ("uuid", "postgresql", "mysql", Words("char(36)")),
        ("ltree", "postgresql", "sqlite", Words("TEXT", "ltree is text")),
        ("varchar(70000)", "sqlite", "mysql", Words("longtext")),
        ("decimal(70,2)", "postgresql", "mysql", Words("decimal(65,2)", "digits beyond 65")),
        ("int(10) unsigned", "mysql", "mariadb", Words("int(10) unsigned")),
    ],
)  # fmt: skip
def test_in_other_words(text: str, source: str, target: str, said: Words) -> None:
    assert converted(text, source, target, KNOWN) == said


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_words_everywhere_which_mean_the_same_or_say_what_they_lose(kind: str, dialect: str) -> None:
    size = {
        "int": 4,
        "float": 8,
        "decimal": 12,
        "char": 3,
        "varchar": 3,
        "binary": 3,
        "varbinary": 3,
        "bit": 3,
        "varbit": 3,
    }
    found = Type(kind, size.get(kind), 2 if kind == "decimal" else None, labels=("a",) if kind in ("enum", "set") else (),
                 element=Type("int", 4, text="integer") if kind == "array" else None, text=kind)  # fmt: skip
    words = written(found, dialect)
    assert words.text
    again = parse(words.text, dialect)
    alike = {again.kind, kind} <= {"json", "jsonb"} or again.kind == kind
    looser = {"enum": "text", "money": "decimal", "binary": "blob", "varbinary": "blob", "bool": "int", "int": "int", "uuid": "text",
              "xml": "text", "macaddr": "text", "inet": "text", "json": "text", "jsonb": "text", "text": "varchar"}  # fmt: skip
    assert alike or words.loss or looser.get(kind) in (again.kind, "text" if again.kind in ("char", "varchar") else ""), (
        words, again,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "source", "other", "target"),
    [
        ("NVARCHAR(160)", "sqlite", "character varying(160)", "postgresql"),
        ("NVARCHAR(160)", "sqlite", "varchar(160)", "mariadb"),
        ("INTEGER", "sqlite", "bigint", "postgresql"),
        ("DATETIME", "sqlite", "timestamp without time zone", "postgresql"),
        ("NUMERIC(10,2)", "sqlite", "decimal(10,2)", "mariadb"),
        ("TEXT", "sqlite", "app.mood", "postgresql"),
        ("BLOB", "sqlite", "bytea", "postgresql"),
        ("", "sqlite", "bytea", "postgresql"),
        ("tinyint(1)", "mariadb", "boolean", "postgresql"),
        ("datetime(6)", "mariadb", "timestamp without time zone", "postgresql"),
        ("longtext", "mariadb", "text", "postgresql"),
        ("mediumblob", "mariadb", "bytea", "postgresql"),
        ("enum('sad','it''s')", "mariadb", "app.mood", "postgresql"),
        ("int(11)", "mysql", "int(11)", "mysql"),
    ],
)
def test_the_same_in_two_dialects(one: str, source: str, other: str, target: str) -> None:
    assert difference(one, source, other, target, KNOWN, KNOWN) == ""
    assert difference(other, target, one, source, KNOWN, KNOWN) == ""


@pytest.mark.parametrize(
    ("one", "source", "other", "target", "said"),
    [
        ("NVARCHAR(160)", "sqlite", "varchar(120)", "mariadb", "length"),
        ("TEXT", "sqlite", "integer", "postgresql", "TEXT and integer"),
        ("int(10) unsigned", "mariadb", "integer", "postgresql", "unsigned"),
        ("int(11)", "mariadb", "bigint", "postgresql", "range"),
        ("timestamp", "mariadb", "timestamp without time zone", "postgresql", "time zone"),
        ("enum('a')", "mariadb", "app.mood", "postgresql", "labels"),
        ("decimal(5,2)", "mariadb", "numeric(5,3)", "postgresql", "scale"),
        ("integer", "postgresql", "bigint", "postgresql", "integer and bigint"),
    ],
)
def test_what_differs_is_said(one: str, source: str, other: str, target: str, said: str) -> None:
    assert said in difference(one, source, other, target, KNOWN, KNOWN)
    assert said.partition(" and ")[0] in difference(other, target, one, source, KNOWN, KNOWN)


def test_families_and_kinds_agree() -> None:
    """The language's families are the coarser of the two."""
    families = {"int": "int", "decimal": "decimal", "float": "float", "varchar": "str", "text": "str", "bool": "bool", "date": "date",
                "timestamp": "datetime", "time": "time", "interval": "interval", "uuid": "uuid"}  # fmt: skip
    for (kind, wanted), dialect in itertools.product(families.items(), ("postgresql", "mariadb")):
        words = written(Type(kind, text=kind), dialect)
        if not words.loss:
            assert family(words.text, dialect) == wanted, (kind, words)
