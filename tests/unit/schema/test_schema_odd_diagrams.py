"""Diagrams of schemas that are a little odd."""

from __future__ import annotations

import pytest
from schema_cases import written

from dbx.schema.model import Column, ForeignKey, Schema, Table
from dbx.schema.writers import WRITERS, Look


def test_mermaid_keeps_tables_apart_whose_names_it_cannot_write() -> None:
    column = (Column("id", "int"),)
    text = written(
        "mermaid", Schema("sqlite", tuple(Table(name, None, column) for name in ('a"b', "a%b", "a_b")))
    ).decode()
    assert [line.split('"')[1] for line in text.splitlines() if line.endswith("{")] == ["a_b_2", "a_b_3", "a_b"]


@pytest.mark.parametrize("name", ["fk", "PK", "uk-1", "Uké"])
def test_mermaid_takes_no_column_for_a_key(name: str) -> None:
    text = written(
        "mermaid", Schema("sqlite", (Table("t", None, (Column(name, "int"), Column("fka", name))),))
    ).decode()
    assert f"int _{name}" in text
    assert f"{'' if name == 'Uké' else '_'}{name.replace('é', '_')} fka" in text
    losses = WRITERS["mermaid"].lost(Schema("sqlite", (Table("t", None, (Column(name, "int"),)),)), Look())
    assert any(loss.what.startswith(f"column {name}, characters") for loss in losses)


def test_dbml_has_no_reference_to_no_column() -> None:
    key = ForeignKey("", ("a",), None, "gone", ())
    here = ForeignKey("", ("a",), None, "t", ())
    found = Schema("sqlite", (Table("t", None, (Column("a", "int"),), foreign_keys=(key, here)),))
    assert "Ref" not in written("dbml", found).decode()
    assert len([loss for loss in WRITERS["dbml"].lost(found, Look()) if loss.what.startswith("foreign key")]) == 2
