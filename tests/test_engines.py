"""The adapter of the SHACL engines: the W3C's cases in both, and the same findings from both on any records."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, SH

from itss_kg import Literal
from itss_kg.engines import ENGINES, engine
from itss_kg.graph import Term
from itss_kg.namespaces import PREFIXES, XSD
from itss_kg.results import Result

SUITE = Path(__file__).parents[2] / "shared" / "suites" / "shacl-core"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = rdflib.Namespace("http://www.w3.org/ns/shacl-test#")
Key = tuple[str, ...]


def entries() -> list[tuple[Path, rdflib.URIRef]]:
    """Every case that the manifests list, by file."""
    found, waiting = [], [SUITE / "manifest.ttl"]
    while waiting:
        path = waiting.pop(0)
        graph = rdflib.Graph().parse(path, publicID=path.as_uri())
        waiting.extend(Path(str(item).removeprefix("file://")) for item in sorted(graph.objects(None, MF.include)))
        for head in graph.objects(None, MF.entries):
            found.extend((path, item) for item in graph.items(head))
    return found


CASES = entries() if SUITE.is_dir() else []
KNOWN = {("pyshacl", "uniqueLang-002"): "pySHACL takes the literal 1 for true, where the recommendation asks for the term true"}


def cases(name: str) -> list[pytest.param]:
    marks = {
        case: [pytest.mark.xfail(reason=KNOWN[name, case.stem], strict=True)] if (name, case.stem) in KNOWN else []
        for case, _ in CASES
    }
    return [
        pytest.param(name, path, entry, marks=marks[path], id=f"{name}-{path.parent.name}-{path.stem}") for path, entry in CASES
    ]


def term(node: rdflib.term.Node | None) -> str:
    if isinstance(node, rdflib.BNode):
        return "_:"
    return "" if node is None else node.n3() if isinstance(node, rdflib.Literal) else str(node)


def path_key(node: rdflib.term.Node | None, graph: rdflib.Graph) -> str:
    if not isinstance(node, rdflib.BNode):
        return term(node)
    if (node, RDF.first, None) in graph:
        return "( " + " ".join(path_key(item, graph) for item in graph.items(node)) + " )"
    predicate, inner = next(iter(graph.predicate_objects(node)))
    return f"[ {predicate} {path_key(inner, graph)} ]"


def expected(graph: rdflib.Graph, entry: rdflib.URIRef) -> Counter[Key]:
    report = graph.value(entry, MF.result)
    return Counter(
        (
            focus if (focus := term(graph.value(node, SH.focusNode))) == "_:" else str(graph.value(node, SH.focusNode)),
            term(graph.value(node, SH.resultSeverity)).rpartition("#")[2] or "Violation",
            term(graph.value(node, SH.sourceConstraintComponent)),
            path_key(graph.value(node, SH.resultPath), graph),
            term(graph.value(node, SH.value)),
            term(graph.value(node, SH.sourceShape)),
        )
        for node in graph.objects(report, SH.result)
    )


def expanded(path: str) -> str:
    """The adapter's path with whole IRIs."""
    whole = {f"{prefix}:": base for prefix, base in PREFIXES.items()}
    words = (re.sub(r"^[a-z]+:", lambda match: whole.get(match[0], match[0]), word) for word in path.split())
    return " ".join(word.removeprefix("<").removesuffix(">") for word in words)


def key(item: Result) -> Key:
    focus = "_:" if item.focus.startswith("_:") else item.focus
    shape = "_:" if item.shape.startswith("_:") else item.shape
    return focus, item.severity, item.component, expanded(item.path), term(as_rdflib(item.value)), shape


def as_rdflib(value: Term | None) -> rdflib.term.Node | None:
    if isinstance(value, Literal):
        datatype = None if value.language or value.datatype == XSD.string else rdflib.URIRef(value.datatype)
        return rdflib.Literal(value.lexical, lang=value.language or None, datatype=datatype, normalize=False)
    return None if value is None else rdflib.BNode() if value.startswith("_:") else rdflib.URIRef(value)


def ntriples(address: str) -> bytes:
    """A file as it stands: rdflib would write "1"^^xsd:boolean as true, which is another term."""
    triples = ox.parse(Path(address.removeprefix("file://")).read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=address)
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 98


@pytest.mark.parametrize(("name", "path", "entry"), [case for name in ENGINES for case in cases(name)])
def test_w3c_case(name: str, path: Path, entry: rdflib.URIRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)  # an expected value is the term that stands in the data
    manifest = rdflib.Graph().parse(path, publicID=path.as_uri())
    action = manifest.value(entry, MF.action)
    data, shapes = (ntriples(str(manifest.value(action, role))) for role in (SHT.dataGraph, SHT.shapesGraph))
    found = engine(name, [shapes.decode()])(data)
    assert Counter(map(key, found)) == expected(manifest, entry)


ABOVE = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:x:shape> sh:targetSubjectsOf <urn:x:p> ; sh:property [
    sh:path <urn:x:p> ; sh:datatype <{XSD.decimal}> ; sh:minExclusive 0 ; sh:maxInclusive 500.25 ] .
"""
DECIMALS = [
    "0." + "0" * 30 + "1",
    "-0." + "0" * 30 + "1",
    "500.25" + "0" * 20,
    "500.25" + "0" * 20 + "1",
    "500.24" + "9" * 20,
    ".5" + "0" * 18 + "1",
    "1" + "0" * 37,
    "-1" + "0" * 37 + ".5",
    "+" + "0" * 40 + "7.10",
]


@pytest.mark.parametrize("value", DECIMALS)
def test_decimals_of_any_length_are_numbers_in_both_engines(value: str) -> None:
    data = f'<urn:x:a> <urn:x:p> "{value}"^^<{XSD.decimal}> .\n'.encode()
    expected = Decimal(value) > 0 and Decimal(value) <= Decimal("500.25")
    for name in ENGINES:
        found = engine(name, [ABOVE])(data)
        assert (found == []) is expected
        assert {item.value for item in found} <= {Literal(value, XSD.decimal)}


def test_long_decimals_that_begin_alike_stay_apart() -> None:
    values = {Literal(f"600.{'1' * 20}{last}", XSD.decimal) for last in range(5)}
    data = "".join(f'<urn:x:a> <urn:x:p> "{item.lexical}"^^<{XSD.decimal}> .\n' for item in values).encode()
    for name in ENGINES:
        assert {item.value for item in engine(name, [ABOVE])(data)} == values


def test_a_text_that_looks_like_a_blank_node_is_left_as_it_is() -> None:
    """The engine's own names of blank nodes are numbers, of which one stands in the text."""
    said = " ".join(f"_:0_b{number} " for number in range(60))
    data = f'_:a <urn:x:p> "{said}" .\n'.encode()
    for name in ENGINES:
        assert {item.value for item in engine(name, [ABOVE])(data)} == {Literal(said)}
