"""What is known of a database at this moment. Nothing here ever sends a statement.

A Known is filled by whoever may use the connection (the shell's idle worker), and asked by whoever may not: completion
and the SQL under the prompt, at every key. To the expression language it is a catalog like any other:

    known.schemas()                 -> (the schema that bare names mean, all schemas)
    known.tables(schema)            -> names of whatever has rows; schema None: what a bare name may mean
    known.table(name, schema)       -> Table, or None where there is none of that name
    known.references(schema)        -> [(table, schema of the target or None, target)]

What has not been read yet raises Unread, and is wanted from then on: `known.wanted` is what to read next. Where an
answer is welcome but not needed, `known.peek(name, schema)` gives the Table or None and wants nothing.

`known.stamp` grows with everything that is learnt: an answer of an earlier stamp may be worth asking for again.
`known.learnt` is called then, on the reader's thread; `known.asked` when something is wanted, on the asker's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from dbx.dialects.traits import traits
from dbx.schema.kept import Kept, Place, Unmade
from dbx.schema.listing import HIDDEN, shared
from dbx.schema.model import ForeignKey, Schema, Table
from dbx.schema.objects import Enum, Name, Routine
from dbx.schema.referenced import Referenced

Reference = tuple[str, str | None, str]


_IN_SCHEMA = 10
"""Tables that there may well be in a schema which nobody has asked for."""


class Unread(Exception):
    """What was asked for has not been read yet. `name` None: the list of names, or of references, of `schema`."""

    def __init__(self, name: str | None, schema: str | None) -> None:
        super().__init__(f"{name or 'the tables'} not read yet")
        self.name = name
        self.schema = schema


class Known:
    """Written to by one thread and read by another: what is replaced is replaced whole, what grows is a dict."""

    def __init__(self) -> None:
        self.stamp = 0
        self.whole = False
        """Every table has been read, as far as it can be."""
        self.home: str | None = None
        self.enums: Mapping[Name, Enum] = {}
        self.routines: Sequence[Routine] = ()
        self.learnt: Callable[[], object] = lambda: None
        self.asked: Callable[[], object] = lambda: None
        self.wanted: dict[tuple[str | None, str | None], None] = {}
        """(name, schema) of what was asked for in vain, in order; None for a name is the list of them."""
        self.referenced = Referenced(lambda: self.asked())
        self._schemas: tuple[str, ...] | None = None
        self._located = False
        """The server has said what bare names mean; before, it is what they usually mean."""
        self._places: dict[str | None, Mapping[str, str | None]] = {}
        self._tables: dict[Place, Table | Unmade] = {}
        self._bare: dict[str, Table] = {}
        """The tables that bare names mean, as a statement that names them so sees them."""
        self._references: dict[str | None, Sequence[Reference]] = {}
        self._children: dict[tuple[str | None, str], tuple[str, ...]] | None = None
        self._unreadable: set[tuple[str | None, str]] = set()
        self._declared: Mapping[tuple[str | None, str], Sequence[ForeignKey]] = {}

    # --- what is known ------------------------------------------------------------------------------------------------

    def schemas(self) -> tuple[str | None, tuple[str, ...]]:
        if self._schemas is None:
            raise self._unread(None, None)
        return self.home, self._schemas

    def tables(self, schema: str | None = None) -> tuple[str, ...]:
        if schema not in self._places:
            raise self._unread(None, schema)
        return tuple(self._places[schema])

    def table(self, name: str, schema: str | None = None) -> Table | None:
        found = self.peek(name, schema)
        listed = schema not in self._places or name in self._places[schema]
        if found is None and listed and (schema, name) not in self._unreadable:
            raise self._unread(name, schema)
        return found

    @property
    def named(self) -> bool:
        """Whether it is known what bare names may mean."""
        return None in self._places

    @property
    def size(self) -> int:
        """About how many tables there are, as far as anybody knows."""
        return max(len(self._tables), len(self._places.get(None, ())), _IN_SCHEMA * len(self._schemas or ()))

    def references(self, schema: str | None = None) -> Sequence[Reference]:
        if schema not in self._references:
            raise self._unread(None, schema)
        return (*self._references[schema], *self._declared_in(schema))

    def children(self, name: str, schema: str | None = None) -> tuple[str, ...]:
        """The tables of a schema that have a foreign key to this one of it, as far as that is known."""
        if self._children is None:
            found: dict[tuple[str | None, str], dict[str, None]] = {}
            for place, references in list(self._references.items()):
                for child, target_schema, target in (*references, *self._declared_in(place)):
                    if target_schema in (None, place):
                        found.setdefault((place, target), {})[child] = None
            self._children = {key: tuple(value) for key, value in found.items()}
        return self._children.get((schema, name), ())

    def peek(self, name: str, schema: str | None = None) -> Table | None:
        """A table as far as it has been read. Where bare names mean it, it says no schema, and so do its keys."""
        if schema is not None:
            return self._with_declared(self._held(schema, name), schema)
        if name not in self._bare:
            places = self._places.get(None, {})
            found = self._held(places[name], name) if name in places else None
            if found is None:
                return None
            keys = tuple([self._key(key, places) for key in found.foreign_keys])
            self._bare[name] = found._replace(schema=None, foreign_keys=keys)
        return self._with_declared(self._bare[name], None)

    def _with_declared(self, table: Table | None, schema: str | None) -> Table | None:
        """The schema that bare names mean has no name in what is declared."""
        own = self._declared.get((None if schema == self.home else schema, table.name), ()) if table else ()
        return table._replace(foreign_keys=(*table.foreign_keys, *own)) if table and own else table

    def _declared_in(self, schema: str | None) -> Iterator[Reference]:
        place = None if schema == self.home else schema
        for (child_schema, child), keys in self._declared.items():
            if child_schema == place:
                yield from ((child, key.target_schema, key.target_table) for key in keys)

    def sketch(self, name: str, schema: str | None = None) -> Table | Unmade | None:
        """A table that may not be made for it: its kind and its comment."""
        if schema is None and name in self._bare:
            return self._bare[name]
        places = self._places.get(None, {})
        if schema is None and name not in places:
            return None
        return self._tables.get(self._place(places[name] if schema is None else schema, name))

    def _held(self, schema: str | None, name: str) -> Table | None:
        place = self._place(schema, name)
        found = self._tables.get(place)
        if isinstance(found, Unmade):
            found = self._tables[place] = found.made()
        return found

    def _place(self, schema: str | None, name: str) -> Place:
        """The model leaves out the name of a main schema on some servers, and a list of names does not."""
        if (schema, name) in self._tables or schema not in (None, self.home):
            return schema, name
        return (None, name) if (None, name) in self._tables else (self.home, name)

    def listed(self) -> Iterable[tuple[str | None, str]]:
        """(schema, name) of everything that has a name here: first what a bare name means."""
        for schema, names in list(self._places.items()):
            for name, place in names.items():
                if schema is None or self._places.get(None, {}).get(name, "") != place:
                    yield schema, name

    @staticmethod
    def _key(key: ForeignKey, bare: Mapping[str, str | None]) -> ForeignKey:
        return key._replace(target_schema=None) if bare.get(key.target_table, "") == key.target_schema else key

    def _unread(self, name: str | None, schema: str | None) -> Unread:
        if (name, schema) not in self.wanted:
            self.wanted[name, schema] = None
            self.asked()
        return Unread(name, schema)

    # --- what is learnt -----------------------------------------------------------------------------------------------

    def learn_schemas(self, home: str | None, schemas: Sequence[str]) -> None:
        """`home` is the schema that bare names mean; when it is another one now, all that they meant is forgotten."""
        same = (home, tuple(schemas)) == (self.home, self._schemas)
        if self._located and home != self.home:
            self._places.pop(None, None)
            self._references.pop(None, None)
            self._children = None
            self._tables = {place: table for place, table in self._tables.items() if place[0] is not None}
            self.whole = False
        self.home, self._schemas, self._located = home, tuple(schemas), True
        if not same:
            self._changed(anew=True)

    def learn_names(self, schema: str | None, places: Mapping[str, str | None]) -> None:
        """The names of a schema, or those that bare words mean, and the schema that each is in."""
        if self._unreadable or places != self._places.get(schema):
            self._places[schema], self._unreadable = dict(places), set()
            self._changed(anew=True)

    def learn_references(self, schema: str | None, references: Sequence[Reference]) -> None:
        self._references[schema], self._children = references, None
        self._changed()

    def learn(self, name: str, schema: str | None, table: Table | None) -> None:
        """The table that is called so, as a catalog gives it; None where it cannot be read."""
        self.wanted.pop((name, schema), None)
        if table is None:
            self._unreadable.add((schema, name))
        elif schema is None:
            self._bare[name] = table
        else:
            self._tables[schema, name] = table
        self._changed()

    def learn_all(self, schema: Schema) -> None:
        """A whole schema. What is not in it any more is gone; which schemas bare names mean stays as it was learnt."""
        same: dict[Any, Any] = {}
        found = {(table.schema, table.name): shared(table, same) for table in schema.tables if table.kind not in HIDDEN}
        targets = {
            place: [(key.target_schema, key.target_table) for key in table.foreign_keys]
            for place, table in found.items()
        }
        self.learn_kept(Kept(schema, found, targets))

    def learn_kept(self, kept: Kept) -> None:
        """As `learn_all`, of tables that need not be made."""
        schema, found = kept.rest, {**kept.tables}
        default = None if any(place is None for place, _ in found) else traits(schema.dialect).home
        home = self.home if self._located else default
        places: dict[str | None, dict[str, str | None]] = {}
        for place, name in found:
            places.setdefault(place, {})[name] = place
        bare = self._places.get(None, {}) if self._located else {}
        path = {None, home, *bare.values()}
        held = {name: place for name, place in bare.items() if (place, name) in found or (None, name) in found}
        inside = {name: place for place, name in found if place in path}
        places[None] = inside | {name: place if (place, name) in found else None for name, place in held.items()}
        self._tables, self._places, self.home = found, dict(places), home
        self._references = {place: _references(kept.targets, names) for place, names in places.items()}
        self._children, self._unreadable = None, set()
        self._schemas = self._schemas or tuple(sorted(place for place in places if place is not None))
        self.enums = {Name(each.name, each.schema): each for each in schema.enums}
        self.routines = schema.routines
        self.whole = True
        self.wanted.clear()
        self._changed(anew=True)

    def declare(self, keys: Iterable[tuple[str | None, str, ForeignKey]]) -> None:
        """All the keys that somebody has declared, which the database does not have: (schema, table, key)."""
        found: dict[tuple[str | None, str], tuple[ForeignKey, ...]] = {}
        for schema, name, key in keys:
            found[schema, name] = (*found.get((schema, name), ()), key)
        self._declared, self._children = found, None
        self._changed()

    def forget(self, *names: str) -> None:
        """What is called so has changed: it is to be read again before it is believed."""
        gone = set(names)
        for place in [place for place in list(self._tables) if place[1] in gone]:
            del self._tables[place]
        for name in gone:
            self._bare.pop(name, None)
        self._changed()

    def _changed(self, *, anew: bool = False) -> None:
        if anew:
            self._bare = {}
        self.stamp += 1
        self.learnt()


def _references(targets: Mapping[Place, Sequence[Place]], names: Mapping[str, str | None]) -> list[Reference]:
    """The foreign keys of the tables of these names, as a catalog gives them."""
    return [
        (name, None if names.get(target, "") == schema else schema, target)
        for name, place in names.items()
        for schema, target in targets[place, name]
    ]
