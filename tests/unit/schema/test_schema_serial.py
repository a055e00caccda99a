"""JSON both ways: what is written reads back equal, equal schemas are equal bytes, and nothing else is taken for one."""

from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schema_cases import BILL, BUYER, SCHEMA

from dbx.errors import UsageError
from dbx.schema import model, objects, serial
from dbx.schema.listing import FIELDS, ordered
from dbx.schema.model import Schema

TEXT = st.text(max_size=5) | st.sampled_from(
    ['[{"name":', '}, {"name": "', "\udcff", "\x00\x1b\n", "\u202e", '"', "\\", ""]
)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return st.none() | values(next(each for each in arguments if each is not NoneType))
    if origin is tuple and arguments[1:] == (...,):
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values, arguments))
    if hasattr(kind, "_fields"):
        return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})
    return {str: TEXT, bool: st.booleans(), int: st.integers()}[kind]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(values(Schema))
def test_what_is_written_reads_back_equal(schema: Schema) -> None:
    document = serial.dumps(schema)
    assert serial.loads(document) == schema
    assert serial.dumps(serial.loads(document)) == document
    document.decode()  # is UTF-8, whatever is in it


def test_the_whole_sample_reads_back_equal() -> None:
    assert all(getattr(SCHEMA, field) for field in (*FIELDS, "missing", "options"))
    assert serial.loads(serial.dumps(SCHEMA)) == SCHEMA
    assert hash(serial.loads(serial.dumps(SCHEMA))) == hash(SCHEMA)


def test_each_part_stands_on_its_own_line() -> None:
    lines = serial.dumps(Schema("sqlite", tables=(BUYER,))).decode().splitlines()
    assert [line for line in lines if '"name": "mood"' in line] == [
        '  {"name": "mood", "type": "shop.mood", "family": "enum", "default": "\'so-so\'::shop.mood"}], '
        '"primary": {"name": "buyer_pkey", "parts": [{"column": "id"}]}, "unique": ['
    ]


def test_what_has_its_default_is_left_out() -> None:
    assert serial.plain(model.Column("a", "int")) == {"name": "a", "type": "int"}
    assert serial.plain(model.ForeignKey("", ("a",), None, "t", ())) == {
        "name": "",
        "columns": ["a"],
        "target_schema": None,
        "target_table": "t",
        "target_columns": [],
    }


def test_every_class_begins_with_its_name_where_it_has_one() -> None:
    """The layout of the document relies on it."""
    classes = [each for module in (model, objects) for each in vars(module).values() if hasattr(each, "_fields")]
    named = [each for each in classes if "name" in each._fields]
    assert len(named) > 25
    assert [each for each in named if each._fields[0] != "name" or "name" in each._field_defaults] == []


def test_equal_tuples_of_different_classes_are_not_mixed_up() -> None:
    """A tuple is equal to any other of the same values, whatever its class."""
    names, attributes = (objects.Reference("a", "t", "x", "y"),), (objects.Attribute("a", "t", "x", "y"),)
    assert names == attributes
    table = model.Table("t", None, (), depends=names)
    assert serial.plain(table)["depends"] == [{"name": "a", "schema": "t", "kind": "x", "arguments": "y"}]
    composite = objects.Composite("c", None, attributes)
    assert serial.plain(composite)["attributes"] == [{"name": "a", "type": "t", "collation": "x", "comment": "y"}]


def test_sorting_makes_equal_what_was_found_in_another_order() -> None:
    turned = SCHEMA._replace(
        tables=tuple(reversed(SCHEMA.tables)),
        options=(("z", ""), ("a", "")),
    )
    turned = turned._replace(
        tables=tuple(
            t._replace(indexes=tuple(reversed(t.indexes)), unique=tuple(reversed(t.unique))) for t in turned.tables
        )
    )
    straight = SCHEMA._replace(options=(("a", ""), ("z", "")))
    assert turned != straight
    assert ordered(turned) == ordered(straight)
    assert [column.name for column in ordered(turned).tables[1].columns] == [column.name for column in BILL.columns]


def test_what_is_packed_is_read_back() -> None:
    lines = list(serial.packed(SCHEMA))
    assert serial.unpacked(line.encode() for line in lines) == SCHEMA
    for damaged in (
        [],
        ["{"],
        ["[]"],
        lines[1:],
        [lines[0], "5"],
        [lines[0], '["tabels", {}]'],
        [*lines, '["tables", {"name": 5}]'],
    ):
        with pytest.raises(UsageError, match="a packed schema is damaged"):
            serial.unpacked(damaged)


def test_a_hash_of_an_object_changes_with_it_and_with_nothing_else() -> None:
    assert serial.digest(BUYER) == serial.digest(BUYER._replace())
    assert serial.digest(BUYER) != serial.digest(BUYER._replace(comment="?"))
    assert serial.digest(model.Column("a", "int")).startswith("308abf46")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "no JSON"),
        ("[1", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no schema"),
        ('{"tables": []}', "no schema"),
        ('{"format": "dbx schema", "version": 99, "dialect": "sqlite"}', "of version 99, and this dbx reads 1"),
        ('{"format": "dbx schema", "version": 1}', "'dialect'"),
        ('{"format": "dbx schema", "version": 1, "dialect": 5}', "5 where str is due"),
        ('{"format": "dbx schema", "version": 1, "dialect": "x", "tabels": []}', "Schema has no field 'tabels'"),
        ('{"format": "dbx schema", "version": 1, "dialect": "x", "tables": {}}', "{} where a list is due"),
        ('{"format": "dbx schema", "version": 1, "dialect": "x", "tables": [[]]}', "[] where an object is due"),
        (
            '{"format": "dbx schema", "version": 1, "dialect": "x", "options": [["a"]]}',
            "['a'] where a list of 2 is due",
        ),
        (
            '{"format": "dbx schema", "version": 1, "dialect": "x", "sequences": [{"name": "s", "start": true}]}',
            "Sequence: True where int is due",
        ),
        (
            '{"format": "dbx schema", "version": 1, "dialect": "x", "tables": [{"name": "t", "schema": null, "columns": '
            '[{"name": "a", "type": "int", "nullable": 1}]}]}',
            "Table: Column: 1 where bool is due",
        ),
    ],
)
def test_what_is_no_schema_is_told_as_that(document: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"^x\.json is ") as caught:
        serial.loads(document, "x.json")
    assert said in caught.value.message


@settings(deadline=None)
@given(st.data())
def test_a_damaged_document_is_refused_or_read_as_something_else(data: st.DataObject) -> None:
    document = bytearray(serial.dumps(Schema("sqlite", tables=(BILL,))))
    at = data.draw(st.integers(0, len(document) - 1))
    document[at] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(serial.loads(bytes(document)), Schema)
    except UsageError:
        pass


def test_one_object_a_line() -> None:
    lines = [json.loads(line) for line in serial.lines(SCHEMA)]
    assert lines[0] == {"kind": "database", "dialect": "other", "options": [["encoding", "UTF8"]]}
    assert [line["kind"] for line in lines][1:4] == ["schema", "extension", "server"]
    assert not list(serial.lines(Schema("sqlite")))
    assert {line["kind"] for line in lines} >= {"view", "table", "function", "rule", "policy", "event"}
