"""What a column type means, whosever words it is in.

    parse(text, dialect, vocabulary(schema)) -> Type    "smallint(5) unsigned" -> int of 2 bytes, unsigned

`vocabulary` has the enums and domains that a type may name. Dialects are those of Schema.dialect. The way back, into
any dialect's words, is dbx.schema.types.written; what two types differ in, dbx.schema.types.compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dbx.schema.model import Schema
from dbx.schema.objects import Domain, Enum
from dbx.schema.text.mysql import text_of
from dbx.schema.text.standard import quoted

Vocabulary = Mapping[str, "Enum | Domain"]


class Type(NamedTuple):
    """`kind` is one of KINDS or 'other', which only `text` tells. `size`: bytes of a number, characters or bytes of a
    text, digits of a decimal, digits behind a second; None where none is said. `scale` belongs to decimals."""

    kind: str
    size: int | None = None
    scale: int | None = None
    unsigned: bool = False
    zoned: bool = False
    labels: tuple[str, ...] = ()
    element: Type | None = None
    text: str = ""
    domain: str = ""
    """The domain that the text names; its checks are no part of a type."""


_TABLE = """
int:1  tinyint int1
int:2  smallint int2 smallserial serial2 year
int:3  mediumint int3
int:4  integer int int4 serial serial4 signed
int:8  bigint int8 bigserial serial8 hugeint
decimal  decimal numeric dec fixed number
money  money smallmoney
float:4  float4
float:8  double|precision float8 double binary_double
bool  boolean bool
char  character char nchar bpchar national|char national|character
varchar  character|varying varchar nvarchar varchar2 nvarchar2 char|varying national|varchar long|varchar
text  text clob nclob ntext string citext
text:255  tinytext
text:16777215  mediumtext
text:4294967295  longtext
binary  binary
varbinary  varbinary
blob  blob bytea raw image bytes
blob:255  tinyblob
blob:16777215  mediumblob
blob:4294967295  longblob
varbit  bit|varying varbit
bit  bit
date  date
time  time time|without|time|zone
timetz  timetz time|with|time|zone
timestamp  datetime timestamp|without|time|zone datetime2 smalldatetime
timestamptz  timestamptz timestamp|with|time|zone
interval  interval
uuid  uuid uniqueidentifier
json  json
jsonb  jsonb
xml  xml
inet  inet inet4 inet6 cidr
macaddr  macaddr macaddr8
text:63  name
search  tsvector tsquery
geometry  geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection box circle
geometry  path lseg line geography
"""

_WORDS: dict[str, tuple[str, int | None]] = {
    word.replace("|", " "): (kind.partition(":")[0], int(kind.partition(":")[2] or 0) or None)
    for kind, *words in (line.split() for line in _TABLE.strip().splitlines())
    for word in words
}

KINDS = frozenset(kind for kind, _ in _WORDS.values()) | {"enum", "set", "array"}

_SHAPE = re.compile(r"\s*([^(\[]*?)\s*(?:\(([^)]*)\)\s*([^(\[]*?))?\s*", re.DOTALL)
_LABELS = re.compile(r"\s*(enum|set)\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_STRING = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_MYSQL = ("mysql", "mariadb")


def vocabulary(schema: Schema) -> dict[str, Enum | Domain]:
    """Enums and domains by the words that columns call them with."""
    found: dict[str, Enum | Domain] = {}
    for each in schema.enums:
        found.update(dict.fromkeys(_called(each.name, each.schema), each))
    for domain in schema.domains:
        found.update(dict.fromkeys(_called(domain.name, domain.schema), domain))
    return found


def _called(name: str, schema: str | None) -> list[str]:
    homes = [f"{schema}.", f"{quoted(schema)}."] if schema else [""]
    return [home + each for each in (name, quoted(name)) for home in homes]


def parse(text: str, dialect: str, known: Vocabulary | None = None) -> Type:
    """What a type means that a server calls `text`."""
    named = (known or {}).get(text)
    if isinstance(named, Enum):
        return Type("enum", labels=named.labels, text=text)
    if isinstance(named, Domain):
        return parse(named.type, dialect, known)._replace(text=text, domain=text)
    if text.endswith("[]"):
        return Type("array", element=parse(text.removesuffix("[]"), dialect, known), text=text)
    if dialect in _MYSQL and (found := _LABELS.match(text)):
        labels = tuple(text_of(each) for each in _STRING.findall(found[2]))
        return Type(found[1].lower(), labels=labels, text=text)
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return Type("other", text=text)
    before, inside, behind = shape[1].lower(), shape[2] or "", (shape[3] or "").lower()
    words = f"{before} {behind}".split()
    unsigned = dialect != "sqlite" and ("unsigned" in words or "zerofill" in words)
    plain = " ".join(word for word in words if word not in ("unsigned", "signed", "zerofill"))
    numbers = [int(each) for each in inside.split(",") if each.strip().lstrip("-").isdecimal()]
    return _meant(plain, numbers, unsigned, dialect)._replace(text=text)


def _meant(word: str, numbers: list[int], unsigned: bool, dialect: str) -> Type:
    first = numbers[0] if numbers else None
    if special := _special(word, first, dialect):
        return special
    kind, size = _WORDS.get(word) or (_WORDS.get(word.split()[0]) if word else None) or ("", None)
    if not kind:
        return _by_affinity(word) if dialect == "sqlite" else Type("other")
    match kind:
        case "int":
            # a number in parentheses is how wide it is shown; SQLite's INTEGER has any size
            return Type(kind, None if dialect == "sqlite" and word == "integer" else size, unsigned=unsigned)
        case "decimal":
            return Type(kind, first, numbers[1] if len(numbers) > 1 else 0 if numbers else None, unsigned)
        case "char" | "binary" | "bit":
            return Type(kind, first or 1)
        case "timestamp" | "timestamptz" | "time" | "timetz":
            return Type(kind.removesuffix("tz"), first, zoned=kind.endswith("tz"))
        case "varchar" | "varbinary" | "varbit":
            return Type(kind, first)
        case "text" if first is not None:
            return Type("varchar", first)
    return Type(kind, size, unsigned=unsigned and kind == "float")


def _special(word: str, first: int | None, dialect: str) -> Type | None:
    """Words that mean one thing here and another there."""
    mysql = dialect in _MYSQL
    match word:
        case "tinyint" if mysql and first == 1:
            return Type("bool")
        case "year" if mysql:
            return Type("int", 2)
        case "real":
            return Type("float", 4 if dialect == "postgresql" else 8)
        case "float":
            return Type("float", 4 if (mysql and (first or 0) < 25) or (first or 53) < 25 else 8)
        case "timestamp":
            return Type("timestamp", first, zoned=mysql)
        case "point" if mysql:
            return Type("geometry")
        case '"char"':
            return Type("char", 1)
        case "blob" | "text" if mysql and first is None:
            return Type(word, 65535)
    return None


def _by_affinity(word: str) -> Type:
    """SQLite takes any word; what it does with it is decided by these parts, in this order."""
    for parts, kind in ((("int",), "int"), (("char", "clob", "text"), "text"), (("blob",), "blob"),
                        (("real", "floa", "doub"), "float")):  # fmt: skip
        if any(part in word for part in parts):
            return Type(kind, 8 if kind == "float" else None)
    return Type("blob") if not word else Type("decimal")
