"""Records whose statements lie scattered over any number of frames, brought together within bounded memory.

Statements are dealt out to files by their subject; then the links alone are followed from each candidate, and at last the
statements go to files by the candidate. What is linked to by several candidates goes to each of them. One file's candidates at
a time are in memory. Names are compared by hash: where two different ones had the same, a candidate's file would hold
statements that nothing in the record leads to, which changes no verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from itss_kg.bulk.lines import COLUMNS
from itss_kg.bulk.plan import Plan
from itss_kg.namespaces import ITSS, RDF

__all__ = ["Dealt", "Grouping"]

_SUBJECT, _PREDICATE, _OBJECT = COLUMNS
_NODE, _END, _ROOT = "node", "end", "root"
_PAIR = {_NODE: pl.UInt64, _ROOT: pl.UInt64}
Schema = Mapping[str, Any]


class Grouping:
    """Statements brought together by candidate: deal them out, reach along the links, gather each part, read it.

    Several processes may deal and gather at once; `reach` comes between, once. The folder's files take about twice the room of
    the statements.

    Args:
        plan: says which properties lead on, and how far.
        folder: for the files.
        parts: how many frames to make; the memory needed is a few times the size of one.
        writer: a number of its own for each that writes.
    """

    def __init__(self, plan: Plan, folder: Path, parts: int, writer: int = 0) -> None:
        self._plan = plan
        self._parts = parts
        self._dealt = Dealt(folder / "by-subject", parts, writer)
        self._nodes = [Dealt(folder / f"reached-{step}", parts, writer) for step in range(plan.depth + 1)]
        self._grouped = Dealt(folder / "by-candidate", parts, writer)

    def deal(self, frame: pl.DataFrame) -> None:
        """Take statements in: columns of terms, in any order, also more than once."""
        node, end = pl.col(_SUBJECT).hash().alias(_NODE), pl.col(_OBJECT).hash().alias(_END)
        self._dealt.add(frame.select(*COLUMNS, node, end, _candidate(self._plan).alias(_ROOT)), _NODE)

    def reach(self) -> None:
        """Follow the links from each candidate among all that was dealt out."""
        links = [f"<{path}>" for path in self._plan.links]
        for part in range(self._parts):
            roots = self._dealt.read(part, {_NODE: pl.UInt64, _ROOT: pl.Boolean}).filter(_ROOT).select(_NODE).unique()
            self._nodes[0].add(roots.with_columns(pl.col(_NODE).alias(_ROOT)), _NODE)
        for step in range(self._plan.depth):
            for part in range(self._parts):
                edges = self._dealt.read(part, {_NODE: pl.UInt64, _END: pl.UInt64, _PREDICATE: pl.String})
                edges = edges.filter(pl.col(_PREDICATE).is_in(links)).select(_NODE, _END)
                nodes = self._nodes[step].read(part, _PAIR).unique()
                further = edges.join(nodes, on=_NODE).select(pl.col(_END).alias(_NODE), _ROOT)
                self._nodes[step + 1].add(further, _NODE)

    def gather(self, part: int) -> None:
        """Send the statements of a part to the candidates that reach them."""
        nodes = pl.concat([step.read(part, _PAIR) for step in self._nodes]).unique()
        for rows in self._dealt.files(part, {**dict.fromkeys(COLUMNS, pl.String), _NODE: pl.UInt64}):
            self._grouped.add(rows.join(nodes, on=_NODE).select(*COLUMNS, _ROOT), _ROOT)

    def read(self, part: int) -> pl.DataFrame:
        """Some candidates with all that a verdict on them can rest on."""
        return self._grouped.read(part, COLUMNS)


def _candidate(plan: Plan) -> pl.Expr:
    """Whether a statement makes its subject a candidate."""
    typed = (pl.col(_PREDICATE) == f"<{RDF.type}>") & (pl.col(_OBJECT) == f"<{ITSS.Candidate}>")
    return typed | pl.col(_PREDICATE).is_in([f"<{path}>" for path in plan.own])


class Dealt:
    """Rows in files, by the hash of one column."""

    def __init__(self, folder: Path, parts: int, writer: int = 0) -> None:
        self._folder = folder
        self._parts = parts
        self._writer = writer
        self.written = 0
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, frame: pl.DataFrame, column: str) -> None:
        """Deal rows out by the hash of a column."""
        if frame.is_empty():
            return
        self.written += 1
        where = (frame[column].hash() % self._parts).alias("part")
        for (part,), rows in frame.with_columns(where).partition_by("part", as_dict=True, include_key=False).items():
            rows.write_ipc(self._folder / f"{part:04}-{self._writer:06}-{self.written:06}.arrow", compression="lz4")

    def files(self, part: int, columns: Iterable[str] | Schema) -> Iterator[pl.DataFrame]:
        """The rows of a part, file by file; columns without a type hold text."""
        for path in sorted(self._folder.glob(f"{part:04}-*.arrow")):
            yield pl.read_ipc(path, columns=list(columns))

    def read(self, part: int, columns: Iterable[str] | Schema) -> pl.DataFrame:
        """All rows of a part; columns without a type hold text."""
        schema = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, pl.String)
        return pl.concat([pl.DataFrame(schema=schema), *self.files(part, schema)])
