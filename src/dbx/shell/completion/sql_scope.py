"""What a statement of SQL reads from: parentheses as a tree, and in each query its tables, aliases, subqueries, CTEs.

Nothing here fails: of a text that is no statement yet as much is understood as there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dbx.shell.completion.sql_tokens import Token, Typed
from dbx.shell.completion.vocabulary import words

SETS = frozenset(("UNION", "INTERSECT", "EXCEPT", "MINUS"))
QUERY = frozenset(("SELECT", "WITH", "VALUES", "TABLE"))
JOINS = frozenset(("JOIN", "STRAIGHT_JOIN"))
NO_ALIAS = frozenset(
    words("""
ON USING WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH FOR WINDOW UNION INTERSECT EXCEPT MINUS JOIN INNER LEFT
RIGHT FULL CROSS NATURAL OUTER STRAIGHT_JOIN SET VALUES SELECT RETURNING DEFAULT AS FROM INTO WHEN TABLESAMPLE
FORCE IGNORE USE LATERAL AND OR NOT DO PARTITION INDEXED OVERRIDING WITH
""")
)
"""Words behind a table that are not its alias."""


@dataclass(eq=False)
class Block:
    """What stands between two parentheses, or the whole statement. `here`: the index of the item that the cursor is
    in, or None."""

    items: list[Token | Block] = field(default_factory=list)
    parent: Block | None = None
    here: int | None = None

    def word(self, index: int) -> str:
        """The keyword at an index; '' for anything else, and beyond the ends."""
        item = self.items[index] if 0 <= index < len(self.items) else None
        return item.word if isinstance(item, Token) else ""

    def sign(self, index: int) -> str:
        item = self.items[index] if 0 <= index < len(self.items) else None
        return item.text if isinstance(item, Token) and item.kind == "sign" else ""

    @property
    def is_query(self) -> bool:
        return self.word(0) in QUERY or bool(
            self.items and isinstance(self.items[0], Block) and self.items[0].is_query and self.parent
        )


@dataclass(eq=False)
class Source:
    """A table, subquery or CTE of a query. `alias` is what its columns are called by; `query` what it is, if no table;
    `columns` their names, where they are given."""

    name: str = ""
    schema: str | None = None
    alias: str = ""
    query: Block | None = None
    columns: tuple[str, ...] = ()
    quoted: bool = False
    end: int = 0

    @property
    def called(self) -> str:
        return self.alias or self.name


def tree(text: Typed) -> tuple[Block, Block]:
    """The statement that the cursor is in, and the innermost block of it that the cursor is in."""
    root = block = Block()
    home: Block | None = None
    for index, token in enumerate(text.tokens):
        if token.kind == "sign" and token.text == ";" and home is None:
            root = block = Block()
            continue
        if token.kind == "sign" and token.text == ";":
            break
        if token.kind == "sign" and token.text == "(":
            inner = Block(parent=block)
            block.items.append(inner)
            block = inner
        elif token.kind == "sign" and token.text == ")":
            block = block.parent or block
        else:
            block.items.append(token)
        if index == text.at:
            home = block
    assert home is not None
    mark(home, len(home.items) - 1 if home.here is None else home.here, text.current)
    return root, home


def mark(home: Block, index: int, current: Token) -> None:
    """Tell every block around the cursor where in it the cursor is."""
    home.here = next((at for at, item in enumerate(home.items) if item is current), index)
    block = home
    while block.parent is not None:
        block.parent.here = next(at for at, item in enumerate(block.parent.items) if item is block)
        block = block.parent


def segment(block: Block) -> tuple[int, int]:
    """The SELECT of a UNION that the cursor is in: its first item, and the one behind its last."""
    here = block.here if block.here is not None else 0
    edges = [at for at in range(len(block.items)) if block.word(at) in SETS]
    first = max((at + 1 for at in edges if at < here), default=0)
    return first, min((at for at in edges if at >= here and at != block.here), default=len(block.items))


def sources(block: Block, first: int = 0, last: int | None = None) -> list[Source]:
    """What the items between `first` and `last` read from or write to."""
    found: list[Source] = []
    last = len(block.items) if last is None else last
    at = first
    while at < last:
        word = block.word(at)
        if word in JOINS or (word in ("FROM", "UPDATE", "INTO", "USING") and is_list(block, at)):
            at = _read(block, at + 1, last, found, function=word != "INTO")
            while word not in ("UPDATE", "INTO") and at < last and block.sign(at) == ",":
                at = _read(block, at + 1, last, found)
        else:
            at += 1
    return found


def is_list(block: Block, at: int) -> bool:
    """Whether this FROM, UPDATE, INTO or USING is followed by a table."""
    word, before = block.word(at), block.word(at - 1)
    if word == "FROM":
        return before != "DISTINCT" or block.word(at - 2) not in ("IS", "NOT")
    if word == "UPDATE":
        return before not in ("FOR", "ON", "DO", "KEY", "NO")
    if word == "USING":
        return isinstance(block.items[at + 1], Token) if at + 1 < len(block.items) else False
    return True


def _read(block: Block, at: int, last: int, found: list[Source], *, function: bool = True) -> int:
    """One source from `at` on; returns where it ends. `function`: what has parentheses is no table."""
    while block.word(at) in ("ONLY", "LATERAL", "TABLE", "IGNORE", "LOW_PRIORITY", "OR", "OVERWRITE") and at < last:
        at += 1
    if at >= last:
        return at
    item = block.items[at]
    source = Source()
    if isinstance(item, Block):
        if item.is_query:
            source.query = item
        else:  # a join in parentheses
            _read(item, 0, len(item.items), found)
            found += sources(item)
        at += 1
    elif item.is_name and item.word not in NO_ALIAS:
        parts, at = name_at(block, at, last)
        source.name = parts[-1].text
        source.quoted = parts[-1].kind == "quoted"
        source.schema = parts[-2].text if len(parts) > 1 else None
        if function and at < last and isinstance(block.items[at], Block):
            source = Source()
            at += 1
    else:
        return at
    at = _alias(block, at, last, source)
    source.end = at
    if source.called or source.query:
        found.append(source)
    return at


def _alias(block: Block, at: int, last: int, source: Source) -> int:
    explicit = block.word(at) == "AS"
    at += explicit
    item = block.items[at] if at < last else None
    if isinstance(item, Token) and item.is_name and item.word not in NO_ALIAS and at != block.here:
        source.alias = item.text
        at += 1
        columns = block.items[at] if at < last else None
        if isinstance(columns, Block) and source.query is not None:
            source.columns = tuple(names(columns.items))
            at += 1
    return at


def name_at(block: Block, at: int, last: int) -> tuple[list[Token], int]:
    """The parts of a dotted name, and where it ends."""
    parts: list[Token] = []
    while at < last:
        item = block.items[at]
        if not isinstance(item, Token) or not item.is_name:
            break
        parts.append(item)
        at += 1
        if block.sign(at) != ".":
            break
        at += 1
    return parts or [Token("word", "")], at


def names(items: Iterable[Token | Block]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Token) and item.is_name:
            yield item.text


def ctes(block: Block | None) -> dict[str, Source]:
    """The common table expressions that can be named in a block, those of the blocks around it included."""
    found: dict[str, Source] = {}
    while block is not None:
        for name, source in _own_ctes(block):
            found.setdefault(name, source)
        block = block.parent
    return found


def _own_ctes(block: Block) -> Iterator[tuple[str, Source]]:
    if block.word(0) != "WITH":
        return
    at = 2 if block.word(1) == "RECURSIVE" else 1
    while at < len(block.items):
        item = block.items[at]
        if not isinstance(item, Token) or not item.is_name:
            return
        source = Source(name=item.text)
        at += 1
        if at < len(block.items) and isinstance(columns := block.items[at], Block):
            source.columns = tuple(names(columns.items))
            at += 1
        while block.word(at) in ("AS", "NOT", "MATERIALIZED"):
            at += 1
        if at < len(block.items) and isinstance(body := block.items[at], Block):
            source.query = body
            at += 1
        yield item.text, source
        if block.sign(at) != ",":
            return
        at += 1
