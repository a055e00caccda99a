"""Nothing is lost in silence: a change in any field of the model shows in what a writer writes, or in what it reports."""

from __future__ import annotations

import ast
import keyword
import re
from typing import Any

import pytest
from losses_sample import SAMPLE
from schema_cases import SCHEMA, written

from dbx.schema.listing import objects, ordered
from dbx.schema.model import Column, Schema, Table
from dbx.schema.translate.tables import translated
from dbx.schema.writers import WRITERS, Look
from dbx.schema.writers.losses import REDUNDANT, Loss, lost, summary

REPORTING = [name for name, writer in WRITERS.items() if not writer.statistics and name != "summary"]

SILENT = REDUNDANT | {
    "Schema.dialect",
    "Schema.missing",  # told by the command itself, with its own exit code
    "Namespace.name",
    "Table.kind",
}
"""Fields that say nothing of their own, or whose change is another object."""


def paths() -> list[tuple[str, str]]:
    """Every class of the model with every field of it."""
    seen: dict[str, Any] = {}

    def walk(found: Any) -> None:
        if hasattr(found, "_fields"):
            seen.setdefault(type(found).__name__, found)
            for value in found:
                walk(value)
        elif isinstance(found, tuple):
            for value in found:
                walk(value)

    walk(SAMPLE)
    return [(name, field) for name, found in seen.items() for field in found._fields]


def changed(found: Any, owner: str, field: str) -> Any:
    """The schema without that field wherever it is: as by default, or another value where there is no default."""
    if hasattr(found, "_fields"):
        made = {name: changed(value, owner, field) for name, value in zip(found._fields, found, strict=True)}
        if type(found).__name__ == owner:
            made[field] = type(found)._field_defaults.get(field, other(made[field]))
        return type(found)(**made)
    if isinstance(found, tuple):
        return tuple(changed(value, owner, field) for value in found)
    return found


def without(found: Any, owner: str) -> Any:
    """The schema without any object or part of that class."""
    if hasattr(found, "_fields"):
        return type(found)(*(None if type(value).__name__ == owner else without(value, owner) for value in found))
    if isinstance(found, tuple):
        return tuple(without(value, owner) for value in found if type(value).__name__ != owner)
    return found


def other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case str():
            return f"{value}_2"
        case tuple():
            return ()
    return None


def told(name: str, schema: Schema) -> tuple[bytes, list[Loss]]:
    writer = WRITERS[name]
    return written(name, schema), sorted(writer.lost(schema, Look()))


@pytest.mark.parametrize("name", REPORTING)
def test_no_field_goes_in_silence(name: str) -> None:
    """Each field of a class shows; or none does, and then the whole of it is among the losses."""
    before = told(name, ordered(SAMPLE))
    fields: dict[str, list[str]] = {}
    for owner, field in paths():
        if f"{owner}.{field}" not in SILENT:
            fields.setdefault(owner, []).append(field)
    same = {
        owner: {field for field in names if looks(name, changed(SAMPLE, owner, field)) == before}
        for owner, names in fields.items()
    }
    whole = {owner for owner, names in fields.items() if same[owner] >= set(names) - NAMED}
    silent = {owner: {each for each in names if not is_named(before[1], owner, each)} for owner, names in same.items()}
    noticed = {owner for owner in whole if looks(name, without(SAMPLE, owner)) != before}
    for owner in whole:
        above = owner
        while above in ABOVE and above not in noticed:
            above = ABOVE[above]
        if above in noticed or owner in PARTS_OF_NAMES:
            del silent[owner]
    assert {owner: names for owner, names in silent.items() if names} == {}


def looks(name: str, schema: Schema) -> tuple[bytes, list[Loss]] | None:
    """None for a schema that cannot be: a key of a column that is not there."""
    try:
        return told(name, ordered(schema))
    except KeyError:
        return None


def is_named(losses: list[Loss], owner: str, field: str) -> bool:
    """Whether a field without a default, which every object has, is among the losses by its name."""
    required = any(type(each).__name__ == owner and field not in type(each)._field_defaults for each in parts(SAMPLE))
    return required and any(loss.what.endswith(field.replace("_", " ")) for loss in losses)


