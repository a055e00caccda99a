"""PostgreSQL reads back what it wrote and writes it otherwise, once: a schema and the same one restored from a dump are
two texts. Here they are one."""

from __future__ import annotations

import re

_STRING = r"(?>'(?:[^']|'')*')"
_NAME = r'(?>"(?:[^"]|"")*"|[a-z_]\w*)'
_TYPE = rf"(?>{_NAME}(?:\.{_NAME})*(?: (?:varying|precision|with(?:out)? time zone))*)(?:\(\d+(?:,\d+)?\))?"
_ITEM = rf"(?:{_STRING}::{_TYPE}|\d+(?:\.\d+)?)"
_CAST_LIST = re.compile(rf"\(ARRAY\[({_ITEM}(?:, {_ITEM})*)\]\)::({_TYPE})\[\]")
_NAMED_BY_TYPE = re.compile(rf"((?:NULL|{_STRING}|\b\d+)::({_TYPE})(?:\[\])?) AS (?:\"(\w+)\"|(\w+))")
_STORED = {
    "integer": "int4",
    "bigint": "int8",
    "smallint": "int2",
    "boolean": "bool",
    "real": "float4",
    "double precision": "float8",
    "character": "bpchar",
    "character varying": "varchar",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}


def respelled(text: str) -> str:
    """A list cast as a whole, item by item; a literal without the name that it has from its type alone."""
    text = _CAST_LIST.sub(_each_cast, text) if "ARRAY[" in text else text
    return _NAMED_BY_TYPE.sub(_unnamed, text) if "::" in text else text


def _each_cast(found: re.Match[str]) -> str:
    items = re.sub(_ITEM, lambda item: f"({item[0]})::{found[2]}", found[1])
    return f"ARRAY[{items}]"


def _unnamed(found: re.Match[str]) -> str:
    plain = found[2].partition("(")[0]
    return found[1] if (found[3] or found[4]) == _STORED.get(plain, plain) else found[0]
