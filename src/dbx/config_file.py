"""Reading a configuration file: TOML, each key known and of its kind; a fault names file, line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from dbx.errors import Place, UsageError
from dbx.nearest import guess
from dbx.redact import hide
from dbx.settings import Colors, Config, Key, Pool, Profile

_TABLES: Mapping[str, type] = {"pool": Pool, "colors": Colors}
_KIND = {str: "a text", bool: "true or false", int: "a whole number", float: "a number", list: "a list of texts"}
_NAME = re.compile(r"[\w][\w.-]*")
_STYLE = re.compile(
    r"(?:bg:|fg:)?(?:#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|ansi[a-z]+|default)|(?:no)?(?:bold|dim|italic|underline|blink|reverse|strike|hidden)"
)


class Field(NamedTuple):
    """One key of the file: its kinds (str, bool, int, float, list, or a table's class), its default, what it means."""

    name: str
    kinds: tuple[Any, ...]
    default: Any
    key: Key


def fields(shape: Any) -> dict[str, Field]:
    """The keys of a table, by the fields of its NamedTuple."""
    found = {}
    for name, hint in get_type_hints(shape, include_extras=True).items():
        for key in getattr(hint, "__metadata__", ()):
            kind = get_args(hint)[0]
            kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
            kinds = tuple(get_origin(each) or each for each in kinds if each is not type(None))
            found[name] = Field(name, kinds, shape._field_defaults[name], key)
    return found


def read(file: Path, data: bytes, *, project: bool = False) -> Config:
    """The Config of a file's bytes. `project`: what a project may not ask for is refused. Raises UsageError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: cannot be read: {error}") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(file, text, str(error)) from None
    checked = _Checked(file, text, project)
    profiles = {name: checked.profile(name, table) for name, table in checked.table(tables, "profiles").items()}
    shell = checked.scalars(checked.table(tables, "shell"), "shell")
    settings: Config = checked.filled(Config, tables, ())
    return settings._replace(path=file, profiles=profiles, shell=shell)


def _no_toml(file: Path, text: str, said: str) -> UsageError:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    if found is None:
        return UsageError(f"{file}: {said}")
    lines = text.split("\n")
    line = int(found[1] or len(lines))
    column = int(found[2] or len(lines[-1]) + 1)
    return UsageError(f"no TOML: {said[: found.start()]}", place=_place(file, lines, line, column))


def _place(file: Path, lines: list[str], line: int, column: int, length: int = 1) -> Place:
    text = hide(lines[line - 1]) if line <= len(lines) else ""
    return Place(text, line, column, end_column=column + length, source=str(file), first_line=line)


class _Checked:
    """The tables of one file on their way to the shapes they must have."""

    def __init__(self, file: Path, text: str, project: bool) -> None:
        self._file = file
        self._text = text
        self._project = project

    def table(self, tables: dict[str, Any], *where: str) -> dict[str, Any]:
        """The table of that name, taken out of the one it is in."""
        value = tables.pop(where[-1], {})
        if not isinstance(value, dict):
            raise self._fault(where, "must be a table")
        return dict(value)

    def scalars(self, table: dict[str, Any], name: str) -> dict[str, Any]:
        """A table whose keys somebody else knows."""
        for key, value in table.items():
            if not isinstance(value, bool | int | float | str):
                raise self._fault((name, key), "must be a text, a number, true or false")
        return table

    def profile(self, name: str, table: Any) -> Profile:
        where = ("profiles", name)
        if not isinstance(table, dict):
            raise self._fault(where, "must be a table", hint=f'[profiles.{name}], and under it: url = "…"')
        if not _NAME.fullmatch(name):
            raise self._fault(where, "is no name", hint="a profile's name has letters, digits, '.', '_' and '-'")
        profile: Profile = self.filled(Profile, dict(table), where)
        if not profile.url:
            raise self._fault(where, "has no url", hint='url = "postgresql://user@host/database"')
        return profile

    def filled(self, shape: Any, table: dict[str, Any], where: tuple[str, ...]) -> Any:
        """`shape` with the table's values, each known and of its kind."""
        known = fields(shape)
        inner = {}
        for name in known.keys() & _TABLES.keys() & table.keys():
            inner[name] = self.filled(_TABLES[name], self.table(table, *where, name), (*where, name))
        for name, value in table.items():
            self._check(known, name, value, (*where, name))
        return shape(**table, **inner)

    def _check(self, known: Mapping[str, Field], name: str, value: Any, where: tuple[str, ...]) -> None:
        field = known.get(name)
        if field is None:
            raise self._unknown(known, name, where)
        if not any(_is(value, kind) for kind in field.kinds):
            raise self._fault(where, f"must be {_KIND[field.kinds[0]]}", hint=f"{name} = {written(field)}")
        if field.key.least is not None and value < field.key.least:
            raise self._fault(where, f"must be at least {field.key.least:g}")
        if field.key.style and (wrong := [word for word in value.split() if not _STYLE.fullmatch(word)]):
            raise self._fault(where, f"holds no colour: '{wrong[0]}'", hint="bold, ansired, #d7875f, bg:ansiblue")
        if field.key.own and self._project:
            raise self._fault(
                where, "is not for a project's file: it runs programs or asks for secrets", hint="put it into your own"
            )

    def _unknown(self, known: Mapping[str, Field], name: str, where: tuple[str, ...]) -> UsageError:
        if re.fullmatch(r"pass(word|wd)?|pwd|secret", name, re.IGNORECASE):
            hint = "this file is not for passwords: password_file, password_env, password_command or keyring"
        else:
            hint = guess(name, known, f"known here: {', '.join(known)}")
        return self._fault(where, "is no key", hint=hint)

    def _fault(self, where: tuple[str, ...], problem: str, hint: str = "") -> UsageError:
        found = locate(self._text, where)
        place = _place(self._file, self._text.split("\n"), *found) if found else None
        told = f"'{'.'.join(where)}' {problem}"
        return UsageError(told if place else f"{self._file}: {told}", hint=hint, place=place)


def _is(value: Any, kind: Any) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, int | float if kind is float else kind) and (kind is bool) == isinstance(value, bool)


