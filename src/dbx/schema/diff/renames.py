"""Renames: what is gone and what is new may be one thing. Nothing tells for sure, so it is asked, and a yes is given
by name (`--rename OLD=NEW`); then the older schema is seen as if the name had been the new one before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dbx.dialects.traits import traits
from dbx.errors import UsageError
from dbx.schema.diff.changes import ADDED, REMOVED, Change, Diff, Rename
from dbx.schema.model import Column, ForeignKey, Part, Schema, Table
from dbx.schema.objects import Name, Trigger


def asked(diff: Diff) -> Diff:
    """The diff with its questions: for each thing that is gone, the one new thing that is most like it."""
    return diff._replace(questions=(*_tables(diff.changes), *_columns(diff)))


def _tables(changes: Sequence[Change]) -> Iterator[Rename]:
    gone, new = _sides([change for change in changes if isinstance(change.before or change.after, Table)])
    for old in gone:
        same = [found for found in new if found.kind == old.kind and _alike(old.before, found.after)]
        if len(same) == 1 and old.before.schema == same[0].after.schema:
            why = "the same columns" if not old.before.is_view else "the same query"
            table = old.before
            yield Rename(old.kind, table.name, same[0].after.name, None, why, table.schema)


def _alike(old: Table, new: Table) -> bool:
    if old.is_view:
        return old.query == new.query
    return bool(old.columns) and [_likeness(each) for each in old.columns] == [_likeness(each) for each in new.columns]


def _likeness(column: Column) -> tuple[str, str, bool]:
    return (column.name, column.type, column.nullable)


def _columns(diff: Diff) -> Iterator[Rename]:
    parts: dict[Name, list[Change]] = {}
    for change in diff.changes:
        if change.kind == "column" and change.within:
            parts.setdefault(change.within, []).append(change)
    tables, after = (_places(schema) for schema in (diff.before, diff.after))
    for within, changes in parts.items():
        gone, new = _sides(changes)
        for old in gone:
            place = tables.get((within, old.before.name))
            likely = [
                (found, _why(old.before, found.after, same_place=place == after.get((within, found.after.name))))
                for found in new
            ]
            told = [(found, why) for found, why in likely if why]
            best = [pair for pair in told if "place" in pair[1]] or told
            if len(best) == 1:
                found, why = best[0]
                yield Rename("column", old.before.name, found.after.name, within, why)


def _places(schema: Schema) -> dict[tuple[Name, str], int]:
    """Where in its table a column stands."""
    return {
        (Name(table.name, table.schema), column.name): place
        for table in schema.tables
        for place, column in enumerate(table.columns)
    }


def _why(old: Column, new: Column, *, same_place: bool) -> str:
    """What the two columns have in common, '' if that is too little."""
    if (old.type, old.generated, old.expression) != (new.type, new.generated, new.expression):
        return ""
    common = ["type"]
    common += ["place"] if same_place else []
    common += ["comment"] if old.comment and old.comment == new.comment else []
    return f"same {' and '.join(common)}"


def _sides(changes: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    return [each for each in changes if each.action == REMOVED], [each for each in changes if each.action == ADDED]


# --- answered ---------------------------------------------------------------------------------------------------------


def answers(schema: Schema, after: Schema, given: Sequence[str]) -> tuple[Schema, list[Rename]]:
    """The renames that `TABLE=TABLE` and `TABLE.COLUMN=COLUMN` stand for, one behind the other, and the schema as it is
    behind them. Raises UsageError for what is nothing's."""
    found: list[Rename] = []
    for text in given:
        found.append(_answer(schema, after, text, found))
        schema = renamed(schema, found[-1])
    return schema, found


