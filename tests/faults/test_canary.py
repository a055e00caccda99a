"""A password, however it comes in, is found nowhere afterwards: no file, screen, log, history or list of processes.

One that is typed into the URL of a command line is in the list of processes before dbx begins; dbx warns about it once.
"""

import os
import re
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pty_screen import Terminal
from run_dbx import DBX, Done, environment, execute

CANARY = "CANARY-9f3b-d41c"
BAD = "select nope"


class Place:
    """A server's account whose password is the canary, and an empty home."""

    def __init__(self, admin: str, home: Path) -> None:
        parts = urlsplit(admin)
        self.kind = parts.scheme.partition("+")[0]
        self.port, self.database = parts.port, parts.path.lstrip("/")
        self.host = parts.hostname
        self.home = home
        self.given: set[Path] = set()
        """Files that the test itself put the password into."""

    @property
    def url(self) -> str:
        return f"{self.kind}://canary@{self.host}:{self.port}/{self.database}"

    @property
    def telling(self) -> str:
        return self.url.replace("canary@", f"canary:{CANARY}@")

    def file(self, name: str, text: str, mode: int = 0o600) -> str:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        self.given.add(path)
        return str(path)

    def environment(self, **more: str) -> dict[str, str]:
        kept = environment(HOME=str(self.home), PAGER="cat")
        for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DBX_CONFIG", "DBX_MY_CNF", "PGPASSFILE"):
            kept.pop(name, None)
        return kept | more

    def check(self, *texts: str | bytes) -> None:
        """Nothing that was written, and no file in the home, holds the password."""
        for text in texts:
            assert CANARY not in (text if isinstance(text, str) else text.decode("utf-8", "replace"))
        for path in self.home.rglob("*"):
            if stat.S_ISREG(path.lstat().st_mode) and path not in self.given:
                assert CANARY.encode() not in path.read_bytes(), path


