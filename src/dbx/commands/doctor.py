"""dbx doctor"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from dbx.database import Database
from dbx.doctor import connecting, installation
from dbx.doctor.finding import FAILED, Finding, rows
from dbx.errors import DbxError
from dbx.rows import Rows


def run(database: Database | None = None) -> Rows:
    """Say whether dbx is whole, and whether a target can be reached: as whom, how safely, how fast, with what rights.

    Without TARGET only the installation is looked at. Exit code 3: no connection, and the lines say how far it came.
    """
    if database is None:
        return rows(_checked(installation.findings()))
    return rows(chain(connecting.findings(database), installation.findings()))


def _checked(findings: Iterator[Finding]) -> Iterator[Finding]:
    failed = []
    for finding in findings:
        failed += [finding.check] * (finding.state == FAILED)
        yield finding
    if failed:
        raise DbxError(f"not as it must be: {', '.join(failed)}", code="E-INSTALLATION")
