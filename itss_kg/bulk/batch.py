"""A batch of triples with numbered nodes: from a frame of terms, on disk and back, and the candidates in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.columns import Columns
from itss_kg.bulk.lines import COLUMNS, Statements, grouped
from itss_kg.namespaces import ITSS, RDF

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from itss_kg.bulk.plan import Plan

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = [
    "Batch",
    "by_name",
    "candidates_of",
    "code",
    "columns_of",
    "hashes",
    "relevant",
    "statements_of",
    "unordered_candidates",
]


@dataclass(frozen=True)
class Batch:
    """Triples as numbers: `start` and `end` are places in `terms`, `property` a place in `relevant`."""

    terms: pl.Series
    start: Column
    property: Column
    end: Column

    def frame(self, plan: Plan, rows: Column | None = None) -> pl.DataFrame:
        """The triples, or those at some places, as terms again."""
        chosen = slice(None) if rows is None else rows
        properties = pl.Series(relevant(plan), dtype=pl.String)
        columns = (
            self.terms.gather(self.start[chosen]),
            properties.gather(self.property[chosen]),
            self.terms.gather(self.end[chosen]),
        )
        return pl.DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    def save(self, path: Path) -> None:
        """Write the batch to a file: one row, a list for each part."""
        self.row().write_ipc(path)

    def row(self) -> pl.DataFrame:
        """The batch as one row, a list for each part."""
        parts = {"start": self.start, "property": self.property, "end": self.end}
        lists = {name: pl.Series(column.astype(np.uint32)).implode() for name, column in parts.items()}
        return pl.DataFrame({"terms": self.terms.implode(), **lists})

    @classmethod
    def load(cls, path: Path) -> Batch:
        """What `save` wrote."""
        return cls.of_row(pl.read_ipc(path))

    @classmethod
    def of_row(cls, row: pl.DataFrame) -> Batch:
        """The batch in a row such as `row` gives."""
        numbers = (row[name][0].to_numpy().astype(np.int64) for name in ("start", "property", "end"))
        return cls(row["terms"][0], *numbers)

    @classmethod
    def joined(cls, batches: Sequence[Batch]) -> Batch:
        """Several batches as one, a node that several have once."""
        names = pl.concat([batch.terms for batch in batches]).alias("name")
        numbered = names.to_frame().with_row_index("place")
        first = numbered.select(pl.col("place").first().over("name"))["place"].to_numpy()
        fresh = first == np.arange(len(first))
        places = (np.cumsum(fresh) - 1)[first]
        shifts = np.cumsum([0, *(len(batch.terms) for batch in batches)])
        start, end = (
            np.concatenate([places[getattr(batch, side) + shift] for batch, shift in zip(batches, shifts, strict=False)])
            for side in ("start", "end")
        )
        return cls(names.filter(pl.Series(fresh)), start, np.concatenate([batch.property for batch in batches]), end)

    def edges(self, some: Column) -> tuple[Column, Column]:
        """The subjects and objects of the properties at the places that are marked."""
        here = some[self.property]
        return self.start[here], self.end[here]

    def kept(self, rows: Column | slice) -> Batch:
        """The statements at some places alone, with the terms that they need."""
        return self.renumbered(rows)[0]

    def renumbered(self, rows: Column | slice) -> tuple[Batch, Column]:
        """What `kept` gives, and for each term that it needs its new place."""
        needed = np.zeros(len(self.terms), bool)
        needed[self.start[rows]] = True
        needed[self.end[rows]] = True
        places = np.cumsum(needed, dtype=np.int64) - 1
        terms = self.terms.filter(pl.Series(needed))
        return Batch(terms, places[self.start[rows]], self.property[rows], places[self.end[rows]]), places


def relevant(plan: Plan) -> list[str]:
    """The properties that verdicts rest on, as N-Triples writes them."""
    return [f"<{path}>" for path in dict.fromkeys((*plan.paths, *plan.own, RDF.type))]


def hashes(terms: pl.Series) -> Column:
    """A number for each name, the same in every process; equal numbers are taken for a hint, never for the same name."""
    return terms.hash().to_numpy()


def code(found: Statements, plan: Plan) -> Batch:
    """The statements that a verdict can rest on, and their terms."""
    places = {text: place for place, text in enumerate(found.properties)}
    order, bounds = found.by_property
    rows = [order[bounds[at] : bounds[at + 1]] if (at := places.get(text, -1)) >= 0 else order[:0] for text in relevant(plan)]
    property_ = np.repeat(np.arange(len(rows)), [len(some) for some in rows])
    whole = np.concatenate(rows)
    return Batch(found.terms, found.subject[whole], property_, found.object[whole]).kept(slice(None))


def statements_of(batch: Batch, plan: Plan) -> Statements:
    """The batch as statements again, of those properties alone."""
    return Statements(batch.terms, relevant(plan), batch.start, batch.property, batch.end)


def columns_of(batch: Batch, plan: Plan) -> Columns:
    """The batch's triples by property, for demands to be held against."""
    names = [text[1:-1] for text in relevant(plan)]
    start, end, bounds = batch.start, batch.end, np.searchsorted(batch.property, np.arange(len(names) + 1))
    if (batch.property[1:] < batch.property[:-1]).any():
        order, bounds = grouped(batch.property, len(names))
        start, end = start[order], end[order]
    edges = {name: (start[a:b], end[a:b]) for name, a, b in zip(names, bounds, bounds[1:], strict=False)}
    return Columns(plan, batch.terms, edges)


def candidates_of(columns: Columns, only: pl.Series | None = None) -> Column:
    """The candidates by name: what is typed so, and what has a property that only candidates have.

    Args:
        columns: the batch.
        only: these of them, as N-Triples writes them.
    """
    numbers = unordered_candidates(columns)
    if only is not None:
        numbers = numbers[columns.terms.gather(numbers).is_in(only.implode()).to_numpy()]
    return by_name(columns, numbers)


def unordered_candidates(columns: Columns) -> Column:
    """The candidates by number, which takes less than by name."""
    starts, ends = columns.edges(RDF.type)
    typed = columns.number_of(ITSS.Candidate)
    found = np.zeros(columns.size, bool)
    if typed is not None:
        found[starts[ends == typed]] = True
    for path in columns.plan.own:
        found[columns.edges(path)[0]] = True
    return np.flatnonzero(found)


def by_name(columns: Columns, numbers: Column) -> Column:
    """Nodes in the order of their names."""
    return np.asarray(numbers[columns.terms.gather(numbers).str.strip_chars("<>").arg_sort().to_numpy()])
