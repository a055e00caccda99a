"""What is installed, and what dbx reads of its surroundings. Nothing is imported to find out."""

from __future__ import annotations

import locale
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from dbx import __version__, config
from dbx.dialects.known import install_command
from dbx.doctor.finding import FAILED, NOTE, OK, WARNING, Finding

_REQUIREMENT = re.compile(r"([\w.-]+)(\[[\w,]+\])?([^;]*)(?:;\s*extra == ['\"](\w+)['\"])?")
_HEEDED = re.compile(r"DBX_\w+|DATABASE_URL|PG[A-Z]+|MYSQL_PWD|NO_COLOR|PAGER|LESS|TERM|EDITOR|VISUAL")
_PRIVATE = {"~/.pgpass": "PGPASSFILE", "~/.my.cnf": "DBX_MY_CNF"}
"""Files with passwords, and the variables that name others in their place."""


def findings() -> Iterator[Finding]:
    """Versions, configuration, files with passwords, the terminal."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("dbx", OK, f"{__version__} · {Path(__file__).parents[1]}")
    yield Finding("Python", OK, f"{python} · {sys.executable}")
    for requirement in requires("dbx-shell") or ():
        if found := _REQUIREMENT.fullmatch(requirement):
            yield _package(found[1], found[2] or "", found[3].strip(), found[4] or "")
    yield from _configuration(config.load())
    yield from _files(os.environ)
    yield from _terminal(os.environ)


def _package(name: str, extra: str, bounds: str, of: str) -> Finding:
    """A package that dbx needs, or with `of` could use."""
    install = install_command(f"{name}{extra}{bounds}")
    try:
        there = version(name)
    except PackageNotFoundError:
        return Finding(name, NOTE if of else FAILED, f"not installed{f': the extra {of}' if of else ''}", install)
    if not within(there, bounds):
        return Finding(name, FAILED, f"{there}, and dbx needs {bounds}", install)
    return Finding(name, OK, there)


def within(there: str, bounds: str) -> bool:
    """Whether a version is what `>=3.3,<3.4` asks for, as far as numbers tell."""
    for sign, bound in re.findall(r"(>=|<)\s*([\d.]+)", bounds):
        mine, other = _numbers(there), _numbers(bound)
        if (mine < other) if sign == ">=" else (mine >= other):
            return False
    return True


def _numbers(text: str) -> list[int]:
    """Without zeros at the end, which say nothing."""
    numbers = [int(part) for part in re.match(r"[\d.]*", text)[0].split(".") if part]  # type: ignore[index]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


def _configuration(settings: config.Config) -> Iterator[Finding]:
    there = "read" if settings.path.exists() else "not there, which is well"
    yield Finding("configuration", OK, f"{settings.path}: {there} · {len(settings.profiles)} profiles")
    if settings.project:
        yield Finding("project", OK, f"{settings.project}: read")
    if settings.ignored:
        yield Finding("project", WARNING, f"{settings.ignored}: ignored, because it is not trusted", "see dbx trust")
    for name, folder in (("history", config.state_path()), ("cache", config.cache_path())):
        yield _folder(name, folder)


def _folder(name: str, folder: Path) -> Finding:
    near = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(near, os.W_OK):
        return Finding(name, WARNING, f"{folder} cannot be written", f"make {near} yours, or set the XDG variables")
    if folder.exists() and name == "history" and folder.stat().st_mode & 0o077 and sys.platform != "win32":
        return Finding(name, WARNING, f"{folder} can be read by others", f"chmod 700 {folder}")
    return Finding(name, OK, str(folder))


def _files(environment: Mapping[str, str]) -> Iterator[Finding]:
    for usual, variable in _PRIVATE.items():
        file = Path(environment.get(variable, usual)).expanduser()
        try:
            mode = file.stat().st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) and mode & 0o077 and sys.platform != "win32":
            yield Finding(file.name, WARNING, f"{file} can be read by others; libpq ignores such", f"chmod 600 {file}")
        else:
            yield Finding(file.name, OK, f"{file} is there")
    if told := sorted(name for name in environment if _HEEDED.fullmatch(name)):
        yield Finding("environment", OK, f"set: {', '.join(told)}")


def _terminal(environment: Mapping[str, str]) -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower()
    told = f"{encoding} · {locale.getlocale()[0] or 'C'} · TERM={environment.get('TERM', 'not set')}"
    if encoding.replace("-", "") != "utf8":
        yield Finding("terminal", WARNING, told, "export LC_ALL=C.UTF-8, or what is not ASCII is shown by its number")
    else:
        size = shutil.get_terminal_size()
        yield Finding("terminal", OK, f"{told} · {size.columns} × {size.lines}")
