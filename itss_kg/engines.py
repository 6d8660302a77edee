"""SHACL engines behind one call: shapes go in once, then N-Triples, and validation results come out.

    check = engine("shacl", [shapes_in_turtle])
    results = check(b"<https://example.org/a> <https://example.org/p> 'x' .")

Both engines give an RDF validation report, which is read in one place. What an engine does differently is evened out here:
pySHACL reads some ill-formed numbers as numbers and loses the language of a message that it fills in; `shacl` gives blank nodes
names of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from itss_kg.errors import CallError, InputError, nearest
from itss_kg.graph import Graph, Literal, Term
from itss_kg.input import read_triples
from itss_kg.materialise import ILL_FORMED, to_rdflib
from itss_kg.namespaces import ITSS, RDF, RDFS, SH, XSD, curie, local_name
from itss_kg.results import Result

if TYPE_CHECKING:
    import rdflib

__all__ = ["ENGINES", "Check", "engine"]

Check = Callable[[bytes], list[Result]]

_PROBE = "urn:itss-kg:probe"
_PROBE_SHAPE = f"""
<{_PROBE}:shape> a <{SH.NodeShape}> ; <{SH.targetSubjectsOf}> <{_PROBE}> ; <{SH.nodeKind}> <{SH.IRI}> .
"""
_BLANK = re.compile(r"_:[^\s<>\"]+")
_DECIMAL = re.compile(rf'"([+-]?)([0-9]*)(?:\.([0-9]*))?"\^\^<{re.escape(XSD.decimal)}>')
_WHOLE_DIGITS, _PART_DIGITS = 20, 18  # the most that 128 bits hold
_OTHERS = re.compile(r'<[^>]*>|"(?:[^"\\]|\\.)*"')


def engine(name: str, documents: Iterable[str]) -> Check:
    """The engine of a name, with shapes in Turtle.

    Raises:
        CallError: there is no such engine, or it is not installed.
    """
    if name not in ENGINES:
        raise CallError(f"unknown engine {name!r}: expected one of {', '.join(ENGINES)}{nearest(name, ENGINES)}")
    return _compiled(name, "\n".join(documents))


@lru_cache(maxsize=16)
def _compiled(name: str, shapes: str) -> Check:
    return ENGINES[name](shapes)


def _pyshacl(shapes: str) -> Check:
    import pyshacl

    stated = Graph(read_triples("shapes.ttl", shapes.encode()))
    compiled = to_rdflib(stated)

    def check(data: bytes) -> list[Result]:
        graph = to_rdflib(Graph(read_triples("data.nt", data)))
        found = pyshacl.validate(graph, shacl_graph=compiled, advanced=True, inference="none", do_owl_imports=False)
        report: rdflib.Graph = found[1]
        triples = ((_text(subject), str(predicate), _term(term)) for subject, predicate, term in report)
        return list(_results(Graph(triples), stated))

    return check


def _shacl(shapes: str) -> Check:
    try:
        import shacl
    except ImportError:
        raise CallError("the engine 'shacl' is not installed; install it with: pip install 'itss-kg[bulk]'") from None
    compiled = shacl.Shapes.from_turtle(shapes + _PROBE_SHAPE)
    stated = Graph(read_triples("shapes.ttl", shapes.encode()))
    # blank nodes are numbered in the order in which they come, beginning after those of the shapes
    probed = compiled.validate_text(f'_:a <{_PROBE}> "" .\n', format="ntriples").results
    label = next(item.focus_node for item in probed if item.source_shape == f"<{_PROBE}:shape>")
    prefix, first = re.fullmatch(r"(_:0_b)(\d+)", label).groups()  # type: ignore[union-attr]  # a test watches the form

    def check(data: bytes) -> list[Result]:
        text, decimals = within_reach(data.decode())
        try:
            found = compiled.validate_text(text, format="ntriples")
        except ValueError as error:
            raise InputError(f"the engine 'shacl' cannot read these records ({error}); try --engine pyshacl") from None
        if not len(found):
            return []
        report = found.serialize("ntriples")
        if "_:" in text:
            names = dict.fromkeys(_BLANK.findall(_OTHERS.sub("", text)))
            given = {f"{prefix}{int(first) + place}": name for place, name in enumerate(names)}
            label = re.compile(rf"{_OTHERS.pattern}|{prefix}\d+(?= )")
            report = label.sub(lambda match: given.get(match[0], match[0]), report)
        if decimals:
            report = _DECIMAL.sub(lambda match: decimals.get(match[0], match[0]), report)
        return list(_results(Graph(read_triples("report.nt", report.encode())), stated))

    return check


def within_reach(text: str) -> tuple[str, dict[str, str]]:
    """N-Triples without decimals that an engine of 128 bits takes for no numbers, and what stands in for which.

    What stands in is as great or small to every number of the usual length: shapes find the same at it.
    """
    instead: dict[str, str] = {}

    def near(match: re.Match[str]) -> str:
        sign, whole, part = match[1], match[2].lstrip("0"), (match[3] or "").rstrip("0")
        if len(whole) <= _WHOLE_DIGITS and len(part) <= _PART_DIGITS:
            return match[0]
        large = len(whole) > _WHOLE_DIGITS
        for place in range(1, 10):
            shown = f"1{place:0{_WHOLE_DIGITS}}" if large else f"{whole or 0}.{part[: _PART_DIGITS - 1]}{place}"
            found = f'"{sign}{shown}"^^<{XSD.decimal}>'
            if instead.setdefault(found, match[0]) == match[0]:
                return found
        return found

    return _DECIMAL.sub(near, text), instead


ENGINES: dict[str, Callable[[str], Check]] = {"pyshacl": _pyshacl, "shacl": _shacl}


def _results(report: Graph, shapes: Graph) -> Iterator[Result]:
    """The results of a report in RDF; messages are those that the shape states, wherever it states any."""
    for nodes in (report.nodes(subject, SH.result) for subject in report.instances(SH.ValidationReport)):
        for node in nodes:
            shape = report.node(node, SH.sourceShape) or ""
            path = report.node(node, SH.resultPath)
            value = next(iter(report.objects(node, SH.value)), None)
            focus = report.objects(node, SH.focusNode)[0]
            yield Result(
                focus=focus.lexical if isinstance(focus, Literal) else focus,
                severity=local_name(report.node(node, SH.resultSeverity) or ""),
                shape=shape,
                component=report.node(node, SH.sourceConstraintComponent) or "",
                path=_path(path, report) if path is not None else "",
                value=value,
                messages=_messages(report, node, shapes.objects(shape, SH.message)),
                criterion=_criterion(shape, shapes),
            )


def _messages(report: Graph, node: str, stated: Iterable[Term]) -> tuple[Literal, ...]:
    said = sorted(item for item in stated if isinstance(item, Literal))
    if not said:
        return tuple(sorted(item for item in report.objects(node, SH.resultMessage) if isinstance(item, Literal)))
    for variable, predicate in (("{?path}", SH.resultPath), ("{?value}", SH.value)):
        for term in report.objects(node, predicate)[:1]:
            shown = _path(str(term), report) if variable == "{?path}" else curie(_plain(term))
            said = [item._replace(lexical=item.lexical.replace(variable, shown)) for item in said]
    return tuple(said)


def _criterion(shape: str, shapes: Graph) -> str | None:
    """What a level shape cites: the first `rdfs:seeAlso` outside the core vocabulary."""
    return next((item for item in sorted(shapes.nodes(shape, RDFS.seeAlso)) if item not in ITSS), None)


def _plain(term: Term) -> str:
    return term.lexical if isinstance(term, Literal) else term


def _path(node: str, report: Graph) -> str:
    """A property path as Turtle."""
    if not node.startswith("_:"):
        return curie(node)
    if report.objects(node, RDF.first):
        return "( " + " ".join(_path(str(item), report) for item in report.items(node)) + " )"
    for predicate, inner in report.row(node).items():
        return f"[ {curie(predicate)} {_path(str(inner[0]), report)} ]"
    return "[]"


def _term(node: rdflib.term.Node) -> Term:
    """Our form of rdflib's term; what was hidden from pySHACL's reading of numbers is shown again."""
    import rdflib

    if isinstance(node, rdflib.Literal):
        datatype = str(node.datatype or XSD.string).removeprefix(ILL_FORMED)
        return Literal(str(node), RDF.langString if node.language else datatype, node.language or "")
    return f"_:{node}" if isinstance(node, rdflib.BNode) else str(node)


def _text(node: rdflib.term.Node) -> str:
    return _plain(_term(node))
