"""The queries for what PostgreSQL has beyond its own tables: foreign servers, publications, subscriptions, default
privileges; and for the names of what was only mentioned."""

from __future__ import annotations

from dbx.schema.readers.postgresql.snapshot import Fact, Text
from dbx.schema.readers.postgresql.sql import FIRST_OWN
from dbx.schema.readers.postgresql.sql_others import SECRETS

_PAIRS = "ARRAY(SELECT ARRAY[option_name, option_value] FROM pg_options_to_table({array}) WHERE {condition} ORDER BY 1)"
_NO_SECRETS = f"option_name !~* '{SECRETS}'"


def _of(name: str, named: bool) -> str:
    return f" AND {name} = ANY(%(names)s::text[])" if named else ""


def servers(named: bool) -> Fact:
    return Fact(
        "pg_foreign_server",
        "SELECT s.oid, s.srvname, w.fdwname, s.srvtype, s.srvversion, pg_get_userbyid(s.srvowner), "
        f"{_PAIRS.format(array='s.srvoptions', condition=_NO_SECRETS)} FROM pg_foreign_server s "
        f"JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE true{_of('s.srvname', named)}",
    )


def user_mappings(named: bool) -> Fact:
    """Of their options only the name of the user over there: the rest is how to get in."""
    of = f"{_of('srvname', named)} OR usename || ' on ' || srvname = ANY(%(names)s::text[])" if named else ""
    pairs = _PAIRS.format(array="umoptions", condition="option_name IN ('user', 'username')")
    return Fact(
        "pg_user_mappings",
        f"SELECT umid, usename, srvname, umuser = 0, {pairs} FROM pg_user_mappings WHERE true{of}",
    )


def publications(version: int, named: bool) -> Text:
    columns = where = schemas = "NULL"
    if version >= 150000:
        columns = (
            "(SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')' FROM pg_attribute a "
            "WHERE a.attrelid = r.prrelid AND a.attnum = ANY(r.prattrs))"
        )
        where = "' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')'"
        schemas = (
            "(SELECT string_agg('TABLES IN SCHEMA ' || quote_ident(n.nspname), ', ' ORDER BY n.nspname) "
            "FROM pg_publication_namespace x JOIN pg_namespace n ON n.oid = x.pnnspid WHERE x.pnpubid = p.oid)"
        )
    tables = (
        "(SELECT string_agg('TABLE ONLY ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || "
        f"coalesce({columns}, '') || coalesce({where}, ''), ', ' ORDER BY n.nspname, c.relname) FROM "
        "pg_publication_rel r "
        "JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.prpubid = p.oid)"
    )
    listed = f"' FOR ' || nullif(concat_ws(', ', {tables}, {schemas}), '')"
    what = f"CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE {listed} END"
    events = ["'insert'", "'update'", "'delete'", "'truncate'"]
    published = ", ".join(f"CASE WHEN p.pub{event.strip(chr(39))} THEN {event} END" for event in events)
    root = (
        "CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' ELSE '' END" if version >= 130000 else "''"
    )
    definition = (
        f"'CREATE PUBLICATION ' || quote_ident(p.pubname) || coalesce({what}, '') || ' WITH (publish = ' || "
        f"quote_literal(concat_ws(', ', {published})) || {root} || ')'"
    )
    columns = f"p.pubname, pg_get_userbyid(p.pubowner), {definition}"
    source = f"FROM pg_publication p WHERE true{_of('p.pubname', named)}"
    return Text("pg_publication", "p.oid", "p.oid", columns, source, "pg_publication")