def _answer(schema: Schema, after: Schema, text: str, earlier: Sequence[Rename]) -> Rename:
    old, equals, new = text.partition("=")
    if not equals or not new:
        raise UsageError(f"--rename {text}: no new name", hint="--rename OLD=NEW, or --rename TABLE.OLD=NEW")
    for rename in earlier:  # a column of a table by its old name
        if rename.within is None and old.startswith(f"{rename.before}."):
            old = rename.after + old.removeprefix(rename.before)
    targets = {Name(each.name, each.schema): each for each in after.tables}
    for table in schema.tables:
        name = Name(table.name, table.schema)
        for known in (name.shown, table.name):
            if known == old:
                goal = Name(new.removeprefix(f"{table.schema}."), table.schema)
                if goal not in targets:
                    raise UsageError(f"--rename {text}: there is no {goal.shown} to be")
                return Rename(table.kind, table.name, goal.name, None, schema=table.schema)
            column = old.removeprefix(f"{known}.")
            if column != old and table.column(column):
                other = targets.get(name)
                goal_name = new.removeprefix(f"{known}.")
                if other is None or other.column(goal_name) is None:
                    raise UsageError(f"--rename {text}: there is no {name.shown}.{goal_name} to be")
                return Rename("column", column, goal_name, name)
    raise UsageError(f"--rename {text}: there was no table or column {old}")


def renamed(schema: Schema, rename: Rename) -> Schema:
    """The schema as it is after the rename. The servers change what refers to the name too, and most of them texts as
    well."""
    if rename.within is None:
        return _renamed_table(schema, rename)
    return schema._replace(tables=tuple([_with_column(table, rename) for table in schema.tables]))


def _renamed_table(schema: Schema, rename: Rename) -> Schema:
    tables = []
    for table in schema.tables:
        keys = tuple(
            [
                key._replace(target_table=rename.after)
                if (key.target_table, key.target_schema) == (rename.before, rename.schema)
                else key
                for key in table.foreign_keys
            ]
        )
        name = rename.after if (table.name, table.schema) == (rename.before, rename.schema) else table.name
        query = _word(table.query, rename) if traits(schema.dialect).follows else table.query
        tables.append(table._replace(name=name, foreign_keys=keys, query=query))
    lists: dict[str, Any] = {}
    for field in ("triggers", "policies", "others"):
        lists[field] = tuple(
            [
                each._replace(table=rename.after, **_texts(each, rename))
                if (each.table, each.schema) == (rename.before, rename.schema)
                else each
                for each in getattr(schema, field)
            ]
        )
    return schema._replace(tables=tuple(tables), **lists)


def _texts(found: Any, rename: Rename) -> dict[str, Any]:
    return {"definition": _word(found.definition, rename)} if isinstance(found, Trigger) else {}


def _with_column(table: Table, rename: Rename) -> Table:
    within = rename.within
    keys = [_key(table, key, rename) for key in table.foreign_keys]
    table = table._replace(foreign_keys=tuple(keys))
    if Name(table.name, table.schema) != within:
        return table
    columns = [
        each._replace(
            name=rename.after if each.name == rename.before else each.name, expression=_word(each.expression, rename)
        )
        for each in table.columns
    ]
    lists: dict[str, Any] = {}
    for field in ("unique", "exclusions", "indexes"):
        lists[field] = tuple([each._replace(parts=_parts(each.parts, rename)) for each in getattr(table, field)])
    primary = table.primary
    if primary is not None:
        primary = primary._replace(parts=_parts(primary.parts, rename))
    checks = [each._replace(expression=_word(each.expression, rename) or "") for each in table.checks]
    return table._replace(columns=tuple(columns), primary=primary, checks=tuple(checks), **lists)


def _key(table: Table, key: ForeignKey, rename: Rename) -> ForeignKey:
    if rename.within == Name(table.name, table.schema):
        key = key._replace(columns=_listed(key.columns, rename))
    if rename.within == Name(key.target_table, key.target_schema):
        key = key._replace(target_columns=_listed(key.target_columns, rename))
    return key


def _listed(names: Sequence[str], rename: Rename) -> tuple[str, ...]:
    return tuple([rename.after if name == rename.before else name for name in names])


def _parts(parts: Sequence[Part], rename: Rename) -> tuple[Part, ...]:
    return tuple(
        [
            part._replace(
                column=rename.after if part.column == rename.before else part.column,
                expression=_word(part.expression, rename),
            )
            for part in parts
        ]
    )


def _word(text: str | None, rename: Rename) -> str | None:
    if text is None:
        return None
    return re.sub(rf"(?<![\w$]){re.escape(rename.before)}(?![\w$])", lambda _: rename.after, text)
