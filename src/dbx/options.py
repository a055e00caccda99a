"""Option groups, and how a command's function becomes a Typer command."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints

import typer


class Output(NamedTuple):
    """How rows leave the program."""

    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, vertical, csv, tsv, json, jsonl, markdown, html, insert, parquet, arrow. "
            "Else what the ending of --output says; else table on a terminal, and tsv.",
        ),
    ] = ""
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write there; a regular file appears only when it is whole."
        ),
    ] = ""
    limit: Annotated[
        int | None, typer.Option(min=0, metavar="ROWS", help="Show at most so many rows of each result, and say so.")
    ] = None
    null: Annotated[str | None, typer.Option(metavar="TEXT", help="Text for NULL.")] = None
    no_header: Annotated[bool, typer.Option("--no-header", help="Leave the column names out.")] = False
    table: Annotated[
        str, typer.Option(metavar="NAME", help="With -f insert: the table that is filled; may be SCHEMA.NAME.")
    ] = "data"
    dialect: Annotated[
        str, typer.Option(metavar="NAME", help="With -f insert: whose SQL; else that of the connected database.")
    ] = ""
    echo: Annotated[bool, typer.Option("--echo", help="Show each expression's SQL before its rows.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes and counts, only rows and errors.")] = False


class Report(NamedTuple):
    """How dbx speaks about errors."""

    errors: Annotated[
        Literal["text", "json"], typer.Option(metavar="text|json", help="Errors as text, or one JSON record a line.")
    ] = "text"
    color: Annotated[Literal["auto", "always", "never"], typer.Option(metavar="auto|always|never", help="Colour.")] = (
        "auto"
    )
    debug: Annotated[bool, typer.Option("--debug", help="Show Python's tracebacks.")] = False


class Access(NamedTuple):
    """How a database is reached."""

    password_file: Annotated[
        str, typer.Option(metavar="FILE", help="Read the password from the first line of FILE.")
    ] = ""
    timeout: Annotated[
        float | None,
        typer.Option(min=0, metavar="SECONDS", help="Cancel a statement that takes longer; 0 for no limit."),
    ] = None
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Refuse whatever could change something; no SET switches it off.")
    ] = False


Sql = Annotated[bool, typer.Option("--sql", help="The text is SQL, whatever it looks like.")]
Expression = Annotated[bool, typer.Option("--expr", help="The text is an expression, whatever it looks like.")]
NoRaw = Annotated[
    bool, typer.Option("--no-raw", help="Refuse SQL: only expressions, for text that somebody else wrote.")
]
SameParam = Annotated[list[str], typer.Option("--param", "-p", metavar="NAME=VALUE", help="As of dbx query.")]


class Running(NamedTuple):
    """How statements are run."""

    param: Annotated[
        list[str],
        typer.Option(
            "--param",
            "-p",
            metavar="NAME=VALUE",
            help="A value for :name in SQL, for name in an expression; name:int=5 for a number.",
        ),
    ] = []
    sql: Sql = False
    expr: Expression = False
    no_raw: NoRaw = False
    autocommit: Annotated[
        bool, typer.Option("--autocommit", help="Each statement by itself, not all in one transaction.")
    ] = False
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run, show, and roll back.")] = False
    max_rows: Annotated[
        int | None, typer.Option(min=0, metavar="ROWS", help="Roll back when more rows would change.")
    ] = None
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Keep changes in production without being asked.")] = False


class Script(NamedTuple):
    """How scripts are run."""

    params: Annotated[
        str, typer.Option(metavar="FILE", help="Run once for each row of a .csv or .jsonl file, its values as -p.")
    ] = ""
    on_error: Annotated[
        Literal["stop", "continue"],
        typer.Option(metavar="stop|continue", help="Behind a failed statement, which is undone alone, go on."),
    ] = "stop"
    resume_from: Annotated[
        str, typer.Option(metavar="FILE:LINE", help="Begin there; before it only the session's settings are run.")
    ] = ""
    report: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Write what every statement did (json), or which checks were met; - is standard output, without rows.",
        ),
    ] = ""
    report_format: Annotated[
        Literal["json", "tap", "junit", "text"] | None,
        typer.Option(metavar="json|tap|junit|text", help="How the report is written; else FILE's ending tells."),
    ] = None


class Planning(NamedTuple):
    """What is explained, and how the plan is printed."""

    analyze: Annotated[
        bool, typer.Option("--analyze", "-a", help="Run it, too, in a transaction that is rolled back.")
    ] = False
    format: Annotated[
        str,
        typer.Option(
            "--format", "-f", metavar="FORMAT", help="tree, or any format of rows. Tree on a terminal, else tsv."
        ),
    ] = ""
    param: SameParam = []
    sql: Sql = False
    expr: Expression = False
    no_raw: NoRaw = False


class Dump(NamedTuple):
    """What of a schema is printed, and how."""

    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="tree, table, ddl, json, jsonl, summary, csv, advice, sizes, markdown, mermaid, dbml, dot, plantuml, "
            "sqlalchemy, orm. Else what the ending of --output says; else tree on a terminal, and ddl.",
        ),
    ] = ""
    exclude: Annotated[
        list[str], typer.Option("--exclude", "-x", metavar="NAME", help="Leave out these names or globs.")
    ] = []
    schema: Annotated[
        list[str], typer.Option("--schema", "-s", metavar="NAME", help="Only these schemas; globs too.")
    ] = []
    kind: Annotated[
        str | None, typer.Option(metavar="KIND,…", help="Only table, view, trigger, function, type, sequence, …")
    ] = None
    near: Annotated[
        str, typer.Option(metavar="TABLE:N", help="Only what is at most N foreign keys away from TABLE.")
    ] = ""
    columns: Annotated[
        Literal["all", "keys", "none"],
        typer.Option(metavar="all|keys|none", help="In trees, tables and diagrams: which columns."),
    ] = "all"
    system: Annotated[bool, typer.Option("--system", help="The server's own and shadow tables too.")] = False


class Stepping(NamedTuple):
    """How the steps of a transaction are run, and what becomes of them."""

    commit: Annotated[bool, typer.Option("--commit", help="Commit at the end, if every step went well.")] = False
    rollback: Annotated[bool, typer.Option("--rollback", help="Roll back at the end, whatever the steps did.")] = False
    step: Annotated[
        bool, typer.Option("--step", help="On a terminal: wait before each step of the script for Enter.")
    ] = False
    on_error: Annotated[
        Literal["stop", "continue"],
        typer.Option(
            metavar="stop|continue", help="Roll back when a step fails, or take back that step alone and go on."
        ),
    ] = "stop"
    diff: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="ROWS",
            help="Show so many rows of what each step changes, before and after. 20 on a terminal, else none.",
        ),
    ] = None
    steps: Annotated[
        bool,
        typer.Option(
            "--steps", help="Show a row for each step, not the rows it reads; with -f jsonl one record a line."
        ),
    ] = False
    expect: Annotated[
        int | None, typer.Option(min=0, metavar="ROWS", help="Roll back unless so many rows have changed in all.")
    ] = None
    isolation: Annotated[
        str,
        typer.Option(
            metavar="LEVEL", help="READ COMMITTED, REPEATABLE READ, SERIALIZABLE, as far as the server has it."
        ),
    ] = ""
    undo_depth: Annotated[
        int, typer.Option(min=1, metavar="STEPS", help="How many of the last steps can be undone.")
    ] = 50
    retry: Annotated[
        int,
        typer.Option(
            min=0, metavar="TIMES", help="Run the whole script again after a deadlock or serialization failure."
        ),
    ] = 0
    allow_permanent: Annotated[
        bool, typer.Option("--allow-permanent", help="Run what cannot be rolled back, once that has been said.")
    ] = False
    idle_limit: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="SECONDS", help="Let the server end a transaction that waits longer for its next step."
        ),
    ] = None
    lab: Annotated[
        bool, typer.Option("--lab", help="Two sessions side by side: each line begins with a: or b: and runs there.")
    ] = False


TARGET = Annotated[
    str, typer.Argument(metavar="TARGET", help="A URL, a SQLite file, @profile, :memory:, or @ for the default.")
]
OPTIONAL_TARGET = Annotated[str, typer.Argument(metavar="[TARGET]", help="As of dbx query.")]
_SUPPLIED = ("database", "screen")
"""Parameters that a command is given rather than told; a database comes from TARGET."""


def bind(run: Callable[..., Any], invoke: Callable[..., None]) -> Callable[..., None]:
    """The command Typer sees: `run`'s own parameters, TARGET for `database`, and the fields of its option groups.

    `invoke(run, values, groups)` gets the values by the names of `run`'s parameters, "target" for `database`; `groups`
    has every option group that was filled, by its class. An option of a command's own group stands for one of the same
    name in Output, which then has its default. Metadata of `database` describe TARGET, which may be left out where
    `database` may be None.
    """
    hints = get_type_hints(run, include_extras=True)
    own = signature(run).parameters
    groups: dict[str, Any] = {name: hints[name] for name in own if hasattr(hints[name], "_field_defaults")}
    wanted = [*([Access] if "database" in own else []), *groups.values(), Output, Report]
    optional = "database" in own and own["database"].default is None
    parameters = [_target(hints["database"], optional)] if "database" in own else []
    parameters += [
        own[name].replace(annotation=hints[name]) for name in own if name not in groups and name not in _SUPPLIED
    ]
    options: dict[str, Parameter] = {}
    for group in wanted:
        for name, annotation in get_type_hints(group, include_extras=True).items():
            default = group._field_defaults[name]
            options.setdefault(name, Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation))
    parameters += options.values()

    def command(**values: Any) -> None:
        filled = {
            group: group(**{name: values.pop(name) for name in group._fields if name in values}) for group in wanted
        }
        values.update({name: filled[group] for name, group in groups.items()})
        if optional and not values["target"]:
            del values["target"]
        invoke(run, values, filled)

    command.__doc__ = run.__doc__
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def _target(database: Any, optional: bool) -> Parameter:
    """TARGET, described as the command's parameter for the database is."""
    said = getattr(database, "__metadata__", ())
    target = Annotated[str, *said] if said else OPTIONAL_TARGET if optional else TARGET
    default = "" if optional else Parameter.empty
    return Parameter("target", Parameter.POSITIONAL_OR_KEYWORD, annotation=target, default=default)
