"""Verdicts: for each candidate and field the level attained, on what basis, and what the next level still asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from itss_kg.demand import AllOf, AtLeast, Demand, OneOf, Stated, bare
from itss_kg.evaluate import Element, Evaluator, Proof
from itss_kg.graph import Graph, Term
from itss_kg.namespaces import ITSS, RDFS
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.standard import Criterion, Field, Indicator

__all__ = [
    "Shortfall",
    "Unmet",
    "Verdict",
    "assess",
    "candidates",
    "conjuncts",
    "counts_whole",
    "evidence",
    "judge",
    "part_stated_by",
    "shortfall",
    "unmet_sentence",
]


@dataclass(frozen=True)
class Unmet:
    """A criterion of the next level that the record does not meet; `required` and `found` where a count says it."""

    kind: str
    criterion: str
    required: int | None
    found: int | None
    message: str


@dataclass(frozen=True)
class Verdict:
    """What one candidate attains in one field.

    `basis` is `record`, `examination` or `None` with `level`; `next` is `None` at the field's top.
    """

    candidate: str
    field: Field
    attained: Indicator | None
    basis: str | None
    next: Indicator | None
    unmet: tuple[Unmet, ...]

    @property
    def level(self) -> int | None:
        """The number of the level attained."""
        return self.attained.level.number if self.attained else None


def candidates(graph: Graph, reading: Reading) -> list[str]:
    """The candidates of a graph, ordered by IRI: what is typed so, and what has a property that only candidates have."""
    found = set(graph.instances(ITSS.Candidate))
    properties = set(reading.standard.graph.subjects(RDFS.domain, ITSS.Candidate))
    found.update(node for node in graph.subjects_all() if not properties.isdisjoint(graph.row(node)))
    return sorted(found)


def assess(graph: Graph, reading: Reading, language: str = "en", only: Iterable[str] | None = None) -> Iterator[Verdict]:
    """A verdict for each candidate and field, ordered by candidate, then by field in the standard's order.

    Args:
        graph: the candidates' records.
        reading: the standard, read.
        language: of the messages, `en` or `ja`.
        only: these candidates instead of all.
    """
    evaluator = Evaluator(graph)
    prose = Prose(reading.standard, language)
    for candidate in candidates(graph, reading) if only is None else sorted(only):
        for item in reading.standard.fields:
            yield judge(candidate, item, evaluator, reading, prose)


def judge(candidate: str, item: Field, evaluator: Evaluator, reading: Reading, prose: Prose) -> Verdict:
    """The verdict on one candidate in one field (R11, R12)."""
    ladder = reading.standard.ladder(item)
    by_record = _highest(indicator for indicator in ladder if _attains(candidate, indicator, evaluator, reading))
    passed = set(evaluator.graph.objects(candidate, ITSS.passedExamination))
    by_examination = _highest(indicator for indicator in ladder if any(name in passed for name, _ in indicator.examinations))
    attained = _highest(indicator for indicator in (by_examination, by_record) if indicator is not None)
    basis = None if attained is None else "record" if attained is by_record else "examination"
    above = [indicator for indicator in ladder if attained is None or indicator.level.number > attained.level.number]
    upper = above[0] if above else None
    unmet = tuple(_unmet(candidate, upper, evaluator, reading, prose)) if upper else ()
    return Verdict(candidate, item, attained, basis, upper, unmet)


def _highest(indicators: Iterable[Indicator]) -> Indicator | None:
    return max(indicators, key=lambda indicator: indicator.level.number, default=None)


def _attains(candidate: str, indicator: Indicator, evaluator: Evaluator, reading: Reading) -> bool:
    return all(evaluator.meets(reading.demand(indicator, item), candidate) for item in indicator.criteria)


def _unmet(candidate: str, indicator: Indicator, evaluator: Evaluator, reading: Reading, prose: Prose) -> Iterator[Unmet]:
    for item in indicator.criteria:
        demand = reading.demand(indicator, item)
        if not evaluator.meets(demand, candidate):
            own = evaluator.prove(reading.own(indicator, item), candidate)
            counted = shortfall(own, item)
            required, found = (counted.required, counted.found) if counted else (None, None)
            yield Unmet(item.kind, item.iri, required, found, unmet_sentence(indicator, own.demand, counted, prose))


def unmet_sentence(indicator: Indicator, asked: Demand, counted: Shortfall | None, prose: Prose) -> str:
    """What the candidate shall show and how much of it was found."""
    if counted is None:
        return prose.unmet(indicator, asked, None)
    return prose.unmet(indicator, asked, (counted.required, counted.found), counted.of)


@dataclass(frozen=True)
class Shortfall:
    """What is counted and falls short; `of` is the part of the criterion that does, where it is not the whole."""

    required: int
    found: int
    of: Demand | None = None


def shortfall(proof: Proof, criterion: Criterion) -> Shortfall | None:
    """What an unmet criterion counts and how many were found: times, kinds, or the factors of the best project.

    `None` where the standard counts nothing: a scope, a size, a specialty.
    """
    while isinstance(proof.demand, Stated):
        proof = proof.parts[0]
    if isinstance(proof.demand, AllOf):
        place, part = next((number, part) for number, part in enumerate(proof.parts) if not part.met)
        counted = shortfall(part, criterion) or _whole(part)
        return counted and Shortfall(counted.required, counted.found, part.demand if place else None)
    if not isinstance(proof.demand, AtLeast):
        return None
    if counts_whole(proof.demand):
        return _whole(proof)
    return _best_within(proof, criterion)


def counts_whole(demand: AtLeast) -> bool:
    """Whether it is the demand's own count that the standard asks for, not something within what it reaches."""
    return demand.count > 1 or isinstance(bare(demand.steps[-1].where), OneOf)


