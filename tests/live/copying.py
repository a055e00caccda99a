"""`dbx copy` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from run_dbx import DBX, Done, environment, finish, good


def started(source: str, goal: str, *options: str, setting: str = "raw") -> subprocess.Popen[bytes]:
    """`dbx copy`; the databases come by the environment, so that no password is in an argument."""
    argv = [DBX, "copy", "@" if "://" in source else source, "@goal", *options, "-f", "jsonl"]
    pipe = subprocess.PIPE
    settings = Path(tempfile.mkstemp(suffix=".toml")[1])
    settings.write_text(f"[profiles.goal]\nurl = {json.dumps(goal)}\n{setting} = true\n")
    seen = environment(source if "://" in source else "", DBX_CONFIG=str(settings))
    return subprocess.Popen(argv, env=seen, stdout=pipe, stderr=pipe, stdin=subprocess.DEVNULL)


def copy(source: str, goal: str, *options: str) -> Done:
    return finish(started(source, goal, *options))


def told(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in good(done).lines()]
