"""The queries that PostgreSQL's tables are read by: each is flat, asks for a fact of all tables at once, and calls no
function that looks a table up again. Versions 12 to 18; what a version lacks is a constant in its place.

A query that is run for some names gets the oids of their tables as `relations`; else `spaces`, the oids of schemas.
"""

from __future__ import annotations

from dbx.schema.readers.postgresql.snapshot import Fact, Text

FIRST_OWN = 16384
"""No object below this oid was made by a user of the database."""

_OPTIONS = """CASE WHEN attoptions[2] IS NOT NULL OR left(attoptions[1], 10) <> 'pg_attver=' THEN ARRAY(
  SELECT o FROM unnest(attoptions) o WHERE left(o, 10) <> 'pg_attver=') END"""
"""What was set at a column. Releases since November 2026 keep a number of their own among it, which no SET changes and
their pg_dump leaves out. Most columns have nothing else, so those are told apart without a query."""

_SERVERS_OWN = "nspname !~ '^pg_' AND nspname <> 'information_schema' OR oid = pg_my_temp_schema()"


def cut(text: str) -> str:
    """The text on one line, as a server's log had better have it."""
    return " ".join(text.split())


def namespaces(chosen: bool) -> Fact:
    condition = "nspname = ANY(%(schemas)s::text[])" if chosen else _SERVERS_OWN
    return Fact(
        "pg_namespace",
        f"SELECT oid, nspname, pg_get_userbyid(nspowner), nspowner FROM pg_namespace WHERE {condition}",
    )


def wanted_oids(chosen: bool) -> str:
    """The relations of the wanted names, and those that a trigger, policy or rule of such a name is on.

    Triggers are looked for through their functions, because most of pg_trigger is foreign keys'; one that calls a
    function of the server's own is found with its table only. With arrays the server looks up just these, whatever its
    statistics say; for IS NOT DISTINCT FROM it has no index, and so it takes that of the functions.
    """
    condition = "nspname = ANY(%(schemas)s::text[])" if chosen else _SERVERS_OWN
    names = "ANY(%(names)s::text[])"
    return cut(f"""
      SELECT c.oid FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
      AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE {condition}) AND c.oid IN (
        SELECT oid FROM pg_class WHERE relname = {names}
        UNION SELECT tgrelid FROM pg_trigger WHERE tgname = {names} AND oid = ANY(ARRAY(
          SELECT objid FROM pg_depend WHERE refclassid = 'pg_proc'::regclass
          AND classid IS NOT DISTINCT FROM 'pg_trigger'::regclass AND refobjid = ANY(ARRAY(
            SELECT oid FROM pg_proc WHERE oid >= {FIRST_OWN} AND prorettype = 'trigger'::regtype))))
        UNION SELECT polrelid FROM pg_policy WHERE polname = {names}
        UNION SELECT stxrelid FROM pg_statistic_ext WHERE stxname = {names}
        UNION SELECT ev_class FROM pg_rewrite WHERE rulename = {names})""")


