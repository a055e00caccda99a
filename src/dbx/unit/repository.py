"""The Session as the language knows it (dbx.language.values.objects.Repository): objects by key and by condition, their
attributes, and what is told of each line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_attribute

from dbx.database import Database
from dbx.errors import DbxError
from dbx.language.names.tables import Entry, match
from dbx.language.refusal import Unfit, suggestion
from dbx.language.values.kinds import Record, Value
from dbx.language.values.objects import Instance, Objects, Wanted, held
from dbx.rows import Cell, Rows
from dbx.schema import read
from dbx.unit import loading, models, package, shown
from dbx.unit.flush import Flush, Steps, no_check, no_steps
from dbx.unit.models import Model, Models
from dbx.unit.work import Work

MOST = 10_000
"""Objects that one query may bring; more are not for a person to look at, and fill the memory."""


class Repository:
    """Made at once, opened when it is first asked: `work` is the Session, `models` its classes. `option` names the
    user's own models, where the database's profile does not."""

    def __init__(self, database: Database, option: str = "") -> None:
        self._database = database
        self.package = package.named(option, database.target.profile)
        self._work: Work | None = None
        self._models: Models | None = None
        self.notes: list[str] = []
        self._asked: Model | None = None
        self.confirm: Callable[[int | None], bool] | None = None
        """Asked before a commit, in production."""
        self.steps: Callable[[], Steps | None] = no_steps
        self.check: Callable[[Flush], None] = no_check
        """Asked before a flush that is no step; raises Refused."""
        self.stale = False
        """Tables may have changed since the classes were made."""

    @property
    def opened(self) -> bool:
        return self._work is not None

    @property
    def work(self) -> Work:
        if self._work is None:
            self._work = Work(self._database, self.steps, self._unwritten)
            self._work.check = self.check
        return self._work

    @property
    def models(self) -> Models:
        if self._models is None:
            self._models = self._made()
            self.notes += self._models.notes
        return self._models

    def _unwritten(self) -> list[list[tuple[Cell, ...]]]:
        """Of each object the lines about what a flush would write."""
        return [shown.changes(self.models, each) for each in shown.unwritten(self.work.session)]

    def _made(self) -> Models:
        module = package.loaded(self.package) if self.package else None  # before anything is sent
        dialect = self._database.engine.dialect
        schema = read.schema(self._database)
        if module is not None:
            return package.models(module, schema, dialect)
        return models.made(schema, self._database.dialect.name, dialect.default_schema_name)

    def _renew(self) -> None:
        """Tables may have changed: with nothing to lose the classes are made anew, and objects of the old ones go."""
        self.stale = False
        if self._models is None or self.package:
            return
        fresh = self._made()
        if fresh.signature == self._models.signature:
            return
        if self.work.pending or self.work.part.kind:
            self.notes.append("tables have changed; the Session keeps its classes until commit or rollback")
            return
        count = len(self.work.session.identity_map)
        self.work.session.expunge_all()
        self._models = fresh
        if count:
            self.notes.append(f"tables have changed: {count} object{'' if count == 1 else 's'} left the Session")

    def _model(self, entry: Entry) -> Model:
        name, schema = entry.model.name, entry.model.schema
        if self.stale:
            self._renew()
        found = self.models.find(name, schema)
        if found is None:
            reason = self.models.reason(name, schema)
            raise Unfit("E-TYPE", f"a row of '{name}' is no object: {reason}", f"[x for x in {name}] reads its rows")
        self._asked = found
        return found

    # --- asked by the language ----------------------------------------------------------------------------------------

    def table(self, class_: str) -> tuple[str, str | None] | None:
        """That of one of the user's own classes: its name and schema."""
        tables = {model.name: table for table, model in self.models.by_table.items()} if self.package else {}
        found = match(class_, list(tables))
        return (tables[found].name, tables[found].schema) if found else None

    def key_families(self, entry: Entry) -> list[str]:
        model = self._model(entry)
        return [model.families.get(model.attributes[column.name], "") for column in model.mapper.primary_key]

    def get(self, entry: Entry, key: Sequence[Any]) -> Any | None:
        model = self._model(entry)
        names = [column.name for column in model.mapper.primary_key]
        if len(key) != len(names):
            raise Unfit("E-CALL", f"the key of '{model.table.name}' is ({', '.join(names)})", "one value for each")
        before = self.work.log.count
        found = self.work.run(lambda session: session.get(model.class_, tuple(key)))
        if found is None:
            self.notes.append(f"no {model.table.name} {_key(key)}")
        elif self.work.log.count == before:
            self.notes.append(f"{self.label(found)}: from the identity map, no SQL")
        return found

    def all(self, entry: Entry, wanted: Wanted) -> list[Any]:
        limit = MOST + 1 if wanted.limit is None else wanted.limit
        if self.models.find(entry.model.name, entry.model.schema) is None and not wanted.strategies:
            statement, names = loading.rows(wanted).limit(limit), tuple(wanted.columns.values())
            read = self.work.run(lambda session: session.execute(statement).all())
            found: list[Any] = [_record(row, names) for row in read]
        else:
            model = self._model(entry)
            statement = loading.objects(model, wanted).limit(limit)
            found = self.work.run(lambda session: list(session.scalars(statement).unique()))
            if None in found:
                found = [each for each in found if each is not None]
                told = f"rows of {model.table.name} whose key is NULL are no objects"
                self.notes.append(f"{told}: [x for x in {model.table.name}] reads them")
        if len(found) > MOST and wanted.limit is None:
            raise Unfit("E-LIMIT", f"more than {MOST:,} objects", "a condition, or limit=")
        self.asked(statement)
        return found

    def asked(self, statement: Any) -> None:
        work = self._work
        if work is not None and work.pending and loading.unflushed(work.session, statement, self.models.default_schema):
            self.notes.append("what is not flushed is not in the server's answer: \\session shows it")

    def add(self, entry: Entry, values: Mapping[str, Any]) -> Any:
        model = self._model(entry)
        try:
            return model.class_(**values)
        except TypeError as error:
            raise Unfit("E-TYPE", f"{model.name} cannot be made without arguments: {error}") from None

    def put(self, held: Any) -> None:
        self.work.run(lambda session: session.add(held))

    def remove(self, held: Any) -> None:
        state: Any = inspect(held)
        if state.pending:
            self.work.run(lambda session: session.expunge(held))
        elif state.persistent:
            self.work.run(lambda session: session.delete(held))
        else:
            raise Unfit("E-TYPE", f"{self.label(held)} is {shown.state(held)}: it is not in the Session")

    def read(self, instance: Any, name: str) -> Value:
        model = self.models.of(instance)
        attribute = self._attribute(model, name)
        state: Any = inspect(instance)
        if attribute in state.dict:
            value = state.dict[attribute]
        else:
            value = self.work.run(lambda session: state.attrs[attribute].value)
        if attribute not in model.relations:
            return held(value, instance, model.references.get(attribute, ""))
        if isinstance(value, (list, set, tuple)):
            return Objects(tuple(Instance(each) for each in value), owner=instance, name=attribute)
        return held(None) if value is None else Instance(value)

    def family(self, instance: Any, name: str) -> str:
        model = self.models.of(instance)
        attribute = self._attribute(model, name)
        if attribute in model.relations:
            return "objects" if model.mapper.relationships[attribute].uselist else "object"
        return model.families.get(attribute, "")

    def write(self, instance: Any, name: str, value: Any) -> None:
        model = self.models.of(instance)
        attribute = self._attribute(model, name)
        if attribute in model.computed:
            raise Unfit("E-WRITE", f"'{name}' is computed by the server")
        size, type_ = model.sized.get(attribute, (0, ""))
        strict = self._database.dialect.copying.strict
        if size and strict and isinstance(value, str) and len(value.rstrip(" ")) > size:
            raise Unfit("E-VALUE", f"{len(value):,} characters are too many for {type_}")
        if attribute in model.relations:
            for each in value if isinstance(value, list) else [value]:
                self._check_class(model, attribute, each)
        state: Any = inspect(instance)
        if state.detached or state.was_deleted:
            self.notes.append(f"{self.label(instance)} is {shown.state(instance)}: a flush does not look at it")
        self.work.run(lambda session: set_attribute(instance, attribute, value))

    def append(self, instance: Any, name: str, other: Any) -> None:
        self._check_class(self.models.of(instance), name, other)
        self.work.run(lambda session: inspect(instance).attrs[name].value.append(other))

    def take(self, instance: Any, name: str, other: Any) -> None:
        def job(session: Session) -> None:
            collection = inspect(instance).attrs[name].value
            if other not in collection:
                raise Unfit("E-VALUE", f"{self.label(other)} is not among them")
            collection.remove(other)

        self.work.run(job)

    def key(self, instance: Any) -> tuple[Any, ...]:
        state: Any = inspect(instance)
        return tuple(state.identity or state.mapper.primary_key_from_instance(instance))

    def label(self, instance: Any) -> str:
        return shown.label(self.models, instance)

    def shown(self, items: Sequence[Any], of: Objects | None = None) -> Rows:
        """`of` is the list that they are, which knows its columns when it is empty."""
        if items or of is None:
            return shown.items(self.models, items)
        if of.owner is not None:
            there = self.models.of(of.owner).mapper.relationships[of.name].mapper
            return shown.items(self.models, items, self.models.by_class(there.class_))
        if of.entry is None:
            return shown.items(self.models, items)
        model = self.models.find(of.entry.model.name, of.entry.model.schema)
        if model is None:
            return Rows.of(*(column.name for column in of.entry.model.columns), rows=[])
        return shown.items(self.models, items, model)

    # --- names --------------------------------------------------------------------------------------------------------

    def _attribute(self, model: Model, name: str) -> str:
        """What the mapper calls it: a column by its own name too, a list by the name of its table."""
        known = dict(model.attributes)
        known |= {attribute: attribute for attribute in model.attributes.values()}
        known |= {relation: relation for relation in model.relations}
        for alias, relation in model.aliases.items():
            known.setdefault(alias, relation)
        found = match(name, list(known))
        if found is None:
            own = package.own(model.class_, name)
            message = own or f"'{model.table.name}' has no column, reference or collection '{name}'"
            raise Unfit("E-ATTR", message, suggestion(name, list(dict.fromkeys(known)), "attributes"))
        return known[found]

    def _check_class(self, model: Model, attribute: str, value: Any) -> None:
        wanted = model.mapper.relationships[attribute].mapper.class_
        if value is not None and not isinstance(value, wanted):
            what = self.label(value) if hasattr(value, "_sa_instance_state") else f"{value!r:.60}"
            raise Unfit("E-TYPE", f"'{attribute}' is a {wanted.__name__}, not {what}")

    # --- what is told of a line ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new line begins."""
        if self._work is not None:
            self._work.log.clear()
        self.notes.clear()

    def told(self) -> list[str]:
        """What the Session has sent since the line began, what for, and what is to be said of it."""
        if self._work is None:
            return list(self.notes)
        self._settle()
        lines = shown.sent(self._work.log.sent)
        count = len(self._work.log.sent)
        if count:
            lines.append(f"{count:,} statement{'' if count == 1 else 's'}")
        return [*lines, *self._said()]

    def _settle(self) -> None:
        """What a line has done to the transaction is told with it; a server that cannot be asked is for later."""
        with suppress(DbxError):
            self.work.settle()

    def _said(self) -> list[str]:
        work = self.work
        notes = [*dict.fromkeys(self.notes), *work.notes]
        work.notes.clear()
        return [*notes, *(shown.cure(self._asked, lazy, number) for lazy, number in work.log.repeated())]

    def record(self) -> tuple[list[dict[str, Any]], list[str]]:
        """The same for machines: statements, and what is to be said."""
        if self._work is None:
            return [], list(self.notes)
        self._settle()
        log = self._work.log
        statements = [
            {"sql": shown.one_line(each.text), "parameters": json.loads(shown.parameters(values)), "cause": each.cause}
            for each in log.sent
            for values in (each.parameters if isinstance(each.parameters, list) else [each.parameters])
        ]
        return statements, self._said()


def _key(key: Sequence[Any]) -> str:
    return ", ".join(map(str, key))


def _record(row: Sequence[Any], names: tuple[str, ...]) -> Record:
    return Record(tuple(held(value) for value in row), names)
