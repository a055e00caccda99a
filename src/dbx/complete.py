"""What the files in completions/ ask for at TAB: `dbx --complete profiles | formats | tables TARGET`.

Only files of the user's own are read, nothing is connected to and no driver is loaded. Whatever goes wrong gives no
words: an error in the middle of a command line would help nobody.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from itertools import islice

from dbx import config, target
from dbx.errors import UsageError
from dbx.formats import FORMATS
from dbx.formats.visible import visible
from dbx.schema import cache

MOST = 5000
GROUP = "dbx.formats.v1"


def main() -> None:
    """Write the words for the arguments behind --complete, one a line."""
    with suppress(UsageError, OSError, ValueError, KeyError, TypeError, AttributeError):
        for word in islice(words(*sys.argv[2:]), MOST):
            if word == visible(word) and not any(map(str.isspace, word)):
                sys.stdout.write(f"{word}\n")


def words(what: str = "", text: str = "@", *rest: str) -> Iterable[str]:
    """The words of a kind; none for a kind that nobody knows."""
    if what == "profiles":
        return [f"@{name}" for name in sorted(config.load().profiles)]
    if what == "formats":
        found = import_module("importlib.metadata").entry_points(group=GROUP)  # 40 ms that only this word needs
        return sorted({*FORMATS, *(point.name for point in found)})
    return sorted({*cache.names(target.parse(text, config.load()).url)}) if what == "tables" else ()
