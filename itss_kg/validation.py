"""Records checked by SHACL: the form of every record, and every claim against the shapes of the indicator claimed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from itss_kg.assessment import candidates
from itss_kg.graph import Graph, Literal, Term
from itss_kg.materialise import prepared, to_rdflib
from itss_kg.namespaces import ITSS, SH, XSD, curie, local_name
from itss_kg.reading import Reading
from itss_kg.resources import bundled
from itss_kg.shapes import level_shapes, list_shapes

if TYPE_CHECKING:
    import rdflib


__all__ = ["SEVERITIES", "Report", "Result", "validate"]

SEVERITIES = ("Violation", "Warning", "Info")


@dataclass(frozen=True)
class Result:
    """One validation result. `criterion` is what a level shape checks; `path` is Turtle, as a path may be more than an IRI."""

    focus: str
    severity: str
    shape: str
    component: str
    path: str
    value: Term | None
    messages: tuple[Literal, ...]
    criterion: str | None

    def message(self, language: str) -> str:
        """The message in a language, or any there is."""
        by_language = {item.language: item.lexical for item in self.messages}
        return by_language.get(language) or by_language.get("en") or next(iter(by_language.values()), "")


@dataclass(frozen=True)
class Report:
    """Everything that was checked and found; `candidates` and `claims` say how much was looked at."""

    results: tuple[Result, ...]
    candidates: int
    claims: tuple[tuple[str, str], ...]

    @property
    def conforms(self) -> bool:
        """`sh:conforms`: there is no result at all."""
        return not self.results

    def counts(self) -> dict[str, int]:
        """How many results of each severity there are, the gravest first."""
        found = Counter(item.severity for item in self.results)
        return {name: found.get(name, 0) for name in SEVERITIES}

    def fails(self, at: str = "Violation") -> bool:
        """Whether there is a result of the severity or a graver one."""
        return any(SEVERITIES.index(item.severity) <= SEVERITIES.index(at) for item in self.results)


def validate(graph: Graph, reading: Reading) -> Report:
    """Check the form of the records and every claim, with pySHACL.

    Form is checked on the records as they are. Claims are checked on the prepared records (see `materialise.prepared`).
    """
    known = {item.iri for item in reading.standard.indicators}
    stated = ((subject, term) for subject, predicate, term in graph if predicate == ITSS.claims and term in known)
    claims = tuple(sorted((subject, str(term)) for subject, term in stated))
    results = [*_form(graph, reading), *_levels(graph, reading, {claim for _, claim in claims})]
    return Report(tuple(sorted(results, key=_order)), len(candidates(graph, reading)), claims)


def _order(item: Result) -> tuple[Any, ...]:
    return (item.focus, SEVERITIES.index(item.severity), item.shape, item.component, item.path, str(item.value))


def form_shapes(reading: Reading) -> Iterator[str]:
    """The Turtle documents with the shapes of the records' form."""
    for name in ("candidate.ttl", "candidate-sparql.ttl"):
        yield bundled("shapes", name).read_text(encoding="utf-8")
    yield list_shapes(reading)


def _form(graph: Graph, reading: Reading) -> Iterator[Result]:
    shapes = _parsed(form_shapes(reading))
    yield from _results(_run(to_rdflib(graph), shapes), shapes)


def _levels(graph: Graph, reading: Reading, claimed: set[str]) -> Iterator[Result]:
    indicators = [item for item in reading.standard.indicators if item.iri in claimed]
    if indicators:
        shapes = _parsed(level_shapes(reading, item) for item in indicators)
        yield from _results(_run(to_rdflib(prepared(graph, reading.standard)), shapes), shapes)


def _parsed(documents: Iterable[str]) -> rdflib.Graph:
    import rdflib

    whole = rdflib.Graph()
    for text in documents:
        whole.parse(data=text, format="turtle")
    return whole


def _run(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    import pyshacl

    found = pyshacl.validate(data, shacl_graph=shapes, advanced=True, inference="none", do_owl_imports=False)
    report: rdflib.Graph = found[1]
    return report


def _results(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    import rdflib

    sh = rdflib.Namespace(SH.base)
    for node in report.objects(None, sh.result):
        shape = report.value(node, sh.sourceShape)
        path = report.value(node, sh.resultPath)
        value = report.value(node, sh.value)
        yield Result(
            focus=_text(report.value(node, sh.focusNode)),
            severity=local_name(str(report.value(node, sh.resultSeverity))),
            shape=str(shape),
            component=str(report.value(node, sh.sourceConstraintComponent)),
            path=_path(path, report) if path is not None else "",
            value=None if value is None else _term(value),
            messages=_messages(node, report, shapes),
            criterion=_criterion(shape, shapes),
        )


def _messages(node: rdflib.term.Node, report: rdflib.Graph, shapes: rdflib.Graph) -> tuple[Literal, ...]:
    """The messages of a result, or those of its shape where pySHACL filled in a variable and lost the language with it."""
    import rdflib

    sh = rdflib.Namespace(SH.base)
    given = sorted(_literals(report.objects(node, sh.resultMessage)))
    stated = sorted(_literals(shapes.objects(report.value(node, sh.sourceShape), sh.message)))
    if any(item.language for item in given) or not stated:
        return tuple(given)
    filled = {"{?path}": report.value(node, sh.resultPath), "{?value}": report.value(node, sh.value)}
    for variable, value in filled.items():
        if value is not None:
            shown = _path(value, report) if variable == "{?path}" else curie(_text(value))
            stated = [item._replace(lexical=item.lexical.replace(variable, shown)) for item in stated]
    return tuple(stated)


def _criterion(shape: rdflib.term.Node | None, shapes: rdflib.Graph) -> str | None:
    """What a level shape cites: the first `rdfs:seeAlso` outside the core vocabulary."""
    import rdflib

    cited = sorted(str(item) for item in shapes.objects(shape, rdflib.RDFS.seeAlso))
    return next((item for item in cited if item not in ITSS), None)


def _term(node: rdflib.term.Node) -> Term:
    import rdflib

    if isinstance(node, rdflib.Literal):
        return Literal(str(node), str(node.datatype or XSD.string), node.language or "")
    return f"_:{node}" if isinstance(node, rdflib.BNode) else str(node)


def _literals(nodes: Iterable[rdflib.term.Node]) -> Iterator[Literal]:
    yield from (term for node in nodes if isinstance(term := _term(node), Literal))


def _text(node: rdflib.term.Node | None) -> str:
    term = _term(node) if node is not None else ""
    return term.lexical if isinstance(term, Literal) else term


def _path(node: rdflib.term.Node, report: rdflib.Graph) -> str:
    """A property path as Turtle."""
    import rdflib

    if isinstance(node, rdflib.URIRef):
        return curie(str(node))
    if report.value(node, rdflib.RDF.first) is not None:
        return "( " + " ".join(_path(item, report) for item in report.items(node)) + " )"
    for predicate, inner in report.predicate_objects(node):
        return f"[ {curie(str(predicate))} {_path(inner, report)} ]"
    return "[]"
