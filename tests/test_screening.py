"""Records looked through by the column: what is not given to an engine, it would have found nothing at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import SH

from itss_kg import Graph, OntologyError, Reading, Standard, validate
from itss_kg.bulk.batch_rows import frame_of, graph_of, ntriples
from itss_kg.bulk.checking import Shapes
from itss_kg.bulk.columns import literal_of
from itss_kg.bulk.conforming import Conforming, Linked
from itss_kg.bulk.lines import Statements
from itss_kg.bulk.screened import Screened, screened
from itss_kg.bulk.screening import Screen
from itss_kg.bulk.shape_plan import shape_plan
from itss_kg.bulk.shape_tests import Unknown
from itss_kg.bulk.sources import Piece
from itss_kg.bulk.validated_input import piece_size, portions, validated_input
from itss_kg.bulk.validation import screen_of, shapes_of
from itss_kg.engines import engine
from itss_kg.graph import Literal, Term, Triple
from itss_kg.input import read_triples
from itss_kg.namespaces import ITSS, RDF, RDFS, XSD, local_name
from itss_kg.results import Report
from itss_kg.sampling import sample
from tests.disorder import SALES, disorder
from tests.test_bulk_validation import ACROSS, EX
from tests.test_engines import CASES


@pytest.fixture(scope="module")
def shapes(reading: Reading) -> Shapes:
    return shapes_of(reading)


@contextmanager
def quiet(*_: object) -> Iterator[object]:
    yield lambda *_: None


def pieces_of(parts: Sequence[Sequence[Triple]]) -> list[Piece]:
    return [Piece("records", 1, "graph", data=frame_of(Graph(part))) for part in parts if part]


def in_pieces(parts: Sequence[Sequence[Triple]], reading: Reading, shapes: Shapes, jobs: int = 1, memory: int = 1024) -> Report:
    with validated_input(pieces_of(parts), reading, jobs=jobs, memory=memory, progress=quiet, shapes=shapes) as found:
        return Report(tuple(item.result for item in found.results()), len(found.candidates()), found.claims())


def whole(parts: Sequence[Sequence[Triple]]) -> Graph:
    """What the pieces say, blank nodes named as there."""
    return graph_of(pl.concat([piece.statements().frame() for piece in pieces_of(parts)]))


def left(parts: Sequence[Sequence[Triple]], reading: Reading, shapes: Shapes) -> Screened:
    with tempfile.TemporaryDirectory() as folder:
        return screened(pieces_of(parts), screen_of(shapes, reading), shapes.looks.links, Path(folder), 1, lambda *_: None)


def test_all_shapes_are_known_by_the_column(shapes: Shapes) -> None:
    assert not [test for test in shape_plan([shapes.looks.core]).tests if isinstance(test, Unknown)]


def aimed_by_properties(graph: rdflib.Graph) -> rdflib.Graph:
    """The case with its single nodes, and shapes that are classes, reached in the ways that this package's shapes use."""
    found = rdflib.Graph() + graph
    for number, (shape, node) in enumerate(sorted(graph.subject_objects(SH.targetNode))):
        aim = rdflib.URIRef(f"urn:aim:{number}")
        found.remove((shape, SH.targetNode, node))
        found.add((shape, SH.targetObjectsOf, aim))
        found.add((rdflib.URIRef("urn:aiming"), aim, node))
    for shape in set(graph.subjects(rdflib.RDF.type, rdflib.RDFS.Class)):
        if (shape, rdflib.RDF.type, SH.NodeShape) in graph:
            found.remove((shape, rdflib.RDF.type, rdflib.RDFS.Class))
            found.add((shape, SH.targetClass, shape))
    return found


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path, _ in CASES])
def test_whatever_the_w3c_finds_something_at_is_suspect(path: Path) -> None:
    graph = aimed_by_properties(rdflib.Graph().parse(path, publicID=path.as_uri()))
    data, shapes = graph.serialize(format="nt").encode(), graph.serialize(format="turtle")
    found = {item.focus for item in engine("shacl", [shapes])(data)}
    linked = Linked(Statements.of(frame_of(Graph(read_triples("data.nt", data)))))
    conforming = Conforming(shape_plan([shapes]), linked)
    names = set(linked.terms.filter(pl.Series(conforming.suspects({}))).str.strip_chars("<>"))
    if RDFS.subClassOf in linked.properties:
        names = set(linked.terms.str.strip_chars("<>"))  # as `Screen` has it
    said = {literal_of(name).lexical if name.startswith('"') else name for name in names}
    blank = {name for name in found if name.startswith("_:")}
    assert found - blank <= said
    assert bool(blank) <= any(name.startswith("_:") for name in said)


