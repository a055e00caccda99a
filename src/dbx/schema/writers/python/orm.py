"""The writer `orm`: a module of declarative classes, with relationships both ways along every foreign key."""

from __future__ import annotations

from collections.abc import Iterable

from dbx.rows import Rows
from dbx.schema.model import Column, ForeignKey, Schema
from dbx.schema.objects import Name
from dbx.schema.relations import Class, Relation, mappings
from dbx.schema.writers import Look, laid_out
from dbx.schema.writers.losses import Loss
from dbx.schema.writers.python.core import made_table
from dbx.schema.writers.python.layout import Keywords, Node, array, assigned, call, laid, pairs, row, string
from dbx.schema.writers.python.losses import losses as unsaid
from dbx.schema.writers.python.module import TABLES, TAKEN, Source, module_names, start, variables
from dbx.schema.writers.python.plan import Plan, planned
from dbx.schema.writers.python.tables import column_arguments, constraints, options, unpacked

_BASE = """
class Base(DeclarativeBase):
    pass
"""

_VIEW = '''
class View(Base):
    """What is to be read and not changed."""

    __abstract__ = True

'''

_REFUSE = """
def _refuse(mapper, connection, target):
    raise TypeError(f"{mapper.class_.__name__} is a view: it is only read")
"""

_REFUSED = """
for event in ("before_insert", "before_update", "before_delete"):
    sa.event.listen(View, event, _refuse, propagate=True)
"""


