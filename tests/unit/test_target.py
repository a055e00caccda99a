"""A URL means to dbx what it means to SQLAlchemy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from dbx import config, target
from dbx.database import Database
from dbx.dialects.mysql import dialect as mysql
from dbx.dialects.postgresql import dialect as postgresql
from dbx.dialects.sqlite import dialect as sqlite
from dbx.errors import UsageError

URLS = [
    "sqlite://",
    "sqlite:///:memory:",
    "sqlite:///relative/path.db",
    "sqlite:////absolute/path.db",
    "sqlite:///with%20space.db?timeout=3",
    "postgresql://",
    "postgresql:///db",
    "postgresql://host/db",
    "postgresql://user@host/db",
    "postgresql://user:secret@host:5433/db",
    "postgresql://user:p%40ss%2Fword@host/db",
    "postgresql://user:p/w?x@host/db",
    "postgresql://[::1]:5432/db",
    "postgresql://user@/db?host=/var/run/postgresql",
    "postgresql:///db?host=one:5432&host=two:5433",
    "postgresql://host/db?sslmode=require&application_name=x%20y",
    "mysql://user:pw@127.0.0.1:3307/db?charset=utf8mb4",
    "mysql+pymysql://user@host/db?ssl_ca=/ca.pem&ssl_check_hostname=true",
    "mariadb://user@host",
    "trino://host:8080/catalog/schema",
    "x+y://u@h?a=1&a=2&b=",
]


@pytest.mark.parametrize("text", URLS)
def test_a_url_has_the_parts_that_make_url_finds(text: str) -> None:
    ours, theirs = target.parse_url(text), make_url(text)
    assert (ours.driver, ours.user, ours.password, ours.host, ours.port, ours.database) == (
        theirs.drivername,
        theirs.username,
        theirs.password,
        theirs.host,
        theirs.port,
        theirs.database,
    )
    assert ours.query == {
        name: value if isinstance(value, str) else list(value) for name, value in theirs.query.items()
    }


@given(
    st.from_regex(
        r"[a-z]+://([a-z%0-9]*(:[a-z%/?:0-9]*)?@)?([a-z.]*|\[[0-9a-f:]+\])(:[0-9]{1,5})?(/[a-z%/.]*)?(\?[a-z=&]*)?",
        fullmatch=True,
    )
)
def test_any_url_does(text: str) -> None:
    ours, theirs = target.parse_url(text), make_url(text)
    assert (ours.user, ours.password, ours.host, ours.port, ours.database) == (
        theirs.username,
        theirs.password,
        theirs.host,
        theirs.port,
        theirs.database,
    )


@pytest.mark.parametrize("text", [url for url in URLS if url.startswith("postgresql:")])
def test_libpq_gets_what_sqlalchemy_would_give_it(text: str) -> None:
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    _, theirs = PGDialect_psycopg().create_connect_args(make_url(text))
    ours = postgresql.arguments(target.parse_url(text))
    own = {"fallback_application_name", "client_encoding", "keepalives_idle", "connect_timeout"}
    assert {name: str(value) for name, value in ours.items() if name not in own} == {
        name: str(value) for name, value in theirs.items()
    }


@pytest.mark.parametrize("text", [url for url in URLS if url.startswith("m")])
def test_pymysql_gets_what_sqlalchemy_would_give_it(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import pymysql
    from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql

    monkeypatch.setenv("DBX_MY_CNF", str(tmp_path / "none"))
    monkeypatch.delenv("MYSQL_PWD", raising=False)
    url = make_url(text)
    _, theirs = MySQLDialect_pymysql(dbapi=pymysql).create_connect_args(url.set(drivername="mysql+pymysql"))
    ours = mysql.arguments(target.parse_url(text))
    for name in ("autocommit", "local_infile"):
        ours.pop(name)
    assert ours == {"charset": "utf8mb4", **theirs}


def test_sqlite_opens_the_same_file_but_never_makes_one() -> None:
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

    (name,), _ = SQLiteDialect_pysqlite().create_connect_args(make_url("sqlite:///a/b c.db"))
    assert sqlite.location(target.parse_url("sqlite:///a/b c.db")) == Path(name).as_uri() + "?mode=rw"
    assert sqlite.location(target.parse_url("sqlite:///x.db?mode=rwc")).endswith("?mode=rwc")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("postgresql://u:p@ss@h/db", "two '@'"),
        ("postgresql://u@h:port/db", "port"),
        ("sqlite://host/x.db", "no host"),
        ("sqlite:///x.db?nope=1", "no URL option 'nope'"),
        ("mysql://h/d?local_infile=1", "not allowed"),
        ("mysql://h/d?init_command=drop", "not allowed"),
    ],
)
def test_a_bad_url_is_refused_without_its_secrets(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        url = target.parse_url(text)
        {"sqlite": sqlite.location, "mysql": mysql.arguments}[url.backend](url)
    assert problem in str(caught.value)
    assert "p@ss" not in str(caught.value)


def test_pool_options_come_from_the_url_and_the_profile(tmp_path: Path) -> None:
    url = "postgresql://h/d?pool_size=3&pool_pre_ping=true&sslmode=require&pool_timeout=1.5"
    profile = config.Profile(url=url, pool=config.Pool(size=9, recycle=60))
    settings = config.Config(tmp_path, profiles={"p": profile})
    alone, saved = target.parse(url, settings), target.parse("@p", settings)
    assert alone.profile.pool == config.Pool(size=3, pre_ping=True, timeout=1.5)
    assert saved.profile.pool == config.Pool(size=9, recycle=60, pre_ping=True, timeout=1.5)
    assert alone.url.query == {"sslmode": "require"}
    with pytest.raises(UsageError, match="pool_size"):
        target.parse("postgresql://h/d?pool_size=many", settings)


def test_the_engine_gets_the_pool_options_and_the_dialect_s_own_open(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    database = Database(target.parse(f"sqlite:///{path}?mode=rwc&pool_size=3&max_overflow=7", config.Config()))
    assert (database.engine.pool.size(), database.engine.pool._max_overflow) == (3, 7)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("select cast(x'ff41' as text)").scalar() == "\udcffA"
    database.close()


def test_a_repr_has_no_password() -> None:
    url = target.parse_url("postgresql://u:CANARY-9f3b@h/d?sslpassword=CANARY-9f3b&password=CANARY-9f3b")
    assert "CANARY" not in repr(url) + url.label
    assert url.label == "postgresql://u@h/d?sslpassword=***&password=***"


def test_what_a_word_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config.Config(tmp_path, profiles={"prod": config.Profile(url="postgresql://h/shop")})
    duck = tmp_path / "x.duckdb"
    duck.write_bytes(b"\0" * 8 + b"DUCK" + b"\0" * 8)
    assert target.parse(":memory:", settings).url.database == ":memory:"
    assert target.parse("shop.db", settings).url.driver == "sqlite"
    assert target.parse(str(duck), settings).url.driver == "duckdb"
    assert target.parse("@prod", settings).label == "@prod"
    with pytest.raises(UsageError, match="no profile 'prd'") as caught:
        target.parse("@prd", settings)
    assert caught.value.hint == "did you mean @prod?"
    monkeypatch.delenv("DBX_TARGET", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(UsageError, match="no target"):
        target.parse("@", settings)
    monkeypatch.setenv("DATABASE_URL", "mysql://h/d")
    assert target.parse("@", settings).url.driver == "mysql"
    monkeypatch.setenv("DBX_TARGET", "@prod")
    assert target.parse("@", settings).url.database == "shop"
