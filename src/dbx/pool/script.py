"""A user's own program, run under the eyes of the observer: which of its checkouts never came back."""

from __future__ import annotations

import contextlib
import gc
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dbx.errors import DbxError, Place, UsageError
from dbx.redact import redact


def run(file: str, arguments: Sequence[str], engine: Any) -> dict[str, Any]:
    """Run a Python file as a program, with `engine` among its globals; what it prints goes to standard error.

    Gives its globals: whoever drops them drops the connections that are kept there. Raises UsageError for a file that
    cannot be read, DbxError with the place for a program that fails.
    """
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"no file {file}", hint="--run takes a Python file")
    before = sys.argv, sys.path[:]
    sys.argv, sys.path[:0] = [file, *arguments], [str(path.resolve().parent)]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            found = runpy.run_path(file, {"engine": engine}, "__main__")
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise DbxError(f"{file} ended with exit code {stop.code}", code="E-PROGRAM") from None
        found = {}
    except SyntaxError as error:
        place = Place(error.text or "", error.lineno or 1, error.offset or 1, source=file, first_line=error.lineno or 1)
        raise DbxError(f"{type(error).__name__}: {error.msg}", code="E-PROGRAM", place=place) from error
    except DbxError:
        raise
    except Exception as error:
        raise _failed(file, error) from error
    finally:
        sys.argv, sys.path[:] = before
    gc.collect()  # a connection in a circle of objects is returned only here
    return found


def _failed(file: str, error: Exception) -> DbxError:
    """The program's error, with the last line of its own file that it came through."""
    lines, line, trace = Path(file).read_text(errors="replace").split("\n"), 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    text = redact(" ".join(str(error).split()))[:300]
    place = Place(lines[line - 1], line, source=file, first_line=line, end_column=len(lines[line - 1]) + 1)
    return DbxError(f"{type(error).__name__}: {text}", code="E-PROGRAM", place=place if line else None)
