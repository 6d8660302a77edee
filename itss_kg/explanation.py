"""Why a candidate holds a level or does not: each criterion with its proof, its place in the standard, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from itss_kg.assessment import shortfall
from itss_kg.completion import Addition, additions
from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, Stated, bare
from itss_kg.evaluate import Element, Evaluator, Proof
from itss_kg.graph import Graph, Literal, Term, number
from itss_kg.namespaces import ITSS, RDFS, local_name
from itss_kg.prose import Prose
from itss_kg.provenance import Passage, passages_of
from itss_kg.reading import Reading
from itss_kg.standard import Criterion, Indicator

__all__ = ["CriterionExplanation", "Explanation", "Finding", "explain", "findings"]


@dataclass(frozen=True)
class Finding:
    """What one node of the record shows for one part of a demand; `short_by` is by how much a number misses it."""

    met: bool
    text: str
    short_by: float | None = None


@dataclass(frozen=True)
class CriterionExplanation:
    """One criterion: whether it is met, the whole proof, and where the standard states it.

    `through` is the criterion of a higher level by which it is met under R3, where its own text is not met.
    """

    criterion: Criterion
    met: bool
    through: str | None
    required: int | None
    found: int | None
    shall: str
    proof: Proof
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything about one candidate and one indicator; `missing` are the smallest additions, `None` where none would do."""

    candidate: str
    indicator: Indicator
    attained: bool
    examination: str | None
    criteria: tuple[CriterionExplanation, ...]
    missing: tuple[Addition, ...] | None


def explain(graph: Graph, candidate: str, indicator: Indicator, reading: Reading, prose: Prose) -> Explanation:
    """Hold one candidate's record against one indicator and keep the whole proof."""
    evaluator = Evaluator(graph)
    criteria = tuple(_criterion(evaluator, candidate, indicator, item, reading, prose) for item in indicator.criteria)
    passed = graph.objects(candidate, ITSS.passedExamination)
    examination = next((name for name, _ in indicator.examinations if name in passed), None)
    open_demands = [reading.own(indicator, item.criterion) for item in criteria if not item.met]
    return Explanation(
        candidate,
        indicator,
        not open_demands or examination is not None,
        examination,
        criteria,
        () if examination else additions(reading.standard, graph, candidate, open_demands),
    )


def _criterion(
    evaluator: Evaluator, candidate: str, indicator: Indicator, item: Criterion, reading: Reading, prose: Prose
) -> CriterionExplanation:
    own = reading.own(indicator, item)
    proof = evaluator.prove(own, candidate)
    through = None if proof.met else _met_above(evaluator, candidate, indicator, item, reading)
    counted = None if proof.met or through else shortfall(proof, item)
    required, found = (counted.required, counted.found) if counted else (None, None)
    graph = reading.standard.graph
    stating = (item.iri, *reading.standard.ordered(graph.nodes(item.iri, ITSS.hasAlternative)))
    passages = tuple(dict.fromkeys(passage for iri in stating for passage in passages_of(graph, iri)))
    met = proof.met or through is not None
    return CriterionExplanation(item, met, through, required, found, prose.shall(indicator, own), proof, passages)


def _met_above(evaluator: Evaluator, candidate: str, indicator: Indicator, item: Criterion, reading: Reading) -> str | None:
    """R3: the criterion of the same kind of a higher level that the candidate meets."""
    for owner in reading.standard.ladder(indicator.field):
        higher = owner.criterion(item.kind)
        if higher and owner.level.number > indicator.level.number and evaluator.meets(reading.own(owner, higher), candidate):
            return higher.iri
    # part by part, as a project may take its complexity from one level and its size from another
    return item.iri if evaluator.meets(reading.demand(indicator, item), candidate) else None


def counts(proof: Proof, title: Demand | None = None) -> Iterator[tuple[Proof, AtLeast, Demand]]:
    """The outermost counts of a proof, with what to call each by: a criterion has one, or one for each alternative or part."""
    if isinstance(proof.demand, AtLeast):
        yield proof, proof.demand, title or proof.demand
        return
    stated = proof.demand if isinstance(proof.demand, Stated) and isinstance(bare(proof.demand), AtLeast) else None
    for part in proof.parts:
        yield from counts(part, stated)


def findings(proof: Proof, prose: Prose, graph: Graph) -> Iterator[Finding]:
    """What a node shows for a demand, part by part; of alternatives, those met, or all where none is."""
    match proof.demand:
        case Stated() | AllOf():
            for part in proof.parts:
                yield from findings(part, prose, graph)
        case AnyOf():
            met = [part for part in proof.parts if part.met]
            for part in met[:1] or proof.parts:
                yield from findings(part, prose, graph)
        case AtLeast() as demand:
            if len(demand.steps) == 1 and isinstance(bare(demand.steps[0].where), OneOf | RankFrom | NumberFrom | AllOf):
                yield _property(proof, demand, prose, graph)
            else:
                for element in proof.elements:
                    for reached in element.trail:
                        yield from findings(reached.proof, prose, graph)


