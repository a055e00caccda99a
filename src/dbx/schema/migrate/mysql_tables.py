"""ALTER TABLE of MySQL and MariaDB: its clauses for the changes of one table."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.schema.ddl.mysql import shown
from dbx.schema.diff.changes import ADDED, CHANGED, REMOVED, Change
from dbx.schema.migrate.narrowing import narrows
from dbx.schema.model import Column, Table
from dbx.schema.readers.mysql.rights import grant_text
from dbx.schema.text.mysql import Tokens, literal, quoted
from dbx.schema.types.vocabulary import Type, parse

_UNSAID = {"key_block_size": "0", "max_rows": "0", "min_rows": "0", "avg_row_length": "0", "checksum": "0",
           "delay_key_write": "0", "page_checksum": "DEFAULT", "union": "()"}  # fmt: skip
"""What an option is set to that is not said any more, where that is not DEFAULT."""


class Altered:
    """A table on its way. `texts` are the lines of its statement as it should be, by kind and name."""

    def __init__(self, before: Table, after: Table) -> None:
        self.before = before
        self.after = after
        self.changes: list[Change] = []
        self.texts = items(after.definition or "")

    @property
    def empty(self) -> bool:
        return not self.changes

    @property
    def start(self) -> str:
        return f"ALTER TABLE {shown(self.after)}"

    def add(self, change: Change) -> None:
        self.changes.append(change)

    def statements(self) -> Iterator[str]:
        if self.after.definition is None:
            yield f"-- {shown(self.after)} could not be read whole: nothing is known of how to change it"
            return
        if "with system versioning" in dict(self.before.options):
            yield "SET system_versioning_alter_history = KEEP;"
        yield from self._lost()
        options = [*self._options()]
        if options:
            yield f"{self.start} {', '.join(options)};"
        clauses = [*dict.fromkeys(self._drops()), *dict.fromkeys([*self._columns(), *self._adds()])]
        if clauses:
            yield f"{self.start}\n  " + ",\n  ".join(clauses) + ";"
        yield from self._partitions()
        yield from self._grants()

    def _lost(self) -> Iterator[str]:
        for change in self.changes:
            if change.kind == "column" and change.action == REMOVED and not change.before.generated:
                yield f"-- the values of {shown(self.after)}.{quoted(change.before.name)} are lost:"
            elif change.kind == "column" and change.action == CHANGED and not change.after.generated:
                old, new = _meant(change.before), _meant(change.after)
                if narrows(old, new):
                    place = f"{shown(self.after)}.{quoted(change.after.name)}"
                    yield f"-- the values of {place} are cut, rounded or refused where {new.text} has no place:"

    def _drops(self) -> Iterator[str]:
        for change in self.changes:
            old = change.before
            if old is None or change.kind == "foreign key" or isinstance(old, Table):
                continue
            if change.kind == "column":
                if change.action == REMOVED or _is_made_anew(change):
                    yield from (f"DROP KEY {quoted(name)}" for name in self._indexes_of(old.name))
                    yield f"DROP COLUMN {quoted(old.name)}"
            elif change.kind == "primary key":
                yield "DROP PRIMARY KEY"
            elif change.kind == "index" and not _is_hidden_index(change):
                yield f"DROP KEY {quoted(old.name)}"
            elif change.kind == "check" and old.column is None:
                yield f"DROP CONSTRAINT {quoted(old.name)}"

    def _indexes_of(self, column: str) -> list[str]:
        """The indexes that are there before and after, and hold a column that is made anew."""
        if self.after.column(column) is None:
            return []
        kept = {index.name for index in self.after.indexes} & {index.name for index in self.before.indexes}
        return [index.name for index in self.after.indexes if column in index.columns and index.name in kept]

    def _columns(self) -> Iterator[str]:
        for change in self.changes:
            if change.kind == "column" and change.after is not None:
                yield from self._column(change)
            elif change.kind == "check":
                column = (change.after or change.before).column
                if column is not None and self.after.column(column):
                    yield f"MODIFY COLUMN {self._line(column)}"
            elif any(fact.name == "order of columns" for fact in change.facts):
                yield from (f"MODIFY COLUMN {self._line(each.name)}{self._place(each)}" for each in self.after.columns)
            elif any(fact.name in ("charset", "collation") for fact in change.facts):
                texts = [each for each in self.after.columns if each.family in ("str", "enum") and not each.collation]
                yield from (f"MODIFY COLUMN {self._line(each.name)}" for each in texts)

    def _column(self, change: Change) -> Iterator[str]:
        column: Column = change.after
        if change.action == ADDED or _is_made_anew(change):
            yield f"ADD COLUMN {self._line(column.name)}{self._place(column)}"
            if change.action != ADDED:
                yield from (f"ADD {self.texts['index', name]}" for name in self._indexes_of(column.name))
        elif any(not fact.name.startswith("privileges of ") for fact in change.facts):
            yield f"MODIFY COLUMN {self._line(column.name)}"

    def _line(self, name: str) -> str:
        return self.texts.get(("column", name), quoted(name))

    def _place(self, column: Column) -> str:
        """Behind which column, where it is not the last."""
        at = self.after.columns.index(column)
        if at == 0:
            return " FIRST"
        return "" if at == len(self.after.columns) - 1 else f" AFTER {quoted(self.after.columns[at - 1].name)}"

    def _adds(self) -> Iterator[str]:
        for change in self.changes:
            new = change.after
            if new is None or change.kind in ("foreign key", "column") or isinstance(new, Table):
                continue
            if change.kind == "check" and new.column is not None:
                continue
            if word := _is_hidden_index(change):
                yield f"ALTER INDEX {quoted(new.name)} {word}"
                continue
            key = {"primary key": ("primary", ""), "check": ("constraint", new.name)}.get(
                change.kind, ("index", new.name)
            )
            if key in self.texts:
                yield f"ADD {self.texts[key]}"

    def _options(self) -> Iterator[str]:
        """Options of the table, each by itself; the character set of columns follows in their own clauses."""
        options = dict(self.after.options)
        for change in self.changes:
            if not isinstance(change.after, Table):
                continue
            names = [fact.name for fact in change.facts]
            if {"charset", "collation"} & set(names):
                collation = f" COLLATE {options['collation']}" if "collation" in options else ""
                yield f"DEFAULT CHARACTER SET {options.get('charset', 'DEFAULT')}{collation}"
            for fact in change.facts:
                yield from self._option(fact.name, fact.after)

    def _option(self, name: str, value: str | None) -> Iterator[str]:
        if name == "comment":
            yield f"COMMENT = {literal(value or '')}"
        elif name == "with system versioning":
            yield f"{'ADD' if value else 'DROP'} SYSTEM VERSIONING"
        elif name.startswith("period for "):
            period = name.removeprefix("period for ")
            yield f"ADD PERIOD FOR {period} ({value})" if value else f"DROP PERIOD FOR {period}"
        elif name == "union":
            yield f"UNION = ({value or ''})"
        elif name in dict((*self.before.options, *self.after.options)) and name not in ("charset", "collation"):
            plain = value is not None and value.replace("_", "").isalnum()
            said = value if plain else _UNSAID.get(name, "DEFAULT") if value is None else literal(value)
            yield f"{name.upper()} = {said}"

    def _partitions(self) -> Iterator[str]:
        if any(fact.name == "partitioning" for change in self.changes for fact in change.facts):
            text = self.texts.get(("partitions", ""))
            yield f"{self.start} {text};" if text else f"{self.start} REMOVE PARTITIONING;"

    def _grants(self) -> Iterator[str]:
        for change in self.changes:
            if change.facts and any(fact.name.startswith("privileges of ") for fact in change.facts):
                columns = f" ({quoted(change.after.name)})" if change.kind == "column" else ""
                for grant in change.before.grants:
                    if grant not in change.after.grants:
                        words = ", ".join(word + columns for word in grant.privileges)
                        yield f"REVOKE {words} ON {shown(self.after)} FROM {grant.grantee};"
                for grant in change.after.grants:
                    if grant not in change.before.grants:
                        yield f"{grant_text(grant, shown(self.after), columns)};"


def _is_hidden_index(change: Change) -> str:
    """The word for an index that only the optimizer shall not see, or see again; '' for any other change."""
    names = {fact.name for fact in change.facts}
    if change.kind != "index" or len(names) != 1 or not names <= {"ignored", "invisible"}:
        return ""
    (fact,) = change.facts
    shown_again = {"ignored": "NOT IGNORED", "invisible": "VISIBLE"}
    return fact.name.upper() if fact.after else shown_again[fact.name]


def _meant(column: Column) -> Type:
    """A time without digits has none behind its seconds."""
    found = parse(column.type, "mysql")
    return found._replace(size=found.size or 0) if found.kind in ("time", "timestamp") else found


def _is_made_anew(change: Change) -> bool:
    """A virtual column cannot become another; what it held is not lost."""
    if change.before is None or change.after is None or change.before.generated == change.after.generated == "":
        return False
    changed = {fact.name for fact in change.facts} & {"generated", "expression", "type"}
    return bool(changed) and "virtual" in (change.before.generated, change.after.generated)


def dropped_keys(altered: Altered) -> Iterator[str]:
    """Foreign keys go first: they hold columns and indexes, and no statement drops and adds one of the same name."""
    for change in altered.changes:
        if change.kind == "foreign key" and change.before is not None:
            yield f"{altered.start} DROP FOREIGN KEY {quoted(change.before.name)};"


def made_keys(altered: Altered) -> Iterator[str]:
    for change in altered.changes:
        if change.kind == "foreign key" and change.after is not None:
            yield f"{altered.start} ADD {altered.texts.get(('constraint', change.after.name), '')};"


def items(definition: str) -> dict[tuple[str, str], str]:
    """What stands between the commas of SHOW CREATE TABLE, by kind (column, index, primary, constraint) and name; and
    the partitions, without the marks of comments around them."""
    found: dict[tuple[str, str], str] = {}
    tokens = Tokens(definition)
    while tokens.kind and tokens.word != "(":
        tokens.take()
    tokens.skip("(")
    while tokens.kind and tokens.word != ")":
        start, key = tokens.start, _key(definition, tokens.start)
        while tokens.kind and tokens.word not in (",", ")"):
            tokens.group() if tokens.word == "(" else tokens.take()
        found[key] = definition[start : tokens.end]
        tokens.skip(",")
    tokens.skip(")")
    while tokens.kind and tokens.word != "PARTITION":
        tokens.take()
    if tokens.kind:
        found["partitions", ""] = definition[tokens.start :].strip().removesuffix("*/").strip()
    return found


def _key(definition: str, at: int) -> tuple[str, str]:
    tokens = Tokens(definition, at)
    if tokens.kind == "name":
        return ("column", tokens.name())
    if tokens.skip("CONSTRAINT"):
        return ("constraint", tokens.name())
    if tokens.skip("PRIMARY"):
        return ("primary", "")
    if tokens.skip("PERIOD", "FOR"):
        return ("period", tokens.name())
    while tokens.kind not in ("name", "") and tokens.word != "(":
        tokens.take()
    return ("index", tokens.name() if tokens.kind == "name" else "")
