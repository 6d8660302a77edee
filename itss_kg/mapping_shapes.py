"""The links as they are in the graph held to `shapes/mappings.ttl`, which any SHACL engine can do as well."""

from __future__ import annotations

from collections.abc import Sequence

from itss_kg.frameworks import Frameworks
from itss_kg.mapping_graph import mapping_iri
from itss_kg.mapping_structure import Finding
from itss_kg.mapping_turtle import as_turtle
from itss_kg.mappings import link_triples
from itss_kg.resources import bundled
from itss_kg.sssom import MappingSet

__all__ = ["shape_findings"]


def shape_findings(sets: Sequence[MappingSet], frameworks: Frameworks) -> list[Finding]:
    """What the shapes find in the graph of the sets, each at the line of its mapping."""
    import pyshacl
    import rdflib

    data = rdflib.Graph().parse(data=as_turtle(link_triples(sets, frameworks), tuple(sets)), format="turtle")
    shapes = rdflib.Graph().parse(bundled("shapes", "mappings.ttl"))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
    lines = {mapping_iri(item, row): (item.source, row.line) for item in sets for row in item.mappings}
    lines |= {item.iri: (item.source, 1) for item in sets}
    sh = rdflib.SH
    found: list[Finding] = []
    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        said = {term.language: str(term) for term in report.objects(result, sh.resultMessage)}
        focus = str(report.value(result, sh.focusNode))
        source, line = lines.get(focus, (focus, 0))
        found.append(Finding(source, line, "shapes", said.get("en") or " ".join(said.values())))
    return sorted(set(found), key=lambda item: (item.source, item.line, item.message))