@pytest.mark.parametrize("aim", ["sh:targetNode ex:a", "a rdfs:Class"])
def test_shapes_aimed_otherwise_are_refused(aim: str) -> None:
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in (("sh", SH), ("rdfs", rdflib.RDFS), ("ex", EX)))
    with pytest.raises(OntologyError, match="aimed at nodes in a way that no batch of records can decide"):
        shape_plan([f"{prefixes} ex:s a sh:NodeShape ; {aim} ."])


@settings(max_examples=15, deadline=None)
@given(graph=disorder, data=st.data())
def test_pieces_find_in_disordered_records_what_the_whole_shows(
    graph: Graph, data: st.DataObject, reading: Reading, shapes: Shapes
) -> None:
    triples = list(graph)
    places = data.draw(st.lists(st.integers(0, 3), min_size=len(triples), max_size=len(triples)))
    parts = [[triple for triple, place in zip(triples, places, strict=True) if place == number] for number in range(4)]
    assert in_pieces(parts, reading, shapes) == validate(whole(parts), reading, "shacl")


@pytest.mark.parametrize("name", ACROSS)
def test_what_only_several_pieces_show(name: str, reading: Reading, shapes: Shapes) -> None:
    parts = [[triple] for triple in ACROSS[name][0]]
    assert in_pieces(parts, reading, shapes) == validate(ACROSS[name][0], reading, "shacl")


@pytest.mark.parametrize(("size", "jobs", "memory"), [(1, 1, 1024), (17, 1, 64), (300, 2, 1024)])
def test_sampled_candidates_in_pieces(
    size: int, jobs: int, memory: int, standard: Standard, reading: Reading, shapes: Shapes
) -> None:
    records = [record.triples for record in sample(standard, 120, seed=5, faults=0.4)]
    parts = [[triple for record in records[start : start + size] for triple in record] for start in range(0, 120, size)]
    report = in_pieces(parts, reading, shapes, jobs, memory)
    assert report == validate(whole(parts), reading, "shacl")
    assert report.candidates == 120
    assert len({item.shape for item in report.results}) > 15


def test_an_engine_sees_nothing_of_records_without_fault(standard: Standard, reading: Reading, shapes: Shapes) -> None:
    triples = [triple for record in sample(standard, 60, seed=5, faults=0) for triple in record.triples]
    assert left([triples], reading, shapes).statements == 0
    assert validate(Graph(triples), reading, "shacl").results == ()


def test_one_fault_gives_one_record_to_the_engine(standard: Standard, reading: Reading, shapes: Shapes) -> None:
    triples = [triple for record in sample(standard, 60, seed=5, faults=0) for triple in record.triples]
    misspelt = (f"{EX}person/0000007", ITSS.base + "misspelt", f"{EX}x")
    given = left([[*triples, misspelt]], reading, shapes)
    record = next(record for record in sample(standard, 60, seed=5, faults=0) if record.candidate == misspelt[0])
    assert len(record.triples) // 2 < given.statements < 3 * len(record.triples)


def test_classes_ordered_in_one_piece_concern_the_nodes_of_all(reading: Reading, shapes: Shapes) -> None:
    parts = [
        [(f"{EX}Sub", RDFS.subClassOf, ITSS.Engagement)],
        [(f"{EX}e", RDF.type, f"{EX}Sub")],
    ]
    assert left(parts, reading, shapes).statements == 2
    report = in_pieces(parts, reading, shapes)
    assert report == validate(whole(parts), reading, "shacl")
    assert {item.focus for item in report.results} == {f"{EX}e"}


def test_less_memory_means_smaller_pieces_and_more_portions() -> None:
    assert piece_size(1024, 2) == 2 * piece_size(512, 2) == 2 * piece_size(1024, 4)
    assert piece_size(64, 64) == 1 << 20
    assert portions(1_000, 64) == 1
    assert portions(1 << 20, 64) > portions(1 << 20, 1024) > 1