class Queries:
    """The queries for one version (120000 and up), for all tables or for some."""

    def __init__(self, version: int, named: bool) -> None:
        self.version = version
        self.named = named

    def of(self, relation: str) -> str:
        """That an oid is one of the tables that are read."""
        if self.named:
            return f"{relation} = ANY(%(relations)s::oid[])"
        return f"{relation} IN (SELECT oid FROM pg_class WHERE relnamespace = ANY(%(spaces)s::oid[]))"

    def since(self, version: int, column: str, instead: str) -> str:
        return column if self.version >= version * 10000 else instead

    def relations(self) -> Fact:
        condition = self.of("c.oid") if self.named else "c.relnamespace = ANY(%(spaces)s::oid[])"
        return Fact(
            "pg_class",
            cut(f"""
            SELECT c.oid, c.relnamespace, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relpersistence,
              c.reloptions, t.reloptions, s.spcname, m.amname, c.relrowsecurity, c.relforcerowsecurity,
              c.relreplident, CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, c.relispopulated,
              c.relispartition, c.reltype
            FROM pg_class c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
            LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
            LEFT JOIN pg_am m ON m.oid = c.relam AND m.amname <> 'heap'
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND {condition}"""),
        )

    def columns(self) -> Fact:
        compression = self.since(14, "attcompression", "''::\"char\"")
        return Fact(
            "pg_attribute",
            cut(f"""
            SELECT attrelid, attnum, attname, atttypid, atttypmod, attnotnull, atthasdef, attidentity, attgenerated,
              attislocal, attcollation, attstorage, {compression}, nullif(attstattarget, -1), {_OPTIONS}, attfdwoptions
            FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND {self.of_any("attrelid", "rpvmfc")}"""),
        )

    def of_any(self, relation: str, kinds: str) -> str:
        """As `of`, without the relations of other kinds, indexes above all."""
        if self.named:
            return self.of(relation)
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        return f"{self.of(relation)[:-1]} AND relkind IN ({listed}))"

    def defaults(self) -> Text:
        """Only what is computed from columns is looked up in its table, which waits for the table's locks."""
        return Text(
            "pg_attrdef",
            "d.oid",
            "d.adrelid",
            "d.adnum, pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END)",
            "FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum "
            f"WHERE {self.of('d.adrelid')}",
            waits="a.attgenerated <> ''",
        )

    def constraints(self) -> Fact:
        set_columns = self.since(15, "confdelsetcols::text", "NULL")
        enforced, period = self.since(18, "conenforced", "true"), self.since(18, "conperiod", "false")
        return Fact(
            "pg_constraint",
            cut(f"""
            SELECT oid, conname, contype, conrelid, conindid, confrelid, conkey::text, confkey::text, confupdtype,
              confdeltype, confmatchtype, condeferrable, condeferred, convalidated, conislocal, connoinherit,
              conparentid, {set_columns}, {enforced}, {period}, conexclop::text
            FROM pg_constraint WHERE contype IN ('p', 'u', 'f', 'c', 'x', 'n') AND {self.of("conrelid")}"""),
        )

    def checks(self) -> Text:
        return Text(
            "pg_constraint",
            "oid",
            "conrelid",
            "pg_get_expr(conbin, conrelid)",
            f"FROM pg_constraint WHERE contype = 'c' AND {self.of('conrelid')}",
        )

    def indexes(self) -> Fact:
        distinct = self.since(15, "i.indnullsnotdistinct", "false")
        return Fact(
            "pg_index",
            cut(f"""
            SELECT i.indexrelid, c.relname, i.indrelid, i.indisunique, i.indisvalid, {distinct}, i.indisclustered,
              i.indisreplident, i.indkey::text, i.indnkeyatts, i.indclass::text, i.indcollation::text,
              i.indoption::text, m.amname, c.reloptions, s.spcname, h.inhparent
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
            LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
            LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
            WHERE {self.of("i.indrelid")}"""),
        )

    def index_columns(self) -> Fact:
        options = self.since(13, _OPTIONS, "NULL::text[]")
        return Fact(
            "pg_attribute",
            cut(f"""
            SELECT a.attrelid, a.attnum, {options}, nullif(attstattarget, -1) FROM pg_attribute a
            JOIN pg_index i ON i.indexrelid = a.attrelid
            WHERE attnum > 0 AND (attoptions IS NOT NULL OR attstattarget > -1) AND {self.of("i.indrelid")}"""),
        )

    def index_texts(self) -> Text:
        """Only where there is an expression: what an index says beside them is known without locks."""
        return Text(
            "pg_index",
            "i.indexrelid",
            "i.indrelid",
            "pg_get_indexdef(i.indexrelid), pg_get_expr(i.indpred, i.indrelid), CASE WHEN i.indexprs IS NOT NULL THEN "
            "ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM generate_series(1, i.indnatts) k "
            "WHERE i.indkey[k - 1] = 0 ORDER BY k) END",
            f"FROM pg_index i WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND {self.of('i.indrelid')}",
        )

    def parents(self) -> Fact:
        """Of tables, each with the names of its parents, which may be in another schema."""
        return Fact(
            "pg_inherits",
            cut(f"""
            SELECT h.inhrelid, h.inhparent, p.relname, n.nspname FROM pg_inherits h
            JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace
            WHERE p.relkind NOT IN ('i', 'I') AND {self.of("h.inhrelid")} ORDER BY h.inhrelid, h.inhseqno"""),
        )

    def bounds(self) -> Text:
        return Text(
            "pg_class",
            "c.oid",
            "c.oid",
            "pg_get_expr(c.relpartbound, 0)",
            f"FROM pg_class c WHERE c.relispartition AND c.relkind NOT IN ('i', 'I') AND {self.of('c.oid')}",
            waits="false",
        )

    def partition_keys(self) -> Text:
        return Text(
            "pg_partitioned_table",
            "p.partrelid",
            "p.partrelid",
            "pg_get_partkeydef(p.partrelid)",
            f"FROM pg_partitioned_table p WHERE {self.of('p.partrelid')}",
        )

    def views(self) -> Text:
        return Text(
            "pg_rewrite",
            "c.oid",
            "c.oid",
            "pg_get_viewdef(c.oid)",
            f"FROM pg_class c WHERE c.relkind IN ('v', 'm') AND {self.of('c.oid')}",
        )

    def foreign(self) -> Fact:
        return Fact(
            "pg_foreign_table",
            "SELECT f.ftrelid, s.srvname, f.ftoptions FROM pg_foreign_table f "
            f"JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE {self.of('f.ftrelid')}",
        )

    def sequences(self) -> Fact:
        """How they count, and the column each belongs to: 'i' by identity, 'a' by OWNED BY."""
        wanted = f"({self.of('s.seqrelid')} OR {self.of('d.refobjid')})" if self.named else self.of("s.seqrelid")
        return Fact(
            "pg_sequence",
            cut(f"""
            SELECT s.seqrelid, c.relname, n.nspname, pg_get_userbyid(c.relowner), c.relpersistence,
              format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
              d.deptype, d.refobjid, d.refobjsubid, t.relname, a.attname, s.seqtypid
            FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.objsubid = 0
              AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            LEFT JOIN pg_class t ON t.oid = d.refobjid
            LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE {wanted}"""),
        )

    def triggers(self) -> Text:
        """A partition's copy of a trigger is one only where it is switched on or off apart from its parent's."""
        parent = self.since(13, "g.tgparentid", "0")
        copied = self.since(
            13,
            "g.tgparentid <> 0 AND g.tgenabled <> (SELECT tgenabled FROM pg_trigger u WHERE u.oid = g.tgparentid)",
            "false",
        )
        return Text(
            "pg_trigger",
            "g.oid",
            "g.tgrelid",
            "g.tgname, g.tgtype, g.tgenabled, g.tgdeferrable, g.tginitdeferred, g.tgconstraint <> 0, g.tgoldtable, "
            f"g.tgnewtable, quote_ident(n.nspname) || '.' || quote_ident(p.proname), {parent} <> 0, "
            "pg_get_triggerdef(g.oid)",
            "FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace "
            f"WHERE {self.of('g.tgrelid')} AND (NOT g.tgisinternal AND {parent} = 0 OR {copied})",
            waits="g.tgqual IS NOT NULL",
        )

    def policies(self) -> Text:
        roles = (
            "ARRAY(SELECT CASE r WHEN 0 THEN '' ELSE pg_get_userbyid(r)::text END FROM unnest(p.polroles) r ORDER BY 1)"
        )
        return Text(
            "pg_policy",
            "p.oid",
            "p.polrelid",
            f"p.polname, p.polcmd, p.polpermissive, {roles}, pg_get_expr(p.polqual, p.polrelid), "
            "pg_get_expr(p.polwithcheck, p.polrelid)",
            f"FROM pg_policy p WHERE {self.of('p.polrelid')}",
        )

    def rules(self) -> Text:
        return Text(
            "pg_rewrite",
            "r.oid",
            "r.ev_class",
            "r.rulename, r.ev_enabled, pg_get_ruledef(r.oid)",
            f"FROM pg_rewrite r WHERE r.rulename <> '_RETURN' AND {self.of('r.ev_class')}",
        )

    def statistics(self) -> Text:
        target = self.since(13, "nullif(x.stxstattarget, -1)", "NULL")
        return Text(
            "pg_statistic_ext",
            "x.oid",
            "x.stxrelid",
            f"x.stxname, n.nspname, pg_get_userbyid(x.stxowner), {target}, pg_get_statisticsobjdef(x.oid)",
            f"FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace WHERE {self.of('x.stxrelid')}",
        )
