"""What `dbx pool` and \\pool answer: the pool, its connections, what they cost, the server's side; a trial; leaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

from sqlalchemy.pool import Pool

from dbx.database import Database
from dbx.errors import Refused, StatementFailed, UsageError
from dbx.pool import cost, figures, script
from dbx.pool.load import Load, Work
from dbx.pool.observer import Observer
from dbx.pool.server import Server, room
from dbx.pool.trial import Trial
from dbx.rows import Rows
from dbx.screen import Screen


def observer(database: Database) -> Observer:
    """One that can tell the sessions of this database's dialect."""
    dialect = database.dialect

    def describe(connection: Any) -> tuple[int, str]:
        number, secured = 0, ""
        with suppress(Exception):  # another driver's connection, in a program that has more than one
            number = dialect.sessions.number(connection)
            secured = dialect.secured(connection)
        return number, secured

    return Observer(describe)


def observed(database: Database) -> Observer:
    """An observer that sees the database's Engine from its first connection on. The Engine is made here."""
    watching = observer(database)
    database.on_engine = watching.attach
    try:
        assert database.engine is not None
    except TypeError as error:
        raise UsageError(f"this pool does not take it: {str(error).split('.')[0]}") from None
    return watching


def state(database: Database, watching: Observer, *, costs: bool, own: int = 0) -> Iterator[Rows]:
    """The pool as it is set and what it holds, connection by connection, with the server's view of both. `own`: the
    session of the shell, which is in no pool."""
    engine = database.engine
    lines = [("target", database.target.url.label, ""), *figures.settings(engine.pool)]
    if costs:
        lines += cost.measured(engine)
    with closing(Server(database)) as server:
        lines += figures.figures(engine.pool, watching)
        if not server.tells:
            yield figures.described(iter(lines))
            yield figures.connections(watching, {})
            return
        states = server.states()
        mine = watching.now().sessions & states.keys()
        yield figures.described(iter([*lines, *room(server, engine.pool, len(mine))]))
        yield figures.connections(watching, states)
        whose = dict.fromkeys(mine, "the pool") | ({own: "this shell"} if own else {})
        yield server.listing(whose)


def trial(database: Database, screen: Screen, work: Work, *, drop: bool, watch: bool) -> Iterator[Rows]:
    """A load for a bounded time, and what it came to; with `watch` its events as they happen.

    Raises Refused where there is no server that could drop connections.
    """
    watching = observed(database)
    with closing(Server(database)) as server:
        if drop and not server.tells:
            raise Refused(f"{database.dialect.title} has no sessions that could be ended")
        if server.tells:
            server.limits()  # while there is room for one more
        test = Trial(Load(database.engine, watching, work, database.dialect.cancel), server, drop=drop)
        if watch:
            screen.pager = False
            yield test.events()
            screen.say(test.progress())
            return
        with screen.progress(test.progress):
            test.run()
        if not test.load.done and test.load.wrong:
            (_, text), _ = test.load.wrong.most_common(1)[0]
            raise StatementFailed(f"nothing went well: {text}")
        yield from test.report()
        yield figures.connections(watching, server.states() if server.tells else {})


def program(database: Database, file: str, arguments: list[str]) -> tuple[Observer, dict[str, Any]]:
    """Run a program, and watch every pool it has. Its globals are its connections' owners: keep them."""
    engine = database.engine
    engine.dispose()  # what dbx itself connected is nothing of the program's
    watching = observer(database).attach(Pool)
    return watching, script.run(file, arguments, engine)
