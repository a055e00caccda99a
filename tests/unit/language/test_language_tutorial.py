"""What the Core chapters of SQLAlchemy's tutorial are made of can be typed, and gives SQLAlchemy's own SQL.

SELECT, INSERT, UPDATE and DELETE, on the two tables of that tutorial. Each text is run through SQLAlchemy itself too.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from shop import Shop
from snapshot_cases import dialects

from dbx.language.translation import Query, translate

TABLES = """
create table user_account (id integer primary key, name varchar(30) not null, fullname varchar);
create table address (id integer primary key, email_address varchar not null,
    user_id integer not null references user_account (id));
"""
METADATA = sa.MetaData()
user = sa.Table(
    "user_account", METADATA, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(30), nullable=False), sa.Column("fullname", sa.String),
)  # fmt: skip
address = sa.Table(
    "address", METADATA, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email_address", sa.String, nullable=False),
    sa.Column("user_id", sa.ForeignKey("user_account.id"), nullable=False),
)  # fmt: skip

USERS = [(1, "spongebob", "Spongebob S."), (2, "sandy", "Sandy C."), (3, "patrick", None)]
ADDRESSES = [(1, "spongebob@example.org", 1), (2, "sandy@example.org", 2), (3, "sandy@example.com", 2)]

SELECTS = [
    # what is selected
    "select(user)",
    "select(user.c.name, user.c.fullname)",
    "select(user.c['name', 'fullname'])",
    "select(('User ' + user.c.name).label('who')).order_by(user.c.name)",
    "select(text(\"'a phrase'\"), user.c.name).order_by(user.c.name)",
    "select(literal_column(\"'a phrase'\").label('p'), user.c.name).order_by(user.c.name)",
    # WHERE
    "select(user).where(user.c.name == 'sandy')",
    "select(address.c.email_address).where(user.c.name == 'sandy').where(address.c.user_id == user.c.id)",
    "select(address.c.email_address).where(user.c.name == 'sandy', address.c.user_id == user.c.id)",
    "select(address.c.email_address).where(and_(or_(user.c.name == 'sandy', user.c.name == 'x'),"
    " address.c.user_id == user.c.id))",
    "select(user).filter_by(name='sandy', fullname='Sandy C.')",
    # FROM and JOIN
    "select(user.c.name, address.c.email_address).join_from(user, address)",
    "select(user.c.name, address.c.email_address).join(address)",
    "select(address.c.email_address).select_from(user).join(address)",
    "select(func.count('*')).select_from(user)",
    "select(address.c.email_address).select_from(user).join(address, user.c.id == address.c.user_id)",
    "select(user).join(address, isouter=True)",
    "select(user).join(address, full=True)",
    "select(user).outerjoin(address)",
    # ORDER BY, GROUP BY, HAVING
    "select(user).order_by(user.c.name)",
    "select(user).order_by(user.c.fullname.desc())",
    "select(user.c.name, func.count(address.c.id).label('n')).join(address).group_by(user.c.name)"
    ".having(func.count(address.c.id) > 1)",
    "select(address.c.user_id, func.count(address.c.id).label('n')).group_by('user_id').order_by('user_id', desc('n'))",
    # aliases, subqueries, common table expressions
    "a = user.alias()\nb = user.alias()\nselect(a.c.name, b.c.name).join_from(a, b, a.c.id > b.c.id)",
    "s = select(func.count(address.c.id).label('n'), address.c.user_id).group_by(address.c.user_id).subquery()\n"
    "select(s.c.user_id, s.c.n)",
    "s = select(func.count(address.c.id).label('n'), address.c.user_id).group_by(address.c.user_id).subquery()\n"
    "select(user.c.name, user.c.fullname, s.c.n).join_from(user, s)",
    "s = select(func.count(address.c.id).label('n'), address.c.user_id).group_by(address.c.user_id).cte()\n"
    "select(user.c.name, user.c.fullname, s.c.n).join_from(user, s)",
    # scalar and correlated subqueries
    "s = select(func.count(address.c.id)).where(user.c.id == address.c.user_id).scalar_subquery()\ns == 5",
    "s = select(func.count(address.c.id)).where(user.c.id == address.c.user_id).scalar_subquery()\n"
    "select(user.c.name, s.label('n'))",
    "s = select(func.count(address.c.id)).where(user.c.id == address.c.user_id).scalar_subquery().correlate(user)\n"
    "select(user.c.name, address.c.email_address, s.label('n')).join_from(user, address)"
    ".order_by(user.c.id, address.c.id)",
    # sets, EXISTS
    "a = select(user).where(user.c.name == 'sandy')\nb = select(user).where(user.c.name == 'patrick')\n"
    "u = union_all(a, b)\nu",
    "a = select(user).where(user.c.name == 'sandy')\nb = select(user).where(user.c.name == 'patrick')\n"
    "u = union_all(a, b).subquery()\n"
    "select(u.c.name, address.c.email_address).join_from(address, u).order_by(u.c.name, address.c.email_address)",
    "s = select(func.count(address.c.id)).where(user.c.id == address.c.user_id).group_by(address.c.user_id)"
    ".having(func.count(address.c.id) > 1).exists()\nselect(user.c.name).where(s)",
    "s = select(address.c.id).where(user.c.id == address.c.user_id).exists()\nselect(user.c.name).where(~s)",
    # functions
    "select(func.count()).select_from(user)",
    "select(func.lower('A String'))",
    "select(func.now())",
    "select(func.some_function(user.c.name, 17))",
    "select(func.upper('lower') + ' case')",
    "select(func.json_object('{}', type_=JSON)['def'])",
    "select(func.max(column('some_col', Integer)))",
    "select(func.row_number().over(partition_by=user.c.name), user.c.name, address.c.email_address)"
    ".select_from(user).join(address)",
    "select(func.count().over(order_by=user.c.name), user.c.name).select_from(user).join(address)",
    "select(func.count(address.c.email_address).filter(user.c.name == 'sandy'),"
    " func.count(address.c.email_address).filter(user.c.name == 'x')).select_from(user).join(address)",
    "f = func.json_each('[1, 2, 3]').table_valued('value')\nselect(f).where(f.c.value.in_([2, 3]))",
    "select(func.json_array_elements('[1, 2]').column_valued('x'))",
    # casts
    "select(cast(user.c.id, String))",
    "cast(\"{'a': 'b'}\", JSON)['a']",
    "s = type_coerce({'some_key': {'foo': 'bar'}}, JSON)\nselect(s['some_key'])",
]  # fmt: skip

POSTGRESQL = [
    "s = select(func.count(address.c.id).label('n'), address.c.email_address, address.c.user_id)"
    ".where(user.c.id == address.c.user_id).lateral()\n"
    "select(user.c.name, s.c.n, s.c.email_address).join_from(user, s).order_by(user.c.id, s.c.email_address)",
    "select(user).with_for_update(nowait=True)",
]  # fmt: skip

WRITES = [
    "insert(user).values(name='x', fullname='X')",
    "insert(user).values([{'name': 'x', 'fullname': 'X'}, {'name': 'y', 'fullname': 'Y'}])",
    "s = select(user.c.id).where(user.c.name == bindparam('username', 'x')).scalar_subquery()\n"
    "insert(address).values(email_address='x', user_id=s)",
    "insert(address).returning(address.c.id, address.c.email_address)",
    "insert(address).from_select(['user_id', 'email_address'], select(user.c.id, user.c.name + '@example.org'))",
    "s = select(user.c.id, user.c.name + '@example.org')\n"
    "insert(address).from_select(['user_id', 'email_address'], s).returning(address.c.id, address.c.email_address)",
    "update(user).where(user.c.name == 'patrick').values(fullname='Patrick')",
    "update(user).where(user.c.id > 0).values(fullname='User ' + user.c.name)",
    "update(user).where(user.c.name == bindparam('old', 'a')).values(name=bindparam('new', 'b'))",
    "s = select(address.c.email_address).where(address.c.user_id == user.c.id).order_by(address.c.id).limit(1)"
    ".scalar_subquery()\nupdate(user).where(user.c.id > 0).values(fullname=s)",
    "update(user).where(user.c.id == address.c.user_id).where(address.c.email_address == 'x').values(fullname='P')",
    "update(address).where(address.c.id > 1).ordered_values((address.c.user_id, 20),"
    " (address.c.email_address, address.c.email_address + 'x'))",
    "update(user).where(user.c.name == 'patrick').values(fullname='P').returning(user.c.id, user.c.name)",
    "delete(user).where(user.c.name == 'patrick')",
    "delete(user).where(user.c.name == 'patrick').returning(user.c.id, user.c.name)",
]  # fmt: skip

MYSQL = [
    "update(user).where(user.c.id == address.c.user_id).where(address.c.email_address == 'x')"
    ".values({user.c.fullname: 'P', address.c.email_address: 'y'})",
    "delete(user).where(user.c.id == address.c.user_id).where(address.c.email_address == 'x')",
]

KNOWN: dict[str, Any] = {
    **{name: value for name, value in vars(sa).items() if not name.startswith("_")},
    "user": user, "address": address,
}  # fmt: skip


@pytest.fixture(scope="module")
def users() -> Shop:
    return Shop(TABLES, {"user_account": USERS, "address": ADDRESSES})


def theirs(text: str, dialect: sa.Dialect) -> str:
    *assignments, last = text.split("\n")
    names = dict(KNOWN)
    for assignment in assignments:
        exec(assignment, names)
    statement = eval(last, names)
    if isinstance(statement, sa.Insert) and not statement._returning and statement.select is None:
        # Here a statement is all there is to run: no key is fetched back.
        statement = statement.inline()
    return written(statement if hasattr(statement, "is_select") else sa.select(statement), dialect)


def ours(users: Shop, text: str, dialect: sa.Dialect) -> str:
    renamed = re.sub(r"\buser\b", "user_account", text)
    found = list(translate(renamed, users.names, {}, dialect=dialect))[-1]
    assert isinstance(found, Query)
    return written(found.statement, dialect)


def written(statement: Any, dialect: sa.Dialect) -> str:
    """The SQL, but for the names that outputs and parameters without one of their own are given."""
    text = str(statement.compile(dialect=dialect))
    text = re.sub(r"%\(\w+\)s|\[POSTCOMPILE_\w+\]|__\[\w+\]", "?", text)
    text = re.sub(r' AS "?\w+"?(?=[\s,)]|$)', "", text)
    return re.sub(r"(\w+)_\d\b", r"\1", re.sub(r"\s+", " ", text))


@pytest.mark.parametrize("text", SELECTS + WRITES)
@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_what_the_tutorial_types_is_what_sqlalchemy_writes(users: Shop, name: str, text: str) -> None:
    dialect = dialects()[name]
    assert ours(users, text, dialect) == theirs(text, dialect)


@pytest.mark.parametrize("text", POSTGRESQL)
def test_what_only_postgresql_has(users: Shop, text: str) -> None:
    dialect = dialects()["postgresql"]
    assert ours(users, text, dialect) == theirs(text, dialect)


@pytest.mark.parametrize(("text", "words"), [
    ("select(func.unnest(func.percentile_disc([0.25, 0.5]).within_group(user.c.name)))", "(ARRAY[?"),
    ("select(user.c.name).distinct(user.c.name)", "DISTINCT ON (user_account.name)"),
])  # fmt: skip
def test_what_sqlalchemy_has_moved(users: Shop, text: str, words: str) -> None:
    """A list is an array here, as its own docs have it; DISTINCT ON has a name of its own since 2.1."""
    assert words in ours(users, text, dialects()["postgresql"])


@pytest.mark.parametrize("text", MYSQL)
def test_what_only_mysql_has(users: Shop, text: str) -> None:
    assert ours(users, text, dialects()["mysql"]) == theirs(text, dialects()["mysql"])


def test_a_parameter_without_a_value_is_one_of_the_session(users: Shop) -> None:
    text = "select(user_account.c.id).where(user_account.c.name == bindparam('who'))"
    assert users.refusal(text, strict=False).code == "E-NAME"
    users.session["who"] = "sandy"
    assert users.rows(text) == [(2,)]
    users.session.clear()
