"""What follows from the records before shapes are applied: who is a claimant, and which engagement counts for a project."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING

from itss_kg.graph import Graph, Term, Triple, ill_formed, number
from itss_kg.namespaces import ITSS, OWL, RDF, RDFS, XSD

if TYPE_CHECKING:
    import rdflib

    from itss_kg.standard import Standard

__all__ = ["ILL_FORMED", "claimant_classes", "numeric_properties", "prepared", "to_rdflib"]

_PROBE = "urn:itss-kg:probe:"
ILL_FORMED = "urn:itss-kg:ill-formed:"  # before the datatype of what is not written as one


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


def prepared(graph: Graph, standard: Standard, classes: Mapping[str, tuple[str, ...]] | None = None) -> Graph:
    """The records as the level shapes take them: every claimant typed as one, and one engagement for each field and project.

    By R4 a project counts once for a field, by an engagement that performed every required task. Where a candidate has several
    engagements with one project in a field, or one of several projects or fields, they are replaced by one for each field and
    project, with the tasks of one that performed them all, else of the first. Numbers that are not written as numbers, and
    claimant types that no claim gives, are left out: engines read the former differently, and the latter would be checked.
    None of this changes a verdict.

    Args:
        graph: the records.
        standard: whose claims and tasks.
        classes: what `claimant_classes` gave, where it is at hand.
    """
    classes = claimant_classes(standard) if classes is None else classes
    given = {cls for placed in classes.values() for cls in placed}
    numeric = numeric_properties(standard)
    whole = Graph()
    for subject, predicate, term in graph:
        if predicate == ITSS.hasEngagement or predicate == ITSS.itself:
            continue
        if (predicate == RDF.type and term in given) or (predicate in numeric and number(term) is None):
            continue
        whole.add(subject, predicate, term)
        if predicate == ITSS.claims:
            for cls in classes.get(str(term), ()):
                whole.add(subject, RDF.type, cls)
    for subject in list(graph.subjects_all()):
        if graph.objects(subject, ITSS.hasEngagement):
            whole.update(_engagements(subject, graph, standard))
    return whole


def numeric_properties(standard: Standard) -> frozenset[str]:
    """The properties whose values are to be numbers."""
    graph = standard.graph
    return frozenset(
        predicate
        for predicate in graph.instances(OWL.DatatypeProperty)
        for declared in graph.nodes(predicate, RDFS.range)
        if (graph.node(declared, OWL.onDatatype) or declared) in (XSD.integer, XSD.decimal)
    )


def _engagements(candidate: str, graph: Graph, standard: Standard) -> Iterator[Triple]:
    """The candidate's engagements, one for each field and project; what is so already stays as it is."""
    groups: dict[tuple[str, str], list[str]] = {}
    for engagement in sorted(graph.nodes(candidate, ITSS.hasEngagement)):
        for field, project in product(graph.nodes(engagement, ITSS.inField), graph.nodes(engagement, ITSS.onProject)):
            groups.setdefault((field, project), []).append(engagement)
    uses = Counter(engagement for members in groups.values() for engagement in members)
    tasks = {item.iri: frozenset(standard.graph.nodes(item.category, ITSS.requiresTask)) for item in standard.fields}
    for number_, ((field, project), members) in enumerate(groups.items(), start=1):
        if len(members) == 1 and uses[members[0]] == 1:
            yield candidate, ITSS.hasEngagement, members[0]
            continue
        wanted = tasks.get(field, frozenset())
        best = next((one for one in members if wanted <= set(graph.nodes(one, ITSS.performed))), members[0])
        derived = f"{candidate}-engagement{number_}"
        while graph.row(derived):  # a node of the records, which the tasks of another engagement would be added to
            derived += "-derived"
        yield candidate, ITSS.hasEngagement, derived
        yield derived, ITSS.inField, field
        yield derived, ITSS.onProject, project
        yield from ((derived, ITSS.performed, task) for task in graph.nodes(best, ITSS.performed))


def to_rdflib(graph: Graph) -> rdflib.Graph:
    """The same triples for libraries that work on rdflib."""
    import rdflib

    whole = rdflib.Graph()
    with _quiet():
        for subject, predicate, term in graph:
            whole.add((_node(subject), rdflib.URIRef(predicate), _node(term)))
    return whole


@contextmanager
def _quiet() -> Iterator[None]:
    """Without rdflib's tracebacks for each literal that is not written as its datatype asks: a literal all the same."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _node(term: Term) -> rdflib.term.Node:
    import rdflib

    if isinstance(term, str):
        return rdflib.BNode(term[2:]) if term.startswith("_:") else rdflib.URIRef(term)
    if term.language:
        return rdflib.Literal(term.lexical, lang=term.language)
    if ill_formed(term):  # rdflib would read some of these as numbers, and stumble over others
        return rdflib.Literal(term.lexical, datatype=rdflib.URIRef(ILL_FORMED + term.datatype))
    return rdflib.Literal(term.lexical, datatype=rdflib.URIRef(term.datatype), normalize=False)
