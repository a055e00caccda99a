"""What PostgreSQL has beside tables, made of the rows of its catalog."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from dbx.schema.model import Identity
from dbx.schema.objects import (
    Attribute,
    Check,
    Composite,
    Domain,
    Enum,
    Extension,
    Grant,
    Namespace,
    Options,
    Other,
    Policy,
    Range,
    Routine,
    Sequence,
    Server,
    Trigger,
)
from dbx.schema.readers.postgresql.facts import Facts, by_first, grouped
from dbx.schema.readers.postgresql.tables import Tables
from dbx.schema.text.postgresql import ident, literal

ROUTINES = {"f": "function", "p": "procedure", "a": "aggregate", "w": "window"}
_COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}
_ENABLED = {"O": "", "D": "disabled", "R": "replica", "A": "always"}
_PUBLIC_COMMENT = "standard public schema"
_PUBLIC_OWNERS = (10, 6171)  # who made the cluster, and pg_database_owner


def namespaces(facts: Facts) -> Iterator[Namespace]:
    for oid, name, owner, owner_oid in facts.rows["namespaces"]:
        if facts.is_member("pg_namespace", oid) or name.startswith("pg_temp"):
            continue
        comment = facts.comment("pg_namespace", oid)
        if name == "public":  # it is in every new database
            owner = "" if owner_oid in _PUBLIC_OWNERS else owner
            comment = None if comment == _PUBLIC_COMMENT else comment
        yield Namespace(name, owner, comment, facts.granted("pg_namespace", oid))


def extensions(facts: Facts) -> Iterator[Extension]:
    for oid, name, schema, version, needed in facts.rows["extensions"]:
        options: Options = (("requires", ", ".join(needed)),) if needed else ()
        yield Extension(name, schema, version, facts.comment("pg_extension", oid), options)


def enums(facts: Facts) -> Iterator[Enum]:
    for oid, space, name, owner, labels in facts.rows["enums"]:
        if not facts.is_member("pg_type", oid):
            said = (facts.comment("pg_type", oid), facts.granted("pg_type", oid))
            yield Enum(name, facts.spaces[space], tuple(labels), owner, *said)


def domains(facts: Facts) -> Iterator[Domain]:
    checks: dict[int, list[Check]] = defaultdict(list)
    for oid, owner, name, validated, text in facts.rows["domain_checks"]:
        comment = facts.comment("pg_constraint", oid)
        checks[owner].append(Check(name, text or "", validated=validated, comment=comment))
    for oid, _, space, name, owner, base, not_null, default, collation in facts.rows["domains"]:
        if facts.is_member("pg_type", oid):
            continue
        yield Domain(
            name,
            facts.spaces[space],
            base,
            not not_null,
            default,
            facts.collations.get(collation) if collation else None,
            tuple(sorted(checks.get(oid, ()))),
            owner,
            facts.comment("pg_type", oid),
            facts.granted("pg_type", oid),
            facts.depends(("pg_type", oid)),
        )


def composites(facts: Facts, tables: Tables) -> Iterator[Composite]:
    for relation in tables.relations.values():
        if relation.kind != "c" or facts.is_member("pg_type", relation.type):
            continue
        columns = tables.attributes(relation)
        yield Composite(
            relation.name,
            facts.spaces[relation.namespace],
            tuple([Attribute(each.name, each.type, each.collation, each.comment) for each in columns]),
            relation.owner,
            facts.comment("pg_type", relation.type),
            facts.granted("pg_type", relation.type),
            facts.depends(("pg_class", relation.oid)),
        )


def ranges(facts: Facts) -> Iterator[Range]:
    for oid, space, name, owner, subtype, opclass, collation, canonical, difference, multirange, _ in facts.rows[
        "ranges"
    ]:
        if facts.is_member("pg_type", oid):
            continue
        given = {
            "subtype_opclass": opclass,
            "collation": facts.collations.get(collation) if collation else None,
            "canonical": canonical,
            "subtype_diff": difference,
            "multirange_type_name": multirange,
        }
        yield Range(
            name,
            facts.spaces[space],
            subtype,
            owner,
            facts.comment("pg_type", oid),
            facts.granted("pg_type", oid),
            facts.depends(("pg_type", oid)),
            tuple(sorted((word, value) for word, value in given.items() if value)),
        )


def sequences(facts: Facts) -> tuple[list[Sequence], dict[tuple[int, int], Identity]]:
    """The sequences, and those behind identity columns by table and number of the column."""
    found, identities = [], {}
    for row in facts.rows["sequences"]:
        (oid, name, schema, owner, persistence, type_, start, increment, low, high, cache, cycle,
         how, table, number, table_name, column, _) = row  # fmt: skip
        counting = (start, increment, low, high, cache, cycle)
        if how == "i":
            options: Options = () if name == f"{table_name}_{column}_seq" else (("sequence", name),)
            identities[table, number] = Identity(True, *counting, options, facts.granted("pg_class", oid))
        elif not facts.is_member("pg_class", oid):
            owned = (table_name, column) if how == "a" else None
            said = (facts.comment("pg_class", oid), facts.granted("pg_class", oid))
            flags: Options = (("unlogged", ""),) if persistence == "u" else ()
            found.append(Sequence(name, schema, type_, *counting, owned, owner, *said, flags))
    return found, identities


def routines(facts: Facts) -> Iterator[Routine]:
    signatures = {key: texts for key, _, *texts in facts.rows["signatures"]}
    texts = {key: text for name in ("definitions", "aggregates") for key, _, text in facts.rows[name]}
    for oid, space, name, kind, language, owner in facts.rows["routines"]:
        if facts.is_member("pg_proc", oid):
            continue
        arguments, returns = signatures.get(oid, ("", ""))
        text = texts.get(oid)
        yield Routine(
            name,
            facts.spaces[space],
            ROUTINES.get(kind, kind),
            arguments or "",
            returns or "",
            "" if kind == "a" else language,
            text.rstrip() if text else None,
            owner,
            facts.comment("pg_proc", oid),
            facts.granted("pg_proc", oid),
            facts.depends(("pg_proc", oid)),
        )


def triggers(facts: Facts, tables: Tables) -> Iterator[Trigger]:
    for row in facts.rows["triggers"]:
        (oid, table, name, bits, enabled, deferrable, deferred, constraint, old, new,
         function, inherited, definition) = row  # fmt: skip
        if facts.is_member("pg_trigger", oid):
            continue
        schema, table_name = tables.name(table)
        options = {"constraint": constraint, "inherited": inherited}
        found: list[tuple[str, str]] = [(word, "") for word, is_set in options.items() if is_set]
        found += [(word, value) for word, value in (("old table", old), ("new table", new)) if value]
        yield Trigger(
            name,
            schema,
            table_name,
            "BEFORE" if bits & 2 else "INSTEAD OF" if bits & 64 else "AFTER",
            tuple(_events(bits, definition)),
            "ROW" if bits & 1 else "STATEMENT",
            _condition(definition),
            function,
            definition,
            _ENABLED.get(enabled, enabled),
            "INITIALLY DEFERRED" if deferred else "DEFERRABLE" if deferrable else "",
            facts.comment("pg_trigger", oid),
            options=tuple(sorted(found)),
        )


def _events(bits: int, definition: str) -> Iterator[str]:
    """The columns of an UPDATE stand behind it in the server's text, up to the next OR or ON outside of quotes."""
    if bits & 4:
        yield "INSERT"
    if bits & 8:
        yield "DELETE"
    if bits & 16:
        columns = re.search(_UPDATE_OF, definition)
        yield f"UPDATE OF {columns[1]}" if columns else "UPDATE"
    if bits & 32:
        yield "TRUNCATE"


