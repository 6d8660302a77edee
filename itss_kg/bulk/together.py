"""Records that lie scattered over pieces, brought together: what the pieces pass on, and how it comes to groups of candidates.

The files are in the folder of a run. `going` are the statements that a piece passes on, where not all of its `rows` go, and
`marked` the places in them of the candidates that go; `roots` are hashes of these, and `links` hashes of nodes that lead to
one another. A group's statements come to files in `grouping`, one of each process, to which it adds those of piece after piece.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.batch import Batch, hashes
from itss_kg.bulk.lines import grouped
from itss_kg.bulk.ordered import distinct, ranges

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["Brought", "all_going", "deal", "dealt", "pass_on", "subjects_of"]

_MARK = (1 << 16) - 1  # in the place of a property: the node is a candidate to be judged
_HEAD = 4  # numbers at the start of what a piece adds to a file: of the piece, and how many statements, nodes, bytes of names


@dataclass(frozen=True)
class Brought:
    """Statements of several pieces, and the candidates that are to be judged with them."""

    batch: Batch
    candidates: Column


def subjects_of(batch: Batch) -> Column:
    """Which nodes something is said about."""
    found = np.zeros(len(batch.terms), bool)
    found[batch.start] = True
    return found


def pass_on(folder: Path, number: int, going: Batch, candidates: Column, leading: Column) -> None:
    """Keep what is to be known of the statements that a piece passes on.

    Args:
        folder: of the run.
        number: of the piece.
        going: the statements.
        candidates: those among the nodes that the piece does not judge.
        leading: which of the properties are links.
    """
    names = hashes(going.terms)
    links = np.stack([names[nodes] for nodes in going.edges(leading)])
    np.save(folder / f"links-{number:06}.npy", links[:, np.argsort(links[0])])
    np.save(folder / f"roots-{number:06}.npy", distinct(names[candidates]))
    np.save(folder / f"marked-{number:06}.npy", candidates)


def all_going(folder: Path, numbers: Sequence[int]) -> Brought:
    """All statements that some pieces pass on."""
    return _brought([_going(folder, number) for number in numbers])


def deal(folder: Path, number: int, groups: Column, many: int) -> None:
    """Add the statements that a piece passes on to those of the groups of candidates whose records they belong to.

    Args:
        folder: of the run.
        number: of the piece.
        groups: hashes of nodes, sorted, and the groups that they belong to.
        many: how many groups there are.
    """
    batch = _going(folder, number)
    rows, where = _rows_of_groups(batch, groups)
    order, bounds = grouped(where, many)
    rows = rows[order]
    start, property_, end = batch.start[rows], batch.property[rows].astype(np.uint16), batch.end[rows]
    nodes = [distinct(np.concatenate([start[a:b], end[a:b]])) for a, b in _slices(bounds)]
    names = batch.terms.gather(np.concatenate(nodes))
    text = names.implode().list.join("\n").cast(pl.Binary).item() + b"\n"
    sizes = np.concatenate([[0], np.cumsum(names.str.len_bytes().to_numpy().astype(np.int64) + 1)])
    name_bounds = np.cumsum([0, *map(len, nodes)])
    places = np.empty(len(batch.terms), np.uint32)
    for group, ((a, b), (first, last)) in enumerate(zip(_slices(bounds), _slices(name_bounds), strict=True)):
        if a == b:
            continue
        places[nodes[group]] = np.arange(last - first, dtype=np.uint32)
        head = np.array([number, b - a, last - first, sizes[last] - sizes[first]], np.int64)
        columns = head, places[start[a:b]], places[end[a:b]], property_[a:b]
        with (folder / "grouping" / f"{group:06}-{os.getpid()}").open("ab") as stream:
            stream.write(b"".join([*(column.tobytes() for column in columns), text[sizes[first] : sizes[last]]]))


def dealt(folder: Path, group: int) -> Brought:
    """The statements that were dealt to a group; their files go, for nothing else needs them."""
    added: list[_Added] = []
    for path in sorted((folder / "grouping").glob(f"{group:06}-*")):
        added.extend(_added(path.read_bytes()))
        path.unlink()
    added.sort(key=lambda item: item.number)
    text = b"".join(item.text for item in added)
    names = pl.Series([text], dtype=pl.Binary).cast(pl.String).str.split("\n")[0]
    firsts = np.cumsum([0, *(item.many for item in added)])
    return _brought(
        [
            Batch(names.slice(first, item.many), item.start, item.property, item.end)
            for first, item in zip(firsts.tolist(), added, strict=False)
        ]
    )


@dataclass(frozen=True)
class _Added:
    """What `deal` added to a file of a piece: statements, and the names of so many nodes, a line each."""

    number: int
    start: Column
    property: Column
    end: Column
    many: int
    text: bytes


def _added(data: bytes) -> Iterator[_Added]:
    at = 0
    while at < len(data):
        number, rows, many, size = np.frombuffer(data, np.int64, _HEAD, at).tolist()
        at += _HEAD * 8
        start, end = (np.frombuffer(data, np.uint32, rows, at + 4 * rows * place) for place in (0, 1))
        property_ = np.frombuffer(data, np.uint16, rows, at + 8 * rows).astype(np.int64)
        at += 10 * rows
        yield _Added(number, start, property_, end, many, data[at : at + size])
        at += size


def _slices(bounds: Column) -> list[tuple[int, int]]:
    return list(pairwise(bounds.tolist()))


def _going(folder: Path, number: int) -> Batch:
    """What a piece passes on, with a statement besides for each candidate that goes."""
    some = folder / f"going-{number:06}"
    batch = Batch.load(some if some.exists() else folder / f"rows-{number:06}")
    marked = np.load(folder / f"marked-{number:06}.npy")
    return Batch(
        batch.terms,
        np.concatenate([batch.start, marked]),
        np.concatenate([batch.property, np.full(len(marked), _MARK)]),
        np.concatenate([batch.end, marked]),
    )


def _brought(batches: Sequence[Batch]) -> Brought:
    nothing = np.zeros(0, np.int64)
    whole = Batch.joined([Batch(pl.Series([], dtype=pl.String), nothing, nothing, nothing), *batches])  # a group may be empty
    said = whole.property != _MARK
    batch = Batch(whole.terms, whole.start[said], whole.property[said], whole.end[said])
    return Brought(batch, distinct(whole.start[~said]))


def _rows_of_groups(batch: Batch, groups: Column) -> tuple[Column, Column]:
    """Places of statements and the group that each goes to; a statement about what several groups reach goes to each."""
    nodes = np.flatnonzero(subjects_of(batch))
    names = hashes(batch.terms)[nodes]
    order = np.argsort(names)
    whose, where = ranges(names[order], groups[0])
    nodes, wanted = nodes[order][whose], groups[1][where].astype(np.int64)
    first = np.full(len(batch.terms), -1)
    first[nodes[::-1]] = np.arange(len(nodes))[::-1]  # of several writes to a place the last one stays
    place = first[batch.start]
    rows = np.flatnonzero(place >= 0)
    again = np.flatnonzero(first[nodes] != np.arange(len(nodes)))
    if not len(again):
        return rows, wanted[place[rows]]
    again = again[np.argsort(nodes[again], kind="stable")]
    shared = np.zeros(len(batch.terms), bool)
    shared[nodes[again]] = True
    more = np.flatnonzero(shared[batch.start])
    whose, where = ranges(batch.start[more], nodes[again])
    return np.concatenate([rows, more[whose]]), np.concatenate([wanted[place[rows]], wanted[again[where]]])
