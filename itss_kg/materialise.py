"""What follows from the records before shapes are applied: who is a claimant, and which engagements are doubled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from itss_kg.graph import Graph, Term, Triple, ill_formed
from itss_kg.namespaces import ITSS, OWL, RDF

if TYPE_CHECKING:
    import rdflib

    from itss_kg.standard import Standard

__all__ = ["claimant_classes", "prepared", "to_rdflib"]

_PROBE = "urn:itss-kg:probe:"


def claimant_classes(standard: Standard) -> dict[str, tuple[str, ...]]:
    """For each indicator the classes that OWL 2 RL places whoever claims it in.

    The classes are inferred by owlrl from the ontology's `owl:hasValue` restrictions, once for each indicator on a probe that
    claims it and nothing else: a claim by itself places, so every candidate with the same claim is placed alike, and the
    reasoner need not see the records.
    """
    import owlrl
    import rdflib

    graph = rdflib.Graph()
    claimants = {cls for cls in standard.graph.instances(OWL.Class) for _ in _restrictions(standard, cls)}
    for cls in claimants:
        graph.add((rdflib.URIRef(cls), rdflib.RDF.type, rdflib.OWL.Class))
        for restriction in _restrictions(standard, cls):
            graph.add((rdflib.URIRef(cls), rdflib.OWL.equivalentClass, _node(restriction)))
            for predicate, terms in standard.graph.row(restriction).items():
                for term in terms:
                    graph.add((_node(restriction), rdflib.URIRef(predicate), _node(term)))
    indicators = [item.iri for item in standard.indicators]
    for iri in indicators:
        graph.add((rdflib.URIRef(_PROBE + iri), rdflib.URIRef(ITSS.claims), rdflib.URIRef(iri)))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    placed = {iri: {str(cls) for cls in graph.objects(rdflib.URIRef(_PROBE + iri), rdflib.RDF.type)} for iri in indicators}
    return {iri: tuple(sorted(claimants & classes)) for iri, classes in placed.items()}


def _restrictions(standard: Standard, cls: str) -> list[str]:
    found = standard.graph.nodes(cls, OWL.equivalentClass)
    return [node for node in found if ITSS.claims in standard.graph.objects(node, OWL.onProperty)]


def prepared(graph: Graph, standard: Standard) -> Graph:
    """The records with every claimant typed as one, and with one engagement for each candidate, field and project (R4).

    Of several engagements of one candidate with one project in one field, one that performed every required task is kept,
    else the first; an engagement that names several projects becomes one for each. What is not written as the number it says it
    is goes, as engines read it differently. That changes no verdict, and lets the shapes count engagements.
    """
    classes = claimant_classes(standard)
    single = Graph(_single(graph))
    spare = set(_doubled(single, standard))
    whole = Graph()
    for subject, predicate, term in single:
        if (subject, predicate, term) not in spare and not ill_formed(term):
            whole.add(subject, predicate, term)
        if predicate == ITSS.claims:
            for cls in classes.get(str(term), ()):
                whole.add(subject, RDF.type, cls)
    return whole


def _single(graph: Graph) -> Iterator[Triple]:
    """The triples with an engagement of several projects written as one engagement for each of them."""
    copies = {
        subject: {f"{subject}-project{number}": project for number, project in enumerate(projects, start=1)}
        for subject in graph.subjects_all()
        if len(projects := graph.nodes(subject, ITSS.onProject)) > 1
    }
    for subject, predicate, term in graph:
        if subject in copies:
            for copy, project in copies[subject].items():
                if predicate != ITSS.onProject or term == project:
                    yield copy, predicate, term
        elif predicate == ITSS.hasEngagement and term in copies:
            yield from ((subject, predicate, copy) for copy in copies[str(term)])
        else:
            yield subject, predicate, term


def _doubled(graph: Graph, standard: Standard) -> list[tuple[str, str, Term]]:
    tasks = {item.iri: frozenset(standard.graph.nodes(item.category, ITSS.requiresTask)) for item in standard.fields}
    spare: list[tuple[str, str, Term]] = []
    for subject in graph.subjects_all():
        kept: dict[tuple[str, str], str] = {}
        for engagement in sorted(graph.nodes(subject, ITSS.hasEngagement)):
            for key in ((p, f) for p in graph.nodes(engagement, ITSS.onProject) for f in graph.nodes(engagement, ITSS.inField)):
                other = kept.setdefault(key, engagement)
                if other == engagement:
                    continue
                whole = tasks.get(key[1], frozenset()) <= set(graph.nodes(engagement, ITSS.performed))
                kept[key] = engagement if whole else other
                spare.append((subject, ITSS.hasEngagement, other if whole else engagement))
    return spare


def to_rdflib(graph: Graph) -> rdflib.Graph:
    """The same triples for libraries that work on rdflib."""
    import rdflib

    whole = rdflib.Graph()
    for subject, predicate, term in graph:
        whole.add((_node(subject), rdflib.URIRef(predicate), _node(term)))
    return whole


def _node(term: Term) -> rdflib.term.Node:
    import rdflib

    if isinstance(term, str):
        return rdflib.BNode(term[2:]) if term.startswith("_:") else rdflib.URIRef(term)
    if term.language:
        return rdflib.Literal(term.lexical, lang=term.language)
    return rdflib.Literal(term.lexical, datatype=rdflib.URIRef(term.datatype), normalize=False)
