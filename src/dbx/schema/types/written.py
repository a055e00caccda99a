"""Column types in a dialect's words.

written(type, dialect) -> Words                          its words there, and what they lose ('' for nothing)
converted(text, source, target, vocabulary) -> Words     from one dialect's words to another's
"""

from __future__ import annotations

from typing import NamedTuple

from dbx.schema.types.vocabulary import Type, Vocabulary, parse

_MYSQL = ("mysql", "mariadb")


class Words(NamedTuple):
    text: str
    loss: str = ""


def converted(text: str, source: str, target: str, known: Vocabulary | None = None) -> Words:
    """A type of `source` in the words of `target`; its own where both are one."""
    if source == target or (source in _MYSQL and target in _MYSQL):
        return Words(text)
    return written(parse(text, source, known), target)


def written(found: Type, dialect: str) -> Words:
    """The words of a dialect for a type. Any that is not known here gets those of the SQL standard."""
    from_here = _WRITERS.get(dialect, _standard)
    words = from_here(found)
    if found.domain and dialect != "postgresql":
        return Words(words.text, words.loss or f"the checks of domain {found.domain}")
    return words


def _sized(word: str, *numbers: int | None) -> str:
    given = ",".join(str(number) for number in numbers if number is not None)
    return f"{word}({given})" if given else word


_POSTGRESQL = {
    "bool": Words("boolean"), "json": Words("jsonb"), "jsonb": Words("jsonb"), "enum": Words("text"),
    "set": Words("text", "a set of words is text"),
    **{word: Words(word) for word in ("date", "uuid", "xml", "text", "interval", "money", "inet", "macaddr")},
}  # fmt: skip


def _postgresql(found: Type) -> Words:
    size = found.size
    match found.kind:
        case "int" | "decimal" | "float":
            return _postgresql_number(found)
        case "char" | "varchar":
            word = "character varying" if found.kind == "varchar" else "character"
            return Words(_sized(word, size or 1), "that it holds nothing") if size == 0 else Words(_sized(word, size))
        case "binary" | "varbinary" | "blob":
            return Words("bytea", f"at most {size} bytes" if size and found.kind != "blob" else "")
        case "bit" | "varbit":
            return Words(_sized("bit" if found.kind == "bit" else "bit varying", size))
        case "time" | "timestamp":
            return Words(f"{_sized(found.kind, size)} {'with' if found.zoned else 'without'} time zone")
        case "array" if found.element is not None:
            inner = _postgresql(found.element)
            return Words(f"{inner.text}[]", inner.loss)
        case "search":
            return Words(found.text if found.text in ("tsvector", "tsquery") else "tsvector")
        case "geometry":
            return Words("point") if found.text == "point" else Words("bytea", "geometry")
    return _POSTGRESQL.get(found.kind) or Words("text", f"no such type as {found.text}")


def _postgresql_number(found: Type) -> Words:
    size = found.size
    if found.kind == "int":
        room = (size or 8) * 2 if found.unsigned and size != 3 else size or 8
        return Words("numeric(20,0)" if room > 8 else "smallint" if room <= 2 else "integer" if room <= 4 else "bigint")
    lost = "unsigned" if found.unsigned else ""
    if found.kind == "decimal":
        return Words(_sized("numeric", size, found.scale), lost)
    return Words("real" if size == 4 else "double precision", lost)


_ROOM = ((255, "tiny"), (65535, ""), (16777215, "medium"))

_MYSQL_FIXED = {
    "bool": Words("tinyint(1)"), "date": Words("date"), "money": Words("decimal(19,2)"), "uuid": Words("char(36)"),
    "json": Words("json"), "jsonb": Words("json"), "inet": Words("varchar(43)", "addresses are text"),
    "array": Words("json", "an array is JSON"),
}  # fmt: skip


