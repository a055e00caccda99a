r"""A schema as JSON and back. One object stands on a line with its parts below it, so that a difference of two dumps
shows what has changed; fields with their default values are left out; equal schemas are equal bytes.

{"format": "dbx schema", "version": 1, "dialect": "sqlite",
"tables": [
{"name": "genre", "columns": [
  {"name": "genre_id", "type": "INTEGER", …},
…
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from importlib import import_module
from json.encoder import encode_basestring
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from dbx.errors import UsageError
from dbx.schema.listing import FIELDS, objects, shared
from dbx.schema.model import Column, Key, Part, Schema

FORMAT = "dbx schema"
VERSION = 1
"""Raised when a dump of before would be read wrongly; a new field with a default does not."""

_write = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "), check_circular=False).encode


def pieces(schema: Schema, *, hashes: bool = False) -> Iterator[str]:
    """The document, an object at a time; with `hashes` each begins with its own, which `loads` holds it against. Lone
    surrogates (bytes that are no UTF-8) stay as they are; `encoded` writes them as JSON's own escapes."""
    head = {"format": FORMAT, "version": VERSION, "dialect": schema.dialect}
    if schema.options:
        head["options"] = schema.options
    yield _write(head)[:-1]
    for field in (*FIELDS, "missing"):
        before = f',\n"{field}": [\n'
        for found in getattr(schema, field):
            yield before + (_hashed(found) if hashes and field != "missing" else written(found))
            before = ",\n"
        if before == ",\n":
            yield "\n]"
    yield "}\n"


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def dumps(schema: Schema) -> bytes:
    return encoded("".join(pieces(schema)))


def _hashed(found: Any) -> str:
    return f'{{"hash": "{digest(found)}", {written(found)[1:]}'


def lines(schema: Schema) -> Iterator[str]:
    """Every object on one line by itself, with its kind (jsonl); before them the database, if it has options."""
    if schema.options:
        yield _write({"kind": "database", "dialect": schema.dialect, "options": schema.options})
    for kind, found in objects(schema):
        yield _write({"kind": kind, **plain(found)})


def packed(schema: Schema) -> Iterator[str]:
    """A schema in lines that `unpacked` reads one at a time: of thousands of tables there is never more than one that
    is text, tree and object at once, and no other thread waits for long."""
    yield _write({"dialect": schema.dialect, "options": schema.options})
    for field in (*FIELDS, "missing"):
        for found in getattr(schema, field):
            yield f'["{field}", {single(found)}]'


def unpacked(lines: Iterable[bytes | str]) -> Schema:
    """The schema that `packed` wrote. Raises UsageError for anything else."""
    rest, same = iter(lines), dict[Any, Any]()
    found: dict[str, list[Any]] = {field: [] for field in (*FIELDS, "missing")}
    readers = _readers()
    try:
        first = _reader(Schema)(json.loads(next(rest, b"")))
        for each in rest:
            field, value = json.loads(each)
            read = readers[field](value)
            found[field].append(shared(read, same) if field == "tables" else read)
    except (_Wrong, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"a packed schema is damaged: {error}") from None
    made: Schema = first._replace(**{field: tuple(objects_) for field, objects_ in found.items()})
    return made


def unpacked_object(line: bytes) -> Any:
    """The one object of a line behind the first that `packed` wrote."""
    field, value = json.loads(line)
    return _readers()[field](value)


@cache
def _readers() -> dict[str, Callable[[Any], Any]]:
    hints = _hints(Schema)
    return {field: _reader(get_args(hints[field])[0]) for field in (*FIELDS, "missing")}


def line(value: Any) -> str:
    """Plain values as JSON on one line."""
    return _write(value)


def digest(found: Any) -> str:
    """The hash of one object: equal for equal objects, on every machine and in every version of Python."""
    return digest_of(single(found))


def digest_of(text: str) -> str:
    """Half of SHA-256: for what has changed by itself, not for what somebody wants to hide."""
    found: str = _sha256()(encoded(text)).hexdigest()
    return found[:32]


@cache
def _sha256() -> Any:
    """Loaded with the first hash: it brings OpenSSL, and most documents have none."""
    return import_module("hashlib").sha256


def plain(found: Any) -> Any:
    """An object as dicts, lists and strings, without what has its default value."""
    return json.loads(single(found))


def written(found: Any) -> str:
    """An object as JSON, its named parts on lines of their own. Text is made of text at once: the dicts between would
    cost as much as reading a large schema."""
    return _write_of(found.__class__, "\n  ")(found)


def single(found: Any) -> str:
    """The same on one line."""
    return _write_of(found.__class__, "")(found)


