"""Statements with names, kept for later: a file in the state folder that only its owner reads."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from dbx import config
from dbx.dialects.base import Syntax
from dbx.errors import OutputFailed, Refused, UsageError
from dbx.nearest import nearest
from dbx.redact import holds_secret
from dbx.sql.kind import kind
from dbx.sql.parameters import names, parse_parameter

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

_NAME = re.compile(r"[\w.-]+")
_PARAM = re.compile(r"\bparam\(\s*['\"](\w+)['\"]\s*\)")


def path() -> Path:
    return config.state_path() / "favourites.json"


def load() -> Mapping[str, str]:
    """All of them by name. Raises UsageError for a file that is none of dbx's."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path()}: cannot be read: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise UsageError(f"{path()}: it must be one JSON object of texts")
    return dict(sorted(found.items()))


def keep(name: str, text: str) -> None:
    """Under a name, in the place of what had it. Raises UsageError, Refused for what holds a password."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name}' is no name for a favourite", hint="letters, digits, _ . -")
    if holds_secret(text):
        raise Refused("it looks as if it held a password, and is not kept", hint="a parameter :name can stand for it")
    _store({**load(), name: text})


def forget(name: str) -> None:
    found = dict(load())
    _known(found, name)
    del found[name]
    _store(found)


def parameters(text: str, syntax: Syntax | None = None) -> list[str]:
    """The names that a value is wanted for: :name in SQL, param('name') in an expression."""
    if kind(text) == "sql":
        return sorted(names(text, syntax or Syntax()))
    return list(dict.fromkeys(_PARAM.findall(text)))


def run(shell: Shell, name: str, given: str) -> None:
    """Run one. Parameters are given as NAME=VALUE; the others are asked for. Raises UsageError."""
    text = _known(load(), name)
    try:
        values = dict(map(parse_parameter, shlex.split(given)))
    except ValueError as error:
        raise UsageError(f"the parameters cannot be read: {error}", hint="name=value, name='two words'") from None
    wanted = parameters(text, shell.connection.syntax)
    if unknown := values.keys() - set(wanted):
        hint = f"it has {', '.join(wanted)}" if wanted else "it has none"
        raise UsageError(f"'{name}' has no parameter {min(unknown)}", hint=hint)
    for each in wanted:
        if each not in values:
            values[each] = shell.screen.answer(f"{each}: ")
    shell.recent = text
    shell.run(text, values or None)


def _known(found: Mapping[str, str], name: str) -> str:
    if name in found:
        return found[name]
    near = nearest(name, found)
    raise UsageError(f"no favourite '{name}'", hint=f"did you mean {near}?" if near else "\\ns NAME keeps one")


def _store(found: Mapping[str, str]) -> None:
    """The file whole, or as it was. Raises OutputFailed."""
    file = path()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = mkstemp(prefix=".favourites", dir=file.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(found, stream, indent=1, ensure_ascii=False)
            Path(temporary).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror}") from None
