"""dbx reflect --check and --diff."""

from __future__ import annotations

from contextlib import ExitStack

import typer

from dbx.commands.reflect import partial
from dbx.errors import DbxError, Fault, Partial, UsageError
from dbx.options_reflect import Comparing
from dbx.schema import snapshot, sources
from dbx.schema.diff import changes, cross
from dbx.schema.diff import renames as diff_renames
from dbx.schema.diff.changes import Diff
from dbx.schema.model import Schema
from dbx.schema.objects import Missing
from dbx.schema.select import Wish, comparable
from dbx.schema.sources import Source
from dbx.schema.writers import diff as writer
from dbx.screen import Screen


def compared(source: Source, wish: Wish, comparing: Comparing, screen: Screen, stack: ExitStack) -> None:
    """Show how the two differ. Ends the program with 1 if they do, and for nothing else."""
    try:
        found, missing = _compared(source, wish, comparing, stack)
        if found.changes or comparing.diff_format in ("json", "markdown"):
            screen.show(writer.rows(found, comparing.diff_format or "text"))
    except DbxError as error:
        raise _not_one(error) from error
    except Exception as error:
        raise _not_one(Fault(error)) from error
    if missing and found.changes:
        screen.error(partial(missing))
    elif missing:
        raise partial(missing)
    if found.changes:
        raise typer.Exit(1)


def _not_one(error: DbxError) -> DbxError:
    """The same with another exit code, if its own would say that there is a difference."""
    if error.exit_code != 1:
        return error
    return Partial(error.message, code=error.code, hint=error.hint, detail=error.detail, place=error.place)


def _compared(source: Source, wish: Wish, comparing: Comparing, stack: ExitStack) -> tuple[Diff, tuple[Missing, ...]]:
    if comparing.check and comparing.diff:
        raise UsageError("--check and --diff at once", hint="give one of them")
    ignore = {word for word in comparing.ignore.split(",") if word}
    if unknown := ignore - set(changes.IGNORABLE):
        raise UsageError(f"--ignore {unknown.pop()}: there is no such thing", hint=", ".join(changes.IGNORABLE))
    if comparing.diff:
        other = sources.source(sources.opened(comparing.diff, source.database, stack), source.scratch)
        before, after = source.schema(wish), other.schema(wish)
        if source.is_dump or other.is_dump:
            ignore |= {"owner", "grants"}
    else:
        before, after = _checked(source, wish, comparing)
    missing = (*before.missing, *after.missing)
    before, after = comparable(before, after)
    renames = diff_renames.answers(before, after, comparing.rename)
    for rename in renames:
        before = diff_renames.renamed(before, rename)
    found = cross.compare(before, after, ignore) if _across(before, after) else changes.compare(before, after, ignore)
    return diff_renames.asked(found)._replace(renames=tuple(renames)), missing


def _checked(source: Source, wish: Wish, comparing: Comparing) -> tuple[Schema, Schema]:
    """The snapshot and what there is now; of what is equal nothing, when everything is compared."""
    now = source.schema(wish)
    whole = not any(wish) and not comparing.rename and not now.missing
    if whole and comparing.check != "-" and comparing.diff_format != "sql":
        pair = snapshot.drifted(comparing.check, now)
        if pair is not None:
            return pair
    stored = Source(source.database, comparing.check, source.scratch)
    return stored.schema(wish), now


def _across(before: Schema, after: Schema) -> bool:
    family = {"mariadb": "mysql"}
    return family.get(before.dialect, before.dialect) != family.get(after.dialect, after.dialect)