def _whole(proof: Proof) -> Shortfall | None:
    return Shortfall(proof.demand.count, proof.found or 0) if isinstance(proof.demand, AtLeast) else None


def _best_within(proof: Proof, criterion: Criterion) -> Shortfall | None:
    """The count of the criterion's own demand in the element that shows most of it; none found where there is no element."""
    assert isinstance(proof.demand, AtLeast)  # noqa: S101  # the caller looked
    inner = part_stated_by(proof.demand.steps[-1].where, criterion.iri)
    if inner is None:
        return None
    asked = next((part for part in conjuncts(inner) if isinstance(part, AtLeast)), None)
    if asked is None:
        return None
    countable = [element for element in proof.elements if _counts_but_for(element, criterion.iri)]
    found = [shown for element in countable if (shown := _find(element.trail[-1].proof, criterion.iri))]
    best = max(found, key=_shown, default=None)
    return shortfall(best, criterion) if best else Shortfall(asked.count, 0)


def _counts_but_for(element: Element, source: str) -> bool:
    """Whether everything on the way is met but, perhaps, what the source states."""
    *way, last = element.trail
    parts = last.proof.parts if isinstance(last.proof.demand, AllOf) else (last.proof,)
    others = [part for part in parts if not (isinstance(part.demand, Stated) and part.demand.source == source)]
    return all(reached.proof.met for reached in way) and all(part.met for part in others)


def _shown(proof: Proof) -> tuple[int, int]:
    """How many of the list were found, then how much of what comes after it is met, to say which element is best."""
    inner = proof.parts[0]
    parts = inner.parts if isinstance(inner.demand, AllOf) else (inner,)
    met = next((place for place, part in enumerate(parts) if not part.met), len(parts))
    return parts[0].found or 0, met


def conjuncts(demand: object) -> tuple[object, ...]:
    """The parts that a conjunction is made of in the end, without what is stated around them."""
    if isinstance(demand, Stated):
        return conjuncts(demand.demand)
    return tuple(part for inner in demand.parts for part in conjuncts(inner)) if isinstance(demand, AllOf) else (demand,)


def part_stated_by(demand: object, source: str) -> Stated | None:
    """The part of a conjunction that the source states."""
    if isinstance(demand, Stated) and demand.source == source:
        return demand
    if isinstance(demand, AllOf):
        return next((found for part in demand.parts if (found := part_stated_by(part, source))), None)
    return None


def _find(proof: Proof, source: str) -> Proof | None:
    if isinstance(proof.demand, Stated) and proof.demand.source == source:
        return proof
    return next((found for part in proof.parts if (found := _find(part, source))), None)


def evidence(proof: Proof) -> Iterator[Term]:
    """The nodes of the record that make a met demand met."""
    for part in proof.parts:
        if part.met:
            yield from evidence(part)
    for element in proof.elements:
        if element.met:
            yield from (reached.node for reached in element.trail)
            for reached in element.trail:
                yield from evidence(reached.proof)
