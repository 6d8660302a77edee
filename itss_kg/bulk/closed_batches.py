"""Candidates with all that they reach, so many at a time, from statements in memory."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from itss_kg.bulk.batch_rows import SCHEMA, nt
from itss_kg.namespaces import ITSS, RDF

__all__ = ["closed_batches"]


def closed_batches(frame: pl.DataFrame, own: tuple[str, ...], size: int) -> Iterator[pl.DataFrame]:
    """Batches of whole records.

    Each holds `size` candidates (known by their type, or by a property of `own`) and whatever any link leads to from them; what
    several batches reach stands in each. Nodes that no candidate reaches follow in batches of the same kind.
    """
    typed = (pl.col("predicate") == nt(RDF.type)) & (pl.col("object") == nt(ITSS.Candidate))
    names = pl.Categorical(pl.Categories.random())  # numbers are joined faster than names
    ends = [pl.col(column).cast(names).to_physical().alias(f"{column}_place") for column in ("subject", "object")]
    numbered = frame.with_columns(ends)
    people = numbered.filter(typed | pl.col("predicate").is_in([nt(name) for name in own]))["subject_place"]
    subjects = numbered["subject_place"].unique(maintain_order=True)
    links = numbered.select(pl.col("subject_place").alias("node"), pl.col("object_place").alias("end")).unique()
    links = links.filter(pl.col("end").is_in(subjects.implode()))
    reached = subjects.clear()
    for roots in (people.unique(maintain_order=True), None):
        start = subjects.filter(~subjects.is_in(reached.implode())) if roots is None else roots
        members = _reached(start, size, links)
        reached = members["node"].unique()
        rows = numbered.join(members, left_on="subject_place", right_on="node").select("batch", *SCHEMA)
        yield from rows.partition_by("batch", include_key=False)


def _reached(roots: pl.Series, size: int, links: pl.DataFrame) -> pl.DataFrame:
    """Which node belongs to which batch."""
    numbered = roots.alias("node").to_frame().with_row_index("batch")
    found = fresh = numbered.select("node", pl.col("batch") // size)
    while not fresh.is_empty():
        ends = fresh.join(links, on="node").select(pl.col("end").alias("node"), "batch").unique()
        fresh = ends.join(found, on=("node", "batch"), how="anti")
        found = pl.concat([found, fresh])
    return found
