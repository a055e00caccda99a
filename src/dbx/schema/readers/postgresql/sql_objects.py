"""The queries for what stands beside PostgreSQL's tables, and for what is said of any object: grants, comments, what
needs what. `Objects` is for one version, for everything or for some names."""

from __future__ import annotations

from dbx.schema.readers.postgresql.snapshot import Fact, Text
from dbx.schema.readers.postgresql.sql import FIRST_OWN, cut
from dbx.schema.readers.postgresql.sql_others import NAME, SCHEMA

MEMBERS = Fact(
    "pg_depend",
    "SELECT d.classid::regclass::text, d.objid, e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid "
    "WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'",
)


class Objects:
    def __init__(self, version: int, named: bool) -> None:
        self.version = version
        self.named = named

    def since(self, version: int, column: str, instead: str) -> str:
        return column if self.version >= version * 10000 else instead

    def of(self, alias: str, prefix: str) -> str:
        """That an object is in the schemas that are read, and one of the names."""
        name = f" AND {alias}.{prefix}name = ANY(%(names)s::text[])" if self.named else ""
        return f"{alias}.{prefix}namespace = ANY(%(spaces)s::oid[]){name}"

    def any_of(self, oid: str) -> str:
        """That an object is one of those that were found."""
        return f"{oid} = ANY(%(objects)s::oid[])" if self.named else f"{oid} >= {FIRST_OWN}"

    def only(self, catalog: str, *owners: str) -> str:
        """That a row of pg_depend is of those in a catalog whose owner was found: with an array the server looks up
        just these, whatever its statistics say."""
        found = " OR ".join(map(self.any_of, owners))
        return f"AND d.objid = ANY(ARRAY(SELECT oid FROM {catalog} WHERE {found}))" if self.named else ""

    # --- types ------------------------------------------------------------------------------------------------------

    def enums(self) -> Fact:
        return Fact(
            "pg_enum",
            "SELECT t.oid, t.typnamespace, t.typname, pg_get_userbyid(t.typowner), ARRAY(SELECT enumlabel FROM "
            "pg_enum e "
            "WHERE e.enumtypid = t.oid ORDER BY enumsortorder) FROM pg_type t WHERE t.typtype = 'e' AND "
            f"{self.of('t', 'typ')}",
        )

    def domains(self) -> Text:
        return Text(
            "pg_type",
            "t.oid",
            "t.oid",
            "t.typnamespace, t.typname, pg_get_userbyid(t.typowner), format_type(t.typbasetype, t.typtypmod), "
            "t.typnotnull, pg_get_expr(t.typdefaultbin, 0), CASE WHEN t.typcollation <> b.typcollation THEN "
            "t.typcollation END",
            f"FROM pg_type t JOIN pg_type b ON b.oid = t.typbasetype WHERE t.typtype = 'd' AND {self.of('t', 'typ')}",
            "pg_type",
            "false",
        )

    def domain_checks(self) -> Text:
        return Text(
            "pg_constraint",
            "k.oid",
            "k.contypid",
            "k.conname, k.convalidated, pg_get_expr(k.conbin, 0)",
            "FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid "
            f"WHERE k.contype = 'c' AND {self.of('t', 'typ')}",
            "pg_type",
            "false",
        )

    def ranges(self) -> Fact:
        multirange = self.since(14, "r.rngmultitypid", "0")
        return Fact(
            "pg_range",
            cut(f"""
            SELECT t.oid, t.typnamespace, t.typname, pg_get_userbyid(t.typowner), format_type(r.rngsubtype, NULL),
              CASE WHEN NOT o.opcdefault THEN quote_ident(os.nspname) || '.' || quote_ident(o.opcname) END,
              CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation END,
              nullif(r.rngcanonical::oid, 0)::regproc::text, nullif(r.rngsubdiff::oid, 0)::regproc::text,
              quote_ident(mn.nspname) || '.' || quote_ident(m.typname), m.oid
            FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_type s ON s.oid = r.rngsubtype
            JOIN pg_opclass o ON o.oid = r.rngsubopc JOIN pg_namespace os ON os.oid = o.opcnamespace
            LEFT JOIN pg_type m ON m.oid = {multirange} LEFT JOIN pg_namespace mn ON mn.oid = m.typnamespace
            WHERE {self.of("t", "typ")}"""),
        )

    # --- routines ---------------------------------------------------------------------------------------------------

    def routines(self) -> Fact:
        return Fact(
            "pg_proc",
            "SELECT p.oid, p.pronamespace, p.proname, p.prokind, l.lanname, pg_get_userbyid(p.proowner) "
            f"FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE {self._own_routines()}",
        )

    def _own_routines(self) -> str:
        """Without those that come with a type: the constructors of ranges."""
        inner = "SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'i'"
        return f"{self.of('p', 'pro')} AND p.oid NOT IN ({inner})"

    def signatures(self) -> Text:
        return self._routine("pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid)", "false")

    def definitions(self) -> Text:
        waits = self.since(14, "p.prosqlbody IS NOT NULL", "false")
        return self._routine("pg_get_functiondef(p.oid)", waits, " AND p.prokind <> 'a'")

    def _routine(self, columns: str, waits: str, more: str = "") -> Text:
        source = f"FROM pg_proc p WHERE {self._own_routines()}{more}"
        return Text("pg_proc", "p.oid", "p.oid", columns, source, "pg_proc", waits)

    def aggregates(self) -> Text:
        """No function of the server prints these: the statement is put together from its parts."""
        parts = [_part("SFUNC", "aggtransfn"), "'STYPE = ' || format_type(a.aggtranstype, NULL)"]
        parts += ["CASE WHEN a.aggtransspace <> 0 THEN 'SSPACE = ' || a.aggtransspace END"]
        parts += [_part("FINALFUNC", "aggfinalfn"), "CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END"]
        parts += [_modify("FINALFUNC_MODIFY", "aggfinalmodify", "aggfinalfn")]
        parts += [_part("COMBINEFUNC", "aggcombinefn"), _part("SERIALFUNC", "aggserialfn")]
        parts += [_part("DESERIALFUNC", "aggdeserialfn"), "'INITCOND = ' || quote_literal(a.agginitval)"]
        parts += [_part("MSFUNC", "aggmtransfn"), _part("MINVFUNC", "aggminvtransfn")]
        parts += ["'MSTYPE = ' || format_type(nullif(a.aggmtranstype, 0), NULL)"]
        parts += ["CASE WHEN a.aggmtransspace <> 0 THEN 'MSSPACE = ' || a.aggmtransspace END"]
        parts += [_part("MFINALFUNC", "aggmfinalfn"), "CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END"]
        parts += [_modify("MFINALFUNC_MODIFY", "aggmfinalmodify", "aggmfinalfn")]
        parts += ["'MINITCOND = ' || quote_literal(a.aggminitval)"]
        parts += ["'SORTOP = OPERATOR(' || quote_ident(sn.nspname) || '.' || so.oprname || ')'"]
        parts += ["CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END"]
        parts += ["CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END"]
        arguments = "coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*')"
        definition = (
            "'CREATE AGGREGATE ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '(' || "
            f"{arguments} || E') (\\n    ' || concat_ws(E',\\n    ', {', '.join(parts)}) || E'\\n)'"
        )
        return Text(
            "pg_aggregate",
            "p.oid",
            "p.oid",
            definition,
            "FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace "
            "LEFT JOIN pg_operator so ON so.oid = a.aggsortop LEFT JOIN pg_namespace sn ON sn.oid = so.oprnamespace "
            f"WHERE {self.of('p', 'pro')}",
            "pg_proc",
            "false",
        )

    # --- what is said of any object -----------------------------------------------------------------------------------

    def extensions(self) -> Fact:
        """With those that it needs."""
        name = " AND e.extname = ANY(%(names)s::text[])" if self.named else ""
        return Fact(
            "pg_extension",
            "SELECT e.oid, e.extname, n.nspname, e.extversion, ARRAY(SELECT r.extname FROM pg_depend d "
            "JOIN pg_extension r ON r.oid = d.refobjid WHERE d.classid = 'pg_extension'::regclass AND d.objid = e.oid "
            "AND d.refclassid = 'pg_extension'::regclass ORDER BY 1) FROM pg_extension e "
            f"JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.oid >= {FIRST_OWN}{name}",
        )

    def comments(self) -> Fact:
        return Fact(
            "pg_description",
            "SELECT classoid::regclass::text, objoid, objsubid, description FROM pg_description "
            f"WHERE {self.any_of('objoid')} OR objoid = ANY(%(spaces)s::oid[]) AND classoid = 'pg_namespace'::regclass",
        )

    def grants(self) -> Fact:
        """Every entry of the access lists that were ever changed, and beside them what there would be without."""
        default = "acldefault('{kind}', {owner})"
        lists = ["SELECT 'pg_attribute', attrelid, attnum::int, attacl, NULL::aclitem[] FROM pg_attribute "
                 f"WHERE attacl IS NOT NULL AND {self.any_of('attrelid')}"]  # fmt: skip
        for catalog, prefix, kind in _WITH_GRANTS:
            before = default.format(kind=kind, owner=f"{prefix}owner")
            if catalog == "pg_class":
                before = f"CASE relkind WHEN 'S' THEN acldefault('s', relowner) ELSE {before} END"
            of = self.any_of("oid")
            if catalog == "pg_namespace":
                of = f"({of} OR oid = ANY(%(spaces)s::oid[]))"
                first = "SELECT initprivs FROM pg_init_privs i WHERE i.objoid = c.oid"
                before = f"coalesce(({first} AND i.classoid = 'pg_namespace'::regclass), {before})"
            acl = f"{prefix}acl"
            lists.append(
                f"SELECT '{catalog}', oid, 0, {acl}, {before} FROM {catalog} c WHERE {acl} IS NOT NULL AND {of}"
            )
        return Fact(
            "grants",
            "SELECT a.catalog, a.oid, a.part, e.before, CASE e.grantee WHEN 0 THEN '' ELSE "
            "pg_get_userbyid(e.grantee)::text "
            "END, e.privilege_type, e.is_grantable, pg_get_userbyid(e.grantor)::text "
            f"FROM ({' UNION ALL '.join(lists)}) a (catalog, oid, part, acl, base), LATERAL "
            "(SELECT false, x.* FROM aclexplode(a.acl) x UNION ALL SELECT true, y.* FROM aclexplode(a.base) y) "
            "e (before, grantor, grantee, privilege_type, is_grantable)",
        )

    def needs(self) -> Fact:
        """What has to be there before an object can be made: (its catalog, oid, what: catalog, oid, kind, schema, name,
        arguments). Of columns' defaults, checks and views' rules it is their table that needs."""
        common = f"d.deptype IN ('n', 'a') AND d.refobjid >= {FIRST_OWN} AND d.refclassid IN ({_NEEDED})"
        relation = "d.refclassid = 'pg_class'::regclass"
        named = _NAMED.format(plain=self.since(14, _RANGE, "a.oid"))
        # 'app.other'::regclass; sequences are made before all else
        sequences = "SELECT oid FROM pg_class WHERE relkind = 'S'"
        sequences += " AND oid = d.refobjid" if self.named else ""  # else all of them are found at once
        constant = f"{relation} AND d.deptype = 'n' AND d.refobjid NOT IN ({sequences})"
        return Fact(
            "dependencies",
            cut(f"""
            SELECT DISTINCT d.catalog, d.oid, d.refclassid::regclass::text, d.refobjid, k.*
            FROM (
              SELECT d.classid::regclass::text, d.objid, d.refclassid, d.refobjid FROM pg_depend d
              WHERE {common} AND {self.any_of("d.objid")} AND d.classid IN ({_NEEDY})
              UNION ALL SELECT d.classid::regclass::text, d.objid, d.refclassid, d.refobjid FROM pg_depend d
              WHERE {_MAKERS} AND {relation} AND d.deptype = 'n' AND {self.any_of("d.objid")}
              UNION ALL SELECT o.refclassid::regclass::text, o.refobjid, d.refclassid, d.refobjid FROM pg_depend d
              JOIN pg_depend o ON o.classid = d.classid AND o.objid = d.objid AND o.refclassid IN ({_CLASSES})
              WHERE {common} AND d.classid IN ({_catalogs("amop amproc")}) AND {self.any_of("o.refobjid")}
              UNION ALL SELECT 'pg_class', a.adrelid, d.refclassid, d.refobjid FROM pg_depend d
              JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
              WHERE ({common} OR {constant}) AND a.adrelid <> d.refobjid AND {self.any_of("a.adrelid")}
              {self.only("pg_attrdef", "adrelid")}
              UNION ALL SELECT CASE c.conrelid WHEN 0 THEN 'pg_type' ELSE 'pg_class' END,
              greatest(c.conrelid, c.contypid), d.refclassid, d.refobjid FROM pg_depend d
              JOIN pg_constraint c ON d.classid = 'pg_constraint'::regclass AND d.objid = c.oid AND c.contype = 'c'
              WHERE ({common} OR {constant}) AND c.conrelid <> d.refobjid
              AND ({self.any_of("c.conrelid")} OR {self.any_of("c.contypid")})
              {self.only("pg_constraint", "conrelid", "contypid")}
              UNION ALL SELECT 'pg_class', r.ev_class, d.refclassid, d.refobjid FROM pg_depend d
              JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND r.rulename = '_RETURN'
              WHERE ({common} OR {relation} AND d.deptype = 'n') AND {self.any_of("r.ev_class")}
              {self.only("pg_rewrite", "ev_class")}
              AND (r.ev_class <> d.refobjid OR {relation} AND d.refobjsubid > 0)
            ) d (catalog, oid, refclassid, refobjid), LATERAL ({named}) k (kind, schema, name, arguments)"""),
        )


