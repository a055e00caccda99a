"""PostgreSQL's tables, indexes and constraints as statements, without their terminators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dbx.schema.ddl.generic import UNREAD, in_order
from dbx.schema.model import Column, Exclusion, ForeignKey, Identity, Index, Key, Part, Table
from dbx.schema.objects import Check, Name, Options
from dbx.schema.text.postgresql import dotted, ident, literal, names, said

Tables = Mapping[Name, Table]


def shown(table: Table) -> str:
    return dotted(table.schema, table.name)


def create_table(table: Table, *, bare: bool = False) -> str:
    """`bare`: without defaults and checks, which may call what is made later; `complete_table` adds them, and else
    `late_constraints` what the statement cannot say."""
    options = dict(table.options)
    kind = "FOREIGN TABLE" if table.kind == "foreign" else "UNLOGGED TABLE" if "unlogged" in options else "TABLE"
    # a partition gets its columns here, and its parent when it is attached: their order may be its own
    inherits = () if table.bound is not None or _joins_later(table) else table.parents
    typed = options.get("of")
    columns = [each for each in table.columns if not each.hidden and not (each.inherited and inherits)]
    lines = [text for each in columns if (text := _typed_column(each, bare) if typed else column_text(each, bare))]
    lines += _constraints(table, bare)
    body = " (\n" + ",\n".join(f"    {line}" for line in lines) + "\n)" if lines or not typed else ""
    text = f"CREATE {kind} {shown(table)}" + (f" OF {typed}" if typed else "") + body
    if inherits:
        text += f"\nINHERITS ({', '.join(dotted(each.schema, each.name) for each in inherits)})"
    if table.partitioning:
        text += f"\nPARTITION BY {table.partitioning.by}"
    if "using" in options:
        text += f"\nUSING {ident(options['using'])}"
    if table.kind == "foreign":
        return text + f"\nSERVER {ident(options.get('server', ''))}" + given_options(table.options)
    return text + with_options(table.options) + _tablespace(options)


def complete_table(table: Table) -> Iterator[str]:
    """What a bare table lacks, but for what is said of it when all tables are there."""
    start = f"ALTER TABLE ONLY {shown(table)}"
    for column in table.columns:
        if column.default is not None and not column.inherited:
            yield f"{start} ALTER COLUMN {ident(column.name)} SET DEFAULT {column.default}"
    for check in _own_checks(table):
        if check.validated and check.enforced:
            yield f"ALTER TABLE {shown(table)} ADD {check_text(check)}"
    yield from late_constraints(table)


def _constraints(table: Table, bare: bool) -> list[str]:
    found = [key_text("PRIMARY KEY", table.primary)] if table.primary else []
    found += [key_text("UNIQUE", key) for key in table.unique if key not in again(table)]
    if not bare:
        found += [check_text(check) for check in _own_checks(table) if check.validated and check.enforced]
    return found


def _own_checks(table: Table) -> list[Check]:
    handed_down = table.bound is None and not _joins_later(table)
    return [each for each in table.checks if each.expression and not (each.inherited and handed_down)]


def again(table: Table) -> list[Key]:
    """The unique keys that have the columns of another key: of two such, CREATE TABLE makes one."""
    said = [_said_by(table.primary)] if table.primary else []
    found = []
    for key in table.unique:
        found += [key] if _said_by(key) in said else []
        said.append(_said_by(key))
    return found


def _said_by(key: Key) -> tuple[object, ...]:
    return key.columns, key.include, key.nulls_distinct, key.deferrable


def _joins_later(table: Table) -> bool:
    """A child cannot say what a column of its parents is generated from, and keeps what it has said before."""
    own = any(each.generated and not each.inherited for each in table.columns)
    return own and bool(table.parents) and table.bound is None


def reordered(listed: Iterable[Table]) -> Iterator[Table]:
    """Children whose columns are in an order that no statement gives: their parents' come first."""
    known = {Name(table.name, table.schema): table for table in listed}
    made: dict[Name, list[str]] = {}
    for name in in_order({name: table.parents for name, table in known.items()}):
        table = known[name]
        own = [column.name for column in table.columns]
        made[name] = own
        if table.bound is None and not _joins_later(table):
            made[name] = [*dict.fromkeys([*(each for above in table.parents for each in made.get(above, ())), *own])]
        if made[name] != own:
            yield table


def late_constraints(table: Table) -> Iterator[str]:
    """What CREATE TABLE cannot say: a key twice, and some parents."""
    yield from (f"ALTER TABLE {shown(table)} ADD {key_text('UNIQUE', key)}" for key in again(table))
    if _joins_later(table):
        yield from (f"ALTER TABLE {shown(table)} INHERIT {dotted(each.schema, each.name)}" for each in table.parents)


def late_checks(table: Table) -> Iterator[str]:
    """Those that are not valid, which CREATE TABLE cannot say either."""
    for check in _own_checks(table):
        if not check.validated or not check.enforced:
            yield f"ALTER TABLE {shown(table)} ADD {check_text(check)}"
    for column in table.columns:
        options = dict(column.options)
        if "not null not valid" in options and not column.inherited:
            name = _named(options.get("not null", ""))
            yield f"ALTER TABLE {shown(table)} ADD {name}NOT NULL {ident(column.name)} NOT VALID"


