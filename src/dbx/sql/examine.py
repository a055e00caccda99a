"""What a statement may not do within one transaction, and what has to be counted: dbx's own rules, told beforehand."""

from __future__ import annotations

import re

from dbx.connection import Connection
from dbx.errors import Refused
from dbx.rows import Notice, Outcome, Statement
from dbx.sql.effects import Words, begins, ends
from dbx.sql.lexis import blank
from dbx.sql.parameters import bind
from dbx.sql.unit import Unit
from dbx.wording import may_write

COUNTED = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"})
_WRITES = re.compile(r"\b(?:insert|update|delete|merge|into\s+(?!@|outfile|dumpfile))\b", re.IGNORECASE)
_FILLED = re.compile(r"\bselect\b|\bas\s*\(?\s*(?:values|with|table|execute)\b", re.IGNORECASE)
_READS = frozenset({"WITH", "SELECT", "EXPLAIN", "VALUES", "TABLE"})
_UNCOUNTED = frozenset({"ALTER", "CALL", "COPY", "DO", "DROP", "EXEC", "EXECUTE", "IMPORT", "LOAD", "TRUNCATE"})
_HEADER = frozenset({"USER_VERSION", "APPLICATION_ID"})
_NAME = re.compile(r"[^\W\d][\w$]*")
_SERVERS = ("GLOBAL", "PERSIST")


def examine(
    connection: Connection, unit: Unit, *, dry_run: bool = False, max_rows: int | None = None, asks: bool = False
) -> str:
    """Refuse, before it is sent, what cannot be part of one transaction. Returns a warning of what cannot be taken
    back, or ''. `asks`: at the end somebody is asked whether it may be made lasting."""
    if unit.kind != "sql":
        return ""
    first = " ".join(unit.words[:1])
    dialect = connection.dialect
    product = connection.server.partition(" ")[0]
    if begins(unit.words) or ends(unit.words):
        raise Refused(
            f"{first} in the middle: dbx runs these statements as one transaction",
            hint="with --autocommit the script keeps its own transactions",
            place=unit.place,
        )
    for count in range(1, len(unit.words) + 1):
        if (start := " ".join(unit.words[:count])) in dialect.forbidden:
            alone = "say --yes, and run it alone" if asks else "run it alone, or use --autocommit"
            hint = "it has no dry run" if dry_run else alone
            raise Refused(f"{product} runs {start} in no transaction", hint=hint, place=unit.place)
    if max_rows is not None and is_uncounted(unit, connection):
        raise Refused(
            f"what {first} changes is not counted, so --max-rows cannot hold",
            hint="leave out --max-rows",
            place=unit.place,
        )
    reason, warning = stays(unit, connection, product)
    if dry_run or max_rows is not None:
        reason = reason or _without_transactions(unit, connection)
    if reason and dry_run:
        raise Refused(f"{reason}, so it has no dry run", place=unit.place)
    if reason and max_rows is not None:
        raise Refused(f"{reason}, so --max-rows cannot hold", place=unit.place)
    if reason and asks:
        raise Refused(f"{reason}, and in production nothing stays unasked", hint="say --yes", place=unit.place)
    return warning


def stays(unit: Unit, connection: Connection, product: str) -> tuple[str, str]:
    """Why a statement cannot be taken back, and the warning of it; '' where it can."""
    first = " ".join(unit.words[:1])
    facts = connection.dialect.transactions
    if _writes_file(unit.text, connection):
        what = "write a file or run a program on the server"
        return f"{first} would {what}", f"{first} will {what}: that stays whatever becomes of the transaction"
    if commits := facts.commits(unit.words):
        known = f"{product} cannot roll {commits} back"
        return known, f"{commits} cannot be rolled back on {product}, and commits what went before"
    if facts.permanent and first == "SET" and any(word.lstrip("@").startswith(_SERVERS) for word in unit.words[1:2]):
        return f"{product} cannot roll back what it sets for all", f"SET {unit.words[1]} stays whatever becomes of it"
    return "", ""


def _without_transactions(unit: Unit, connection: Connection) -> str:
    """The table that it names and that would keep its rows whatever happens."""
    facts = connection.dialect.transactions
    names = sorted(set(_NAME.findall(blank(unit.text.replace("`", " "), connection.syntax))))
    if not facts.lasting or not names or COUNTED.isdisjoint(unit.words[:1]):
        return ""
    values = {f"n{number}": name for number, name in enumerate(names)}
    text = facts.lasting.format(names=", ".join(f":{name}" for name in values))
    marks = connection.dialect.marks(connection.raw)
    rows = connection.run(Statement(*bind(text, values, connection.dialect.syntax, marks))).rows
    found = [(str(table), str(engine)) for batch in rows or () for table, engine in batch]
    return f"{found[0][0]} is a {found[0][1]} table, which has no transactions" if found else ""


def writes_header(words: Words) -> bool:
    """A PRAGMA that is no setting of the session but data in the file's header, where migrations count themselves."""
    return words[:1] == ("PRAGMA",) and any(word.rpartition(".")[2] in _HEADER for word in words[1:2])


def is_uncounted(unit: Unit, connection: Connection) -> bool:
    """Whether a statement may change rows that no server counts: behind a SELECT, in a procedure, or whole tables."""
    if unit.kind != "sql" or not unit.words:
        return False
    if unit.words[0] == "CREATE":
        return _fills(unit, connection)
    if unit.words[0] in _READS:
        writes = _WRITES.search(unit.text) and _WRITES.search(blank(unit.text, connection.syntax))
        return bool(writes) and not connection.dialect.counts_everything
    return unit.words[0] in _UNCOUNTED


def _fills(unit: Unit, connection: Connection) -> bool:
    """Whether a CREATE TABLE puts rows into the table as well."""
    return "TABLE" in unit.words and _FILLED.search(blank(unit.text, connection.syntax)) is not None


def is_definition(unit: Unit) -> bool:
    """Whether it changes something that is no rows: definitions, rights."""
    return unit.kind == "sql" and may_write(Statement(unit.text)) and COUNTED.isdisjoint(unit.words[:1])


def changed(outcome: Outcome, unit: Unit, max_rows: int | None) -> int:
    """Rows it has changed. Not every foreign driver tells."""
    if (
        max_rows is not None
        and outcome.changed is None
        and outcome.rows is None
        and not COUNTED.isdisjoint(unit.words[:1])
    ):
        raise Refused("the driver does not tell how many rows have changed: rolled back", hint="leave out --max-rows")
    return outcome.changed or 0


def cap(count: int, max_rows: int | None) -> None:
    if max_rows is not None and count > max_rows:
        raise Refused(f"{count:,} rows changed, more than --max-rows {max_rows:,}: rolled back")


def note(text: str, severity: str = "NOTE") -> Outcome:
    """What dbx has to say before a statement runs."""
    outcome = Outcome(Statement(""))
    outcome.notices.append(Notice(severity, text))
    return outcome


def _writes_file(text: str, connection: Connection) -> bool:
    pattern = connection.dialect.writes_file
    return pattern is not None and bool(pattern.search(text) and pattern.search(blank(text, connection.syntax)))