def _property(proof: Proof, demand: AtLeast, prose: Prose, graph: Graph) -> Finding:
    path, where = demand.steps[0].path, bare(demand.steps[0].where)
    name = prose.label(path)
    have = [element.node for element in proof.elements]
    if isinstance(where, NumberFrom):
        return _number(proof, name, where, have, prose)
    shown = prose.words("items").join(name_of(node, prose, graph) for node in have) or prose.words("none")
    if proof.met and demand.count == 1:
        return Finding(True, f"{name}: {shown}")
    asked = prose.phrase(where, lists=True) if isinstance(where, OneOf | RankFrom) else ""
    if demand.count > 1:
        counted = prose.words("count").format(required=demand.count, found=proof.found or 0)
        return Finding(proof.met, f"{name}: {shown} ({counted})", None if proof.met else demand.count - (proof.found or 0))
    return Finding(proof.met, f"{name}: {shown}{prose.words('asked').format(asked=asked) if asked and not proof.met else ''}")


def _number(proof: Proof, name: str, where: NumberFrom, have: list[Term], prose: Prose) -> Finding:
    values = [value for term in have if (value := number(term)) is not None]
    if not values:
        return Finding(False, f"{name}: {prose.words('none')}{prose.words('asked').format(asked=prose.phrase(where))}")
    best = max(values, key=float)
    if proof.met:
        return Finding(True, f"{name}: {best:,}")
    short = float(where.minimum) - float(best)
    if not math.isfinite(short):
        return Finding(False, f"{name}: {best:,}{prose.words('asked').format(asked=prose.phrase(where))}")
    text = prose.words("short").format(short=prose.number(_tidy(short)), floor=prose.phrase(where))
    return Finding(False, f"{name}: {best:,} ({text})", short)


def _tidy(value: float) -> float:
    return int(value) if value == int(value) else value


def name_of(term: Term, prose: Prose, graph: Graph) -> str:
    """How people know a node: by the standard's label, by its own, or by its IRI."""
    if isinstance(term, Literal):
        return term.lexical
    own = graph.text(term, RDFS.label, prose.language) or graph.text(term, RDFS.label)
    if prose.standard.graph.row(term):
        return prose.label(term)
    return f"{own} ({short(term)})" if own else short(term)


def short(term: str) -> str:
    """A blank node as it is, an IRI by its last part."""
    return term if term.startswith("_:") else local_name(term)


def as_json(explanation: Explanation, prose: Prose, graph: Graph) -> dict[str, Any]:
    """The explanation as JSON data: for every criterion the proof tree, and the additions as statements."""
    return {
        "candidate": explanation.candidate,
        "indicator": explanation.indicator.iri,
        "field": explanation.indicator.field.key,
        "level": explanation.indicator.level.number,
        "attained": explanation.attained,
        "examination": explanation.examination,
        "criteria": [_criterion_json(item, prose, graph) for item in explanation.criteria],
        "additions": None if explanation.missing is None else [_addition_json(item) for item in explanation.missing],
    }


def _criterion_json(item: CriterionExplanation, prose: Prose, graph: Graph) -> dict[str, Any]:
    return {
        "kind": item.criterion.kind,
        "criterion": item.criterion.iri,
        "met": item.met,
        "through": item.through,
        "required": item.required,
        "found": item.found,
        "shall": item.shall,
        "rules": [local_name(rule) for rule in item.criterion.rules],
        "passages": [{"start": p.start, "end": p.end, "section": p.section, "sha256": p.sha256} for p in item.passages],
        "proof": proof_json(item.proof, prose, graph),
    }


def proof_json(proof: Proof, prose: Prose, graph: Graph) -> dict[str, Any]:
    """A proof as JSON data."""
    match proof.demand:
        case Stated(source, rules, _):
            inner = proof_json(proof.parts[0], prose, graph)
            return {"source": source, "rules": [local_name(rule) for rule in rules], **inner}
        case AllOf():
            return {"all": [proof_json(part, prose, graph) for part in proof.parts], "met": proof.met}
        case AnyOf():
            return {"any": [proof_json(part, prose, graph) for part in proof.parts], "met": proof.met}
        case AtLeast() as demand:
            return {
                "at-least": demand.count,
                "path": [step.path for step in demand.steps],
                "found": proof.found,
                "met": proof.met,
                "elements": [_element_json(element, prose, graph) for element in proof.elements],
            }
    return _value_json(proof, prose)


def _element_json(element: Element, prose: Prose, graph: Graph) -> dict[str, Any]:
    shown = [finding for reached in element.trail for finding in findings(reached.proof, prose, graph)]
    return {
        "node": element.node.lexical if isinstance(element.node, Literal) else element.node,
        "met": element.met,
        "fulfils": [finding.text for finding in shown if finding.met],
        "misses": [{"text": finding.text, "short_by": finding.short_by} for finding in shown if not finding.met],
        "steps": [proof_json(reached.proof, prose, graph) for reached in element.trail],
    }


def _value_json(proof: Proof, prose: Prose) -> dict[str, Any]:
    match proof.demand:
        case OneOf(values) | RankFrom(_, values):
            return {"one-of": list(values), "met": proof.met}
        case NumberFrom(minimum, strictly):
            return {"above" if strictly else "from": float(minimum) if minimum % 1 else int(minimum), "met": proof.met}
    return {"met": proof.met, "demand": prose.phrase(proof.demand)}


def _addition_json(item: Addition) -> dict[str, Any]:
    return {
        "subject": item.subject,
        "predicate": item.predicate,
        "value": item.value.lexical if isinstance(item.value, Literal) else item.value,
        "choices": list(item.choices),
        "at_least": item.at_least,
        "new": item.of_new,
    }
