"""Parts of dates and times, and arithmetic with them. SQLite keeps them as ISO text."""

from __future__ import annotations

from sqlalchemy import (
    Date,
    DateTime,
    Double,
    Integer,
    String,
    Time,
    cast,
    extract,
    func,
    literal_column,
    type_coerce,
)

from dbx.language.refusal import Unfit
from dbx.language.server.server import writes
from dbx.language.server.text import EMPTY, ONE
from dbx.language.values.kinds import Sql
from dbx.language.values.types import sql_type

PARTS = ("year", "month", "day", "hour", "minute", "second")


@writes("part")
def _part(value: Sql, field: str) -> Sql:
    # `field` is one of PARTS: it is rendered as it is.
    assert field in PARTS
    return extract(field, value)


@writes("part", "postgresql")
def _part_pg(value: Sql, field: str) -> Sql:
    assert field in PARTS
    found: Sql = extract(field, value)
    # Seconds come with their fraction.
    return cast(func.floor(found) if field == "second" else found, Integer())


@writes("isoweekday")
def _isoweekday(value: Sql) -> Sql:
    return cast(extract("isodow", value), Integer())


@writes("isoweekday", "sqlite")
def _isoweekday_sqlite(value: Sql) -> Sql:
    day = cast(func.strftime(literal_column("'%w'"), value), Integer())
    return (day + literal_column("6", Integer())) % literal_column("7", Integer()) + ONE


@writes("isoweekday", "mysql")
def _isoweekday_mysql(value: Sql) -> Sql:
    return func.weekday(value, type_=Integer()) + ONE


@writes("date of")
def _date(value: Sql) -> Sql:
    return cast(value, Date())


@writes("date of", "sqlite", "mysql")
def _date_function(value: Sql) -> Sql:
    return func.date(value, type_=sql_type("date"))


@writes("datetime of")
def _datetime(value: Sql) -> Sql:
    return cast(value, DateTime())


@writes("midnight")
def _midnight(value: Sql) -> Sql:
    return type_coerce(value, sql_type("datetime"))


@writes("datetime of", "sqlite")
@writes("midnight", "sqlite")
def _datetime_sqlite(value: Sql) -> Sql:
    # Both are text there, and a date would be less than its own midnight.
    return func.datetime(value, type_=sql_type("datetime"))


@writes("time of")
def _time(value: Sql) -> Sql:
    return cast(value, Time())


@writes("time of", "sqlite")
def _time_sqlite(value: Sql) -> Sql:
    # time() would leave out the fraction.
    whole: Sql = func.time(value, type_=String())
    return type_coerce(whole.concat(_fraction(value)), sql_type("time"))


def _fraction(value: Sql) -> Sql:
    """What stands behind the seconds of a datetime."""
    return func.substr(value, literal_column("20"), type_=String())


@writes("time of", "mysql")
def _time_function(value: Sql) -> Sql:
    return func.time(value, type_=sql_type("time"))


@writes("seconds between")
def _between(later: Sql, earlier: Sql) -> Sql:
    epoch: Sql = extract("epoch", cast(later, DateTime()) - cast(earlier, DateTime()))
    return epoch


@writes("seconds between", "sqlite")
def _between_sqlite(later: Sql, earlier: Sql) -> Sql:
    # Rounded to the millisecond that Julian days are good for.
    days: Sql = func.julianday(later, type_=Double()) - func.julianday(earlier, type_=Double())
    return func.round(days * literal_column("86400.0", Double()), literal_column("3"), type_=Double())


@writes("seconds between", "mysql")
def _between_mysql(later: Sql, earlier: Sql) -> Sql:
    micro = func.timestampdiff(literal_column("MICROSECOND"), earlier, later, type_=Integer())
    return micro.op("/", precedence=8, return_type=Double())(literal_column("1000000", Integer()))


@writes("moved")
def _moved(value: Sql, seconds: Sql, family: str) -> Sql:
    moved = value + seconds * literal_column("interval '1 second'")
    return cast(moved, Date()) if family == "date" else moved


