"""The demands of a standard flattened for columns: each different one once, after those that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, at_least, bare
from itss_kg.namespaces import ITSS, RDFS
from itss_kg.reading import Reading
from itss_kg.standard import load

__all__ = ["Plan", "plan_of"]


class Plan:
    """What is to be worked out for a batch of records, and in which order.

    `order` holds the demands, without what is stated around them; `place` finds a demand there. `links` are the properties that
    lead to nodes of which something is asked: the way from a candidate to all that a verdict can rest on. `named` are the nodes
    that are looked for by name.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.order: list[Demand] = []
        self._places: dict[Demand, int] = {}
        self._seen: dict[int, tuple[Demand, int]] = {}
        for indicator in reading.standard.indicators:
            for item in indicator.criteria:
                self.place(reading.demand(indicator, item))
                self.place(reading.own(indicator, item))
        self.passed = {
            name: at_least(1, ITSS.passedExamination, OneOf((name,)))
            for indicator in reading.standard.indicators
            for name, _ in indicator.examinations
        }
        for passed in self.passed.values():
            self.place(passed)
        counted = [demand for demand in self.order if isinstance(demand, AtLeast)]
        self.links = tuple(dict.fromkeys(path for demand in counted for path in _links(demand)))
        self.valued = tuple(dict.fromkeys(step.path for demand in counted for step in demand.steps if _numbers(step.where)))
        self.paths = tuple(dict.fromkeys(step.path for demand in counted for step in demand.steps))
        self.own = tuple(sorted(reading.standard.graph.subjects(RDFS.domain, ITSS.Candidate)))
        values = (value for demand in self.order if isinstance(demand, OneOf | RankFrom) for value in demand.values)
        self.named = sorted({ITSS.Candidate, *values})
        self.depth = max((_depth(demand) for demand in self.order), default=0)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_seen": list(self._seen.values())}  # elsewhere the demands are other objects

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._seen = {id(demand): (demand, place) for demand, place in state["_seen"]}

    def place(self, demand: Demand) -> int:
        """Where the demand stands in `order`; it is added where it is new."""
        known = self._seen.get(id(demand))  # hashing a deep demand takes longer than all that is done with it
        if known is not None and known[0] is demand:
            return known[1]
        inner = bare(demand)
        found = self._places.get(inner)
        if found is None:
            for part in _parts(inner):
                self.place(part)
            found = self._places[inner] = len(self.order)
            self.order.append(inner)
        self._seen[id(demand)] = (demand, found)
        return found


@lru_cache(1)
def plan_of(ontology: tuple[Path, ...]) -> Plan:
    """The plan of the standard in some ontology files, made once."""
    return Plan(Reading(load(*ontology)))


def _parts(demand: Demand) -> Iterator[Demand]:
    if isinstance(demand, AllOf | AnyOf):
        yield from demand.parts
    elif isinstance(demand, AtLeast):
        yield from (step.where for step in demand.steps)


def _asks(demand: Demand) -> bool:
    """Whether the demand looks at what stands at further properties of the node."""
    inner = bare(demand)
    return isinstance(inner, AtLeast) or any(_asks(part) for part in _parts(inner))


def _links(demand: AtLeast) -> Iterator[str]:
    for place, step in enumerate(demand.steps):
        if place + 1 < len(demand.steps) or _asks(step.where):
            yield step.path


def _numbers(demand: Demand) -> bool:
    inner = bare(demand)
    return isinstance(inner, NumberFrom) or (isinstance(inner, AllOf | AnyOf) and any(map(_numbers, inner.parts)))


def _depth(demand: Demand) -> int:
    """How many links lead from a node to the farthest one of which the demand asks something."""
    inner = bare(demand)
    if isinstance(inner, OneOf | RankFrom | NumberFrom):
        return 0
    if isinstance(inner, AllOf | AnyOf):
        return max(map(_depth, inner.parts), default=0)
    assert isinstance(inner, AtLeast)  # noqa: S101  # nothing else is left
    return max(place + 1 + _depth(step.where) for place, step in enumerate(inner.steps))
