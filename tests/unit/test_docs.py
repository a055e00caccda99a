"""README's transcripts and tables, and the completions, are what the program says today."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_generated_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "tests/docs.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_every_command_and_format_is_in_the_readme() -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    from dbx import formats, menu

    readme = (ROOT / "README.md").read_text()
    assert [name for name in formats.FORMATS if f"`{name}`" not in readme] == []
    assert [name for name in menu.COMMANDS if f"dbx {name}" not in readme] == []