@writes("moved", "sqlite")
def _moved_sqlite(value: Sql, seconds: Sql, family: str) -> Sql:
    amount = getattr(seconds, "value", None)
    shift = cast(seconds, String()) + literal_column("' seconds'", String())
    if isinstance(amount, (int, float)):
        shift = literal_column(f"'{amount:+} seconds'", String())
    if family == "date":
        return func.date(value, shift, type_=sql_type("date"))
    # datetime() would leave out the fraction: the text's own stays where the shift has none.
    if isinstance(amount, int):
        whole: Sql = func.datetime(value, shift, type_=String())
        return type_coerce(whole.concat(_fraction(value)), sql_type("datetime"))
    precise = func.strftime(literal_column("'%Y-%m-%d %H:%M:%f'"), value, shift, type_=String())
    return type_coerce(_no_zeros(precise.concat(literal_column("'000'"))), sql_type("datetime"))


@writes("moved", "mysql")
def _moved_mysql(value: Sql, seconds: Sql, family: str) -> Sql:
    moved: Sql = func.timestampadd(literal_column("SECOND"), seconds, value, type_=sql_type("datetime"))
    return func.date(moved, type_=sql_type("date")) if family == "date" else moved


_FORMATS = {
    "sqlite": {},
    "postgresql": {"Y": "YYYY", "m": "MM", "d": "DD", "H": "HH24", "M": "MI", "S": "SS", "j": "DDD"},
    "mysql": {"M": "%i", "S": "%s"},
}


def strftime_format(pattern: str, key: str) -> str:
    """A strftime format of %Y %m %d %H %M %S %j %% as this server writes it."""
    own = _FORMATS["mysql" if key == "mariadb" else key if key in _FORMATS else "sqlite"]
    out: list[str] = []
    text = iter(pattern)
    for character in text:
        if character != "%":
            out.append(_plain(character) if key == "postgresql" else character)
            continue
        field = next(text, "")
        if field not in tuple("YmdHMSj%"):
            raise Unfit("E-VALUE", f"'%{field}' in a date format", "there are %Y %m %d %H %M %S %j")
        out.append("%" if field == "%" and key == "postgresql" else own.get(field, f"%{field}"))
    return "".join(out)


def _plain(character: str) -> str:
    """A character that to_char() is to leave as it is."""
    return f'"{character}"' if character.isalpha() else '\\"' if character == '"' else character


@writes("strftime")
def _strftime(value: Sql, pattern: Sql) -> Sql:
    return func.strftime(pattern, value, type_=String())


@writes("strftime", "postgresql")
def _strftime_pg(value: Sql, pattern: Sql) -> Sql:
    return func.to_char(value, pattern, type_=String())


@writes("strftime", "mysql")
def _strftime_mysql(value: Sql, pattern: Sql) -> Sql:
    return func.date_format(value, pattern, type_=String())


@writes("isoformat")
def _isoformat(value: Sql, family: str) -> Sql:
    return _no_zeros(func.replace(cast(value, String()), literal_column("' '"), literal_column("'T'"), type_=String()))


@writes("isoformat", "mysql")
def _isoformat_mysql(value: Sql, family: str) -> Sql:
    write = func.time_format if family == "time" else func.date_format
    pattern: Sql = literal_column("'%H:%i:%s.%f'" if family == "time" else "'%Y-%m-%dT%H:%i:%s.%f'")
    return _no_zeros(write(value, pattern, type_=String()))


@writes("isoformat", "postgresql")
def _isoformat_pg(value: Sql, family: str) -> Sql:
    day = {"date": "YYYY-MM-DD", "datetime": 'YYYY-MM-DD"T"HH24:MI:SS.US', "time": "HH24:MI:SS.US"}
    pattern: Sql = literal_column(f"'{day[family]}'")
    return _no_zeros(func.to_char(value, pattern, type_=String()))


def _no_zeros(text: Sql) -> Sql:
    """Python writes a fraction of a second with six places, or none."""
    return func.replace(text, literal_column("'.000000'"), EMPTY, type_=String())


@writes("now")
def _now() -> Sql:
    return func.localtimestamp(type_=sql_type("datetime"))


@writes("now", "sqlite")
def _now_sqlite() -> Sql:
    return func.datetime(literal_column("'now'"), literal_column("'localtime'"), type_=sql_type("datetime"))


@writes("now", "mysql")
def _now_mysql() -> Sql:
    return func.now(type_=sql_type("datetime"))


@writes("today")
def _today() -> Sql:
    return func.current_date(type_=sql_type("date"))


@writes("today", "sqlite")
def _today_sqlite() -> Sql:
    return func.date(literal_column("'now'"), literal_column("'localtime'"), type_=sql_type("date"))