# --- where a key stands ----------------------------------------------------------------------------------------------

_HEADER = re.compile(r"\s*\[{1,2}\s*(.+?)\s*\]{1,2}\s*(?:#.*)?\Z")
_ENTRY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def locate(text: str, where: tuple[str, ...]) -> tuple[int, int, int] | None:
    """Line, column and length of a key, or of the nearest table around it. tomllib does not tell."""
    best: tuple[int, tuple[int, int, int]] | None = None
    for number, line, keys in _entries(text):
        shared = len(keys) if where[: len(keys)] == keys else 0
        if shared and (best is None or shared > best[0]):
            name = where[-1] if shared < len(where) and where[-1] in line else keys[-1]
            best = (shared, (number, line.find(name) + 1, len(name)))
    return best[1] if best else None


def _entries(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Number, text and full name of each line that begins a table or a key."""
    header: tuple[str, ...] = ()
    quoted = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not quoted:
            if found := _HEADER.match(line):
                header = _parts(found[1])
                yield number, line, header
            elif found := _ENTRY.match(line):
                yield number, line, (*header, *_parts(found[1]))
        for mark in ('"""', "'''"):
            if line.count(mark) % 2 and quoted in ("", mark):
                quoted = "" if quoted else mark


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(name))


# --- the default file -------------------------------------------------------------------------------------------------


def written(field: Field) -> str:
    """A value for the key, as TOML has it: its default, or an example where the default would say nothing."""
    default = field.default
    if field.key.example:
        return field.key.example
    if isinstance(default, bool):
        return str(default).lower()
    return f'"{default}"' if isinstance(default, str) else str(default)


def default(shell: Sequence[tuple[str, str, str]] = ()) -> str:
    """A configuration file with every key, explained, and commented out; `shell` are names, values and meanings of the
    shell's own settings."""
    lines = ["# dbx's configuration. Every line is a default or an example: take the '# ' away to set it.", ""]
    lines += _described(Config)
    lines += ["", "# [colors]", *_described(Colors)]
    lines += ["", "# [shell]", *_aligned([(f"# {name} = {value}", doc) for name, value, doc in shell])]
    lines += ["", "# A profile is a saved target: dbx @shop.", "# [profiles.shop]", *_described(Profile)]
    lines += ["", "# [profiles.shop.pool]", *_described(Pool)]
    return "\n".join(lines) + "\n"


def _described(shape: Any) -> list[str]:
    simple = [field for field in fields(shape).values() if field.name not in (*_TABLES, "profiles", "shell")]
    return _aligned([(f"# {field.name} = {written(field)}", field.key.doc) for field in simple])


def _aligned(pairs: list[tuple[str, str]]) -> list[str]:
    width = min(max((len(pair[0]) for pair in pairs), default=0), 44)
    return [f"{setting:{width}}  # {doc}" for setting, doc in pairs]