def column_text(column: Column, bare: bool = False) -> str:
    words = [ident(column.name), column.type]
    options = dict(column.options)
    if "compression" in options:
        words.append(f"COMPRESSION {options['compression']}")
    if column.collation:
        words.append(f"COLLATE {said(column.collation)}")
    if any(name.startswith("option ") for name, _ in column.options):
        words.append(given_options(column.options).strip())
    if column.generated and column.expression is None:
        words.append(UNREAD)
    elif column.generated:
        kind = " STORED" if column.generated == "stored" else ""
        words.append(f"GENERATED ALWAYS AS ({column.expression}){kind}")
    elif column.identity:
        words.append(identity_text(column.identity))
    elif column.default is not None and not bare:
        words.append(f"DEFAULT {column.default}")
    if not column.nullable and "not null not valid" not in options:
        words.append(not_null(options))
    return " ".join(words)


def _typed_column(column: Column, bare: bool) -> str:
    """Of a table OF a type, only what the type does not say."""
    words = [f"DEFAULT {column.default}"] if column.default is not None and not bare else []
    words += [] if column.nullable else ["NOT NULL"]
    return f"{ident(column.name)} WITH OPTIONS {' '.join(words)}" if words else ""


def not_null(options: Mapping[str, str]) -> str:
    name = f"CONSTRAINT {ident(options['not null'])} " if "not null" in options else ""
    return f"{name}NOT NULL" + (" NO INHERIT" if "not null no inherit" in options else "")


def identity_text(identity: Identity) -> str:
    counting = [f"SEQUENCE NAME {ident(value)}" for name, value in identity.options if name == "sequence"]
    counting += counts(identity)
    listed = f" ({' '.join(counting)})" if counting else ""
    return f"GENERATED {'ALWAYS' if identity.always else 'BY DEFAULT'} AS IDENTITY{listed}"


def counts(sequence: object) -> list[str]:
    """How a sequence or identity counts."""
    words = {"start": "START WITH", "increment": "INCREMENT BY", "minimum": "MINVALUE", "maximum": "MAXVALUE"}
    words["cache"] = "CACHE"
    values = {word: getattr(sequence, name) for name, word in words.items()}
    found = [f"{word} {value}" for word, value in values.items() if value is not None]
    return found + (["CYCLE"] if getattr(sequence, "cycle", False) else [])


def with_options(options: Options) -> str:
    given = [f"{parameter(name[5:])}={literal(value)}" for name, value in options if name.startswith("with ")
             and name != "with no data"]  # fmt: skip
    return f"\nWITH ({', '.join(given)})" if given else ""


def parameter(name: str) -> str:
    """The name of a storage parameter, which may be of a namespace."""
    return ".".join(map(ident, name.split(".", 1)))


def given_options(options: Options) -> str:
    given = [f"{ident(name[7:])} {literal(value)}" for name, value in options if name.startswith("option ")]
    return f" OPTIONS ({', '.join(given)})" if given else ""


def _tablespace(options: Mapping[str, str]) -> str:
    return f"\nTABLESPACE {ident(options['tablespace'])}" if "tablespace" in options else ""


def validated(table: Table, known: Tables) -> Iterator[str]:
    """The checks that are valid here, and not where they come from."""
    above = [check for parent in table.parents if parent in known for check in known[parent].checks]
    unproved = {check.name for check in above if not check.validated}
    for check in table.checks if table.bound is None else ():
        if check.inherited and check.validated and check.name in unproved:
            yield f"ALTER TABLE {shown(table)} VALIDATE CONSTRAINT {ident(check.name)}"


# --- constraints ----------------------------------------------------------------------------------------------------


def _named(name: str) -> str:
    return f"CONSTRAINT {ident(name)} " if name else ""


def _deferrable(deferrable: str) -> str:
    return {"": "", "DEFERRABLE": " DEFERRABLE"}.get(deferrable, " DEFERRABLE INITIALLY DEFERRED")


def key_text(kind: str, key: Key) -> str:
    overlaps = " WITHOUT OVERLAPS" if ("without overlaps", "") in key.options else ""
    text = f"{_named(key.name)}{kind}" + ("" if key.nulls_distinct else " NULLS NOT DISTINCT")
    text += f" ({names(key.columns)}{overlaps})" + _index_tail(key.include, key.options)
    return text + _deferrable(key.deferrable)


def _index_tail(include: tuple[str, ...], options: Options, *, using: str = " USING INDEX TABLESPACE ") -> str:
    text = f" INCLUDE ({names(include)})" if include else ""
    text += with_options(options).replace("\n", " ", 1)
    space = dict(options).get("tablespace")
    return text + (f"{using}{ident(space)}" if space else "")


