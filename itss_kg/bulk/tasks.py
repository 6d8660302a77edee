"""What a process of a run does when told to: the functions that the pool calls by name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from itss_kg.bulk.batch import candidates_of, code, columns_of
from itss_kg.bulk.grouping import Grouping
from itss_kg.bulk.judging import judge_all
from itss_kg.bulk.lines import Statements
from itss_kg.bulk.output import text_of
from itss_kg.bulk.parts import Part, Worker
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.sources import Piece
from itss_kg.reading import Reading
from itss_kg.standard import load

__all__ = ["begin", "deal", "first", "gather", "judge_all_scattered", "judge_group", "reach", "render", "second"]

_workers: list[Worker] = []  # the one of this process


def begin(ontology: tuple[Path, ...], language: str, folder: Path) -> None:
    """Make the worker of this process; called once in each."""
    _workers[:] = [Worker(Plan(Reading(load(*ontology))), language, folder)]


def first(number: int, piece: Piece, judge: bool) -> Part:  # the pool passes arguments by place
    """`Worker.first`."""
    return _workers[0].first(number, piece, judge=judge)


def second(number: int) -> int:
    """`Worker.second`, with what all pieces together showed."""
    folder = _workers[0].folder
    return _workers[0].second(number, np.load(folder / "split.npy"), np.load(folder / "wanted.npy"))


def deal(number: int, parts: int) -> None:
    """Deal out what lies scattered of a piece."""
    _grouping(parts, number).deal(_workers[0].scattered(number))


def reach(parts: int) -> None:
    """`Grouping.reach`."""
    _grouping(parts).reach()


def gather(part: int, parts: int) -> None:
    """`Grouping.gather`."""
    _grouping(parts, part).gather(part)


def _grouping(parts: int, writer: int = 0) -> Grouping:
    return Grouping(_workers[0].plan, _workers[0].folder / "grouping", parts, writer)


def judge_all_scattered(number: int, numbers: Sequence[int]) -> int:
    """Judge what lies scattered over the pieces, where it fits into memory at once; it becomes the part of that number."""
    return _judge_frame(number, pl.concat([_workers[0].scattered(one) for one in numbers]))


def judge_group(number: int, part: int, parts: int) -> int:
    """Judge the candidates of a part of what was brought together."""
    return _judge_frame(number, _grouping(parts).read(part))


def _judge_frame(number: int, frame: pl.DataFrame) -> int:
    worker = _workers[0]
    batch = code(Statements.of(frame), worker.plan)
    (worker.folder / f"group-{number:06}").touch()
    batch.save(worker.folder / f"rows-{number:06}")
    columns = columns_of(batch, worker.plan)
    candidates = candidates_of(columns, pl.read_ipc(worker.folder / "affected.arrow")["candidate"])
    verdicts = worker.rows.frame(columns, judge_all(columns, candidates))
    verdicts.write_ipc(worker.folder / f"verdicts-{number:06}", compression="lz4")
    return number


Rendered = tuple[Counter[str], Counter[str], int, list[tuple[str, str]]]


def render(number: int, form: str) -> Rendered:
    """Write a part's verdicts in a form; how many hold each level and lack each criterion, the candidates, the findings."""
    worker = _workers[0]
    verdicts = pl.read_ipc(worker.folder / f"verdicts-{number:06}")
    affected = worker.folder / f"affected-{number:06}"
    if affected.exists():
        names = pl.read_ipc(affected)["candidate"].str.strip_chars("<>")
        verdicts = verdicts.filter(~pl.col("candidate").is_in(names.implode()))
    path = worker.folder / f"text-{number:06}"
    if form != "packed":
        text_of(verdicts, form, worker.plan.reading.standard, path)
    elif (row := worker.packed(number)) is not None:
        row.write_parquet(path)
    held = verdicts.filter(pl.col("level").is_not_null())
    levels = _counted(held.select(pl.format("{}-L{}", "field", "level")).to_series())
    lacking = verdicts.select(pl.col("unmet").list.explode()).to_series().struct.field("criterion").drop_nulls()
    return levels, _counted(lacking), verdicts["candidate"].n_unique(), list(_findings(worker.folder, number))


def _counted(values: pl.Series) -> Counter[str]:
    counts = values.value_counts()
    return Counter(dict(zip(counts.to_series(0).to_list(), counts.to_series(1).to_list(), strict=True)))


def _findings(folder: Path, number: int) -> Iterator[tuple[str, str]]:
    path = folder / f"findings-{number:06}"
    rows: list[Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    yield from ((row["subject"], row["message"]) for row in rows)
