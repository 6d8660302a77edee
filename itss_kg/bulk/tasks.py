"""What a process of a run does when told to: the functions that the pool calls by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from itss_kg.bulk import findings, together
from itss_kg.bulk.batch import columns_of, hashes
from itss_kg.bulk.ordered import in_group, opened, reached
from itss_kg.bulk.output import text_of
from itss_kg.bulk.parts import Part, Worker
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.sources import Piece
from itss_kg.bulk.together import Brought, all_going, dealt

__all__ = ["begin", "deal", "first", "judge_all_scattered", "judge_group", "reach", "remove", "render", "second"]

_workers: list[Worker] = []  # the one of this process


def begin(plan: Plan, language: str, folder: Path, evidence: bool) -> None:  # the pool passes arguments by place
    """Make the worker of this process; called once in each."""
    _workers[:] = [Worker(plan, language, folder, evidence=evidence)]


def first(number: int, piece: Piece, judge: bool) -> Part:
    """`Worker.first`."""
    return _workers[0].first(number, piece, judge=judge)


def second(number: int) -> int:
    """`Worker.second`, with what all pieces together showed."""
    folder = _workers[0].folder
    return _workers[0].second(number, opened(folder / "split"), opened(folder / "wanted"))


def reach(group: int, groups: int) -> Path:
    """Which nodes a group of the candidates leads to; the file has their hashes and the group."""
    folder = _workers[0].folder
    roots = opened(folder / "roots")
    links = np.load(folder / "links.npy", mmap_mode="r")
    nodes = reached(roots[in_group(roots, group, groups)], links, _workers[0].plan.depth)
    path = folder / "grouping" / f"nodes-{group:06}.npy"
    np.save(path, np.stack([nodes, np.full(len(nodes), group, np.uint64)]))
    return path


def deal(number: int, groups: int) -> None:
    """`together.deal`, with what `reach` found."""
    folder = _workers[0].folder
    together.deal(folder, number, np.load(folder / "groups.npy", mmap_mode="r"), groups)


def judge_all_scattered(number: int, numbers: Sequence[int], keep: bool) -> int:
    """Judge what lies scattered over the pieces, where it fits into memory at once; it becomes the part of that number."""
    return _judge(number, all_going(_workers[0].folder, numbers), 0, 1, keep)


def judge_group(number: int, group: int, groups: int, keep: bool) -> int:
    """Judge the candidates of a group; it becomes the part of that number. Its statements are kept to be packed."""
    return _judge(number, dealt(_workers[0].folder, group), group, groups, keep)


def _judge(number: int, brought: Brought, group: int, groups: int, keep: bool) -> int:
    worker = _workers[0]
    batch = brought.batch
    # a record may lead to a candidate of another group, whose own record is not all here
    candidates = brought.candidates[in_group(hashes(batch.terms)[brought.candidates], group, groups)]
    if keep:
        batch.save(worker.folder / f"rows-{number:06}")
        np.save(worker.folder / f"brought-{number:06}.npy", candidates)
    findings.write(worker.folder, number, worker.contradictions(batch, candidates))
    columns = columns_of(batch, worker.plan)
    worker.judge(number, columns, candidates)
    return number


def render(number: int, form: str) -> None:
    """Write a part's verdicts in a form; of a packed part, its records."""
    worker = _workers[0]
    path = worker.folder / f"text-{number:06}"
    if form == "packed":
        if (row := worker.packed(number)) is not None:
            row.write_parquet(path)
    else:
        verdicts = pl.read_ipc(worker.folder / f"verdicts-{number:06}")
        text_of(verdicts, form, worker.plan.reading.standard, path)


def remove(number: int) -> None:
    """Remove what a part left, once there is the output; large files take their time to go."""
    for path in _workers[0].folder.glob(f"*-{number:06}*"):
        path.unlink(missing_ok=True)  # a longer number begins alike
