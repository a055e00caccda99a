"""The user's own models: a package that is imported because it was named, on the command line or in a profile, and how
it differs from the database.

Nothing is sent while it is imported, and what it prints goes to standard error. Whatever goes wrong in it is told as
the package's own fault, with the line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import import_module
from inspect import getattr_static
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any, NamedTuple

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapper, class_mapper, configure_mappers
from sqlalchemy.orm.exc import UnmappedClassError

from dbx.errors import Place, UsageError
from dbx.language.values.types import family_of
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Name
from dbx.settings import Profile
from dbx.unit.models import Model, Models


class Package(NamedTuple):
    """A module, and the folder that it is looked for in before all others, if there is one."""

    name: str
    folder: Path | None


def named(option: str, profile: Profile) -> Package | None:
    """The package of the command line, which is looked for in this folder; else that of the profile, which is not:
    whoever is in a stranger's folder has not asked for what stands there."""
    if option:
        return Package(option, Path.cwd())
    if profile.models:
        return Package(profile.models, Path(profile.models_path).expanduser() if profile.models_path else None)
    return None


def models(module: ModuleType, schema: Schema, dialect: Dialect) -> Models:
    """The classes of a module, and in `notes` how their tables differ from those of the schema."""
    name, mappers = module.__name__, list(_mappers(module))
    live = {Name(table.name, table.schema): table for table in schema.tables}
    found = Models(default_schema=dialect.default_schema_name, signature=name)
    notes: list[str] = []
    for mapper in mappers:
        model = _model(mapper, live, found.default_schema)
        if model.table in live:
            found.by_table[model.table] = model
            notes += _differences(mapper, live[model.table])
        else:
            notes.append(f"{model.name}: the database has no table '{model.table.name}'")
    found.unmapped = {table: f"{name} maps no class to it" for table in live if table not in found.by_table}
    count = len(found.by_table)
    found.notes = (f"{name}: {count} class{'' if count == 1 else 'es'}" + (", which differ:" if notes else ""), *notes)
    return found


def own(class_: type[Any], name: str) -> str:
    """What is said of an attribute of the user's own that no column or relationship is; '' where there is none."""
    found = getattr_static(class_, name, None)
    if found is None:
        return ""
    what = "a property" if isinstance(found, property) else "a method" if callable(found) else "an attribute"
    return f"'{name}' is {what} of {class_.__name__}: only what is mapped can be asked for, its Python is not run"


def loaded(package: Package) -> ModuleType:
    """The package, imported. Raises UsageError that names the line at fault, and for a package without classes."""
    name, folder = package
    if not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(f"'{name}' is no module name", hint="as Python's import has it: package.module")
    if folder is not None and str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        with redirect_stdout(sys.stderr):
            module = import_module(name)
            configure_mappers()
    except Exception as error:
        raise _blamed(package, error) from error
    except SystemExit as error:
        raise UsageError(
            f"{name} wanted to exit ({error.code}) while it was imported", hint="nothing was sent"
        ) from error
    if not any(_mappers(module)):
        raise UsageError(f"{name} has no mapped classes", hint="a module in which subclasses of DeclarativeBase are")
    return module


def _blamed(package: Package, error: Exception) -> UsageError:
    """An error of theirs: the innermost line outside of Python's and SQLAlchemy's own."""
    name, folder = package
    if isinstance(error, ModuleNotFoundError) and error.name and (name + ".").startswith(error.name + "."):
        where = f"in {folder}, and where Python looks" if folder else "where Python looks; models_path names a folder"
        return UsageError(f"no module '{name}'", hint=f"it is looked for {where}")
    own = [frame for frame in extract_tb(error.__traceback__) if _theirs(frame.filename)]
    what = str(error).split("\n")[0] or type(error).__name__
    told = UsageError(f"{name} cannot be imported: {type(error).__name__}: {what}", hint="nothing was sent")
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        told.place = Place(
            error.text or "", error.lineno, error.offset or 1, source=error.filename, first_line=error.lineno
        )
    elif own:
        frame = own[-1]
        told.place = Place(frame.line or "", frame.lineno or 1, 1, source=frame.filename, first_line=frame.lineno or 1)
    return told


def _theirs(file: str) -> bool:
    return not file.startswith("<") and "site-packages" not in file and not file.startswith((sys.base_prefix, _OWN))


_OWN = str(Path(__file__).parents[1])


def _mappers(module: ModuleType) -> Iterator[Mapper[Any]]:
    """Of every class in the module, and of all that share a registry with one."""
    found: dict[Mapper[Any], None] = {}
    for value in vars(module).values():
        if not isinstance(value, type):
            continue
        if issubclass(value, DeclarativeBase) and hasattr(value, "registry"):
            found |= dict.fromkeys(value.registry.mappers)
            continue
        try:
            found |= dict.fromkeys(class_mapper(value).registry.mappers)
        except (UnmappedClassError, SQLAlchemyError):
            continue
    yield from sorted(found, key=lambda mapper: mapper.class_.__name__)


def _model(mapper: Mapper[Any], live: dict[Name, Table], default: str | None) -> Model:
    table: Any = mapper.local_table
    schema = getattr(table, "schema", None)
    places = [schema, default if schema is None else None, None if schema == default else schema]
    name = next((Name(table.name, each) for each in places if Name(table.name, each) in live), Name(table.name, schema))
    there = live.get(name)
    columns = {column.name: mapper.get_property_by_column(column).key for column in mapper.columns}
    families = {
        attribute: (
            found.family if there and (found := there.column(column)) else family_of(mapper.columns[attribute].type)
        )
        for column, attribute in columns.items()
    }
    relations = dict(mapper.relationships.items())
    references = {
        mapper.get_property_by_column(next(iter(relation.local_columns))).key: key
        for key, relation in relations.items()
        if relation.direction.name == "MANYTOONE" and len(relation.local_columns) == 1
    }
    aliases = {_table_name(relation.mapper): key for key, relation in reversed(relations.items())}
    computed = frozenset(columns[column.name] for column in mapper.columns if column.computed is not None)
    return Model(
        mapper.class_.__name__, name, mapper, columns, tuple(relations), families, references, aliases, computed
    )


def _table_name(mapper: Mapper[Any]) -> str:
    return str(getattr(mapper.local_table, "name", ""))


def _differences(mapper: Mapper[Any], live: Table) -> Iterator[str]:
    """What would make a statement of these classes fail, or miss something."""
    table: Any = mapper.local_table
    there, ours = {column.name: column for column in live.columns}, {column.name: column for column in table.columns}
    where = f"{mapper.class_.__name__} ({live.name})"
    for name in [name for name in ours if name not in there]:
        yield f"{where}: no column '{name}' in the database"
    for name in [name for name in there if name not in ours]:
        column = there[name]
        needed = not column.nullable and column.default is None and not column.automatic and not column.generated
        yield f"{where}: column '{name}' is not mapped" + (", and an INSERT needs it" if needed else "")
    key = tuple(column.name for column in table.primary_key)
    if set(key) != set(live.primary_key):
        yield f"{where}: the key is ({', '.join(key)}), in the database ({', '.join(live.primary_key)})"
    for name in [name for name in ours if name in there]:
        family, theirs = family_of(ours[name].type), there[name].family
        if not _alike(family, theirs):
            yield f"{where}: '{name}' is {family}, in the database {theirs} ({there[name].type})"


def _alike(left: str, right: str) -> bool:
    groups = ({"int", "bool"}, {"decimal", "float"}, {"str", "enum", "uuid"}, {"str", "json"}, {"date", "datetime"})
    return left == right or "unknown" in (left, right) or any({left, right} <= group for group in groups)
