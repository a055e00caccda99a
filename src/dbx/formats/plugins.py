"""Formats that other packages bring, and the answer to a name that is no format's. Loaded on a miss only."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from dbx.errors import UsageError
from dbx.formats import Format
from dbx.formats.visible import visible
from dbx.nearest import nearest

GROUP = "dbx.formats.v1"


def plugin(name: str, built_in: Iterable[str]) -> Format:
    """The plugin's format of that name; UsageError says what to do if there is none or it cannot be loaded."""
    installed = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in installed:
        raise _unknown(name, sorted({*built_in, *installed}))
    return _loaded(installed[name])


def _loaded(entry: EntryPoint) -> Format:
    """A plugin is foreign code: whatever goes wrong in its import is told as its own fault."""
    try:
        found = entry.load()
    except Exception as error:
        raise UsageError(f"the format '{visible(entry.name)}' cannot be loaded: {visible(str(error))}") from error
    if not isinstance(found, Format):
        raise UsageError(f"the format '{visible(entry.name)}' ({visible(entry.value)}) is no dbx.formats.Format")
    return found


def _unknown(name: str, known: list[str]) -> UsageError:
    """Readers of psql and mysql mean a file by -f."""
    listed = "formats: " + ", ".join(map(visible, known))
    near = nearest(name.lower(), known)
    if name.endswith(".sql") or Path(name).is_file():
        hint = f"to run a file: dbx run TARGET {visible(shlex.quote(name))}"
    elif near:
        hint = f"did you mean {visible(near)}? {listed}"
    else:
        hint = listed
    return UsageError(f"no format '{visible(name)}'", hint=hint)
