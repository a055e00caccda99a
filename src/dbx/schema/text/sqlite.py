"""What stands in the CREATE statements that SQLite keeps, and in no pragma: names of constraints, checks, collations,
what a column is generated from, when a foreign key is deferred, what an index is of.

SQLite has parsed every text that comes here, so it is read with little suspicion; a word that means nothing here is
passed over.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_TOKEN = r"""(?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<string>[xX]?'(?:[^']|'')*')
    |(?P<number>\.?\d(?:[eE][+-]|[\w.])*)
    |(?P<word>[\w$\x80-\U0010ffff]+)
    |(?P<other>.)"""


@cache
def _pattern() -> re.Pattern[str]:
    """Compiled with the first text: most databases have none but plain tables, and their texts do not come here."""
    return re.compile(_TOKEN, re.VERBOSE | re.DOTALL)


class Clause(NamedTuple):
    """A constraint as it is written. `column` is where, None for one of the table; `columns` what it is about, as
    written; `text` is a check's or generated column's expression, a collation's name."""

    kind: str
    name: str = ""
    column: str | None = None
    columns: tuple[str, ...] = ()
    text: str = ""
    conflict: str = ""
    deferrable: str = ""
    flag: str = ""
    """STORED, AUTOINCREMENT; what a foreign key says behind MATCH"""


class TriggerText(NamedTuple):
    timing: str
    event: str
    condition: str | None


class IndexText(NamedTuple):
    parts: tuple[str, ...]
    predicate: str | None


def unquoted(token: str) -> str:
    """The name that a word or a quoted token stands for."""
    first = token[:1]
    if first in ('"', "`", "'"):
        return token[1:-1].replace(first * 2, first)
    return token[1:-1] if first == "[" else token


class _Tokens:
    """The tokens of a text from one place on; spaces and comments are none."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [found for found in _pattern().finditer(text) if found.lastgroup != "space"]
        self.at = 0

    @property
    def word(self) -> str:
        """The next token in upper case if it is a bare word or a sign, else ''."""
        if self.at >= len(self.tokens):
            return ""
        found = self.tokens[self.at]
        return found[0].upper() if found.lastgroup in ("word", "other") else ""

    @property
    def ended(self) -> bool:
        return self.at >= len(self.tokens)

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][0] if self.at <= len(self.tokens) else ""

    def skip(self, *words: str) -> bool:
        """Pass these words if they are next, all of them."""
        before = self.at
        for word in words:
            if self.word != word:
                self.at = before
                return False
            self.at += 1
        return True

    def seek(self, *words: str) -> None:
        """Move to the next of these words outside parentheses."""
        while not self.ended and self.word not in words:
            self.group() if self.word == "(" else self.take()

    def group(self) -> str:
        """The text in the parentheses that are next."""
        start, depth = self.tokens[self.at].end(), 0
        while not self.ended:
            sign = self.word
            self.at += 1
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return self.text[start : self.tokens[self.at - 1].start()].strip()
        return self.text[start:].strip()

    def rest(self) -> str:
        return "" if self.ended else self.text[self.tokens[self.at].start() :].strip()


def _split(text: str) -> list[str]:
    """The parts of a list, between the commas outside parentheses."""
    tokens, parts, start = _Tokens(text), [], 0
    while not tokens.ended:
        tokens.seek(",")
        end = len(text) if tokens.ended else tokens.tokens[tokens.at].start()
        parts.append(text[start:end].strip())
        start = end + 1
        tokens.take()
    return parts


def table(sql: str) -> list[Clause]:
    """The constraints of a CREATE TABLE in the order they are written, then its own options as `option` clauses."""
    tokens = _Tokens(sql)
    tokens.seek("(")
    if tokens.ended:
        return []
    found: list[Clause] = []
    for item in _split(tokens.group()):
        found += _Item(item).clauses()
    while not tokens.ended:
        word = tokens.take().lower()
        found += [Clause("option", text=_OPTIONS[word])] if word in _OPTIONS else []
    return found


_OPTIONS = {"without": "without rowid", "strict": "strict"}
_OF_TABLES = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


class _Item(_Tokens):
    """What stands between two commas of a CREATE TABLE: a column with its constraints, or some of the table's."""

    def clauses(self) -> list[Clause]:
        self.found: list[Clause] = []
        self.name = ""
        self.column = None if self.word in _OF_TABLES else unquoted(self.take())
        while not self.ended:
            self._clause(self.take().upper())
        return self.found

    def _clause(self, word: str) -> None:
        match word:
            case "CONSTRAINT":
                self.name = unquoted(self.take())
                return
            case "PRIMARY":
                self.skip("KEY")
                self._key("primary")
            case "UNIQUE":
                self._key("unique")
            case "FOREIGN":
                self.skip("KEY")
                self._add("foreign", columns=self._columns())
                return
            case "REFERENCES":
                self._references()
            case "CHECK" if self.word == "(":
                self._add("check", text=self.group())
            case "COLLATE":
                self._add("collate", text=unquoted(self.take()))
            case "AS" if self.word == "(":
                self._add("generated", text=self.group(), flag="STORED" if self.skip("STORED") else "")
            case "DEFAULT":
                self._default()
            case _:
                self._more(word)
                return
        self.name = ""

    def _more(self, word: str) -> None:
        """Words that belong to the constraint before them, and NOT NULL."""
        if word == "NOT" and self.skip("NULL"):
            self._add("not null")
        elif word == "NOT" and self.skip("DEFERRABLE"):
            self.skip("INITIALLY", "DEFERRED")
        elif word == "DEFERRABLE" and self.found:
            later = self.skip("INITIALLY", "DEFERRED")
            self.found[-1] = self.found[-1]._replace(deferrable="INITIALLY DEFERRED" if later else "DEFERRABLE")
        elif word == "AUTOINCREMENT" and self.found:
            self.found[-1] = self.found[-1]._replace(flag=word)
        elif word == "ON" and self.skip("CONFLICT") and self.found:
            self.found[-1] = self.found[-1]._replace(conflict=self.take().lower())
        elif word == "(":
            self.at -= 1
            self.group()  # of the type

    def _add(self, kind: str, *, columns: tuple[str, ...] = (), text: str = "", flag: str = "") -> None:
        self.found.append(Clause(kind, self.name, self.column, columns, text, flag=flag))
        self.name = ""

    def _key(self, kind: str) -> None:
        own = (self.column,) if self.column is not None else ()
        self._add(kind, columns=self._columns() if self.column is None else own)

    def _columns(self) -> tuple[str, ...]:
        """The names in a list, without order and collation."""
        if self.word != "(":
            return ()
        return tuple([unquoted(_Tokens(part).take()) for part in _split(self.group())])

    def _references(self) -> None:
        """The pragma has target and actions; here it counts that there is one, its name and its MATCH."""
        self.take()
        if self.word == "(":
            self.group()
        if self.column is not None or not (self.found and self.found[-1].kind == "foreign"):
            self._add("foreign", columns=(self.column or "",))
        while self.word in ("ON", "MATCH"):
            if self.skip("MATCH"):
                self.found[-1] = self.found[-1]._replace(flag=self.take().upper())
            elif self.skip("ON", "DELETE") or self.skip("ON", "UPDATE"):
                if self.take().upper() in ("SET", "NO"):
                    self.take()
            else:
                return

    def _default(self) -> None:
        if self.word == "(":
            self.group()
        elif self.take() in ("+", "-"):
            self.take()


