"""The words of SQL: what follows what, functions, types, and the words that may be no name without quotes."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STATEMENTS = words("""
select insert update delete with begin commit rollback explain create alter drop values savepoint release
truncate analyze vacuum grant revoke set show
""")

OWN_STATEMENTS = {
    "postgresql": words(
        "copy listen notify call do merge refresh reindex lock prepare execute deallocate comment reset table"
    ),
    "mysql": words("replace call describe use optimize check flush kill load lock unlock rename start table"),
    "sqlite": words("replace pragma attach detach reindex"),
}

OBJECTS = words("""
table view index schema database sequence trigger function procedure type role user extension temporary unique
materialized
""")

AFTER_TABLE = (
    "where",
    "join",
    "left join",
    "inner join",
    "on",
    "group by",
    "order by",
    "limit",
    "set",
    "values",
    "as",
    "using",
    "cross join",
    "right join",
    "full join",
    "natural join",
    "returning",
    "union",
    "union all",
    "having",
    "offset",
)
AFTER_OPERAND = (
    "from",
    "where",
    "and",
    "or",
    "group by",
    "order by",
    "limit",
    "as",
    "is null",
    "is not null",
    "in",
    "not in",
    "like",
    "between",
    "desc",
    "asc",
    "having",
    "join",
    "left join",
    "on",
    "then",
    "else",
    "end",
    "when",
    "returning",
    "union",
    "union all",
    "intersect",
    "except",
    "offset",
    "over",
    "filter",
    "nulls last",
    "nulls first",
    "collate",
    "not like",
    "is",
    "set",
    "values",
    "into",
    "table",
    "by",
    "key",
    "add column",
    "drop column",
    "rename to",
    "rename column",
    "conflict",
    "exists",
    "if exists",
    "if not exists",
)
IN_EXPRESSION = words(
    "distinct case when null not exists cast true false current_date current_timestamp current_time interval all"
)

FUNCTIONS = words("""
count sum avg min max coalesce nullif lower upper length substr trim ltrim rtrim replace round abs ceil floor
sqrt power mod sign exp ln row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value
last_value nth_value cast
""")

OWN_FUNCTIONS = {
    "postgresql": words("""
now age date_trunc date_part extract to_char to_date to_timestamp to_number generate_series string_agg array_agg
json_agg jsonb_agg json_build_object jsonb_build_object json_object_agg jsonb_set jsonb_path_query array_length
unnest regexp_replace regexp_matches regexp_split_to_table split_part strpos position concat concat_ws format
greatest least random gen_random_uuid md5 left right lpad rpad repeat reverse initcap translate make_date
justify_interval bool_and bool_or percentile_cont percentile_disc mode pg_size_pretty pg_total_relation_size
pg_relation_size pg_table_size pg_database_size pg_backend_pid pg_cancel_backend pg_sleep pg_get_viewdef
pg_get_functiondef current_setting set_config nextval currval lastval to_json to_jsonb row_to_json jsonb_pretty
"""),
    "mysql": words("""
now concat concat_ws group_concat date_format str_to_date date_add date_sub datediff timestampdiff year month
day hour minute second unix_timestamp from_unixtime ifnull if greatest least left right lpad rpad repeat reverse
locate instr substring substring_index regexp_replace regexp_substr json_extract json_unquote json_object
json_array json_arrayagg json_objectagg json_table format rand uuid md5 sha2 hex unhex last_insert_id database
version curdate curtime last_day char_length convert field find_in_set any_value
"""),
    "sqlite": words("""
date time datetime julianday strftime unixepoch total group_concat ifnull iif instr printf format hex quote
random typeof unicode char zeroblob changes last_insert_rowid total_changes json json_extract json_array
json_object json_group_array json_group_object json_each json_tree json_type json_valid substring glob like
sqlite_version string_agg
"""),
}

TYPES = {
    "postgresql": words("""
integer bigint smallint numeric text varchar char boolean date time timestamp timestamptz interval uuid json
jsonb bytea real serial bigserial inet cidr money xml point int4range tstzrange tsvector citext regclass
"""),
    "mysql": words("""
int bigint smallint tinyint mediumint decimal float double varchar char text mediumtext longtext date time
datetime timestamp year json blob mediumblob longblob binary varbinary boolean enum set bit signed unsigned
"""),
    "sqlite": words("integer text real blob numeric boolean date datetime varchar"),
}
OTHER_TYPES = words("integer bigint numeric varchar text boolean date time timestamp double")

RESERVED = frozenset(
    words("""
all alter analyse analyze and any array as asc asymmetric between both by case cast check collate column commit
constraint create cross current_catalog current_date current_role current_time current_timestamp current_user
default deferrable delete desc distinct do drop else end except exists false fetch for foreign from full grant
group having in index initially inner insert intersect into is isnull join lateral leading left like limit
localtime localtimestamp natural not notnull null offset on only or order outer over placing primary references
returning right rollback select session_user set similar some symmetric table tablesample then to trailing
transaction true union unique update user using values variadic when where window with ilike freeze concurrently
collation authorization binary overlaps verbose
""")
)
"""Words that PostgreSQL or SQLite takes for no name."""
RESERVED_MYSQL = frozenset(
    words("""
accessible add asensitive before bigint blob call cascade change char character condition continue convert cube
cume_dist cursor database databases dec decimal declare delayed dense_rank describe deterministic div double
dual each elseif empty enclosed escaped exit explain first_value float force fulltext function generated get
grouping groups high_priority if ignore infile inout int integer interval iterate json_table key keys kill lag
last_value lead leave linear lines load lock long longblob longtext loop low_priority match mediumint mediumtext
mod modifies ntile numeric of optimize option out outfile partition percent_rank precision procedure purge range
rank read real recursive regexp release rename repeat replace require resignal restrict return revoke rlike row
rows row_number schema schemas show signal smallint spatial specific sql ssl starting stored straight_join
system terminated tinyint trigger undo unlock unsigned usage use utc_date varchar varying virtual while write
xor year_month zerofill
""")
)

PRAGMAS = words("""
table_info table_xinfo table_list index_list index_info foreign_key_list foreign_keys foreign_key_check
journal_mode synchronous cache_size user_version application_id integrity_check quick_check database_list
compile_options encoding page_size page_count busy_timeout query_only optimize wal_checkpoint auto_vacuum
schema_version temp_store mmap_size
""")
