"""How much memory, as people say it."""

from __future__ import annotations

import re

import click

__all__ = ["mebibytes"]

_LEAST = 64
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([MG])(?:i?B)?)?", re.IGNORECASE | re.ASCII)


def mebibytes(_context: click.Context | None, _parameter: click.Parameter | None, text: str) -> int:
    """A number of MiB, or of GiB where a G follows: 512, 512M, 2G. For an option to call.

    Raises:
        click.BadParameter: it is no size, or too small a one.
    """
    parts = _SIZE.fullmatch(text.strip())
    if parts is None:
        raise click.BadParameter(f"{text!r} is no size: give MiB such as 512, or 2G")
    size = int(float(parts[1]) * (1024 if (parts[2] or "M") in "Gg" else 1))
    if size < _LEAST:
        raise click.BadParameter(f"{text} is less than {_LEAST} MiB, with which nothing can be done")
    return size
