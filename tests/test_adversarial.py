"""Records as no careful person writes them: the verdicts of shapes and evaluation agree all the same, and nothing breaks."""

from __future__ import annotations

import json
import random

import pytest

from itss_kg import Graph, Literal, Reading, load, read_candidates
from itss_kg.catalogue import keywords
from itss_kg.errors import CallError, InputError, OntologyError
from itss_kg.input import read_triples
from itss_kg.namespaces import ITSS, RDF
from itss_kg.resources import bundled
from itss_kg.sampling import sample
from itss_kg.store import refuse_service
from tests.engines import ENGINES, as_ntriples, merged
from tests.test_agreement import everything_claimed, unmet
from tests.test_cli import call

XSD = "http://www.w3.org/2001/XMLSchema#"
READING = Reading(load())
ODD = [
    Literal("NaN", XSD + "decimal"),
    Literal("NaN", XSD + "double"),
    Literal("INF", XSD + "double"),
    Literal("5 000", XSD + "integer"),
]
LINKS = (ITSS.hasEngagement, ITSS.responsibleFor, ITSS.hasSpecialty, ITSS.hasSuccession, ITSS.onProject, ITSS.inField)


def disordered(seed: int) -> Graph:
    """A sample whose statements point to wrong, shared and several things, with odd figures: some of each, seeded."""
    dice = random.Random(seed)  # noqa: S311  # a test's dice
    graph = Graph(triple for record in sample(READING.standard, 12, seed=seed, faults=0.3) for triple in record.triples)
    triples = list(graph)
    links = [triple for triple in triples if triple[1] in LINKS]
    for _ in range(60):
        subject, predicate, _term = dice.choice(links)
        graph.add(subject, predicate, dice.choice([t for s, p, t in links if p == predicate]))
    people = graph.instances(ITSS.Candidate)
    for _ in range(12):
        graph.add(dice.choice(people), dice.choice(LINKS[:4]), dice.choice(people))
    for _ in range(12):
        subject, predicate, _term = dice.choice([t for t in triples if t[1] in (ITSS.peakPersonnel, ITSS.employees)])
        graph.add(subject, predicate, dice.choice(ODD))
    graph.add(people[0], RDF.type, "https://w3id.org/itss-kg/sales/consulting-L7-claimant")
    graph.add(people[0], ITSS.itself, people[1])
    return graph


@pytest.mark.parametrize("seed", range(20))
def test_disorder_changes_no_agreement(seed: int) -> None:
    graph = disordered(seed)
    expected = unmet(graph, READING)
    found = ENGINES["shacl"](as_ntriples(everything_claimed(graph, READING)), merged(bundled("shapes", "levels")))
    assert found == expected


@pytest.mark.parametrize("engine", ["pyshacl", "shifty"])
def test_disorder_in_the_other_engines(engine: str) -> None:
    graph = Graph(triple for triple in disordered(99))
    people = sorted(graph.instances(ITSS.Candidate))[4:]
    few = Graph(triple for triple in graph if triple != (triple[0], RDF.type, ITSS.Candidate) or triple[0] not in people)
    expected = unmet(few, READING)
    found = ENGINES[engine](as_ntriples(everything_claimed(few, READING)), merged(bundled("shapes", "levels")))
    assert found == expected


def test_a_candidate_does_not_pass_on_a_subordinates_record() -> None:
    graph = read_candidates([str(bundled("data", "candidates", "consulting-l7.ttl"))])
    boss, subordinate = "https://example.org/person/boss", "https://example.org/person/consulting-l7"
    graph.add(boss, RDF.type, ITSS.Candidate)
    for predicate in LINKS[:4]:
        graph.add(boss, predicate, subordinate)
    expected = unmet(graph, READING)
    assert len({shape for person, shape in expected if person == boss}) == 78
    assert ENGINES["shacl"](as_ntriples(everything_claimed(graph, READING)), merged(bundled("shapes", "levels"))) == expected


ODD_FIGURES = ['"NaN"^^xsd:decimal', '"NaN"^^xsd:double', '"INF"^^xsd:double', '"-INF"^^xsd:double', '"many"^^xsd:integer']


@pytest.mark.parametrize("figure", ODD_FIGURES)
@pytest.mark.parametrize("command", ["assess", "explain", "validate"])
def test_odd_figures_break_nothing(command: str, figure: str) -> None:
    text = f"""@prefix itss: <https://w3id.org/itss-kg/ns#> . @prefix xsd: <{XSD}> .
    <http://e/1> a itss:Candidate ; itss:claims <https://w3id.org/itss-kg/sales/consulting-L6> ;
      itss:responsibleFor [ a itss:MarketSegment ; itss:inField <https://w3id.org/itss-kg/sales/consulting> ;
        itss:segmentKind itss:Company ; itss:employees {figure} ] ."""
    more = {"explain": ["--candidate", "1", "--level", "consulting-L6", "--format", "json"]}.get(command, [])
    result = call(command, "-", *more, stdin=text)
    assert result.returncode == (1 if command == "validate" else 0)
    assert "Traceback" not in result.stderr
    if command == "explain":
        json.loads(result.stdout, parse_constant=pytest.fail)


def test_a_literal_claim_is_no_claim_that_was_checked() -> None:
    text = '@prefix itss: <https://w3id.org/itss-kg/ns#> . <http://e/1> a itss:Candidate ; itss:claims "consulting-L5" .'
    result = call("validate", "-", "--format", "junit", stdin=text)
    assert result.returncode == 1
    assert "Literal(" not in result.stdout
    assert "claims checked: 0" in result.stderr


def test_xml_entities_are_refused() -> None:
    bomb = b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><rdf:RDF/>"
    with pytest.raises(InputError, match="entities"):
        list(read_triples("bomb.rdf", bomb))


def test_a_key_that_stands_twice_is_no_silent_skip() -> None:
    text = b'{"id": "http://e/1", "claims": "sales:consulting-L5", "claims": "sales:consulting-L6"}'
    with pytest.raises(InputError, match="'claims' stands twice"):
        list(read_triples("twice.json", text))


def test_an_ontology_that_names_what_it_does_not_describe() -> None:
    graph = Graph(READING.standard.graph)
    wrong = Graph(
        (s, p, "http://e/none" if (s, p) == (READING.standard.indicators[0].iri, ITSS.ofField) else o) for s, p, o in graph
    )
    with pytest.raises(OntologyError, match="http://e/none, which the ontology does not describe"):
        _ = type(READING.standard)(wrong).indicators


HIDDEN = [
    r"SELECT * WHERE { ?s ?p ex:a\#b SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p ex:a\\'b . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } ?x ?y ex:c\\'d }",
    "SELECT * WHERE { # '''\n SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } # '''\n }",
    "SELECT * WHERE { ?s ?p '''it's''' . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } # '\n }",
    "SELECT * WHERE { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * WHERE { service silent ?g { ?s ?p ?o } }",
    "SELECT * WHERE { FILTER(?a<?b) SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } FILTER(?c>?d) }",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_no_service_hides_in_a_query(text: str) -> None:
    assert "SERVICE" in keywords(text)
    with pytest.raises(CallError, match="not allowed"):
        refuse_service(text)


def test_a_report_on_a_type_is_turtle_that_parses() -> None:
    text = "@prefix itss: <https://w3id.org/itss-kg/ns#> . <http://e/1> itss:hasEngagement <http://e/2> ."
    result = call("validate", "-", "--format", "ttl", stdin=text)
    assert "rdf:type" in result.stdout
    assert len(list(read_triples("report.ttl", result.stdout.encode()))) > 10
