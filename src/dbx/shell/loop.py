"""The shell's loop: read an input, run it, show it; one connection, whose state is in the prompt."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event, Thread
from traceback import print_exc

from dbx import config
from dbx.connection import Connection
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import DbxError, Fault, Interrupted, Refused
from dbx.formats import load
from dbx.formats.visible import visible
from dbx.language.translator import Translator
from dbx.schema import read
from dbx.schema.known import Known
from dbx.screen import Screen
from dbx.shell import habits, hints, running
from dbx.shell.background import Background
from dbx.shell.between_keys import imported_between_keys
from dbx.shell.commands import Leave, find
from dbx.shell.completion import ShellCompleter
from dbx.shell.completion.shell import completed
from dbx.shell.fix import MEANT, fixed, meant
from dbx.shell.history import History
from dbx.shell.input import Reader, reader
from dbx.shell.leaving import may_leave
from dbx.shell.losses import Losses
from dbx.shell.lost import kept
from dbx.shell.plain import PlainReader
from dbx.shell.pool import Watcher
from dbx.shell.preview import Previewer
from dbx.shell.prompt import Prompt
from dbx.shell.results import Results
from dbx.shell.session import ObjectSession
from dbx.shell.settings import SETTINGS, configured
from dbx.shell.steps import Script, Steps
from dbx.shell.theme import wear
from dbx.shell.transcript import Transcript
from dbx.sql.ending import ending
from dbx.sql.enter import leaves
from dbx.sql.kind import kind
from dbx.sql.texts import units


class Shell:
    """What the loop and its commands share: a database, its connection, the translator's names, and the screen."""

    def __init__(self, database: Database, screen: Screen, script: Script | None = None, models: str = "") -> None:
        self.screen = self.terminal = screen
        self.config = config.load()
        wished = (screen.output.limit, database.target.profile.row_limit, self.config.row_limit)
        limit = next(limit for limit in wished if limit is not None) or None
        screen.output = screen.output._replace(limit=limit, echo=True)
        self.history = History(config.state_path() / "history", screen.say)
        self.transcript = Transcript()
        self.results = Results(self)
        screen.seen, screen.more = self.results.take, "\\more, \\all"
        self.recent = ""
        """The statement that was typed last."""
        self.settings = {name: setting.default for name, setting in SETTINGS.items()}
        self.settings.update(row_limit=limit or 0, timeout=database.timeout or 0.0, pager=screen.pager)
        self.draft = ""
        """What stands at the next prompt, to be gone on with."""
        self._prompt = Prompt(self, self.config.colors)
        self._enter(database, script, models)
        configured(self, self.config)

    def _enter(self, database: Database, script: Script | None = None, models: str = "") -> None:
        """All that belongs to one database."""
        self.database = database
        self.connection: Connection = database.connection
        self.connection.patience = float(self.settings["hold"])
        self.known = Known()
        self.background = Background(database, self.known)
        self.translate = Translator(database, {}, raw=database.target.profile.raw)
        self.session = ObjectSession(self, models)
        self.steps = Steps(self, script)
        self.pool = Watcher(database)
        self.terminal.dialect = database.dialect.name
        self.losses = Losses()
        self._typed: Reader | PlainReader | None = None

    def connect(self, database: Database) -> None:
        """Go on with another database, once that is connected. Raises Refused while work is uncommitted, and the
        errors of connecting; then all is as it was."""
        question = "a transaction is open, and would be rolled back. Go on? [y/N] "
        if self.connection.state in (State.OPEN, State.FAILED) and self.screen.ask(question) not in ("y", "yes"):
            raise Refused("the transaction is still open", hint="commit or rollback ends it")
        assert database.connection is not self.connection
        self.background.end()
        self.database.close()
        self._enter(database)
        self.terminal.cut = None
        self._greet()

    def loop(self) -> None:
        """Until \\q or Ctrl-D."""
        self._greet()
        self.session.introduce()
        self.steps.start()
        while True:
            typed = self._typed = self._typed or self._reader()
            try:
                self.steps.rest()
                draft, self.draft = self.draft, ""
                previews = Previewer(self.database, self.known, self.translate)
                with self.background.idle():
                    text = typed.read(self._prompt, self.steps.idle, draft, previews)
            except KeyboardInterrupt as stop:
                if isinstance(stop, Interrupted) and stop.signum != 2:
                    raise
                continue
            except EOFError:
                text = "\\q"
            before = self.connection.state
            typed.failed = ""
            try:
                self._run(text)
            except Leave:
                if self._may_leave():
                    self.results.close()
                    return
            except DbxError as error:
                self._tell(error, text)
                typed.failed = fixed(text, error) or ""
            except Exception as error:
                if self.screen.report.debug:
                    print_exc()
                self.screen.error(Fault(error))
            except Interrupted as stop:
                if stop.signum != 2:
                    raise
                ended = "interrupted, but the statement ended without an error: what it did stands"
                self.screen.say(ended if stop.finished else f"cancelled{kept(self.connection, before)}")

    def _reader(self) -> Reader | PlainReader:
        """What reads the inputs; what it needs besides comes while the first one is typed."""
        completer = completed(self)
        typed = reader(self.database.dialect.syntax, self.history, self.screen.error, self.settings, completer)
        typed.once_drawn(self.background.start)
        typed.once_drawn(Thread(target=self._load, args=(completer, typed.answered), daemon=True).start)
        if isinstance(typed, Reader):
            wear(typed.session, self.config.theme)
        return typed

    def _load(self, completer: ShellCompleter, answered: Event) -> None:
        """Import what expressions need, 0.3 s; behind the reading of the schema, which leaves room in memory for it."""
        self.background.settled.wait(_LOADED)
        with read.lasting(), imported_between_keys(answered):
            completer.load()

    def _tell(self, error: DbxError, text: str) -> None:
        """Show what a text has ended with."""
        hint = hints.here(error.hint, scripted=self.steps.scripted)
        hint = hint or habits.hint(text, error.message, self.connection.syntax.client)
        error.hint = hint if MEANT.search(hint) else " · ".join(filter(None, (meant(error, self.known), hint)))
        self.screen.error(error)

    def _greet(self) -> None:
        target = visible(self.database.target.label)
        protection = f" · {self.connection.secured}" if self.connection.secured else ""
        self.screen.say(f"{visible(self.connection.server)} · {target}{protection}        \\? help  \\q quit")

    def _run(self, text: str) -> None:
        what = kind(text, shell=True)
        if leaves(text, self.connection.syntax):
            raise Leave
        if what == "nothing" or not text.strip("; \n"):
            self.steps.next()
            return
        if what == "command":
            command, rest = find(text)
            answer = command.run(self, rest)
            if answer is not None:
                self.screen.show(answer)
            return
        behind = ending(text, self.connection.syntax)
        self.recent = behind.text if behind else text
        if behind:
            find(behind.name)[0].run(self, behind.rest)
        else:
            self.run(text)

    def run(self, text: str, values: Mapping[str, object] | None = None) -> None:
        """Run statements, with `values` for their parameters, and show what they come to."""
        if "_rows" in text:
            self.translate.session["_rows"] = self.results.values()
        with self.session.telling():
            for unit in units([text], self.connection.syntax):
                running.run(self, unit._replace(values=values))

    def choose_format(self, name: str) -> None:
        self.screen.format = load(name)
        self.screen.output = self.screen.output._replace(format="" if self.screen.format.human else name)

    def _may_leave(self) -> bool:
        try:
            return may_leave(self)
        except DbxError as error:
            self.screen.error(error)
        except Interrupted as stop:
            if stop.signum != 2:
                raise
        return False


_LOADED = 2.5
"""Seconds after which expressions are completed, whatever else is still to be read."""


def run(database: Database, screen: Screen, script: Script | None = None, models: str = "") -> None:
    """Open the shell on a database and stay until the user leaves. In `dbx tx` everything is a step, and `script` says
    how, and what to begin with. `models` is a module of mapped classes for the Session."""
    Shell(database, screen, script, models).loop()
