"""Parameters of scripts, from -p and from files: always values, never text, and their rows are one transaction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from run_dbx import connected, execute, existing, good, read, run
from scripts import called, ended, kept, ran, script
from watching import backend

HOSTILE = (
    "' OR 1=1 --",
    "\\' OR 1=1 --",
    "'); drop table t; --",
    '"; drop table t; --',
    "\\",
    "%s %(v)s %% % {} ? $1 :v",
    "$$ $v$ $$",
    "/* a */ -- b # c",
    "line\nline\r\n\ttab\\n\\.",
    "ʼ＇ 😀 \u202e\x7f\x01",
    "縗' or 1=1 -- ",
    "",
)
INSERT = "insert into t values (:v);\n"


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t of texts."""
    text = "text character set utf8mb4" if backend(any_url) == "mysql" else "text"
    execute(existing(any_url), f"create table t (x {text})")
    return any_url


@pytest.fixture
def numbers(any_url: str) -> str:
    execute(existing(any_url), "create table t (x int primary key)")
    return any_url


def texts(url: str) -> list[str]:
    return [row[0] for row in execute(url, "select x from t")]


def rows_file(folder: Path, *rows: dict[str, Any]) -> str:
    return script(folder, "".join(f"{json.dumps(row)}\n" for row in rows), "rows.jsonl")


# --- values and nothing else -----------------------------------------------------------------------------------------


def test_hostile_values_are_values(url: str, tmp_path: Path) -> None:
    good(ran(url, tmp_path, INSERT, "--params", rows_file(tmp_path, *({"v": value} for value in HOSTILE))))
    assert texts(url) == list(HOSTILE)
    execute(url, "delete from t")
    given = [part for number, value in enumerate(HOSTILE) for part in ("-p", f"v{number}={value}")]
    good(ran(url, tmp_path, "".join(f"insert into t values (:v{number});\n" for number in range(len(HOSTILE))), *given))
    assert texts(url) == list(HOSTILE)


def test_a_nul_is_a_value_or_an_error(url: str, tmp_path: Path) -> None:
    """PostgreSQL has no such text; nothing is cut off there."""
    done = ran(url, tmp_path, INSERT, "--params", rows_file(tmp_path, {"v": "a"}, {"v": "b\0c"}))
    if backend(url) == "postgresql":
        ended(done, 1, "NUL", "rows.jsonl:2")
        assert texts(url) == []
    else:
        assert (done.code, texts(url)) == (0, ["a", "b\0c"])


def test_what_is_no_text_is_an_error(url: str, tmp_path: Path) -> None:
    ended(ran(url, tmp_path, INSERT, "--params", rows_file(tmp_path, {"v": "a"}, {"v": "\ud800"})), 1, "rows.jsonl:2")
    assert texts(url) == []


def test_in_another_character_set(maria_url: str, tmp_path: Path) -> None:
    """In GBK the last byte of 縗 and a backslash are one character, and the quote behind them would be free."""
    execute(maria_url, "create table t (x text character set utf8mb4)")
    for client in ("set names gbk", "set character_set_client = gbk"):
        execute(maria_url, "delete from t")
        values = [{"v": "縗' or 1=1 -- "}, {"v": "縗\\"}, {"v": "縗\\'); drop table t; -- "}]
        good(ran(maria_url, tmp_path, f"{client};\n{INSERT}", "--params", rows_file(tmp_path, *values)))
        assert [{"v": text} for text in texts(maria_url)] == values


def test_nothing_but_parameters_is_replaced(pg_url: str, tmp_path: Path) -> None:
    text = """select :v, ' :v ', "a:v", '12:34'::time, (array[1,2,3])[2:3], $$ :v $$, $q$ :v $q$, E'\\':v', 10 % 3, '%s'
    /* :v /* :v */ :v */ -- :v
    from (select 1 as "a:v") as a where ':v' <> :v::text;"""
    done = good(ran(pg_url, tmp_path, text, "-p", "v=x", "--no-header"))
    assert done.text == "x\t :v \t1\t12:34:00\t{2,3}\t :v \t :v \t':v\t1\t%s\n"


def test_nothing_but_parameters_is_replaced_elsewhere(sqlite_url: str, maria_url: str, tmp_path: Path) -> None:
    for url, more in ((existing(sqlite_url), '"'), (maria_url, "`")):
        text = f"select :v, ' :v ', 'it''s :v', {more}a:v{more}, 10 % 3, '%s' /* :v */ -- :v\nfrom (select 1 as {more}a:v{more}) as a;"
        done = good(ran(url, tmp_path, text, "-p", "v=x", "--no-header"))
        assert done.text == "x\t :v \tit's :v\t1\t1\t%s\n"


