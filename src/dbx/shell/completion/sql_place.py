"""What may stand at the cursor in a statement of SQL, by the words before it."""

from __future__ import annotations

from typing import NamedTuple

from dbx.shell.completion.sql_scope import JOINS, Block, Source, is_list, name_at, segment, sources
from dbx.shell.completion.sql_tokens import Token
from dbx.shell.completion.vocabulary import words

TABLES = frozenset(
    words("FROM JOIN INTO UPDATE TABLE DESCRIBE DESC TRUNCATE ONLY REFERENCES VIEW ANALYZE VACUUM COPY STRAIGHT_JOIN")
)
_OPERANDS = frozenset(
    words("""
SELECT WHERE AND OR NOT HAVING BY RETURNING CASE WHEN THEN ELSE DISTINCT ALL BETWEEN LIKE ILIKE REGEXP RLIKE
SIMILAR XOR DIV MOD CALL INTERVAL
""")
)
"""Words that a value stands behind."""
_CLAUSES = frozenset(
    words("""
SELECT FROM JOIN ON WHERE GROUP ORDER HAVING SET VALUES INTO UPDATE DELETE RETURNING LIMIT OFFSET USING WITH
STRAIGHT_JOIN COLUMN
""")
)
_NEW = frozenset(
    words("AS INDEX SCHEMA DATABASE SAVEPOINT CONSTRAINT FUNCTION PROCEDURE TRIGGER ROLE USER LIMIT OFFSET")
)
"""Words behind which stands a name that is none yet, or a number."""
_COMPARING = frozenset(("=", "<>", "!=", "<", ">", "<=", ">=", "==", "<=>"))


class Place(NamedTuple):
    """`kind`: statement, table, column, condition (of a join), set (a column to be set), insert (a column of a new
    row), common (a column of both sides), value, keyword, type, nothing. `owner` are the names before the dot, if any.
    `operand` is the column that a value is compared with; `target` the table that is written to."""

    kind: str
    clause: str = ""
    owner: tuple[str, ...] = ()
    operand: tuple[str, ...] = ()
    target: Source | None = None
    given: tuple[str, ...] = ()
    """The columns that are listed already."""


def place(home: Block) -> Place:
    here = home.here or 0
    owner = _owner(home, here)
    before = here - 2 * len(owner)
    found = _in_parentheses(home, before) or _behind(home, before)
    if found.kind == "table" and owner:
        return found._replace(owner=owner)
    if owner and found.kind not in ("common", "nothing", "type"):
        return found._replace(
            kind="column" if found.kind in ("keyword", "statement", "value") else found.kind, owner=owner
        )
    return found


def _owner(home: Block, here: int) -> tuple[str, ...]:
    parts: list[str] = []
    at = here - 1
    while home.sign(at) == "." and at > 0 and isinstance(item := home.items[at - 1], Token) and item.is_name:
        parts.insert(0, item.text)
        at -= 2
    return tuple(parts)


def _behind(home: Block, here: int) -> Place:
    """By what stands before it in the same parentheses."""
    first, _ = segment(home)
    clause = next((home.word(at) for at in range(here - 1, first - 1, -1) if _is_clause(home, at)), "")
    if here <= first:
        return Place("statement" if home.parent is None or here > 0 or home.is_query else "column", clause)
    item = home.items[here - 1]
    if isinstance(item, Block):
        return Place("keyword", clause)
    if item.kind == "sign":
        return _behind_sign(home, here, clause, item.text)
    word = item.word
    if word in ("SET", "COLUMN") and home.word(first) in ("UPDATE", "INSERT", "ALTER", "REPLACE", "WITH", "MERGE"):
        return Place("set", clause, target=_target(home))
    if word == "ON":
        is_join = any(home.word(at) in JOINS for at in range(first, here))
        return Place("condition" if is_join else "table" if home.word(first) == "CREATE" else "keyword", clause)
    if word in TABLES and (word not in ("FROM", "UPDATE", "INTO") or is_list(home, here - 1)):
        return Place("table", word)
    if word == "FROM":  # IS DISTINCT FROM
        return Place("value", clause, operand=_operand(home, here - 4 if home.word(here - 3) == "NOT" else here - 3))
    if word in ("LIKE", "ILIKE"):
        return Place("value", clause, operand=_operand(home, here - 2))
    if word in _OPERANDS:
        return Place("column", clause)
    if word == "AS" and clause not in ("SELECT", "FROM", "JOIN", "WITH", "INTO", "ON", ""):
        return Place("type", clause)
    if word in _NEW:
        return Place("nothing", clause)
    if word in ("EXPLAIN", "ANALYZE") or (word == "BEGIN" and here - 1 > first):
        return Place("statement", clause)
    return Place("keyword", clause)


