"""The links as a Turtle document, stable to the byte: what others load, and what shows in a review what changed."""

from __future__ import annotations

from itss_kg.graph import Graph
from itss_kg.namespaces import DCTERMS, ITSS, OWL, PAV, RDF, RDFS, SEMAPV, SH, SKOS, SSSOM, XSD
from itss_kg.sssom import MappingSet
from itss_kg.turtle import Writer

__all__ = ["as_turtle"]

_PREFIXES = {
    "dcterms": DCTERMS.base,
    "itss": ITSS.base,
    "owl": OWL.base,
    "pav": PAV.base,
    "rdf": RDF.base,
    "rdfs": RDFS.base,
    "semapv": SEMAPV.base,
    "sh": SH.base,
    "skos": SKOS.base,
    "sssom": SSSOM.base,
    "xsd": XSD.base,
}


def as_turtle(graph: Graph, sets: tuple[MappingSet, ...] = ()) -> str:
    """The statements one resource a block, in the order of their IRIs; the prefixes of the sets are used beside our own."""
    prefixes = {prefix: base for item in sets for prefix, base in item.prefixes.items()}
    writer = Writer({**prefixes, **_PREFIXES})
    blocks = [writer.header()]
    for subject in sorted(graph.subjects_all()):
        rows = sorted(graph.row(subject).items(), key=lambda row: (row[0] != RDF.type, row[0] == SSSOM.mappings, row[0]))
        shown = ((predicate, writer.many(sorted(terms, key=str))) for predicate, terms in rows)
        blocks.append(writer.block(subject, shown))
    return "\n".join(blocks)
