"""The text of an expression around the cursor: what is being typed, what stands before its dot, and which names the
comprehensions and lambdas around it bind. Nothing has to parse yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<string>[rRbBfF]{0,2}(?:'''.*?(?:'''|\Z)|\"\"\".*?(?:\"\"\"|\Z)|'(?:[^'\\\n]|\\.)*(?:'|\n|\Z)|\"(?:[^\"\\\n]|\\.)*(?:\"|\n|\Z)))"
    r"|(?P<comment>\#[^\n]*)|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)"
    r"|(?P<sign>:=|==|!=|<=|>=|<<|>>|\*\*|//|[^\w\s])",
    re.DOTALL,
)
_OPEN, _CLOSED = "([{", ")]}"
_WORDS = frozenset(("for", "in", "if", "else", "and", "or", "not", "is", "lambda", "async", "del"))


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class Binding(NamedTuple):
    """Names that a `for` binds to the items of a source, a `:=` to a value, or a lambda to the items of what its call
    is about. `how` is for, walrus or lambda; `source` the text of the expression."""

    how: str
    names: tuple[str, ...]
    source: str


class Around(NamedTuple):
    """`word` is what is typed of a name or a number; `owner` the text before its dot, None when there is no dot.
    `quote`: the cursor is in a string that begins so, `word` is what it holds so far. `before` are the tokens before
    all that."""

    word: str
    owner: str | None
    quote: str
    before: list[Token]
    bindings: list[Binding]
    text: str


def around(before: str, after: str) -> Around | None:
    """What stands around the cursor; None in comments and in numbers that are no whole ones."""
    tokens = _tokens(before)
    last = tokens[-1] if tokens else None
    word, quote = "", ""
    if last is not None and last.end == len(before):
        if last.kind == "comment" or (last.kind == "number" and not last.text.isdigit()):
            return None
        if last.kind in ("name", "number"):
            word, tokens = last.text, tokens[:-1]
            after = after[re.match(r"\w*", after).end() :]  # type: ignore[union-attr]  # it matches the empty text
        elif last.kind == "string" and (opened := _opened(last.text)):
            quote, word = opened
            tokens = tokens[:-1]
            line = after.partition("\n")[0]
            after = after[line.find(quote[-1]) + 1 :] if line.count(quote[-1]) % 2 else after
    owner = None
    if tokens and tokens[-1].text == "." and not quote:
        first = _primary(tokens, len(tokens) - 1)
        owner = before[tokens[first].start : tokens[-1].start] if first < len(tokens) - 1 else ""
        tokens = tokens[:first]
    start = tokens[-1].end if tokens else 0
    # an x stands for what is being typed, so that what is behind the cursor can be read
    text = f"{before[:start]} x {after}"
    return Around(word, owner, quote, tokens, _bindings(text, start + 1), before)


def _tokens(text: str) -> list[Token]:
    return [Token(str(found.lastgroup), found[0], found.start(), found.end()) for found in _TOKEN.finditer(text)]


def _opened(text: str) -> tuple[str, str] | None:
    """The quote that a string is opened with and what it holds, if it is not closed."""
    prefix = re.match(r"[rRbBfF]*", text)[0]  # type: ignore[index]
    rest = text[len(prefix) :]
    quote = rest[:3] if rest[:3] in ("'''", '"""') else rest[:1]
    inner = rest[len(quote) :]
    closed = inner.endswith(quote) and not (inner[:-1].endswith("\\") and not inner[:-1].endswith("\\\\"))
    return None if closed else (quote, inner)


def _primary(tokens: list[Token], end: int) -> int:
    """Where the operand begins that ends before `end`: names, dots, calls, subscripts."""
    at = end
    while at > 0:
        before = tokens[at - 1]
        if before.text in _CLOSED and before.kind == "sign":
            at = _opening(tokens, at - 1)
            if at > 0 and (tokens[at - 1].kind == "name" or tokens[at - 1].text in (")", "]")):
                if tokens[at - 1].text in _WORDS:
                    return at
                continue
        elif (before.kind == "name" and before.text not in _WORDS) or before.kind == "string":
            at -= 1
        else:
            return at
        if at > 0 and tokens[at - 1].text == "." and tokens[at - 1].kind == "sign":
            at -= 1
            continue
        return at
    return at


def _opening(tokens: list[Token], at: int) -> int:
    depth = 0
    while at >= 0:
        if tokens[at].kind == "sign":
            depth += (tokens[at].text in _CLOSED) - (tokens[at].text in _OPEN)
        if depth == 0:
            return at
        at -= 1
    return 0


def operand(tokens: list[Token], text: str) -> str:
    """The text of the operand at the end of the tokens; ''."""
    first = _primary(tokens, len(tokens))
    return text[tokens[first].start : tokens[-1].end] if first < len(tokens) else ""


