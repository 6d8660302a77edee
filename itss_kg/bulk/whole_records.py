"""Whole records of candidates in batches, from statements in any order and of any number, within bounded memory.

What shapes need is more than what verdicts rest on (`ordered.reached`): nodes that nobody's record leads to are checked as
well, with what they lead to, and chains of links go on for as long as they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from itss_kg.bulk.batch_rows import SCHEMA, nt
from itss_kg.bulk.closed_batches import closed_batches
from itss_kg.bulk.grouping import Dealt
from itss_kg.namespaces import ITSS, RDF, RDFS

__all__ = ["whole_records"]

_PAIR = ("subject", "root")


def whole_records(
    frames: Iterable[pl.DataFrame], own: Sequence[str], links: Sequence[str], size: int, folder: Path, parts: int
) -> Iterator[pl.DataFrame]:
    """The statements in batches of whole records, as `validation.validated` takes them.

    Args:
        frames: statements as terms of N-Triples in the columns subject, predicate and object, in any order.
        own: the properties that only candidates have.
        links: the properties whose values a batch needs with all that is said of them.
        size: how many candidates a batch has.
        folder: an empty folder for files; unused with one part.
        parts: how many portions to bring together; the memory needed is a few times the size of one.
    """
    if parts == 1:
        whole = pl.concat([pl.DataFrame(schema=SCHEMA), *(frame.select(pl.col(*SCHEMA).cast(pl.String)) for frame in frames)])
        yield from closed_batches(whole, tuple(own), size)
        return
    dealt, placed, grouped = (Dealt(folder / name, parts) for name in ("by-subject", "placed", "by-root"))
    classes = []
    for frame in frames:
        rows = frame.select(pl.col(*SCHEMA).cast(pl.String))
        classes.append(rows.filter(pl.col("predicate") == nt(RDFS.subClassOf)))
        dealt.add(rows, "subject")
    followed = [nt(name) for name in links]
    for kind in ("candidates", "others"):
        fresh = Dealt(folder / f"{kind}-0", parts)
        for part in range(parts):
            rows = dealt.read(part, SCHEMA)
            roots = (
                _candidates(rows, own)
                if kind == "candidates"
                else rows.join(placed.read(part, _PAIR), on="subject", how="anti")
            )
            fresh.add(roots.select("subject", pl.col("subject").alias("root")).unique(), "subject")
        step = 0
        while fresh.written:
            step += 1
            following = Dealt(folder / f"{kind}-{step}", parts)
            for part in range(parts):
                new = fresh.read(part, _PAIR).unique().join(placed.read(part, _PAIR), on=_PAIR, how="anti")
                rows = dealt.read(part, SCHEMA).join(new, on="subject")
                placed.add(new.join(rows, on="subject", how="semi"), "subject")
                grouped.add(rows, "root")
                ends = rows.filter(pl.col("predicate").is_in(followed) & ~pl.col("object").str.starts_with('"'))
                following.add(ends.select(pl.col("object").alias("subject"), "root").unique(), "subject")
            fresh = following
    for part in range(parts):
        rows = pl.concat([grouped.read(part, SCHEMA), *classes]).unique()
        yield from closed_batches(rows, tuple(own), size)


def _candidates(rows: pl.DataFrame, own: Sequence[str]) -> pl.DataFrame:
    typed = (pl.col("predicate") == nt(RDF.type)) & (pl.col("object") == nt(ITSS.Candidate))
    return rows.filter(typed | pl.col("predicate").is_in([nt(name) for name in own]))
