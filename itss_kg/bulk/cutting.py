"""Texts cut where a record may end, so that they need not be read whole: after a line, or between elements of a JSON array.

Both give parts that are texts of the same form, with the number of the line on which each begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

__all__ = ["Cut", "cut_between", "is_array", "whole_lines"]

Column = np.ndarray[Any, np.dtype[Any]]
Cut = Callable[[Iterable[bytes]], Iterator[tuple[bytes, int]]]

_SPACE = b" \t\r\n"
_QUOTE, _BACKSLASH, _COMMA = b'"\\,'
_EMPTY = re.compile(rb"\s*\[\s*(\]|$)")  # an array without an element, or the start of one
_DEPTHS = np.zeros(256, np.int8)
_DEPTHS[list(b"[{")] = 1
_DEPTHS[list(b"]}")] = -1


def is_array(start: bytes) -> bool:
    """Whether a text that starts so, without a byte order mark, is an array."""
    return start.lstrip(_SPACE).startswith(b"[")


def whole_lines(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Lines in parts, each about as long as a block, but at least of one line."""
    rest: list[bytes] = []
    line = 1
    for block in blocks:
        head, mark, tail = block.rpartition(b"\n")
        if mark:
            whole = b"".join([*rest, head, mark])
            yield whole, line
            line += whole.count(b"\n")
            rest = []
        rest.append(tail)
    if last := b"".join(rest):
        yield last, line


def cut_between(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """An array as several, each about as long as a block, but at least of one element.

    Of a text that is no array, some part is none either, so that whoever reads the parts notices: where a comma with no element
    on one of its sides is cut at, it stays.
    """
    scan = _Scan()
    rest: list[bytes] = []
    cut = False
    line = 1
    for block in blocks:
        place = scan.last_between(block)
        if place is None:
            rest.append(block)
            continue
        whole = b"".join([*rest, block[:place]])
        yield whole + (b",]" if _EMPTY.fullmatch(whole) else b"]"), line
        line += whole.count(b"\n")
        rest = [b"[", block[place + 1 :]]
        cut = True
    last = b"".join(rest)
    if cut and _EMPTY.match(last):
        last = last.replace(b"[", b"[,", 1)
    if last:
        yield last, line


class _Scan:
    """How deep a text is nested, and whether in a string, as it goes on."""

    def __init__(self) -> None:
        self._inside = 0  # 1 in a string
        self._depth = 0
        self._odd = 0  # 1 after backslashes of which the last escapes what follows

    def last_between(self, block: bytes) -> int | None:
        """The place of the last comma between elements of the outermost array."""
        signs = np.frombuffer(block, np.uint8)
        quotes = signs == _QUOTE
        quotes[self._escaped(signs)] = False
        strings = (np.cumsum(quotes, dtype=np.int32) + self._inside) & 1
        outside = strings == 0
        depths = np.cumsum(np.where(outside, _DEPTHS[signs], 0), dtype=np.int32) + self._depth
        between = np.flatnonzero(outside & (depths == 1) & (signs == _COMMA))
        if len(signs):
            self._inside, self._depth = int(strings[-1]), int(depths[-1])
        return int(between[-1]) if len(between) else None

    def _escaped(self, signs: Column) -> Column:
        """The places of what a backslash escapes, as far as they matter: those after a run of an odd number of them."""
        places = np.flatnonzero(signs == _BACKSLASH)
        first = np.flatnonzero(np.diff(places, prepend=-2) != 1)
        starts = places[first]
        lengths = np.diff(np.append(first, len(places)))
        if self._odd and len(starts) and starts[0] == 0:
            lengths[0] += 1
        ends = places[np.append(first[1:], len(places)) - 1] + 1 if len(places) else starts
        escaped = ends[lengths % 2 == 1]
        if self._odd and len(signs) and signs[0] != _BACKSLASH:
            escaped = np.append(escaped, 0)
        if len(signs):
            self._odd = int(len(signs) in escaped)
        within: Column = escaped[escaped < len(signs)]
        return within
