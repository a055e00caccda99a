"""func.name(…): functions of the server, from an allow-list; any of them when raw SQL is allowed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import Function, func, literal_column
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.operators import distinct_op

from dbx.language.core.types import read_type
from dbx.language.refusal import Unfit, suggestion
from dbx.language.values.kinds import Literal, Scalar, Sequence, Value
from dbx.language.values.scalars import derive
from dbx.language.values.types import family_of

if TYPE_CHECKING:
    from dbx.language.functions.calls import Call

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}$")

KNOWN: dict[str, Any] = {
    "count": func.count, "sum": func.sum, "min": func.min, "max": func.max, "coalesce": func.coalesce,
    "concat": func.concat, "char_length": func.char_length, "now": func.now, "random": func.random,
    "current_date": func.current_date, "current_time": func.current_time,
    "current_timestamp": func.current_timestamp, "localtime": func.localtime, "localtimestamp": func.localtimestamp,
    "rank": func.rank, "dense_rank": func.dense_rank, "percent_rank": func.percent_rank,
    "cume_dist": func.cume_dist, "rollup": func.rollup, "cube": func.cube,
    "percentile_cont": func.percentile_cont, "percentile_disc": func.percentile_disc, "mode": func.mode,
    "array_agg": func.array_agg, "aggregate_strings": func.aggregate_strings,
}  # fmt: skip
"""Those for which SQLAlchemy has a type or a way of writing of its own."""

_FAMILIES = """
int: length char_length character_length octet_length bit_length instr strpos position locate ascii unicode ord
int: row_number rank dense_rank ntile sign mod extract year month day hour minute second weekday dayofweek dayofyear
int: week quarter datediff json_array_length json_length regexp_count bit_count unixepoch total_changes
float: avg total random rand exp ln log log2 log10 pow power sqrt pi sin cos tan asin acos atan atan2 degrees radians
float: percent_rank cume_dist stddev stddev_pop stddev_samp variance var_pop var_samp julianday corr
str: lower upper trim ltrim rtrim btrim substr substring left right replace concat concat_ws reverse
str: initcap group_concat string_agg hex to_char strftime date_format quote char chr md5 sha1 sha2
str: regexp_replace regexp_substr split_part substring_index translate typeof soundex json_extract json_unquote
str: json_object json_array json_group_array json_group_object overlay elt field unhex to_hex monthname dayname
date: current_date curdate date last_day make_date
datetime: now current_timestamp localtimestamp datetime date_trunc timestamp utc_timestamp make_timestamp sysdate
time: time current_time curtime
same: sum min max coalesce ifnull nullif greatest least abs round floor ceil ceiling trunc truncate iif lag lead
same: first_value last_value nth_value any_value mode percentile_cont percentile_disc bit_and bit_or bit_xor
bool: starts_with regexp_like regexp_matches json_valid bool_and bool_or every json_contains isnull
unknown: age array_agg array_length cardinality unnest json_agg jsonb_agg json_build_object
unknown: jsonb_build_object json_each json_tree jsonb_array_elements to_json to_jsonb row_to_json jsonb_path_query
unknown: make_interval justify_interval date_add date_sub adddate subdate date_part str_to_date to_date to_timestamp
unknown: from_unixtime unix_timestamp timestampdiff timestampadd period_diff cast convert grouping rollup cube
unknown: string_to_array array_to_string array_position array_append gen_random_uuid uuid
unknown: aggregate_strings glob likelihood likely unlikely nullif if
"""
"""What a stranger's text may call: nothing that sleeps, reads files, keeps state, or makes much out of little."""

ALLOWED = {
    name: family
    for family, _, names in (line.partition(":") for line in _FAMILIES.strip().splitlines())
    for name in names.split()
}

AGGREGATES = frozenset(
    (
        "count", "sum", "min", "max", "avg", "total", "group_concat", "string_agg", "array_agg", "json_agg",
        "jsonb_agg", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "bool_and", "bool_or",
        "every", "bit_and", "bit_or", "bit_xor", "any_value", "json_group_array", "json_group_object", "corr",
        "aggregate_strings", "mode", "percentile_cont", "percentile_disc", "grouping",
    )
)  # fmt: skip

ALLOWED["count"] = "int"

WINDOWS = frozenset(
    (
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value",
        "last_value", "nth_value",
    )
)  # fmt: skip
"""Functions that mean something only with .over(), which takes what is folded."""


def check_name(name: str) -> None:
    if not _NAME.match(name):
        raise Unfit("E-ATTR", f"'{name}' cannot be the name of a function")


def server_function(call: Call) -> Value:
    name = call.name
    check_name(name)
    if name.lower() not in ALLOWED and call.evaluator.strict:
        hint = suggestion(name, ALLOWED) or "this text may only use functions that are known to be harmless"
        raise Unfit("E-CALL", f"the server function '{name}' is not on the list", hint)
    options = call.options("type_")
    arguments = [_argument(call, value, node) for node, value in call.each()]
    return made(call, name, arguments, options)


def _argument(call: Call, value: Value, node: ast.AST) -> Scalar:
    """A value, or a list of values, which is an array."""
    if not isinstance(value, Sequence):
        return call.evaluator.core(value, node)
    call.evaluator.server.require("arrays")
    items = [call.evaluator.scalar(item) for item in value.items]
    sql: Any = array([item.sql for item in items])
    return derive(sql, "array", *items)


def made(call: Call, name: str, arguments: list[Scalar], options: dict[str, Any]) -> Scalar:
    lower = name.lower()
    parts = [argument.sql for argument in arguments]
    if (
        lower == "avg"
        and [a.family for a in arguments] == ["int"]
        and not call.evaluator.server.can("all places of an average")
    ):
        # four of them are what there is of whole numbers
        inner = parts[0].element if getattr(parts[0], "operator", None) is distinct_op else parts[0]
        wide = call.evaluator.write("averaged", inner)
        parts = [wide if inner is parts[0] else wide.distinct()]
    aggregate = lower in AGGREGATES and not (lower in ("min", "max") and len(parts) > 1)
    if lower == "count" and not parts:
        sql: Any = func.count(literal_column("*"))
    elif lower in KNOWN:
        sql = KNOWN[lower](*parts)
    else:
        sql = Function(name, *parts)
    family = ALLOWED.get(lower, "unknown")
    if "type_" in options:
        type_, family = read_type(options["type_"])
        sql.type = type_
    elif family == "same":
        family = next((argument.family for argument in arguments if argument.family != "null"), "unknown")
        if arguments and lower not in KNOWN:
            sql.type = arguments[0].sql.type
    elif family == "unknown":
        family = family_of(sql.type)
    found = derive(sql, family, *arguments, nullable=lower != "count", aggregate=aggregate, strict=False, name=lower)
    found.core, found.made = True, sql
    found.aggregate = found.aggregate or lower in WINDOWS
    return found


def literal_of(value: Value) -> object:
    return value.value if isinstance(value, Literal) else None
