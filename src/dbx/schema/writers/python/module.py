"""What every module has: its imports, its helpers, the enums, and the statements that run beside `create_all`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from dbx.dialects.traits import traits
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Enum, Name
from dbx.schema.relations import identifier, unique
from dbx.schema.types.vocabulary import Vocabulary, vocabulary
from dbx.schema.writers.python.layout import Keywords, Node, call, comment, laid, row, string, text
from dbx.schema.writers.python.plan import Plan
from dbx.schema.writers.python.tables import Words, needs_stored, place

_NAMES = """
sa orm dt postgresql mysql sqlite Any Decimal UUID Named Base View metadata run made_by reference stored
DIALECTS Mapped Optional mapped_column relationship DeclarativeBase CreateTable DropTable compiles
UserDefinedType int str bool float bytes list set
"""

TAKEN = frozenset(_NAMES.split())
"""Names that a module uses: no class, table or attribute of it is called so."""

_NAMED = '''
class Named(UserDefinedType):
    """A type by its name in the server, where SQLAlchemy has no class for it."""

    cache_ok = True

    def __init__(self, name):
        self.name = name

    def get_col_spec(self, **options):
        return self.name
'''

_MADE_BY = '''
def made_by(statement, kind="TABLE"):
    """What a table or view has to say of how it is made, where constructs cannot."""
    return {"dialects": DIALECTS, "create": statement, "kind": kind}


@compiles(CreateTable)
def _create(create, compiler, **options):
    info = create.element.info
    if compiler.dialect.name not in info.get("dialects", ()):
        return compiler.visit_create_table(create, **options)
    return compiler.sql_compiler.post_process_text(info["create"])


@compiles(DropTable)
def _drop(drop, compiler, **options):
    kind = drop.element.info.get("kind", "TABLE")
    return compiler.visit_drop_table(drop, **options).replace("TABLE", kind, 1)
'''

_REFERENCE = '''
def reference(columns, targets, **options):
    """A foreign key to join by, which a statement makes."""

    def is_dropped(ddl, *arguments, **options):
        return isinstance(ddl, sa.schema.DropConstraint)

    key = sa.ForeignKeyConstraint(columns, targets, **options)
    return key.ddl_if(callable_=is_dropped)
'''

_RUN = '''
def run(when, statement, target=metadata):
    """Have a statement run when tables are created or dropped: SQLAlchemy has no construct for it."""
    ddl = sa.DDL(statement.replace("%", "%%")).execute_if(dialect=DIALECTS)

    def listener(target, connection, tables=None, **options):
        if tables is None or tables or not metadata.tables:
            ddl(target, connection)

    sa.event.listen(target, when, listener)
'''

_STORED = '''
def stored(**options):
    """Options for MariaDB, which is a dialect of its own, and of MySQL's family."""
    return {
        f"{dialect}_{name}": value
        for dialect in DIALECTS
        for name, value in options.items()
    }
