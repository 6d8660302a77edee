"""What in the records the standard's vocabulary does not account for, found without a SHACL engine while assessing.

The ontology's own declarations are the measure: declared terms, properties with one value only, datatypes. The candidate shapes
say more; these findings are what an assessment must not pass over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from itss_kg.errors import nearest
from itss_kg.graph import Graph, Literal, Term, number
from itss_kg.namespaces import ITSS, OWL, RDF, RDFS, XSD, curie, local_name
from itss_kg.standard import Standard

__all__ = ["QualityFinding", "quality"]


@dataclass(frozen=True)
class QualityFinding:
    """Something in a record that was not understood, or that contradicts itself; `subject` is where it stands."""

    subject: str
    message: str


def quality(graph: Graph, standard: Standard) -> Iterator[QualityFinding]:
    """The findings of a whole graph, ordered by subject."""
    known = _Known(standard)
    for subject in sorted(graph.subjects_all()):
        for predicate, terms in graph.row(subject).items():
            for message in known.check(predicate, terms):
                yield QualityFinding(subject, message)


class _Known:
    def __init__(self, standard: Standard) -> None:
        self._graph = standard.graph
        self._homes = {iri[: -len(local_name(iri))] for iri in (*(item.iri for item in standard.indicators), ITSS.key)}
        self._names = [local_name(iri) for iri in standard.graph.subjects_all() if self._ours(iri)]

    def _ours(self, term: Term) -> bool:
        return isinstance(term, str) and term[: -len(local_name(term))] in self._homes

    def check(self, predicate: str, terms: list[Term]) -> Iterator[str]:
        """What is wrong with the values of one property of one subject."""
        if predicate == RDF.type or not self._ours(predicate):
            yield from self._undeclared(predicate, terms if predicate == RDF.type else [])
            return
        yield from self._undeclared(predicate, terms)
        if not self._graph.row(predicate):
            return
        types = self._graph.objects(predicate, RDF.type)
        if OWL.FunctionalProperty in types and len(terms) > 1:
            values = ", ".join(sorted(_shown(term) for term in terms))
            yield f"{curie(predicate)} has {len(terms)} values that contradict each other: {values}"
        if OWL.DatatypeProperty in types:
            yield from (message for term in terms for message in self._datatype(predicate, term))
        elif OWL.ObjectProperty in types:
            yield from (
                f"{curie(predicate)} has the text {_shown(term)}, where it links to another thing"
                for term in terms
                if isinstance(term, Literal)
            )

    def _undeclared(self, predicate: str, terms: list[Term]) -> Iterator[str]:
        for term in (predicate, *terms):
            if isinstance(term, str) and self._ours(term) and not self._graph.row(term):
                yield f"unknown term {curie(term)}{nearest(local_name(term), self._names)}"

    def _datatype(self, predicate: str, term: Term) -> Iterator[str]:
        wanted = self._numeric(predicate)
        if wanted is None:
            return
        value = number(term)
        if value is None:
            yield f"{curie(predicate)} is {_shown(term)}, which is no number; write a plain number such as 12"
        elif wanted == XSD.integer and isinstance(term, Literal) and value != int(value):
            yield f"{curie(predicate)} is {_shown(term)}, where a whole number is asked for"

    def _numeric(self, predicate: str) -> str | None:
        for declared in self._graph.nodes(predicate, RDFS.range):
            base = self._graph.node(declared, OWL.onDatatype) or declared
            if base in (XSD.integer, XSD.decimal):
                return base
        return None


def _shown(term: Term) -> str:
    if isinstance(term, Literal):
        return f'"{term.lexical}"'
    return curie(term)