def index(sql: str) -> IndexText:
    """What each part of a CREATE INDEX is of (without collation and order), and the text behind WHERE."""
    tokens = _Tokens(sql)
    tokens.seek("ON")
    tokens.seek("(")
    if tokens.ended:
        return IndexText((), None)
    parts = tuple([_bare(part) for part in _split(tokens.group())])
    return IndexText(parts, tokens.rest() if tokens.skip("WHERE") else None)


def _bare(part: str) -> str:
    """An expression without the COLLATE and the order behind it, which the pragma tells."""
    tokens = _Tokens(part).tokens
    words = [found[0].upper() for found in tokens]
    if words[-1:] in (["ASC"], ["DESC"]):
        words.pop()
    if words[-2:-1] == ["COLLATE"]:
        del words[-2:]
    return part[: tokens[len(words) - 1].end()] if words else part


def query(sql: str) -> str | None:
    """The SELECT of a CREATE VIEW."""
    tokens = _Tokens(sql)
    tokens.seek("AS")
    return tokens.rest() if tokens.skip("AS") else None


def module(sql: str) -> str | None:
    """What a virtual table is USING, with its arguments."""
    tokens = _Tokens(sql)
    tokens.seek("USING")
    return tokens.rest() if tokens.skip("USING") else None


def trigger(sql: str) -> TriggerText:
    """When a trigger fires: AFTER if it does not say; the event like 'UPDATE OF a, b'; the text behind WHEN."""
    tokens = _Tokens(sql)
    tokens.seek("BEFORE", "AFTER", "INSTEAD", "DELETE", "INSERT", "UPDATE")
    timing = {"BEFORE": "BEFORE", "INSTEAD": "INSTEAD OF"}.get(tokens.word, "AFTER")
    tokens.seek("DELETE", "INSERT", "UPDATE")
    start = tokens.tokens[tokens.at].start() if not tokens.ended else len(sql)
    tokens.seek("ON")
    event = sql[start : tokens.tokens[tokens.at].start()] if not tokens.ended else ""
    word, _, columns = event.strip().partition(" ")
    tokens.seek("WHEN", "BEGIN")
    condition = None
    if tokens.skip("WHEN"):
        start = tokens.tokens[tokens.at].start() if not tokens.ended else len(sql)
        tokens.seek("BEGIN")
        condition = sql[start : tokens.tokens[tokens.at].start()].strip() if not tokens.ended else sql[start:]
    return TriggerText(timing, f"{word.upper()} {columns}".strip(), condition)


def name_place(sql: str) -> int:
    """Where the name of what a CREATE statement makes begins. SQLite keeps it without IF NOT EXISTS and schema."""
    tokens = _Tokens(sql)
    while tokens.word in ("CREATE", "UNIQUE", "VIRTUAL", "TEMP", "TEMPORARY"):
        tokens.take()
    tokens.take()  # TABLE, INDEX, VIEW, TRIGGER
    return len(sql) if tokens.ended else tokens.tokens[tokens.at].start()


def renamed(sql: str, name: str) -> str:
    """The CREATE statement of another name, which is as it is to be written."""
    at = name_place(sql)
    found = _pattern().match(sql, at)
    return f"{sql[:at]}{name}{sql[found.end() :]}" if found else sql


def last_comment(sql: str) -> str:
    """The comment that a text ends in, or ''."""
    if "--" not in sql and "/*" not in sql:
        return ""
    last = ""
    for found in _pattern().finditer(sql):
        if not found[0].isspace():
            last = found[0] if found.lastgroup == "space" else ""
    return last