def _bindings(text: str, cursor: int) -> list[Binding]:
    """The names bound around the cursor: of outer brackets first, and in each as they are made of one another."""
    tokens = _tokens(text)
    here = next((at for at, token in enumerate(tokens) if token.start >= cursor), len(tokens))
    at, levels = here, list[list[Binding]]()
    while at >= 0:
        opening = _enclosing(tokens, at)
        items = list(_level(tokens, opening + 1))
        found = [*_lambdas(text, tokens, items, opening, here), *_fors(text, tokens, items, here)]
        levels.append([*found, *_walruses(text, tokens, opening)])
        at = opening
    return [binding for level in reversed(levels) for binding in level]


def _enclosing(tokens: list[Token], at: int) -> int:
    """The bracket that is open at a token; -1 for none."""
    depth = 0
    for index in range(at - 1, -1, -1):
        token = tokens[index]
        if token.kind == "sign" and token.text in _CLOSED:
            depth += 1
        elif token.kind == "sign" and token.text in _OPEN:
            if depth == 0:
                return index
            depth -= 1
    return -1


def _level(tokens: list[Token], start: int) -> Iterator[int]:
    """The tokens within one pair of brackets, without those in brackets within."""
    depth = 0
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token.kind == "sign" and token.text in _CLOSED:
            depth -= 1
            if depth < 0:
                return
        elif depth == 0:
            yield index
        if token.kind == "sign" and token.text in _OPEN:
            depth += 1


def _fors(text: str, tokens: list[Token], items: list[int], here: int) -> Iterator[Binding]:
    starts = [place for place, at in enumerate(items) if tokens[at].text == "for" and tokens[at].kind == "name"]
    for place in starts:
        within = next((n for n in range(place + 1, len(items)) if tokens[items[n]].text == "in"), None)
        if within is None or within + 1 >= len(items):
            continue
        ends = ("for", "if", "async")
        end = next((n for n in range(within + 1, len(items)) if tokens[items[n]].text in ends), len(items))
        first, last = items[within + 1], items[end - 1]
        stop = _span_end(tokens, last)
        if first <= here <= stop:
            continue  # a source does not see its own variable
        names = tuple([tokens[at].text for at in items[place + 1 : within] if tokens[at].kind == "name"])
        yield Binding("for", names or _tuple(tokens, items[place + 1]), text[tokens[first].start : tokens[stop].end])


def _tuple(tokens: list[Token], opening: int) -> tuple[str, ...]:
    """The names of `for (a, b) in …`."""
    return tuple([tokens[at].text for at in _level(tokens, opening + 1) if tokens[at].kind == "name"])


def _span_end(tokens: list[Token], at: int) -> int:
    """The last token of what begins with the token at `at`: behind an opening bracket, the closing one."""
    if tokens[at].kind != "sign" or tokens[at].text not in _OPEN:
        return at
    inner = at
    for inner in range(at + 1, len(tokens)):
        if tokens[inner].text in _CLOSED and _opening(tokens, inner) == at:
            return inner
    return inner


def _walruses(text: str, tokens: list[Token], opening: int) -> Iterator[Binding]:
    """They are good in the whole comprehension, wherever they stand in it."""
    end = _span_end(tokens, opening) if opening >= 0 else len(tokens) - 1
    for at in range(opening + 2, end):
        if tokens[at].text == ":=" and tokens[at - 1].kind == "name":
            inner = list(_level(tokens, at + 1))
            stop = next((n - 1 for n in inner if tokens[n].text in (",", "for", "if")), _last(tokens, inner))
            if stop > at:
                yield Binding("walrus", (tokens[at - 1].text,), text[tokens[at + 1].start : tokens[stop].end])


def _last(tokens: list[Token], items: list[int]) -> int:
    return _span_end(tokens, items[-1]) if items else -1


def _lambdas(text: str, tokens: list[Token], items: list[int], opening: int, here: int) -> Iterator[Binding]:
    """Lambdas of a call that the cursor is in: their parameter is an item of the call's first argument."""
    for at in items:
        if tokens[at].text == "lambda" and at < here:
            names = []
            for index in range(at + 1, min(here, len(tokens))):
                if tokens[index].text == ":":
                    break
                if tokens[index].kind == "name":
                    names.append(tokens[index].text)
            first = next((n for n in items if tokens[n].text == ","), at)
            source = text[tokens[opening + 1].start : tokens[first - 1].end] if first > opening + 1 else ""
            method = _method_owner(text, tokens, opening)
            if names and (source or method):
                yield Binding("lambda", tuple(names), method or source)


def _method_owner(text: str, tokens: list[Token], opening: int) -> str:
    """The q of `q.filter(lambda …)`."""
    if opening > 2 and tokens[opening - 1].kind == "name" and tokens[opening - 2].text == ".":
        first = _primary(tokens, opening - 2)
        return text[tokens[first].start : tokens[opening - 3].end] if first < opening - 2 else ""
    return ""
