"""What an expression costs before it is sent: from text to SQL and parameters, in process and warm; a refusal too."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from dbx import config, sample
from dbx.database import Database
from dbx.errors import LanguageError
from dbx.language.translator import Translator
from dbx.sql.unit import Unit
from dbx.target import parse

EXPRESSIONS = (
    "[t.name for t in track if t.unit_price > 1][:10]",
    "select(track.c.name, track.c.milliseconds).where(track.c.unit_price > 1).order_by(track.c.name).limit(5)",
    "[(t.name, t.album.artist.name) for t in track if t.genre.name == 'Jazz' and not t.composer]",
    "[(a.name, len(a.albums), sum(a.albums.tracks.milliseconds)) for a in artist if len(a.albums) > 3]",
    "{i.customer.country: (count(i), sum(i.total), avg(i.total)) for i in invoice if count(i) > 12}",
    "sorted({t.genre.name: count(t) for t in track}.items(), key=lambda kv: (-kv[1], kv[0]))[:5]",
    "[t.name for t in track if row_number().over(partition_by=t.genre_id, order_by=t.milliseconds) <= 2]",
    "select(artist.c.name, func.count().label('n')).join(album).group_by(artist.c.name).having(func.count() > 2)",
    "[f'{t.name[:10]}: {t.milliseconds / 1000:.1f}' for t in track if t.name.lower().startswith('the')]",
    "recurse([(e.employee_id, 0) for e in employee if e.reports_to is None],"
    " lambda up: [(e.employee_id, up[1] + 1) for e in employee if e.reports_to == up[0]])",
    "[t.update(unit_price=t.unit_price * 2) for t in track if t.album.artist.country == 'Ireland']",
    "{t.name for t in track if t.genre_id == 1} & {t.name for t in track if t.genre_id == 2}",
)
REFUSED = (
    "[t.nme for t in track]",
    "[t for t in track if t.name > 5]",
    "delete(track)",
    "(" * 1000,
    "1 << 10**9",
    "x.y.z",
)


def language(repeat: int) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "shop.db")
        sample.create(file)
        with closing(Database(parse(str(file), config.load()))) as database:
            translate = Translator(database, {})
            for text in EXPRESSIONS:
                _translate(translate, text)
            told = [_timed(partial(_translate, translate, text)) for text in EXPRESSIONS * 20 * repeat]
            refused = [_timed(partial(_refuse, translate, text)) for text in REFUSED * repeat]
    _line("expression to SQL, warm", told, "median < 1 ms, p95 < 3 ms")
    _line("refusal", refused, "< 100 ms")


def _translate(translate: Translator, text: str) -> None:
    for _ in translate(Unit("expression", text, ())):
        pass


def _refuse(translate: Translator, text: str) -> None:
    try:
        _translate(translate, text)
    except LanguageError:
        return
    raise SystemExit(f"not refused: {text}")


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _line(title: str, times: Sequence[float], aim: str) -> None:
    ordered = sorted(times)
    median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(f"{title:<28} median {median:6.2f} ms   p95 {late:6.2f} ms   most {ordered[-1]:6.1f} ms   {aim}")
