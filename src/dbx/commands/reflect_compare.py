"""dbx reflect --check and --diff: what is compared. How it differs is told by a module of its own, which is not loaded
where nothing does."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from typing import Any

import typer

from dbx.commands.reflect import partial
from dbx.errors import DbxError, Fault, Partial, UsageError
from dbx.options_reflect import Comparing
from dbx.schema import snapshot, sources
from dbx.schema.model import Schema
from dbx.schema.select import Wish
from dbx.schema.sources import Source
from dbx.screen import Screen

DIFF = "dbx.commands.reflect_diff"


def compared(source: Source, wish: Wish, comparing: Comparing, screen: Screen, stack: ExitStack) -> None:
    """Show how the two differ. Ends the program with 1 if they do, and for nothing else."""
    try:
        before, after, differ = _compared(source, wish, comparing, screen, stack)
    except DbxError as error:
        raise _not_one(error) from error
    except Exception as error:
        raise _not_one(Fault(error)) from error
    missing = (*before.missing, *after.missing)
    if missing and differ:
        screen.error(partial(missing))
    elif missing:
        raise partial(missing)
    if differ:
        raise typer.Exit(1)


def _not_one(error: DbxError) -> DbxError:
    """The same with another exit code, if its own would say that there is a difference."""
    if error.exit_code != 1:
        return error
    return Partial(error.message, code=error.code, hint=error.hint, detail=error.detail, place=error.place)


def _compared(
    source: Source, wish: Wish, comparing: Comparing, screen: Screen, stack: ExitStack
) -> tuple[Schema, Schema, bool]:
    """The two, and whether they differ, which is shown."""
    if comparing.check and comparing.diff:
        raise UsageError("--check and --diff at once", hint="give one of them")
    diff: Any = import_module(DIFF) if comparing.ignore else None
    ignore = diff.ignored(comparing.ignore) if diff else set()
    if comparing.diff:
        other = sources.source(sources.opened(comparing.diff, source.database, stack), source.scratch)
        before, after = source.schema(wish), other.schema(wish)
        if source.is_dump or other.is_dump:
            ignore |= {"owner", "grants"}
    else:
        before, after = _checked(source, wish, comparing)
    if before == after and not (comparing.rename or comparing.diff_format):
        return before, after, False
    return before, after, import_module(DIFF).shown(before, after, comparing, ignore, screen)


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