def check_text(check: Check) -> str:
    text = f"{_named(check.name)}CHECK ({check.expression})" + (" NO INHERIT" if check.no_inherit else "")
    if not check.enforced:
        return f"{text} NOT ENFORCED"
    return text if check.validated else f"{text} NOT VALID"


def add_exclusion(table: Table, found: Exclusion) -> str:
    pairs = zip(found.parts, found.operators, strict=False)
    parts = ", ".join(f"{part_text(part)} WITH {operator}" for part, operator in pairs)
    where = f" WHERE ({found.predicate})" if found.predicate else ""
    return (
        f"ALTER TABLE ONLY {shown(table)} ADD {_named(found.name)}EXCLUDE USING {ident(found.method)} ({parts})"
        f"{_index_tail(found.include, found.options)}{where}{_deferrable(found.deferrable)}"
    )


def add_foreign_key(table: Table, key: ForeignKey) -> str:
    period = ("period", "") in key.options
    text = f"{_named(key.name)}FOREIGN KEY ({_key_columns(key.columns, period)})"
    text += f" REFERENCES {dotted(key.target_schema, key.target_table)}"
    if key.target_columns:
        text += f" ({_key_columns(key.target_columns, period)})"
    if key.match != "SIMPLE":
        text += f" MATCH {key.match}"
    for event, action in (("UPDATE", key.on_update), ("DELETE", key.on_delete)):
        text += f" ON {event} {action}" if action != "NO ACTION" else ""
    if key.set_columns:
        text += f" ({names(key.set_columns)})"
    text += _deferrable(key.deferrable) + ("" if key.enforced else " NOT ENFORCED")
    text += "" if key.validated or not key.enforced else " NOT VALID"
    # a partitioned table hands its key down to its partitions
    return f"ALTER TABLE {'' if table.partitioning else 'ONLY '}{shown(table)} ADD {text}"


def _key_columns(columns: tuple[str, ...], period: bool) -> str:
    return f"{names(columns[:-1])}, PERIOD {ident(columns[-1])}" if period else names(columns)


# --- indexes --------------------------------------------------------------------------------------------------------


def create_index(table: Table, index: Index) -> str:
    if index.definition:
        return index.definition
    unique = "UNIQUE " if index.unique else ""
    only = "ONLY " if table.partitioning else ""
    distinct = "" if index.nulls_distinct else " NULLS NOT DISTINCT"
    include = f" INCLUDE ({names(index.include)})" if index.include else ""
    tail = _index_tail((), index.options, using=" TABLESPACE ")
    where = f" WHERE {index.predicate}" if index.predicate else ""
    return (
        f"CREATE {unique}INDEX {ident(index.name)} ON {only}{shown(table)} USING {ident(index.method or 'btree')} "
        f"({', '.join(map(part_text, index.parts))}){include}{distinct}{tail}{where}"
    )


def part_text(part: Part) -> str:
    if part.column is not None:
        text = ident(part.column)
    else:
        text = part.expression or ""
        text = text if text.endswith(")") and not text.startswith("(") else f"({text})"
    text += f" COLLATE {said(part.collation)}" if part.collation else ""
    text += f" {said(part.opclass)}" if part.opclass else ""
    if part.options:
        text += f" ({', '.join(f'{ident(name)}={literal(value)}' for name, value in part.options)})"
    return text + (" DESC" if part.descending else "") + (f" NULLS {part.nulls.upper()}" if part.nulls else "")


def attach_index(table: Table, index: Index) -> Iterator[str]:
    """What is said of an index after all are made."""
    shown = f"ALTER INDEX {dotted(table.schema, index.name)}"
    for name, value in index.options:
        if name.startswith("statistics "):
            yield f"{shown} ALTER COLUMN {name.removeprefix('statistics ')} SET STATISTICS {value}"
    if index.parent is not None:
        parent = dotted(index.parent.schema, index.parent.name)
        yield f"ALTER INDEX {parent} ATTACH PARTITION {dotted(table.schema, index.name)}"


# --- partitions and views -------------------------------------------------------------------------------------------


def attach(table: Table) -> str:
    (parent,) = table.parents
    return f"ALTER TABLE ONLY {dotted(parent.schema, parent.name)} ATTACH PARTITION {shown(table)} {table.bound}"


def dummy_view(view: Table) -> str:
    """A view with the right columns and nothing in it, for those that need it before it can be made."""
    columns = ",\n    ".join(f"NULL::{each.type} AS {ident(each.name)}" for each in view.columns)
    return f"CREATE VIEW {shown(view)} AS\nSELECT\n    {columns}"


def create_view(view: Table, *, again: bool = False) -> Iterable[str]:
    if view.query is None:
        return
    options, matview = dict(view.options), view.kind == "matview"
    kind = "MATERIALIZED VIEW" if matview else "OR REPLACE VIEW" if again else "VIEW"
    using = f"\nUSING {ident(options['using'])}" if "using" in options else ""
    head = f"CREATE {kind} {shown(view)}{using}{with_options(view.options)}{_tablespace(options)} AS\n{view.query}"
    yield f"{head}\nWITH NO DATA" if matview else head