def write(schema: Schema, look: Look) -> Rows:
    """The module's source."""
    return laid_out(source(schema).written())


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What `create_all` of the module does not make again, and the tables that have no class."""
    plan = planned(schema)
    yield from unsaid(plan)
    for table in plan.tables.values():
        if not table.columns:
            yield Loss(f"{table.kind} {Name(table.name, table.schema).shown}", "a class", "a class has columns")


def source(schema: Schema) -> Source:
    """The source, part by part."""
    plan = planned(schema)
    found = Source(plan)
    taken = {*TAKEN, *found.variables.values()}
    classes = mappings(plan.schema._replace(tables=tuple(plan.tables.values())), taken, taken)
    names = variables(plan.tables, [*taken, *(each.name for each in classes.values())])
    homes = module_names(plan.tables)
    found.add(_BASE)
    start(found, "metadata = Base.metadata")
    if any(each.table.is_view for each in classes.values()):
        for part in (_VIEW, _REFUSE, _REFUSED):
            found.add(part)
    for name, each in classes.items():
        found.module = homes[name]
        found.add(
            _Class(found, plan, name, each, classes, names).written(),
            {classes[relation.target].name for relation in each.relations} - {each.name},
        )
    found.module = TABLES
    for name, table in plan.tables.items():
        if name not in classes:
            found.statement(made_table(found, name, table), f"{names[name]} = ")
    found.beside(lambda name: f"{classes[name].name}.__table__" if name in classes else names[name])
    return found


class _Class:
    def __init__(
        self,
        source: Source,
        plan: Plan,
        name: Name,
        mapped: Class,
        classes: dict[Name, Class],
        names: dict[Name, str],
    ) -> None:
        self.source = source
        self.name = name
        self.mapped = mapped
        self.table = mapped.table
        self.classes = classes
        self.names = names
        self.silent = plan.silent.get(name, frozenset())

    def written(self) -> str:
        base = "View" if self.table.is_view else "Base"
        lines = [f"class {self.mapped.name}({base}):", f"    {assigned('__tablename__', string(self.table.name), 4)}"]
        if (arguments := self._arguments()) is not None:
            lines.append(f"    {laid(arguments, 4, '__table_args__ = ')}")
        lines.append("")
        lines += [f"    {self._column(column)}" for column in self.table.columns]
        if (key := self._key()) is not None:
            lines += ["", f"    {laid(key, 4, '__mapper_args__ = ')}"]
        if self.mapped.relations:
            lines += ["", *(f"    {self._relation(relation)}" for relation in self.mapped.relations)]
        return "\n".join(lines)

    def _arguments(self) -> Node | None:
        found: list[Node] = list(constraints(self.table, self.source.words, self.silent))
        keywords, own = options(self.table, self.source.dialect)
        keywords = {**keywords, **self.source.info(self.name, self.table)}
        last: Node | None = pairs(keywords) if keywords else None
        if own:
            inner = unpacked(own, self.source.dialect)
            last = inner if last is None or isinstance(last, str) else last._replace(items=(*last.items, ("**", inner)))
        if not found:
            return last
        return row([*found, last] if last is not None else found)

    def _column(self, column: Column) -> str:
        attribute = self.mapped.attributes[column.name]
        arguments, keywords = column_arguments(self.table, column, self.source.words, self.silent)
        if attribute != column.name:
            arguments.insert(0, string(column.name))
        annotation = self.source.words.typed(column).annotation
        optional = column.nullable and annotation != "Any"
        if column.nullable and column.name not in self.table.primary_key and not optional:
            keywords["nullable"] = "True"
        if optional:
            keywords.pop("nullable", None)
            if column.name in self.table.primary_key:
                keywords["nullable"] = "True"
        else:
            keywords = {
                name: value
                for name, value in keywords.items()
                if (name, value) != ("nullable", "False") or annotation == "Any"
            }
        text = f"Optional[{annotation}]" if optional else annotation
        return assigned(f"{attribute}: Mapped[{text}]", call("mapped_column", *arguments, **keywords), 4)

    def _key(self) -> Node | None:
        """What tells rows apart where there is no primary key: columns that are unique and never NULL, else all."""
        if self.table.primary is not None:
            return None
        columns = {column.name: column for column in self.table.columns}
        sure = [
            names
            for names in self.table.unique_columns
            if names and all(name in columns and not columns[name].nullable for name in names)
        ]
        plain = [name for name, column in columns.items() if not self._unhashable(column)]
        found = min(sure, key=len) if sure else tuple(plain or columns)
        return pairs({"primary_key": array(self.mapped.attributes[name] for name in found)})

    def _unhashable(self, column: Column) -> bool:
        return column.family in ("json", "array") or self.source.words.typed(column).annotation.startswith(
            ("list", "set", "Any")
        )

    # --- relationships ------------------------------------------------------------------------

    def _relation(self, relation: Relation) -> str:
        target = self.classes[relation.target]
        given: Keywords = {}
        if relation.far is not None:
            given |= self._through(relation)
        else:
            given |= self._along(relation, target)
        given["back_populates"] = string(relation.back)
        if relation.overlaps:
            given["overlaps"] = string(",".join(relation.overlaps))
        name = string(target.name)
        if relation.many:
            annotation = f"list[{name}]"
        else:
            optional = not relation.forward or self._may_be_none(relation.key)
            annotation = f"Optional[{name}]" if optional else name
        return assigned(f"{relation.name}: Mapped[{annotation}]", call("relationship", **given), 4)

    def _may_be_none(self, key: ForeignKey) -> bool:
        return any(column.nullable for column in self.table.columns if column.name in key.columns)

    def _along(self, relation: Relation, target: Class) -> Keywords:
        given: Keywords = {}
        home = self.classes[relation.table]
        own = [home.attributes[name] for name in relation.key.columns]
        own_class = home.name == self.mapped.name
        if self._several(relation):
            given["foreign_keys"] = (
                array(own) if own_class else string(f"[{', '.join(f'{home.name}.{each}' for each in own)}]")
            )
        if relation.target == self.name and relation.forward:
            given["remote_side"] = array(home.attributes[name] for name in relation.key.target_columns)
        if self._same_columns(relation):
            far = self.classes[Name(relation.key.target_table, relation.key.target_schema)]
            pairs_ = zip(own, relation.key.target_columns, strict=True)
            terms = [f"{home.name}.{mine} == {far.name}.{far.attributes[theirs]}" for mine, theirs in pairs_]
            given["primaryjoin"] = string(terms[0] if len(terms) == 1 else f"and_({', '.join(terms)})")
        return given

    def _ways(self, relation: Relation) -> list[ForeignKey]:
        """The foreign keys between the two tables, in either direction."""
        found = []
        for near, far in {(self.name, relation.target), (relation.target, self.name)}:
            keys = self.classes[near].table.foreign_keys
            found += [key for key in keys if Name(key.target_table, key.target_schema) == far]
        return found

    def _several(self, relation: Relation) -> bool:
        return len(self._ways(relation)) > 1 or relation.target == self.name

    def _same_columns(self, relation: Relation) -> bool:
        """Whether its columns alone do not tell which foreign key is meant."""
        same = {
            (key.columns, key.target_columns)
            for key in self._ways(relation)
            if set(key.columns) == set(relation.key.columns)
        }
        return len(same) > 1

    def _through(self, relation: Relation) -> Keywords:
        table = self.names[relation.table]
        given: Keywords = {"secondary": f"lambda: {table}"}
        assert relation.far is not None
        if relation.target == self.name:
            given["primaryjoin"] = self._join(relation.key, self.mapped, table)
            given["secondaryjoin"] = self._join(relation.far, self.classes[relation.target], table)
        return given

    def _join(self, key: ForeignKey, end: Class, table: str) -> Node:
        terms = [
            f"{end.name}.{end.attributes[theirs]} == {table}.c[{string(mine)}]"
            for mine, theirs in zip(key.columns, key.target_columns, strict=True)
        ]
        return f"lambda: {terms[0]}" if len(terms) == 1 else call("lambda: sa.and_", *terms)