def _mysql(found: Type) -> Words:
    size = found.size
    match found.kind:
        case "int" | "decimal" | "float" | "bit" | "varbit":
            return _mysql_number(found)
        case "char" | "varchar" | "text" | "binary" | "varbinary" | "blob":
            return Words(_mysql_text(found))
        case "time":
            return Words(_sized("time", 6 if size is None else size), "the time zone" if found.zoned else "")
        case "timestamp":
            word = "timestamp" if found.zoned else "datetime"
            return Words(_sized(word, 6 if size is None else size), "years outside 1970 to 2038" if found.zoned else "")
        case "enum" | "set" if found.labels:
            labels = ",".join("'" + label.replace("\\", "\\\\").replace("'", "''") + "'" for label in found.labels)
            return Words(f"{found.kind}({labels})")
        case "geometry":
            return Words("point" if found.text == "point" else "geometry")
    return _MYSQL_FIXED.get(found.kind) or Words("longtext", f"no such type as {found.text}")


def _mysql_number(found: Type) -> Words:
    size, unsigned = found.size, " unsigned" if found.unsigned else ""
    match found.kind:
        case "int":
            names = {1: "tinyint", 2: "smallint", 3: "mediumint", 4: "int"}
            return Words(names.get(size or 8, "bigint") + unsigned)
        case "float":
            return Words(("float" if size == 4 else "double") + unsigned)
        case "decimal" if size is None:
            return Words("decimal(65,30)", "more than 35 digits before the point and 30 behind it")
        case "decimal":
            text = _sized("decimal", min(size or 0, 65), max(0, min(found.scale or 0, 30)))
            return Words(text + unsigned, "digits beyond 65" if (size or 0) > 65 else "")
    beyond = "bits beyond 64" if (size or 99) > 64 else ""
    return Words(_sized("bit", min(size or 64, 64)), beyond or ("how many bits" if found.kind == "varbit" else ""))


def _mysql_text(found: Type) -> str:
    kind, size = found.kind, found.size
    if kind in ("char", "binary") and size is not None and size <= 255:
        return _sized(kind, size)
    if kind not in ("text", "blob") and size is not None and size <= 16383:
        return _sized("varbinary" if kind.endswith("binary") else "varchar", size)
    room = size if kind in ("text", "blob") else None
    word = next((word for most, word in _ROOM if room is not None and room <= most), "long")
    return f"{word}{'blob' if kind in ('blob', 'binary', 'varbinary') else 'text'}"


def _mariadb(found: Type) -> Words:
    return Words("uuid") if found.kind == "uuid" else _mysql(found)


_SQLITE = {
    "int": Words("INTEGER"), "float": Words("REAL"), "bool": Words("BOOLEAN"), "date": Words("DATE"),
    "timestamp": Words("TIMESTAMP"), "json": Words("JSON"), "jsonb": Words("JSON"),
    "geometry": Words("BLOB", "geometry"),
    **dict.fromkeys(("binary", "varbinary", "blob"), Words("BLOB")),
    **dict.fromkeys(("text", "uuid", "xml", "inet", "macaddr", "enum"), Words("TEXT")),
}  # fmt: skip


def _sqlite(found: Type) -> Words:
    """Words whose affinity is right, and that say what was meant."""
    match found.kind:
        case "decimal" | "money":
            return Words(
                _sized("NUMERIC", found.size, found.scale), "" if (found.size or 99) <= 15 else "digits beyond 15"
            )
        case "char" | "varchar":
            return Words(_sized(found.kind.upper(), found.size))
        case "time":
            return Words("TIME", "the time zone" if found.zoned else "")
    return _SQLITE.get(found.kind) or Words("TEXT", f"{'an array' if found.kind == 'array' else found.text} is text")


def _standard(found: Type) -> Words:
    match found.kind:
        case "text" | "enum" | "uuid" | "xml" | "inet" | "macaddr" | "json" | "jsonb":
            return Words("varchar")
        case "blob" | "binary" | "varbinary":
            return Words("blob")
        case "timestamp":
            return Words("timestamp with time zone" if found.zoned else "timestamp")
    return _postgresql(found)


_WRITERS = {"postgresql": _postgresql, "mysql": _mysql, "mariadb": _mariadb, "sqlite": _sqlite}