_WORD = r'(?:"(?:[^"]|"")*"|[^\s",()]+)'
_UPDATE_OF = (
    rf"^CREATE (?:CONSTRAINT )?TRIGGER {_WORD} (?:BEFORE|AFTER|INSTEAD OF) "
    rf"(?:(?:INSERT|DELETE|TRUNCATE) OR )*UPDATE OF ({_WORD}(?:, {_WORD})*)"
)
_WHEN = r"(?s)FOR EACH (?:ROW|STATEMENT) WHEN \((.*)\) EXECUTE (?:FUNCTION|PROCEDURE) "


def _condition(definition: str) -> str | None:
    found = re.search(_WHEN, definition)
    return found[1] if found else None


def policies(facts: Facts, tables: Tables) -> Iterator[Policy]:
    for oid, table, name, command, permissive, roles, using, check in facts.rows["policies"]:
        schema, table_name = tables.name(table)
        comment = facts.comment("pg_policy", oid)
        yield Policy(
            name, schema, table_name, _COMMANDS.get(command, command), tuple(roles), permissive, using, check, comment
        )


def servers(facts: Facts) -> Iterator[Server]:
    for oid, name, wrapper, type_, version, owner, options in facts.rows["servers"]:
        if not facts.is_member("pg_foreign_server", oid):
            said = (facts.comment("pg_foreign_server", oid), facts.granted("pg_foreign_server", oid))
            own = tuple((f"option {word}", value) for word, value in options)
            yield Server(name, wrapper, type_ or "", version or "", owner, *said, own)


