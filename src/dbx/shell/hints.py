"""Hints that name options of the command line, said as what can be typed in the shell."""

from __future__ import annotations

from collections.abc import Mapping

_ASKED = "type it at the prompt: there it is asked about"
_OUTSIDE = "commit or rollback first; then it runs"

HERE: Mapping[str, str] = {
    "a :name or ? needs a value: -p name=value": r"\ns NAME STATEMENT keeps it, and \n NAME asks for its values",
    "end the transaction first; dbx tx --allow-permanent runs it all the same": _OUTSIDE,
    "run it by itself: dbx query": _OUTSIDE,
    "run it alone, or use --autocommit": "type it at the prompt, outside of a transaction",
    "say --yes, and run it alone": _ASKED,
    "say --yes": _ASKED,
    "say --yes, or leave out BEGIN and --autocommit": "leave out BEGIN and COMMIT: at the end it is asked about",
    "with --autocommit the script keeps its own transactions": "leave out BEGIN and COMMIT, or begin with BEGIN",
}


def here(hint: str, *, scripted: bool) -> str:
    """A hint as the shell gives it. `scripted`: it is that of dbx tx, which has options for it."""
    return hint if scripted else " · ".join(HERE.get(part, part) for part in hint.split(" · "))
