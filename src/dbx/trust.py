"""A project's own configuration, `.dbx.toml`: nothing in it counts until its content has been trusted.

Trusted is a path with a hash of the bytes; a file that has changed is a stranger again. The bytes that were hashed are
those that are read, so nobody can exchange them in between.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import NamedTuple

from dbx import config_file, paths
from dbx.errors import OutputFailed, UsageError
from dbx.settings import Config, Profile

_LONGEST = 1 << 20


class Project(NamedTuple):
    """A project's file: its real path, and the bytes it holds now."""

    path: Path
    data: bytes

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()

    @property
    def trusted(self) -> bool:
        return remembered().get(str(self.path)) == self.digest

    def config(self) -> Config:
        """What it says, with its paths seen from where it stands. Raises UsageError."""
        said = config_file.read(self.path, self.data, project=True)
        folder = self.path.parent
        profiles = {name: _placed(profile, folder) for name, profile in said.profiles.items()}
        return said._replace(profiles=profiles, target=_anchored(said.target, folder) if said.target else "")


def read(path: Path) -> Project:
    """A project's file. Raises UsageError for one that somebody else could write, or that is no plain file."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        reason = "it is a symbolic link" if path.is_symlink() else error.strerror
        raise UsageError(f"{path} is not read: {reason}") from None
    try:
        status, folder = os.fstat(descriptor), path.parent.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path} is not read: it is no plain file")
        paths.check_owner(path, status)
        if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
            raise UsageError(f"{path}: everybody may write its folder", hint=f"chmod o-w {path.parent}")
        return Project(path.parent.resolve() / path.name, os.read(descriptor, _LONGEST))
    finally:
        os.close(descriptor)


def _anchored(url: str, folder: Path) -> str:
    """A file is meant as the project sees it, not as seen from where dbx happens to run."""
    scheme, mark, rest = url.partition("sqlite:///")
    if not scheme and mark:
        return url if rest.startswith(("/", ":memory:", "file:")) or not rest else f"sqlite:///{folder / rest}"
    return url if "://" in url or url.startswith(("@", ":", "~")) else str(folder / url)


def _placed(profile: Profile, folder: Path) -> Profile:
    file = profile.password_file
    return profile._replace(
        url=_anchored(profile.url, folder),
        password_file=str(folder / Path(file).expanduser()) if file else "",
        models_path=str(folder / Path(profile.models_path).expanduser()) if profile.models else "",
    )


# --- what has been trusted --------------------------------------------------------------------------------------------


def store() -> Path:
    return paths.state_path() / "trusted.json"


def remembered() -> dict[str, str]:
    """Path -> hash of every file that has been trusted. A store that others could have written counts for nothing."""
    with suppress(OSError, ValueError, AttributeError), store().open("rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode) and not status.st_mode & 0o077 and status.st_uid == os.geteuid():
            found = json.load(file)
            return {str(path): str(digest) for path, digest in found.items()}
    return {}


def remember(project: Project) -> None:
    """From now on what the file holds counts. Raises OutputFailed."""
    _store({**remembered(), str(project.path): project.digest})


def forget(path: Path) -> bool:
    """Trust a file no longer; whether it was trusted."""
    known = remembered()
    if known.pop(str(path), None) is None:
        return False
    _store(known)
    return True


def _store(known: dict[str, str]) -> None:
    file = store()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = mkstemp(prefix=".", dir=file.parent)  # mode 0600
        with os.fdopen(descriptor, "w") as stream:
            json.dump(known, stream, indent=1, sort_keys=True)
        Path(temporary).replace(file)
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror}") from None
