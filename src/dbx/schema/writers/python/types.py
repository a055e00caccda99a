"""SQLAlchemy's types for a server's: the class that says just the same, else the server's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dbx.schema.model import Column
from dbx.schema.types.vocabulary import Vocabulary, parse
from dbx.schema.writers.python.layout import Group, Keywords, Node, call, string

MYSQL = ("mysql", "mariadb")


class Typed(NamedTuple):
    """An expression that makes the type, and what its values are in Python. `exact`: the server gets the same words."""

    code: Node
    annotation: str
    exact: bool = True


_ANNOTATIONS = {
    "int": "int",
    "decimal": "Decimal",
    "money": "Any",
    "float": "float",
    "bool": "bool",
    "char": "str",
    "varchar": "str",
    "text": "str",
    "binary": "bytes",
    "varbinary": "bytes",
    "blob": "bytes",
    "date": "dt.date",
    "time": "dt.time",
    "timestamp": "dt.datetime",
    "interval": "dt.timedelta",
    "uuid": "UUID",
    "enum": "str",
    "set": "set[str]",
    "xml": "str",
}

_PLAIN = {
    "postgresql": """
integer sa.Integer | bigint sa.BigInteger | smallint sa.SmallInteger | numeric sa.Numeric | real sa.REAL
double precision~sa.Double | boolean sa.Boolean | text sa.Text | bytea sa.LargeBinary | date sa.Date | uuid sa.Uuid
character varying~sa.String | json sa.JSON | jsonb postgresql.JSONB | interval postgresql.INTERVAL
timestamp without time zone~sa.DateTime | timestamp with time zone~sa.DateTime(timezone=True)
time without time zone~sa.Time | time with time zone~sa.Time(timezone=True)
inet postgresql.INET | cidr postgresql.CIDR | macaddr postgresql.MACADDR | macaddr8 postgresql.MACADDR8
money postgresql.MONEY | oid postgresql.OID | tsvector postgresql.TSVECTOR | tsquery postgresql.TSQUERY
int4range postgresql.INT4RANGE | int8range postgresql.INT8RANGE | numrange postgresql.NUMRANGE
daterange postgresql.DATERANGE | tsrange postgresql.TSRANGE | tstzrange postgresql.TSTZRANGE
""",
    "mysql": """
tinyint(1) sa.Boolean | text sa.Text | tinytext mysql.TINYTEXT | mediumtext mysql.MEDIUMTEXT | longtext mysql.LONGTEXT
blob sa.LargeBinary | tinyblob mysql.TINYBLOB | mediumblob mysql.MEDIUMBLOB | longblob mysql.LONGBLOB | date sa.Date
datetime sa.DateTime | timestamp sa.TIMESTAMP | time sa.Time | year(4) mysql.YEAR | year mysql.YEAR | double sa.Double
float mysql.FLOAT | json sa.JSON
int(11) sa.Integer | bigint(20) sa.BigInteger | smallint(6) sa.SmallInteger | mediumint(9) mysql.MEDIUMINT
tinyint(4) mysql.TINYINT | int sa.Integer | bigint sa.BigInteger | smallint sa.SmallInteger
int(10) unsigned~mysql.INTEGER(unsigned=True) | bigint(20) unsigned~mysql.BIGINT(unsigned=True)
smallint(5) unsigned~mysql.SMALLINT(unsigned=True) | mediumint(8) unsigned~mysql.MEDIUMINT(unsigned=True)
tinyint(3) unsigned~mysql.TINYINT(unsigned=True)
""",
    "sqlite": """
INTEGER sa.Integer | BIGINT sa.BigInteger | SMALLINT sa.SmallInteger | TEXT sa.Text | BLOB sa.LargeBinary | REAL sa.REAL
NUMERIC sa.Numeric | DECIMAL sa.DECIMAL | BOOLEAN sa.Boolean | DATE sa.Date | TIME sa.Time | DATETIME sa.DateTime
TIMESTAMP sa.TIMESTAMP | FLOAT sa.Float | DOUBLE sa.DOUBLE | VARCHAR sa.String | CHAR sa.CHAR
JSON sa.JSON | CLOB sa.CLOB
DOUBLE PRECISION~sa.DOUBLE_PRECISION
""",
}

_SIZED = {
    "postgresql": r"""
character varying\((\d+)\)~sa.String({0}) | character\((\d+)\)~sa.CHAR({0})
numeric\((\d+),(-?\d+)\)~sa.Numeric({0}, {1})
bit\((\d+)\)~postgresql.BIT({0}) | bit varying\((\d+)\)~postgresql.BIT({0}, varying=True)
bit varying~postgresql.BIT(varying=True)
timestamp\((\d)\) without time zone~postgresql.TIMESTAMP(precision={0})
timestamp\((\d)\) with time zone~postgresql.TIMESTAMP(timezone=True, precision={0})
time\((\d)\) without time zone~postgresql.TIME(precision={0})
time\((\d)\) with time zone~postgresql.TIME(timezone=True, precision={0})
interval\((\d)\)~postgresql.INTERVAL(precision={0})
""",
    "mysql": r"""
varchar\((\d+)\)~sa.String({0}) | char\((\d+)\)~sa.CHAR({0}) | varbinary\((\d+)\)~sa.VARBINARY({0})
binary\((\d+)\)~sa.BINARY({0}) | bit\((\d+)\)~mysql.BIT({0}) | decimal\((\d+),(\d+)\)~sa.Numeric({0}, {1})
datetime\((\d)\)~mysql.DATETIME(fsp={0}) | timestamp\((\d)\)~mysql.TIMESTAMP(fsp={0}) | time\((\d)\)~mysql.TIME(fsp={0})
""",
    "sqlite": r"""