_RANGE = "coalesce((SELECT rngtypid FROM pg_range WHERE rngmultitypid = a.oid), a.oid)"
"""Of a multirange it is the range that is made."""
_MAKERS = "d.classid IN ('pg_proc'::regclass, 'pg_type'::regclass)"
_WITH_GRANTS = (
    ("pg_class", "rel", "r"),
    ("pg_proc", "pro", "f"),
    ("pg_type", "typ", "T"),
    ("pg_namespace", "nsp", "n"),
    ("pg_foreign_server", "srv", "S"),
    ("pg_foreign_data_wrapper", "fdw", "F"),
    ("pg_language", "lan", "l"),
)


def _catalogs(names: str) -> str:
    return ", ".join(f"'pg_{name}'::regclass" for name in names.split())


_NEEDY = _catalogs(
    "class type proc operator opclass opfamily cast conversion transform language am foreign_data_wrapper "
    "foreign_server ts_config ts_dict ts_parser ts_template event_trigger"
)
_CLASSES = _catalogs("opclass opfamily")
_NEEDED = _catalogs(
    "proc type operator opclass opfamily collation language am conversion transform "
    "ts_config ts_dict ts_parser ts_template foreign_data_wrapper foreign_server"
)

_TYPE_KINDS = (
    "CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' "
    "WHEN 'm' THEN 'range' WHEN 'c' THEN {relation} ELSE 'type' END"
)
_RELATION_KINDS = (
    "CASE {c}.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'matview' WHEN 'f' THEN 'foreign' WHEN 'S' THEN 'sequence' "
    "WHEN 'c' THEN 'composite' ELSE 'table' END"
)
_NAMED = f"""
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window' ELSE 'function' END,
  n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
UNION ALL SELECT {_TYPE_KINDS.format(relation=_RELATION_KINDS.format(c="c"))}, n.nspname, t.typname, ''
FROM pg_type a JOIN pg_type t ON t.oid = CASE WHEN a.typelem <> 0 AND a.typlen = -1 THEN a.typelem ELSE {{plain}} END
JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE d.refclassid = 'pg_type'::regclass AND a.oid = d.refobjid
UNION ALL SELECT {_RELATION_KINDS.format(c="c")}, n.nspname, c.relname, ''
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid AND c.relkind NOT IN ('i', 'I', 't')
UNION ALL SELECT i.type, {SCHEMA.format(i="i")}, {NAME.format(i="i")}, ''
FROM pg_identify_object(d.refclassid, d.refobjid, 0) i
WHERE d.refclassid NOT IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass)
"""


def _part(word: str, column: str) -> str:
    return f"'{word} = ' || nullif(a.{column}::oid, 0)::regproc::text"


def _modify(word: str, column: str, function: str) -> str:
    """Said only where it is not what the kind of aggregate has by itself."""
    words = f"CASE a.{column} WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END"
    natural = "CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END"
    return f"CASE WHEN a.{function}::oid <> 0 AND a.{column} <> {natural} THEN '{word} = ' || {words} END"
