"""What MySQL and MariaDB write about a table (SHOW CREATE TABLE), token by token: for whatever is not so plain that
`mysql_table` reads it by one pattern.

The text is the server's own and of one form: names in backticks, strings in quotes with backslashes, words in one
order. Marks of comments that only some versions run (/*!80016 … */) are passed over as spaces are.
"""

from __future__ import annotations

import re

NAME = r"(?>`[^`]*(?:``[^`]*)*`)"
STRING = r"(?>'[^'\\]*(?:(?:''|\\.)[^'\\]*)*')"
"""Atomic: once read they are not tried otherwise, which a name of 64 backticks would make endless."""

ENDED = r"(?:,|(?=\n\)))\n?"
"""What ends a line of SHOW CREATE TABLE."""

WORD = rf"(?:{NAME}|\"[^\"]*(?:\"\"[^\"]*)*\"|[\w$]+)"
"""A name as users write it."""

_TOKEN = re.compile(
    rf"(?P<space>\s+|/\*M?!\d*|\*/)|(?P<name>{NAME})|(?P<string>[bBxX]?{STRING})|(?P<word>[\w$.@+-]+)|(?P<sign>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_ESCAPES = {"0": "\0", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a"}


def quoted(name: str) -> str:
    """A name that nothing in it can end."""
    doubled = name.replace("`", "``")
    return f"`{doubled}`"


def literal(text: str) -> str:
    """A string for a session whose backslashes escape."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def unquoted(token: str) -> str:
    return token[1:-1].replace("``", "`")


def text_of(token: str) -> str:
    """The characters that a string stands for."""
    inner = token[1:-1]
    if "\\" not in inner and "'" not in inner:
        return inner
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]) if found[1] else "'", inner)


class Tokens:
    """A text from one place on. `end` is behind the token taken last."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.end = at
        self._next = self._find(at)

    def _find(self, at: int) -> re.Match[str] | None:
        found = _TOKEN.match(self.text, at)
        while found and found.lastgroup == "space":
            found = _TOKEN.match(self.text, found.end())
        return found

    @property
    def kind(self) -> str:
        """name, string, word or sign; '' at the end."""
        return (self._next.lastgroup or "") if self._next else ""

    @property
    def word(self) -> str:
        """The next token in upper case if it is a word or a sign, else ''."""
        return self._next[0].upper() if self._next and self.kind in ("word", "sign") else ""

    @property
    def start(self) -> int:
        return self._next.start() if self._next else len(self.text)

    def take(self) -> str:
        if self._next is None:
            return ""
        found, self.end = self._next[0], self._next.end()
        self._next = self._find(self.end)
        return found

    def name(self) -> str:
        """A name, which partitions of MySQL have without its quotes."""
        token = self.take()
        return unquoted(token) if token[:1] == "`" else token

    def skip(self, *words: str) -> bool:
        """Pass these words if they are next, all of them."""
        before = (self.end, self._next)
        for word in words:
            if self.word != word:
                self.end, self._next = before
                return False
            self.take()
        return True

    def group(self) -> str:
        """The text in the parentheses that are next; '' when there are none."""
        if self.word != "(":
            return ""
        start, depth = self.start + 1, 0
        while self.kind:
            sign = self.word
            self.take()
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                break
        return self.text[start : self.end - 1]

    def expression(self, *ends: str) -> str:
        """The text up to one of these words, a comma or a closing parenthesis; one token at least."""
        start = self.start
        while self.kind:
            self.group() if self.word == "(" else self.take()
            if self.word in ends or self.word in (",", ")"):
                break
        return self.text[start : self.end]


def options(tokens: Tokens) -> dict[str, str]:
    """Pairs of words and their value, with or without =, up to a parenthesis, a comma or the end: names in lower case,
    flags with ''."""
    found: dict[str, str] = {}
    words: list[str] = []
    while tokens.kind and tokens.word not in ("(", ")", ",", "PARTITION"):
        if tokens.skip("WITH", "SYSTEM", "VERSIONING"):
            found["with system versioning"] = ""
        elif tokens.skip("TABLESPACE"):
            tokens.skip("=")
            found["tablespace"] = tokens.name()
        elif tokens.skip("="):
            found[" ".join(words).lower()] = _option_value(tokens, tokens.kind)
            words = []
        else:
            words.append(tokens.name())
    if words:
        found[" ".join(words).lower()] = ""
    return found


def _option_value(tokens: Tokens, kind: str) -> str:
    if tokens.word == "(":
        return tokens.group()
    token = tokens.take()
    return text_of(token) if kind == "string" else unquoted(token) if kind == "name" else token


_OF_TABLES = re.compile(r"(?:\bfrom|join) \(*\Z")
"""What stands before a table in a query."""


def without_database(text: str, database: str) -> str:
    """The text without the name of the database that it is in, where it would lead back there from another one:
    before functions and sequences, before tables that have a column behind them, and before tables of a view that
    shows those of other databases too."""
    name = quoted(database)
    if f"{name}." not in text:
        return text
    pattern = rf"({STRING})|({NAME}(?:\.{NAME})*)(?=(\(?))"
    alias = re.search(rf"[ )]{re.escape(name)}(?!\.)", text) is not None
    return re.sub(pattern, lambda found: _shortened(found, name, alias=alias), text, flags=re.DOTALL)


def _shortened(found: re.Match[str], database: str, *, alias: bool) -> str:
    """`alias`: something in the text is called as the database is, and a name behind it may be a column's."""
    chain = found[2]
    if chain is None or not chain.startswith(f"{database}."):
        return found[0]
    parts = re.findall(NAME, chain)
    before = found.string[max(found.start() - 40, 0) : found.start()]
    of_sequence = before.endswith(("nextval(", "lastval(", "setval("))
    of_table = not alias and _OF_TABLES.search(before) is not None
    return chain[len(database) + 1 :] if len(parts) > 2 or found[3] or of_sequence or of_table else chain
