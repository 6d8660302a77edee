"""One candidate's record out of a store, looked up statement by statement."""

from __future__ import annotations

from collections.abc import Sequence

from itss_kg.assessment import candidates
from itss_kg.candidate_names import find_candidate
from itss_kg.graph import Graph, Triple
from itss_kg.namespaces import ITSS, NAMING, RDF, RDFS
from itss_kg.reading import Reading
from itss_kg.store import KnowledgeStore

__all__ = ["record_in"]


def record_in(store: KnowledgeStore, wanted: str, reading: Reading, links: Sequence[str]) -> tuple[str, Graph]:
    """The IRI of a candidate of a store, and the record: what is said of the candidate and of all that the links lead to.

    Args:
        store: the store.
        wanted: the IRI, or its last part where that is unique.
        reading: the standard, read.
        links: the properties to follow.

    Raises:
        CallError: there is no such candidate, or there are several.
    """
    name = wanted.removeprefix("<").removesuffix(">")
    if name not in candidates(Graph(store.about("candidates", name)), reading):
        own = reading.standard.graph.subjects(RDFS.domain, ITSS.Candidate)
        people = set(store.subjects("candidates", RDF.type, ITSS.Candidate))
        name = find_candidate(wanted, people.union(*(store.subjects("candidates", path) for path in own)))
    return name, Graph(_closure(store, name, links))


def _closure(store: KnowledgeStore, start: str, links: Sequence[str]) -> list[Triple]:
    waiting, seen = [start], {start}
    found: list[Triple] = []
    while waiting:
        for triple in sorted(store.about("candidates", waiting.pop(0)), key=lambda one: (one[1], str(one[2]))):
            found.append(triple)  # in an order that does not hang on the store
            _, path, term = triple
            if path in links and isinstance(term, str) and term not in seen:
                seen.add(term)
                waiting.append(term)
    spoken_of = {term for _, _, term in found if isinstance(term, str)} - seen
    names = (triple for node in sorted(spoken_of) for triple in store.about("candidates", node) if triple[1] in NAMING)
    return [*found, *names]
