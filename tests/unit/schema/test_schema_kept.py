"""What is known of a schema from its lines is what is known of the schema itself; its tables are made when asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schema_cases import SCHEMA

from dbx.schema import kept, serial
from dbx.schema.kept import Unmade
from dbx.schema.known import Known
from dbx.schema.model import Column, ForeignKey, Schema, Table

NAMES = st.sampled_from(["a", "b", 'odd " \n name', "lone \udcff", "t"])
SCHEMAS = st.sampled_from([None, "public", "log"])
KEYS = st.builds(
    lambda schema, target: ForeignKey("", ("x",), schema, target, ("id",)), SCHEMAS, st.one_of(NAMES, st.just("gone"))
)
TABLES = st.lists(
    st.builds(
        lambda name, schema, keys, kind, comment: Table(
            name, schema, (Column("x", "int"),), foreign_keys=tuple(keys), kind=kind, comment=comment
        ),
        NAMES,
        SCHEMAS,
        st.lists(KEYS, max_size=3),
        st.sampled_from(["table", "view", "shadow"]),
        st.sampled_from([None, "a comment"]),
    ),
    max_size=8,
    unique_by=lambda table: (table.schema, table.name),
)


def document(schema: Schema) -> list[bytes]:
    return [serial.encoded(line) for line in kept.lines(schema)]


def both(schema: Schema, path: Sequence[str]) -> list[Known]:
    """What is known of a schema, and of its lines."""
    found = [Known(), Known()]
    for known in found:
        if path:
            known.learn_schemas(path[0], ("log", "public"))
            names = {table.name: table.schema for table in reversed(schema.tables) if table.schema in path}
            known.learn_names(None, names)
    found[0].learn_all(schema)
    found[1].learn_kept(kept.kept(document(schema)))
    return found


@given(TABLES, st.sampled_from([(), ("public",), ("log", "public")]))
def test_lines_tell_what_the_schema_tells(tables: list[Table], path: tuple[str, ...]) -> None:
    schema = Schema("postgresql", tuple(tables))
    made, lazy = both(schema, path)
    assert list(lazy.listed()) == list(made.listed()) and lazy.size == made.size
    for place in (None, "public", "log"):
        if place is None or any(table.schema == place and table.kind != "shadow" for table in tables):
            assert lazy.references(place) == made.references(place)
    for place, name in made.listed():
        sketch, table = lazy.sketch(name, place), made.peek(name, place)
        assert sketch and table and (sketch.kind, sketch.comment) == (table.kind, table.comment)
        assert lazy.children(name, place) == made.children(name, place)
        assert lazy.table(name, place) == table


def test_something_of_every_kind_comes_back() -> None:
    assert kept.whole(document(SCHEMA)) == SCHEMA
    made, lazy = both(SCHEMA, ())
    assert (lazy.enums, lazy.routines) == (made.enums, made.routines)
    assert list(kept.names(document(SCHEMA))) == [table.name for table in SCHEMA.tables]


def test_only_what_is_asked_for_is_made() -> None:
    tables = tuple([Table(f"t{n}", None, (Column("x", "int"),)) for n in range(250)])
    found = kept.kept(document(Schema("sqlite", tables)))
    known = Known()
    known.learn_kept(found)
    made = []
    serial_made = serial.unpacked_object
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serial, "unpacked_object", lambda line: made.append(line) or serial_made(line))
        assert known.sketch("t3") and len(known.tables()) == 250 and not made
        assert known.peek("t249") == tables[249] and known.table("t249", None) == tables[249]
        known.forget("t7")
    assert len(made) == 1 and json.loads(made[0])[1]["name"] == "t249"
    assert all(isinstance(each, Unmade) for each in found.tables.values())


def test_an_index_of_other_tables_is_refused() -> None:
    lines = document(Schema("sqlite", (Table("a", None, ()), Table("b", None, ()))))
    with pytest.raises(ValueError):
        kept.kept(lines[:-1])
