"""How far something that takes long is, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["Told", "progress"]

_OFTEN = 15  # seconds between two lines, where there is no terminal to draw a bar on

Told = Callable[[int, int], None]


@contextmanager
def progress(size: int, label: str, unit: str) -> Iterator[Told]:
    """A bar with rate and time left on a terminal; elsewhere a line now and then, so that what is soon done says nothing.

    Args:
        size: how much there is to do, 0 where that is unknown.
        label: what is being done.
        unit: what is counted meanwhile.

    Yields:
        What to call with how much was done since the last call, and how many of the unit that were.
    """
    start = last = time.monotonic()
    done = count = 0

    if sys.stderr.isatty():
        with click.progressbar(length=size, label=label, file=sys.stderr, item_show_func=lambda item: item or "") as bar:

            def shown(more: int, counted: int) -> None:
                nonlocal count
                count += counted
                bar.update(more, f"{count / (time.monotonic() - start):,.0f} {unit}/s")

            yield shown
        return

    def line(more: int, counted: int) -> None:
        nonlocal done, count, last
        done, count = done + more, count + counted
        if time.monotonic() - last > _OFTEN:
            last = time.monotonic()
            share = f"{done / size:.0%}, " if size else ""
            click.echo(f"itss-kg: {label}: {share}{count:,} {unit}, {count / (last - start):,.0f} a second", err=True)

    yield line
