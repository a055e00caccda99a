r"""What can be asked of the Session itself: \session and \flush, for the shell and for scripts alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from dbx.errors import UsageError
from dbx.language.values.objects import Instance, Objects
from dbx.rows import Cell, Column, Rows
from dbx.unit import shown
from dbx.unit.check import differences
from dbx.unit.plan import planned
from dbx.unit.repository import Repository

Names = MutableMapping[str, Any]


def ordered(repository: Repository, names: Names, order: str, rest: str) -> Rows | None:
    """An order by its name and what stands behind it; `names` are those the user has given to objects."""
    if order == r"\flush":
        return _flush(repository, rest.strip())
    word, _, argument = rest.strip().partition(" ")
    word = word.lstrip("-")
    if not word:
        return _session(repository, names)
    if word not in _ORDERS:
        raise UsageError(rf"\session knows no '{word}'", hint=f"{', '.join(_ORDERS)}")
    return _ORDERS[word](repository, names, argument.strip())


def _flush(repository: Repository, rest: str) -> Rows | None:
    if rest.lstrip("-") == "plan":
        return _plan(repository)
    if rest:
        raise UsageError(rf"\flush takes --plan or nothing, not '{rest}'")
    work = repository.work
    count = work.flush()
    where = {
        "own": "in a transaction that the flush began: \\session commit or rollback",
        "joined": "in your transaction",
    }
    repository.notes.append(f"flushed, {where[work.part.kind]}" if count else "nothing to flush")
    if count and shown.unwritten(work.session):
        repository.notes.append("one more flush writes the rest")
    return None


def _plan(repository: Repository) -> Rows:
    """The statements of a flush. Several rows of one number are one statement, sent with each of the parameters."""
    work = repository.work
    statements = work.run(lambda session: planned(session, work.engine, repository.label))
    rows: list[tuple[Cell, ...]] = []
    text = []
    for number, sent in enumerate(statements, 1):
        text.append(f"{number}  {shown.one_line(sent.text)}")
        for each in sent.parameters if isinstance(sent.parameters, list) else [sent.parameters]:
            rows.append((number, shown.one_line(sent.text), shown.parameters(each)))
            text.append(f"   {shown.parameters(each)}")
    many = f"{len(statements)} statements, none of them sent" if len(statements) > 1 else "1 statement, not sent"
    repository.notes.append(many if rows else "nothing to flush")
    found = Rows.of(Column("number", kind="number"), "statement", Column("parameters", kind="json"), rows=rows)
    return found.drawn("\n".join(text)) if text else found


def _session(repository: Repository, names: Names) -> Rows:
    work = repository.work
    work.settle()
    rows = [row for each in shown.unwritten(work.session) for row in shown.changes(repository.models, each)]
    rows += [
        (f"{name}: {repository.label(each)}", shown.state(each), None, None, None) for name, each in _outside(names)
    ]
    repository.notes.append(_summary(repository))
    return Rows.of(*shown.CHANGES, rows=rows)


def _summary(repository: Repository) -> str:
    work = repository.work
    count = len(work.session.identity_map)
    statements = f"{work.log.count:,} statement{'' if work.log.count == 1 else 's'}"
    flushed = {"": "", "own": " · flushed, not committed", "joined": " · flushed into your transaction"}[
        work.part.kind if work.part.rows else ""
    ]
    return f"identity map: {count:,} object{'' if count == 1 else 's'} · {statements} so far{flushed}"


def _outside(names: Names) -> Iterator[tuple[str, Any]]:
    for name, value in names.items():
        if isinstance(value, Instance) and not (inspect(value.held).persistent or inspect(value.held).pending):
            yield name, value.held


def _commit(repository: Repository, names: Names, argument: str) -> None:
    repository.notes.append(repository.work.commit(repository.confirm))


def _rollback(repository: Repository, names: Names, argument: str) -> None:
    given = repository.work.rollback()
    repository.notes.append("rolled back: " + ("; ".join(given) if given else "there was nothing to give back"))


def _map(repository: Repository, names: Names, argument: str) -> Rows:
    """The identity map: one object for each row that was read."""
    work = repository.work
    rows: list[tuple[Cell, ...]] = []
    for instance in work.session.identity_map.values():
        found: Any = inspect(instance)
        attributes = [each.key for each in found.mapper.column_attrs]
        loaded = sum(each in found.dict for each in attributes)
        held = ", ".join(
            name for name, value in names.items() if isinstance(value, Instance) and value.held is instance
        )
        related = ", ".join(each.key for each in found.mapper.relationships if each.key in found.dict)
        rows.append(
            (repository.label(instance), shown.state(instance), f"{loaded} of {len(attributes)}", related, held)
        )
    repository.notes.append(_summary(repository))
    return Rows.of("object", "state", "columns", "relationships", "name", rows=rows)


def _check(repository: Repository, names: Names, argument: str) -> Rows:
    work = repository.work
    models = repository.models
    found = work.run(lambda session: differences(session, models))
    count = len(work.session.identity_map)
    told = f"{len({each[0] for each in found})} of them stale" if found else "all as in the database"
    repository.notes.append(f"{count:,} object{'' if count == 1 else 's'} compared, {told}")
    return Rows.of("object", "what", "attribute", "in the Session", "in the database", rows=found)


def _expire(repository: Repository, names: Names, argument: str) -> None:
    work = repository.work
    work.settle()
    found = _named(names, argument) if argument else list(work.session.identity_map.values())
    for each in found:
        _in_session(repository, each)
        work.session.expire(each)
    repository.notes.append(f"{len(found):,} expired: read again when looked at; what was changed in them is given up")


def _refresh(repository: Repository, names: Names, argument: str) -> None:
    found = _named(names, argument)
    for each in found:
        _in_session(repository, each)

    def job(session: Session) -> None:
        for each in found:
            session.refresh(each)

    repository.work.run(job)


def _merge(repository: Repository, names: Names, argument: str) -> None:
    """The name stands for the merged object afterwards."""
    (found,) = _named(names, argument, one=True)
    merged = repository.work.run(lambda session: session.merge(found))
    names[argument] = Instance(merged)
    repository.notes.append(f"{argument} is now {repository.label(merged)}, {shown.state(merged)}")


def _expunge(repository: Repository, names: Names, argument: str) -> None:
    for each in _named(names, argument):
        _in_session(repository, each)
        repository.work.run(lambda session, each=each: session.expunge(each))  # type: ignore[misc]


def _close(repository: Repository, names: Names, argument: str) -> None:
    work = repository.work
    work.settle()
    if work.part.kind:
        raise UsageError("what was flushed is still open", hint="\\session commit or rollback")
    work.session.expunge_all()
    repository.notes.append("every object has left the Session")


def _named(names: Names, argument: str, *, one: bool = False) -> list[Any]:
    """The objects that a name stands for."""
    value = names.get(argument)
    if isinstance(value, Instance):
        return [value.held]
    if isinstance(value, Objects) and not one:
        return [each.held for each in value.items if isinstance(each, Instance)]
    what = f"'{argument}' is no name of an object" if argument else "which object?"
    raise UsageError(what, hint="x = track.get(1), then the name x")


def _in_session(repository: Repository, instance: Any) -> None:
    if not inspect(instance).persistent:
        raise UsageError(f"{repository.label(instance)} is {shown.state(instance)}: only what was loaded can be")


_ORDERS: dict[str, Callable[[Repository, Names, str], Rows | None]] = {
    "commit": _commit,
    "rollback": _rollback,
    "map": _map,
    "check": _check,
    "expire": _expire,
    "refresh": _refresh,
    "merge": _merge,
    "expunge": _expunge,
    "close": _close,
}
