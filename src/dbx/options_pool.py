"""Option group of dbx pool alone."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer


class Pooling(NamedTuple):
    """How the pool is set, and what uses it."""

    size: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Connections that are kept; SQLAlchemy's own default is 5.")
    ] = None
    max_overflow: Annotated[
        int | None, typer.Option(min=-1, metavar="N", help="More of them while all are out; -1 for no bound.")
    ] = None
    pool_timeout: Annotated[
        float | None, typer.Option(min=0, metavar="SECONDS", help="How long a checkout waits before it fails.")
    ] = None
    recycle: Annotated[
        int | None, typer.Option(min=-1, metavar="SECONDS", help="Replace connections that are older; -1 for never.")
    ] = None
    pre_ping: Annotated[
        bool | None,
        typer.Option("--pre-ping/--no-pre-ping", help="Ask at each checkout whether the server is still there."),
    ] = None
    load: Annotated[
        int, typer.Option(min=0, metavar="N", help="Have N workers use the pool at once, and show what they met.")
    ] = 0
    seconds: Annotated[
        float | None, typer.Option(min=0.1, metavar="SECONDS", help="How long; 5 for --load, no end for --watch.")
    ] = None
    statement: Annotated[
        str, typer.Option(metavar="SQL", help="What each worker runs; SELECT 1 if nothing is said.")
    ] = ""
    hold: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long each worker keeps its connection after that.")
    ] = 0.0
    drop: Annotated[
        bool, typer.Option("--drop", help="Halfway, have the server end all of the pool's connections.")
    ] = False
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Print the pool's events as they happen.")] = False
    run: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Run a Python program, which may use `engine`, and name the connections it leaks."
        ),
    ] = ""
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Put load on production without being asked.")] = False
