"""The mapping sets that ship with the package, and what sets say about a standard, as statements.

Sets are found by file and belong to a standard by their subjects: a further job category's set is one more file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from itss_kg.errors import CallError
from itss_kg.frameworks import FRAMEWORK, Frameworks, load_frameworks
from itss_kg.graph import Graph, literal
from itss_kg.mapping_graph import triples_of
from itss_kg.namespaces import ITSS, RDF, RDFS
from itss_kg.resources import bundled
from itss_kg.sssom import Mapping, MappingSet, read_file
from itss_kg.standard import Standard

__all__ = ["about", "framework_of", "link_triples", "linkable", "load_sets"]

_SUFFIX = "*.sssom.tsv"


def load_sets(folder: Path | None = None) -> tuple[MappingSet, ...]:
    """The mapping sets of a folder in the order of their files; the bundled ones where none is named.

    Raises:
        InputError: a file is no mapping set.
    """
    return tuple(read_file(path) for path in sorted((folder or bundled("data", "mappings")).glob(_SUFFIX)))


def about(sets: Iterable[MappingSet], standard: Standard) -> Iterator[MappingSet]:
    """The sets with those mappings alone whose subject the standard describes; sets without any are left out."""
    described = standard.described
    for item in sets:
        kept = tuple(mapping for mapping in item.mappings if mapping.subject in described)
        if kept:
            yield replace(item, mappings=kept)


def link_triples(sets: Iterable[MappingSet], frameworks: Frameworks | None = None) -> Graph:
    """What the sets say, with the names, codes and schemes of the concepts that they link to."""
    known = frameworks or load_frameworks()
    graph = Graph()
    linked: dict[str, str] = {}
    for item in sets:
        graph.update(triples_of(item))
        linked.update({mapping.object: mapping["object_label"] for mapping in item.mappings if not mapping.unlinked})
    graph.update(known.triples(set(linked)))
    for iri, label in linked.items():
        if iri not in known.by_iri and label:
            graph.add(iri, RDFS.label, literal(label))
    return graph


def framework_of(item: Mapping, frameworks: Frameworks) -> str:
    """The key of the framework that a mapping is about, or the empty string: by its source, else by its object's form."""
    named = item["object_source"].removeprefix(FRAMEWORK)
    for scheme in frameworks.schemes:
        if named in (scheme.key, scheme.framework):
            return scheme.framework
    scheme_found = frameworks.scheme_of(item.object)
    return scheme_found.framework if scheme_found else ""


def linkable(classes: Iterable[str], standard: Standard) -> list[str]:
    """The things of the standard that are of one of the classes.

    Raises:
        CallError: the standard describes no such class.
    """
    found: list[str] = []
    for cls in classes:
        if cls not in standard.described:
            raise CallError(f"<{cls}> is no class that the standard describes")
        found.extend(standard.ordered(iri for iri in standard.graph.subjects(RDF.type, cls) if iri in standard.described))
    return list(dict.fromkeys(found))


def is_indicator_or_criterion(iri: str, standard: Standard) -> bool:
    """Whether the thing is an entry criterion: an indicator or one of its criteria."""
    indicators = {item.iri for item in standard.indicators}
    criteria = {criterion.iri for item in standard.indicators for criterion in item.criteria}
    return iri in indicators or iri in criteria or ITSS.ExaminationRemark in standard.graph.nodes(iri, RDF.type)
