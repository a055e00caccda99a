"""SELECT, INSERT, UPDATE, DELETE and what stands in FROM, as the source text that would make them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    Alias,
    CompoundSelect,
    Delete,
    Insert,
    Join,
    Lateral,
    Select,
    Subquery,
    TableClause,
    TableSample,
    TableValuedAlias,
    Update,
    Values,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.mysql.dml import OnDuplicateClause
from sqlalchemy.dialects.postgresql import dml as postgresql_dml
from sqlalchemy.dialects.sqlite import dml as sqlite_dml
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import SelectStatementGrouping

from dbx.language.program.code import Code, Piece, Writer, arguments, chained, quoted, unsaid


def whole(code: Code, statement: Any) -> str:
    """The statement of the program: on several lines where it is long."""
    for kind, write in _LONG.items():
        if isinstance(statement, kind):
            return write(code, statement, False).text
    return code.write(statement)


# --- queries ---------------------------------------------------------------------------------------------------------


def _select(code: Code, found: Select[Any], inner: bool = True) -> Piece:
    columns = [code.write(each) for each in found._raw_columns]
    methods = [*_clauses(code, found), *(_correlated(code, found) if inner else ())]
    return chained(code.use("select"), columns, methods, inner=inner)


def _clauses(code: Code, found: Select[Any]) -> Iterator[str]:
    if found._from_obj:
        yield f".select_from({code.listed(found._from_obj)})"
    for target, on, left, flags in found._setup_joins:
        start = f".join_from({code.write(left)}, " if left is not None else ".join("
        yield start + arguments(code.write(target), code.write(on) if on is not None else "", *_flags(flags)) + ")"
    yield from _where(code, found)
    if found._group_by_clauses:
        code.keyed |= {id(part) for each in found._group_by_clauses for part in visitors.iterate(each)}
        yield f".group_by({code.listed(found._group_by_clauses)})"
    if found._having_criteria:
        yield f".having({code.listed(found._having_criteria)})"
    if found._pre_columns_clause is not None:
        by: Any = found._pre_columns_clause
        yield f".ext({code.use('distinct_on', 'sqlalchemy.dialects.postgresql')}({code.listed(by._distinct_on)}))"
    elif found._distinct:
        yield f".distinct({code.listed(found._distinct_on)})"
    yield from _rest(code, found)
    for what, _ in found._prefixes:
        yield f".prefix_with({quoted(str(what))})"
    for what, _ in found._suffixes:
        yield f".suffix_with({quoted(str(what))})"
    if found._hints or found._statement_hints or found._independent_ctes:
        raise unsaid("hints")


def _correlated(code: Code, found: Select[Any]) -> Iterator[str]:
    """Only a query inside another has anything outside."""
    if found._correlate_except is not None:
        yield f".correlate_except({code.listed(found._correlate_except)})"
    elif found._correlate:
        yield f".correlate({code.listed(found._correlate)})"


def _flags(flags: Mapping[str, Any]) -> list[str]:
    return [f"{name}=True" for name in ("isouter", "full") if flags.get(name)]


def _where(code: Code, found: Any) -> Iterator[str]:
    if found._where_criteria:
        yield f".where({', '.join(code.write(each) for each in found._where_criteria)})"


def _rest(code: Code, found: Any) -> Iterator[str]:
    """What queries and sets of them have in common."""
    if found._order_by_clauses:
        yield f".order_by({code.listed(found._order_by_clauses)})"
    for name, clause in (("limit", found._limit_clause), ("offset", found._offset_clause)):
        if clause is not None:
            yield f".{name}({code.argument(clause)})"
    if found._fetch_clause is not None:
        options = [f"{name}=True" for name, wanted in (found._fetch_clause_options or {}).items() if wanted]
        yield f".fetch({arguments(code.argument(found._fetch_clause), *options)})"
    lock = found._for_update_arg
    if lock is not None:
        flags = {"nowait": lock.nowait, "read": lock.read, "skip_locked": lock.skip_locked, "key_share": lock.key_share}
        of = [f"of=[{code.listed(lock.of)}]"] if lock.of else []
        yield f".with_for_update({arguments(*of, *(f'{name}=True' for name, wanted in flags.items() if wanted))})"


def _compound(code: Code, found: CompoundSelect[Any], inner: bool = True) -> Piece:
    name = (
        found.keyword.value.lower().replace(" ", "_").replace("except", "except_").replace("except__all", "except_all")
    )
    return chained(code.use(name), map(code.write, found.selects), _rest(code, found), inner=inner)


def _grouped(code: Code, found: SelectStatementGrouping[Any]) -> Piece:
    return code.piece(found.element)


# --- FROM ------------------------------------------------------------------------------------------------------------


def _table(code: Code, table: SqlTable) -> Piece:
    schema = f"schema={quoted(table.schema)}" if table.schema else ""
    code.use("MetaData")

    def write() -> str:
        parts = arguments(quoted(table.name), "metadata", schema, "autoload_with=engine")
        return f"{code.use('Table')}({parts})"

    return Piece(code.define(table, table.name, write))


def _light_table(code: Code, table: TableClause) -> Piece:
    raise unsaid(f"the table {table.name}, which the database does not have")


def _alias(code: Code, found: Alias) -> Piece:
    name = _name(found)
    if code.conflict and name in ("excluded", "inserted"):
        return Piece(f"{code.conflict}.{name}")
    wanted = name or f"{getattr(found.element, 'name', 't')}_alias"
    # of a rewritten expression there may be copies
    key = (name, id(found.element)) if name else None
    text = f".alias({quoted(name) if name else ''})"
    return Piece(code.define(found, wanted, lambda: code.write(found.element) + text, key))


def _name(found: Any) -> str:
    return "" if type(found.name).__name__ == "_anonymous_label" else str(found.name)


def _subquery(code: Code, found: Any) -> Piece:
    method = "lateral" if isinstance(found, Lateral) else "subquery"
    name = quoted(_name(found)) if _name(found) else ""
    return Piece(code.define(found, _name(found) or "part", lambda: f"{code.write(found.element)}.{method}({name})"))


def _cte(code: Code, found: CTE) -> Piece:
    def write() -> str:
        if found._cte_alias is not None:
            return f"{code.write(found._cte_alias)}.alias({quoted(_name(found))})"
        if found._restates is not None:
            element: Any = found.element
            method = element.keyword.value.lower().replace(" ", "_")
            return f"{code.write(found._restates)}.{method}({code.listed(element.selects[1:])})"
        flags = [
            f"{name}=True" for name, wanted in (("recursive", found.recursive), ("nesting", found.nesting)) if wanted
        ]
        parts = arguments(quoted(_name(found)) if _name(found) else "", *flags)
        return f"{code.write(found.element)}.cte({parts})"

    return Piece(code.define(found, _name(found) or "part", write))


def _join(code: Code, found: Join) -> Piece:
    parts = arguments(
        code.write(found.right),
        code.write(found.onclause) if found.onclause is not None else "",
        *_flags({"isouter": found.isouter, "full": found.full}),
    )
    return Piece(f"{code.write(found.left)}.join({parts})")


def _values(code: Code, found: Values) -> Piece:
    columns = [f"{code.use('column')}({quoted(str(each.name))}, {code.type(each.type)})" for each in found._column_args]
    options = [f"name={quoted(_name(found))}"] if found.name else []
    options += ["literal_binds=True"] if found.literal_binds else []

    def write() -> str:
        data = "".join(f".data({_rows(code, rows)})" for rows in found._data)
        return f"{code.use('values')}({arguments(*columns, *options)}){data}"

    return Piece(code.define(found, _name(found) or "rows", write))


def _rows(code: Code, rows: Any) -> str:
    return f"[{', '.join(_row(code, row) for row in rows)}]"


def _row(code: Code, row: Any) -> str:
    cells = [code.argument(cell) if hasattr(cell, "__visit_name__") else code.value(cell) for cell in row]
    return f"({', '.join(cells)}{',' * (len(cells) == 1)})"


def _sampled(code: Code, found: TableSample) -> Piece:
    name = f"name={quoted(_name(found))}" if _name(found) else ""
    seed = f"seed={code.write(found.seed)}" if found.seed is not None else ""

    def write() -> str:
        return f"{code.write(found.element)}.tablesample({arguments(code.write(found.sampling), name, seed)})"

    return Piece(code.define(found, _name(found) or "part", write))


def _of_function(code: Code, found: TableValuedAlias) -> Piece:
    names = [quoted(str(each.name)) for each in found.c]
    name = f"name={quoted(_name(found))}" if _name(found) else ""

    def write() -> str:
        derived = ".render_derived()" if found._render_derived else ""
        return f"{code.write(found.element)}.table_valued({arguments(*names, name)}){derived}"

    return Piece(code.define(found, _name(found) or "part", write))


# --- writes ----------------------------------------------------------------------------------------------------------


def _insert(code: Code, found: Insert, inner: bool = True) -> Piece:
    clause = found._post_values_clause
    home = type(found).__module__.split(".")
    module = ".".join(home[:3]) if home[1] == "dialects" else "sqlalchemy"
    methods = []
    if found.select is not None:
        names = ", ".join(quoted(str(_key(name))) for name in found._select_names or ())
        methods.append(f".from_select([{names}], {code.write(found.select)})")
    elif found._multi_values:
        rows = ", ".join(_assigned(code, row) for rows in found._multi_values for row in rows)
        methods.append(f".values([{rows}])")
    elif found._values:
        methods.append(f".values({_assigned(code, found._values)})")
    if found._inline:
        methods.append(".inline()")
    name, table = code.use("insert", module), code.write(found.table)
    if clause is None:
        return chained(name, [table], [*methods, *_returning(code, found)], inner=inner)
    # its own clause speaks of the statement: of the row that could not be inserted
    base = code.define(clause, "statement", lambda: f"{name}({table})" + "".join(methods))
    return Piece(base + _on_conflict(code, clause, base) + "".join(_returning(code, found)))


def _key(name: Any) -> str:
    return str(name.key) if hasattr(name, "key") else str(name)


def _assigned(code: Code, values: Any) -> str:
    pairs = [f"{quoted(_key(name))}: {code.argument(value)}" for name, value in values.items()]
    return f"{{{', '.join(pairs)}}}"


def _on_conflict(code: Code, clause: Any, base: str) -> str:
    code.conflict = base
    if isinstance(clause, OnDuplicateClause):
        return f".on_duplicate_key_update({_assigned(code, clause.update)})"
    constraint = clause.constraint_target if isinstance(clause, postgresql_dml.OnConflictClause) else None
    target = [f"constraint={quoted(constraint)}"] if constraint else []
    if clause.inferred_target_elements:
        target.append(f"index_elements=[{', '.join(quoted(_key(each)) for each in clause.inferred_target_elements)}]")
    if clause.inferred_target_whereclause is not None:
        target.append(f"index_where={code.write(clause.inferred_target_whereclause)}")
    if not isinstance(clause, (postgresql_dml.OnConflictDoUpdate, sqlite_dml.OnConflictDoUpdate)):
        return f".on_conflict_do_nothing({', '.join(target)})"
    target.append(f"set_={_assigned(code, clause.update_values_to_set)}")
    if clause.update_whereclause is not None:
        target.append(f"where={code.write(clause.update_whereclause)}")
    return f".on_conflict_do_update({', '.join(target)})"


def _update(code: Code, found: Update, inner: bool = True) -> Piece:
    methods = [*_where(code, found)]
    if found._values:
        methods.append(f".values({_assigned(code, found._values)})")
    return chained(code.use("update"), [code.write(found.table)], [*methods, *_returning(code, found)], inner=inner)


def _delete(code: Code, found: Delete, inner: bool = True) -> Piece:
    methods = [*_where(code, found), *_returning(code, found)]
    return chained(code.use("delete"), [code.write(found.table)], methods, inner=inner)


def _returning(code: Code, found: Any) -> Iterator[str]:
    if found._returning:
        yield f".returning({code.listed(found._returning)})"


WRITERS: dict[type, Writer] = {
    Select: _select, CompoundSelect: _compound, SelectStatementGrouping: _grouped, SqlTable: _table,
    TableClause: _light_table, Alias: _alias, Subquery: _subquery, Lateral: _subquery, CTE: _cte, Join: _join,
    Values: _values, TableSample: _sampled, TableValuedAlias: _of_function, Insert: _insert, Update: _update,
    Delete: _delete,
}  # fmt: skip

_LONG: dict[type, Callable[[Code, Any, bool], Piece]] = {
    Select: _select, CompoundSelect: _compound, Insert: _insert, Update: _update, Delete: _delete,
}  # fmt: skip
