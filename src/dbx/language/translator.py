"""What the user wrote becomes Statements for the driver: SQL with its parameters bound, expressions compiled.

SQLAlchemy is imported with the first expression, by way of the lazy package `dbx.language`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from dbx import language
from dbx.database import Database
from dbx.errors import LanguageError, Place, Refused
from dbx.rows import Column, Rows, Statement
from dbx.sql.parameters import bind
from dbx.sql.unit import Unit
from dbx.sql.values import as_values

MOST = 10_000
"""Rows that a name may stand for; each value is a parameter wherever it is used."""


class Translator:
    """One for a connection: it keeps the names that assignments have made, and the tables that were read.

    `raw` False is strict mode: no SQL, and no expression that carries any.
    """

    def __init__(self, database: Database, values: Mapping[str, Any], *, raw: bool = True) -> None:
        self.database = database
        self.values = values
        self.raw = raw
        self.session: dict[str, Any] = dict(values)
        self.objects: Callable[[], Any] | None = None
        """How the Session (language.values.objects.Repository) is had that expressions may ask; None: there is none."""
        self._names: Any = None
        self._capture: Any = None

    def __call__(self, unit: Unit) -> Iterator[Statement]:
        """The statements of a unit; those of an expression one by one, each compiled when it is asked for."""
        if unit.kind != "sql":
            return self._expressions(unit)
        if not self.raw:
            raise LanguageError(
                "SQL is refused here: only expressions are allowed",
                code="E-RAW",
                place=Place(
                    unit.text,
                    unit.line,
                    unit.column,
                    source=unit.source,
                    first_line=unit.line,
                    first_column=unit.column,
                ),
            )
        return self._sql(unit)

    def _sql(self, unit: Unit) -> Iterator[Statement]:
        text, parameters = unit.text, None
        values = self.values if unit.values is None else unit.values
        written = Statement(unit.text, None, unit.source, unit.line, unit.column)
        if values:
            connection = self.database.connection
            marks = connection.dialect.marks(connection.raw)
            text, parameters = bind(text, values, connection.syntax, marks, all_used=False, where=written)
        yield Statement(text, parameters, unit.source, unit.line, unit.column, data=unit.data, typed=unit.text)

    def _expressions(self, unit: Unit) -> Iterator[Statement]:
        engine = self.database.engine
        self.session.update(unit.values or {})
        if self._capture is None:
            self._capture = language.Capture(self.database)
        queries = language.translate(
            unit.text,
            self.names,
            self.session,
            dialect=engine.dialect,
            strict=not self.raw,
            source=unit.source,
            line=unit.line,
            objects=self.objects() if self.objects is not None else None,
        )
        for query in queries:
            if isinstance(query, language.Answer):
                yield Statement("", None, unit.source, query.line, query.column, answer=partial(self._answer, query))
                continue
            text, parameters = language.compiled(self._capture, query, unit)
            display = partial(language.shown, query.statement, engine.dialect)
            if query.keep:
                wanted = Statement(text, parameters, unit.source, query.line, query.column, display)
                answer = partial(self._keep, query.keep, wanted)
                yield Statement("", None, unit.source, query.line, query.column, display, answer=answer)
                continue
            hints = partial(language.hinted, query.statement, engine.dialect)
            yield Statement(text, parameters, unit.source, query.line, query.column, display, hints=hints)

    def compare(self, text: str, words: Sequence[str] = ()) -> Rows:
        """An expression as each of the dialects has it; as the best known ones have it where none are named."""
        session, here = self.session, self.database.engine.dialect
        rows: Rows = language.compared(text, self.names, session, words, here, strict=not self.raw)
        return rows

    def _answer(self, answer: Any) -> Rows:
        """What an expression about an expression comes to; a plan is asked for only now."""
        report = answer.report
        if report.rows is not None:
            return report.rows  # type: ignore[no-any-return]
        text, parameters = self._capture(report.statement)
        display = partial(language.shown, report.statement, self.database.engine.dialect)
        statement = Statement(text, parameters, display=display)
        plan: Rows = language.explained(self.database, statement, analyze=report.analyze)
        return plan

    def _keep(self, name: str, statement: Statement) -> Rows:
        """Run a query, and let a name stand for the rows that it gives now. Raises Refused for too many."""
        found = self.database.connection.run(statement).rows
        assert found is not None
        found = found.first(MOST)
        rows = [row for batch in found for row in batch]
        if found.cut:
            raise Refused(
                f"more than {MOST:,} rows are too many to be kept", hint=f"{name} = … without rows(…) is lazy"
            )
        self.session[name] = as_values(found.columns, rows)
        return Rows.of("name", Column("rows", kind="number"), rows=[(name, len(rows))])

    def declare(self, text: str) -> Rows:
        """The foreign keys that were declared, after one more where there is a text."""
        if text.strip():
            language.declare(self.names, text)
        return Rows.of("foreign key", rows=[(each.text,) for each in self.names.declared])

    @property
    def declared(self) -> Sequence[Any]:
        """The foreign keys that were declared (dbx.language.names.declared.Declared)."""
        return () if self._names is None else tuple(self._names.declared)

    @property
    def names(self) -> Any:
        """The tables, read one at a time on the connection (dbx.language.names.tables.Names)."""
        if self._names is None:
            self._names = language.Names(language.catalog(self.database))
        return self._names

    def refresh(self) -> None:
        """Forget the tables: somebody may have changed them."""
        if self._names is not None:
            self._names.refresh()
