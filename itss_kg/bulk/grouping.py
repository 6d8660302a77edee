"""Records whose statements lie scattered over any number of frames, brought together within bounded memory.

Statements are dealt out to files by their subject; then the links alone are followed from each candidate, and at last the
statements go to files by the candidate. What is linked to by several candidates goes to each of them. One file's candidates at a
time are in memory. Names are compared by hash: where two different ones had the same, a candidate's file would hold statements
that nothing in the record leads to, which changes no verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from itss_kg.bulk.lines import COLUMNS
from itss_kg.bulk.plan import Plan
from itss_kg.namespaces import ITSS, RDF

__all__ = ["Dealt", "closed"]

_SUBJECT, _PREDICATE, _OBJECT = COLUMNS
_NODE, _END, _ROOT = "node", "end", "root"
_PAIR = {_NODE: pl.UInt64, _ROOT: pl.UInt64}
Schema = Mapping[str, Any]


def closed(frames: Iterable[pl.DataFrame], plan: Plan, folder: Path, parts: int) -> Iterator[pl.DataFrame]:
    """The same statements in frames that each hold some candidates with all that a verdict on them can rest on.

    Args:
        frames: statements as terms (columns subject, predicate, object), in any order, also more than once.
        plan: says which properties lead on, and how far.
        folder: an empty folder for files, which take about twice the room of the statements.
        parts: how many frames to make; the memory needed is a few times the size of one.
    """
    dealt = Dealt(folder / "by-subject", parts)
    links = [f"<{path}>" for path in plan.links]
    for frame in frames:
        hashed = frame.select(
            *COLUMNS, pl.col(_SUBJECT).hash().alias(_NODE), pl.col(_OBJECT).hash().alias(_END), _candidate(plan).alias(_ROOT)
        )
        dealt.add(hashed, _NODE)
    reached = [Dealt(folder / f"reached-{step}", parts) for step in range(plan.depth + 1)]
    for part in range(parts):
        roots = dealt.read(part, {_NODE: pl.UInt64, _ROOT: pl.Boolean}).filter(_ROOT).select(_NODE).unique()
        reached[0].add(roots.with_columns(pl.col(_NODE).alias(_ROOT)), _NODE)
    for step in range(plan.depth):
        for part in range(parts):
            edges = dealt.read(part, {_NODE: pl.UInt64, _END: pl.UInt64, _PREDICATE: pl.String})
            edges = edges.filter(pl.col(_PREDICATE).is_in(links)).select(_NODE, _END)
            further = edges.join(reached[step].read(part, _PAIR).unique(), on=_NODE).select(pl.col(_END).alias(_NODE), _ROOT)
            reached[step + 1].add(further, _NODE)
    grouped = Dealt(folder / "by-candidate", parts)
    for part in range(parts):
        nodes = pl.concat([step.read(part, _PAIR) for step in reached]).unique()
        for rows in dealt.files(part, {**dict.fromkeys(COLUMNS, pl.String), _NODE: pl.UInt64}):
            grouped.add(rows.join(nodes, on=_NODE).select(*COLUMNS, _ROOT), _ROOT)
    for part in range(parts):
        found = grouped.read(part, dict.fromkeys(COLUMNS, pl.String))
        if not found.is_empty():
            yield found


def _candidate(plan: Plan) -> pl.Expr:
    """Whether a statement makes its subject a candidate."""
    typed = (pl.col(_PREDICATE) == f"<{RDF.type}>") & (pl.col(_OBJECT) == f"<{ITSS.Candidate}>")
    return typed | pl.col(_PREDICATE).is_in([f"<{path}>" for path in plan.own])


class Dealt:
    """Rows in files, by the hash of one column."""

    def __init__(self, folder: Path, parts: int) -> None:
        self._folder = folder
        self._parts = parts
        self.written = 0
        folder.mkdir(parents=True)

    def add(self, frame: pl.DataFrame, column: str) -> None:
        """Deal rows out by the hash of a column."""
        if frame.is_empty():
            return
        self.written += 1
        where = frame[column].hash() % self._parts
        for (part,), rows in (
            frame.with_columns(where.alias("part")).partition_by("part", as_dict=True, include_key=False).items()
        ):
            rows.write_ipc(self._folder / f"{part:04}-{self.written:06}.arrow", compression="lz4")

    def files(self, part: int, columns: Iterable[str] | Schema) -> Iterator[pl.DataFrame]:
        """The rows of a part, file by file; columns without a type hold text."""
        for path in sorted(self._folder.glob(f"{part:04}-*.arrow")):
            yield pl.read_ipc(path, columns=list(columns))

    def read(self, part: int, columns: Iterable[str] | Schema) -> pl.DataFrame:
        """All rows of a part; columns without a type hold text."""
        schema = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, pl.String)
        return pl.concat([pl.DataFrame(schema=schema), *self.files(part, schema)])
