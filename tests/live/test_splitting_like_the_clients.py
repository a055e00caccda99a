"""Generated scripts: what the server receives from dbx is what it receives from psql, mariadb and sqlite3."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from received import Side, mariadb_sides, one_text, postgresql_sides, sqlite_sides
from servers import MariaDB, PostgreSQL

from dbx.dialects.base import Syntax
from dbx.dialects.mysql.dialect import MySQL
from dbx.dialects.postgresql.dialect import PostgreSQL as PostgreSQLDialect
from dbx.dialects.sqlite.dialect import Sqlite
from dbx.errors import DbxError
from dbx.sql.script import split

some = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

_NESTED = r"/\*(?:/\*(?:.(?!\*/))*?.?\*/|(?!/\*|\*/).)*\*/"
_DOUBLED = r"""'(?:[^']|'')*'|"(?:[^"]|"")*\""""
_ESCAPED = r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*\""""
SYNTAXES = {"postgresql": PostgreSQLDialect.syntax, "mariadb": MySQL.syntax, "sqlite": Sqlite.syntax}
PARTS = {
    "postgresql": (
        rf"(?<![\w$])[eE]'(?:[^'\\]|''|\\.)*'|{_DOUBLED}|(?P<tag>\$\w*\$).*?(?P=tag)",
        rf"--[^\r\n]*|{_NESTED}",
    ),
    "mariadb": (rf"{_ESCAPED}|`(?:[^`]|``)*`", r"#[^\n]*|--(?=\s|\Z)[^\n]*|/\*(?!M?!).*?\*/"),
    "sqlite": (rf"{_DOUBLED}|`(?:[^`]|``)*`|\[[^\]]*\]", r"--[^\n]*|/\*.*?(?:\*/|\Z)"),
}
"""What stands in quotes, and what comments are, as patterns."""


def bare(text: str, kind: str) -> str:
    """The text without comments, without white space outside of quotes, and without its terminator."""
    quotes, comments = PARTS[kind]
    found = re.sub(
        rf"(?P<quotes>{quotes})|{comments}|[ \t\r\n\f\v]+",
        lambda part: part["quotes"] or "",
        text.removeprefix("\ufeff").replace("\r\n", "\n"),  # mariadb and sqlite3 do that even within quotes
        flags=re.DOTALL,
    )
    return re.sub(r"^;+|;+$", "", re.sub(";+", ";", found))


def compare(sides: tuple[Side, Side], kind: str, script: str, file: Path) -> None:
    """When the script ends within a quote or the like the client sends that too, and dbx names it."""
    file.write_bytes(script.encode())
    got = []
    for side in sides:
        stopped = side.send(file)
        got.append([code for text in side.log() if (code := bare(text, kind))])
    theirs, ours = got
    if not stopped:
        assert ours == theirs
        return
    assert stopped == "E-SYNTAX"
    assert ";".join(theirs).startswith(";".join(ours))  # fewer: two are read before the first is sent
    before = [code for text in before_the_error(file, SYNTAXES[kind]) if (code := bare(text, kind))]
    assert before == (theirs if len(theirs) == len(before) else theirs[:-1])


def before_the_error(file: Path, syntax: Syntax) -> list[str]:
    found = []
    with suppress(DbxError):
        for piece in split(file.read_bytes(), syntax):
            found.append(piece.text)
    return [one_text(found)] if syntax is Sqlite.syntax else found


def scripts(items: list[str], statements: list[str], between: list[str], opens: list[str]) -> st.SearchStrategy[str]:
    """Selects of those items and other statements, each with what stands behind it, perhaps broken off at the end."""
    selects = st.lists(st.sampled_from(items), min_size=1, max_size=4).map(lambda found: "select " + ",".join(found))
    statement = st.one_of(selects, selects, st.sampled_from(statements))
    lines = st.lists(st.tuples(statement, st.sampled_from(between)).map(_ended), max_size=6).map("".join)
    begin = st.sampled_from(["", "", "\ufeff", "-- first; '\n", ";;\r\n", " \t\n"])
    end = st.one_of(st.sampled_from(["", "", "-- it's; the end", " \n", *opens]), selects)
    return st.tuples(begin, lines, end).map("".join)


def _ended(statement: tuple[str, str]) -> str:
    """The data of a COPY end it."""
    text, end = statement
    return text if text.endswith("\n\\.\n") else text + end


# --- PostgreSQL ------------------------------------------------------------------------------------------------------

LOST = re.compile(r"\n\\\.\n(?:\s|--[^\n]*\n|/\*[^*]*\*/)*;")
"""An empty statement behind COPY's data: psql 15.20 loses the rest of the script behind it."""

