"""The queries for PostgreSQL's objects without a class of their own in the model: each makes the statement that makes
the object, in rows of (oid, oid, kind, schema, name, owner, definition). No function of the server prints these."""

from __future__ import annotations

from typing import NamedTuple

from dbx.schema.readers.postgresql.snapshot import Text
from dbx.schema.readers.postgresql.sql import FIRST_OWN

NAME = (
    "CASE WHEN {i}.name IS NOT NULL AND {i}.type NOT LIKE 'operator%%' THEN (parse_ident({i}.name))[1] "
    "WHEN {i}.schema IS NULL THEN {i}.identity ELSE substr({i}.identity, length({i}.schema) + 2) END"
)
"""The name of what pg_identify_object told: with its arguments where the name alone is not enough."""

SCHEMA = "(parse_ident({i}.schema))[1]"

SECRETS = "pass|pwd|secret|token|credential|key"
"""Options whose names look like this are never read."""


class Kind(NamedTuple):
    """Of one catalog: `definition` is SQL for the statement, `more` joins, `own` which rows are a user's."""

    catalog: str
    definition: str
    owner: str = ""
    more: str = ""
    own: str = f"o.oid >= {FIRST_OWN}"
    name: str = ""


def options(array: str) -> str:
    """OPTIONS (…) of foreign objects, without what is secret."""
    each = "quote_ident(option_name) || ' ' || quote_literal(option_value)"
    source = f"pg_options_to_table({array}) WHERE option_name !~* '{SECRETS}'"
    return f"coalesce((SELECT ' OPTIONS (' || string_agg({each}, ', ') || ')' FROM {source}), '')"


def _name(alias: str, prefix: str) -> str:
    return f"quote_ident({alias}_n.nspname) || '.' || quote_ident({alias}.{prefix}name)"


def _space(alias: str, prefix: str) -> str:
    return f" LEFT JOIN pg_namespace {alias}_n ON {alias}_n.oid = {alias}.{prefix}namespace"


def _procedure(column: str) -> str:
    return f"nullif({column}::oid, 0)::regproc::text"


def _operator(column: str) -> str:
    return (
        "(SELECT 'OPERATOR(' || quote_ident(xn.nspname) || '.' || x.oprname || ')' FROM pg_operator x "
        f"JOIN pg_namespace xn ON xn.oid = x.oprnamespace WHERE x.oid = {column})"
    )


def _listed(*parts: str) -> str:
    return f"E' (\\n    ' || concat_ws(E',\\n    ', {', '.join(parts)}) || E'\\n)'"


def _flag(condition: str, word: str) -> str:
    return f"CASE WHEN {condition} THEN '{word}' END"


def _collation(version: int) -> str:
    locale = "o.colllocale" if version >= 170000 else "o.colliculocale" if version >= 150000 else "NULL"
    rules = "o.collicurules" if version >= 160000 else "NULL"
    provider = "CASE o.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' ELSE 'libc' END"
    return f"'CREATE COLLATION ' || {_name('o', 'coll')} || " + _listed(
        f"'provider = ' || {provider}",
        f"'locale = ' || quote_literal(coalesce({locale}, CASE WHEN o.collprovider <> 'c' THEN o.collcollate::text "
        "END))",
        "CASE WHEN o.collprovider = 'c' THEN 'lc_collate = ' || quote_literal(o.collcollate) END",
        "CASE WHEN o.collprovider = 'c' THEN 'lc_ctype = ' || quote_literal(o.collctype) END",
        f"'rules = ' || quote_literal({rules})",
        _flag("NOT o.collisdeterministic", "deterministic = false"),
    )


_OPERATOR = "'CREATE OPERATOR ' || quote_ident(o_n.nspname) || '.' || o.oprname || " + _listed(
    "'FUNCTION = ' || " + _procedure("o.oprcode"),
    "'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL)",
    "'RIGHTARG = ' || format_type(nullif(o.oprright, 0), NULL)",
    "'COMMUTATOR = ' || " + _operator("o.oprcom"),
    "'NEGATOR = ' || " + _operator("o.oprnegate"),
    "'RESTRICT = ' || " + _procedure("o.oprrest"),
    "'JOIN = ' || " + _procedure("o.oprjoin"),
    _flag("o.oprcanhash", "HASHES"),
    _flag("o.oprcanmerge", "MERGES"),
)


