"""The configuration: the user's own file, and a project's beneath it once that is trusted."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from dbx import paths
from dbx.errors import UsageError
from dbx.paths import cache_path, path, state_path
from dbx.settings import Colors, Config, Pool, Profile

__all__ = ["Colors", "Config", "Pool", "Profile", "cache_path", "load", "path", "state_path"]

FILE = "dbx.config_file"
TRUST = "dbx.trust"
"""By name: most starts find no file of either kind."""


def load() -> Config:
    """What is configured, or the defaults. Raises UsageError naming file, line and key.

    A project's file may set anything but what runs programs; profiles of yours stand above those of the same name.
    """
    own = _own()
    file = paths.project()
    if file is None:
        return own
    trust: Any = import_module(TRUST)
    try:
        project = trust.read(file)
    except UsageError:
        return own._replace(ignored=file)
    if not project.trusted:
        return own._replace(ignored=project.path)
    said = project.config()
    shadowed = tuple(name for name in said.profiles if name in own.profiles)
    changed = {
        name: value
        for name, value in said._asdict().items()
        if name not in ("path", "profiles") and value != Config._field_defaults[name]
    }
    return own._replace(**changed, profiles={**said.profiles, **own.profiles}, project=project.path, shadowed=shadowed)


def _own() -> Config:
    file = paths.path()
    try:
        with file.open("rb") as stream:
            status = os.fstat(stream.fileno())
            paths.check_owner(file, status)
            data = stream.read()
    except FileNotFoundError:
        return Config(file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    found: Config = import_module(FILE).read(file, data)
    return found
