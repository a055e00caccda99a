"""The command line. Commands load when they are called; `main` is the one place that catches errors and exits."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from getpass import getpass
from itertools import pairwise
from pathlib import Path
from traceback import print_exc
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dbx import __version__, config, credentials, interrupt, menu, sink, target
from dbx.database import Database
from dbx.errors import DbxError, Fault, Interrupted, Refused, UsageError
from dbx.nearest import nearest
from dbx.options import Access, Output, Report, bind
from dbx.rows import Notice
from dbx.screen import Screen

_STOPPED = {2: "interrupted", 15: "terminated", 1: "hung up"}
_PLAIN: dict[str, Any] = {"add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False}


def invoke(run: Callable[..., Any], values: dict[str, Any], groups: dict[type, Any]) -> None:
    """Run one command: open its database, show what it answers. Errors pass to `main`."""
    settings = config.load()
    screen = Screen(groups[Output], groups[Report], pager=settings.pager)
    if "screen" in run.__annotations__:
        values["screen"] = screen
    database = None
    if "target" in values:
        database = values["database"] = _database(values.pop("target"), groups[Access], settings, screen)
        screen.dialect = database.dialect.name
        _keep_apart(database, groups[Output])
    try:
        answer = run(**values)
        if answer is not None:
            screen.show(answer)
    finally:
        if database is not None:
            database.close()


def _database(text: str, access: Access, settings: config.Config, screen: Screen) -> Database:
    """The database of a TARGET, with its password from wherever one is told, and the terminal to ask for one."""
    if text == "@" and not os.environ.get("DBX_TARGET") and os.environ.get("DATABASE_URL"):
        screen.say("target from $DATABASE_URL")
    goal = target.parse(text, settings)
    if "://" in text and goal.url.tells and credentials.first_time():
        told = "a password in the command line is seen by others, in lists of processes and in the shell's history"
        screen.notice(Notice("WARNING", f"{told}: leave it out, and dbx asks; or see --password-file"))
    goal = credentials.complete(goal, access.password_file)
    if access.read_only:
        goal = goal._replace(profile=goal.profile._replace(read_only=True))
    ask = getpass if sink.is_terminal(0) and sink.is_terminal(2) else None
    limits = (access.timeout, goal.profile.timeout, settings.timeout)
    return Database(goal, ask, timeout=next((limit for limit in limits if limit is not None), None) or None)


def _keep_apart(database: Database, output: Output) -> None:
    """Rows written over the file they are read from would be the end of both."""
    source, goal = Path(database.target.url.database or ":memory:"), Path(output.output or "-")
    with suppress(OSError):
        if source.is_file() and source.samefile(goal):
            raise Refused(f"{goal} is the database itself")


def _load(name: str) -> Any:
    app = typer.Typer(**_PLAIN)
    app.command(name)(bind(menu.load(name), invoke))
    return typer.main.get_command(app)


class Commands(TyperGroup):
    """The menu, each entry loaded on its own. A first word that is no command is a TARGET to connect to."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(menu.COMMANDS)

    def get_command(self, ctx: Any, name: str) -> Any:
        return _load(name) if name in menu.COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in menu.COMMANDS and not args[0].startswith("-"):
            _check_target(args[0])
            args = ["connect", *args]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(menu.COMMANDS.items()))


def _check_target(word: str) -> None:
    """A mistyped command is told as one, before it is looked for as a file."""
    near = nearest(word, menu.COMMANDS, 0.7)
    if near and not Path(word).exists():
        raise UsageError(f"no command and no file '{word}'", hint=f"did you mean: dbx {near}")


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"dbx {__version__}\n")
        raise typer.Exit


app = typer.Typer(
    cls=Commands, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]}, **_PLAIN
)


@app.callback(
    epilog="dbx TARGET is short for dbx connect TARGET; with standard input not a terminal, it runs what stands there."
)
def _dbx(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A database shell and inspector: type Python, see the SQL, get the rows."""


def main() -> None:
    """Run dbx and exit with the code of what happened (the table is in dbx.errors)."""
    # a batch is thousands of tuples without a cycle: looking for one at every 700 costs a sixth of an export
    gc.set_threshold(100_000)
    sink.secure_standard_streams()
    interrupt.install()
    try:
        code = _run(sys.argv[1:])
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
    except Interrupted as stop:  # while it was ending
        code = stop.exit_code
    # a thread may still wait for a server that does not answer, and nothing of dbx is left to do
    os._exit(code)


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        # not app(): its main turns every KeyboardInterrupt into status 130, whatever the signal was
        command = typer.main.get_command(app)
        with command.make_context("dbx", arguments) as context:
            command.invoke(context)
    except DbxError as error:
        if debug:
            print_exc()
        _screen(arguments).error(error)
        return error.exit_code
    except Interrupted as stop:
        if stop.fate and stop.signum != sink.SIGPIPE:
            _screen(arguments).say(f"{_STOPPED.get(stop.signum, 'stopped')}: {stop.fate}")
        return stop.exit_code
    except KeyboardInterrupt:
        return 130
    except typer.Exit as done:
        return int(done.exit_code)
    except Exception as error:
        return _unexpected(error, arguments, debug)
    return 0


def _unexpected(error: Exception, arguments: list[str], debug: bool) -> int:
    """A usage error of the parser, which has a message of its own, or a fault of dbx."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(f"{getattr(error, 'message', '')}\n")
        return 2
    if hasattr(error, "format_message"):
        context = getattr(error, "ctx", None)
        hint = f"{context.command_path} --help" if context else "dbx --help"
        _screen(arguments).error(UsageError(error.format_message(), hint=hint))
        return 2
    if debug:
        print_exc()
    _screen(arguments).error(Fault(error))
    return 1


def _screen(arguments: list[str]) -> Screen:
    """A screen for an error that came before, or after, the command had one."""
    as_json = "--errors=json" in arguments or any(
        first == "--errors" and second == "json" for first, second in pairwise(arguments)
    )
    return Screen(report=Report(errors="json" if as_json else "text"))
