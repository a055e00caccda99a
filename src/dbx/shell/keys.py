"""What the keys do that are dbx's own; the others are those of Emacs or vi, as prompt_toolkit has them."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application.current import get_app
from prompt_toolkit.application.run_in_terminal import run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, emacs_mode, has_focus, has_selection, vi_insert_mode, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from dbx.errors import DbxError
from dbx.shell import editor, indentation, menu
from dbx.shell.suggest import Rest

Event = KeyPressEvent

_AT_ONCE = 2
"""Keys that people may have typed behind a Tab before it is read. More are a program's, and the Tab is text."""

_typing = has_focus(DEFAULT_BUFFER)
_inserting = _typing & (emacs_mode | vi_insert_mode)


@Condition
def _no_menu() -> bool:
    return get_app().current_buffer.complete_state is None


@Condition
def _chosen() -> bool:
    state = get_app().current_buffer.complete_state
    return state is not None and state.current_completion is not None


@Condition
def _in_indentation() -> bool:
    """The cursor stands before the first character of a line; at the very beginning there is nothing to indent."""
    document = get_app().current_buffer.document
    before = document.current_line_before_cursor
    return not before.strip() and (bool(before) or document.cursor_position_row > 0)


@Condition
def _at_stop() -> bool:
    before = get_app().current_buffer.document.current_line_before_cursor
    return bool(before) and not before.strip(" ") and len(before) % indentation.STEP == 0


@Condition
def _rest_is_shown() -> bool:
    buffer = get_app().current_buffer
    return isinstance(buffer.suggestion, Rest) and buffer.document.is_cursor_at_the_end


def bindings(
    is_ready: Callable[[str], bool],
    fix: Callable[[Buffer], None],
    switch: Callable[[], None],
    tell: Callable[[DbxError], None],
) -> KeyBindings:
    """`is_ready`: whether Enter runs a text. `fix` does what the message under the prompt advises. `switch` goes to the
    keys of vi and back. `tell` shows what went wrong with the editor."""
    keys = KeyBindings()

    @keys.add("enter", filter=_typing & ~_chosen)
    def _(event: Event) -> None:
        buffer = event.current_buffer
        if is_ready(buffer.text):
            buffer.validate_and_handle()
        else:
            _begin_line(buffer)

    # vi has o for it, and would have to wait after each Escape whether an Enter follows
    @keys.add("escape", "enter", filter=_typing & emacs_mode)
    def _(event: Event) -> None:
        _begin_line(event.current_buffer)

    @keys.add("c-x", "c-e", filter=_typing & emacs_mode & ~has_selection)
    @keys.add("v", filter=_typing & vi_navigation_mode)
    async def _(event: Event) -> None:
        await _edited(event.current_buffer, tell)

    @keys.add("f2", filter=_typing)
    def _(event: Event) -> None:
        fix(event.current_buffer)

    @keys.add("f4")
    def _(event: Event) -> None:
        switch()

    _remembering(keys)
    for add in (_stray, _indenting, _suggested, _in_menu):
        add(keys)
    return keys


def _stray(keys: KeyBindings) -> None:
    """The terminal is never asked for reports of the mouse: this is a colour of a text that a program types, or half a
    report, and prompt_toolkit's own binding would stumble over it."""

    @keys.add(Keys.Vt100MouseEvent)
    @keys.add("escape", "[", "m", filter=_typing & emacs_mode)
    def _(event: Event) -> None:
        pass


def _remembering(keys: KeyBindings) -> None:
    # the arrows walk through the lines of a statement first, these go to the statement before or behind
    @keys.add("c-p", filter=_inserting & _no_menu & ~has_selection)
    def _(event: Event) -> None:
        event.current_buffer.history_backward(count=event.arg)

    @keys.add("c-n", filter=_inserting & _no_menu & ~has_selection)
    def _(event: Event) -> None:
        event.current_buffer.history_forward(count=event.arg)


def _indenting(keys: KeyBindings) -> None:
    @keys.add("tab", filter=_inserting & _no_menu & ~has_selection & _in_indentation)
    def _(event: Event) -> None:
        buffer = event.current_buffer
        buffer.insert_text(" " * indentation.stop(buffer.document.cursor_position_col))

    @keys.add("s-tab", filter=_inserting & _no_menu & ~has_selection & _in_indentation)
    @keys.add("backspace", filter=_inserting & _no_menu & ~has_selection & _at_stop)
    def _(event: Event) -> None:
        buffer = event.current_buffer
        column = buffer.document.cursor_position_col
        buffer.delete_before_cursor(min(column, (column - 1) % indentation.STEP + 1))

    @keys.add(")", filter=_inserting & _in_indentation)
    @keys.add("]", filter=_inserting & _in_indentation)
    @keys.add("}", filter=_inserting & _in_indentation)
    def _(event: Event) -> None:
        buffer = event.current_buffer
        document = buffer.document
        start = document.cursor_position - document.cursor_position_col
        if (wanted := indentation.closing(document.text[:start])) is not None:
            buffer.delete_before_cursor(document.cursor_position_col)
            buffer.insert_text(wanted)
        buffer.insert_text(event.data)


def _suggested(keys: KeyBindings) -> None:
    """prompt_toolkit's own keys for it would put in what is shown, which is one line."""

    @keys.add("right", filter=_typing & _rest_is_shown)
    @keys.add("c-e", filter=_typing & _rest_is_shown)
    @keys.add("c-f", filter=_typing & _rest_is_shown)
    @keys.add("end", filter=_typing & _rest_is_shown)
    def _(event: Event) -> None:
        if isinstance(rest := event.current_buffer.suggestion, Rest):
            event.current_buffer.insert_text(rest.rest)

    @keys.add("escape", "f", filter=_typing & _rest_is_shown & emacs_mode)
    def _(event: Event) -> None:
        if isinstance(rest := event.current_buffer.suggestion, Rest):
            event.current_buffer.insert_text(rest.word)


def _in_menu(keys: KeyBindings) -> None:
    @keys.add("tab", filter=_inserting & _no_menu & ~has_selection & ~_in_indentation)
    def _(event: Event) -> None:
        if len(event.key_processor.input_queue) > _AT_ONCE:
            event.current_buffer.insert_text("\t")
        else:
            menu.complete(event.current_buffer)

    @keys.add("enter", filter=_typing & _chosen)
    @keys.add("escape", filter=_typing & emacs_mode & ~_no_menu)
    def _(event: Event) -> None:
        """What was chosen stands already; the menu goes."""
        event.current_buffer.complete_state = None


def _begin_line(buffer: Buffer) -> None:
    indent = indentation.following(buffer.document.text_before_cursor)
    rest = buffer.document.current_line_after_cursor
    buffer.delete(len(rest) - len(rest.lstrip(" ")))
    buffer.insert_text("\n" + indent)


async def _edited(buffer: Buffer, tell: Callable[[DbxError], None]) -> None:
    """The text goes to the editor and comes back to the prompt; it is Enter that runs it."""

    def work() -> str | None:
        try:
            return editor.edit(buffer.text)
        except DbxError as error:
            tell(error)
            return None

    # on this thread: signals are set up for the editor, and there is nothing else to do meanwhile
    text = await run_in_terminal(work, render_cli_done=False)
    if text is not None:
        buffer.document = Document(text, len(text))
