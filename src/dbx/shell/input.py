"""Reading one input: the prompt, what Enter does, and what stands around the text while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app_or_none
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.cursor_shapes import DynamicCursorShapeConfig, ModalCursorShapeConfig
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples, fragment_list_width, to_formatted_text
from prompt_toolkit.history import History
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import TabsProcessor
from prompt_toolkit.layout.screen import Screen
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth, is_dumb_terminal

from dbx.dialects.base import Syntax
from dbx.errors import DbxError
from dbx.shell import ahead, keys, menu, under
from dbx.shell.between_keys import answered
from dbx.shell.completion import ShellCompleter
from dbx.shell.highlight import AroundCursor, Highlighter, Plain
from dbx.shell.indentation import STEP
from dbx.shell.live import Live, Source
from dbx.shell.live_view import STYLE, room
from dbx.shell.plain import PlainReader
from dbx.shell.settings import Value
from dbx.shell.suggest import FromStatements
from dbx.sql.ending import ending
from dbx.sql.enter import leaves, ready, ready_expression
from dbx.sql.kind import kind

_ROOM = 16
"""Columns that the prompt leaves for what is typed, as far as it can."""
_NEWS = 0.05
"""Seconds in which further news of what is completed makes no menu of its own."""
_VI_CURSOR = ModalCursorShapeConfig()
"""In Emacs mode there is one kind of cursor, and it is the user's own."""


def is_ready(text: str, syntax: Syntax, *, semicolon: bool = False) -> bool:
    """Whether Enter runs the text, or begins another line (the rule of README, "Enter"). `semicolon`: SQL needs one."""
    what = kind(text, shell=True)
    if leaves(text, syntax):
        return True
    if what in ("sql", "expression") and ending(text, syntax):
        return True
    if what == "sql":
        return ready(text, syntax, semicolon)
    if what == "expression":
        return ready_expression(text)
    return True


class Reader:
    """One for a shell. `tell` shows an error while the prompt stands; `settings` are the shell's."""

    def __init__(
        self,
        syntax: Syntax,
        history: History,
        tell: Callable[[DbxError], None],
        settings: MutableMapping[str, Value],
        completer: ShellCompleter | None = None,
    ) -> None:
        self._settings = settings
        self.session: PromptSession[str] = PromptSession(
            history=history,
            lexer=Highlighter(),
            completer=completer,
            auto_suggest=FromStatements(),
            key_bindings=keys.bindings(_enter(syntax, settings), self._fix, self._switch, tell),
            style=Style.from_dict(STYLE),
            input_processors=[AroundCursor(), TabsProcessor(STEP, " ", " ")],
            cursor=DynamicCursorShapeConfig(lambda: _VI_CURSOR if settings["vi"] else None),
            multiline=True,
            prompt_continuation=_continuation,
            search_ignore_case=True,
            enable_open_in_editor=False,
            enable_suspend=True,
            include_default_pygments_style=True,
        )
        for control in self.session.layout.find_all_controls():
            if isinstance(control, BufferControl) and control.buffer is self.session.search_buffer:
                control.lexer = Plain()
        self.live = Live(self.session.app.invalidate)
        self.failed = ""
        """The text that was run last, as the error it ended with advises it."""
        under.add(self.session, self.live)
        self.session.default_buffer.on_text_changed += self._look
        self.answered = answered(self.session.app)
        self._screen: Screen | None = None
        self.session.app.after_render += self._drop_screen
        self._news: CompleteEvent | None = None
        if completer is not None:
            completer.refresh = self._complete_again

    def read(
        self,
        prompt: Callable[[], StyleAndTextTuples],
        right: Callable[[], str],
        default: str = "",
        previews: Source | None = None,
    ) -> str:
        """One input. Raises EOFError for Ctrl-D and KeyboardInterrupt for Ctrl-C.

        `prompt`, and `right` at the right end of the line, are asked anew every few seconds. `previews` are of
        what is typed.
        """
        self.session.editing_mode = EditingMode.VI if self._settings["vi"] else EditingMode.EMACS
        if previews is not None and self._settings["live"]:
            self.live.begin(previews)
        ahead.take(self.session.app.input)
        try:
            return self.session.prompt(
                lambda: fitted(prompt(), _columns()), rprompt=right, refresh_interval=5, default=default
            )
        finally:
            self.answered.set()
            self.live.end()

    def once_drawn(self, work: Callable[[], object]) -> None:
        """work(), as soon as the first prompt stands on the screen."""

        def first(app: Application[str]) -> None:
            app.after_render -= first
            work()

        self.session.app.after_render += first

    def _drop_screen(self, app: Application[str]) -> None:
        """Empty the screen before this one: prompt_toolkit leaves each in a circle of references, 200 kB for a key."""
        before, self._screen = self._screen, app.renderer.last_rendered_screen
        if before is not None and before is not self._screen:
            before.data_buffer.clear()

    def _complete_again(self, event: CompleteEvent) -> None:
        """Soon: more news may come at once."""
        app, buffer = self.session.app, self.session.default_buffer

        def again() -> None:
            asked, self._news = self._news, None
            chosen = buffer.complete_state and buffer.complete_state.complete_index is not None
            if app.is_running and buffer.text and asked and not chosen:
                menu.show(buffer, asked)

        if app.is_running and app.loop is not None:
            self._news = event
            app.loop.call_soon_threadsafe(app.loop.call_later, _NEWS, again)

    def _switch(self) -> None:
        """To the keys of vi, or back."""
        self._settings["vi"] = not self._settings["vi"]
        self.session.editing_mode = EditingMode.VI if self._settings["vi"] else EditingMode.EMACS

    def _look(self, buffer: Buffer) -> None:
        width = fragment_list_width(to_formatted_text(self.session.message))
        self.live.ask(buffer.text, room(width, _columns()))

    def _fix(self, buffer: Buffer) -> None:
        """Do what is advised under the text; where there is no text, under the one that failed."""
        shown = self.live.shown
        better = shown.fix if shown and shown.text == buffer.text else None if buffer.text else self.failed
        if better:
            buffer.document = Document(better, len(better))


def reader(
    syntax: Syntax,
    history: History,
    tell: Callable[[DbxError], None],
    settings: MutableMapping[str, Value],
    completer: ShellCompleter | None = None,
) -> Reader | PlainReader:
    """The reader for this terminal."""
    if is_dumb_terminal():
        return PlainReader(_enter(syntax, settings), history)
    return Reader(syntax, history, tell, settings, completer)


def _enter(syntax: Syntax, settings: Mapping[str, Value]) -> Callable[[str], bool]:
    """Whether Enter runs a text, as the settings are at that moment."""
    return lambda text: is_ready(text, syntax, semicolon=bool(settings["semicolon"]))


def fitted(prompt: StyleAndTextTuples, columns: int) -> StyleAndTextTuples:
    """A prompt that leaves room to type in: its beginning, which is the target's name, gives way."""
    surplus = fragment_list_width(prompt) - (columns - min(_ROOM, columns // 2))
    if surplus <= 0:
        return prompt
    kept: StyleAndTextTuples = []
    cut = surplus + 1
    for style, text, *_ in prompt:
        while text and cut > 0:
            cut -= get_cwidth(text[0])
            text = text[1:]
        kept.append((style, text))
    return [(prompt[0][0], "…"), *kept]


def _columns() -> int:
    app = get_app_or_none()
    return app.output.get_size().columns if app else 80


def _continuation(width: int, line: int, wrapped: int) -> str:
    """What stands before the second line and those behind it; before the rest of a wrapped line, nothing."""
    return " " * width if wrapped else " " * (width - 2) + "… " if width > 1 else ""