def test_without_parameters_nothing_is(url: str, tmp_path: Path) -> None:
    done = good(ran(url, tmp_path, "select '100 %', 10 % 3, ':v', '%s %(v)s %%', '?';\n", "--no-header"))
    assert done.text == "100 %\t1\t:v\t%s %(v)s %%\t?\n"


# --- files of rows ---------------------------------------------------------------------------------------------------

CELLS = {
    "n:int": ("int", "7"),
    "f:float": ("double precision", "1.5"),
    "b:bool": ("boolean", "yes"),
    "d:decimal": ("decimal(20,10)", "12.0000000001"),
    "day:date": ("date", "2026-11-22"),
    "at:datetime": ("timestamp null", "2026-11-22T10:11:12"),
    "t:time": ("time", "10:11:12"),
    "j:json": ("text", '"{""a"": 1}"'),
    "s": ("text", '"a, ""b""\nc"'),
}


def test_what_dbx_writes_it_reads(any_url: str, tmp_path: Path) -> None:
    """NULL and the empty text, quotes, lines and commas from its own csv; numbers exactly from its own jsonl."""
    execute(existing(any_url), "create table t (n numeric(30, 10), s varchar(99))")
    rows = "insert into t values (1, ''), (2, null), (3, 'a b, c'), (4, ' x ')"
    execute(any_url, rows)
    path = script(tmp_path, "insert into t values (:n, :s);\n")
    for form in ("csv", "jsonl"):
        before = good(run(any_url, "select n, s from t order by n", "-f", "json"))
        file = str(tmp_path / f"rows.{form}")
        good(run(any_url, "select n, s from t", "-f", form, "-o", file))
        execute(any_url, "delete from t")
        good(called(any_url, path, "--params", file))
        assert good(run(any_url, "select n, s from t order by n", "-f", "json")).out == before.out
    exact = script(tmp_path, '{"n": 12345678901234567890.25, "s": "1.10"}\n', "exact.jsonl")
    good(called(any_url, path, "--params", exact))
    with connected(any_url) as connection:
        assert read(connection, "select s, n from t where s = '1.10'")[0][1] in (
            "12345678901234567890.2500000000",
            1.2345678901234567e19,
            "12345678901234567890.25",
        )


def test_types_in_a_header(any_url: str, tmp_path: Path) -> None:
    """Each arrives as a value of its type; an empty cell is NULL."""
    given = CELLS
    columns = ", ".join(f"{name.partition(':')[0]}_ {kind}" for name, (kind, _) in given.items())
    execute(existing(any_url), f"create table t ({columns})")
    lines = [",".join(given), ",".join(cell for _, cell in given.values()), "," * (len(given) - 1)]
    path = script(tmp_path, "\n".join(lines) + "\n", "rows.csv")
    marks = ", ".join(f":{name.partition(':')[0]}" for name in given)
    good(ran(any_url, tmp_path, f"insert into t values ({marks});\n", "--params", path))
    with connected(any_url) as connection:
        first, second = read(connection, "select * from t")
    told = dict(zip(given, map(str, first), strict=True))
    assert (told["n:int"], float(told["f:float"]), told["b:bool"] in ("1", "t")) == ("7", 1.5, True)
    assert (told["day:date"], told["at:datetime"].replace("T", " ")) == ("2026-11-22", "2026-11-22 10:11:12")
    assert (json.loads(told["j:json"]), told["s"]) == ({"a": 1}, 'a, "b"\nc')
    assert told.get("d:decimal", "12.0000000001") == "12.0000000001"
    assert told.get("t:time", "10:11:12") == "10:11:12"
    assert second == (None,) * len(given)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.csv", "v,w\n1,2\n\n3\n", "r.csv:4: 1 values for 2 names"),
        ("r.csv", 'v,w\n"a\nb",2\n3,4,5\n', "r.csv:4: 3 values for 2 names"),
        ("r.csv", "v:int,w\n1,2\nx,2\n", "r.csv:3: the parameter v is no int: 'x'"),
        ("r.csv", "v:what,w\n1,2\n", "r.csv:2: no type 'what' for the parameter v"),
        ("r.csv", "v,v:int\n1,2\n", "no header of different names"),
        ("r.csv", "", "no header of different names"),
        ("r.csv", 'v,w\n1,"2\n', "r.csv:2: a quote that is not closed"),
        ("r.csv", "v,w,z\n1,2,3\n", "the parameter z is used nowhere"),
        ("r.csv", "v\n1\n", "no value for the parameter :w"),
        ("r.csv", b"v,w\n1,\xff\n", "r.csv is not UTF-8"),
        ("r.jsonl", '{"v": 1, "w": 2}\n\n{"v": 1\n', "r.jsonl:3: no JSON"),
        ("r.csv", 'v,w\n1,a"2"\n', "r.csv:2: a quote that"),
        ("r.csv", "v;w\n1;2\n", "no header of different names"),
        ("r.jsonl", '{"v": 1, "w": 2}\n[1]\n', "r.jsonl:2: not an object"),
        ("r.jsonl", '{"v": 1, "w": NaN}\n', "NaN is no JSON"),
        ("r.jsonl", '{"v": 1, "v": 2, "w": 3}\n', "a name stands twice"),
        ("r.jsonl", '{"v": 1, "w": 2}\n{"v": 1}\n', "with the parameters of "),
        ("r.jsonl", '{"v": 1, "w": 2}\n{"v": 1, "w": 2, "z": 3}\n', "the parameter z is used nowhere"),
    ],
)
def test_rows_that_do_not_fit(sqlite_url: str, tmp_path: Path, name: str, content: str | bytes, words: str) -> None:
    """Exit 2, with the line of the file, and nothing of the rows before."""
    execute(sqlite_url, "create table t (x text)")
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ended(ran(sqlite_url, tmp_path, f"{INSERT}insert into t values (:w);\n", "--params", str(path)), 2, words)
    assert texts(sqlite_url) == []