# --- what has no class of its own -----------------------------------------------------------------------------------


def others(facts: Facts, tables: Tables) -> Iterator[Other]:
    for catalog, rows in facts.others.items():
        for oid, _, kind, schema, name, owner, definition in rows:
            if facts.is_member(catalog, oid) or (schema is not None and schema not in facts.spaces.values()):
                continue
            comment, depends = facts.comment(catalog, oid), facts.depends((catalog, oid))
            options = tuple(
                (f"grant {n}", text) for n, text in enumerate(_granted(kind, name, facts.granted(catalog, oid)), 1)
            )
            yield Other(name, schema, kind, definition, None, owner, comment, depends, options)
    yield from _of_tables(facts, tables)
    for oid, _, name, owner, definition in facts.rows["publications"]:
        yield Other(name, None, "publication", definition, None, owner, facts.comment("pg_publication", oid))
    for oid, name, owner, definition in facts.rows["subscriptions"]:
        yield Other(name, None, "subscription", definition, None, owner, facts.comment("pg_subscription", oid))
    for _, user, server, public, options in facts.rows["user_mappings"]:
        who = "PUBLIC" if public else ident(user)
        listed = ", ".join(f"{ident(word)} {literal(value)}" for word, value in options)
        text = f"CREATE USER MAPPING FOR {who} SERVER {ident(server)}" + (f" OPTIONS ({listed})" if listed else "")
        yield Other(f"{user} on {server}", None, "user mapping", text, options=(("server", server),))
    for kind, name, provider, label in facts.rows["labels"]:
        text = f"SECURITY LABEL FOR {ident(provider)} ON {kind.upper()} {name} IS {literal(label)}"
        yield Other(f"{name} for {provider}", None, "security label", text)
    yield from _default_privileges(facts)


def _of_tables(facts: Facts, tables: Tables) -> Iterator[Other]:
    for oid, table, name, enabled, definition in facts.rows["rules"]:
        schema, table_name = tables.name(table)
        options: Options = (("enabled", _ENABLED.get(enabled, enabled)),) if enabled != "O" else ()
        comment = facts.comment("pg_rewrite", oid)
        yield Other(name, schema, "rule", definition.removesuffix(";"), table_name, "", comment, options=options)
    for oid, table, name, schema, owner, target, definition in facts.rows["statistics"]:
        options = (("statistics", str(target)),) if target is not None else ()
        comment = facts.comment("pg_statistic_ext", oid)
        yield Other(
            name, schema, "statistics object", definition, tables.name(table)[1], owner, comment, options=options
        )


def _granted(kind: str, name: str, grants: tuple[Grant, ...]) -> Iterator[str]:
    """Other has no place for grants: they are told as statements."""
    for grant in grants:
        if grant.privileges:
            last = " WITH GRANT OPTION" if grant.grantable else ""
            who = ident(grant.grantee) if grant.grantee else "PUBLIC"
            target = f"{kind.upper().replace('-', ' ')} {ident(name)}"
            yield f"GRANT {', '.join(grant.privileges)} ON {target} TO {who}{last}"


_OBJECTS = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES", "n": "SCHEMAS", "L": "LARGE OBJECTS"}


def _default_privileges(facts: Facts) -> Iterator[Other]:
    for rows in by_first(facts.rows["default_privileges"]).values():
        _, role, schema, kind, *_ = rows[0]
        now = {tuple(row[6:]) for row in rows if not row[5]}
        before = {tuple(row[6:]) for row in rows if row[5]}
        where = f" IN SCHEMA {ident(schema)}" if schema else ""
        start = f"ALTER DEFAULT PRIVILEGES FOR ROLE {ident(role)}{where}"
        objects = _OBJECTS.get(kind, kind)
        texts = [
            f"{start} REVOKE ALL ON {objects} FROM {ident(who) if who else 'PUBLIC'}"
            for who in sorted({who for who, _, _ in before - now})
        ]
        lost = {who for who, _, _ in before - now}
        added = grouped((*entry, "") for entry in now if entry not in before or entry[0] in lost)
        for grant in added:
            who = ident(grant.grantee) if grant.grantee else "PUBLIC"
            last = " WITH GRANT OPTION" if grant.grantable else ""
            texts.append(f"{start} GRANT {', '.join(grant.privileges)} ON {objects} TO {who}{last}")
        name = f"{role} on {objects.lower()}"
        yield Other(name, schema, "default acl", ";\n".join(texts))