PREFIXES_OF_SHAPES = f"@prefix sh: <{SH}> . @prefix xsd: <{XSD.base}> . @prefix ex: <{EX}> ."
DATE, WORDS = Literal("2020-01-01", XSD.date), Literal("words")


def whole_number(text: str) -> Literal:
    return Literal(text, XSD.integer)


@pytest.mark.parametrize(
    ("constraint", "value", "suspect"),
    [
        ("sh:datatype xsd:integer", whole_number("1"), False),
        ("sh:datatype xsd:integer", whole_number("one"), True),
        ("sh:datatype xsd:date", DATE, True),  # of dates nothing is certain
        ("sh:not [ sh:datatype xsd:integer ]", whole_number("1"), True),
        ("sh:not [ sh:datatype xsd:integer ]", DATE, True),
        ("sh:not [ sh:nodeKind sh:Literal ]", f"{EX}b", False),
        ("sh:not [ sh:nodeKind sh:Literal ]", WORDS, True),
        ("sh:qualifiedValueShape [ sh:datatype xsd:date ] ; sh:qualifiedMaxCount 0", DATE, True),
        ("sh:qualifiedValueShape [ sh:datatype xsd:date ] ; sh:qualifiedMinCount 1", DATE, True),
        ("sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMaxCount 0", whole_number("1"), True),
        ("sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMinCount 1", whole_number("1"), False),
        ("sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 0", DATE, False),
        ("sh:minInclusive 1", whole_number("1"), False),
        ("sh:minInclusive 1", whole_number("0"), True),
        ("sh:minInclusive 1", Literal("0.9999999999", XSD.decimal), True),
        ("sh:minInclusive 1", Literal("1", XSD.double), True),  # nor of floating numbers
        ("sh:minExclusive 0", whole_number("0"), True),
        ("sh:minExclusive 0", Literal("0.0000000001", XSD.decimal), False),
        ("sh:maxInclusive 1", whole_number("1"), False),
        ("sh:maxExclusive 1", whole_number("1"), True),
        ("sh:hasValue 1", whole_number("1"), False),
        ("sh:hasValue 1", whole_number("01"), True),
        ('sh:in ( "words" ex:b )', WORDS, False),
        ('sh:in ( "words" ex:b )', Literal("words", RDF.langString, "en"), True),
        ("sh:minCount 2", DATE, True),
        ("sh:pattern '.*'", DATE, True),  # not known by the column
        ("sh:or ( [ sh:nodeKind sh:IRI ] [ sh:datatype xsd:integer ] )", whole_number("1"), False),
        ("sh:or ( [ sh:nodeKind sh:IRI ] [ sh:datatype xsd:date ] )", DATE, True),
    ],
)
def test_what_is_certain_by_the_column(constraint: str, value: Term, suspect: bool) -> None:
    shapes = (
        f"{PREFIXES_OF_SHAPES} ex:s a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; {constraint} ] ."
    )
    graph = Graph([(f"{EX}a", f"{EX}p", value)])
    linked = Linked(Statements.of(frame_of(graph)))
    found = Conforming(shape_plan([shapes]), linked).suspects({})
    assert linked.terms.filter(pl.Series(found)).to_list() == ([f"<{EX}a>"] if suspect else [])
    if not suspect:
        assert engine("shacl", [shapes])(ntriples(frame_of(graph))) == []


def test_a_node_that_nothing_is_said_of_but_two_pieces_lead_to() -> None:
    shape = "ex:s a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 ] ."
    screen = Screen(shape_plan([f"{PREFIXES_OF_SHAPES} {shape}"]), (), {}, (), frozenset())
    parts = [[(f"{EX}{name}", f"{EX}p", f"{EX}shared")] for name in "ab"]
    with tempfile.TemporaryDirectory() as folder:
        found = screened(pieces_of(parts), screen, (f"{EX}p",), Path(folder), 1, lambda *_: None)
        alone = screened(pieces_of(parts[:1]), screen, (f"{EX}p",), Path(folder), 1, lambda *_: None)
    assert (found.statements, alone.statements) == (2, 0)


