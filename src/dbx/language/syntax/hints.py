"""What somebody who types a name from elsewhere most likely wants, in the words of this language."""

from __future__ import annotations

NO_PYTHON = "nothing of Python is run here; what there is to call is listed by \\? functions"

FUNCTIONS: dict[str, str] = {
    # Python's own
    "print": "write the expression alone: its rows are shown",
    **dict.fromkeys(
        (
            "eval",
            "exec",
            "compile",
            "open",
            "input",
            "getattr",
            "setattr",
            "delattr",
            "globals",
            "locals",
            "vars",
            "breakpoint",
            "exit",
            "quit",
            "import_module",
            "callable",
            "super",
            "object",
            "memoryview",
        ),
        NO_PYTHON,
    ),
    "dir": "table.c, or \\d table, shows its columns",
    "help": "\\? shows the commands, \\? functions what there is to call",
    "enumerate": "row_number().over(order_by=x.column)",
    "zip": "a comprehension with two 'for' and a condition that joins them",
    "map": "a comprehension: [f(x) for x in table]",
    "filter": "a comprehension: [x for x in table if …]",
    "dict": "{key: value for x in table}",
    "tuple": "(a, b)",
    "frozenset": "set(q), or {x for …}",
    "isinstance": "type(x) tells the type of an expression",
    "repr": "str(x)",
    "format": "an f-string: f'{x:.2f}'",
    "hash": "the primary key of a row tells it from others",
    "id": "the primary key of a row tells it from others",
    "next": "first(q)",
    "rows": "name = rows(q) runs q once and keeps its rows under the name",
    "iter": "a query is its own source: [x for x in q]",
    "divmod": "(a // b, a % b)",
    "slice": "q[a:b]",
    "ord": "func.ascii(x)",
    "chr": "func.char(n), or func.chr(n) on PostgreSQL",
    "reduce": "sum, max, min, or recurse(base, step)",
    "groupby": "{key: count(x) for x in table}",
    "Counter": "{x.column: count(x) for x in table}",
    # SQL's, and SQLAlchemy's that need more than an expression
    "concat": "a + b, or an f-string",
    "length": "len(x)",
    "char_length": "len(x)",
    "substr": "x[a:b]",
    "substring": "x[a:b]",
    "upper": "x.upper()",
    "lower": "x.lower()",
    "trim": "x.strip()",
    "replace": "x.replace(old, new)",
    "ifnull": "coalesce(x, y), or x or y",
    "isnull": "x is None",
    "nvl": "coalesce(x, y)",
    "if_": "a if condition else b",
    "iif": "a if condition else b",
    "average": "avg(x)",
    "median": "func.percentile_cont(0.5).within_group(x) on PostgreSQL",
    "string_agg": "', '.join(sorted(x))",
    "group_concat": "', '.join(sorted(x))",
    "group_by": "{key: sum(x.column) for x in table}",
    "order_by": "sorted(q, key=lambda x: x.column)",
    "limit": "q[:n]",
    "where": "[x for x in table if …], or select(table).where(…)",
    "show": "\\d lists the tables",
    "describe": "\\d table",
    "datediff": "(a - b).days",
    "dateadd": "x + timedelta(days=n)",
    "strftime": "x.strftime('%Y-%m')",
    "year": "x.year",
    "month": "x.month",
    "day": "x.day",
    "Table": "tables are known by their names",
    "MetaData": "tables are known by their names",
    "create_engine": "the connection is there already",
    "Session": "dbx session",
    "aliased": "table.alias()",
}
"""Only what is no function here: the one the evaluator knows always wins."""

_MOMENT = (
    "now(), today(); as written: datetime(2024, 12, 31, 8, 30), date(2024, 12, 31), time(8, 30), timedelta(days=1)"
)
SIGNS: dict[str, str] = {
    "=": "== compares",
    "<>": "!= is what is not equal",
    "~": "x.name.regexp_match('…')",
    "where": "if is the condition of a comprehension: [x.name for x in table if …]",
    "for": "a comprehension stands in brackets: [x.name for x in table]",
    "like": "x.name.like('a%')",
    "between": "a <= x <= b",
    **dict.fromkeys(("&", "&&"), "and"),
    **dict.fromkeys(("|", "||"), "or; strings are put together with +"),
    "!": "not",
}
"""The same for what Python's grammar has not got."""

NAMES: dict[str, str] = {
    **dict.fromkeys(("datetime", "date", "time", "dt", "timezone", "timedelta"), _MOMENT),
    "math": "floor(x), ceil(x), sqrt(x), exp(x), log(x), pow(x, y) are functions here",
    "statistics": "avg(…), min(…), max(…) are functions here; the others are the server's: func.stddev(x)",
    "random": "sample(q, n) takes some rows; select(func.random())",
    "decimal": "Decimal('1.10')",
    "json": "a JSON column is read by its keys: x.doc['a'][0]",
    "re": "x.name.regexp_match('^A')",
    "collections": "{x.column: count(x) for x in table} counts",
    "itertools": "two 'for' in a comprehension; q + r, or q[a:b]",
    "functools": "sum, max, min, or recurse(base, step)",
    **dict.fromkeys(
        ("os", "sys", "subprocess", "builtins", "pathlib", "io", "socket", "importlib", "operator"), NO_PYTHON
    ),
    **dict.fromkeys(("np", "numpy", "pd", "pandas", "pl", "polars"), "over tables: avg(x.n for x in t)"),
    **dict.fromkeys(("sa", "sqlalchemy", "sql"), "select, func, case and their kin stand by themselves here"),
}
"""The same for a name that is no table: mostly the modules that such text begins with in Python."""

STATEMENTS = frozenset(("where", "filter", "having", "join", "outerjoin", "filter_by", "select"))


def misspelt_comparison(call: str, keyword: str) -> str:
    """where(a = 1): an equals sign too few."""
    if call not in STATEMENTS:
        return ""
    return f"== compares: {call}(table.c.{keyword} == …), or filter_by({keyword}=…)"
