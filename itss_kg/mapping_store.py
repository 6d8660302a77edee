"""An organization's own mapping sets in a store: apart from those that ship, each replaced as a whole by its identifier."""

from __future__ import annotations

from itss_kg.frameworks import Frameworks
from itss_kg.graph import Graph
from itss_kg.mapping_graph import sets_of
from itss_kg.mappings import link_triples
from itss_kg.sssom import MappingSet
from itss_kg.store import KnowledgeStore

__all__ = ["keep_set", "own_sets"]

_OWN = "own-mappings"


def own_sets(store: KnowledgeStore) -> tuple[MappingSet, ...]:
    """The mapping sets that were imported, in the order of their identifiers."""
    return tuple(sets_of(Graph(store.triples(_OWN))))


def keep_set(store: KnowledgeStore, mapping_set: MappingSet, frameworks: Frameworks) -> bool:
    """Put the set beside the other imported ones, in the place of the one with its identifier; whether there was one.

    All of them are written in one transaction: whatever ends it, the store holds the sets as they were or as they shall be.
    """
    before = own_sets(store)
    others = [item for item in before if item.iri != mapping_set.iri]
    store.replace(_OWN, link_triples([*others, mapping_set], frameworks))
    return len(others) < len(before)
