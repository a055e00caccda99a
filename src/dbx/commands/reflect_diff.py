"""How two schemas that are not the same differ."""

from __future__ import annotations

from collections.abc import Set

from dbx.dialects.traits import traits
from dbx.errors import UsageError
from dbx.options_reflect import Comparing
from dbx.schema.diff import changes, cross, renames
from dbx.schema.diff.changes import Diff
from dbx.schema.model import Schema
from dbx.schema.select import comparable
from dbx.schema.writers import diff as writer
from dbx.screen import Screen


def shown(before: Schema, after: Schema, comparing: Comparing, ignore: Set[str], screen: Screen) -> bool:
    """Show it, in the form that is wanted; whether anything does. Raises UsageError for a rename that there is not."""
    found = _compared(before, after, comparing, ignore)
    differ = bool(found.changes or found.renames)
    if differ or comparing.diff_format in ("json", "markdown"):
        screen.show(writer.rows(found, comparing.diff_format or "text"))
    return differ


def ignored(text: str) -> set[str]:
    """What --ignore names. Raises UsageError for anything else."""
    ignore = {word for word in text.split(",") if word}
    if unknown := ignore - set(changes.IGNORABLE):
        raise UsageError(f"--ignore {unknown.pop()}: there is no such thing", hint=", ".join(changes.IGNORABLE))
    return ignore


def _compared(before: Schema, after: Schema, comparing: Comparing, ignore: Set[str]) -> Diff:
    before, after = comparable(before, after)
    before, answers = renames.answers(before, after, comparing.rename)
    compare = cross.compare if _across(before, after) else changes.compare
    return renames.asked(compare(before, after, ignore))._replace(renames=tuple(answers))


def _across(before: Schema, after: Schema) -> bool:
    return traits(before.dialect).family != traits(after.dialect).family
