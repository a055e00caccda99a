"""The configuration file: defaults and profiles, read from TOML, checked key by key."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from dbx.errors import UsageError


class Pool(NamedTuple):
    """SQLAlchemy's pool options; None leaves SQLAlchemy's own default."""

    size: int | None = None
    max_overflow: int | None = None
    timeout: float | None = None
    recycle: int | None = None
    pre_ping: bool | None = None


class Profile(NamedTuple):
    """A saved target. It names where a password is, never the password."""

    url: str = ""
    password_file: str = ""
    read_only: bool = False
    production: bool = False
    raw: bool = True
    pool: Pool = Pool()


class Config(NamedTuple):
    path: Path = Path()
    target: str = ""
    row_limit: int = 1000
    pager: bool = True
    profiles: Mapping[str, Profile] = {}

    def profile(self, name: str) -> Profile:
        """The profile of that name. Raises UsageError with the near misses."""
        if name in self.profiles:
            return self.profiles[name]
        near = get_close_matches(name, self.profiles, 1)
        known = ", ".join(f"@{known}" for known in self.profiles) or "none"
        hint = f"did you mean @{near[0]}?" if near else f"profiles in {self.path}: {known}"
        raise UsageError(f"no profile '{name}'", hint=hint)


def path() -> Path:
    """Where the configuration is: $DBX_CONFIG, else the XDG place."""
    if own := os.environ.get("DBX_CONFIG"):
        return Path(own)
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "dbx" / "config.toml"


def state_path() -> Path:
    """The folder of what dbx remembers between runs (history), which nobody else may read."""
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "dbx"


def cache_path() -> Path:
    """The folder of what could be read again at any time."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "dbx"


def load() -> Config:
    """The configuration, or the defaults when there is no file. Raises UsageError naming file, line and key."""
    file = path()
    try:
        with file.open("rb") as stream:
            _check_owner(file, os.fstat(stream.fileno()))
            text = stream.read().decode("utf-8-sig")
    except FileNotFoundError:
        return Config(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: {error}") from None
    profiles = {}
    for name, table in _table(file, tables.pop("profiles", {}), "profiles").items():
        table = dict(_table(file, table, f"profiles.{name}"))
        pool = _fill(file, Pool, _table(file, table.pop("pool", {}), f"profiles.{name}.pool"), f"profiles.{name}.pool")
        profiles[name] = _fill(file, Profile, table, f"profiles.{name}")._replace(pool=pool)
        if not profiles[name].url:
            raise UsageError(f"{file}: profiles.{name} has no url")
    settings: Config = _fill(file, Config, tables, "")
    return settings._replace(path=file, profiles=profiles)


def _check_owner(file: Path, status: os.stat_result) -> None:
    """A file that others may write could name any target and any password file."""
    if sys.platform != "win32" and stat.S_ISREG(status.st_mode):
        if status.st_mode & stat.S_IWOTH:
            raise UsageError(f"{file}: everybody may write it, so it is not trusted", hint=f"chmod o-w {file}")
        if status.st_uid not in (os.geteuid(), 0):
            raise UsageError(f"{file}: it belongs to somebody else, so it is not trusted")


def _table(file: Path, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{file}: {where} must be a table")
    return value


_TYPES: Mapping[str, Any] = {"str": str, "bool": bool, "int": int, "float": int | float}


def _fill(file: Path, shape: Any, table: Mapping[str, Any], where: str) -> Any:
    """`shape` (a NamedTuple class) with the table's values, each known and of its type."""
    for key, value in table.items():
        name = f"{where}.{key}" if where else key
        if key not in shape._fields or key in ("path", "profiles", "pool"):
            near = get_close_matches(key, shape._fields, 1)
            raise UsageError(f"{file}: unknown key '{name}'", hint=f"did you mean '{near[0]}'?" if near else "")
        wanted = shape.__annotations__[key].__forward_arg__.removesuffix(" | None")
        if not isinstance(value, _TYPES[wanted]) or isinstance(value, bool) != (wanted == "bool"):
            raise UsageError(f"{file}: '{name}' must be of type {wanted}")
    return shape(**table)