def _members(of: str, oid: str, kind: str) -> str:
    """The operators and functions of an operator class, or those that a family has by itself."""
    belongs = (
        "EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalog}'::regclass AND d.objid = {row}.oid "
        f"AND d.refclassid = '{of}'::regclass AND d.refobjid = {oid} AND d.deptype = '{kind}')"
    )
    order = "CASE WHEN m.amopsortfamily <> 0 THEN ' FOR ORDER BY ' || " + _name("f", "opf") + " ELSE '' END"
    operators = (
        "SELECT 1 AS kind, m.amopstrategy AS number, 'OPERATOR ' || m.amopstrategy || ' ' || quote_ident(xn.nspname) "
        "|| '.' || x.oprname "
        "|| '(' || format_type(m.amoplefttype, NULL) || ', ' || format_type(m.amoprighttype, NULL) || ')' || "
        f"{order} AS text "
        "FROM pg_amop m JOIN pg_operator x ON x.oid = m.amopopr JOIN pg_namespace xn ON xn.oid = x.oprnamespace "
        f"LEFT JOIN pg_opfamily f ON f.oid = m.amopsortfamily {_space('f', 'opf')} "
        f"WHERE {belongs.format(catalog='pg_amop', row='m')}"
    )
    functions = (
        "SELECT 2, m.amprocnum, 'FUNCTION ' || m.amprocnum || ' (' || format_type(m.amproclefttype, NULL) || ', ' "
        "|| format_type(m.amprocrighttype, NULL) || ') ' || m.amproc::oid::regprocedure::text "
        f"FROM pg_amproc m WHERE {belongs.format(catalog='pg_amproc', row='m')}"
    )
    both = f"{operators} UNION ALL {functions}"
    return f"SELECT string_agg(z.text, E',\\n    ' ORDER BY z.kind, z.number, z.text) FROM ({both}) z"


