"""Validation batch by batch finds what validation of the whole finds, whatever the batches."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itss_kg import Graph, Literal, Reading, Standard, validate
from itss_kg.bulk.batch_rows import frame_of
from itss_kg.bulk.checking import Shapes
from itss_kg.bulk.closed_batches import closed_batches
from itss_kg.bulk.validation import candidate_properties, shapes_of, validated
from itss_kg.graph import Triple
from itss_kg.namespaces import ITSS, RDF, XSD
from itss_kg.results import Report
from itss_kg.sampling import sample
from tests.disorder import EX, SALES, disorder


@pytest.fixture(scope="module")
def shapes(reading: Reading) -> Shapes:
    return shapes_of(reading)


def in_batches(graph: Graph, size: int, reading: Reading, shapes: Shapes, engine: str = "shacl", jobs: int = 1) -> Report:
    batches = closed_batches(frame_of(graph), candidate_properties(reading), size)
    with validated(batches, reading, engine=engine, jobs=jobs, shapes=shapes) as found:
        results = tuple(item.result for item in found.results())
        report = Report(results, len(found.candidates()), found.claims())
        assert found.tally() == report.tally
    return report


def people(*triples: Triple) -> Graph:
    """Two candidates, each in a batch of its own where batches hold one, and what is said besides."""
    typed = [(f"{EX}{name}", RDF.type, ITSS.Candidate) for name in ("a", "b")]
    return Graph([*typed, *triples])


A, B, E1, P1 = (f"{EX}{name}" for name in ("a", "b", "e1", "p1"))
ENGAGEMENT: list[Triple] = [
    (E1, RDF.type, ITSS.Engagement),
    (E1, ITSS.inField, f"{SALES}consulting"),
    (E1, ITSS.onProject, P1),
    (E1, ITSS.performed, ITSS.base + "Proposal"),
    (P1, RDF.type, ITSS.Project),
    (P1, ITSS.peakPersonnel, Literal("12", XSD.integer)),
]
ACROSS = {
    "an engagement of two candidates": (
        people((A, ITSS.hasEngagement, E1), (B, ITSS.hasEngagement, E1), *ENGAGEMENT),
        {("Engagement-single-owner-shape", E1)},
    ),
    "an engagement that is another's project": (
        people((A, ITSS.hasEngagement, f"{EX}e2"), (f"{EX}e2", ITSS.onProject, E1), (B, ITSS.hasEngagement, E1), *ENGAGEMENT),
        {("Engagement-role-shape", E1)},
    ),
    "a candidate who is another's project": (
        people((A, ITSS.hasEngagement, E1), *ENGAGEMENT[:2], (E1, ITSS.onProject, B), (B, ITSS.claims, f"{SALES}media-L3")),
        {("Candidate-role-shape", B)},
    ),
    "an engagement that another's judge leads to, and so seems nobody's there": (
        people((A, ITSS.hasEngagement, E1), (B, ITSS.responsibleFor, f"{EX}m"), (f"{EX}m", ITSS.judgedBy, E1), *ENGAGEMENT),
        set(),
    ),
    "an engagement of nobody on another's project": (
        people((A, ITSS.hasEngagement, f"{EX}e2"), (f"{EX}e2", ITSS.onProject, P1), *ENGAGEMENT),
        {("Engagement-owner-shape", E1)},
    ),
    "a faulty project of two candidates, told once": (
        people(
            *((A, ITSS.hasEngagement, E1), (B, ITSS.hasEngagement, f"{EX}e2"), (f"{EX}e2", ITSS.onProject, P1)),
            *(*ENGAGEMENT[:5], (P1, ITSS.peakPersonnel, Literal("0", XSD.integer))),
        ),
        {("Project-peakPersonnel-shape", P1)},
    ),
}
LOOKING_ACROSS = {shape for _, found in ACROSS.values() for shape, _ in found} | {"MarketSegment-owner-shape"}


@pytest.mark.parametrize("name", ACROSS)
def test_what_only_several_batches_show(name: str, reading: Reading, shapes: Shapes) -> None:
    graph, expected = ACROSS[name]
    report = in_batches(graph, 1, reading, shapes)
    found = [(item.shape.rpartition("#")[2], item.focus) for item in report.results]
    assert [pair for pair in found if pair[0] in LOOKING_ACROSS] == sorted(expected)
    assert report == validate(graph, reading)


@pytest.mark.parametrize(("size", "jobs"), [(1, 1), (7, 1), (40, 2)])
def test_sampled_candidates_in_batches_and_processes(
    size: int, jobs: int, standard: Standard, reading: Reading, shapes: Shapes
) -> None:
    graph = Graph(triple for record in sample(standard, 100, seed=3, faults=0.5) for triple in record.triples)
    report = in_batches(graph, size, reading, shapes, jobs=jobs)
    assert report == validate(graph, reading, "shacl")
    assert report.candidates == 100
    assert len({item.shape for item in report.results}) > 15


def test_both_engines_find_the_same_in_sampled_candidates(standard: Standard, reading: Reading, shapes: Shapes) -> None:
    graph = Graph(triple for record in sample(standard, 16, seed=11, faults=0.9) for triple in record.triples)
    reference = validate(graph, reading, "pyshacl")
    assert validate(graph, reading, "shacl") == reference
    assert in_batches(graph, 5, reading, shapes, "pyshacl") == reference
    assert len(reference.results) > 10


@settings(max_examples=30, deadline=None)
@given(graph=disorder)
def test_both_engines_find_the_same_in_disordered_records(graph: Graph, reading: Reading) -> None:
    assert validate(graph, reading, "shacl") == validate(graph, reading, "pyshacl")


@settings(max_examples=60, deadline=None)
@given(graph=disorder, size=st.integers(1, 3))
def test_batches_find_in_disordered_records_what_the_whole_shows(
    graph: Graph, size: int, reading: Reading, shapes: Shapes
) -> None:
    assert in_batches(graph, size, reading, shapes) == validate(graph, reading, "shacl")
