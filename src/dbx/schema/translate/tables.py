"""Tables for another dialect: columns with their types, keys, and what expressions mean the same there; and a list of
all that does not come along. What another server has no words for is left out, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbx.dialects.traits import traits
from dbx.schema.listing import objects, ordered
from dbx.schema.model import Column, ForeignKey, Identity, Index, Key, Part, Schema, Table
from dbx.schema.objects import Check, Name
from dbx.schema.relations import unique
from dbx.schema.translate import definition
from dbx.schema.translate.expression import default, expression, with_truths
from dbx.schema.translate.links import with_equal_types
from dbx.schema.translate.names import names_of
from dbx.schema.translate.room import with_room
from dbx.schema.types.vocabulary import Vocabulary, parse, vocabulary
from dbx.schema.types.written import converted
from dbx.schema.writers.losses import Loss


def translated(schema: Schema, target: str) -> tuple[Schema, list[Loss]]:
    """The tables of a schema as `target` would have them, and the losses. A schema of that dialect stays as it is."""
    if traits(schema.dialect).family == traits(target).family:
        return schema, []
    return plain(schema, target)


def plain(schema: Schema, target: str) -> tuple[Schema, list[Loss]]:
    """The same, of whatever dialect the schema is: what nearly every server has."""
    found = _Translation(schema, target)
    tables = [*found.tables()]
    if found.there.typed:
        tables = found.with_equal_types(tables)
    if found.there.row_bytes:
        tables = [*map(found.with_room, tables)]
    defined = tuple(definition.defined(table, target) for table in tables)
    return ordered(Schema(target, defined)), found.losses


class _Translation:
    def __init__(self, schema: Schema, target: str) -> None:
        self.schema = schema
        self.source = schema.dialect
        self.target = target
        self.here, self.there = traits(schema.dialect).tables, traits(target).tables
        self.known: Vocabulary = vocabulary(schema)
        self.constraints: set[str] = set()
        self.losses: list[Loss] = []
        self.names = names_of(schema, target)
        self.relations = {name.name.lower() for name in self.names.values()}
        """What has a name that no index may have: tables, and the indexes that there are."""
        self.indexes: dict[Name, set[str]] = {}
        """The same, where an index may have any name that no other one of its table has."""

    def lose(self, table: Table, what: str, why: str = "") -> None:
        shown = f"{table.kind} {Name(table.name, table.schema).shown}"
        self.losses.append(Loss(shown, what, why or f"{self.target} has no words for it"))

    def tables(self) -> Iterator[Table]:
        for kind, found in objects(self.schema):
            if kind != "table" and kind not in ("schema", "enum", "domain"):
                shown = f"{kind} {Name(found.name, getattr(found, 'schema', None)).shown}"
                self.losses.append(Loss(shown, "", "only tables are written for another dialect"))
        for table in self.schema.tables:
            if table.kind == "table":
                if table.bound is not None:
                    self.lose(table, "", "its rows are in the table that it is a part of")
                elif Name(table.name, table.schema) not in self.names:
                    self.lose(
                        table,
                        "",
                        f"{self.target} cannot have it: no columns or too many, or names that it does not take",
                    )
                else:
                    yield self._table(table)

    def _table(self, table: Table) -> Table:
        name = self.names[Name(table.name, table.schema)]
        if name.name != table.name:
            self.lose(
                table, "its schema" if name.name.endswith(table.name) else "its name", f"it is called {name.name}"
            )
        for field in ("partitioning", "parents", "exclusions", "options", "grants"):
            if getattr(table, field):
                self.lose(table, field)
        keyed = {name for key in (table.primary, *table.unique) if key for name in key.columns}
        keyed |= {part.column for index in table.indexes for part in index.parts if part.column}
        checks = [each for check in table.checks if (each := self._check(table, check))]
        columns = []
        for column in table.columns:
            made, labels = self._column(table, column, column.name in keyed)
            columns.append(made)
            checks += [labels] if labels else []
        links = tuple(link for key in table.foreign_keys if (link := self._foreign_key(table, key)))
        if self.there.steady:
            checks, columns = self._steady(table, links, checks, columns)
        found = Table(
            name.name,
            name.schema,
            tuple(columns),
            self._key(table, table.primary),
            links,
            tuple(made_key for key in table.unique if (made_key := self._key(table, key))),
            checks=tuple(checks),
            indexes=tuple(kept for index in table.indexes if (kept := self._index(table, index))),
            comment=table.comment,
        )
        if not self.there.comments and (table.comment or any(each.comment for each in table.columns)):
            self.lose(table, "comments")
        return found

    def _steady(
        self, table: Table, links: tuple[ForeignKey, ...], checks: list[Check], columns: list[Column]
    ) -> tuple[list[Check], list[Column]]:
        """What is left of checks and of generated columns where none may be of a column that the server changes: by a
        foreign key, or because it counts."""
        changed = {
            definition.name(column.name, self.target): "it counts by itself" for column in columns if column.automatic
        }
        changed |= {
            definition.name(column, self.target): "a foreign key changes what it is of"
            for link in links
            if link.on_update in ("CASCADE", "SET NULL") or link.on_delete == "SET NULL"
            for column in link.columns
        }
        gone = []
        for check in checks:
            if whys := [why for column, why in changed.items() if column in check.expression]:
                gone.append(check)
                self.lose(table, f"check {check.name or check.expression}", whys[0])
        for at, column in enumerate(columns):
            whys = [why for each, why in changed.items() if each in (column.expression or "")]
            if column.generated == "stored" and whys:
                self.lose(table, f"column {column.name}, what it is generated from", whys[0])
                columns[at] = column._replace(generated="", expression=None)
        return [check for check in checks if check not in gone], columns

    def with_equal_types(self, tables: list[Table]) -> list[Table]:
        """A default follows the type: a number may have been a truth."""
        sources = {
            self.names[name]: table
            for table in self.schema.tables
            if (name := Name(table.name, table.schema)) in self.names
        }

        def filled(table: Table, column: Column) -> Column:
            old = sources[Name(table.name, table.schema)].column(column.name)
            if old is None or column.default is None:
                return column
            return column._replace(default=default(old, parse(column.type, self.target).kind, self.source, self.target))

        return with_equal_types(tables, self.lose, filled)

    def with_room(self, table: Table) -> Table:
        found, moved = with_room(table, self.there.row_bytes, self.target)
        for name in moved:
            self.lose(table, f"column {name}, its length", "a row has no room for it")
        return found

    # --- columns -----------------------------------------------------------------------------------------------------

    def _column(self, table: Table, column: Column, keyed: bool) -> tuple[Column, Check | None]:
        words, place = converted(column.type, self.source, self.target, self.known), f"column {column.name}"
        text = words.text
        if words.loss:
            self.lose(table, f"{place}, {words.loss}", f"{column.type} is {text}")
        if keyed and self.there.key_length and text.endswith(("text", "blob")):
            text = "varchar(255)" if text.endswith("text") else "varbinary(255)"
            self.lose(table, f"{place}, its length", f"what is in a key has one there: {text}")
        for field in ("collation", "grants", "options"):
            if getattr(column, field):
                self.lose(table, f"{place}, {field}")
        made = Column(column.name, text, column.nullable, column.family, comment=column.comment)
        meant = parse(column.type, self.source, self.known)
        labels = None
        if meant.kind == "enum" and not text.startswith("enum("):
            listed = ", ".join("'" + label.replace("'", "''") + "'" for label in meant.labels)
            quoted = definition.name(column.name, self.target)
            labels = Check(f"{table.name}_{column.name}_labels"[:60], f"{quoted} IN ({listed})") if listed else None
        return self._filled(table, column, made), labels

    def _filled(self, table: Table, column: Column, made: Column) -> Column:
        """The column with what is put in it when nothing is given."""
        place = f"column {column.name}"
        if column.generated:
            text = expression(column.expression or "", self.source, self.target) if column.type else None
            others = [definition.name(each.name, self.target) for each in table.columns if each.generated]
            if text is None or (self.there.stored_only and any(each in text for each in others)):
                self.lose(table, f"{place}, what it is generated from")
                return made
            kind = "stored" if self.there.stored_only else column.generated
            if not made.nullable and not self.there.sure:
                self.lose(table, f"{place}, not null")
            return made._replace(generated=kind, expression=text, nullable=made.nullable or not self.there.sure)
        if column.automatic or column.identity:
            if self.there.identity:
                whole = made.type if made.type in ("smallint", "integer") else "bigint"
                return made._replace(type=whole, identity=Identity(False), automatic=True)
            first = table.primary_key[:1] if self.there.counts_among else table.primary_key
            if first == (column.name,):
                return made._replace(automatic=True)
            self.lose(table, f"{place}, that it counts by itself", "only a primary key counts there")
            return made
        if column.default is None:
            return made
        kind = parse(column.type, self.source, self.known).kind
        if kind == "other":
            kind = parse(made.type, self.target).kind
        text = default(column, kind, self.source, self.target)
        if text and text[0] == "'" and made.type.startswith("timestamp") and self.there.moments:
            text = text if self.there.moments[0] <= text[1:20] <= self.there.moments[1] else None
        if text is None:
            self.lose(table, f"{place}, default {column.default}")
        if self.there.exact_time and text and text.startswith("CURRENT_TIMESTAMP"):
            text = "CURRENT_TIMESTAMP" + "".join(re.findall(r"\(\d\)", made.type)[:1])
        return made._replace(default=text)

    # --- keys, checks and indexes ------------------------------------------------------------------

    def _check(self, table: Table, check: Check) -> Check | None:
        text = self._expression(table, check.expression)
        if text is None:
            self.lose(table, f"check {check.name or check.expression}", "its expression may mean something else there")
            return None
        return Check(check.name, text)

    def _expression(self, table: Table, text: str) -> str | None:
        """What is a number for one server is a truth for another."""
        found = expression(text, self.source, self.target)
        kinds = {each.name: parse(each.type, self.source, self.known).kind for each in table.columns}
        truths = [name for name, kind in kinds.items() if kind == "bool"]
        if found and self.there.truths and any(f'"{name}"' in found for name, kind in kinds.items() if kind == "blob"):
            return None  # bytes are compared with nothing but bytes
        return with_truths(found, truths) if found and self.there.truths else found

    def _key(self, table: Table, key: Key | None) -> Key | None:
        if key is None:
            return None
        gone = any(part.column is None or not table.column(part.column) for part in key.parts)
        if gone or self._is_long(table, key):
            self.lose(table, f"key {key.name}")
            return None
        for field in ("include", "deferrable", "options"):
            if getattr(key, field):
                self.lose(table, f"key {key.name}, {field}")
        if key is table.primary or (not key.name and not self.there.named_keys):
            return Key("", tuple(Part(part.column) for part in key.parts))
        name = self._free(table, key.name or f"{table.name}_{'_'.join(key.columns)}_key"[:63])
        return Key(name, tuple(Part(part.column) for part in key.parts))

    def _length(self, table: Table, part: Part) -> int | None:
        """Characters of a column in a key, where they count."""
        column = table.column(part.column or "")
        if column is None:
            return None
        found = parse(column.type, self.source, self.known)
        if found.kind in ("text", "other", "blob") or (found.kind == "varchar" and found.size is None):
            return 255
        return found.size if found.kind in ("varchar", "char", "binary", "varbinary") else None

    def _is_long(self, table: Table, key: Key | Index) -> bool:
        return 0 < self.there.key_length < sum(self._length(table, part) or 8 for part in key.parts)

    def _free(self, table: Table, name: str) -> str:
        """A name for an index."""
        used = self.relations
        if not self.there.shared_names:
            used = self.indexes.setdefault(Name(table.name, table.schema), set())
        if name.lower() in used:
            name = unique([f"{table.name}_{name}".lower()[:55]], used)
        used.add(name.lower())
        return name

    def _foreign_key(self, table: Table, key: ForeignKey) -> ForeignKey | None:
        target = self.names.get(Name(key.target_table, key.target_schema))
        if target is None or not key.target_columns:
            self.lose(table, f"foreign key {key.name or ', '.join(key.columns)}", "what it refers to is not there")
            return None
        columns = self._keyed(key)
        if columns is None:
            self.lose(table, f"foreign key {key.name or ', '.join(key.columns)}", "what it refers to has no unique key")
            return None
        deferrable = key.deferrable if self.there.deferrable else ""
        if deferrable != key.deferrable or key.set_columns or key.match != "SIMPLE" or not key.validated:
            self.lose(table, f"foreign key {key.name}, when and how it is checked")
        action = key.on_delete
        required = any(column.name in key.columns and not column.nullable for column in table.columns)
        update = key.on_update
        if self.there.feasible_actions and (
            (required and "SET NULL" in (action, update)) or "SET DEFAULT" in (action, update)
        ):
            self.lose(table, f"foreign key {key.name}, {action} and {update}", f"{self.target} refuses it")
            action = "NO ACTION" if action.startswith("SET") else action
            update = "NO ACTION" if update.startswith("SET") else update
        if self.there.aligned:
            pairs = dict(zip(key.target_columns, key.columns, strict=True))
            key = key._replace(columns=tuple(pairs[each] for each in columns), target_columns=columns)
        names = {name.lower() for name in [*(u.name for u in table.unique), *(i.name for i in table.indexes)]}
        name = "" if key.name.lower() in names or key.name.lower() in self.constraints else key.name
        self.constraints.add(key.name.lower())
        return ForeignKey(
            name, key.columns, target.schema, target.name, key.target_columns, update, action,
            deferrable=deferrable,
        )  # fmt: skip

    def _keyed(self, key: ForeignKey) -> tuple[str, ...] | None:
        """The columns of the key that makes what is referred to one row: SQLite and MySQL do without one."""
        for table in self.schema.tables:
            if Name(table.name, table.schema) == Name(key.target_table, key.target_schema):
                keys = [*([table.primary] if table.primary else []), *table.unique]
                sure = [each.columns for each in keys if not self._is_long(table, each)]
                sure += [each.columns for each in table.indexes if each.unique and each.predicate is None]
                return next((columns for columns in sure if set(columns) == set(key.target_columns)), None)
        return None

    def _index(self, table: Table, index: Index) -> Index | None:
        gone = any(part.column is None or not table.column(part.column) for part in index.parts)
        if gone or len(set(index.columns)) < len(index.parts) or index.method.lower() not in ("", "btree", "hash"):
            self.lose(table, f"index {index.name}", "it is of an expression, or of a kind of its own")
            return None
        predicate = self._expression(table, index.predicate) if index.predicate else None
        if index.predicate and (predicate is None or not self.there.partial_indexes):
            predicate = None
            self.lose(table, f"index {index.name}" + ("" if index.unique else ", predicate"))
            if index.unique:
                return None
        special = any(part.prefix or part.opclass or part.collation for part in index.parts)
        if special or index.include or index.options:
            self.lose(table, f"index {index.name}, how it is kept")
        name = self._free(table, index.name or "index")
        if long := self._is_long(table, index):
            self.lose(
                table, f"index {index.name}" + ("" if index.unique else ", the ends of long texts"), "it is too long"
            )
            if index.unique:
                return None
        room = self.there.key_length // len(index.parts) if long else self.there.key_length
        parts = []
        for part in index.parts:
            prefix = room if 0 < room < (self._length(table, part) or 0) else None
            parts.append(Part(part.column, None, part.descending, prefix=prefix))
        return Index(name, tuple(parts), index.unique, predicate=predicate)
