"""Times by their size, in steps of about three."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from dbx.rows import Column, Rows

STEPS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Seconds: the upper end of each step, which belongs to it. What is beyond the last has a step of its own."""

_WIDTH = 40


def milliseconds(seconds: float) -> float:
    """For people: seconds of a checkout begin with too many zeros."""
    return round(seconds * 1000, 4)


def counted(seconds: Sequence[float]) -> list[int]:
    """How many are in each step, and beyond the last."""
    counts = [0] * (len(STEPS) + 1)
    for each in seconds:
        counts[bisect_left(STEPS, each)] += 1
    return counts


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of the ordered ones does not exceed; 0 where there are none."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def histogram(seconds: Sequence[float], name: str, of_them: Mapping[str, Sequence[float]]) -> Rows:
    """The steps from the first to the last that is not empty; `of_them` are counted beside all."""
    counts, others = counted(seconds), [counted(some) for some in of_them.values()]
    filled = [place for place, count in enumerate(counts) if count]
    places = range(filled[0], filled[-1] + 1) if filled else range(0)
    most = max(counts)
    columns = [Column(title, "", "number") for title in ("up to ms", name, *of_them, "percent")]
    return Rows.of(
        *columns,
        "share",
        rows=[
            (
                milliseconds(STEPS[place]) if place < len(STEPS) else None,
                counts[place],
                *(some[place] for some in others),
                round(100 * counts[place] / len(seconds), 1),
                "█" * max(round(_WIDTH * counts[place] / most), 1 if counts[place] else 0),
            )
            for place in places
        ],
    )
