"""What a statement does to the transaction and the session, as far as its first words tell."""

from __future__ import annotations

Words = tuple[str, ...]

# SET of these is no setting of the session: it writes, runs a statement, or means the current transaction only.
_NO_SETTINGS = frozenset({"CONSTRAINTS", "DEFAULT", "LOCAL", "PASSWORD", "STATEMENT", "TRANSACTION"})
_SERVER_RESETS = frozenset({"BINARY", "MASTER", "PERSIST", "QUERY", "REPLICA", "SLAVE"})
_XA = frozenset({"START", "BEGIN", "END", "PREPARE", "COMMIT", "ROLLBACK", "RECOVER"})


def begins(words: Words) -> bool:
    """Whether it opens a transaction. SET autocommit counts: what follows is in one, or in none."""
    match words:
        case ("BEGIN", "NOT", *_):
            return False  # MariaDB's compound statement: BEGIN NOT ATOMIC … END
        case ("BEGIN", *_) | ("START", "TRANSACTION", *_) | ("XA", "START" | "BEGIN", *_):
            return True
    return _sets_autocommit(words)


def ends(words: Words) -> bool:
    """Whether it ends a transaction: not ROLLBACK TO a savepoint."""
    match words:
        case ("COMMIT" | "ROLLBACK", "PREPARED", *_):
            return False  # of another, prepared transaction
        case ("ROLLBACK", *rest):
            return "TO" not in rest[:2]
        case ("COMMIT" | "END" | "ABORT", *_) | ("PREPARE", "TRANSACTION", *_):
            return True
        case ("XA", "COMMIT" | "ROLLBACK", *_):
            return True
    return False


def ending(words: Words) -> str:
    """ "commit" or "rollback" where that is all it says, else ''."""
    if len(words) > 2 or words[1:] not in ((), ("WORK",), ("TRANSACTION",)):
        return ""
    return {"COMMIT": "commit", "END": "commit", "ROLLBACK": "rollback", "ABORT": "rollback"}.get(
        "".join(words[:1]), ""
    )


def sets_transaction(words: Words) -> bool:
    """SET TRANSACTION: on PostgreSQL the first statement in the transaction, on MySQL the last before it."""
    return words[:2] == ("SET", "TRANSACTION") or words[:3] == ("SET", "LOCAL", "TRANSACTION")


def is_transaction_control(words: Words) -> bool:
    """Whether it opens, ends or arranges a transaction, so that no savepoint may be put before it."""
    if begins(words) or ends(words) or sets_transaction(words):
        return True
    match words:
        case ("SAVEPOINT" | "RELEASE" | "ROLLBACK" | "COMMIT", *_):
            return True
        case ("XA", word, *_):
            return word in _XA
    return False


def is_session_setting(words: Words) -> bool:
    """Whether it sets the session up without reading or writing data, so that it may run before a transaction."""
    match words:
        case ("PRAGMA" | "USE", *_):
            return True
        case ("SET", word, *_):
            return word not in _NO_SETTINGS and not _sets_autocommit(words)
        case ("SET",):
            return True
        case ("RESET", word, *_):
            return word not in _SERVER_RESETS
    return False


def _sets_autocommit(words: Words) -> bool:
    return words[:1] == ("SET",) and any(
        word.lstrip("@").removeprefix("SESSION.") == "AUTOCOMMIT" for word in words[1:3]
    )
