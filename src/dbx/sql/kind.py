"""Expression or SQL? A pure function of the text: no connection, one list of words for all dialects.

The rule is applied in the order of the functions below. A text is one language, which its beginning decides.
"""

from __future__ import annotations

import ast
import re
import warnings
from codeop import PyCF_ALLOW_INCOMPLETE_INPUT  # type: ignore[attr-defined]
from collections.abc import Container
from typing import Literal

from dbx.nearest import nearest

Kind = Literal["nothing", "command", "sql", "expression"]

STATEMENTS = frozenset(
    {
        "abort",
        "alter",
        "analyse",
        "analyze",
        "attach",
        "backup",
        "begin",
        "binlog",
        "cache",
        "call",
        "change",
        "check",
        "checkpoint",
        "checksum",
        "clone",
        "close",
        "cluster",
        "comment",
        "commit",
        "copy",
        "create",
        "deallocate",
        "declare",
        "delete",
        "delimiter",
        "deny",
        "desc",
        "describe",
        "detach",
        "discard",
        "do",
        "drop",
        "end",
        "execute",
        "explain",
        "export",
        "fetch",
        "flush",
        "get",
        "grant",
        "handler",
        "import",
        "insert",
        "install",
        "kill",
        "listen",
        "load",
        "lock",
        "merge",
        "move",
        "msck",
        "notify",
        "optimize",
        "pragma",
        "prepare",
        "purge",
        "reassign",
        "refresh",
        "reindex",
        "release",
        "rename",
        "repair",
        "replace",
        "reset",
        "resignal",
        "restart",
        "restore",
        "revoke",
        "rollback",
        "savepoint",
        "security",
        "select",
        "set",
        "show",
        "shutdown",
        "signal",
        "start",
        "stop",
        "summarize",
        "table",
        "truncate",
        "uncache",
        "undrop",
        "uninstall",
        "unlisten",
        "unlock",
        "update",
        "use",
        "vacuum",
        "values",
        "with",
        "xa",
    }
)
"""First words of SQL statements. No function of the expression language is among them but those in CALLS."""

CALLS = frozenset({"select", "insert", "update", "delete", "explain", "describe", "get", "set", "desc"})
"""Statement words that are functions as well: in lower case with the parenthesis at once behind them."""

ALONE = frozenset({"abort", "analyze", "begin", "checkpoint", "commit", "end", "reindex", "rollback", "vacuum"})
"""Statements of one word; any other word that is the whole text is a name."""

BEGINNINGS = frozenset({"alter", "create", "delete", "drop", "insert", "select", "update", "with"})
"""Words that stand alone on the first line of statements of several lines."""

QUERIES = frozenset({"select", "with", "values", "table"})
"""Statements that may stand in parentheses."""

SHELL_WORDS = frozenset({"help", "exit", "quit"})

PARSED = 64 * 1024
"""What is longer counts as no Python. The expression language takes no longer text, and parsing has to end."""

_DOT_COMMAND = re.compile(r"\.[a-z]")
_SPACE = re.compile("[\\s\ufeff]+")
_LINE_COMMENT = re.compile(r"(?:--(?=\s|\Z)|#)[^\n]*")
_EXECUTABLE = re.compile(r"/\*M?!")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_WORD = re.compile(r"[^\W\d]\w*")


def kind(text: str, *, shell: bool = False, names: Container[str] = ()) -> Kind:
    """What `text` is. `names` are tables and names of the session, which beat the shell's own words."""
    start = _skip(text, 0)
    if start == len(text):
        return "nothing"
    if text[start] == ";" and kind(text[start:].lstrip("; \t\r\n")) == "sql":
        return "sql"
    if shell and (text[start] == "\\" or _shell_word(text[start:], names)):
        return "command"
    if text[start] == "\\" or _DOT_COMMAND.match(text, start):
        return "sql"  # a command of another shell, which the splitter knows or names
    word, at, parentheses = _first(text, start)
    if not word:
        return "sql" if text.startswith("/*", at) else "expression"
    if word.lower() not in STATEMENTS:
        return "expression"
    tree = parsed(text[start:])
    if parentheses:
        return "sql" if word.lower() in QUERIES and tree is None else "expression"
    if tree is None:
        return "sql"
    return "expression" if _is_expression(tree, word, text[at + len(word) :]) else "sql"


def first_word(text: str) -> str:
    """The word that decides, as written: behind white space, comments and opening parentheses. May be empty."""
    return _first(text, _skip(text, 0))[0]


def misspelt(text: str) -> str:
    """The statement word that the first word of `text` nearly is (`selec 1`); '' when it is near none."""
    word = first_word(text).lower()
    return "" if word in STATEMENTS else nearest(word, STATEMENTS, 0.75)


def parsed(text: str) -> ast.Module | None:
    """`text` as Python, or None. Never raises, whatever the text."""
    if len(text) > PARSED:
        return None
    try:
        with warnings.catch_warnings():
            # '\d' in an unfinished line is no reason to write on the terminal
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def incomplete(text: str) -> bool:
    """Whether further lines could make `text` Python: something is open at its end. Never raises."""
    if len(text) > PARSED:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "", "exec", ast.PyCF_ONLY_AST | PyCF_ALLOW_INCOMPLETE_INPUT)
    except SyntaxError as error:
        return error.msg == "incomplete input"
    except (ValueError, RecursionError, MemoryError):
        return False
    return False


def _skip(text: str, at: int, parenthesis: str = "") -> int:
    """Past white space, comments and any `parenthesis`. /*! is SQL, and a comment without an end, for its error."""
    unnested = -1
    while True:
        before = at
        for pattern in (_SPACE, _LINE_COMMENT):
            if found := pattern.match(text, at):
                at = found.end()
        if text.startswith("/*", at) and not _EXECUTABLE.match(text, at):
            # comments nest in some dialects only: a text in which they cannot is read in the other way
            end = _nested_end(text, at) if unnested < 0 else -1
            if end < 0:
                unnested = at if unnested < 0 else unnested
                end = text.find("*/", at + 2) + 2
            at = max(at, end) if end > 1 else at
        elif parenthesis and text.startswith(parenthesis, at):
            at += 1
        if at == before:
            return unnested if at == len(text) and unnested >= 0 else at


def _nested_end(text: str, at: int) -> int:
    """Behind the comment at `at`; -1 when it never ends."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, at):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return -1


def _shell_word(text: str, names: Container[str]) -> bool:
    word = text.strip().removesuffix(";").rstrip()
    return word.lower() in SHELL_WORDS and word not in names and word.lower() not in names


def _first(text: str, start: int) -> tuple[str, int, bool]:
    """The first word behind opening parentheses, where it stands, and whether there were any."""
    at = _skip(text, start, "(")
    found = _WORD.match(text, at)
    return found[0] if found else "", at, at > start


def _is_expression(tree: ast.Module, word: str, rest: str) -> bool:
    """Whether a text that is Python and begins with the statement word `word` is an expression all the same."""
    first = tree.body[0]
    if isinstance(first, ast.AnnAssign):
        return False  # `select :a` has a parameter; annotations mean nothing in the language
    if rest.startswith((".", "[")) or (rest.startswith("(") and word in CALLS):
        return True
    if isinstance(first, ast.Expr):
        return len(tree.body) == 1 and isinstance(first.value, ast.Name) and word.lower() not in ALONE | BEGINNINGS
    # `select [a] = 1` is no assignment
    return not (isinstance(first, ast.Assign) and isinstance(first.targets[0], ast.Subscript))
