"""What a SET changes of how the rest of a script is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syntaxes import MY, PG, texts

from dbx.dialects.base import Syntax

PLAIN, ESCAPE = r"'\'", r"'\'; --'"
"""What `'\'; --'` begins with where a backslash means nothing, and where it takes away what the quote means."""


@pytest.mark.parametrize(
    ("syntax", "setting", "last"),
    [
        (PG, "set standard_conforming_strings = off", ESCAPE),
        (PG, "set session standard_conforming_strings to 'OFF'", ESCAPE),
        (PG, "set standard_conforming_strings = off; set standard_conforming_strings to on", PLAIN),
        (PG, "set standard_conforming_strings = off; reset standard_conforming_strings", PLAIN),
        (PG, "set standard_conforming_strings = off; reset all", PLAIN),
        (PG, "set standard_conforming_strings = off; reset work_mem", ESCAPE),
        (replace(PG, backslash_escapes=True), "set standard_conforming_strings to default", ESCAPE),
        (MY, "set sql_mode = 'NO_BACKSLASH_ESCAPES'", PLAIN),
        (MY, "set @@session.sql_mode='ANSI,NO_BACKSLASH_ESCAPES'", PLAIN),
        (MY, "set sql_mode = concat(@@sql_mode, ',NO_BACKSLASH_ESCAPES')", PLAIN),
        (MY, "set sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')", ESCAPE),
        (MY, "/*!40101 set @a=@@sql_mode, sql_mode='NO_BACKSLASH_ESCAPES' */; set sql_mode = @a", ESCAPE),
        (MY, "set sql_mode='NO_BACKSLASH_ESCAPES'; set @a=@@sql_mode; set sql_mode=''; set sql_mode = @A", PLAIN),
        (MY, "set sql_mode='NO_BACKSLASH_ESCAPES'; set sql_mode = default", ESCAPE),
        (MY, "set sql_mode='NO_BACKSLASH_ESCAPES'; set sql_mode = @unknown", ESCAPE),
        (MY, "set global sql_mode = 'NO_BACKSLASH_ESCAPES'", ESCAPE),
        (MY, "set @@global.sql_mode = 'NO_BACKSLASH_ESCAPES', @@persist.sql_mode = 'NO_BACKSLASH_ESCAPES'", ESCAPE),
        (MY, "set global sql_mode = '', sql_mode = 'NO_BACKSLASH_ESCAPES'", PLAIN),
        (MY, "set statement sql_mode = 'NO_BACKSLASH_ESCAPES' for select 1", ESCAPE),
    ],
)
def test_modes_that_a_script_sets(syntax: Syntax, setting: str, last: str) -> None:
    assert texts(f"{setting};\n{ESCAPE}\n;", syntax)[-1] == last
