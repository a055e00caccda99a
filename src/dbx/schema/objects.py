"""What a schema holds beside its tables. Text is the server's own; `options` is what only one kind of server knows.

Every class is a tuple: cheap to make by the ten thousand, frozen, comparable, hashable. A field that has its default
is left out of JSON, so a new field with a default changes no dump that is older than it.
"""

from __future__ import annotations

from typing import NamedTuple

Options = tuple[tuple[str, str], ...]
"""Pairs of the server's own words in lower case and their value, sorted; a flag's value is ''."""


class Name(NamedTuple):
    """A table or type. `schema` is None where a bare name finds it in any session: the main database of SQLite, the
    database of MySQL, whose own name is no part of what it holds. PostgreSQL's objects always say theirs."""

    name: str
    schema: str | None = None

    @property
    def shown(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class Reference(NamedTuple):
    """An object that has to be there first. `kind` as in `dbx.schema.listing`; `arguments` only for routines."""

    name: str
    schema: str | None = None
    kind: str = "table"
    arguments: str = ""


class Grant(NamedTuple):
    """Privileges in the server's words, sorted. PostgreSQL's PUBLIC is ''."""

    grantee: str
    privileges: tuple[str, ...]
    grantable: bool = False
    grantor: str = ""


class Check(NamedTuple):
    """`column`: the column it was written at, where the server keeps that apart from a table's check (MariaDB)."""

    name: str
    expression: str
    column: str | None = None
    validated: bool = True
    enforced: bool = True
    inherited: bool = False
    no_inherit: bool = False
    comment: str | None = None
    options: Options = ()


class Namespace(NamedTuple):
    """What PostgreSQL calls a schema."""

    name: str
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    options: Options = ()


class Extension(NamedTuple):
    name: str
    schema: str | None = None
    version: str = ""
    comment: str | None = None
    options: Options = ()


class Enum(NamedTuple):
    name: str
    schema: str | None
    labels: tuple[str, ...]
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()


class Domain(NamedTuple):
    name: str
    schema: str | None
    type: str
    nullable: bool = True
    default: str | None = None
    collation: str | None = None
    checks: tuple[Check, ...] = ()
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    depends: tuple[Reference, ...] = ()
    options: Options = ()


class Attribute(NamedTuple):
    """A field of a composite type."""

    name: str
    type: str
    collation: str | None = None
    comment: str | None = None


class Composite(NamedTuple):
    name: str
    schema: str | None
    attributes: tuple[Attribute, ...]
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    depends: tuple[Reference, ...] = ()


class Range(NamedTuple):
    """A range type; operator class, collation, canonical and difference function, multirange are options."""

    name: str
    schema: str | None
    subtype: str
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    depends: tuple[Reference, ...] = ()
    options: Options = ()


class Sequence(NamedTuple):
    """How it counts, never how far it has counted. `owned_by`: table and column it goes away with; a sequence behind
    an identity column is that column's `identity` and not listed."""

    name: str
    schema: str | None = None
    type: str = ""
    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cache: int | None = None
    cycle: bool = False
    owned_by: tuple[str, str] | None = None
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    options: Options = ()


class Routine(NamedTuple):
    """`kind` is function, procedure, aggregate or window. `arguments` tell overloads apart; `definition` is the whole
    CREATE statement, and None where the user may not see it."""

    name: str
    schema: str | None
    kind: str = "function"
    arguments: str = ""
    returns: str = ""
    language: str = ""
    definition: str | None = None
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    depends: tuple[Reference, ...] = ()
    options: Options = ()


class Trigger(NamedTuple):
    """`timing` is BEFORE, AFTER or INSTEAD OF; `events` like 'INSERT' or 'UPDATE OF a, b'; `enabled` '' means yes."""

    name: str
    schema: str | None
    table: str
    timing: str = ""
    events: tuple[str, ...] = ()
    level: str = "ROW"
    condition: str | None = None
    function: str = ""
    definition: str | None = None
    enabled: str = ""
    deferrable: str = ""
    comment: str | None = None
    depends: tuple[Reference, ...] = ()
    options: Options = ()


class Policy(NamedTuple):
    """Row security of PostgreSQL. Whether a table's is on, or forced on its owner, is among the table's options."""

    name: str
    schema: str | None
    table: str
    command: str = "ALL"
    roles: tuple[str, ...] = ()
    permissive: bool = True
    using: str | None = None
    check: str | None = None
    comment: str | None = None


class Event(NamedTuple):
    """Of MySQL's scheduler."""

    name: str
    schema: str | None = None
    schedule: str = ""
    status: str = ""
    definition: str | None = None
    comment: str | None = None
    options: Options = ()


class Server(NamedTuple):
    """A foreign server and the wrapper it is reached by. Options that hold secrets are never read."""

    name: str
    wrapper: str = ""
    type: str = ""
    version: str = ""
    owner: str = ""
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    options: Options = ()


class Other(NamedTuple):
    """What has no class of its own (rules, statistics, collations, casts, operators, publications, event triggers,
    wrappers, default privileges): its kind in the server's words, and the statement that makes it."""

    name: str
    schema: str | None
    kind: str
    definition: str | None = None
    table: str | None = None
    owner: str = ""
    comment: str | None = None
    depends: tuple[Reference, ...] = ()
    options: Options = ()


class Missing(NamedTuple):
    """What is there and could not be read, and why, in the server's words. What could be read of it is in the schema
    all the same; `kind` '' stands for a part of the catalog (`name`) that was closed as a whole."""

    name: str
    schema: str | None
    kind: str
    reason: str
