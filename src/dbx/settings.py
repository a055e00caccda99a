"""What can be set in the configuration: one table of keys, which also checks the file, writes the default and README.

A field with a Key can stand in the file; the others are dbx's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from dbx.errors import UsageError
from dbx.nearest import nearest


class Key(NamedTuple):
    """`doc` explains it; `example` is TOML for the default file where the default value would say nothing. A number is
    at least `least`; `own`: a project's file may not set it; `style`: it is a colour."""

    doc: str
    example: str = ""
    least: float | None = None
    own: bool = False
    style: bool = False


class Pool(NamedTuple):
    """SQLAlchemy's pool options; None leaves SQLAlchemy's own default."""

    size: Annotated[int | None, Key("connections that stay open", "5", 0)] = None
    max_overflow: Annotated[int | None, Key("so many more when all are in use; -1 for no limit", "10", -1)] = None
    timeout: Annotated[float | None, Key("seconds to wait for a free one", "30", 0)] = None
    recycle: Annotated[int | None, Key("seconds after which a connection is opened anew", "1800", -1)] = None
    pre_ping: Annotated[bool | None, Key("try a connection before it is used", "true")] = None


class Profile(NamedTuple):
    """A saved target. It names where a password is, never the password."""

    url: Annotated[
        str, Key("what to connect to: a URL, a file, or another @profile", '"postgresql://app@db.example/shop"')
    ] = ""
    user: Annotated[str, Key("the user, if not the one of the URL", '"app"')] = ""
    password_file: Annotated[
        str, Key("the password is the first line of this file, which only you may read", '"~/.secrets/shop"')
    ] = ""
    password_env: Annotated[str, Key("the password is in this environment variable", '"SHOP_PASSWORD"')] = ""
    password_command: Annotated[
        list[str],
        Key("the password is the first line this program prints; no shell", '["pass", "show", "shop"]', own=True),
    ] = []
    keyring: Annotated[
        bool, Key("the password is in the system's keyring: keyring set dbx @NAME", "true", own=True)
    ] = False
    production: Annotated[
        bool, Key("the prompt warns, and what changes rows is kept only when confirmed, or with --yes")
    ] = False
    read_only: Annotated[bool, Key("nothing may be changed; no SET can switch it off")] = False
    raw: Annotated[bool, Key("false: the shell takes expressions only, no SQL", "true")] = True
    color: Annotated[str, Key("the colour of the prompt's target", '"ansicyan bold"', style=True)] = ""
    timeout: Annotated[float | None, Key("seconds after which a statement is cancelled; 0: never", "30", 0)] = None
    row_limit: Annotated[int | None, Key("rows of a result that the shell shows; 0: all", "1000", 0)] = None
    startup: Annotated[
        list[str], Key("statements to run on every new connection", '["set search_path = shop, public"]')
    ] = []
    models: Annotated[
        str,
        Key("your own mapped classes: a module that is imported, and so run, for the first object", '"shop.models"'),
    ] = ""
    models_path: Annotated[
        str, Key("the folder that it is imported from; else only where Python looks by itself", '"~/src/shop"')
    ] = ""
    pool: Annotated[Pool, Key("SQLAlchemy's pool, as far as a command uses one")] = Pool()


class Colors(NamedTuple):
    """Colours of the shell, each as prompt_toolkit writes it; '' is the theme's."""

    target: Annotated[str, Key("the target in the prompt", '"bold"', style=True)] = ""
    production: Annotated[str, Key("the word production", '"bg:ansired ansiwhite bold"', style=True)] = ""
    read_only: Annotated[str, Key("the word read-only", '"ansigreen"', style=True)] = ""
    transaction: Annotated[str, Key("the open transaction", '"ansiyellow"', style=True)] = ""
    failed: Annotated[str, Key("a failed transaction, or a lost connection", '"ansired"', style=True)] = ""


class Config(NamedTuple):
    """`path` is the file it came from. `project` is the project's file that is trusted and was read too, `ignored` one
    that is not; `shadowed` are its profiles whose names you have given to profiles of your own."""

    path: Path = Path()
    target: Annotated[str, Key("what @ means, when $DBX_TARGET and $DATABASE_URL are not set", '"@shop"')] = ""
    row_limit: Annotated[int, Key("rows of a result that the shell shows; 0: all", least=0)] = 1000
    timeout: Annotated[float | None, Key("seconds after which a statement is cancelled; 0: never", "60", 0)] = None
    pager: Annotated[bool, Key("long results go through $DBX_PAGER or $PAGER")] = True
    theme: Annotated[
        str, Key("colours of what is typed: default, none, or the name of a Pygments style", '"default"')
    ] = "default"
    colors: Annotated[Colors, Key("colours of the prompt, such as bold, ansired, #d7875f, bg:ansiblue")] = Colors()
    shell: Annotated[Mapping[str, bool | int | float | str], Key("what \\set sets in the shell, for every start")] = {}
    profiles: Annotated[Mapping[str, Profile], Key("saved targets")] = {}
    project: Path | None = None
    ignored: Path | None = None
    shadowed: tuple[str, ...] = ()

    def profile(self, name: str) -> Profile:
        """The profile of that name. Raises UsageError with the near misses."""
        if name in self.profiles:
            return self.profiles[name]
        near = nearest(name, self.profiles)
        known = ", ".join(f"@{known}" for known in self.profiles) or "none"
        hint = f"did you mean @{near}?" if near else f"profiles in {self.path}: {known}"
        raise UsageError(f"no profile '{name}'", hint=self.hint or hint)

    @property
    def hint(self) -> str:
        """What is told beside something that is missing: it may be in the file that is ignored."""
        return (
            f"{self.ignored.name} here is not trusted, so nothing in it counts: see dbx trust" if self.ignored else ""
        )