def subscriptions(version: int, named: bool) -> Fact:
    """Where a subscription connects to is not read: a password may be in it."""
    definition = (
        "'CREATE SUBSCRIPTION ' || quote_ident(s.subname) || ' CONNECTION '''' PUBLICATION ' || "
        "(SELECT string_agg(quote_ident(p), ', ') FROM unnest(s.subpublications) p) || ' WITH (connect = false, "
        "slot_name = ' || "
        "coalesce(quote_literal(s.subslotname), 'NONE') || ', synchronous_commit = ' || "
        f"quote_literal(s.subsynccommit) || {_subscribed(version)} || ')'"
    )
    return Fact(
        "pg_subscription",
        f"SELECT s.oid, s.subname, pg_get_userbyid(s.subowner), {definition} FROM pg_subscription s "
        f"WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()){_of('s.subname', named)}",
    )


def _subscribed(version: int) -> str:
    """SQL for the options that later versions have, where they are not as by default."""
    options = []
    if version >= 140000:
        streaming = "CASE s.substream::text WHEN 'p' THEN 'parallel' ELSE 'on' END"
        options.append("CASE WHEN s.subbinary THEN ', binary = true' ELSE '' END")
        options.append(
            f"CASE WHEN s.substream::text NOT IN ('f', 'false') THEN ', streaming = ' || {streaming} ELSE '' END"
        )
    if version >= 150000:
        options.append("CASE WHEN s.subtwophasestate <> 'd' THEN ', two_phase = true' ELSE '' END")
        options.append("CASE WHEN s.subdisableonerr THEN ', disable_on_error = true' ELSE '' END")
    return " || ".join(options) or "''"


def default_privileges() -> Fact:
    """What a role's new objects will grant: without a schema all of it, else what is added."""
    return Fact(
        "pg_default_acl",
        "SELECT d.oid, pg_get_userbyid(d.defaclrole)::text, n.nspname, d.defaclobjtype, d.defaclrole = e.grantee, "
        "e.before, CASE e.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(e.grantee)::text END, e.privilege_type, "
        "e.is_grantable "
        "FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, LATERAL "
        "(SELECT false, x.* FROM aclexplode(d.defaclacl) x UNION ALL SELECT true, y.* FROM aclexplode(CASE "
        "d.defaclnamespace "
        "WHEN 0 THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole) END) y) "
        "e (before, grantor, grantee, privilege_type, is_grantable) ORDER BY 1, 5, 6, 7, 8",
    )


def labels() -> Fact:
    return Fact(
        "pg_seclabel",
        f"SELECT objtype, objname, provider, label FROM pg_seclabels WHERE objoid >= {FIRST_OWN}",
    )


# --- names of what was mentioned ------------------------------------------------------------------------------------

TYPES = Fact(
    "pg_type",
    "SELECT u.t, u.m, format_type(u.t, u.m), y.typtype, y.typstorage, y.typcollation, "
    "CASE WHEN y.typtype = 'd' THEN format_type(y.typbasetype, y.typtypmod) END, y.typcategory = 'A' "
    "FROM unnest(%(types)s::oid[], %(modifiers)s::int[]) u(t, m) LEFT JOIN pg_type y ON y.oid = u.t",
)

COLLATIONS = Fact(
    "pg_collation",
    "SELECT c.oid, n.nspname, c.collname FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace "
    "WHERE c.oid = ANY(%(collations)s::oid[])",
)

OPCLASSES = Fact(
    "pg_opclass",
    "SELECT o.oid, m.amname, o.opcintype, o.opcdefault, n.nspname, o.opcname FROM pg_opclass o "
    "JOIN pg_am m ON m.oid = o.opcmethod JOIN pg_namespace n ON n.oid = o.opcnamespace",
)

OPERATORS = Fact(
    "pg_operator",
    "SELECT o.oid, n.nspname, o.oprname FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace "
    "WHERE o.oid = ANY(%(operators)s::oid[])",
)

TARGETS = Fact(
    "pg_attribute",
    "SELECT c.oid, n.nspname, c.relname, a.attnum, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid = ANY(%(targets)s::oid[]) AND a.attnum > 0 AND NOT "
    "a.attisdropped",
)

INDEX_NAMES = Fact(
    "pg_class",
    "SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.oid = ANY(%(parents)s::oid[])",
)
