"""What people type who come from another shell, and what does it here."""

from __future__ import annotations

from collections.abc import Mapping

HABITS: Mapping[str, str] = {
    # psql, pgcli
    "\\!": "Ctrl-Z suspends the shell, fg in yours comes back",
    "\\a": "\\f tsv",
    "\\copy": "\\g FILE behind a statement writes its rows; dbx copy reads files into tables",
    "\\dE": "\\dt",
    "\\ef": "\\sf NAME shows the source of a function",
    "\\encoding": "everything is UTF-8 here",
    "\\ev": "\\sv NAME shows the statement that makes a view",
    "\\gset": "name = rows(…) keeps the rows of an expression; _rows are those of the last result",
    "\\h": "\\? NAME tells of a command, a function or a method",
    "\\H": "\\f html",
    "\\p": "the arrow up brings the last statement back, \\e opens it in your editor",
    "\\pset": "\\set NAME VALUE; \\set alone lists the settings",
    "\\r": "Ctrl-C throws away what is typed; \\reconnect connects again",
    "\\s": "Ctrl-R looks through the history; \\transcript FILE writes down what this session has run",
    "\\t": "\\set header off",
    "\\unset": "\\set NAME default",
    "\\w": "\\transcript FILE writes down what this session has run; \\ns NAME keeps the last statement",
    "\\z": "\\dp",
    # mysql, mycli, litecli
    "\\.": "\\i FILE",
    "\\#": "\\refresh",
    "\\fd": "\\nd NAME",
    "\\fs": "\\ns NAME",
    "\\P": "\\set pager on",
    "\\T": "\\f FORMAT",
    "\\u": "\\c TARGET",
    "desc": "\\d NAME",
    "describe": "\\d NAME",
    "show": "\\dt lists the tables, \\di indexes, \\l databases",
    "source": "\\i FILE",
    "use": "\\c TARGET connects to another database",
    # sqlite3
    ".databases": "\\l",
    ".dump": "dbx reflect writes schemas down, dbx query -f insert rows",
    ".exit": "\\q",
    ".headers": "\\set header on",
    ".help": "\\?",
    ".import": "dbx copy FILE TARGET TABLE",
    ".indexes": "\\di",
    ".mode": "\\f FORMAT",
    ".nullvalue": "\\set null TEXT",
    ".once": "\\g FILE",
    ".output": "\\o FILE",
    ".quit": "\\q",
    ".read": "\\i FILE",
    ".schema": "\\d NAME; dbx reflect writes schemas down",
    ".tables": "\\dt",
    ".timer": "\\timing",
    # vi
    **dict.fromkeys((":q", ":q!", ":wq", ":x"), "\\q"),
}


_OWN = {"mysql": ("desc", "describe", "show", "use")}
"""Words that are statements of the server whose client reads them."""


def hint(text: str, message: str = "", client: str = "") -> str:
    """What does here what a text that failed does elsewhere, '' when that is not known. `message` may begin with what
    it was about; `client` is the one whose scripts the server takes (Syntax.client)."""
    for words in (text.split(None, 1), message.split(None, 1)):
        word = words[0].rstrip(";") if words else ""
        word = word.lower() if word.isalpha() else word
        found = HABITS.get(word)
        if found and word not in _OWN.get(client, ()):
            return f"here: {found}"
    return ""
