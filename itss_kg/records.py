"""Candidates' records written out one by one, as N-Triples, Turtle, JSON-LD or JSON Lines, whatever their number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

from itss_kg.errors import CallError, nearest
from itss_kg.graph import Graph, Literal, Term
from itss_kg.namespaces import CONTEXT_IRI, DCTERMS, ITSS, PREFIXES, RDF, RDFS, XSD
from itss_kg.sampling import PERSON, PROJECT, Record
from itss_kg.turtle import Writer

__all__ = ["RECORD_FORMATS", "nt_term", "write"]

_PREFIXES = {name: PREFIXES[name] for name in ("dcterms", "itss", "rdfs", "sales", "xsd")} | {
    "person": PERSON,
    "project": PROJECT,
}
# The properties whose values the context reads as names; elsewhere a name would be read as a text.
_NAMED = frozenset(
    {
        ITSS.hasEngagement,
        ITSS.responsibleFor,
        ITSS.hasSpecialty,
        ITSS.hasSuccession,
        ITSS.hasDevelopment,
        ITSS.passedExamination,
        ITSS.claims,
        ITSS.inField,
        ITSS.onProject,
        ITSS.performed,
        ITSS.hasComplexity,
        ITSS.metExpectation,
        ITSS.segmentKind,
        ITSS.judgedEquivalentTo,
        ITSS.judgedBy,
        ITSS.inArea,
        ITSS.guidance,
        ITSS.contribution,
        ITSS.activityKind,
        ITSS.method,
    }
)
_KEYS = {RDF.type: "type", RDFS.label: "label", DCTERMS.title: "title", DCTERMS.date: "date"}
_NT_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_IRI_ILLEGAL = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_REMEMBERED = 20_000  # rendered terms; more would hold a large sample in memory


def write(records: Iterable[Record], stream: TextIO, form: str = "nt") -> None:
    """Write the records as they come; none is kept.

    Args:
        records: e.g. what `sample` yields.
        stream: where to, a text stream in UTF-8.
        form: a key of `RECORD_FORMATS`.

    Raises:
        CallError: there is no such format.
    """
    if form not in RECORD_FORMATS:
        known = ", ".join(RECORD_FORMATS)
        raise CallError(f"unknown format {form!r} of records: expected one of {known}{nearest(form, RECORD_FORMATS)}")
    for text in RECORD_FORMATS[form](records):
        stream.write(text)


def _ntriples(records: Iterable[Record]) -> Iterator[str]:
    known = _Rendered()
    for record in records:
        if len(known) > _REMEMBERED:
            known.clear()
        yield "".join([f"{known[node]} {known[path]} {known[term]} .\n" for node, path, term in record.triples])


class _Rendered(dict[Term, str]):
    """Terms as N-Triples, each rendered once."""

    def __missing__(self, term: Term) -> str:
        self[term] = text = nt_term(term)
        return text


def nt_term(term: Term) -> str:
    """One term as N-Triples writes it."""
    if not isinstance(term, Literal):
        return term if term.startswith("_:") else f"<{_IRI_ILLEGAL.sub(_escaped, term)}>"
    text = term.lexical.translate(_NT_ESCAPES)
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"' if term.datatype == XSD.string else f'"{text}"^^<{term.datatype}>'


def _escaped(sign: re.Match[str]) -> str:
    return f"\\u{ord(sign[0]):04X}"


def _turtle(records: Iterable[Record]) -> Iterator[str]:
    writer = Writer(_PREFIXES)
    yield writer.header()
    for record in records:
        graph = Graph(record.triples)
        for node in sorted(graph.subjects_all(), key=lambda node: node != record.candidate):
            rows = [(path, writer.many(terms)) for path, terms in graph.row(node).items()]
            yield "\n" + writer.block(node, sorted(rows, key=lambda row: row[0] != RDF.type))


def _jsonld(records: Iterable[Record]) -> Iterator[str]:
    """One object a candidate, with all that belongs to it nested inside; a shared project is spelt out where it comes first."""
    yield f'{{"@context": {json.dumps(CONTEXT_IRI)}, "@graph": ['
    between = "\n"
    for record in records:
        for nested in _nested(record):
            yield between + json.dumps(nested, ensure_ascii=False, indent=1)
            between = ",\n"
    yield "\n]}\n"


def _jsonlines(records: Iterable[Record]) -> Iterator[str]:
    """The same objects, one a line, each with the name of its context."""
    for record in records:
        for nested in _nested(record):
            yield json.dumps({"@context": CONTEXT_IRI, **nested}, ensure_ascii=False) + "\n"


def _nested(record: Record) -> Iterator[dict[str, Any]]:  # JSON
    """The candidate, then what no link leads to from there."""
    graph = Graph(record.triples)
    written: set[str] = set()
    for node in sorted(graph.subjects_all(), key=lambda node: node != record.candidate):
        if node not in written:
            yield _object(graph, node, written)


def _object(graph: Graph, node: str, written: set[str]) -> dict[str, Any]:  # JSON
    written.add(node)
    found: dict[str, Any] = {"id": node}  # JSON
    for path, terms in graph.row(node).items():
        values = [_value(graph, path, term, written) for term in terms]
        found[_key(path)] = values[0] if len(values) == 1 else values
    return found


def _key(path: str) -> str:
    return _KEYS.get(path) or path.removeprefix(ITSS.base)


def _value(graph: Graph, path: str, term: Term, written: set[str]) -> Any:  # JSON
    if isinstance(term, Literal):
        return _json_literal(term)
    if path == RDF.type:
        return term.removeprefix(ITSS.base)
    if term in written or not graph.row(term):
        return _short(term) if path in _NAMED else {"id": term}
    return _object(graph, term, written)


def _short(iri: str) -> str:
    for prefix in ("itss", "sales"):
        if iri.startswith(PREFIXES[prefix]):
            return f"{prefix}:{iri[len(PREFIXES[prefix]) :]}"
    return iri


def _json_literal(term: Literal) -> Any:  # JSON
    """A number as a number where the reader gets the same literal back, anything else with its language or datatype."""
    if term.language:
        return {"@value": term.lexical, "@language": term.language}
    if term.datatype == XSD.integer and str(_whole(term.lexical)) == term.lexical:
        return int(term.lexical)
    return {"@value": term.lexical, "@type": term.datatype}


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


RECORD_FORMATS: dict[str, Callable[[Iterable[Record]], Iterator[str]]] = {
    "nt": _ntriples,
    "ttl": _turtle,
    "jsonld": _jsonld,
    "jsonl": _jsonlines,
}
