"""Option group of dbx copy alone."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer


class Copying(NamedTuple):
    """How rows are copied."""

    create: Annotated[bool, typer.Option("--create", help="Make the tables that are missing, and a SQLite file.")] = (
        False
    )
    empty: Annotated[bool, typer.Option("--empty", help="Delete the rows of the target's tables first.")] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Copy, count, and roll back.")] = False
    target_password_file: Annotated[str, typer.Option(metavar="FILE", help="As --password-file, for TARGET.")] = ""
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Copy into production.")] = False