def parts(found: Any) -> list[Any]:
    inner = [each for value in found for each in parts(value)] if isinstance(found, tuple) else []
    return [found, *inner] if hasattr(found, "_fields") else inner


ABOVE = {"Partition": "Partitioning", "Attribute": "Composite", "Identity": "Column", "Part": "Key"}
"""What a part is lost with, when all of that is."""

NAMED = {"name", "schema", "table", "kind", "arguments", "column", "expression", "grantee"}
"""What a loss calls a thing by."""

PARTS_OF_NAMES = {"Name", "Reference", "Missing"}
"""Where something is, and what has to be there first; what could not be read is told by the command."""


def test_the_sample_has_every_class_and_field_of_the_model() -> None:
    empty = {f"{owner}.{field}" for owner, field in paths() if not values(SAMPLE, owner, field)}
    assert empty <= {"Schema.dialect", "Column.hidden"} | SILENT
    assert {name for name, _ in paths()} >= {
        "Table",
        "Column",
        "Key",
        "Exclusion",
        "Partition",
        "Event",
        "Server",
        "Other",
    }


def values(found: Any, owner: str, field: str) -> list[Any]:
    if hasattr(found, "_fields"):
        own = [getattr(found, field)] if type(found).__name__ == owner else []
        defaults = type(found)._field_defaults
        own = [value for value in own if value != defaults.get(field, object())]
        return own + [each for value in found for each in values(value, owner, field)]
    return [each for value in found for each in values(value, owner, field)] if isinstance(found, tuple) else []


def test_a_new_field_is_lost_until_a_writer_has_it() -> None:
    table = Table("t", None, (Column("a", "int", comment="x"),), comment="y")
    found = list(
        lost(Schema("other", (table,)), {"Table": frozenset(["columns"]), "Column": frozenset(["type"])}, "why")
    )
    assert found == [Loss("table t", "column a, comment", "why"), Loss("table t", "comment", "why")]
    assert found[0].text == "table t: column a, comment (why)"


def test_the_summary_counts_by_kind() -> None:
    found = [Loss("table t", "check a", ""), Loss("table t", "check b", ""), Loss("trigger x", "", "")]
    assert summary(found) == "2 checks, 1 trigger"


def test_the_summary_loses_every_object() -> None:
    whole = {loss.object for loss in WRITERS["summary"].lost(SAMPLE, Look()) if not loss.what}
    assert len(whole) == len(list(objects(SAMPLE)))


@pytest.mark.parametrize("name", ["json"])
def test_what_has_everything_loses_nothing(name: str) -> None:
    assert WRITERS[name].lost(SCHEMA, Look()) == []


@pytest.mark.parametrize("name", ["sqlalchemy", "orm"])
@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mariadb", "sqlite", "duckdb"])
def test_modules_are_python_whatever_the_names(name: str, dialect: str) -> None:
    names = [
        "class",
        "metadata",
        "a b",
        "1st",
        'quo"te',
        "new\nline",
        "\\",
        "'''",
        '"""',
        "{x}",
        "%(x)s",
        "self",
        "sa",
        "Mapped",
    ]
    columns = tuple(Column(each, "integer", comment=each, default=f"'{each}'") for each in names)
    tables = tuple(Table(each, None, columns, comment=each) for each in names)
    text = written(name, ordered(Schema(dialect, tables))).decode()
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            assert node.name.isidentifier()
            assert not keyword.iskeyword(node.name)
    assert max(len(line) for line in text.splitlines() if not re.search(r"[\"']", line)) <= 88


@pytest.mark.parametrize("target", ["postgresql", "mysql", "mariadb", "sqlite"])
def test_another_dialect_loses_nothing_in_silence(target: str) -> None:
    """Every object is a table there, or among the losses."""
    schema = ordered(SAMPLE._replace(dialect="postgresql" if target != "postgresql" else "mysql"))
    made, losses = translated(schema, target)
    there = {table.name for table in made.tables}
    whole = {loss.object.partition(" ")[2].rpartition(".")[2] for loss in losses if not loss.what}
    assert {table.name for table in schema.tables} <= there | whole
    assert {"function", "trigger", "policy", "sequence"} <= {loss.object.partition(" ")[0] for loss in losses}
