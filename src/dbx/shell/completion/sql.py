"""What could go on at the cursor in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dbx.dialects.base import Dialect
from dbx.schema.known import Known, Unread
from dbx.schema.model import Column, Table
from dbx.shell.completion import vocabulary
from dbx.shell.completion.candidate import Candidate, described, is_key
from dbx.shell.completion.matching import LIMIT, Index, rank
from dbx.shell.completion.quoting import quoted, string
from dbx.shell.completion.sql_columns import Named, Scope, find, joins, neighbours
from dbx.shell.completion.sql_place import Place, place
from dbx.shell.completion.sql_scope import Block, Source, tree
from dbx.shell.completion.sql_star import star
from dbx.shell.completion.sql_tokens import Token, Typed, typed
from dbx.shell.completion.values import fitting, is_text

_KINDS = {"view": "view", "matview": "materialised view", "foreign": "foreign table", "virtual": "virtual table"}


class Sql:
    """Candidates for a text; an index of all names is made once for what is known."""

    def __init__(self, known: Known, dialect: Dialect) -> None:
        self.known = known
        self.dialect = dialect
        self._index: dict[str | None, tuple[int, Sequence[str], Index]] = {}

    def complete(self, before: str, after: str, *, asked: bool) -> tuple[int, list[Candidate]]:
        """How many characters before the cursor are replaced, and by what. `asked`: by a key of its own, so that there
        may be candidates before a character is typed."""
        text = typed(before, after, self.dialect.syntax)
        if text is None or (text.current.kind == "word" and text.at and text.tokens[text.at - 1].opening == ":"):
            return 0, []
        current = text.current
        _, home = tree(text)
        if asked and before.endswith("*") and (found := star(before, home, Scope(home, self.known), self.dialect)):
            return found[0], [found[1]]
        where = place(home)
        length = len(current.text) + (len(current.opening) if current.opening else 0)
        if current.kind == "number" and where.kind != "value":
            return 0, []
        if current.kind == "string":
            return length, list(_Here(self, text, home, where).strings())
        if not current.text and not current.opening and not asked and not where.owner and where.kind != "condition":
            return 0, []
        return length, list(_Here(self, text, home, where).candidates())[:LIMIT]

    def prepare(self) -> None:
        """Make what is made once for all that is known: by the thread that has learnt it, and not at a key."""
        if self.known.named:
            self.names(None, "")
            self.known.children("")

    def names(self, schema: str | None, typed_: str) -> list[str]:
        """The names of a schema that fit; of what a bare name may mean, for None."""
        stamp, listed, index = self._index.get(schema, (-1, (), None))
        if index is None or stamp != self.known.stamp:
            try:
                names = self.known.tables(schema)
            except Unread:
                return []
            if index is None or names != listed:  # mostly it is their columns that have become known
                index = Index(names)
            self._index[schema] = (self.known.stamp, names, index)
        return index.find(typed_)


class _Here:
    """The candidates at one place."""

    def __init__(self, sql: Sql, text: Typed, home: Block, where: Place) -> None:
        self.sql = sql
        self.known = sql.known
        self.current: Token = text.current
        self.word = text.current.text
        self.where = where
        self.scope = Scope(home, sql.known)
        self._capitals = _are_upper(text.tokens[: text.at])

    def candidates(self) -> Iterator[Candidate]:
        kinds: dict[str, Callable[[], Iterator[Candidate]]] = {
            "statement": self._statements,
            "table": self._tables,
            "column": self._column,
            "condition": self._condition,
            "set": self._of_target,
            "insert": self._of_target,
            "common": self._common,
            "value": self._value,
            "keyword": self._after,
            "type": self._types,
        }
        make = kinds.get(self.where.kind)
        return make() if make else iter(())

    # --- words --------------------------------------------------------------------------------------------------------

    def _words(self, words: tuple[str, ...], kind: str = "keyword", ending: str = "") -> Iterator[Candidate]:
        if self.current.opening:
            return
        fitting = [(rank(self.word, word), at, word) for at, word in enumerate(words)]
        for level, _, word in sorted(fitting):
            if level == 1 or (level == 2 and " " in word and len(self.word) > 1):
                capitals = _is_upper(self.word)
                text = word.upper() if (self._capitals if capitals is None else capitals) else word
                yield Candidate(text + ending, kind, "" if kind == "keyword" else kind, text)

    def _statements(self) -> Iterator[Candidate]:
        own = vocabulary.OWN_STATEMENTS.get(self.sql.dialect.name, ())
        yield from self._words((*vocabulary.STATEMENTS, *own))

    def _after(self) -> Iterator[Candidate]:
        if self.where.clause in ("", "CREATE", "DROP", "ALTER"):
            yield from self._words((*vocabulary.OBJECTS, "from", "into"))
        is_table = self.where.clause in ("FROM", "JOIN", "UPDATE", "INTO")
        yield from self._words(vocabulary.AFTER_TABLE if is_table else vocabulary.AFTER_OPERAND)

    def _types(self) -> Iterator[Candidate]:
        yield from self._words(vocabulary.TYPES.get(self.sql.dialect.name, vocabulary.OTHER_TYPES), "type")
        for enum in self.known.enums:
            if rank(self.word, enum.name):
                yield Candidate(self._quoted(enum.name), "type", "enum")

    def _functions(self) -> Iterator[Candidate]:
        for routine in self.known.routines:
            if self.word and rank(self.word, routine.name):
                meta = f"({routine.arguments}) {routine.returns}".strip()
                yield Candidate(self._quoted(routine.name) + "(", "function", meta[:60], routine.name)
        own = vocabulary.OWN_FUNCTIONS.get(self.sql.dialect.name, ())
        yield from self._words(tuple(dict.fromkeys((*vocabulary.FUNCTIONS, *own))), "function", "(")

    # --- tables -------------------------------------------------------------------------------------------------------

    def _tables(self) -> Iterator[Candidate]:
        if self.where.owner:
            yield from self._listed(self.where.owner[-1])
            return
        if self.where.clause in ("JOIN", "STRAIGHT_JOIN"):
            yield from self._joined()
        for name in self.scope.ctes:
            if rank(self.word, name):
                yield Candidate(self._quoted(name), "table", "with")
        yield from self._listed(None)
        yield from self._schemas()
        if self.where.clause != "FROM" or not self.word:
            return
        yield from self._words(("select", "lateral", "only"))

    def _listed(self, schema: str | None) -> Iterator[Candidate]:
        schema = next((each for each in self._schema_names() if schema and each.lower() == schema.lower()), schema)
        for name in self.sql.names(schema, self.word):
            table = self.known.sketch(name, schema)
            meta = _KINDS.get(table.kind, "table") if table else "table"
            comment = (
                f" · {table.comment.splitlines()[0][:60]}" if table and table.comment and table.comment.strip() else ""
            )
            yield Candidate(self._quoted(name), "table", meta + comment, name)

    def _schema_names(self) -> tuple[str, ...]:
        try:
            return self.known.schemas()[1]
        except Unread:
            return ()

    def _schemas(self) -> Iterator[Candidate]:
        for name in self._schema_names():
            if self.word and rank(self.word, name):
                yield Candidate(self._quoted(name) + ".", "schema", "schema", name)

    def _joined(self) -> Iterator[Candidate]:
        """The tables that a foreign key connects with what is there, with the condition."""
        for source in self.scope.near:
            table = self.scope.table(source)
            for name, other in neighbours(table, self.known).items() if table else ():
                if not rank(self.word, name):
                    continue
                for join in joins(other, table) if table else ():
                    condition = self._equal(name, join.ours, source.called, join.theirs)
                    text = f"{self._quoted(name)} {self._keyword('on')} {condition}"
                    yield Candidate(text, "reference", "foreign key", text)

    # --- columns ------------------------------------------------------------------------------------------------------

    def _column(self) -> Iterator[Candidate]:
        if self.where.owner:
            yield from self._owned()
            return
        yield from self._in_scope()
        yield from self._words(vocabulary.IN_EXPRESSION)
        yield from self._functions()
        if self.word:
            yield from self._words(("select", "from"))

    def _owned(self) -> Iterator[Candidate]:
        """What stands behind `t.`: the columns of that table or alias, or the tables of that schema."""
        owner = self.where.owner[-1]
        for source in (*self.scope.near, *self.scope.far):
            if source.called.lower() == owner.lower():
                yield from self._columns(self.scope.columns(source))
                return
        schema = self.where.owner[-2] if len(self.where.owner) > 1 else None
        if schema is None and any(each.lower() == owner.lower() for each in self._schema_names()):
            yield from self._listed(owner)
            return
        table = find(self.known, owner, schema)
        if table is not None:
            yield from self._columns([Named(each.name, each, table) for each in table.columns])

    def _in_scope(self) -> Iterator[Candidate]:
        """Columns without a qualifier where that is clear, and the names of tables to go on from."""
        found = [(source, named) for source in self.scope.near for named in self.scope.columns(source)]
        count: dict[str, int] = {}
        for _, named in found:
            count[named.name.lower()] = count.get(named.name.lower(), 0) + 1
        for level in (1, 2, 3) if self.word else (1,):
            for source, named in found:
                if (rank(self.word, named.name) if self.word else 1) == level:
                    several = count[named.name.lower()] > 1 and source.called
                    owner = self._alias(source) + "." if several else ""
                    yield self._candidate(named, owner)
        for source in (*self.scope.near, *self.scope.far):
            if source.called and rank(self.word, source.called):
                yield Candidate(self._alias(source) + ".", "alias", source.name or "query", source.called)

    def _columns(self, columns: list[Named], without: tuple[str, ...] = ()) -> Iterator[Candidate]:
        left = {name.lower() for name in without}
        for level in (1, 2, 3) if self.word else (1,):
            for named in columns:
                fit = rank(self.word, named.name) if self.word else 1
                if fit == level and named.name.lower() not in left:
                    yield self._candidate(named)

    def _candidate(self, named: Named, owner: str = "") -> Candidate:
        text = owner + quoted(named.name, self.sql.dialect, "" if owner else self.current.opening)
        if named.column is None:
            return Candidate(text, "column", "", owner + named.name)
        kind = "key" if is_key(named.column, named.table) else "column"
        return Candidate(text, kind, described(named.column, named.table), owner + named.name)

    def _of_target(self) -> Iterator[Candidate]:
        target = self.where.target
        table = self.scope.table(target) if target else None
        if table is not None:
            columns = [Named(each.name, each, table) for each in table.columns if not each.generated]
            yield from self._columns(columns, self.where.given)

    def _common(self) -> Iterator[Candidate]:
        """The columns of the table joined last that another one has as well."""
        if len(self.scope.near) < 2:
            return
        last = self.scope.columns(self.scope.near[-1])
        others = {named.name for source in self.scope.near[:-1] for named in self.scope.columns(source)}
        yield from self._columns([named for named in last if named.name in others], self.where.given)

    def _condition(self) -> Iterator[Candidate]:
        """Behind ON: the foreign keys that connect the table joined last with those before it; then any column."""
        if not self.where.owner and len(self.scope.near) > 1:
            *before, last = self.scope.near
            table = self.scope.table(last)
            for source in reversed(before):
                other = self.scope.table(source)
                for join in joins(table, other) if table and other else ():
                    text = self._equal(last.called, join.ours, source.called, join.theirs)
                    if rank(self.word, text) == 1:
                        yield Candidate(text, "reference", "foreign key")
        if self.word or self.where.owner:
            yield from self._column()

    # --- values -------------------------------------------------------------------------------------------------------

    def _value(self) -> Iterator[Candidate]:
        column, table = self._operand()
        for value, meaning in fitting(self.word, column, table, self.known) if column else ():
            yield Candidate(string(value) if column and is_text(column) else value, "value", meaning)
        if self.current.kind != "number":
            yield from self._column()

    def strings(self) -> Iterator[Candidate]:
        """Within quotes: the values of the column that it is compared with."""
        column, table = self._operand() if self.where.kind == "value" and self.current.opening == "'" else (None, None)
        for value, meaning in fitting(self.word, column, table, self.known) if column else ():
            yield Candidate(string(value), "value", meaning, value)

    def _operand(self) -> tuple[Column | None, Table | None]:
        *owners, name = self.where.operand or ("",)
        owner = owners[-1].lower() if owners else ""
        if owners == [""]:  # the place in a new row
            source = self.scope.near[0] if self.scope.near else None
            columns = self.scope.columns(source)[int(name) :] if source else []
            return (columns[0].column, columns[0].table) if columns else (None, None)
        for source in (*self.scope.near, *self.scope.far):
            if not owner or source.called.lower() == owner:
                for named in self.scope.columns(source):
                    if named.name.lower() == name.lower():
                        return named.column, named.table
        return None, None

    # --- how it is written --------------------------------------------------------------------------------------------

    def _quoted(self, name: str) -> str:
        return quoted(name, self.sql.dialect, self.current.opening)

    def _alias(self, source: Source) -> str:
        return quoted(source.called, self.sql.dialect, '"' if source.quoted and not source.alias else "")

    def _keyword(self, word: str) -> str:
        return word.upper() if self._capitals else word

    def _equal(self, one: str, ours: tuple[str, ...], other: str, theirs: tuple[str, ...]) -> str:
        dialect = self.sql.dialect
        left, right = (quoted(name, dialect) for name in (one, other))
        pairs = [
            f"{left}.{quoted(a, dialect)} = {right}.{quoted(b, dialect)}" for a, b in zip(ours, theirs, strict=False)
        ]
        return f" {self._keyword('and')} ".join(pairs)


def _is_upper(word: str) -> bool | None:
    """Whether a word is in capitals; None for one without letters."""
    return word.isupper() if any(letter.isalpha() for letter in word) else None


def _are_upper(tokens: list[Token]) -> bool:
    """Whether keywords are written in capitals, by the last of them."""
    for token in reversed(tokens):
        if token.kind == "word" and token.text.lower() in vocabulary.RESERVED:
            return token.text.isupper()
    return False
