"""How each server reaches into JSON. The steps of a path are bound values: one text of all of them, or one for each."""

from __future__ import annotations

from sqlalchemy import Boolean, Integer, Text, case, cast, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from dbx.language.server.server import writes
from dbx.language.server.text import ONE
from dbx.language.values.kinds import Sql

Step = str | int


def json_path(steps: tuple[Step, ...], key: str) -> str:
    """$."a"[0], in the words of the server for places counted from the end."""
    parts = ["$"]
    for step in steps:
        if isinstance(step, str):
            parts.append('."' + step.replace("\\", "\\\\").replace('"', '\\"') + '"')
        elif step >= 0:
            parts.append(f"[{step}]")
        elif key == "sqlite":
            parts.append(f"[#{step}]")
        else:
            parts.append("[last]" if step == -1 else f"[last{step + 1}]")
    return "".join(parts)


@writes("json element", "sqlite")
def _element_sqlite(value: Sql, path: Sql) -> Sql:
    return value.op("->", precedence=15)(path)


@writes("json element", "mysql")
def _element_mysql(value: Sql, path: Sql) -> Sql:
    return func.json_extract(value, path)


@writes("json element", "postgresql")
def _element_pg(value: Sql, *steps: Sql) -> Sql:
    for step in steps:
        value = value.op("->", precedence=15)(step)
    return value


@writes("json text", "sqlite")
def _text_sqlite(value: Sql, path: Sql) -> Sql:
    return cast(func.json_extract(value, path), Text())


@writes("json text", "mysql")
def _text_mysql(value: Sql, path: Sql) -> Sql:
    # JSON_VALUE makes NULL of JSON's null, which JSON_UNQUOTE would make the word.
    return func.json_value(value, path, type_=Text())


@writes("json text", "postgresql")
def _text_pg(value: Sql, *steps: Sql) -> Sql:
    if not steps:
        return value.op("#>>", precedence=15, return_type=Text())(literal_column("'{}'::text[]"))
    return _element_pg(value, *steps[:-1]).op("->>", precedence=15, return_type=Text())(steps[-1])


@writes("json nothing", "sqlite")
def _nothing_sqlite(value: Sql, path: Sql) -> Sql:
    return func.json_extract(value, path).is_(None)


@writes("json nothing", "mysql")
def _nothing_mysql(value: Sql, path: Sql) -> Sql:
    null = literal_column("'NULL'", Text())
    return func.coalesce(func.json_type(func.json_extract(value, path)), null) == null


@writes("json nothing", "postgresql")
def _nothing_pg(value: Sql, *steps: Sql) -> Sql:
    return _text_pg(value, *steps).is_(None)


@writes("json truth", "sqlite", "postgresql")
def _truth(text: Sql) -> Sql:
    return cast(text, Boolean())


@writes("json truth", "mysql")
def _truth_mysql(text: Sql) -> Sql:
    return text.in_([literal_column("'true'"), literal_column("'1'")])


@writes("json length", "sqlite")
def _length_sqlite(value: Sql) -> Sql:
    each = func.json_each(value).table_valued("value")
    counted = select(func.count(literal_column("*"))).select_from(each).scalar_subquery()
    return case((value.is_not(None), counted))


@writes("json length", "mysql")
def _length_mysql(value: Sql) -> Sql:
    return func.json_length(value, type_=Integer())


@writes("json length", "postgresql")
def _length_pg(value: Sql) -> Sql:
    document = cast(value, JSONB())
    names = select(func.count(literal_column("*"))).select_from(func.jsonb_object_keys(document).table_valued("key"))
    listed = func.jsonb_typeof(document) == literal_column("'array'")
    return case((listed, func.jsonb_array_length(document)), (value.is_not(None), names.scalar_subquery()))


@writes("json holds", "sqlite")
def _holds_sqlite(value: Sql, item: Sql, path: Sql) -> Sql:
    each = func.json_each(value).table_valued("key", "value")
    listed = func.json_type(value) == literal_column("'array'")
    found = case((listed, each.c.value), else_=each.c.key) == item
    return exists(select(ONE).select_from(each).where(found))


@writes("json holds", "mysql")
def _holds_mysql(value: Sql, item: Sql, path: Sql) -> Sql:
    named = func.json_contains_path(value, literal_column("'one'"), path) == ONE
    return or_(named, func.json_contains(value, func.json_quote(item)) == ONE)


@writes("json holds", "postgresql")
def _holds_pg(value: Sql, item: Sql, path: Sql) -> Sql:
    return cast(value, JSONB()).op("?", is_comparison=True, return_type=Boolean())(item)
