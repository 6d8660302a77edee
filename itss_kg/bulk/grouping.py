"""Records whose statements lie scattered over any number of frames, brought together within bounded memory.

Statements are dealt out to files by their subject; then, link by link, those about whatever a candidate's record leads to are
copied to files by the candidate. What is linked to by several candidates goes to each of them. One file's candidates at a time
are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from itss_kg.bulk.lines import COLUMNS
from itss_kg.bulk.plan import Plan
from itss_kg.namespaces import ITSS, RDF

__all__ = ["Dealt", "closed"]

_SUBJECT, _PREDICATE, _OBJECT = COLUMNS
_ROOT = "root"


def closed(
    frames: Iterable[pl.DataFrame], plan: Plan, folder: Path, parts: int, *, rest: bool = False
) -> Iterator[pl.DataFrame]:
    """The same statements in frames that each hold some candidates with all that a verdict on them can rest on.

    Args:
        frames: statements as terms (columns subject, predicate, object), in any order, also more than once.
        plan: says which properties lead on, and how far.
        folder: an empty folder for files, which take about twice the room of the statements.
        parts: how many frames to make; the memory needed is a few times the size of one.
        rest: also give, in frames of their own, the statements about what no candidate's record leads to.
    """
    dealt = Dealt(folder / "by-subject", parts)
    for frame in frames:
        dealt.add(frame.select(pl.col(column).cast(pl.String) for column in COLUMNS), _SUBJECT)
    reached = [Dealt(folder / f"reached-{step}", parts) for step in range(plan.depth + 2)]
    grouped = Dealt(folder / "by-candidate", parts)
    for part in range(parts):
        reached[0].add(_roots(dealt.read(part, COLUMNS), plan), _SUBJECT)
    for step in range(plan.depth + 1):
        for part in range(parts):
            nodes = reached[step].read(part, (_SUBJECT, _ROOT)).unique()
            if nodes.is_empty():
                continue
            rows = dealt.read(part, COLUMNS).join(nodes, on=_SUBJECT)
            grouped.add(rows, _ROOT)
            links = rows.filter(pl.col(_PREDICATE).is_in([f"<{path}>" for path in plan.links]))
            reached[step + 1].add(links.select(pl.col(_OBJECT).alias(_SUBJECT), _ROOT), _SUBJECT)
    for part in range(parts):
        found = grouped.read(part, COLUMNS).unique()
        if not found.is_empty():
            yield found
    for part in range(parts) if rest else ():
        nodes = pl.concat([step.read(part, (_SUBJECT, _ROOT)) for step in reached])
        left = dealt.read(part, COLUMNS).join(nodes, on=_SUBJECT, how="anti").unique()
        if not left.is_empty():
            yield left


def _roots(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The candidates among the subjects, each its own root."""
    typed = (pl.col(_PREDICATE) == f"<{RDF.type}>") & (pl.col(_OBJECT) == f"<{ITSS.Candidate}>")
    own = pl.col(_PREDICATE).is_in([f"<{path}>" for path in plan.own])
    found = frame.filter(typed | own).select(_SUBJECT).unique()
    return found.with_columns(pl.col(_SUBJECT).alias(_ROOT))


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

    def read(self, part: int, columns: Iterable[str]) -> pl.DataFrame:
        """All rows of a part."""
        files = sorted(self._folder.glob(f"{part:04}-*.arrow"))
        empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return pl.concat([empty, *(pl.read_ipc(path).select(empty.columns) for path in files)])
