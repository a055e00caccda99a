"""Reading one input: the prompt, what Enter does, and how the text is coloured."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer, PygmentsLexer
from pygments.lexers.python import PythonLexer
from pygments.lexers.sql import SqlLexer

from dbx.dialects.base import Syntax
from dbx.sql.enter import ready, ready_expression
from dbx.sql.kind import kind


def is_ready(text: str, syntax: Syntax) -> bool:
    """Whether Enter runs the text, or begins another line (the rule of README, "Enter")."""
    what = kind(text, shell=True)
    if what == "sql":
        return ready(text, syntax, semicolon=False)
    if what == "expression":
        return ready_expression(text)
    return True


class _Lexer(Lexer):
    """Python or SQL, by the same rule that decides how the text is run."""

    def __init__(self) -> None:
        self._python = PygmentsLexer(PythonLexer)
        self._sql = PygmentsLexer(SqlLexer)

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lexer = self._sql if kind(document.text, shell=True) == "sql" else self._python
        return lexer.lex_document(document)


def _keys(syntax: Syntax) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter", filter=Condition(lambda: not get_app().current_buffer.complete_state))
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_ready(buffer.text, syntax):
            buffer.validate_and_handle()
        else:
            buffer.newline()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline()

    return keys


def session(syntax: Syntax, history: History) -> PromptSession[str]:
    """prompt_toolkit's session with dbx's keys and colours; `prompt(text)` raises EOFError and KeyboardInterrupt."""
    return PromptSession(
        history=history,
        lexer=_Lexer(),
        key_bindings=_keys(syntax),
        multiline=True,
        prompt_continuation=lambda width, line, wrapped: " " * (width - 2) + "… " if width > 1 else "",
        enable_open_in_editor=False,
        include_default_pygments_style=True,
    )
