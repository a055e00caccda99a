"""Option groups of dbx reflect alone."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import typer


class Comparing(NamedTuple):
    """What a schema is held against, and how the difference is told."""

    snapshot: Annotated[
        str, typer.Option(metavar="FILE", help="Write a snapshot: JSON, the same bytes for the same schema.")
    ] = ""
    check: Annotated[
        str, typer.Option(metavar="FILE", help="What has changed since a snapshot; exit code 1 if anything has.")
    ] = ""
    diff: Annotated[
        str,
        typer.Option(metavar="SOURCE2", help="What SOURCE2 has (+), has not (-), has otherwise (~); exit code 1 then."),
    ] = ""
    diff_format: Annotated[
        Literal["text", "sql", "json", "markdown"] | None,
        typer.Option(
            metavar="text|sql|json|markdown", help="sql: statements that make SOURCE what SOURCE2 is; shown, not run."
        ),
    ] = None
    ignore: Annotated[
        str, typer.Option(metavar="WHAT,…", help="Not compared: order, comments, grants, owner, options, names.")
    ] = ""
    rename: Annotated[
        list[str],
        typer.Option(metavar="OLD=NEW", help="A table, or TABLE.COLUMN, was renamed: the answer to a line with ?."),
    ] = []
    scratch: Annotated[
        list[str],
        typer.Option(metavar="TARGET", help="A server on which a .sql dump is loaded, into a database of its own."),
    ] = []


class Writing(NamedTuple):
    """What is written of a schema beside its text, and how sure it has to be."""

    dialect: Annotated[
        Literal["postgresql", "mysql", "mariadb", "sqlite"] | None,
        typer.Option(metavar="NAME", help="Write the tables for another dialect: postgresql, mysql, mariadb, sqlite."),
    ] = None
    split: Annotated[
        bool, typer.Option("--split", help="-o names a directory: a file for each object, or a Python package.")
    ] = False
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 7 if the format leaves anything out, with a list of it.")
    ] = False
    report: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Write what the format leaves out, as JSON; - is standard output, without the schema."
        ),
    ] = ""
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Make it again in a scratch database and compare; exit code 1 for a difference. See --scratch.",
        ),
    ] = False