@pytest.fixture(params=["postgresql", "mariadb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    admin = request.getfixturevalue({"postgresql": "pg_url", "mariadb": "maria_url"}[request.param])
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "postgresql":
        execute(admin, "drop role if exists canary", f"create role canary login superuser password '{CANARY}'")
    else:
        execute(admin, f"create or replace user canary@'127.0.0.1' identified by '{CANARY}'")
        execute(admin, "grant all on *.* to canary@'127.0.0.1'")
    yield Place(admin, home)
    execute(admin, "drop role canary" if request.param == "postgresql" else "drop user canary@'127.0.0.1'")


Way = Callable[[Place], tuple[list[str], dict[str, str]]]


def by_service(place: Place) -> tuple[list[str], dict[str, str]]:
    text = f"[shop]\nhost={place.host}\nport={place.port}\ndbname={place.database}\nuser=canary\npassword={CANARY}\n"
    return ["postgresql://?service=shop"], {"PGSERVICEFILE": place.file("services", text)}


def by_profile(**keys: str) -> Way:
    def way(place: Place) -> tuple[list[str], dict[str, str]]:
        place.file("secret", CANARY + "\n")
        place.file("print", f"#!/bin/sh\necho {CANARY}\n", 0o700)
        values = {"url": place.url, **{key: value.format(home=place.home) for key, value in keys.items()}}
        lines = [f"{key} = {value if value.startswith('[') else repr(value)}" for key, value in values.items()]
        place.file(".config/dbx/config.toml", "[profiles.p]\n" + "\n".join(lines) + "\n")
        return ["@p"], {"SHOP": CANARY} if "password_env" in keys else {}

    return way


def by_url_in_profile(place: Place) -> tuple[list[str], dict[str, str]]:
    place.file(".config/dbx/config.toml", f"[profiles.p]\nurl = '{place.telling}'\n")
    return ["@p"], {}


EVERYWHERE: dict[str, Way] = {
    "DBX_TARGET": lambda place: (["@"], {"DBX_TARGET": place.telling}),
    "DATABASE_URL": lambda place: (["@"], {"DATABASE_URL": place.telling}),
    "DBX_PASSWORD": lambda place: ([place.url], {"DBX_PASSWORD": CANARY}),
    "--password-file": lambda place: ([place.url, "--password-file", place.file("secret", CANARY)], {}),
    "url": by_url_in_profile,
    "password_file": by_profile(password_file="{home}/secret"),
    "password_env": by_profile(password_env="SHOP"),
    "password_command": by_profile(password_command="['{home}/print']"),
}
OWN: dict[str, dict[str, Way]] = {
    "postgresql": {
        "PGPASSWORD": lambda place: ([place.url], {"PGPASSWORD": CANARY}),
        "query": lambda place: (["@"], {"DBX_TARGET": f"{place.url}?password={CANARY}"}),
        ".pgpass": lambda place: (
            [place.url],
            {"PGPASSFILE": place.file("pgpass", f"{place.host}:{place.port}:*:canary:{CANARY}\n")},
        ),
        "service": by_service,
    },
    "mysql": {
        "MYSQL_PWD": lambda place: ([place.url], {"MYSQL_PWD": CANARY}),
        ".my.cnf": lambda place: ([place.url], {"DBX_MY_CNF": place.file(".my.cnf", f"[client]\npassword={CANARY}\n")}),
    },
}


def queried(place: Place, target: list[str], more: dict[str, str], *arguments: str) -> Done:
    settings = place.environment(**more)
    done = subprocess.run(
        [DBX, "query", *target, *arguments], env=settings, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def test_no_way_of_connecting_leaves_a_trace(place: Place) -> None:
    for name, way in {**EVERYWHERE, **OWN[place.kind]}.items():
        target, more = way(place)
        done = queried(place, target, more, "select 1 as one", BAD, "--debug")
        assert (done.code, done.out[:6]) == (1, b"one\n1\n"), (name, done.err)
        assert "nope" in done.err
        place.check(done.out, done.err)
        for path in place.given:
            path.unlink()
        place.given.clear()


def test_a_failing_connection_leaves_none_either(place: Place) -> None:
    for wrong in ("/nosuch", "/d?connect_timeout=x", f"@{CANARY}/d"):
        url = place.telling.replace(f"/{place.database}", wrong)
        done = queried(place, ["@"], {"DBX_TARGET": url}, "select 1", "--debug")
        assert done.code in (2, 3), done.err
        place.check(done.out, done.err)


def test_the_command_line_is_warned_about_once(place: Place) -> None:
    first = queried(place, [place.telling], {}, "select 1")
    assert (first.code, first.err.count("a password in the command line is seen by others")) == (0, 1)
    second = queried(place, [place.telling], {}, "select 1")
    assert (second.code, second.err) == (0, "")
    place.check(first.out, first.err, second.out, second.err)


def processes(pid: int) -> Iterator[Path]:
    """The entry in /proc of a process, and of all below it."""
    yield Path(f"/proc/{pid}")
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended since
            for child in task.read_text().split():
                yield from processes(int(child))


def test_a_session_in_the_shell(place: Place) -> None:
    """The password is typed at the prompt for it; a pager and an editor are looked at while they run."""
    waits = place.file("waits", "#!/bin/sh\ncat $1 >/dev/null\necho here\nsleep 30 & wait $!\n", 0o700)
    place.given.clear()
    settings = place.environment(PAGER=waits, EDITOR=waits, DBX_PASSWORD="", PGPASSWORD="", SHOP_PASSWORD=CANARY)
    with Terminal([DBX, place.url, "--debug"], cwd=str(place.home), env=settings, rows=20) as terminal:
        terminal.wait_for("Password for canary@")
        terminal.send(CANARY + "\r")
        prompt = rf"^{place.database}>$"
        terminal.wait_for(prompt)
        for text, answer in (
            ("\\conninfo", "canary@"),
            ("select nope;", "nope"),
            ("select * from nosuch;", "nosuch"),
            ("\\reconnect", "connected again"),
            ("[x for x in nosuch]", "nosuch"),
        ):
            terminal.type(text + "\r")
            terminal.wait_for(rf"> {re.escape(text)}\n(.*\n)*?.*{answer}(.*\n)*{prompt[1:]}\Z")
        terminal.type("\\e\r")
        terminal.wait_for("^here$")
        seen = b"".join(each.joinpath("cmdline").read_bytes() for each in processes(terminal.pid))
        below = list(processes(terminal.pid))[1:]
        assert below, "the editor does not run"
        seen += b"".join(each.joinpath("environ").read_bytes() for each in below)
        place.check(seen, terminal.raw)
        os.kill(int(below[0].name), 15)
        terminal.wait_for(rf"here\n(.*\n)*{prompt[1:]}\Z")
        terminal.end_input()
        assert terminal.wait() == 0
        place.check(terminal.raw, terminal.history())
    assert "select nope" in (place.home / ".local/state/dbx/history").read_text()


def test_typed_statements_that_set_a_password_are_not_kept(place: Place) -> None:
    secret = "CANARY-typed-77aa"
    texts = {
        "postgresql": [
            f"alter role canary password '{secret}';",
            f"ALTER ROLE canary\x1b\rENCRYPTED /* x */ PASSWORD '{secret}';",
            f"select 'host=h password={secret}';",
            f" select '{secret}';",
        ],
        "mysql": [
            f"set password for nobody@nowhere = password('{secret}');",
            f"create user u identified /* x */ by '{secret}';",
            f"create user u identified -- x\x1b\r by '{secret}';",
            f" select '{secret}';",
        ],
    }[place.kind]
    settings = place.environment(DBX_PASSWORD=CANARY)
    with Terminal([DBX, place.url], cwd=str(place.home), env=settings, columns=110) as terminal:
        terminal.wait_for(rf"^{place.database}>$")
        for number, text in enumerate([*texts, "select 'kept';"], 1):
            terminal.type(text + "\r")
            terminal.wait_for(rf"^(?:{place.database}>.*\n(?:.*\n)*?){{{number}}}{place.database}>$")
        terminal.end_input()
        assert terminal.wait() == 0
    for path in place.home.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    assert "kept" in (place.home / ".local/state/dbx/history").read_text()
