"""A demand turned round: not whether a node meets it, but what to put there so that it does.

A demand becomes the ways to meet it, each of which one can follow without looking back. Every number and list comes from
the demands, so from the ontology; `sample` follows the ways with dice in hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, bare, implies, walk
from itss_kg.errors import OntologyError
from itss_kg.namespaces import RDFS
from itss_kg.reading import Reading
from itss_kg.standard import Indicator

__all__ = ["Link", "Pick", "Recipes", "Rung", "Way", "thresholds"]


@dataclass(frozen=True)
class Pick:
    """So many different ones of the choices, as values of a property."""

    path: str
    count: int
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Rung:
    """A number from the threshold at this place on the property's ladder of thresholds."""

    path: str
    place: int


@dataclass(frozen=True, eq=False)
class Link:
    """So many nodes of a class, each made in one of the ways; `apart` has a value that is different at each of them."""

    count: int
    path: str
    kind: str
    ways: tuple[Way, ...]
    apart: Pick | None = None


@dataclass(frozen=True, eq=False)
class Way:
    """One way to meet a demand: what to put at the node. At the `open` properties anything will do."""

    fixed: tuple[tuple[str, str], ...] = ()
    picks: tuple[Pick, ...] = ()
    rungs: tuple[Rung, ...] = ()
    open: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def thresholds(demands: Iterable[Demand]) -> dict[str, tuple[int, ...]]:
    """For each numeric property the thresholds that the demands name, lowest first."""
    found: dict[str, set[int]] = {}
    for demand in demands:
        for part in walk(demand):
            for step in part.steps if isinstance(part, AtLeast) else ():
                where = bare(step.where)
                if isinstance(where, NumberFrom):
                    found.setdefault(step.path, set()).add(_least(where))
    return {path: tuple(sorted(found[path])) for path in sorted(found)}


def _least(demand: NumberFrom) -> int:
    """The least whole number that meets it."""
    whole = int(demand.minimum)
    return whole if whole >= demand.minimum and not demand.strictly else whole + 1


@dataclass
class Recipes:
    """The ways to meet the criteria of a standard."""

    reading: Reading
    ladders: Mapping[str, tuple[int, ...]] = field(init=False)
    _known: dict[Demand, tuple[Way, ...]] = field(init=False, default_factory=dict)
    _links: dict[tuple[object, ...], Link] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.ladders = thresholds(self.reading.demands.values())

    def of(self, indicator: Indicator) -> dict[str, tuple[Way, ...]]:
        """The ways to meet each criterion, by kind; without those that another criterion's being met entails."""
        demands = {item.kind: self.reading.demand(indicator, item) for item in indicator.criteria}
        kept = dict(demands)
        for kind, demand in demands.items():
            if any(implies(other, demand) for name, other in kept.items() if name != kind):
                del kept[kind]
        return {kind: self.ways(demand) for kind, demand in kept.items()}

    def ways(self, demand: Demand) -> tuple[Way, ...]:
        """The ways to meet a demand on a node, the plainest first."""
        if demand not in self._known:
            self._known[demand] = tuple(self._ways(demand))
        return self._known[demand]

    def _ways(self, demand: Demand) -> Iterable[Way]:
        match bare(demand):
            case AllOf(parts):
                choices = [self.ways(part) for part in _without_overlap(parts)]
                return [_merged(chosen) for chosen in product(*choices)]
            case AnyOf(parts):
                return [way for part in parts for way in self.ways(part)]
            case AtLeast() as counted:
                return self._counted(counted)
            case other:
                raise OntologyError(f"a demand on the value itself, {other}, stands where only one on a node can")

    def _counted(self, demand: AtLeast) -> Iterable[Way]:
        step, rest = demand.steps[0], demand.steps[1:]
        where = bare(step.where)
        if rest:
            return [self._chain(demand)]
        if isinstance(where, OneOf | RankFrom):
            if demand.count == len(where.values):
                return [Way(fixed=tuple((step.path, value) for value in where.values))]
            return [Way(picks=(Pick(step.path, demand.count, where.values),))]
        if isinstance(where, NumberFrom):
            return [Way(rungs=(Rung(step.path, self.ladders[step.path].index(_least(where))),))]
        if isinstance(where, AllOf) and not where.parts:
            return [Way(open=(step.path,))]
        return [Way(links=(self._link(demand.count, step.path, self.ways(step.where)),))]

    def _chain(self, demand: AtLeast) -> Way:
        """A node for each thing asked for at the end of the chain, so that different ends hang on different nodes."""
        step, rest = demand.steps[0], demand.steps[1:]
        end = bare(rest[0].where)
        ways = self.ways(step.where)
        if len(rest) == 1 and isinstance(end, OneOf | RankFrom):
            return Way(links=(self._link(demand.count, step.path, ways, Pick(rest[0].path, demand.count, end.values)),))
        further = self.ways(AtLeast(1, rest))
        joined = tuple(_merged(pair) for pair in product(ways, further))
        return Way(links=(self._link(demand.count, step.path, joined),))

    def _link(self, count: int, path: str, ways: tuple[Way, ...], apart: Pick | None = None) -> Link:
        """One object for one content: what is the same link can be shared between candidates."""
        key = (count, path, tuple(id(way) for way in ways), apart)
        if key not in self._links:
            kind = self.reading.standard.graph.node(path, RDFS.range)
            if kind is None:
                raise OntologyError(f"{path} has no rdfs:range, so that nobody knows what to put there")
            self._links[key] = Link(count, path, kind, ways, apart)
        return self._links[key]