def _behind_sign(home: Block, here: int, clause: str, sign: str) -> Place:
    if sign == "::":
        return Place("type", clause)
    if sign in (":", "@", "$", "%"):
        return Place("nothing", clause)
    if sign in _COMPARING:
        return Place("value", clause, operand=_operand(home, here - 1))
    if (
        sign == "*"
        and clause == "SELECT"
        and (home.word(here - 2) in ("SELECT", "DISTINCT") or home.sign(here - 2) in (",", "."))
    ):
        return Place("keyword", clause)
    if sign == ",":
        if clause in ("FROM", "UPDATE", "TABLE", "JOIN"):
            return Place("table", clause)
        if clause == "SET":
            return Place("set", clause, target=_target(home))
    return Place("column", clause)


def _is_clause(home: Block, at: int) -> bool:
    word = home.word(at)
    return word in _CLAUSES and (word not in ("FROM", "UPDATE") or is_list(home, at))


def _in_parentheses(home: Block, here: int) -> Place | None:
    """By what the parentheses around it are for, unless they hold a query."""
    outer = home.parent
    if outer is None or outer.here is None or (home.is_query and here > 0):
        return None
    opened = outer.here
    word, before = outer.word(opened - 1), outer.word(opened - 2)
    if word == "AS" and outer.word(0) == "WITH":
        return Place("statement")
    if word == "IN":
        at = opened - 2 if before == "NOT" else opened - 1
        return Place("value", operand=_operand(outer, at)) if _new_item(home, here) else None
    if word == "USING":
        return Place("common", given=_given(home, here)) if _new_item(home, here) else Place("nothing")
    if word == "CAST" and home.word(here - 1) == "AS":
        return Place("type")
    target = _target(outer)
    if word == "VALUES" or _is_further_row(outer, opened):
        return Place("value", operand=_inserted(outer, target, home, here)) if _new_item(home, here) else None
    is_list_of = target is not None and (target.end == opened or word == "CONFLICT" or outer.word(0) == "CREATE")
    if is_list_of and outer.word(0) == "CREATE" and "TABLE" in (outer.word(1), outer.word(2)):
        return Place("type") if not _new_item(home, here) and home.items[here - 1 :] else Place("nothing")
    if is_list_of:
        return Place("insert", target=target, given=_given(home, here)) if _new_item(home, here) else Place("keyword")
    return None


def _new_item(home: Block, here: int) -> bool:
    return here == 0 or home.sign(here - 1) == ","


def _given(home: Block, here: int) -> tuple[str, ...]:
    return tuple(
        [each.text for at, each in enumerate(home.items) if isinstance(each, Token) and each.is_name and at != here]
    )


def _target(block: Block) -> Source | None:
    """The table that a statement writes to, changes or indexes."""
    for at in range(len(block.items)):
        word = block.word(at)
        named = word in ("INTO", "UPDATE", "TABLE", "REFERENCES") or (word == "ON" and block.word(0) == "CREATE")
        if named and is_list(block, at):
            found = sources(block, at, at + 2) if word in ("INTO", "UPDATE") else []
            parts, end = name_at(block, at + 1, len(block.items))
            while block.word(end - 1) in ("IF", "NOT", "EXISTS", "ONLY") and end < len(block.items):
                parts, end = name_at(block, end, len(block.items))
            alias = found[0].alias if found else ""
            schema = parts[-2].text if len(parts) > 1 else None
            return Source(parts[-1].text, schema, alias, quoted=parts[-1].kind == "quoted", end=end)
    return None


def _inserted(outer: Block, target: Source | None, home: Block, here: int) -> tuple[str, ...]:
    """The column that a value of a new row is for: by the list of columns; ('', '3') is the fourth of the table."""
    if target is None:
        return ()
    number = sum(1 for at in range(here) if home.sign(at) == ",")
    listed = outer.items[target.end] if target.end < len(outer.items) else None
    if isinstance(listed, Block):
        names = [each.text for each in listed.items if isinstance(each, Token) and each.is_name]
        return (target.called, names[number]) if number < len(names) else ()
    return ("", str(number))


def _is_further_row(outer: Block, opened: int) -> bool:
    at = opened - 1
    while outer.sign(at) == "," and at > 0 and isinstance(outer.items[at - 1], Block):
        at -= 2
    return at < opened - 1 and outer.word(at) == "VALUES"


def _operand(block: Block, end: int) -> tuple[str, ...]:
    """The dotted name that ends before `end`."""
    item = block.items[end - 1] if end > 0 else None
    if not isinstance(item, Token) or not item.is_name:
        return ()
    return (*_owner(block, end - 1), item.text)
