"""What a dialect's text consists of: code, quotes and comments, as patterns compiled once for each syntax.

Text arrives in chunks, so no pattern decides on characters that the next chunk could continue.

No repeated group is possessive: before Python 3.11.5 such groups match wrongly. Repeated single characters are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dbx.dialects.base import Syntax
from dbx.sql.opened import Escaped, Line, Nested, Opened, Quote, Until, inside

WHITE = " \t\n\r\f\v"
"""White space to every server. Python knows more of it, such as the no-break space, which servers refuse."""

CONTEXT = 256
"""How far back the meaning of a character may depend on what stands before it: the length of a name."""

# Letters, _ and all that is not ASCII; the same with digits. Said by what they are not, which compiles much faster.
LETTER = r"[^\x00-@\[-\^`{-\x7f]"
ALNUM = r"[^\x00-/:-@\[-\^`{-\x7f]"

_TAG = rf"\$(?:{LETTER}{ALNUM}*+)?\$"
_NAME = re.compile(rf"(?:\$|{ALNUM})*")

# Comments that MySQL runs. Version 99.99.99 never comes: mariadb-dump hides a command of its client there.
_EXECUTABLE = "M?!(?!999999)"


class Lexis(NamedTuple):
    """The patterns of one syntax with one delimiter."""

    syntax: Syntax
    delimiter: str
    gap: re.Pattern[str]
    """White space and whole comments, as between statements. May stop at a comment."""
    stop: re.Pattern[str]
    """What no statement begins with: as group 1 the delimiter, as group 2 the beginning of a comment.

    A match without either depends on what follows."""
    code: re.Pattern[str]
    """Code and whole quotes; then, as group 1, the delimiter, a parenthesis, or what opens a quote or comment, or a
    backslash that begins a client's command.

    Without a group 1 the buffer ends here, or in characters whose meaning depends on what follows."""
    opening: re.Pattern[str]
    """What opens a quote or comment, to search for."""

    def opened(self, token: str, buffer: str, at: int, floor: int) -> Opened | None:
        """What `token` opens at `at`. None for $ within a name. Nothing before `floor` belongs to the same word."""
        syntax = self.syntax
        if token == "'":
            if syntax.escape_strings and _is_prefixed(buffer, at, floor):
                return Escaped()
            return Quote("'", backslash=syntax.backslash_escapes)
        if token == '"':
            return Quote('"', backslash=syntax.backslash_escapes and syntax.double_quoted_strings)
        if token == "`":
            return Quote("`", backslash=False)
        if token == "[":
            return Until("[", "]")
        if token == "/*":
            return Nested() if syntax.nested_comments else Until("/*", "*/")
        if token[0] == "$":
            return None if _in_name(buffer, at, floor) else Until(token, token)
        return Line(token, _line(syntax))


@lru_cache(maxsize=64)
def lexis(syntax: Syntax, delimiter: str = ";") -> Lexis:
    """The patterns of `syntax`. Without a delimiter nothing ends a statement."""
    openings = _openings(syntax)
    tokens = [re.escape(delimiter)] * bool(delimiter) + openings
    if syntax.parentheses:
        tokens.append("[()]")
    if syntax.client in ("psql", "mysql"):
        tokens.append(r"\\(?!N)")
    token = "|".join(tokens)
    undecided = rf"(?:{'|'.join(_undecided(syntax, delimiter))})\Z"
    special = re.escape("".join(sorted({*"'\"-/", *_special(syntax), *delimiter[:1]})))
    code = f"[^{special}]++|{'|'.join(_wholes(syntax))}|(?!{undecided})(?!{token})[{special}]"
    if syntax.parentheses:
        # most parentheses are closed soon, and then there is nothing to count
        code += rf"|\((?:{code}|\((?:{code})*\))*\)"
    return Lexis(
        syntax,
        delimiter,
        re.compile(f"(?:[{WHITE}]++|{'|'.join(_gaps(syntax))})*"),
        re.compile(f"{undecided}|({re.escape(delimiter) or '(?!)'})|({'|'.join(_comments(syntax, between=True))})"),
        re.compile(f"(?:{code})*((?!{undecided})(?:{token}))?", re.DOTALL),
        re.compile("|".join(openings)),
    )


def _comments(syntax: Syntax, *, between: bool) -> list[str]:
    """What opens a comment. Between statements one that begins /*+ is a hint, which belongs to the next."""
    hint = [r"\+"] * between
    executable = [_EXECUTABLE] * syntax.executable_comments
    block = rf"/\*(?!{'|'.join(hint + executable)})" if hint + executable else r"/\*"
    return [block, *_line_openings(syntax, between=between)]


def _openings(syntax: Syntax) -> list[str]:
    openings = ["'", '"', *_comments(syntax, between=False)]
    if syntax.backticks:
        openings.append("`")
    if syntax.brackets:
        openings.append(r"\[")
    if syntax.dollar_quotes:
        openings.append(_TAG)
    return openings


def _line_openings(syntax: Syntax, *, between: bool) -> list[str]:
    # MySQL wants white space or a control character behind --, its client not where no statement could begin like this
    dashes = r"--(?=[\x00-\x20\x7f])" if syntax.dash_needs_space and not between else "--"
    return [dashes, "#"] if syntax.hash_comments else [dashes]


def _line(syntax: Syntax) -> str:
    return r"[^\n\r]*+" if syntax.return_ends_comment else r"[^\n]*+"


def _special(syntax: Syntax) -> str:
    """Every character with which something other than code may begin."""
    return (
        "`" * syntax.backticks
        + "[" * syntax.brackets
        + "$" * syntax.dollar_quotes
        + "#" * syntax.hash_comments
        + "()" * syntax.parentheses
        + "\\" * (syntax.client in ("psql", "mysql"))
    )


def _undecided(syntax: Syntax, delimiter: str) -> list[str]:
    """What says nothing at the end of a chunk."""
    beginnings = [re.escape(delimiter[:length]) for length in range(1, len(delimiter))]
    dashes = "--?" if syntax.dash_needs_space else "-"
    comment = r"/(?:\*(?:M?(?:!9{0,5})?)?)?" if syntax.executable_comments else r"/\*?"
    return [*beginnings, dashes, comment, r"\\", rf"\${ALNUM}*+"]


def _wholes(syntax: Syntax) -> list[str]:
    """Quotes that end in the same chunk. A ' behind an e is left out: it may be E'…'."""
    both = syntax.backslash_escapes and syntax.double_quoted_strings
    before = "(?<![eE])" if syntax.escape_strings else ""
    wholes = [
        f"{before}'{inside(chr(39), syntax.backslash_escapes)}'(?=[^'])",
        f'"{inside(chr(34), both)}"(?=[^"])',
    ]
    if syntax.backticks:
        wholes.append(f"`{inside('`', False)}`(?=[^`])")
    if syntax.brackets:
        wholes.append(r"\[[^\]]*+\]")
    return wholes


def _gaps(syntax: Syntax) -> list[str]:
    """Whole comments that need no counting and are not for MySQL."""
    gaps = [rf"{opening}{_line(syntax)}(?=[\n\r])" for opening in _line_openings(syntax, between=True)]
    return [*gaps, r"/\*(?![+!M])[^*/]*+\*/"]