def test_given_and_from_a_file(url: str, tmp_path: Path) -> None:
    path = script(tmp_path, "\ufeffv\r\none\r\ntwo\r\n", "rows.csv")
    good(ran(url, tmp_path, "insert into t values (:v), (:w);\n", "-p", "w=same", "--params", path))
    assert texts(url) == ["one", "same", "two", "same"]


def test_no_rows_at_all(url: str, tmp_path: Path) -> None:
    done = good(ran(url, tmp_path, INSERT, "--params", script(tmp_path, "v\n", "rows.csv")))
    assert done.err.startswith("0 statements")


def test_what_cannot_be_repeated(pg_url: str, tmp_path: Path) -> None:
    path = script(tmp_path, "v\n1\n", "rows.csv")
    ended(ran(pg_url, tmp_path, "copy t from stdin;\n1\n\\.\n", "--params", path), 6, "cannot be repeated")
    ended(ran(pg_url, tmp_path, INSERT, "--params", path, "--resume-from", "a.sql:1"), 2, "--resume-from")


# --- many, as one ----------------------------------------------------------------------------------------------------


def test_ten_thousand_rows_are_one_transaction(numbers: str, tmp_path: Path) -> None:
    """A row that fails in the middle is named, and leaves nothing of the thousands before it."""
    rows = [*range(10_000)]
    rows[7776] = 5
    path = script(tmp_path, "v:int\n" + "".join(f"{row}\n" for row in rows), "rows.csv")
    done = ran(numbers, tmp_path, INSERT, "--params", path)
    ended(done, 1, "a.sql:1:", f"hint: with the parameters of {path}:7778 · ", "all of it was rolled back")
    assert kept(numbers) == []
    rows[7776] = 7776
    path = script(tmp_path, "v:int\n" + "".join(f"{row}\n" for row in rows), "rows.csv")
    done = good(ran(numbers, tmp_path, INSERT, "--params", path))
    assert done.err == "10,000 statements · 10,000 rows changed · committed\n"
    assert kept(numbers) == rows


def test_a_row_that_fails_is_named_in_every_mode(numbers: str, tmp_path: Path) -> None:
    path = script(tmp_path, "v:int\n1\n2\n2\n3\n", "rows.csv")
    done = ran(numbers, tmp_path, INSERT, "--params", path, "--autocommit")
    ended(done, 1, f"with the parameters of {path}:4", f"what went before line 1 for {path}:4 is kept")
    assert "--resume-from" not in done.err
    assert kept(numbers) == [1, 2]
    execute(numbers, "delete from t")
    done = ran(numbers, tmp_path, INSERT, "--params", path, "--on-error", "continue")
    ended(done, 1, f"with the parameters of {path}:4", "1 of 4 statements failed")
    assert kept(numbers) == [1, 2, 3]
    text = f"\\expect changed = 2\n{INSERT}"
    ended(ran(numbers, tmp_path, text, "--params", script(tmp_path, "v\n9\n", "one.csv")), 1, "one.csv:2")
