"""Where dbx keeps its files, by the XDG rules (a relative $XDG_… counts for nothing), and where a project its own."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from dbx.errors import UsageError

PROJECT = ".dbx.toml"


def path() -> Path:
    """The configuration file: $DBX_CONFIG, else the XDG place."""
    if own := os.environ.get("DBX_CONFIG"):
        return Path(own)
    return _base("XDG_CONFIG_HOME", ".config") / "dbx" / "config.toml"


def state_path() -> Path:
    """The folder of what dbx remembers between runs (history, trusted files), which nobody else may read."""
    return _base("XDG_STATE_HOME", ".local/state") / "dbx"


def cache_path() -> Path:
    """The folder of what could be read again at any time."""
    return _base("XDG_CACHE_HOME", ".cache") / "dbx"


def _base(name: str, otherwise: str) -> Path:
    base = os.environ.get(name, "")
    return Path(base) if base.startswith("/") else Path.home() / otherwise


def project(start: Path | None = None) -> Path | None:
    """The project's file: here or in a folder above, up to the repository's or the home folder."""
    try:
        here = (start or Path.cwd()).resolve()
        home = Path.home().resolve()
    except (OSError, RuntimeError):
        return None
    for folder in (here, *here.parents):
        with suppress(OSError):
            if os.path.lexists(folder / PROJECT):
                return folder / PROJECT
            if folder == home or (folder / ".git").exists():
                return None
    return None


def check_owner(path: Path, status: os.stat_result) -> None:
    """A file that others may write could name any target and any password file. Raises UsageError."""
    if sys.platform != "win32" and stat.S_ISREG(status.st_mode):
        if status.st_mode & stat.S_IWOTH:
            raise UsageError(f"{path}: everybody may write it, so it is not trusted", hint=f"chmod o-w {path}")
        if status.st_uid not in (os.geteuid(), 0):
            raise UsageError(f"{path}: it belongs to somebody else, so it is not trusted")
