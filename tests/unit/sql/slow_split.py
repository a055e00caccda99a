"""A splitter that takes one character after another: slow, whole, and simple enough to be believed."""

from __future__ import annotations

import re

from dbx.dialects.base import Syntax

LETTER = re.compile(r"[A-Za-z_\x80-\U0010ffff]")
NAME = re.compile(r"[A-Za-z0-9_$\x80-\U0010ffff]")
WHITE = " \t\n\r\f\v"


class Open(Exception):
    """The text ends within something that opened at `args[0]`."""


def slow_split(text: str, syntax: Syntax) -> tuple[list[str], int | None]:
    """The statements, ended by ; or by the end; and where something opened that never ends, if so.

    Knows quotes, comments and parentheses; no blocks, commands or rows of COPY.
    """
    statements = []
    start, at, depth, opened = 0, 0, 0, 0
    try:
        while at < len(text):
            if text[at] == ";" and depth == 0:
                statements.append(text[start:at])
                start = at + 1
            if syntax.parentheses and text[at] == "(":
                opened = at if depth == 0 else opened
                depth += 1
            if syntax.parentheses and text[at] == ")":
                depth = max(0, depth - 1)
            at = _behind(text, at, start, syntax)
        if depth:
            raise Open(opened)
    except Open as error:
        return _tidied(statements, syntax), error.args[0]
    return _tidied([*statements, text[start:]], syntax), None


def _tidied(statements: list[str], syntax: Syntax) -> list[str]:
    tidied = (_without_leading_comments(statement, syntax).strip(WHITE) for statement in statements)
    return [statement for statement in tidied if statement]


def _without_leading_comments(text: str, syntax: Syntax) -> str:
    at = 0
    while at < len(text):
        lenient = text.startswith("--", at) and syntax.dash_needs_space
        if text[at] in WHITE:
            at += 1
        elif lenient:
            at = (text + "\n").index("\n", at)
        elif comment := _comment_end(text, at, syntax):
            at = comment
        else:
            break
    return text[at:]


def _behind(text: str, at: int, start: int, syntax: Syntax) -> int:
    """Where the thing at `at` ends: a quote, a comment, a name, or one character."""
    lenient = syntax.dash_needs_space and text.startswith("--", at)
    if lenient and not _without_leading_comments(text[start:at], syntax).strip(WHITE):
        return (text + "\n").index("\n", at)
    if comment := _comment_end(text, at, syntax):
        return comment
    if syntax.dollar_quotes and (tag := re.compile(r"\$([^\W\d]\w*)?\$").match(text, at)):
        if (end := text.find(tag[0], tag.end())) < 0:
            raise Open(at)
        return end + len(tag[0])
    if syntax.escape_strings and text[at] in "eE" and text[at + 1 : at + 2] == "'":
        return _escaped_end(text, at + 1)
    if text[at] == "'":
        return _quote_end(text, at, syntax.backslash_escapes)
    if text[at] == '"':
        return _quote_end(text, at, syntax.backslash_escapes and syntax.double_quoted_strings)
    if text[at] == "`" and syntax.backticks:
        return _quote_end(text, at, False)
    if text[at] == "[" and syntax.brackets:
        if (end := text.find("]", at)) < 0:
            raise Open(at)
        return end + 1
    if LETTER.match(text[at]):
        while at < len(text) and NAME.match(text[at]):
            at += 1
        return at
    return at + 1


def _comment_end(text: str, at: int, syntax: Syntax) -> int:
    """Behind the comment at `at`; 0 when there is none."""
    dashes = r"--(?=[\x00-\x20\x7f]|$)" if syntax.dash_needs_space else "--"
    if re.compile(dashes).match(text, at) or (syntax.hash_comments and text[at] == "#"):
        ends = "\r\n" if syntax.return_ends_comment else "\n"
        while at < len(text) and text[at] not in ends:
            at += 1
        return at
    if not text.startswith("/*", at) or (syntax.executable_comments and re.compile(r"/\*M?!").match(text, at)):
        return 0
    opened, depth, at = at, 1, at + 2
    while depth:
        if at >= len(text):
            raise Open(opened)
        if text.startswith("*/", at):
            depth, at = depth - 1, at + 2
        elif text.startswith("/*", at) and syntax.nested_comments:
            depth, at = depth + 1, at + 2
        else:
            at += 1
    return at


def _quote_end(text: str, at: int, backslash: bool) -> int:
    opened, quote, at = at, text[at], at + 1
    while at < len(text):
        if backslash and text[at] == "\\":
            at += 2
        elif text[at] != quote:
            at += 1
        elif text[at + 1 : at + 2] == quote:
            at += 2
        else:
            return at + 1
    raise Open(opened)


def _escaped_end(text: str, at: int) -> int:
    opened = at
    while True:
        try:
            end = _quote_end(text, at, True)
        except Open:
            raise Open(opened) from None
        joined = re.compile(r"[ \t\f\v]*[\n\r]([ \t\n\r\f\v]|--[^\n\r]*[\n\r])*(?=')").match(text, end)
        if not joined:
            return end
        at = joined.end()
