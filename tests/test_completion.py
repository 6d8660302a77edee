"""The smallest additions attain the level, none of them is idle, and nothing recorded is altered."""

from __future__ import annotations

import pytest

from itss_kg import Graph, Reading, Standard, read_candidates
from itss_kg.completion import additions, statements
from itss_kg.evaluate import Evaluator
from itss_kg.namespaces import ITSS, OWL, RDF, local_name
from itss_kg.resources import bundled
from itss_kg.sampling import sample

PERSON = "https://example.org/person/x"


def attains(graph: Graph, person: str, key: str, reading: Reading) -> bool:
    indicator = reading.standard.find_indicator(key)
    evaluator = Evaluator(graph)
    return all(evaluator.meets(reading.demand(indicator, item), person) for item in indicator.criteria)


def plan_for(graph: Graph, person: str, key: str, reading: Reading) -> list[tuple]:
    indicator = reading.standard.find_indicator(key)
    evaluator = Evaluator(graph)
    open_demands = [
        reading.own(indicator, item)
        for item in indicator.criteria
        if not evaluator.meets(reading.demand(indicator, item), person)
    ]
    plan = additions(reading.standard, graph, person, open_demands)
    assert plan is not None
    return list(statements(plan))


@pytest.mark.parametrize("seed", range(6))
def test_additions_attain_the_level_and_none_is_idle(seed: int, standard: Standard, reading: Reading) -> None:
    graph = Graph(triple for record in sample(standard, 12, seed=seed, faults=0) for triple in record.triples)
    keys = [indicator.key for indicator in standard.indicators]
    for number, person in enumerate(sorted(graph.instances(ITSS.Candidate))):
        key = keys[(number + seed) % len(keys)]
        plan = plan_for(graph, person, key, reading)
        assert attains(Graph([*graph, *plan]), person, key, reading), (person, key)
        for left_out in plan:
            fewer = [triple for triple in plan if triple != left_out]
            assert not attains(Graph([*graph, *fewer]), person, key, reading), (person, key, left_out)


def test_nothing_is_proposed_that_contradicts_the_record(standard: Standard, reading: Reading) -> None:
    """A property that can have one value only and has one gets no second."""
    graph = Graph(triple for record in sample(standard, 40, seed=11, faults=0) for triple in record.triples)
    for person in sorted(graph.instances(ITSS.Candidate)):
        for subject, predicate, _ in plan_for(graph, person, "consulting-L7", reading):
            if OWL.FunctionalProperty in standard.graph.objects(predicate, RDF.type):
                assert not graph.objects(subject, predicate)
            assert predicate not in (ITSS.judgedEquivalentTo, ITSS.judgedBy), "R8: never proposed"


SIZES = {
    "consulting-L3": 4 + 2 * (6 + 6) + 3,
    "product-L3": 4 + 2 * (6 + 6) + 3,
    "media-L3": 3 + 2 * (6 + 6) + 3,
}


@pytest.mark.parametrize(("key", "size"), SIZES.items())
def test_from_nothing_to_the_lowest_level(key: str, size: int, reading: Reading) -> None:
    """A segment (with employees where asked), two projects of six statements beside the engagement's six, a specialty."""
    assert len(plan_for(Graph(), PERSON, key, reading)) == size


def test_one_missing_kind_needs_one_record(reading: Reading) -> None:
    graph = read_candidates([str(bundled("data", "candidates", "near-misses.ttl"))])
    person = next(p for p in graph.instances(ITSS.Candidate) if local_name(p) == "near-succession")
    plan = plan_for(graph, person, "consulting-L6", reading)
    assert [local_name(predicate) for _, predicate, _ in plan] == ["hasSuccession", "activityKind"]


def test_who_attains_needs_nothing(reading: Reading) -> None:
    graph = read_candidates([str(bundled("data", "candidates", "consulting-l7.ttl"))])
    assert plan_for(graph, "https://example.org/person/consulting-l7", "consulting-L7", reading) == []