_OPCLASS = (
    f"'CREATE OPERATOR CLASS ' || {_name('o', 'opc')} || CASE WHEN o.opcdefault THEN ' DEFAULT' ELSE '' END || "
    "' FOR TYPE ' || format_type(o.opcintype, NULL) || ' USING ' || quote_ident(m.amname) || ' FAMILY ' || "
    f"{_name('f', 'opf')} "
    "|| E' AS\\n    ' || concat_ws(E',\\n    ', CASE WHEN o.opckeytype <> 0 THEN 'STORAGE ' || "
    "format_type(o.opckeytype, NULL) END, "
    f"({_members('pg_opclass', 'o.oid', 'i')}), CASE WHEN o.opckeytype = 0 AND NOT EXISTS (SELECT FROM pg_depend d "
    "WHERE "
    "d.refclassid = 'pg_opclass'::regclass AND d.refobjid = o.oid AND d.deptype = 'i') "
    "THEN 'STORAGE ' || format_type(o.opcintype, NULL) END)"
)
_OPFAMILY = (
    f"'CREATE OPERATOR FAMILY ' || {_name('o', 'opf')} || ' USING ' || quote_ident(m.amname) || coalesce(E';\\nALTER "
    "OPERATOR FAMILY ' "
    f"|| {_name('o', 'opf')} || ' USING ' || quote_ident(m.amname) || E' ADD\\n    ' || "
    f"({_members('pg_opfamily', 'o.oid', 'a')}), '')"
)
_CAST = (
    "'CREATE CAST (' || format_type(o.castsource, NULL) || ' AS ' || format_type(o.casttarget, NULL) || ') ' || "
    "CASE o.castmethod WHEN 'i' THEN 'WITH INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION' ELSE 'WITH FUNCTION ' || "
    "o.castfunc::regprocedure::text END || CASE o.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS "
    "IMPLICIT' ELSE '' END"
)
_CONVERSION = (
    f"'CREATE ' || CASE WHEN o.condefault THEN 'DEFAULT ' ELSE '' END || 'CONVERSION ' || {_name('o', 'con')} || ' "
    "FOR ' || "
    "quote_literal(pg_encoding_to_char(o.conforencoding)) || ' TO ' || "
    "quote_literal(pg_encoding_to_char(o.contoencoding)) "
    f"|| ' FROM ' || {_procedure('o.conproc')}"
)
_LANGUAGE = (
    "'CREATE ' || CASE WHEN o.lanpltrusted THEN 'TRUSTED ' ELSE '' END || 'LANGUAGE ' || quote_ident(o.lanname) || "
    f"coalesce(' HANDLER ' || {_procedure('o.lanplcallfoid')}, '') || coalesce(' INLINE ' || "
    f"{_procedure('o.laninline')}, '') "
    f"|| coalesce(' VALIDATOR ' || {_procedure('o.lanvalidator')}, '')"
)
_ACCESS_METHOD = (
    "'CREATE ACCESS METHOD ' || quote_ident(o.amname) || ' TYPE ' || CASE o.amtype WHEN 't' THEN 'TABLE' ELSE "
    "'INDEX' END "
    f"|| ' HANDLER ' || {_procedure('o.amhandler')}"
)
_PARSER = f"'CREATE TEXT SEARCH PARSER ' || {_name('o', 'prs')} || " + _listed(
    *(f"'{word} = ' || {_procedure(f'o.prs{column}')}" for word, column in
      (("START", "start"), ("GETTOKEN", "token"), ("END", "end"), ("HEADLINE", "headline"), ("LEXTYPES", "lextype")))
)  # fmt: skip
_TEMPLATE = f"'CREATE TEXT SEARCH TEMPLATE ' || {_name('o', 'tmpl')} || " + _listed(
    "'INIT = ' || " + _procedure("o.tmplinit"), "'LEXIZE = ' || " + _procedure("o.tmpllexize")
)
_DICTIONARY = f"'CREATE TEXT SEARCH DICTIONARY ' || {_name('o', 'dict')} || " + _listed(
    f"'TEMPLATE = ' || {_name('t', 'tmpl')}", "o.dictinitoption"
)
_CONFIGURATION = (
    f"'CREATE TEXT SEARCH CONFIGURATION ' || {_name('o', 'cfg')} || ' (PARSER = ' || {_name('p', 'prs')} || ')' || "
    f"coalesce((SELECT string_agg(E';\\nALTER TEXT SEARCH CONFIGURATION ' || {_name('o', 'cfg')} || ' ADD MAPPING "
    "FOR ' || "
    "quote_ident(z.alias) || ' WITH ' || z.dictionaries, '' ORDER BY z.tokid) FROM (SELECT k.tokid, k.alias, "
    "string_agg(quote_ident(dn.nspname) || '.' || quote_ident(d.dictname), ', ' ORDER BY w.mapseqno) AS dictionaries "
    "FROM pg_ts_config_map w JOIN ts_token_type(o.cfgparser) k ON k.tokid = w.maptokentype "
    "JOIN pg_ts_dict d ON d.oid = w.mapdict JOIN pg_namespace dn ON dn.oid = d.dictnamespace "
    "WHERE w.mapcfg = o.oid GROUP BY k.tokid, k.alias) z), '')"
)
_TRANSFORM = (
    "'CREATE TRANSFORM FOR ' || format_type(o.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname) || ' (' || "
    "concat_ws(', ', "
    "'FROM SQL WITH FUNCTION ' || nullif(o.trffromsql::oid, 0)::regprocedure::text, "
    "'TO SQL WITH FUNCTION ' || nullif(o.trftosql::oid, 0)::regprocedure::text) || ')'"
)
_WRAPPER = (
    "'CREATE FOREIGN DATA WRAPPER ' || quote_ident(o.fdwname) || "
    f"coalesce(' HANDLER ' || {_procedure('o.fdwhandler')}, '') || coalesce(' VALIDATOR ' || "
    f"{_procedure('o.fdwvalidator')}, '') "
    f"|| {options('o.fdwoptions')}"
)
_EVENT_TRIGGER = (
    "'CREATE EVENT TRIGGER ' || quote_ident(o.evtname) || ' ON ' || o.evtevent || coalesce(' WHEN TAG IN (' || "
    "(SELECT string_agg(quote_literal(t), ', ') FROM unnest(o.evttags) t) || ')', '') || ' EXECUTE FUNCTION ' || "
    f"{_procedure('o.evtfoid')} || '()' || CASE o.evtenabled WHEN 'O' THEN '' ELSE E';\\nALTER EVENT TRIGGER ' || "
    "quote_ident(o.evtname) "
    "|| CASE o.evtenabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END END"
)
_SHELL = f"'CREATE TYPE ' || {_name('o', 'typ')}"
_ALIGNMENTS = "CASE o.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double' ELSE 'int4' END"
_STORAGES = "CASE o.typstorage WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' WHEN 'm' THEN 'main' ELSE 'plain' END"
_BASE_TYPE = _SHELL + " || CASE WHEN o.typisdefined THEN " + _listed(
    *(f"'{word} = ' || {_procedure(f'o.typ{column}')}" for word, column in
      (("INPUT", "input"), ("OUTPUT", "output"), ("RECEIVE", "receive"), ("SEND", "send"), ("TYPMOD_IN", "modin"),
       ("TYPMOD_OUT", "modout"), ("ANALYZE", "analyze"))),
    "'INTERNALLENGTH = ' || CASE o.typlen WHEN -1 THEN 'VARIABLE' ELSE o.typlen::text END",
    _flag("o.typbyval", "PASSEDBYVALUE"),
    f"'ALIGNMENT = ' || {_ALIGNMENTS}",
    f"'STORAGE = ' || {_STORAGES}",
    "CASE WHEN o.typcategory <> 'U' THEN 'CATEGORY = ' || quote_literal(o.typcategory::text) END",
    _flag("o.typispreferred", "PREFERRED = true"),
    "'DEFAULT = ' || quote_literal(o.typdefault)",
    "CASE WHEN o.typelem <> 0 THEN 'ELEMENT = ' || format_type(o.typelem, NULL) END",
    "CASE WHEN o.typdelim <> ',' THEN 'DELIMITER = ' || quote_literal(o.typdelim::text) END",
    _flag("o.typcollation <> 0", "COLLATABLE = true"),
) + " ELSE '' END"  # fmt: skip
_OWN_CAST = (  # without those from a range to its multirange
    f"o.oid >= {FIRST_OWN} AND o.oid NOT IN "
    "(SELECT objid FROM pg_depend WHERE classid = 'pg_cast'::regclass AND deptype = 'i')"
)
_OWN_OPERATOR = f"o.oid >= {FIRST_OWN} AND o.oprcode <> 0"  # without those that others only name
_OWN_TYPE = (
    f"o.oid >= {FIRST_OWN} AND o.typcategory <> 'A' AND (o.typtype = 'b' OR o.typtype = 'p' AND NOT o.typisdefined)"
)