def blank(text: str, syntax: Syntax) -> str:
    """`text` with spaces for comments and for what stands between quotes; every other character keeps its place."""
    words = lexis(syntax, "")
    buffer = text + "\n"
    parts = []
    at = 0
    while found := words.opening.search(buffer, at):
        start = found.start()
        parts.append(buffer[at:start])
        opened = words.opened(found[0], buffer, start, at)
        at = opened.seek(buffer, found.end(), True) if opened else name_end(buffer, start)
        at = at if at >= 0 else len(buffer)
        if opened is None:
            parts.append(buffer[start:at])
        elif opened.comment:
            parts.append(" " * (at - start))
        else:
            parts.append("'" + " " * (at - start - 2) + "'")
    return ("".join(parts) + buffer[at:])[: len(text)]


_QUOTED = re.compile(r"' *'")


def spelled(text: str, syntax: Syntax) -> str:
    """As `blank`, but names in quotes are shown, in place of the quotes a space: "set_config"(…) is what it is."""
    code = blank(text, syntax)
    marks = "`[" if syntax.double_quoted_strings else '"`['
    return _QUOTED.sub(
        lambda found: f" {text[found.start() + 1 : found.end() - 1]} " if text[found.start()] in marks else found[0],
        code,
    )


def name_end(buffer: str, at: int) -> int:
    """Where the name that `at` lies in ends."""
    return _NAME.match(buffer, at).end()  # type: ignore[union-attr]  # it matches the empty text


def _is_prefixed(buffer: str, at: int, floor: int) -> bool:
    """Whether the quote at `at` is that of E'…'. To PostgreSQL 1E is a number gone wrong."""
    before = at - 1
    if before < floor or buffer[before] not in "eE" or (before > floor and buffer[before - 1].isdecimal()):
        return False
    return not _in_name(buffer, before, floor)


def _in_name(buffer: str, at: int, floor: int) -> bool:
    """Whether a name such as a$b goes on at `at`. Digits and $ alone are a number or $1."""
    while at > floor and buffer[at - 1] in "$0123456789":
        at -= 1
    return at > floor and name_end(buffer[at - 1], 0) > 0
