"""Parts of dates and times, and arithmetic with them. SQLite keeps them as ISO text."""

from __future__ import annotations

from sqlalchemy import Date, DateTime, Double, Integer, String, Time, cast, extract, func, literal_column

from dbx.language.kinds import Sql
from dbx.language.refusal import Unfit
from dbx.language.server import writes
from dbx.language.server_text import ONE

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


@writes("date")
def _date(value: Sql) -> Sql:
    return cast(value, Date())


@writes("date", "sqlite", "mysql")
def _date_function(value: Sql) -> Sql:
    return func.date(value, type_=Date())


@writes("time of day")
def _time(value: Sql) -> Sql:
    return cast(value, Time())


@writes("time of day", "sqlite", "mysql")
def _time_function(value: Sql) -> Sql:
    return func.time(value, type_=Time())


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
    shift = cast(seconds, String()) + literal_column("' seconds'", String())
    return func.date(value, shift, type_=Date()) if family == "date" else func.datetime(value, shift, type_=DateTime())


@writes("moved", "mysql")
def _moved_mysql(value: Sql, seconds: Sql, family: str) -> Sql:
    moved: Sql = func.timestampadd(literal_column("SECOND"), seconds, value, type_=DateTime())
    return func.date(moved, type_=Date()) if family == "date" else moved


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
            out.append(f'"{character}"' if key == "postgresql" and character.isalpha() else character)
            continue
        field = next(text, "")
        if field not in tuple("YmdHMSj%"):
            raise Unfit("E-VALUE", f"'%{field}' in a date format", "there are %Y %m %d %H %M %S %j")
        out.append("%" if field == "%" and key == "postgresql" else own.get(field, f"%{field}"))
    return "".join(out)


@writes("strftime")
def _strftime(value: Sql, pattern: Sql) -> Sql:
    return func.strftime(pattern, value, type_=String())


@writes("strftime", "postgresql")
def _strftime_pg(value: Sql, pattern: Sql) -> Sql:
    return func.to_char(value, pattern, type_=String())


@writes("strftime", "mysql")
def _strftime_mysql(value: Sql, pattern: Sql) -> Sql:
    return func.date_format(value, pattern, type_=String())


@writes("now")
def _now() -> Sql:
    return func.localtimestamp(type_=DateTime())


@writes("now", "sqlite")
def _now_sqlite() -> Sql:
    return func.datetime(literal_column("'now'"), literal_column("'localtime'"), type_=DateTime())


@writes("now", "mysql")
def _now_mysql() -> Sql:
    return func.now(type_=DateTime())


@writes("today")
def _today() -> Sql:
    return func.current_date(type_=Date())


@writes("today", "sqlite")
def _today_sqlite() -> Sql:
    return func.date(literal_column("'now'"), literal_column("'localtime'"), type_=Date())