def kinds(version: int) -> tuple[Kind, ...]:
    """By catalog, in the order that they can be made in where nothing says otherwise."""
    family = " JOIN pg_opfamily f ON f.oid = o.opcfamily" + _space("f", "opf")
    template = " JOIN pg_ts_template t ON t.oid = o.dicttemplate" + _space("t", "tmpl")
    parser = " JOIN pg_ts_parser p ON p.oid = o.cfgparser" + _space("p", "prs")

    def placed(catalog: str, prefix: str, definition: str, more: str = "", *, owned: bool = True) -> Kind:
        """Of what is in a schema: all columns of its catalog begin alike."""
        owner = f"{prefix}owner" if owned else ""
        return Kind(catalog, definition, owner, _space("o", prefix) + more, name=f"{prefix}name")

    return (
        Kind("pg_language", _LANGUAGE, "lanowner", name="lanname"),
        Kind("pg_am", _ACCESS_METHOD, name="amname"),
        Kind("pg_foreign_data_wrapper", _WRAPPER, "fdwowner", name="fdwname"),
        placed("pg_collation", "coll", _collation(version)),
        placed("pg_type", "typ", _BASE_TYPE)._replace(own=_OWN_TYPE),
        placed("pg_operator", "opr", _OPERATOR)._replace(own=_OWN_OPERATOR),
        placed("pg_opfamily", "opf", _OPFAMILY, " JOIN pg_am m ON m.oid = o.opfmethod"),
        placed("pg_opclass", "opc", _OPCLASS, " JOIN pg_am m ON m.oid = o.opcmethod" + family),
        Kind("pg_cast", _CAST, own=_OWN_CAST),
        placed("pg_conversion", "con", _CONVERSION),
        Kind("pg_transform", _TRANSFORM, "", " JOIN pg_language l ON l.oid = o.trflang"),
        placed("pg_ts_parser", "prs", _PARSER, owned=False),
        placed("pg_ts_template", "tmpl", _TEMPLATE, owned=False),
        placed("pg_ts_dict", "dict", _DICTIONARY, template),
        placed("pg_ts_config", "cfg", _CONFIGURATION, parser),
        Kind("pg_event_trigger", _EVENT_TRIGGER, "evtowner", name="evtname"),
    )


def text(kind: Kind, named: bool) -> Text:
    """The query for a kind: for some names, by them or by them with arguments."""
    owner = f"pg_get_userbyid(o.{kind.owner})::text" if kind.owner else "''"
    said = NAME.format(i="i")
    bare = f"o.{kind.name}" if kind.name else said
    of = f" AND ({bare} = ANY(%(names)s::text[]) OR {said} = ANY(%(names)s::text[]))" if named else ""
    columns = f"i.type, {SCHEMA.format(i='i')}, {said}, {owner}, {kind.definition}"
    source = (
        f"FROM {kind.catalog} o{kind.more}, LATERAL pg_identify_object('{kind.catalog}'::regclass, o.oid, 0) i "
        f"WHERE {kind.own}{of}"
    )
    return Text(kind.catalog, "o.oid", "o.oid", columns, source, kind.catalog, "false")
