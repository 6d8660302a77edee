"""Records that lie scattered over pieces, brought together: what the pieces pass on, and how it comes to groups of candidates.

The files are in the folder of a run: `going` are the statements that a piece passes on, where not all of them (`rows`) go;
`affected` the candidates that it does not judge; `links` hashes of nodes that lead to one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.batch import Batch, grouped, hashes
from itss_kg.bulk.ordered import ranges

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["all_going", "deal", "dealt", "pass_on", "subjects_of"]


def subjects_of(batch: Batch) -> Column:
    """Which nodes something is said about."""
    found = np.zeros(len(batch.terms), bool)
    found[batch.start] = True
    return found


def pass_on(folder: Path, number: int, candidates: pl.Series, links: tuple[Column, Column]) -> None:
    """Keep the candidates that a piece passes on, and the hashes of nodes that its links lead from and to."""
    candidates.rename("candidate").to_frame().write_ipc(folder / f"affected-{number:06}")
    np.save(folder / f"links-{number:06}.npy", np.stack(links)[:, np.argsort(links[0])])


def all_going(folder: Path, numbers: Sequence[int]) -> Batch:
    """All statements that some pieces pass on."""
    return Batch.joined([_going(folder, number) for number in numbers])


def deal(folder: Path, number: int, groups: Column, many: int) -> None:
    """Put the statements that a piece passes on in the order of the groups of candidates whose records they belong to.

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
    parts = pl.concat([batch.kept(rows[start:end]).row() for start, end in pairwise(bounds)])
    parts.write_ipc(_dealt(folder, number), record_batch_size=1)  # so that one row can be read alone


def dealt(folder: Path, group: int, numbers: Sequence[int]) -> Batch:
    """The statements that were dealt to a group from some pieces."""
    rows = (pl.scan_ipc(_dealt(folder, number)).slice(group, 1).collect() for number in numbers)
    return Batch.joined([Batch.of_row(row) for row in rows])


def _dealt(folder: Path, number: int) -> Path:
    return folder / f"dealt-{number:06}"


def _going(folder: Path, number: int) -> Batch:
    some = folder / f"going-{number:06}"
    return Batch.load(some if some.exists() else folder / f"rows-{number:06}")


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
