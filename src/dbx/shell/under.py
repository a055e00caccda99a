"""What stands under the text while it is typed: the preview, with room for the menu of completions over it."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.filters import is_done, to_filter
from prompt_toolkit.formatted_text import StyleAndTextTuples, fragment_list_width, to_formatted_text
from prompt_toolkit.layout import ConditionalContainer, Dimension, FormattedTextControl, HSplit, Window

from dbx.shell.live import Live
from dbx.shell.live_view import LINES, lines

_MENU = 8
"""Lines that are kept free for completions."""


def add(session: PromptSession[str], live: Live) -> None:
    """Put the window with what `live` shows under the session's text, instead of nothing."""
    buffer = session.default_buffer

    def text() -> StyleAndTextTuples:
        if live.shown is None or not buffer.text.strip():
            return []
        size = session.app.output.get_size()
        width = fragment_list_width(to_formatted_text(session.message))
        shown = lines(live.shown, buffer.text, width, size.columns, min(LINES, size.rows // 3))
        return [part for line in shown for part in (*line, ("", "\n"))][:-1]

    def height() -> Dimension:
        rows = session.app.output.get_size().rows
        wanted = len([part for part in text() if part[1] == "\n"]) + 1
        free = min(_MENU if session.completer is not None else 0, rows // 2)
        # the weight: what is left of the screen goes here, line by line, with no look at the others for each
        return Dimension(min=free, preferred=max(free, wanted), weight=rows)

    typed = session.layout.current_window
    typed.dont_extend_height = to_filter(True)
    around = next(
        each
        for each in session.layout.walk()
        if isinstance(each, HSplit) and any(getattr(child, "content", None) is typed for child in each.children)
    )
    under = Window(FormattedTextControl(text), height=height)
    around.children.append(ConditionalContainer(under, ~is_done))
    session.reserve_space_for_menu = 0