'''

BASE, TABLES, STATEMENTS = "base", "tables", "statements"
"""The modules of a package that are not those of single tables: what all need, tables without a class, and what is made
beside them."""


class Part(NamedTuple):
    """A piece of source; `module` is where it stands in a package, `hints` are the classes its annotations name."""

    module: str
    text: str
    hints: frozenset[str] = frozenset()


class Source:
    """The parts of a module, or of a package, while they are written."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.dialect = plan.schema.dialect
        self.variables = _variables(plan.enums)
        self.words = Words(self.dialect, vocabulary(plan.schema), self.variables)
        self.parts: list[Part] = []
        self.module = BASE

    @property
    def known(self) -> Vocabulary:
        return self.words.known

    def add(self, part: str, hints: Iterable[str] = ()) -> None:
        self.parts.append(Part(self.module, part.strip("\n"), frozenset(hints)))

    def statement(self, node: Node, before: str = "") -> None:
        self.add(laid(node, before=before))

    def info(self, name: Name, table: Table) -> Keywords:
        """How a table is made that constructs do not make."""
        if name not in self.plan.created:
            return {}
        kind = {"view": "VIEW", "matview": "MATERIALIZED VIEW", "foreign": "FOREIGN TABLE"}.get(table.kind)
        given: Keywords = {"kind": string(kind)} if kind else {}
        return {"info": call("made_by", text(self.plan.created[name]), **given)}

    def enums(self) -> None:
        for enum in self.plan.enums:
            given: Keywords = {"name": string(enum.name)}
            home = place(enum.schema, self.dialect)
            given |= {"schema": string(home)} if home else {}
            found = call("sa.Enum", *map(string, enum.labels), **given, metadata="metadata")
            self.statement(found, f"{self.variables[_called(enum)]} = ")

    def runs(self, when: str, statements: Iterable[str], target: str = "") -> None:
        for each in statements:
            given: Keywords = {"target": target} if target else {}
            self.statement(call("run", string(when), text(each), **given))

    def beside(self, shown: Callable[[Name], str]) -> None:
        """What tables need, what runs before single ones, and behind all; `shown` is the variable of a table."""
        self.module = STATEMENTS
        lines = [
            laid(call(f"{shown(name)}.add_is_dependent_on", shown(need)))
            for name, needs in self.plan.needs.items()
            for need in dict.fromkeys(needs)
            if name in self.plan.tables and need in self.plan.tables and need != name
        ]
        if lines:
            self.add("\n".join(lines))
        for name, statements in self.plan.before.items():
            if name in self.plan.tables:
                self.runs("before_create", statements, shown(name))
        self.runs("after_create", self.plan.last)
        self.runs("after_drop", self.plan.gone)

    def written(self) -> Iterator[bytes]:
        """All in one module."""
        yield framed(docstring(self.plan.schema), [part.text for part in self.parts])


def framed(head: str, parts: Sequence[str], imports: str = "", hints: str = "") -> bytes:
    """A module of a docstring, parts, and the imports that they use. `imports` and `hints` are from the same package,
    the latter for whoever checks types."""
    body = joined(parts)
    listed = "\n".join(each for each in (_imports(body, hinted=bool(hints)), imports, hints) if each)
    apart = "\n\n" if body.startswith(("class ", "def ", "@")) else "\n"
    text = f"{head}\n\n{listed}{apart if listed and body else ''}{body}"
    return text.encode("utf-8", "surrogateescape")


def start(source: Source, base: str) -> None:
    """The parts that stand before the tables."""
    plan = source.plan
    source.add(base)
    tables = plan.tables.values()
    runs = bool(plan.start or plan.first or plan.last or plan.before)
    if runs or plan.created or needs_stored(tables, source.dialect):
        source.add(f"DIALECTS = {laid(row(map(string, plan.dialects)))}")
    if any("Named" in _code(source, table) for table in tables):
        source.add(_NAMED)
    if needs_stored(tables, source.dialect):
        source.add(_STORED)
    if plan.created:
        source.add(_MADE_BY)
    if any(plan.silent.values()):
        source.add(_REFERENCE)
    if runs:
        source.add(_RUN)
    source.runs("before_create", plan.start)
    source.enums()
    source.runs("before_create", plan.first)


def _code(source: Source, table: Table) -> str:
    return "".join(laid(source.words.typed(column).code) for column in table.columns)


def _called(enum: Enum) -> str:
    return f"{enum.schema}.{enum.name}" if enum.schema else enum.name


def _variables(enums: Iterable[Enum]) -> dict[str, str]:
    """The variables of the enums, by all that a column may call them."""
    found: dict[str, str] = {}
    used = set(TAKEN)
    for enum in enums:
        variable = unique([f"{identifier(enum.name).lower()}_enum"], used)
        used.add(variable)
        words = vocabulary(Schema("postgresql", enums=(enum,)))
        found |= dict.fromkeys(words, variable)
        found[_called(enum)] = variable
    return found


def variables(names: Iterable[Name], taken: Iterable[str]) -> dict[Name, str]:
    """A variable for each table."""
    used, found = {*TAKEN, *taken}, {}
    for name in names:
        plain = identifier(name.name)
        found[name] = unique([plain, f"{identifier(name.schema)}_{plain}" if name.schema else f"{plain}_"], used)
        used.add(found[name])
    return found


_LONGEST = 60


def module_names(names: Iterable[Name]) -> dict[Name, str]:
    """A module for each table, that every file system keeps apart."""
    used, found = {BASE, TABLES, STATEMENTS}, {}
    for name in names:
        plain = identifier(identifier(name.name).lower())[:_LONGEST]
        found[name] = unique(
            [plain, f"{identifier(name.schema).lower()[:_LONGEST]}_{plain}" if name.schema else plain], used
        )
        used.add(found[name])
    return found


def _imports(body: str, *, hinted: bool) -> str:
    """The imports that the code uses, in their usual order."""
    code = without_strings(body)
    standard = ["import datetime as dt"] if re.search(r"\bdt\.", code) else []
    standard += ["from decimal import Decimal"] if re.search(r"\bDecimal\b", code) else []
    typing = ["TYPE_CHECKING"] if hinted else []
    typing += _used(("Any", "Optional"), code)
    standard += [f"from typing import {', '.join(typing)}"] if typing else []
    standard += ["from uuid import UUID"] if re.search(r"(?<![.])\bUUID\b", code) else []
    others = ["import sqlalchemy as sa"] if re.search(r"\bsa\.", code) else []
    dialects = [name for name in ("mysql", "postgresql", "sqlite") if re.search(rf"\b{name}\.[A-Z]", code)]
    others += [f"from sqlalchemy.dialects import {', '.join(dialects)}"] if dialects else []
    others += ["from sqlalchemy.ext.compiler import compiles"] if "@compiles" in code else []
    mapping = _used(("DeclarativeBase", "Mapped", "mapped_column", "relationship"), code)
    others += [f"from sqlalchemy.orm import {', '.join(mapping)}"] if mapping else []
    others += ["from sqlalchemy.schema import CreateTable, DropTable"] if "@compiles" in code else []
    others += ["from sqlalchemy.types import UserDefinedType"] if "(UserDefinedType)" in code else []
    lines = [*standard, *([""] if standard and others else []), *others]
    return "".join(f"{line}\n" for line in lines)


def _used(names: Iterable[str], code: str) -> list[str]:
    return [name for name in names if re.search(rf"\b{name}\b", code)]


_STRINGS = re.compile(r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', re.DOTALL)


def without_strings(body: str) -> str:
    return _STRINGS.sub('""', body)


def joined(parts: Iterable[str]) -> str:
    """Parts with the blank lines that formatters want around definitions."""
    text = ""
    before = ""
    for part in parts:
        definition = part.startswith(("def ", "class ", "@"))
        apart = definition or before.startswith(("def ", "class ", "@"))
        text += ("\n\n" if apart else "" if _is_line(part) and _is_line(before) else "\n") if text else ""
        text += part + "\n"
        before = part
    return text


def _is_line(part: str) -> bool:
    """Statements that stand close together."""
    return part.startswith(("run(", "DIALECTS", "metadata ="))


def docstring(schema: Schema) -> str:
    title = traits(schema.dialect).title
    lines = [
        f"A schema of {comment(title)}, as dbx reflect read it.",
        "",
        "metadata.create_all(engine) makes it in an empty database.",
        "",
    ]
    return '"""' + "\n".join(lines) + '"""'
