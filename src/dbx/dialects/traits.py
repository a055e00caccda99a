"""What is known of a kind of server without asking one: a schema may come from a file, or be made for a server that
nobody is connected to. The module of each loads no driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import NamedTuple


class Tables(NamedTuple):
    """What tables may be there; where nothing else is said, what most servers have."""

    kept_as_statement: bool = False
    """A table is kept as the statement that makes it."""
    takes: Callable[[str], bool] = bool
    """Whether something may be called so."""
    cased: bool = False
    """Names that differ in nothing but case are two."""
    quote: str = '"'
    """What a name stands between."""
    same: str = ""
    """The operator that takes two NULLs for the same, and its opposite."""
    differs: str = ""
    truths: bool = False
    """A boolean is no number."""
    comments: bool = True
    zero_dates: bool = True
    bracketed_defaults: bool = False
    """A long text has a default only as an expression, in brackets."""
    time_digits: int = 0
    """How many the time has behind its seconds, where nobody says it."""
    exact_time: bool = False
    """The time as a default has just as many of them as its column."""
    identity: bool = False
    """Any whole number may count by itself; else only what a primary key begins with."""
    counts_among: bool = True
    """It may be the first of several columns of the key."""
    stored_only: bool = False
    """What is generated is always stored."""
    sure: bool = True
    """What is generated may be NOT NULL."""
    columns: int = 0
    """How many a table has at the most; 0 for any number."""
    typed: bool = True
    """A column takes values of its type alone, and refers to one of the same."""
    deferrable: bool = True
    feasible_actions: bool = False
    """An action of a foreign key that could not be done is refused, and so is SET DEFAULT."""
    aligned: bool = False
    """A foreign key names the columns of a key in the order of that key."""
    steady: bool = False
    """No check, and nothing that is stored, is of a column that a foreign key changes."""
    moments: tuple[str, str] | None = None
    """The first and last that a time with its zone may be, where not any."""
    named_keys: bool = False
    """A unique key always has a name."""
    key_length: int = 0
    """Characters of a key at the most, a long text being cut to a length of its own; 0 for any number."""
    row_bytes: int = 0
    """Bytes of a row at the most, a long text standing apart from it; 0 for any number."""
    partial_indexes: bool = True
    """An index may be of some rows."""
    shared_names: bool = True
    """No index may be called as a table, or as an index of another one."""
    linked_later: bool = True
    """A foreign key can be added to a table that is there."""

    def quoted(self, name: str) -> str:
        """A name that nothing in it can end."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote


class Traits(NamedTuple):
    """`family` is the dialect whose statements it takes: mysql for MariaDB."""

    title: str
    family: str
    main: str = ""
    """How the schema without a name is called."""
    home: str | None = None
    """The schema that bare names mean, as long as nobody has asked."""
    placed: bool = False
    """Whatever is in a schema says so: a cast or a publication, which says none, is in none."""
    granted: Mapping[str, str] | None = None
    """What everybody may, by the kind of object, where nothing was granted or revoked, the owner being free to do
    everything; None where that is not so."""
    follows: bool = True
    """Views go on showing a table that is renamed."""
    without: frozenset[str] = frozenset()
    """Kinds of objects that it has none of."""
    tables: Tables = Tables()


_MODULES = {
    "sqlite": "dbx.dialects.sqlite.traits",
    "postgresql": "dbx.dialects.postgresql.traits",
    "mysql": "dbx.dialects.mysql.traits",
    "mariadb": "dbx.dialects.mysql.traits",
}


@cache
def traits(dialect: str) -> Traits:
    """Those of a Schema's dialect; of one that is not built in, what nearly every server has."""
    found: Traits = (
        import_module(_MODULES[dialect]).TRAITS[dialect] if dialect in _MODULES else Traits(dialect, dialect)
    )
    return found
