"""dbx pool"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any

import typer

from dbx.database import Database
from dbx.errors import DbxError, Refused, UsageError
from dbx.options_pool import Pooling
from dbx.rows import Outcome, Rows, Statement
from dbx.screen import Screen

REPORT, LOAD, FIGURES = "dbx.pool.report", "dbx.pool.load", "dbx.pool.figures"
"""By name: they bring SQLAlchemy, and the command's help does not need it."""


def run(
    database: Database,
    screen: Screen,
    argument: Annotated[
        list[str] | None, typer.Argument(metavar="[ARGUMENT...]", help="With --run: the program's own.")
    ] = None,
    pooling: Pooling = Pooling(),  # noqa: B008  (a NamedTuple cannot change)
) -> Iterator[Outcome]:
    """Print the connection pool: settings, connections, costs, and the server's side of it.

    With --load it is used by many at once; with --watch its events are printed as they happen; with --run a program
    of yours is run, and the connections it does not return are named with the place that took them.
    """
    _check(pooling, argument or [])
    if (pooling.load or pooling.watch) and database.target.profile.production and not pooling.yes:
        raise Refused("this is production: load and its waits would be felt there", hint="say --yes if you mean it")
    database.target = database.target._replace(profile=_profile(database, pooling))
    if pooling.run:
        return _program(database, screen, pooling.run, argument or [])
    report = import_module(REPORT)
    if pooling.load or pooling.watch:
        return map(_outcome, report.trial(database, screen, _work(pooling), drop=pooling.drop, watch=pooling.watch))
    return map(_outcome, report.state(database, report.observed(database), costs=True))


def _check(pooling: Pooling, arguments: list[str]) -> None:
    if arguments and not pooling.run:
        raise UsageError(f"what is '{arguments[0]}'?", hint="arguments belong to a program: --run FILE")
    if pooling.run and (pooling.load or pooling.watch):
        raise UsageError("--run or --load, not both")
    if pooling.drop and not pooling.load:
        raise UsageError("--drop needs --load", hint="--load 10 has ten workers use the pool")
    for option, given in (("--hold", pooling.hold), ("--statement", pooling.statement)):
        if given and not (pooling.load or pooling.watch):
            raise UsageError(f"{option} needs --load", hint="--load 10 has ten workers use the pool")


def _profile(database: Database, pooling: Pooling) -> Any:
    """The profile, with the pool's settings as they were asked for."""
    said: dict[str, Any] = {
        "size": pooling.size,
        "max_overflow": pooling.max_overflow,
        "timeout": pooling.pool_timeout,
        "recycle": pooling.recycle,
        "pre_ping": pooling.pre_ping,
    }
    profile = database.target.profile
    return profile._replace(
        pool=profile.pool._replace(**{name: value for name, value in said.items() if value is not None})
    )


def _work(pooling: Pooling) -> Any:
    """What the workers do. Watching alone is one who needs a connection every second, until Ctrl-C."""
    work = import_module(LOAD).Work
    statement = pooling.statement or "SELECT 1"
    if pooling.load:
        return work(pooling.load, pooling.seconds or 5.0, statement, pooling.hold)
    return work(1, pooling.seconds or float("inf"), statement, pooling.hold, 1.0)


def _program(database: Database, screen: Screen, file: str, arguments: list[str]) -> Iterator[Outcome]:
    watching, kept = import_module(REPORT).program(database, file, arguments)
    leaks = import_module(FIGURES).leaks(watching)
    count = len(watching.out()) + len(watching.lost)
    told = {"checkouts": "checkout", "connections made": "connect"}
    yield _outcome(leaks)
    counts = " · ".join(f"{name}: {watching.counts.get(event, 0):,}" for name, event in told.items())
    screen.say(f"{counts} · out at once: {watching.most_out:,} · leaked: {count:,}")
    if count:
        raise DbxError(
            f"{count} checkout{'' if count == 1 else 's'} of {file} did not come back",
            code="E-LEAK",
            hint="with engine.connect() as connection: … returns it, whatever happens",
        )
    kept.clear()


def _outcome(rows: Rows) -> Outcome:
    return Outcome(Statement(""), rows)
