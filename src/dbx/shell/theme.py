"""The colours of what is typed, by the name that the configuration gives."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.styles import BaseStyle, Style, merge_styles
from prompt_toolkit.styles.pygments import style_from_pygments_cls
from pygments.styles import get_all_styles, get_style_by_name
from pygments.util import ClassNotFound

from dbx.errors import UsageError
from dbx.nearest import guess


def style(name: str) -> BaseStyle:
    """The style of a theme that is not the default one. Raises UsageError."""
    if name == "none":
        return Style([])
    try:
        return style_from_pygments_cls(get_style_by_name(name))
    except ClassNotFound:
        styles = sorted(get_all_styles())
        hint = guess(name, styles, f"there are default, none, {', '.join(styles)}")
        raise UsageError(f"no theme '{name}' (theme in the configuration)", hint=hint) from None


def wear(session: PromptSession[str], name: str) -> None:
    """Give a session the theme of that name, in place of prompt_toolkit's own. Raises UsageError."""
    if name in ("", "default"):
        return
    session.include_default_pygments_style = False
    session.style = merge_styles([each for each in (style(name), session.style) if each is not None])
