"""Demands held against all nodes of a batch of records at once, a column of truth values for each demand.

It gives what `evaluate` gives for one node: `meets` its truth, `count` how many different nodes an at-least found.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from itss_kg.bulk.plan import Plan
from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom
from itss_kg.graph import Literal, number
from itss_kg.namespaces import XSD

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["CLOSE", "Columns", "further", "literal_of"]

_WHOLE = rf'^"([0-9]{{1,15}})"\^\^<{XSD.integer}>$'  # what a float holds exactly
CLOSE = 1e-9  # nearer than this to a bound, a number is compared as it is written


class Columns:
    """A batch of triples as numbered nodes, and what each demand of a plan says of them.

    Args:
        plan: the demands.
        terms: the nodes' names as N-Triples writes them, in the order of their numbers.
        edges: for each property the subjects' and objects' numbers; a triple may be there more than once.
    """

    def __init__(self, plan: Plan, terms: pl.Series, edges: dict[str, tuple[Column, Column]]) -> None:
        self.plan = plan
        self.terms = terms
        self.size = len(terms)
        self._edges = edges
        self._met: dict[int, Column | None] = {}
        self._counts: dict[int, Column] = {}
        self._ways: dict[tuple[str, ...], tuple[list[Column], bool]] = {}

    def edges(self, path: str) -> tuple[Column, Column]:
        """The subjects and objects of a property."""
        nothing = np.zeros(0, np.int64)
        return self._edges.get(path, (nothing, nothing))

    def meets(self, demand: Demand) -> Column:
        """For each node whether it meets the demand."""
        found = self._meets(self.plan.place(demand))
        return np.ones(self.size, bool) if found is None else found

    def count(self, demand: AtLeast) -> Column:
        """For each node how many different nodes stand at the end of the steps."""
        place = self.plan.place(demand)
        if place not in self._counts:
            self._counts[place] = np.bincount(self._starts(demand), minlength=self.size)
        return self._counts[place]

    def _starts(self, demand: AtLeast) -> Column:
        """The first of each pair of `ends`."""
        way, different = self._way(demand)
        if not different:
            return self.ends(demand)[0]
        keep = self._kept(demand, way)
        return way[0] if keep is None else way[0].compress(keep)

    def ends(self, demand: AtLeast) -> tuple[Column, Column]:
        """Each node with each different node at the end of the steps, ordered by both."""
        way, different = self._way(demand)
        keep = self._kept(demand, way)
        starts, ends = (way[0], way[-1]) if keep is None else (way[0].compress(keep), way[-1].compress(keep))
        if different:
            return starts, ends
        fresh = _fresh(starts, ends)
        return starts.compress(fresh), ends.compress(fresh)

    def way(self, demand: AtLeast) -> list[Column]:
        """All ways along the steps, whatever holds on them: a column for each place, ordered by first and last."""
        return self._way(demand)[0]

    def _way(self, demand: AtLeast) -> tuple[list[Column], bool]:
        """The ways, and whether no two of them have the same ends."""
        paths = tuple(step.path for step in demand.steps)
        if paths not in self._ways:
            way = list(self.edges(paths[0]))
            for path in paths[1:]:
                way = further(way, *self.edges(path))
            order = np.argsort(way[0] * self.size + way[-1])  # one number sorts faster than two
            way = [column[order] for column in way]
            self._ways[paths] = way, bool(_fresh(way[0], way[-1]).all())
        return self._ways[paths]

    def _kept(self, demand: AtLeast, way: list[Column]) -> Column | None:
        keep: Column | None = None
        for step, reached in zip(demand.steps, way[1:], strict=True):
            holds = self._meets(self.plan.place(step.where))
            if holds is not None:
                keep = holds.take(reached) if keep is None else keep & holds.take(reached)
        return keep

    def _meets(self, place: int) -> Column | None:
        """For each node whether it meets the demand at a place of the plan; `None` where every node does."""
        if place not in self._met:
            self._met[place] = self._worked_out(self.plan.order[place])
        return self._met[place]

    def _worked_out(self, demand: Demand) -> Column | None:
        match demand:
            case AllOf():
                known = [part for part in map(self._part, demand.parts) if part is not None]
                return np.logical_and.reduce(known) if known else None
            case AnyOf():
                parts = [self._part(part) for part in demand.parts]
                known = [part for part in parts if part is not None]
                return None if len(known) < len(parts) else np.logical_or.reduce(known or [np.zeros(self.size, bool)])
            case AtLeast():
                return self._least(demand)
            case OneOf() | RankFrom():
                return self._among(demand.values)
            case NumberFrom():
                return self._numbers_from(demand)
        raise TypeError(demand)

    def _part(self, demand: Demand) -> Column | None:
        return self._meets(self.plan.place(demand))

    def _least(self, demand: AtLeast) -> Column | None:
        if demand.count <= 0:
            return None
        if demand.count > 1:
            return self.count(demand) >= demand.count
        way = list(self.edges(demand.steps[0].path)) if len(demand.steps) == 1 else self.way(demand)
        keep = self._kept(demand, way)
        found = np.zeros(self.size, bool)
        found[way[0] if keep is None else way[0].compress(keep)] = True
        return found

    def _among(self, values: Sequence[str]) -> Column:
        found = np.zeros(self.size, bool)
        found[[number for value in values if (number := self.number_of(value)) is not None]] = True
        return found

    def number_of(self, iri: str) -> int | None:
        """The number of a node that a demand, or the vocabulary of this package, names."""
        return self._places.get(iri)

    @cached_property
    def _places(self) -> dict[str, int]:
        import polars as pl

        wanted = pl.DataFrame({"term": [f"<{iri}>" for iri in self.plan.named], "iri": self.plan.named})
        found = pl.DataFrame({"term": self.terms}).with_row_index("number").join(wanted, on="term")
        return dict(zip(found["iri"].to_list(), found["number"].to_list(), strict=True))

    def _numbers_from(self, demand: NumberFrom) -> Column:
        found = np.zeros(self.size, bool)
        least = float(demand.minimum)
        with np.errstate(invalid="ignore"):
            above = self._values > least
            close = np.abs(self._values - least) <= CLOSE * max(1.0, abs(least))
        for place in np.flatnonzero(close):
            value = number(literal_of(self.terms[int(self._numeric[place])]))
            assert value is not None  # noqa: S101  # it has a value already
            above[place] = value > demand.minimum if demand.strictly else value >= demand.minimum
        found[self._numeric[above]] = True
        return found

    @cached_property
    def _numeric(self) -> Column:
        """The nodes that stand where numbers are asked for."""
        return np.unique(np.concatenate([self.edges(path)[1] for path in self.plan.valued] or [np.zeros(0, np.int64)]))

    @cached_property
    def _values(self) -> Column:
        import polars as pl

        texts = self.terms.gather(self._numeric)
        whole = texts.str.extract(_WHOLE).cast(pl.Int64, strict=False)
        values = whole.cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
        for place in np.flatnonzero(whole.is_null().to_numpy()):
            value = number(literal_of(texts[int(place)])) if texts[int(place)].startswith('"') else None
            values[place] = np.nan if value is None else float(value)
        return np.asarray(values)


def _fresh(starts: Column, ends: Column) -> Column:
    """Which of some ordered pairs differ from the pair before."""
    fresh = np.ones(len(starts), bool)
    fresh[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    return fresh


def further(way: list[Column], starts: Column, ends: Column) -> list[Column]:
    """The ways, each gone on with over every edge that starts where it ends."""
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], ends[order]
    first = np.searchsorted(starts, way[-1], "left")
    many = np.searchsorted(starts, way[-1], "right") - first
    repeated = np.repeat(np.arange(len(way[-1])), many)
    offsets = np.arange(len(repeated)) - np.repeat(np.cumsum(many) - many, many)
    return [*(column[repeated] for column in way), ends[np.repeat(first, many) + offsets]]


def literal_of(text: str) -> Literal:
    """The literal that N-Triples writes so; its lexical form stays escaped, which no number is."""
    end = text.rindex('"')
    lexical, rest = text[1:end], text[end + 1 :]
    if rest.startswith("^^"):
        return Literal(lexical, rest[3:-1])
    return Literal(lexical, language=rest[1:]) if rest else Literal(lexical)