def _without_overlap(parts: tuple[Demand, ...]) -> list[Demand]:
    """The parts of an all-of, the wider count less what a narrower one among them supplies already."""
    kept: list[Demand] = []
    for part in parts:
        counted = bare(part)
        if isinstance(counted, AtLeast):
            supplied = sum(
                other.count
                for other in (bare(one) for one in parts if one is not part)
                if isinstance(other, AtLeast) and _supplies(other, counted)
            )
            if supplied >= counted.count:
                continue
            part = replace(counted, count=counted.count - supplied) if supplied else part
        kept.append(part)
    return kept


def _supplies(narrow: AtLeast, wide: AtLeast) -> bool:
    if isinstance(bare(wide.steps[-1].where), OneOf | RankFrom | NumberFrom):
        return False  # values of one property are merged later, where the choices are known
    one, other = replace(narrow, count=1), replace(wide, count=1)
    return implies(one, other) and not implies(other, one)


def _merged(ways: Iterable[Way]) -> Way:
    chosen = list(ways)
    if len(chosen) == 1:
        return chosen[0]
    fixed = tuple(dict.fromkeys(pair for way in chosen for pair in way.fixed))
    picks = _picks((pick for way in chosen for pick in way.picks), fixed)
    rungs: dict[str, Rung] = {}
    for rung in (rung for way in chosen for rung in way.rungs):
        held = rungs.get(rung.path)
        rungs[rung.path] = rung if held is None or rung.place > held.place else held
    opened = tuple(dict.fromkeys(path for way in chosen for path in way.open))
    return Way(fixed, picks, tuple(rungs.values()), opened, tuple(link for way in chosen for link in way.links))


def _picks(picks: Iterable[Pick], fixed: tuple[tuple[str, str], ...]) -> tuple[Pick, ...]:
    """The picks less what is fixed; of two from the same choices the larger."""
    found: dict[tuple[str, tuple[str, ...]], Pick] = {}
    for pick in picks:
        there = [value for path, value in fixed if path == pick.path and value in pick.choices]
        choices = tuple(value for value in pick.choices if value not in there)
        left = Pick(pick.path, pick.count - len(there), choices)
        held = found.get((left.path, choices))
        if left.count > 0 and (held is None or held.count < left.count):
            found[left.path, choices] = left
    return tuple(found.values())