PG_SCRIPTS = scripts(
    [
        "'a;b'", "'it''s;'", r"'\'", r"E'\';'", r"e'\\'", "$$;'$$", "$t$ $$; $t$", "$é$;$é$", '1 as "x;""y"', r"U&'\0041;'",
        "'line\n;\r\nbreak'", "1 /* ; /* ' */ ; */", "2 -- it's;\n", "'€;😀'", "(select ';')",
        "(1)/*;*/", "'tab\t'", "name'\\'", "1-- c\r", "array[1,2]", "' -- '", "'/*'", "n'\\'", "3 as a$b$", "case when true then 1 end",
    ],
    [
        "create or replace function f() returns int language plpgsql as $f$ begin -- ';\n return 1; end $f$",
        "create or replace function g() returns int begin atomic select 1; select case when true then 2 end; end",
        "create or replace procedure p(begin int) begin\n/* ; */ atomic select ';'; select (case when true then 1 end); end",
        "do $$ begin perform ';'; end; $$",
        "copy c from stdin;\na;b\n'\n\\\\.\n$$\n\\.\n",
        'copy "c" (x) from stdin with (format csv);\n"a;"\n\\.\n',
        "copy c to stdout",
        "nonsense ( ';' ; $$;$$ ) ; /* ; */ x",
        "set standard_conforming_strings = off;\nselect '\\';';\nset standard_conforming_strings = on;\n",
        "create or replace rule r as on update to c do also (select 1; select ';)')",
        "/* only a comment; */",
        "(((select 1)))",
    ],
    [";", " ;\n", ";\r\n", ";;", ";--c;'\n", ";/* ; */\n", "\n;\n", "; ;\t"],
    ["select 'open;\n", "/* open ; /* */", "select $$ ;\n$", "select (1; 2", 'select "a;\n', "select e'\\'", "/* /* */ ; "],
).filter(lambda script: not LOST.search(script))  # fmt: skip


@pytest.fixture(scope="module")
def pg_sides(postgresql: PostgreSQL) -> Iterator[tuple[Side, Side]]:
    name = postgresql.create_database()
    postgresql.execute("create table c (x text)", name)
    with postgresql_sides(postgresql, postgresql.url(database=name)) as sides:
        yield sides


@some
@given(PG_SCRIPTS)
@example("select E'\\';', name'\\'; copy c from stdin;\n;'\n\\.\nselect 1")
def test_like_psql(pg_sides: tuple[Side, Side], tmp_path: Path, script: str) -> None:
    """Left out is where psql reads otherwise than the server: E'…' that goes on in '…' on the next line, and the rest of
    a line behind SET standard_conforming_strings."""
    compare(pg_sides, "postgresql", script, tmp_path / "script.sql")


# --- MariaDB ---------------------------------------------------------------------------------------------------------