@cache
def _write_of(kind: Any, line: str) -> Callable[[Any], str]:
    """What writes the objects of a class, each of their named parts behind `line`. It is compiled from the fields, as
    namedtuple and dataclasses compile theirs: of most objects most fields have their default value, and a loop that
    finds that out takes twice as long as all the rest.

    def write(_found):
        name, parts, …, comment, = _found
        _text = ''
        _text += ', "name": ' + write_name(name)
        …
        if comment != default_comment: _text += ', "comment": ' + write_comment(comment)
        return '{' + _text[2:] + '}'
    """
    hints, defaults = _hints(kind), kind._field_defaults
    lines = ["def write(_found):", f"{', '.join(hints)}, = _found", "_text = ''"]
    for name in hints:
        unless = f"if {name} != default_{name}: " if name in defaults else ""
        lines.append(f"""{unless}_text += ', "{name}": ' + write_{name}({name})""")
    lines.append("return '{' + _text[2:] + '}'")
    known = {f"default_{name}": value for name, value in defaults.items()}
    known |= {f"write_{name}": _writer(hint, line) for name, hint in hints.items()}
    exec("\n    ".join(lines), known)
    write: Callable[[Any], str] = known["write"]
    return write


def _writer(hint: Any, line: str) -> Callable[[Any], str]:
    if hint is str:
        return encode_basestring
    inner = next((each for each in (hint, *get_args(hint)) if hasattr(each, "_fields")), None)
    if inner is None:
        return lru_cache(4096)(_value) if hint == tuple[str, ...] else _value
    # a cache for each class: tuples of two classes may be equal
    write = _write_of(inner, line)
    if inner in _ALIKE:
        write = lru_cache(4096)(write)
    if get_origin(hint) is not tuple:
        return lambda value: "null" if value is None else write(value)
    if inner._fields[0] == "name":
        between = f",{line or ' '}"
        return lambda values: f"[{line}{between.join(map(write, values))}]" if values else "[]"
    return lambda values: f"[{', '.join(map(write, values))}]"


def _value(value: Any) -> str:
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is tuple:
        return f"[{', '.join(map(_value, value))}]"
    return _WORDS[value] if type(value) in (bool, NoneType) else str(value)


_WORDS = {None: "null", True: "true", False: "false"}


_ALIKE = (Column, Key, Part)
"""Many tables have the same columns and keys, and indexes of the same parts."""


def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {name: hints[name] for name in kind._fields}


def loads(data: bytes | str, source: str = "the dump") -> Schema:
    """The schema of a document that `dumps` wrote, in this version or an older one of the same number.

    Raises UsageError, whatever else the document is.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source} is no JSON: {error}") from None
    if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
        raise UsageError(f"{source} is no schema", hint="dbx reflect TARGET -f json writes one")
    version = document.pop("version", None)
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        hint = "a newer dbx wrote it: use that one" if newer else "write it anew with this one"
        raise UsageError(f"{source} is of version {version}, and this dbx reads {VERSION}", hint=hint)
    _check_hashes(document, source)
    try:
        return _reader(Schema)(document)  # type: ignore[no-any-return]
    except _Wrong as error:
        raise UsageError(f"{source} is damaged: {error}") from None


def _check_hashes(document: dict[str, Any], source: str) -> None:
    """Take the hashes of a snapshot out, each held against its object."""
    for field in FIELDS:
        objects_of = document.get(field)
        for found in objects_of if isinstance(objects_of, list) else ():
            known = found.pop("hash", None) if isinstance(found, dict) else None
            if known is not None and known != digest_of(_write(found)):
                raise edited(source, str(found.get("name")))


def edited(source: str, name: str) -> UsageError:
    return UsageError(
        f"{source} is damaged: {name} is not what its hash says",
        hint="a snapshot is not to be edited; dbx reflect SOURCE --snapshot FILE writes it anew",
    )


class _Wrong(Exception):
    """What does not fit, and in which field."""


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """A function that makes a value of a field's type from JSON, or raises _Wrong."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return _optional(_reader(next(each for each in arguments if each is not NoneType)))
    if origin is tuple:
        return _many(_reader(arguments[0])) if arguments[1:] == (...,) else _row([_reader(each) for each in arguments])
    if hasattr(kind, "_fields"):
        return _record(kind)
    return _scalar(kind)


def _scalar(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise _Wrong(f"{value!r:.60} where {kind.__name__} is due")
        return value

    return read


def _optional(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else inner(value)


def _many(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not list:
            raise _Wrong(f"{value!r:.60} where a list is due")
        return tuple([inner(each) for each in value])

    return read


def _row(inner: list[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not list or len(value) != len(inner):
            raise _Wrong(f"{value!r:.60} where a list of {len(inner)} is due")
        return tuple([convert(each) for convert, each in zip(inner, value, strict=True)])

    return read


def _record(kind: Any) -> Callable[[Any], Any]:
    fields = {name: _reader(hint) for name, hint in _hints(kind).items()}

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise _Wrong(f"{value!r:.60} where an object is due")
        try:
            return kind(**{name: fields[name](each) for name, each in value.items()})
        except KeyError as error:
            raise _Wrong(f"{kind.__name__} has no field {error}") from None
        except TypeError as error:
            raise _Wrong(f"{kind.__name__}: {error}".replace("__new__()", "it")) from None
        except _Wrong as error:
            raise _Wrong(f"{kind.__name__}: {error}") from None

    return read
