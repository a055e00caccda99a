"""dbx tx"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from dbx import sink
from dbx.database import Database
from dbx.errors import DbxError, UsageError
from dbx.language.translator import Translator
from dbx.options import Running, Stepping
from dbx.rows import Cell, Column, Outcome, Rows
from dbx.screen import Screen
from dbx.sql import files
from dbx.sql.parameters import all_used, parse_parameter
from dbx.sql.perform import checked, plainly
from dbx.sql.unit import Unit
from dbx.transaction import idle, observer, orders, script
from dbx.transaction.step import Fate, Step
from dbx.transaction.steps import Transaction

SHELL, LAB = "dbx.shell.loop", "dbx.transaction.lab"
_UNDOES = re.compile(rb"\\(?:undo|edit|redo|skip)\b")
_LOOKS_BACK = re.compile(rb"\\(?:undo|edit|redo|skip|steps|diff|save)\b")
_SHOWS = re.compile(rb"\\diff\b")


def run(
    database: Database,
    screen: Screen,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="A script, .sql or .dbx; - is standard input.")] = "",
    running: Running = Running(),  # noqa: B008  (a NamedTuple cannot change)
    stepping: Stepping = Stepping(),  # noqa: B008
) -> Iterator[Outcome] | Rows | None:
    r"""Run a transaction step by step.

    Each statement is a step that shows what it changes and can be undone, until COMMIT or ROLLBACK ends all of them.
    A script may hold lines like \undo 2, \redo and \edit 3 too; without one, dbx tx opens the shell.
    """
    terminal = sink.is_terminal(0)
    if stepping.lab:
        _check_lab(running, stepping)
    stepping = stepping._replace(rollback=stepping.rollback or running.dry_run)
    _check(file, running, stepping, terminal)
    file = file or ("" if terminal else "-")
    if stepping.lab:
        return import_module(LAB).run(database, screen, file)  # type: ignore[no-any-return]
    ends = stepping.commit or stepping.rollback
    if terminal and file != "-" and (stepping.step or not file or not ends):
        import_module(SHELL).run(database, screen, Script(database, screen, file, running, stepping))
        return None
    scripted = Script(database, screen, file, running, stepping)
    return scripted.records() if stepping.steps else scripted.outcomes()


def _check(file: str, running: Running, stepping: Stepping, terminal: bool) -> None:
    if stepping.commit and stepping.rollback:
        raise UsageError("--commit or --rollback, not both")
    if running.dry_run and stepping.allow_permanent:
        raise UsageError("--dry-run keeps nothing, and --allow-permanent would", hint="leave out one of them")
    if running.autocommit:
        raise UsageError("dbx tx is one transaction", hint="dbx run --autocommit keeps each statement for itself")
    if stepping.step and not terminal:
        raise UsageError("--step waits for somebody at a terminal")
    if stepping.retry and file in ("", "-"):
        raise UsageError("--retry runs a file again; standard input is gone once it has been read")


def _check_lab(running: Running, stepping: Stepping) -> None:
    """Two sessions side by side are no transaction of steps: what would be left undone is not promised."""
    chosen = [
        f"--{name.replace('_', '-')}"
        for group in (running, stepping)
        for name, value in group._asdict().items()
        if name not in ("lab", "yes") and value != group._field_defaults[name]
    ]
    if chosen:
        raise UsageError(f"--lab takes no {', '.join(chosen)}", hint="its lines begin and end their own transactions")


class Script:
    """A script for `dbx tx`, and how its steps are run: to the end here, or one by one in the shell."""

    def __init__(self, database: Database, screen: Screen, file: str, running: Running, stepping: Stepping) -> None:
        self.file = file
        self.waits = stepping.step
        self.stepping = stepping
        self._database = database
        self._screen = screen
        self._running = running
        self._values = dict(map(parse_parameter, running.param))
        self._translate = Translator(database, self._values, raw=not running.no_raw)
        self._transaction: Transaction
        production = database.target.profile.production and not running.yes
        self.plan = script.Plan(
            "commit" if stepping.commit else "rollback" if stepping.rollback else "",
            stepping.on_error == "continue",
            running.max_rows,
            stepping.expect,
            stepping.retry,
            screen.confirm if production else None,
            sink.settle,
            bool(stepping.diff),
        )

    @property
    def end(self) -> str:
        """What is to become of the transaction, '' where the user decides."""
        return self.plan.end

    def transaction(self, *, interactive: bool = False) -> Transaction:
        """A transaction as the options want it. A script that cannot undo keeps no savepoints, and one that never looks
        back keeps no steps."""
        stepping = self.stepping
        undoes = interactive or _holds(self.file, _UNDOES)
        shows = interactive or _holds(self.file, _SHOWS)
        limit = stepping.diff if stepping.diff is not None else 20 if shows else 0
        idle.limit(self._database.connection, stepping.idle_limit)
        return Transaction(
            self._database.connection,
            depth=stepping.undo_depth if undoes else 0,
            limit=limit,
            isolation=stepping.isolation,
            allow=stepping.allow_permanent,
            forget=not interactive and (self.file == "-" or not _holds(self.file, _LOOKS_BACK)),
            savepoints=undoes or self.plan.go_on or limit > 0,
            perform=checked(plainly),
            observe=observer.made(self._database, self._screen.say),
        )

    def units(self) -> Iterator[Unit]:
        """The script's statements and orders, in order."""
        syntax = self._database.connection.syntax
        sql, expression = self._running.sql, self._running.expr
        whole = bool(self._database.dialect.transactions.permanent)
        files.check([self.file], syntax, sql=sql, expression=expression, whole=whole, orders=True)
        units = files.units([self.file], syntax, sql=sql, expression=expression, orders=True)
        return all_used(units, self._values, syntax)

    def _run(self, tell: Callable[[Step], None], say: Callable[[str], None]) -> Iterator[Outcome]:
        """The script to its end; `_transaction` is that of its last attempt."""

        def make() -> script.Run:
            self._transaction = self.transaction()
            return script.Run(self._transaction, self._translate, self.plan, say, tell)

        yield from script.run(make, self.units, self.plan)

    def outcomes(self) -> Iterator[Outcome]:
        """The rows that the steps read, with a line for each step and, where that is wanted, what it changed."""
        screen = self._screen
        screen.chatty = screen.pager = False

        def tell(step: Step) -> None:
            remarks = step.effect.remarks if step.effect and step.fate is Fate.DONE else []
            screen.say("\n".join([step.line(), *remarks]))

        yield from self._run(tell, screen.say)
        screen.say(self._summary())

    def _summary(self) -> str:
        transaction = self._transaction
        changed = f"{transaction.changed:,} row{'' if transaction.changed == 1 else 's'} changed"
        return f"{orders.count(transaction)} · {changed} · {transaction.fate}"

    def records(self) -> Rows:
        """A row for each step, when it has run, and for each that is undone; last what became of the transaction."""
        kinds = dict.fromkeys(("step", "line", "rows", "changed", "seconds"), "number") | {
            "error": "json",
            "effect": "json",
        }
        names = ("step", "state", "line", "statement", "rows", "changed", "seconds", "error", "effect")
        return Rows([Column(name, "", kinds.get(name, "text")) for name in names], self._batches())

    def _batches(self) -> Iterator[list[tuple[Cell, ...]]]:
        told: list[tuple[Cell, ...]] = []

        def tell(step: Step) -> None:
            told.append(_record(step))

        try:
            for outcome in self._run(tell, lambda text: None):
                for _ in outcome.rows or ():
                    pass
                for notice in outcome.notices:
                    self._screen.notice(notice)
                if told:
                    yield list(told)
                    told.clear()
        except DbxError:
            yield [*told, self._last_record()]
            raise
        yield [*told, self._last_record()]

    def _last_record(self) -> tuple[Cell, ...]:
        transaction = self._transaction
        return (None, transaction.fate, None, None, None, transaction.changed, None, None, None)


def _record(step: Step) -> tuple[Cell, ...]:
    error = json.dumps({"code": step.error.code, "message": step.error.message}) if step.error else None
    effect = json.dumps(step.effect.record()) if step.effect else None
    counts = (step.rows, step.changed, round(step.seconds, 6))
    return step.number, step.fate.value, step.statement.line or None, step.text, *counts, error, effect


def _holds(file: str, order: re.Pattern[bytes]) -> bool:
    """Whether a script holds such an order. Of a pipe nobody knows."""
    try:
        return file == "-" or order.search(Path(file).read_bytes()) is not None
    except OSError:
        return True
