"""The columns of SHOW CREATE TABLE."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dbx.schema.model import Column
from dbx.schema.objects import Check
from dbx.schema.text.mysql import ENDED, NAME, STRING, Tokens, text_of, unquoted
from dbx.schema.types import families

_TYPE = rf"\w+(?:\([^()']*(?:{STRING}[^()']*)*\))?(?: unsigned)?(?: zerofill)?"
PLAIN = re.compile(
    rf"\s+({NAME}) ({_TYPE})(?: CHARACTER SET (\w+))?(?: COLLATE (\w+))?(?: (NOT NULL)| NULL)?"
    rf"(?: DEFAULT (NULL|{STRING}|[\w.+-]+(?:\(\d*\))?))?(?: ON UPDATE (\w+(?:\(\d*\))?))?( AUTO_INCREMENT)?"
    rf"(?: COMMENT ({STRING}))?{ENDED}",
    re.DOTALL,
)
"""The line of a column that says nothing unusual."""

_WITHOUT_DEFAULT = re.compile(r"\w*(text|blob)|json|geom|point|linestring|polygon|multi")


def plain(groups: Sequence[Any], dialect: str) -> Column:
    """A column from the groups of PLAIN."""
    name, type_, charset, collation, required, default, update, automatic, comment = groups
    options: list[tuple[str, str]] = []
    if charset:
        options.append(("charset", charset))
    if default is None and not required and not automatic and not _is_without_default(type_, dialect):
        options.append(("no default", ""))
    if update:
        options.append(("on update", update))
    return Column(
        unquoted(name),
        type_,
        required is None,
        families.family(type_, dialect),
        None if default == "NULL" else default,
        automatic=automatic is not None,
        collation=collation,
        comment=text_of(comment) if comment else None,
        options=tuple(options),
    )


def _is_without_default(type_: str, dialect: str) -> bool:
    """MySQL does not say DEFAULT NULL of such a type."""
    return dialect == "mysql" and _WITHOUT_DEFAULT.match(type_) is not None


def odd(tokens: Tokens, dialect: str) -> tuple[Column, list[Check]]:
    """A column that says more, with the checks that are written at it."""
    name = tokens.name()
    facts: dict[str, Any] = {"nullable": True}
    options: dict[str, str] = {}
    checks: list[Check] = []
    type_ = tokens.take()
    type_ += f"({tokens.group()})" if tokens.word == "(" else ""
    while tokens.word in ("UNSIGNED", "ZEROFILL"):
        type_ += f" {tokens.take()}"
    while tokens.kind and tokens.word not in (",", ")"):
        if tokens.skip("CHECK"):
            checks.append(Check("", tokens.group(), name))
        else:
            _attribute(tokens, facts, options)
    said = "default" in facts or "generated" in facts or not facts["nullable"] or facts.get("automatic")
    if not said and not _is_without_default(type_, dialect):
        options["no default"] = ""
    if facts.get("default") == "NULL":
        del facts["default"]
    family = families.family(type_, dialect)
    return Column(name, type_, family=family, options=tuple(sorted(options.items())), **facts), checks


def _attribute(tokens: Tokens, facts: dict[str, Any], options: dict[str, str]) -> None:
    """One thing more that is said of a column."""
    if tokens.skip("CHARACTER", "SET"):
        options["charset"] = tokens.take()
    elif tokens.skip("COLLATE"):
        facts["collation"] = tokens.take()
    elif tokens.skip("NOT", "NULL"):
        facts["nullable"] = False
    elif tokens.skip("NULL"):
        pass
    elif tokens.skip("GENERATED", "ALWAYS", "AS", "ROW"):
        facts |= {"generated": "stored", "expression": f"ROW {tokens.take()}", "nullable": False}
    elif tokens.skip("GENERATED", "ALWAYS", "AS"):
        facts["expression"] = tokens.group()
        facts["generated"] = "stored" if tokens.skip("STORED") or tokens.skip("PERSISTENT") else "virtual"
        tokens.skip("VIRTUAL")
    elif tokens.skip("DEFAULT"):
        facts["default"] = tokens.expression(*_BEHIND_DEFAULT)
    elif tokens.skip("ON", "UPDATE"):
        options["on update"] = tokens.expression(*_BEHIND_DEFAULT)
    elif tokens.skip("COMMENT"):
        facts["comment"] = text_of(tokens.take())
    elif tokens.skip("AUTO_INCREMENT"):
        facts["automatic"] = True
    elif tokens.skip("INVISIBLE"):
        facts["hidden"] = True
    elif tokens.skip("WITHOUT", "SYSTEM", "VERSIONING"):
        options["without system versioning"] = ""
    elif tokens.skip("SRID"):
        options["srid"] = tokens.take()
    elif tokens.skip("COLUMN_FORMAT") or tokens.skip("STORAGE"):
        options["storage"] = tokens.take().lower()
    else:
        name = tokens.name().lower()
        options[name] = equal(tokens)


_BEHIND_DEFAULT = ("ON", "AUTO_INCREMENT", "COMMENT", "CHECK", "INVISIBLE", "WITHOUT", "COLUMN_FORMAT", "STORAGE")


def equal(tokens: Tokens) -> str:
    """The value behind an equals sign, '' for a flag."""
    if not tokens.skip("="):
        return ""
    return text_of(tokens.take()) if tokens.kind == "string" else tokens.name()
