"""What to connect to, from the text a user gives. Nothing is opened here and SQLAlchemy is not imported.

The grammar of URLs is that of sqlalchemy.engine.make_url; a test holds the two side by side.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from dbx import config
from dbx.errors import UsageError
from dbx.redact import is_secret, remember

_URL = re.compile(
    r"(?P<driver>[\w+]+)://(?:(?P<user>[^:/]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[(?P<six>[^/?]+)\]|(?P<host>[^/:?]+))?(?::(?P<port>[^/?]*))?(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)


# What a URL may not ask for, whoever wrote it: to read files, to run statements or to load code.
_REFUSED = frozenset(
    [
        "allow_local_infile",
        "init_command",
        "local_infile",
        "plugin",
        "plugin_dir",
        "read_default_file",
        "read_default_group",
    ]
)
_POOL: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "pool_size": ("size", int),
    "max_overflow": ("max_overflow", int),
    "pool_timeout": ("timeout", float),
    "pool_recycle": ("recycle", int),
    "pool_pre_ping": ("pre_ping", lambda text: text.lower() in ("1", "true", "yes", "on")),
}


class Url:
    """The parts of a database URL, unquoted. Its repr has no secrets."""

    __slots__ = ("database", "driver", "host", "password", "port", "query", "user")

    def __init__(
        self,
        driver: str,
        user: str | None = None,
        password: str | None = None,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, str | list[str]] | None = None,
    ) -> None:
        self.driver = driver
        self.user = user
        self.password = password
        self.host = host
        self.port = port
        self.database = database
        self.query = dict(query or {})

    def __repr__(self) -> str:
        return f"<Url {self.label}>"

    @property
    def tells(self) -> bool:
        """Whether a password, or another secret, is part of it."""
        return bool(self.password) or any(map(is_secret, self.query))

    @property
    def backend(self) -> str:
        return self.driver.partition("+")[0]

    @property
    def label(self) -> str:
        """The URL for a reader: no password, and no option that holds a secret."""
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host or ""
        authority = (f"{self.user}@" if self.user else "") + host + (f":{self.port}" if self.port else "")
        options = "&".join(f"{name}={'***' if is_secret(name) else value}" for name, value in self.query.items())
        path = "" if self.database is None else f"/{self.database}"
        return f"{self.driver}://{authority}{path}" + (f"?{options}" if options else "")

    def stated(self, database: str) -> dict[str, Any]:
        """What it says of the server, by the names that drivers give it; `database` is called so by this one."""
        parts = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            database: self.database or None,
        }
        return {name: value for name, value in parts.items() if value is not None}

    def replace(self, **parts: object) -> Url:
        values = {name: getattr(self, name) for name in self.__slots__}
        return Url(**{**values, **parts})


class Target(NamedTuple):
    """A database to connect to: its URL, a short name for prompts, and the settings of its profile."""

    url: Url
    label: str
    profile: config.Profile


def parse_url(text: str) -> Url:
    """Read a URL as sqlalchemy.engine.make_url does. Raises UsageError."""
    match = _URL.match(text)
    if match is None:
        raise UsageError("this is no database URL", hint="a URL looks like postgresql://user@host:5432/database")
    query: dict[str, str | list[str]] = {}
    for name, value in parse_qsl(match["query"] or ""):
        before = query.get(name)
        query[name] = value if before is None else [*([before] if isinstance(before, str) else before), value]
        if name in _REFUSED:
            raise UsageError(f"the URL option '{name}' is not allowed: it could read files or run statements unasked")
        if is_secret(name):
            remember(value)
    password = None if match["password"] is None else unquote(match["password"])
    remember(password)
    host = match["six"] or match["host"]
    if host and "@" in host:
        remember(host.rpartition("@")[0])
        raise UsageError("the URL has two '@'", hint="write a '@' of the password as %40")
    port = match["port"]
    if port and not (port.isascii() and port.isdigit()):
        remember(port)
        raise UsageError("the port of the URL is no number", hint="write a ':' or '/' of the password as %3A or %2F")
    return Url(
        match["driver"].lower(),
        None if match["user"] is None else unquote(match["user"]),
        password,
        host,
        int(port) if port else None,
        None if match["database"] is None else unquote(match["database"]),
        query,
    )


def parse(text: str, settings: config.Config, depth: int = 0) -> Target:
    """The Target that TARGET means: a URL, a file, :memory:, @profile, or @ for the default. Raises UsageError."""
    if depth > 3:
        raise UsageError(f"the target {text} leads to itself", hint="look at $DBX_TARGET and the configuration")
    if text == "@" or not text:
        return parse(_default(settings), settings, depth + 1)
    if text.startswith("@"):
        profile = settings.profile(text[1:])
        goal = parse(profile.url, settings, depth + 1)
        url = goal.url.replace(user=profile.user) if profile.user else goal.url
        return Target(url, text, _over(profile._replace(pool=_over(profile.pool, goal.profile.pool)), goal.profile))
    if "://" in text:
        url, pool = _pool(parse_url(text))
        name = url.database or url.host or url.backend
        return Target(url, Path(name).name if url.backend == "sqlite" else name, config.Profile(pool=pool))
    if text == ":memory:":
        return Target(Url("sqlite", database=":memory:"), ":memory:", config.Profile())
    return _file(text)


def _over(own: Any, beneath: Any) -> Any:
    """A profile, or its pool, whose url is another one: what it does not say itself it has from that."""
    said = {name: value for name, value in own._asdict().items() if value != own._field_defaults[name]}
    return beneath._replace(**said)


def _pool(url: Url) -> tuple[Url, config.Pool]:
    """The URL without SQLAlchemy's pool options, and those. No driver knows them."""
    found = {}
    for name, (field, convert) in _POOL.items():
        if name in url.query:
            try:
                found[field] = convert(str(url.query[name]))
            except ValueError:
                raise UsageError(f"the URL option '{name}' is no number") from None
    query = {name: value for name, value in url.query.items() if name not in _POOL}
    return (url.replace(query=query) if found else url), config.Pool(**found)


def _default(settings: config.Config) -> str:
    for name in ("DBX_TARGET", "DATABASE_URL"):
        if value := os.environ.get(name):
            return value
    if settings.target:
        return settings.target
    raise UsageError(
        "no target given",
        hint=settings.hint
        or "give a URL, a file or @profile; or set DBX_TARGET, DATABASE_URL, or `target` in the configuration",
    )


def _file(text: str) -> Target:
    path = Path(text).expanduser()
    database = str(path)
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError):
        head = b""  # the connection will say what is wrong with it
    if head[8:12] == b"DUCK":
        return Target(Url("duckdb", database=database), path.name, config.Profile())
    return Target(Url("sqlite", database=database), path.name, config.Profile())
