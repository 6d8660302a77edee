"""Sorted arrays of hashes in files, which together may be larger than memory: worked on a share of all hashes at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Column = np.ndarray[Any, np.dtype[Any]]

__all__ = [
    "among",
    "different",
    "distinct",
    "in_group",
    "merged",
    "opened",
    "ranges",
    "reached",
    "repeated",
    "shares",
    "written",
]

_SHARES = 16
_FEW = 2


def distinct(values: Column) -> Column:
    """The different values, sorted."""
    found = np.sort(values)
    fresh = np.ones(len(found), bool)
    fresh[1:] = found[1:] != found[:-1]
    return found[fresh]


def among(values: Column, ordered: Column) -> Column:
    """Which of the values are in a sorted array, which may be far longer."""
    if len(ordered) == 0:
        return np.zeros(len(values), bool)
    if len(ordered) > len(values):  # a long array is quicker gone through in its order
        sorting = np.argsort(values)
        found = np.empty(len(values), bool)
        found[sorting] = _among(values[sorting], ordered)
        return found
    return _among(values, ordered)


def _among(values: Column, ordered: Column) -> Column:
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[places] == values)


def in_group(values: Column, group: int, groups: int) -> Column:
    """Which of the hashes belong to one of so many groups."""
    return np.asarray(values % np.uint64(groups) == group)


def repeated(files: Sequence[Path]) -> Iterator[Column]:
    """The hashes that stand in several of the files, in each of which they stand once."""
    for part in shares(files):
        part.sort()
        yield distinct(part[1:][part[1:] == part[:-1]])


def different(files: Sequence[Path]) -> Iterator[Column]:
    """The hashes that stand in any of the files."""
    yield from map(distinct, shares(files))


def written(parts: Iterable[Column], path: Path) -> int:
    """Write hashes to a file for `opened`; how many there are."""
    with path.open("wb") as stream:
        return sum(stream.write(part.tobytes()) for part in parts) // 8


def opened(path: Path) -> Column:
    """The hashes in a file, which are read where they are needed."""
    return np.memmap(path, np.uint64, "r") if path.stat().st_size else np.zeros(0, np.uint64)


def ranges(values: Column, ordered: Column) -> tuple[Column, Column]:
    """Each place of a value in a sorted array where it may stand several times: places of values, and places there."""
    first = np.searchsorted(ordered, values, "left")
    many = np.zeros(len(values), np.int64)
    rest = np.arange(len(values))
    for _ in range(_FEW):  # most stand there but once, if at all, which is quicker looked at than searched for
        rest = rest[first[rest] + many[rest] < len(ordered)]
        rest = rest[ordered[first[rest] + many[rest]] == values[rest]]
        many[rest] += 1
    many[rest] = np.searchsorted(ordered, values[rest], "right") - first[rest]
    whose = np.repeat(np.arange(len(values)), many)
    return whose, np.arange(len(whose)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)


def shares(files: Sequence[Path]) -> Iterator[Column]:
    """What sorted arrays of hashes hold, a share of all hashes after the other, each as one array of its own.

    Arrays of two rows are sorted by the first and cut along both.
    """
    arrays = [np.load(path, mmap_mode="r") for path in files]
    bounds = np.arange(1, _SHARES, dtype=np.uint64) * np.uint64((1 << 64) // _SHARES)
    keys = [array if array.ndim == 1 else array[0] for array in arrays]
    cuts = [np.concatenate([[0], np.searchsorted(key, bounds), [len(key)]]) for key in keys]
    for share in range(_SHARES):
        parts = [array[..., cut[share] : cut[share + 1]] for array, cut in zip(arrays, cuts, strict=True)]
        if parts:
            yield np.concatenate(parts, axis=-1)


def merged(files: Sequence[Path], whole: Path) -> None:
    """Make one sorted array of two rows out of several."""
    size = sum(np.load(path, mmap_mode="r").shape[1] for path in files)
    found = np.lib.format.open_memmap(whole, "w+", np.uint64, (2, size))
    at = 0
    for part in shares(files):
        end = at + part.shape[1]
        found[:, at:end] = part[:, np.argsort(part[0])]
        at = end
    found.flush()


def reached(starts: Column, links: Column, depth: int) -> Column:
    """The hashes from which one starts, and those that links lead to in so many steps; `links` has starts and ends."""
    found = [starts]
    for _ in range(depth):
        found.append(distinct(links[1][ranges(found[-1], links[0])[1]]))
    return distinct(np.concatenate(found))
