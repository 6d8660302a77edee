"""How things are drawn: as text with colour where the output is a terminal, and without it anywhere else."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.box import Box
    from rich.console import Console, RenderableType

__all__ = ["plain", "plain_box", "text"]

_PLAIN_WIDTH = 110


def text(*parts: RenderableType) -> str:
    """What the terminal shall show, as a string; colour codes only where standard output is a terminal."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    stream = io.StringIO()
    width = None if terminal else _PLAIN_WIDTH
    console: Console = Console(
        file=stream, force_terminal=terminal, width=width or Console().width, highlight=False, emoji=False
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def plain(words: str) -> str:
    """Words that hold no markup of their own."""
    from rich.markup import escape

    return escape(words)


def plain_box() -> Box:
    """The box of every table: a line under the head alone."""
    from rich import box

    return box.SIMPLE_HEAD
