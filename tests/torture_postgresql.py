"""A PostgreSQL database with one of everything that is easily lost, and names that are easily broken."""

from __future__ import annotations

from servers import PostgreSQL

ROLES = ("torture_owner", "torture_reader", 'torture "odd" role')
"""The roles that the schema grants to. They belong to the server, not to its database."""

SCHEMA = r"""
CREATE SCHEMA app AUTHORIZATION torture_owner;
CREATE SCHEMA "Odd schema";
COMMENT ON SCHEMA app IS 'what it''s for \ not';
CREATE EXTENSION btree_gist;
CREATE EXTENSION citext WITH SCHEMA app;
CREATE EXTENSION cube; CREATE EXTENSION earthdistance;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION hstore;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION pg_stat_statements;

-- types
CREATE TYPE app.mood AS ENUM ('sad', 'so-so', 'it''s "ok"', '', 'back\slash');
ALTER TYPE app.mood ADD VALUE 'happy' BEFORE 'so-so';
CREATE TYPE app.nothing AS ENUM ();
CREATE COLLATION app.german (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);
CREATE COLLATION "Odd schema"."odd ""coll" (lc_collate = 'C', lc_ctype = 'POSIX');
CREATE FUNCTION app.is_code(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 ~ ''^[A-Z]+$''';
CREATE DOMAIN app.code AS varchar(12) COLLATE "C" DEFAULT 'X' NOT NULL
  CONSTRAINT is_code CHECK (app.is_code(VALUE)) CONSTRAINT "short enough" CHECK (length(VALUE) < 10);
ALTER DOMAIN app.code ADD CONSTRAINT later CHECK (VALUE <> 'LATER') NOT VALID;
COMMENT ON DOMAIN app.code IS 'upper case';
COMMENT ON CONSTRAINT is_code ON DOMAIN app.code IS 'by a function';
CREATE DOMAIN app.codes AS app.code[] CHECK (cardinality(VALUE) < 9);
CREATE TYPE app.place AS (street text COLLATE "C", "Zip code" app.code, corners point[]);
COMMENT ON TYPE app.place IS 'composite';
COMMENT ON COLUMN app.place.street IS 'without number';
CREATE TYPE app.empty_one AS ();
CREATE FUNCTION app.mood_distance(a double precision, b double precision) RETURNS double precision IMMUTABLE LANGUAGE sql AS 'SELECT a - b';
CREATE TYPE app.span AS RANGE (subtype = double precision, subtype_diff = app.mood_distance, multirange_type_name = app.spans);
CREATE TYPE app.words AS RANGE (subtype = text, collation = "POSIX");
CREATE TYPE app.shell_only;
CREATE TYPE app.own_text;
CREATE FUNCTION app.own_in(cstring) RETURNS app.own_text IMMUTABLE STRICT LANGUAGE internal AS 'textin';
CREATE FUNCTION app.own_out(app.own_text) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS 'textout';
CREATE TYPE app.own_text (INPUT = app.own_in, OUTPUT = app.own_out, LIKE = text, CATEGORY = 'S');
CREATE CAST (app.own_text AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (app.mood AS app.own_text) WITH INOUT AS ASSIGNMENT;
CREATE FUNCTION app.to_code(app.mood) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE CAST (app.mood AS integer) WITH FUNCTION app.to_code(app.mood);
COMMENT ON CAST (app.mood AS integer) IS 'a cast';
CREATE CAST (text AS app.own_text) WITHOUT FUNCTION AS IMPLICIT;
CREATE FUNCTION app.to_text(bigint) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1::text';
CREATE CAST (bigint AS app.own_text) WITH FUNCTION app.to_text(bigint);
CREATE OPERATOR app.=~ (FUNCTION = int4lt, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(app.~=));

-- operators, aggregates, text search
CREATE FUNCTION app.same(a app.place, b app.place) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT a.street = b.street';
CREATE OPERATOR app.=== (FUNCTION = app.same, LEFTARG = app.place, RIGHTARG = app.place, COMMUTATOR = OPERATOR(app.===),
  NEGATOR = OPERATOR(app.!==), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE FUNCTION app.differ(a app.place, b app.place) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT NOT a.street = b.street';
CREATE OPERATOR app.!== (FUNCTION = app.differ, LEFTARG = app.place, RIGHTARG = app.place, COMMUTATOR = OPERATOR(app.!==),
  NEGATOR = OPERATOR(app.===));
CREATE FUNCTION app.minus(app.place) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR app.!! (FUNCTION = app.minus, RIGHTARG = app.place);
COMMENT ON OPERATOR app.=== (app.place, app.place) IS 'an operator';
CREATE FUNCTION app.text_compare(app.own_text, app.own_text) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 0';
CREATE FUNCTION app.own_lt(app.own_text, app.own_text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT false';
CREATE FUNCTION app.own_eq(app.own_text, app.own_text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR app.< (FUNCTION = app.own_lt, LEFTARG = app.own_text, RIGHTARG = app.own_text);
CREATE OPERATOR app.= (FUNCTION = app.own_eq, LEFTARG = app.own_text, RIGHTARG = app.own_text);
CREATE OPERATOR FAMILY app.own_family USING btree;
CREATE OPERATOR CLASS app.own_class DEFAULT FOR TYPE app.own_text USING btree FAMILY app.own_family AS
  OPERATOR 1 app.<, OPERATOR 3 app.=, FUNCTION 1 app.text_compare(app.own_text, app.own_text);
CREATE AGGREGATE app.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE);
CREATE AGGREGATE app.middle(double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
  FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE app.counted(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
COMMENT ON AGGREGATE app.counted(*) IS 'an aggregate';
CREATE TEXT SEARCH DICTIONARY app.plain (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword, word WITH app.plain, english_stem;
CREATE CONVERSION app.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

-- sequences, routines
CREATE SEQUENCE app.numbers AS smallint INCREMENT -2 MINVALUE -100 MAXVALUE 50 START 10 CACHE 5 CYCLE;
CREATE SEQUENCE app."Odd numbers";
COMMENT ON SEQUENCE app.numbers IS 'downwards';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.changed := now(); RETURN new; END $$;
CREATE FUNCTION app.nothing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = app, 'Odd schema' AS 'BEGIN RETURN NULL; END';
CREATE PROCEDURE app.clean(INOUT n integer DEFAULT 5, VARIADIC rest text[] DEFAULT '{}') LANGUAGE plpgsql AS $body$
BEGIN -- not $$ here; nor 'there
  n := n + 1; END $body$;
CREATE FUNCTION app.pairs(n integer, OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE sql STABLE STRICT LEAKPROOF PARALLEL SAFE COST 7 ROWS 3 AS 'SELECT 1, ''x''';
CREATE FUNCTION app.forward(integer) RETURNS text LANGUAGE sql AS 'SELECT $1::text';
COMMENT ON FUNCTION app.forward(integer) IS 'overloaded';
CREATE FUNCTION app.forward(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
COMMENT ON PROCEDURE app.clean IS 'a procedure';

-- tables
CREATE TABLE app.parent (
  id integer GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 10 MINVALUE 50 CACHE 3 CYCLE),
  uid bigint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME app.odd_identity),
  code app.code, codes app.codes, home app.place, mood app.mood DEFAULT 'so-so' NOT NULL,
  name text COLLATE "C" DEFAULT 'it''s \ "here"' NOT NULL, nick app.citext, german text COLLATE app.german,
  net numeric(12,2) DEFAULT 0, gross numeric GENERATED ALWAYS AS (net * 1.19) STORED,
  "Odd column" integer[] DEFAULT '{1,2}', during tstzrange, span app.span, spans app.spans, tags hstore,
  bits bit varying(5) DEFAULT B'101', at timestamp(3) with time zone DEFAULT now(), gap interval day to second(2), raw bytea,
  own app.own_text, changed timestamp, spare xml, place_on earth, gone integer,
  CONSTRAINT parent_key PRIMARY KEY (id) INCLUDE (name) WITH (fillfactor = 70),
  CONSTRAINT "parent uid" UNIQUE (uid) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT parent_one UNIQUE NULLS NOT DISTINCT (code, mood),
  CONSTRAINT named_positive CHECK (net >= 0) NO INHERIT,
  CHECK (name <> ''),
  CONSTRAINT by_function CHECK (app.is_code(code)),
  CONSTRAINT no_overlap EXCLUDE USING gist (id WITH =, during WITH &&) WHERE (id > 0) DEFERRABLE,
  CONSTRAINT no_near EXCLUDE USING gist ((abs(id)) WITH =, name gist_trgm_ops (siglen = 32) WITH =)
) WITH (fillfactor = 80, toast.autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE app.parent DROP COLUMN gone;
ALTER TABLE app.parent ADD CONSTRAINT later CHECK (net < 1e6) NOT VALID;
ALTER TABLE app.parent ALTER name SET STORAGE EXTERNAL, ALTER name SET STATISTICS 500, ALTER raw SET COMPRESSION pglz,
  ALTER net SET (n_distinct = -0.5, n_distinct_inherited = 3), ALTER mood SET STATISTICS 0;
ALTER TABLE app.parent REPLICA IDENTITY FULL;
ALTER TABLE app.parent CLUSTER ON parent_key;
COMMENT ON TABLE app.parent IS E'two\nlines; -- and ''quotes'' /* */ \\';
COMMENT ON COLUMN app.parent."Odd column" IS 'a column';
COMMENT ON CONSTRAINT by_function ON app.parent IS 'a constraint';
COMMENT ON CONSTRAINT parent_key ON app.parent IS 'a key';
COMMENT ON INDEX app.parent_key IS 'the index of a key';
COMMENT ON INDEX app.no_overlap IS 'the index of an exclusion';
CREATE TABLE app.other_way (x app.code, y text, z integer, PRIMARY KEY (x, y), UNIQUE (y, x));
CREATE TABLE app.child (
  id serial PRIMARY KEY, parent_id integer NOT NULL REFERENCES app.parent ON UPDATE CASCADE ON DELETE SET NULL,
  big bigserial NOT NULL, next_id integer UNIQUE REFERENCES app.child DEFERRABLE INITIALLY DEFERRED, a integer, b app.code,
  "from sequence" integer DEFAULT nextval('app.numbers'), "to" text,
  CONSTRAINT two FOREIGN KEY (b, "to") REFERENCES app.other_way (x, y) MATCH FULL
);
ALTER TABLE app.child ADD CONSTRAINT unchecked FOREIGN KEY (a) REFERENCES app.child (id) NOT VALID;
ALTER TABLE app.child ADD FOREIGN KEY (b, "to") REFERENCES app.other_way ON DELETE SET NULL ("to") DEFERRABLE;
CREATE TABLE app.checked (id serial PRIMARY KEY, n integer);
ALTER TABLE app.checked ADD CONSTRAINT later CHECK (n > 0) NOT VALID;
CREATE UNLOGGED TABLE app.fleeting (id serial PRIMARY KEY);
ALTER SEQUENCE app.fleeting_id_seq SET LOGGED;
CREATE UNLOGGED TABLE "Odd schema"."select" ("from" integer PRIMARY KEY, "a.b" text NOT NULL UNIQUE) USING heap;
CREATE TABLE app.typed OF app.place (PRIMARY KEY ("Zip code"), street WITH OPTIONS NOT NULL DEFAULT 'x');
CREATE TABLE app.no_columns (); CREATE TABLE app."Class" (id integer PRIMARY KEY);
CREATE TABLE app.rows_of (one app.child, many app.parent[]);
CREATE TABLE app.base (id integer NOT NULL, note text DEFAULT 'base', CHECK (id > 0), CONSTRAINT alone CHECK (id < 9) NO INHERIT);
CREATE TABLE app.second (note text DEFAULT 'base', extra integer);
CREATE TABLE app.derived (own text, note text DEFAULT 'both') INHERITS (app.base, app.second);
ALTER TABLE app.derived ALTER id SET DEFAULT 7, ALTER note SET DEFAULT 'derived', ALTER extra SET NOT NULL;
ALTER TABLE app.derived ADD CHECK (own <> note);
ALTER TABLE app.base ADD CONSTRAINT not_yet CHECK (id < 1000) NOT VALID;
CREATE TABLE app.proved () INHERITS (app.base); ALTER TABLE app.proved ALTER id DROP NOT NULL;
CREATE TABLE app.computed (a integer CHECK (a > 0), b integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE app.computed_too (b integer GENERATED ALWAYS AS (a * 2) STORED, a integer CONSTRAINT computed_a_check CHECK (a > 0));
ALTER TABLE app.computed_too INHERIT app.computed;

-- what is there twice, and what is needed before its turn
CREATE TABLE app.doubled (id integer PRIMARY KEY, x integer, y integer, UNIQUE (x, y));
ALTER TABLE app.doubled ADD UNIQUE (id), ADD CONSTRAINT doubled_again UNIQUE (x, y), ADD UNIQUE (y, x);
CREATE TABLE app.with_serial (id serial);
CREATE TABLE app.stage (id serial PRIMARY KEY);
CREATE TABLE app.another_stage (LIKE app.stage INCLUDING ALL);
CREATE TYPE app.of_row AS (one app.with_serial);
CREATE DOMAIN "Odd schema".citext AS text;
CREATE TABLE app.two_alike (a app.citext, b "Odd schema".citext);
CREATE TABLE app.a_constant (x regclass DEFAULT 'app.with_serial'::regclass, CHECK (x <> 'app.typed'::regclass));
CREATE VIEW app.itself AS SELECT 1 AS n;
CREATE OR REPLACE VIEW app.itself AS SELECT n FROM app.itself;

-- partitions
CREATE TABLE app.sales (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, region text NOT NULL, amount numeric DEFAULT 1,
  parent_id integer REFERENCES app.parent, PRIMARY KEY (id, at, region), CHECK (amount > 0)) PARTITION BY RANGE (at);
CREATE TABLE app.sales_2024 PARTITION OF app.sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (region);
CREATE TABLE app.sales_2024_north PARTITION OF app.sales_2024 FOR VALUES IN ('north', 'it''s');
CREATE TABLE app.sales_2024_rest PARTITION OF app.sales_2024 DEFAULT WITH (fillfactor = 50);
CREATE TABLE app.sales_old (amount numeric DEFAULT 2, region text NOT NULL, at date NOT NULL, gone int, id bigint NOT NULL, parent_id integer,
  CONSTRAINT sales_amount_check CHECK (amount > 0));
ALTER TABLE app.sales_old DROP COLUMN gone;
ALTER TABLE app.sales_old ADD CONSTRAINT own_key FOREIGN KEY (parent_id) REFERENCES app.parent;
CREATE INDEX same_one ON app.sales_old (region); CREATE INDEX same_two ON app.sales_old (region);
ALTER TABLE app.sales ATTACH PARTITION app.sales_old FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE INDEX sales_by_region ON app.sales (region);
CREATE INDEX sales_by_expression ON app.sales ((lower(region)), amount DESC);
CREATE INDEX half_done ON ONLY app.sales (parent_id);
CREATE INDEX half_2024 ON ONLY app.sales_2024 (parent_id);
ALTER INDEX app.half_done ATTACH PARTITION app.half_2024;
CREATE TABLE app.hashed (id integer, at timestamptz, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE app.by_expression (a text, b integer) PARTITION BY RANGE (lower(a) COLLATE "C" text_pattern_ops, (b + 1));
CREATE TABLE app.to_hashed (id integer REFERENCES app.hashed);

-- indexes
CREATE INDEX plain ON app.child (a, b DESC, parent_id DESC NULLS LAST, next_id NULLS FIRST) INCLUDE (id, "to") WITH (fillfactor = 60, deduplicate_items = off);
CREATE UNIQUE INDEX partial ON app.child (lower("to") COLLATE "C" text_pattern_ops, (a + 1) DESC) WHERE a > 0 AND "to" <> ' where ';
CREATE INDEX by_class ON app.child ("to" text_pattern_ops, "to" COLLATE "POSIX", b varchar_pattern_ops);
CREATE INDEX by_trigram ON app.parent USING gist (name gist_trgm_ops (siglen = 32));
CREATE INDEX by_gin ON app.parent USING gin (name gin_trgm_ops, "Odd column") WITH (fastupdate = off);
CREATE INDEX by_brin ON app.parent USING brin (at) WITH (pages_per_range = 4);
CREATE INDEX by_hash ON app.parent USING hash (name);
CREATE INDEX by_own ON app.parent (own, mood, codes, home, "Odd column", nick);
CREATE UNIQUE INDEX no_nulls ON app.parent (gross) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX "Odd ""index" ON "Odd schema"."select" ("a.b", "from");
ALTER INDEX app.partial ALTER COLUMN 2 SET STATISTICS 300;
ALTER TABLE "Odd schema"."select" REPLICA IDENTITY USING INDEX select_pkey;
COMMENT ON INDEX app.partial IS 'an index';
CREATE STATISTICS app.together (dependencies, ndistinct) ON a, parent_id FROM app.child;
CREATE STATISTICS app.expressed ON (lower("to")), (a + 1) FROM app.child;
ALTER STATISTICS app.together SET STATISTICS 200;
COMMENT ON STATISTICS app.together IS 'statistics';

-- views, circles
CREATE VIEW app.shown (one, "two, three") WITH (security_barrier, check_option = local) AS SELECT id, name FROM app.parent WHERE name <> ' AS ';
ALTER VIEW app.shown ALTER "two, three" SET DEFAULT 'x';
COMMENT ON VIEW app.shown IS 'a view';
COMMENT ON COLUMN app.shown.one IS 'of a view';
CREATE VIEW app.a_view_of_views AS SELECT s.one, upper(s."two, three") AS two FROM app.shown s JOIN app.child c ON c.id = s.one;
CREATE VIEW app.grouped AS SELECT id, uid, count(*) OVER () FROM app.parent GROUP BY id;
CREATE RECURSIVE VIEW app.counting (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 9;
CREATE VIEW app.circle AS SELECT 1 AS a, 'x'::text AS b;
CREATE FUNCTION app.of_circle() RETURNS SETOF app.circle LANGUAGE sql AS 'SELECT 1, ''y''';
CREATE OR REPLACE VIEW app.circle AS SELECT a, b FROM app.of_circle();
CREATE TABLE app.looped (id integer, x text);
CREATE FUNCTION app.of_looped(app.looped) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION app.default_of(app.looped) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
ALTER TABLE app.looped ADD CONSTRAINT loop CHECK (app.of_looped(looped)), ALTER id SET DEFAULT app.default_of(NULL);
CREATE FUNCTION app.atomic(n integer) RETURNS SETOF app.shown BEGIN ATOMIC SELECT one, "two, three" FROM app.shown WHERE one > n; END;
CREATE MATERIALIZED VIEW app.filled AS SELECT * FROM app.a_view_of_views;
CREATE MATERIALIZED VIEW app.from_filled WITH (fillfactor = 50) AS SELECT one FROM app.filled;
CREATE MATERIALIZED VIEW app.unfilled AS SELECT 1 AS x WITH NO DATA;
ALTER MATERIALIZED VIEW app.filled ALTER COLUMN two SET COMPRESSION pglz;
CREATE VIEW app.of_filled AS SELECT one FROM app.from_filled;
CREATE MATERIALIZED VIEW app.a_late_one AS SELECT one FROM app.of_filled;
CREATE UNIQUE INDEX filled_one ON app.filled (one);
COMMENT ON MATERIALIZED VIEW app.filled IS 'a materialised view';

-- triggers, rules, policies
CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF name, "Odd column" ON app.parent FOR EACH ROW
  WHEN (new.net > 1 AND new.name <> ') EXECUTE') EXECUTE FUNCTION app.touch();
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON app.child FROM app.parent DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.nothing();
CREATE TRIGGER whole AFTER UPDATE ON app.child REFERENCING OLD TABLE AS before NEW TABLE AS "After" FOR EACH STATEMENT
  EXECUTE FUNCTION app.nothing('a', 'it''s');
CREATE TRIGGER emptied AFTER TRUNCATE ON app.child EXECUTE FUNCTION app.nothing();
CREATE TRIGGER instead INSTEAD OF INSERT OR DELETE ON app.shown FOR EACH ROW EXECUTE FUNCTION app.nothing();
CREATE TRIGGER on_all AFTER INSERT ON app.sales FOR EACH ROW EXECUTE FUNCTION app.nothing();
ALTER TABLE app.child DISABLE TRIGGER whole; ALTER TABLE app.child ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE app.sales_2024_north DISABLE TRIGGER on_all;
COMMENT ON TRIGGER touch ON app.parent IS 'a trigger';
CREATE RULE also AS ON DELETE TO app.other_way WHERE old.z > 1 DO ALSO INSERT INTO app.child (a) VALUES (old.z);
CREATE RULE kept AS ON UPDATE TO app.counting DO INSTEAD NOTHING;
ALTER TABLE app.other_way DISABLE RULE also;
COMMENT ON RULE kept ON app.counting IS 'a rule';
ALTER TABLE app.child ENABLE ROW LEVEL SECURITY; ALTER TABLE app.child FORCE ROW LEVEL SECURITY; ALTER TABLE app.base ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON app.child USING (a > 0);
CREATE POLICY "Odd policy" ON app.child AS RESTRICTIVE FOR UPDATE TO torture_reader, CURRENT_USER
  USING ("to" = current_user) WITH CHECK (app.is_code("to"));
COMMENT ON POLICY everyone ON app.child IS 'a policy';

-- beyond
CREATE FOREIGN DATA WRAPPER nowhere OPTIONS (debug 'true');
CREATE SERVER elsewhere TYPE 'a''type' VERSION '1' FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db''s', dbname 'x');
CREATE USER MAPPING FOR torture_reader SERVER elsewhere OPTIONS (user 'there', password 'hunter2');
CREATE USER MAPPING FOR PUBLIC SERVER elsewhere;
CREATE FOREIGN TABLE app.remote (id integer OPTIONS (column_name 'ID') NOT NULL, x text DEFAULT 'x', CHECK (id > 0)) SERVER elsewhere
  OPTIONS (table_name 'there', schema_name 's''s');
CREATE TABLE app.far (region text, x integer) PARTITION BY LIST (region);
CREATE FOREIGN TABLE app.far_away PARTITION OF app.far FOR VALUES IN ('far') SERVER elsewhere;
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, delete');
CREATE PUBLICATION "some" FOR TABLE app.parent (id, name) WHERE (net > 0), app.child;
CREATE PUBLICATION "by schema" FOR TABLE app.child WHERE (a > 0), TABLES IN SCHEMA "Odd schema" WITH (publish_via_partition_root);
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER watch DISABLE;
COMMENT ON EVENT TRIGGER watch IS 'an event trigger';

-- owners and grants
ALTER TABLE app.base OWNER TO torture_owner; ALTER FUNCTION app.forward(text) OWNER TO torture_owner; ALTER TYPE app.mood OWNER TO torture_owner;
GRANT USAGE ON SCHEMA app TO torture_reader, "torture ""odd"" role";
GRANT CREATE ON SCHEMA public TO torture_reader;
GRANT SELECT, UPDATE ON app.parent TO torture_reader; GRANT SELECT ON app.parent TO PUBLIC; GRANT DELETE ON app.parent TO torture_owner WITH GRANT OPTION;
GRANT SELECT (id, name), UPDATE (name) ON app.parent TO "torture ""odd"" role"; GRANT ALL ON app.numbers TO torture_reader;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA app TO torture_reader;
REVOKE ALL ON FUNCTION app.touch() FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.touch() TO torture_reader;
GRANT EXECUTE ON PROCEDURE app.clean TO torture_owner; REVOKE ALL ON app.filled FROM postgres; REVOKE USAGE ON TYPE app.mood FROM PUBLIC;
GRANT USAGE ON FOREIGN SERVER elsewhere TO torture_reader; GRANT USAGE ON FOREIGN DATA WRAPPER nowhere TO torture_reader;
REVOKE INSERT ON app.second FROM postgres; GRANT USAGE ON DOMAIN app.code TO torture_reader;
SET SESSION AUTHORIZATION torture_owner; GRANT DELETE ON app.parent TO "torture ""odd"" role"; RESET SESSION AUTHORIZATION;
ALTER DEFAULT PRIVILEGES FOR ROLE torture_owner IN SCHEMA app GRANT SELECT ON TABLES TO torture_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE torture_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE torture_owner GRANT ALL ON SEQUENCES TO torture_reader WITH GRANT OPTION;
"""


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def text(name: str) -> str:
    doubled = name.replace("'", "''").replace("\\", "\\\\")
    return f"E'{doubled}'"


def make_roles(server: PostgreSQL) -> None:
    """Every file that needs them asks for them; they stay as long as the server does."""
    for role in ROLES:
        if not server.execute(f"SELECT 1 FROM pg_roles WHERE rolname = {text(role)}"):
            server.execute(f"CREATE ROLE {quoted(role)}")
