"""Writes the lock files: exact versions and hashes, for every Python and system dbx runs on. Called by `make lock`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEADER = "# Written by `make lock` from pyproject.toml.\n"


def lock(name: str, *options: str) -> None:
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "pyproject.toml", "--quiet", "--upgrade"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    # A lock may come from any index; which one is the business of the machine that installs it.
    command += ["--no-emit-index-url", "--no-emit-find-links", "--group", "build", *options]
    text = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    (ROOT / name).write_text(HEADER + text)


if __name__ == "__main__":
    lock("requirements.lock")
    lock("requirements-dev.lock", "--group", "dev", "--constraint", "requirements.lock")
