"""The attributes of a row: its columns, where its foreign keys lead, and what refers to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import and_

from dbx.language.names.tables import Entry, match
from dbx.language.refusal import Unfit, near, suggestion
from dbx.language.select import keys
from dbx.language.select.frame import Followed, Frame
from dbx.language.values.kinds import Hop, Query, Row, Scalar, Value
from dbx.schema.model import ForeignKey, Table
from dbx.schema.relations import stem

if TYPE_CHECKING:
    from dbx.language.evaluation.evaluator import Evaluator


def attribute(evaluator: Evaluator, row: Row, name: str) -> Value:
    """Column, then forward reference, then reverse collection."""
    found = find(evaluator, row, name)
    if found is not None:
        return found
    model = keys.model(row)
    if model is None:
        raise Unfit("E-ATTR", f"no column '{name}' here", suggestion(name, keys.names(row), "columns"))
    if model.is_view:
        message = f"view '{model.name}' has no column '{name}', and no foreign keys"
        if model.foreign_keys:
            message = f"view '{model.name}' has no column or reference '{name}'"
            raise Unfit("E-ATTR", message, _help(evaluator, row, model, name))
        parts = (suggestion(name, keys.names(row), "columns"), _declaration(model, name))
        raise Unfit("E-ATTR", message, "  ".join(part for part in parts if part))
    raise Unfit(
        "E-ATTR",
        f"'{model.name}' has no column, reference or collection '{name}'",
        _help(evaluator, row, model, name),
    )


def _declaration(model: Table, name: str) -> str:
    column = next((c.name for c in model.columns if stem((c.name,)) == name), None) or "column"
    return f"declare one with \\fk {model.name}.{column} -> {name if column != 'column' else 'table'}.{column}"


def find(evaluator: Evaluator, row: Row, name: str) -> Value | None:
    column = match(name, keys.names(row))
    if column is None and name.endswith("_"):
        column = match(name.rstrip("_"), keys.names(row))
    if column is not None:
        return plain(row, column)
    model = keys.model(row)
    if model is None:
        return None
    forward = references(evaluator, model)
    reference = match(name, list(forward)) or match(name.rstrip("_"), list(forward))
    if reference is not None:
        return follow(evaluator, row, forward[reference], reference)
    return collection(evaluator, row, name)


def plain(row: Row, name: str) -> Scalar:
    """The value of a column; one that is a foreign key can be followed by a further dot."""
    scalar = keys.column(row, name)
    model = keys.model(row)
    for key in model.foreign_keys if model else ():
        if key.columns == (name,):
            return replace(scalar, reference=(row, key))
    return scalar


def follow(evaluator: Evaluator, row: Row, key: ForeignKey, name: str) -> Row:
    model = keys.model(row)
    assert model is not None
    entry = evaluator.names.target(key, model)
    if entry is None:
        raise Unfit("E-ATTR", f"the table '{key.target_table}' that '{name}' refers to cannot be read")
    if not key.target_columns:
        key = key._replace(target_columns=entry.model.primary_key)
    return Row(None, f"{row.path}_{name}" if row.path else name, Hop(row, key, entry, evaluator, name))


def references(evaluator: Evaluator, model: Table) -> dict[str, ForeignKey]:
    """The names under which the foreign keys of a table can be followed."""
    columns = {column.name for column in model.columns}
    found: dict[str, list[ForeignKey]] = {}
    for key in model.foreign_keys:
        found.setdefault(stem(key.columns), []).append(key)
    named = {name: keys_[0] for name, keys_ in found.items() if name and len(keys_) == 1 and name not in columns}
    for key in model.foreign_keys:
        alone = sum(other.target_table == key.target_table for other in model.foreign_keys) == 1
        if alone and key.target_table not in columns:
            named.setdefault(key.target_table, key)
    return named


def collection(evaluator: Evaluator, row: Row, name: str) -> Query | None:
    """The rows of another table that refer to this one, or that an association table connects with it."""
    model = keys.model(row)
    if model is None:
        return None
    found = collections(evaluator, model)
    exact = match(name, list(found))
    if exact is None:
        return None
    candidates = found[exact]
    if len(candidates) > 1:
        options = sorted(other for other, ways in found.items() if len(ways) == 1 and ways[0] in candidates)
        raise Unfit("E-AMBIG", f"several foreign keys lead to '{model.name}' from '{name}'", ", ".join(options))
    return gather(evaluator, row, *candidates[0])


Way = tuple[Entry, ForeignKey, ForeignKey | None]
"""The child table, its key to this row, and for an association table its key to the far side."""


def collections(evaluator: Evaluator, model: Table) -> dict[str, list[Way]]:
    """The names of what refers to a table; several ways under one name make it ambiguous."""
    found: dict[str, list[Way]] = {}
    children = list(evaluator.names.children(model))
    exact = {entry.model.name for entry, _ in children}
    for entry, key in children:
        way: Way = (entry, key, None)
        name = entry.model.name
        found.setdefault(name, []).append(way)
        if plural(name) not in exact:
            found.setdefault(plural(name), []).append(way)
        if f"{name}_by_{stem(key.columns) or key.columns[0]}" not in exact:
            found.setdefault(f"{name}_by_{stem(key.columns) or key.columns[0]}", []).append(way)
        far = _far(entry.model, key)
        if far is not None:
            for label in (far.target_table, plural(far.target_table)):
                if label not in exact:
                    found.setdefault(label, []).append((entry, key, far))
    return found


def _far(child: Table, key: ForeignKey) -> ForeignKey | None:
    """The other foreign key of a pure association table: two keys that are its primary key, and nothing else."""
    if len(child.foreign_keys) != 2 or key not in child.foreign_keys:
        return None
    first, second = child.foreign_keys
    both = {*first.columns, *second.columns}
    rest = [c for c in child.columns if c.name not in both and not c.nullable and c.default is None]
    return (second if key == first else first) if set(child.primary_key) == both and not rest else None


def plural(name: str) -> str:
    lower = name.lower()
    if lower.endswith("y") and lower[-2:-1] not in tuple("aeiou"):
        return name[:-1] + "ies"
    return name + ("es" if lower.endswith(("s", "x", "ch", "sh")) else "s")


def gather(evaluator: Evaluator, row: Row, child: Entry, key: ForeignKey, far: ForeignKey | None) -> Query:
    anchor = keys.table_anchor(evaluator, child, evaluator.short_alias(child.model.name))
    base = keys.joined(row)
    pairs = zip(key.columns, key.target_columns or (keys.model(row) or child.model).primary_key, strict=True)
    anchor.on = and_(*(anchor.columns[theirs].sql == keys.column(row, ours).sql for theirs, ours in pairs))
    anchor.base = base
    evaluator.followed.append(Followed(row, child.model.name, key, anchor, collection=True))
    frame = Frame()
    frame.add(anchor)
    element = Row(anchor)
    if far is not None:
        element = follow(evaluator, element, far, "")
        keys.joined(element)
    return Query(frame, element, collection=True)


def _help(evaluator: Evaluator, row: Row, model: Table, name: str) -> str:
    """A near miss here or one dot further, and the columns there are."""
    own = keys.names(row)
    close = near(name, [*own, *references(evaluator, model), *collections(evaluator, model)])
    if not close:
        further = dict(_further(evaluator, model))
        word = near(name, further)
        close = further[word] if word else ""
    start = f"{evaluator.owner}." if evaluator.owner and close else ""
    parts = [f"did you mean '{start}{close}'?" if close else "", suggestion("", own, "columns")]
    return "  ".join(part for part in parts if part)


def _further(evaluator: Evaluator, model: Table) -> Iterator[tuple[str, str]]:
    """What a row has one dot further on: (name, the way there)."""
    for way, key in references(evaluator, model).items():
        entry = evaluator.names.target(key, model)
        if entry is not None:
            found = [*references(evaluator, entry.model), *(column.name for column in entry.model.columns)]
            yield from ((name, f"{way}.{name}") for name in found)
