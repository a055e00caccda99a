"""Where a password comes from: the URL, a file, a program, the keyring, the environment, MySQL's option files, the
terminal.

libpq reads PGPASSWORD, ~/.pgpass and services itself; nothing here repeats that. The keyring is asked for profiles that
name it, and imported only then: on some machines its import alone waits for a desktop.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from dbx import paths
from dbx.errors import UsageError
from dbx.redact import remember
from dbx.settings import Profile
from dbx.target import Target


def complete(target: Target, password_file: str = "") -> Target:
    """The target with a password from where its profile says, or $DBX_PASSWORD, if it has none of its own.

    Raises UsageError when the place that is named has none; an empty keyring means that somebody is asked."""
    url = target.url
    if password_file:
        url = url.replace(password=_from_file(Path(password_file).expanduser()))
    elif url.password is None:
        url = url.replace(password=_of_profile(target.profile, target.label) or os.environ.get("DBX_PASSWORD"))
    remember(url.password)
    return target._replace(url=url)


def first_time() -> bool:
    """Whether nobody has been warned yet of a password in the command line; from now on somebody has."""
    mark = paths.state_path() / "warned"
    if mark.exists():
        return False
    with suppress(OSError):  # then the next time is the first one again
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch(0o600)
    return True


def source(profile: Profile) -> str:
    """Where the password of a profile is, in words; '' where nothing is said of it."""
    if profile.password_file:
        return f"file {profile.password_file}"
    if profile.password_env:
        return f"${profile.password_env}"
    if profile.password_command:
        return f"program {profile.password_command[0]}"
    return "keyring" if profile.keyring else ""


def _of_profile(profile: Profile, label: str) -> str | None:
    if profile.password_file:
        return _from_file(Path(profile.password_file).expanduser())
    if profile.password_env:
        if value := os.environ.get(profile.password_env):
            return value
        raise UsageError(f"${profile.password_env}, which has the password of {label}, is not set")
    if profile.password_command:
        return _from_program(profile.password_command, label)
    return _from_keyring(label) if profile.keyring else None


def _from_program(command: list[str], label: str) -> str:
    """The first line it prints. It is run by no shell, and may ask on the terminal itself."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    except OSError as error:
        raise UsageError(f"{command[0]}, which has the password of {label}: {error.strerror}") from None
    line = done.stdout.decode("utf-8", "surrogateescape").partition("\n")[0].rstrip("\r")
    if done.returncode or not line:
        told = f"ended with {done.returncode}" if done.returncode else "printed nothing"
        raise UsageError(f"{command[0]}, which has the password of {label}, {told}")
    return line


def _from_keyring(label: str) -> str | None:
    try:
        keyring = import_module("keyring")
        found: str | None = keyring.get_password("dbx", label)
    except ModuleNotFoundError:
        raise UsageError(
            f"the password of {label} is in the keyring, and keyring is not installed",
            hint="install: python -m pip install 'keyring>=25'",
        ) from None
    except Exception as error:
        raise UsageError(f"the keyring does not answer: {error}") from None
    return found


def _from_file(path: Path) -> str:
    """The first line of a file that only its owner reads; a pipe or /dev/fd/N is as good."""
    try:
        with path.open() as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & 0o077 and sys.platform != "win32":
                raise UsageError(f"the password file {path} can be read by others", hint=f"chmod 600 {path}")
            return file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the password file {path} cannot be read: {error}") from None
