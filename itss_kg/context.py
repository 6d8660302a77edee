"""The JSON-LD context by which a plain JSON record is a candidate's record."""

from __future__ import annotations

import json
from collections.abc import Iterator

from itss_kg.graph import Graph
from itss_kg.namespaces import DCTERMS, ITSS, OWL, PREFIXES, RDF, RDFS, XSD, local_name
from itss_kg.standard import Standard

__all__ = ["context"]

_RECORD = ("Candidate", "Engagement", "Project", "MarketSegment", "SpecialtyRecord", "SuccessionRecord", "DevelopmentRecord")


def context(standard: Standard) -> str:
    """The context: a term for every property of a record, derived from the ontology's declarations."""
    terms: dict[str, object] = {
        "@version": 1.1,
        "@vocab": ITSS.base,
        "id": "@id",
        "type": "@type",
        "itss": ITSS.base,
        **_homes(standard),
        "xsd": PREFIXES["xsd"],
        "label": {"@id": RDFS.label},
        "title": {"@id": DCTERMS.title},
        "date": {"@id": DCTERMS.date},
    }
    for predicate in sorted(_record_properties(standard.graph)):
        terms[local_name(predicate)] = _term(predicate, standard.graph)
    note = "GENERATED from ontology/itss-core.ttl and the job categories by `itss-kg build` - edit these, run this"
    return json.dumps({"@context": terms, "comment": note}, indent=2) + "\n"


def _homes(standard: Standard) -> dict[str, str]:
    homes = {item.iri[: -len(local_name(item.iri))] for item in standard.fields}
    return {local_name(home): home for home in sorted(homes)}


def _record_properties(graph: Graph) -> Iterator[str]:
    """The properties whose domain is a class of the record, alone or in a union."""
    classes = {ITSS[name] for name in _RECORD}
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for predicate in graph.instances(kind):
            for domain in graph.nodes(predicate, RDFS.domain):
                if domain in classes or classes & set(graph.items(graph.node(domain, OWL.unionOf))):
                    yield predicate


def _term(predicate: str, graph: Graph) -> dict[str, str]:
    if OWL.ObjectProperty in graph.objects(predicate, RDF.type):
        return {"@id": predicate, "@type": "@vocab"}
    ranges = graph.nodes(predicate, RDFS.range)
    integers = any((graph.node(declared, OWL.onDatatype) or declared) == XSD.integer for declared in ranges)
    return {"@id": predicate, "@type": XSD.integer} if integers else {"@id": predicate}
