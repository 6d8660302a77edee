"""Nodes that several batches speak of: what each says is kept on disk, and the shapes that look back are asked once more.

Only statements that such a shape can see are kept: those that lead to a node, and those that place it among the targets. As
results name a literal by its text alone, nodes of one text are taken for one here: what is found again replaces it of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from itss_kg.bulk.batch_rows import SCHEMA, BatchRows, iri, ntriples
from itss_kg.bulk.looks import Looks
from itss_kg.engines import Check
from itss_kg.namespaces import RDF, RDFS
from itss_kg.results import Result

__all__ = ["Again", "Spill", "looked_at_again"]

_ROWS_AT_ONCE = 1 << 22
_COLUMNS = ("node", "batch", "arrives", "target", *SCHEMA)


@dataclass(frozen=True)
class Spill:
    """What is kept of batches, a file each; with `names` also the labels by which readers know the nodes."""

    folder: Path
    looks: Looks
    names: bool = False

    def add(self, batch: int, rows: BatchRows) -> None:
        """Keep what the batch says about nodes that a shape could look back from."""
        arriving = rows.of_any(self.looks.incoming)
        aiming = rows.of_any(name for name in self.looks.outgoing if name != RDF.type)
        labels = rows.of(RDFS.label) if self.names else rows.frame.clear()
        leaving = pl.concat([rows.of(RDF.type), aiming.unique(("subject", "predicate")), labels])
        targets = rows.targets(self.looks.targets).implode()
        marked = []
        for frame, end, arrives in ((arriving, "object", True), (leaving, "subject", False)):
            known = (pl.lit(batch, pl.UInt32).alias("batch"), pl.lit(arrives).alias("arrives"))
            node = _text(pl.col(end)).hash().alias("node")
            one = frame.with_columns(node, *known, pl.col(end).is_in(targets).alias("target"))
            marked.append(one.select(_COLUMNS))
        pl.concat(marked).write_ipc(self.folder / f"{batch:08}.arrow", compression="lz4")


def _text(term: pl.Expr) -> pl.Expr:
    """What results name a term of N-Triples by, but for escapes, which a text has that is nothing else's."""
    return pl.coalesce(term.str.extract(r'(?s)^"(.*)"', 1), term.str.strip_chars("<>"))


@dataclass(frozen=True)
class Again:
    """The nodes whose results of the held shapes were uncertain, the results now certain, and what was asked about."""

    nodes: list[str]
    results: list[Result]
    rows: pl.DataFrame


def looked_at_again(folder: Path, check: Check, classes: pl.DataFrame) -> Iterator[Again]:
    """Ask the shapes that look back about the nodes that several batches speak of, a bounded number at a time.

    Args:
        folder: where `Spill` wrote.
        check: an engine with the shapes `looks.backward`.
        classes: all statements about subclasses, which belong to every node.
    """
    files = sorted(folder.glob("*.arrow"))
    if not files:
        return
    kept = pl.scan_ipc(files)
    parts = 1 + int(kept.select(pl.len()).collect().item()) // _ROWS_AT_ONCE
    for part in range(parts):
        here = kept.filter(pl.col("node") % parts == part)
        yield from _part(here, check, classes)


def _part(here: pl.LazyFrame, check: Check, classes: pl.DataFrame) -> Iterator[Again]:
    several = here.group_by("node").agg(pl.col("batch").n_unique(), pl.col("arrives").any(), pl.col("target").any())
    wanted = several.filter((pl.col("batch") > 1) & pl.col("arrives") & pl.col("target")).select("node")
    found = here.join(wanted.lazy(), on="node", how="semi").collect()
    if found.is_empty():
        return
    ends = pl.when("arrives").then("object").otherwise("subject").alias("end")
    nodes = set(found.select(ends).to_series().unique().to_list())
    rows = pl.concat([found.select(*SCHEMA), classes]).unique(maintain_order=True)
    # only of these nodes is everything here; the others are where they lead to or from
    results = [item for item in check(ntriples(rows)) if item.focus in {iri(node) for node in nodes}]
    yield Again(sorted(iri(node) for node in nodes), results, rows)


def subclasses(rows: BatchRows) -> pl.DataFrame:
    """What the batch says about subclasses."""
    return rows.of(RDFS.subClassOf)


def together(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The statements of all, each once."""
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames]).unique()