@pytest.mark.parametrize("apart", [False, True])
def test_a_literal_that_reads_like_a_node_given_in_part(
    apart: bool, standard: Standard, reading: Reading, shapes: Shapes
) -> None:
    record = next(iter(sample(standard, 1, seed=5, faults=0)))
    engagement = next(term for _, name, term in record.triples if name == ITSS.hasEngagement)
    odd: Triple = (str(engagement), ITSS.base + "misspelt", f"{EX}z")
    slip: list[Triple] = [(f"{EX}c", RDF.type, ITSS.Candidate), (f"{EX}c", ITSS.hasEngagement, Literal(record.candidate))]
    parts = [[*record.triples, odd], slip] if apart else [[*record.triples, odd, *slip]]
    report = in_pieces(parts, reading, shapes)
    assert record.candidate in {item.focus for item in report.results}
    assert report == validate(whole(parts), reading, "shacl")


@pytest.mark.parametrize("literal", [Literal("5", XSD.integer), Literal("hi", RDF.langString, "en"), Literal('a"b\\c\n')])
def test_a_literal_of_two_owners_in_two_batches(
    literal: Literal, reading: Reading, shapes: Shapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itss_kg.bulk.validated_input.BATCH", 1)
    owned = [(f"{EX}{name}", ITSS.hasEngagement, literal) for name in "ab"]
    parts = [[*owned, *((f"{EX}{name}", RDF.type, ITSS.Candidate) for name in "ab")]]
    report = in_pieces(parts, reading, shapes)
    assert "Engagement-single-owner-shape" in {local_name(item.shape) for item in report.results}
    assert report == validate(whole(parts), reading, "shacl")


def test_a_triple_in_the_place_of_a_node_is_no_iri() -> None:
    linked = Linked(
        Statements.of(pl.DataFrame({"subject": ["<a:a>"], "predicate": ["<a:p>"], "object": ["<<( <a:a> <a:b> <a:c> )>>"]}))
    )
    shape = "ex:s a sh:NodeShape ; sh:targetSubjectsOf <a:p> ; sh:property [ sh:path <a:p> ; sh:nodeKind sh:IRI ] ."
    found = Conforming(shape_plan([f"{PREFIXES_OF_SHAPES} {shape}"]), linked).suspects({})
    assert linked.terms.filter(pl.Series(found)).to_list() == ["<a:a>"]


def test_what_another_piece_says_of_a_node_counts_for_those_that_lead_to_it() -> None:
    shape = "ex:s a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path ( ex:p ex:q ) ; sh:nodeKind sh:IRI ] ."
    screen = Screen(shape_plan([f"{PREFIXES_OF_SHAPES} {shape}"]), (), {}, (), frozenset())
    here: list[Triple] = [(f"{EX}a", f"{EX}p", f"{EX}b"), (f"{EX}b", f"{EX}q", f"{EX}c")]
    with tempfile.TemporaryDirectory() as folder:
        found = screened(
            pieces_of([here, [(f"{EX}b", f"{EX}q", WORDS)]]), screen, (f"{EX}p",), Path(folder), 1, lambda *_: None
        )
    assert (found.statements, found.partial) == (3, frozenset())


def _sound(record: list[Triple], reading: Reading, shapes: Shapes) -> bool:
    """Whether nothing is found in a record, whose engagements are two."""
    engagements = [triple for triple in record if triple[1] == ITSS.hasEngagement]
    return len(engagements) == 2 and not in_pieces([record], reading, shapes).results


def test_engagements_that_hide_a_missing_project_from_the_shapes(standard: Standard, reading: Reading, shapes: Shapes) -> None:
    """Two engagements on one project, and a second project without its tasks: the shapes count two of both."""
    claim = (ITSS.claims, f"{SALES}product-L3")
    records = (record.triples for record in sample(standard, 300, seed=9, faults=0))
    record = next(
        triples for triples in records if claim in {triple[1:] for triple in triples} and _sound(triples, reading, shapes)
    )
    one, other = (term for _, name, term in record if name == ITSS.hasEngagement)
    again = [(f"{EX}again", name, term) for subject, name, term in record if subject == one]
    owner = next(subject for subject, name, _ in record if name == ITSS.hasEngagement)
    rest = [triple for triple in record if triple[:2] != (other, ITSS.performed)]
    parts = [[*rest, *again, (owner, ITSS.hasEngagement, f"{EX}again")]]
    report = in_pieces(parts, reading, shapes)
    assert [local_name(item.criterion) for item in report.results if item.criterion] == ["product-L3-track-record"]
    assert report == validate(whole(parts), reading, "shacl")
