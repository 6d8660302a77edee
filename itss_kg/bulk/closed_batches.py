"""Candidates with all that they reach, so many at a time, from statements in memory."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from itss_kg.bulk.batch_rows import nt
from itss_kg.namespaces import ITSS, RDF

__all__ = ["closed_batches"]


def closed_batches(frame: pl.DataFrame, own: tuple[str, ...], size: int) -> Iterator[pl.DataFrame]:
    """Batches of whole records.

    Each holds `size` candidates (known by their type, or by a property of `own`) and whatever any link leads to from them; what
    several batches reach stands in each. Nodes that no candidate reaches follow in batches of the same kind.
    """
    typed = (pl.col("predicate") == nt(RDF.type)) & (pl.col("object") == nt(ITSS.Candidate))
    people = frame.filter(typed | pl.col("predicate").is_in([nt(name) for name in own]))["subject"].unique(maintain_order=True)
    subjects = frame.select(pl.col("subject").unique().alias("object"))
    links = frame.select("subject", "object").unique().join(subjects, on="object")
    reached = pl.Series([], dtype=pl.String)
    for roots in (people, None):
        left = frame["subject"].unique(maintain_order=True).to_frame().filter(~pl.col("subject").is_in(reached.implode()))
        start = left["subject"] if roots is None else roots
        members = _reached(start, size, links)
        reached = members["subject"].unique()
        rows = frame.join(members, on="subject").sort("batch", maintain_order=True)
        yield from rows.partition_by("batch", include_key=False, maintain_order=True)


def _reached(roots: pl.Series, size: int, links: pl.DataFrame) -> pl.DataFrame:
    """Which node (subject) belongs to which batch."""
    numbered = roots.alias("subject").to_frame().with_row_index("batch")
    found = fresh = numbered.select("subject", pl.col("batch") // size)
    while not fresh.is_empty():
        ends = fresh.join(links, on="subject").select(pl.col("object").alias("subject"), "batch").unique()
        fresh = ends.join(found, on=("subject", "batch"), how="anti")
        found = pl.concat([found, fresh])
    return found