VARCHAR\((\d+)\)~sa.String({0}) | CHAR\((\d+)\)~sa.CHAR({0}) | NVARCHAR\((\d+)\)~sa.NVARCHAR({0})
NCHAR\((\d+)\)~sa.NCHAR({0}) | NUMERIC\((\d+),(\d+)\)~sa.Numeric({0}, {1}) | DECIMAL\((\d+),(\d+)\)~sa.DECIMAL({0}, {1})
""",
}


def _entries(listed: str) -> dict[str, str]:
    found = {}
    for entry in listed.replace("\n", "|").split("|"):
        words, _, code = entry.strip().partition("~") if "~" in entry else entry.strip().rpartition(" ")
        if words:
            found[words.strip()] = code.strip()
    return found


_NUMBER = re.compile(
    r"((?:tiny|small|medium|big)?int|decimal|float|double)(?:\((\d+)(?:,(\d+))?\))?( unsigned)?( zerofill)?"
)
"""A number of MySQL, whose width some types keep and whose sign every one may lose."""

_PLAIN_CODE = {dialect: _entries(listed) for dialect, listed in _PLAIN.items()}
_SIZED_CODE = {
    dialect: [(re.compile(pattern), code) for pattern, code in _entries(listed).items()]
    for dialect, listed in _SIZED.items()
}


def typed(column: Column, dialect: str, known: Vocabulary, variables: Mapping[str, str]) -> Typed:
    """The type of a column. `variables` are those of the module's own types, by what columns call them."""
    text = _whole(column, dialect)
    annotation = _annotation(column.type, dialect, known)
    if column.automatic and (number := re.fullmatch(r"tinyint\(1\)( unsigned)?( zerofill)?", text)):
        return Typed(_number("tinyint", "1", None, *number.groups()), "int")  # no Boolean counts by itself
    if text == column.type and (code := _code(text, dialect, variables)) is not None:
        return Typed(code, annotation, _is_exact(text, dialect))
    if (code := _collated(column, dialect)) is not None:
        return Typed(code, annotation)
    return Typed(call("Named", string(text)), annotation)


def _whole(column: Column, dialect: str) -> str:
    """The words behind a column's name, as far as they are about its type."""
    options = dict(column.options)
    text = column.type
    if dialect == "postgresql":
        text += f" COMPRESSION {options['compression']}" if "compression" in options else ""
        collation = column.collation or ""
        quoted = collation if collation.startswith('"') else f'"{collation}"'
        return text + (f" COLLATE {quoted}" if collation else "")
    text += f" CHARACTER SET {options['charset']}" if "charset" in options else ""
    return text + (f" COLLATE {column.collation}" if column.collation else "")


def _collated(column: Column, dialect: str) -> Node | None:
    """Texts whose class takes a collation."""
    if dialect not in MYSQL:
        return None
    found = re.fullmatch(r"(varchar|char|text|tinytext|mediumtext|longtext)(?:\((\d+)\))?", column.type)
    if not found:
        return None
    charset = dict(column.options).get("charset")
    given = {"charset": string(charset)} if charset else {}
    given |= {"collation": string(column.collation)} if column.collation else {}
    return call(f"mysql.{found[1].upper()}", *([found[2]] if found[2] else []), **given)


def _code(text: str, dialect: str, variables: Mapping[str, str]) -> Node | None:
    if text in variables:
        return variables[text]
    if dialect == "postgresql" and text.endswith("[]"):
        inner = _code(text.removesuffix("[]"), dialect, variables)
        return call("postgresql.ARRAY", call("Named", string(text.removesuffix("[]"))) if inner is None else inner)
    kind = "mysql" if dialect in MYSQL else dialect if dialect in _PLAIN else "sqlite"
    said = _spelled(text) if kind == "sqlite" else text
    if said in _PLAIN_CODE[kind]:
        return _PLAIN_CODE[kind][said]
    for pattern, code in _SIZED_CODE[kind]:
        if found := pattern.fullmatch(said):
            return code.format(*found.groups())
    if kind != "mysql":
        return None
    if text.startswith(("enum(", "set(")):
        return _labelled(text, dialect)
    number = _NUMBER.fullmatch(text)
    return _number(*number.groups()) if number else None


def _number(name: str, width: str | None, scale: str | None, unsigned: str | None, zerofill: str | None) -> Group:
    """The groups of _NUMBER."""
    sizes = [size for size in (width, scale) if size is not None]
    given: Keywords = {"unsigned": "True"} if unsigned else {}
    given |= {"zerofill": "True"} if zerofill else {}
    given |= {"asdecimal": "False"} if name == "double" else {}  # else its values were no floats
    return call(f"mysql.{'INTEGER' if name == 'int' else name.upper()}", *sizes, **given)


def _labelled(text: str, dialect: str) -> Group:
    found = parse(text, dialect)
    return call("sa.Enum" if found.kind == "enum" else "mysql.SET", *map(string, found.labels))


def _spelled(text: str) -> str:
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"\s+", " ", text.strip())).upper()


def _is_exact(text: str, dialect: str) -> bool:
    """SQLite keeps the words as they were written, and SQLAlchemy writes its own."""
    return dialect != "sqlite" or (text == _spelled(text) and "," not in text)


def _annotation(text: str, dialect: str, known: Vocabulary) -> str:
    found = parse(text, dialect, known)
    if found.kind == "array" and found.element is not None:
        inner = _annotation(found.element.text, dialect, known)
        return f"list[{inner}]"
    return _ANNOTATIONS.get(found.kind, "Any")
