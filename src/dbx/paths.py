"""Where dbx keeps its files, by the XDG rules: a relative $XDG_… counts for nothing."""

from __future__ import annotations

import os
from pathlib import Path


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
