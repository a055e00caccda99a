"""dbx copy --create: the tables that it makes, and what it says that it has left out."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from copying import copy, told
from run_dbx import execute, good, run, values
from servers import KINDS

pytestmark = pytest.mark.usefixtures("own_folder")

SHOP = (
    "create table kind (id integer primary key, name varchar(20) not null unique)",
    "create table part (id integer primary key, kind_id integer not null, above integer, price decimal(8,2) default 1.50, "
    "check (price >= 0), foreign key (kind_id) references kind (id), foreign key (above) references part (id))",
    "create index part_kind on part (kind_id, price)",
    "insert into kind values (1, 'a'), (2, 'b')",
    "insert into part values (1, 1, null, 2), (2, 2, 1, 3)",
)


@pytest.mark.parametrize(("one", "other"), list(product(KINDS, KINDS)))
def test_a_table_is_made_as_it_was(databases: Any, one: str, other: str) -> None:
    source, goal = databases(one), databases(other)
    execute(source, *SHOP)
    kind, part = told(copy(source, goal, "--create"))
    assert (kind["left out"], part["lost by its types"]) == (None, None)
    schema = json.loads(good(run(goal, "-f", "json", command="reflect")).text)
    tables = {each["name"]: each for each in schema["tables"]}
    assert "unique" in json.dumps(tables["kind"]).lower() or tables["kind"]["indexes"]
    keys = {key["columns"][0]: key["target_table"] for key in tables["part"]["foreign_keys"]}
    price = next(column for column in tables["part"]["columns"] if column["name"] == "price")
    assert keys["kind_id"] == "kind" and "1.5" in price["default"] and tables["part"]["checks"]
    assert "part_kind" in {index["name"] for index in tables["part"]["indexes"]}
    # where each row is checked at once, a row could come before the one that it refers to
    assert ("above" in keys) == (other != "mariadb")
    assert part["left out"] == (None if other != "mariadb" else "the foreign key (above) → part (to itself)")
    assert values(goal, "select id, kind_id, above from part order by id") == [["1", "1", None], ["2", "2", "1"]]


def test_what_it_refers_to_may_be_there_or_not(databases: Any) -> None:
    source, goal = databases("sqlite"), databases("postgresql")
    execute(source, *SHOP)
    (line,) = told(copy(source, goal, "part", "--create", "--dry-run"))
    assert line["left out"] == "the foreign key (kind_id) → kind (it is not there yet)"
    assert told(copy(source, goal, "kind", "--create"))[0]["rows"] == 2
    (line,) = told(copy(source, goal, "part", "--create"))
    assert line["left out"] is None and line["rows"] == 2


def test_create_makes_a_file_too_and_leaves_none_behind(databases: Any, tmp_path: Path) -> None:
    source, file = databases("sqlite"), tmp_path / "new.db"
    execute(source, *SHOP)
    assert copy(source, str(file)).code == 3 and not file.exists()
    assert copy(source, str(file), "--create", "--dry-run").code == 0 and not file.exists()
    assert copy(source, str(file), "nowhere", "--create").code == 2 and not file.exists()
    good(copy(source, str(file), "--create"))
    assert values(f"sqlite:///{file}", "select count(*) from part") == [["2"]]
