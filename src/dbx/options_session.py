"""The options of dbx session."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer

from dbx.options import NoRaw, SameParam

Models = Annotated[
    str,
    typer.Option(
        "--models", metavar="PACKAGE", help="Your own mapped classes: a module to import; else they are made."
    ),
]


class Working(NamedTuple):
    """How a Session works."""

    models: Models = ""
    commit: Annotated[bool, typer.Option("--commit", help="Flush and commit at the end, if every line went well.")] = (
        False
    )
    param: SameParam = []
    no_raw: NoRaw = False
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Commit in production without being asked.")] = False