MARIA_SCRIPTS = scripts(
    [
        r"'a\';'", r'"d\";"', "'it''s;'", '"a"";"', "1 as `a;``b`", "1 # it's;\n", "2 -- it's;\n", "3 /* ' ; */", "/*!40000 4 */",
        "/*M!100000 ';' */", "5--1", r"'\\'", "'\n;\r\n'", "'€;é'", "\\N", "'#'", "'-- '", "'/*'", "1 --\t;\n", "(';')", "n'a'",
    ],
    [
        "\ndelimiter //\ncreate or replace procedure p() begin select ';'; select 1; end//\ndelimiter ;\n",
        "\nDELIMITER $$\r\nselect 1; $$ select ';' $$\r\nDELIMITER ;\r\n",
        "\ndelimiter ;;\nselect 1 ;;\nbegin not atomic select 1; end;;\ndelimiter ;\n",
        "set sql_mode = 'ANSI_QUOTES'; select 1 as \"a\\\"; set sql_mode = default",
        "set @m = @@sql_mode, sql_mode = 'NO_BACKSLASH_ESCAPES'; select '\\'; set sql_mode = @m",
        "nonsense ';' (;)",
        "/*!40101 set @a = ';' */",
        "/* only a comment; */",
        "--no space; '\n",
    ],
    [";", " ;\n", ";\r\n", ";;", ";-- c;'\n", ";/* ; */\n", "\n;\n", "; ;\t", ";# c;'\n", ";\n--c;'\n"],
    ["select 'open;\n", "/* open ;", 'select "a;\n', "select `a;\n", "select '\\'", "\ndelimiter //\nselect 1; select 2"],
)  # fmt: skip


@pytest.fixture(scope="module")
def maria_sides(mariadb: MariaDB) -> Iterator[tuple[Side, Side]]:
    with mariadb_sides(mariadb, mariadb.url(database=mariadb.create_database())) as sides:
        yield sides


@some
@given(MARIA_SCRIPTS)
@example("delimiter //\nselect ';' // select 2 //\ndelimiter ;\nselect '\\';'; # it's\nselect 3")
def test_like_mariadb(maria_sides: tuple[Side, Side], tmp_path: Path, script: str) -> None:
    compare(maria_sides, "mariadb", script, tmp_path / "script.sql")


# --- SQLite ----------------------------------------------------------------------------------------------------------

SQLITE_SCRIPTS = scripts(
    [
        "'a;b'", "'it''s;'", r"'\'", '1 as "x;""y"', "1 as [a;'b]", "1 as `a;``b`", "'line\n;\r\nbreak'", "1 /* ; /* ' */", "2 -- it's;\n",
        "'€;😀'", "(select ';')", "'tab\t'", "x'00'", "' -- '", "'/*'", "case when 1 then 2 end",
    ],
    [
        "drop trigger if exists t; create trigger t after insert on c begin select ';'; select case when 1 then 2 end; end",
        "drop trigger if exists t; create temp trigger if not exists t after insert on c begin\nselect 'end;'; -- end;\n/* ; */ end",
        "drop index if exists i; create index i on c (x) -- it's;\n",
        "begin; select 1; end",
        "/* only a comment; */",
        ";\n# it's a comment; for the shell\nselect 1",
    ],
    [";", " ;\n", ";\r\n", ";;", ";--c;'\n", ";/* ; */\n", "\n;\n", "; ;\t"],
    ["select 'open;\n", 'select "a;\n', "select [a;\n", "select `a;\n"],
)  # fmt: skip


@pytest.fixture(scope="module")
def lite_sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Side, Side]]:
    if shutil.which("sqlite3") is None:
        pytest.skip("no sqlite3 here; `make test` as root installs it")
    with sqlite_sides(f"sqlite:///{tmp_path_factory.mktemp('splitting') / 'test.db'}") as sides:
        sides[1].send(_table(tmp_path_factory.mktemp("table") / "c.sql"))
        sides[1].log()
        yield sides


def _table(file: Path) -> Path:
    file.write_text("create table c (x)")
    return file


@some
@given(SQLITE_SCRIPTS)
@example("select 1 as [;], 2 as `;`;;\r\nselect ';' -- ;\n;select 3")
def test_like_sqlite3(lite_sides: tuple[Side, Side], tmp_path: Path, script: str) -> None:
    compare(lite_sides, "sqlite", script, tmp_path / "script.sql")
