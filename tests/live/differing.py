"""Two databases that differ in one thing of each kind: what the difference is called, and what its statements leave."""

from __future__ import annotations

import re
from typing import NamedTuple

from reading import schema
from run_dbx import run

from dbx.schema import migrate
from dbx.schema.diff import changes, words


class Found(NamedTuple):
    """Lines by the number of their case; what the statements came to, and what they left."""

    lines: dict[int, list[str]]
    left: dict[int, list[str]]
    script: str
    code: int
    error: str


def names(number: int, text: str) -> str:
    """The text of a case: {k} begins its names, so that all cases fit into one database."""
    return text.replace("{k}", f"k{number:03}")


def made_equal(before: str, after: str, *options: str) -> Found:
    """Compare the databases of two URLs, and run the statements on the first."""
    wanted = schema(after)
    difference = changes.compare(schema(before), wanted)
    script = "\n".join(migrate.statements(difference))
    done = run(before, "-", *options, stdin=script.encode(), command="run")
    left = changes.compare(schema(before), wanted)
    return Found(by_case(difference), by_case(left), script, done.code, done.err)


def by_case(difference: changes.Diff) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for change in difference.changes:
        number = re.search(r"\bk(\d{3})", change.name)
        assert number is not None, change
        found.setdefault(int(number[1]), []).append(words.line(change))
    return found
