"""dbx profiles and dbx trust, as they are typed."""

import json
import subprocess
from pathlib import Path

from run_dbx import DBX, Done, environment

CONFIG = """
[profiles.good]
url = "shop.db"
production = true
[profiles.told]
url = "postgresql://u:CANARY-9f3b@h/d"
[profiles.lost]
url = "nosuch://h/d"
"""


def ran(folder: Path, *arguments: str) -> Done:
    settings = environment(
        HOME=str(folder), XDG_STATE_HOME=str(folder / "state"), DBX_CONFIG=str(folder / "config.toml")
    )
    done = subprocess.run(
        [DBX, *arguments], cwd=folder, env=settings, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def test_profiles_are_listed_and_checked_without_their_secrets(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    done = ran(tmp_path, "profiles", "-f", "jsonl")
    assert (done.code, b"CANARY" in done.out) == (2, False)
    rows = {row["profile"]: row for row in map(json.loads, done.text.splitlines())}
    assert (rows["@good"]["settings"], rows["@good"]["problem"]) == ("production", "")
    assert rows["@told"]["password"] == "in the URL"
    assert "chmod 600" in rows["@told"]["problem"]
    assert "no dialect 'nosuch'" in rows["@lost"]["problem"]
    (tmp_path / "config.toml").write_text(CONFIG.partition("[profiles.told]")[0])
    assert ran(tmp_path, "profiles").code == 0


def test_trust_shows_what_it_would_do_and_wants_a_yes(tmp_path: Path) -> None:
    (tmp_path / ".dbx.toml").write_text('[profiles.dev]\nurl = ":memory:"\nstartup = ["pragma cache_size = 5"]\n')
    asked = ran(tmp_path, "trust")
    assert (asked.code, "nobody is there to confirm" in asked.err) == (6, True)
    assert "profiles.dev.startup\tpragma cache_size = 5" in asked.text
    assert ran(tmp_path, "query", "@dev", "select 1").code == 2
    assert ran(tmp_path, "trust", "--yes").code == 0
    assert ran(tmp_path, "query", "@dev", "pragma cache_size", "--no-header").out == b"5\n"
    assert ran(tmp_path, "trust", "--forget").code == 0
    assert ran(tmp_path, "query", "@dev", "select 1").code == 2
