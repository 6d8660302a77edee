"""What a criterion asks of a record, as a small algebra with many interpreters.

A demand is a condition on one node of a record. Each interpreter is a module of its own: `shapes` (to SHACL), `evaluate`
(to a proof for one candidate), `prose` (to sentences), `difference` (between two demands), `completion` (to what is missing).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

__all__ = [
    "ANYTHING",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Demand",
    "NumberFrom",
    "OneOf",
    "RankFrom",
    "Stated",
    "Step",
    "all_of",
    "any_of",
    "at_least",
    "bare",
    "implies",
    "walk",
]


@dataclass(frozen=True)
class AllOf:
    """Every part holds of the node; without parts, anything goes."""

    parts: tuple[Demand, ...]


@dataclass(frozen=True)
class AnyOf:
    """Some part holds of the node."""

    parts: tuple[Demand, ...]


@dataclass(frozen=True)
class Step:
    """From a node over a property to those of its values of which `where` holds."""

    path: str
    where: Demand


@dataclass(frozen=True)
class AtLeast:
    """At least `count` different nodes stand at the end of the steps."""

    count: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class OneOf:
    """The node is one of these."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class RankFrom:
    """The node is `minimum` or a higher rank of its scale; `values` are those ranks, lowest first."""

    minimum: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class NumberFrom:
    """The node is a number at or above `minimum`, or strictly above it."""

    minimum: int | Decimal
    strictly: bool = False


@dataclass(frozen=True)
class Stated:
    """A demand together with the thing in the ontology that states it, and the reading rules applied; says nothing more."""

    source: str
    rules: tuple[str, ...]
    demand: Demand


Demand = AllOf | AnyOf | AtLeast | OneOf | RankFrom | NumberFrom | Stated

ANYTHING = AllOf(())


def bare(demand: Demand) -> AllOf | AnyOf | AtLeast | OneOf | RankFrom | NumberFrom:
    """The demand without what is stated around it."""
    while isinstance(demand, Stated):
        demand = demand.demand
    return demand


def all_of(parts: Iterable[Demand]) -> Demand:
    """The conjunction, without nesting and without parts that another part implies."""
    return _joined(AllOf, parts, keep_stronger=True)


def any_of(parts: Iterable[Demand]) -> Demand:
    """The disjunction, without nesting and without parts that imply another part: the wider one alone says it."""
    return _joined(AnyOf, parts, keep_stronger=False)


def at_least(count: int, path: str, where: Demand = ANYTHING) -> AtLeast:
    """At least so many different values of a property of which `where` holds."""
    return AtLeast(count, (Step(path, where),))


def _joined(kind: type[AllOf] | type[AnyOf], parts: Iterable[Demand], *, keep_stronger: bool) -> Demand:
    flat: list[Demand] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    kept: list[Demand] = []
    for part in flat:
        idle = (implies(other, part) if keep_stronger else implies(part, other) for other in kept)
        if any(idle):
            continue
        kept = [other for other in kept if not (implies(part, other) if keep_stronger else implies(other, part))]
        kept.append(part)
    return kept[0] if len(kept) == 1 else kind(tuple(kept))


def implies(strong: Demand, weak: Demand) -> bool:
    """Whether every node that meets `strong` meets `weak`, as far as the form of the two shows it.

    True is a proof; False may mean only that the form does not show it.
    """
    a, b = bare(strong), bare(weak)
    if a == b:
        return True
    if isinstance(a, AnyOf):
        return all(implies(part, b) for part in a.parts)
    if isinstance(b, AllOf):
        return all(implies(a, part) for part in b.parts)
    if isinstance(b, AnyOf) and any(implies(a, part) for part in b.parts):
        return True
    if isinstance(a, AllOf):
        return any(implies(part, b) for part in a.parts)
    if isinstance(a, AtLeast) and isinstance(b, AtLeast):
        return _counts_imply(a, b)
    return _values_imply(a, b)


def _values_imply(a: Demand, b: Demand) -> bool:
    if isinstance(a, OneOf | RankFrom) and isinstance(b, OneOf | RankFrom):
        return set(a.values) <= set(b.values)
    if isinstance(a, NumberFrom) and isinstance(b, NumberFrom):
        return a.minimum > b.minimum or (a.minimum == b.minimum and (a.strictly or not b.strictly))
    return False


def _counts_imply(a: AtLeast, b: AtLeast) -> bool:
    if [step.path for step in a.steps] != [step.path for step in b.steps]:
        return False
    if not all(implies(one.where, other.where) for one, other in zip(a.steps[:-1], b.steps[:-1], strict=True)):
        return False
    last, target = bare(a.steps[-1].where), bare(b.steps[-1].where)
    if isinstance(last, OneOf) and isinstance(target, OneOf):
        # of n different items of one list, all but those that the other list lacks stand in the other list
        return a.count - len(set(last.values) - set(target.values)) >= b.count
    return a.count >= b.count and implies(last, target)


def walk(demand: Demand) -> Iterator[Demand]:
    """The demand and every demand within it, outermost first."""
    yield demand
    match demand:
        case Stated():
            yield from walk(demand.demand)
        case AllOf() | AnyOf():
            for part in demand.parts:
                yield from walk(part)
        case AtLeast():
            for step in demand.steps:
                yield from walk(step.where)
