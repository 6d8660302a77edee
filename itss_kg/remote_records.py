"""Candidates' records pulled from a SPARQL server in pages, and verdicts written back to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from itss_kg.errors import InputError
from itss_kg.graph import Graph, Triple, literal, narrow
from itss_kg.namespaces import ITSS, RDFS
from itss_kg.reading import Reading
from itss_kg.remote import Endpoint
from itss_kg.store import GRAPHS
from itss_kg.turtle import Writer

__all__ = ["pages", "write_back"]

_PAGE = 128  # candidates
_CHUNK = 1024  # statements an update; Virtuoso refuses much larger ones
_SPARQL = Writer({})  # whose terms SPARQL writes the same way
_STAGING = GRAPHS["assessments"] + "-staging"


def pages(endpoint: Endpoint, reading: Reading, size: int = _PAGE) -> Iterator[Graph]:
    """The records of so many candidates at a time, in the order of their IRIs, each with its projects.

    Raises:
        InputError: the server has no candidates, or some that are blank nodes, which cannot be asked for again.
    """
    own = sorted(reading.standard.graph.subjects(RDFS.domain, ITSS.Candidate))
    shown = ", ".join(f"<{iri}>" for iri in own)
    who = f"{{ ?c a <{ITSS.Candidate}> }} UNION {{ ?c ?p ?o FILTER(?p IN ({shown})) }}"
    if _rows(endpoint, f"SELECT ?c WHERE {{ {who} FILTER(ISBLANK(?c)) }} LIMIT 1"):
        raise InputError("has candidates that are blank nodes; give them IRIs", source=endpoint.url)
    last = ""
    while True:
        after = f"FILTER(STR(?c) > {_SPARQL.term(literal(last))})" if last else ""
        found = _rows(endpoint, f"SELECT DISTINCT ?c WHERE {{ {who} {after} }} ORDER BY STR(?c) LIMIT {size}")
        if not found:
            break
        last = found[-1]
        yield _records(endpoint, found, shown, reading)
    if not last:
        raise InputError("no candidates there; nothing is an itss:Candidate or has the properties of one", source=endpoint.url)


def _rows(endpoint: Endpoint, text: str) -> list[str]:
    return [row["c"].value for row in endpoint.query(text)]  # type: ignore[union-attr]  # a SELECT has rows


def _records(endpoint: Endpoint, candidates: list[str], links: str, reading: Reading) -> Graph:
    """The statements of candidates, their records and projects: in one answer, so that blank nodes keep their names."""
    these = f"VALUES ?c {{ {' '.join(f'<{iri}>' for iri in candidates)} }}"
    text = f"""CONSTRUCT {{ ?c ?p ?o . ?n ?np ?no . ?j ?jp ?jo }} WHERE {{
      {{ {these} ?c ?p ?o }}
      UNION {{ {these} ?c ?l ?n . ?n ?np ?no FILTER(?l IN ({links})) }}
      UNION {{ {these} ?c <{ITSS.hasEngagement}> ?e . ?e <{ITSS.onProject}> ?j . ?j ?jp ?jo }} }}"""
    triples = ((narrow(item.subject), item.predicate.value, narrow(item.object)) for item in list(endpoint.query(text)))  # type: ignore[arg-type]  # a CONSTRUCT has triples
    return Graph(triple for triple in triples if not reading.standard.graph.row(str(triple[0])))  # type: ignore[misc]  # subjects are no literals


def write_back(endpoint: Endpoint, verdicts: Iterable[Triple]) -> int:
    """Put the verdicts' statements in the place of the previous ones; how many there are.

    They are gathered in a graph beside it, and moved as a whole once they are all there.
    """
    count = 0
    endpoint.update(f"DROP SILENT GRAPH <{_STAGING}>")
    chunk: list[str] = []
    for triple in verdicts:
        chunk.append(" ".join(map(_SPARQL.term, triple)) + " .")
        count += 1
        if len(chunk) == _CHUNK:
            _insert(endpoint, chunk)
    if chunk:
        _insert(endpoint, chunk)
    endpoint.update(f"MOVE SILENT GRAPH <{_STAGING}> TO GRAPH <{GRAPHS['assessments']}>")
    return count


def _insert(endpoint: Endpoint, chunk: list[str]) -> None:
    endpoint.update(f"INSERT DATA {{ GRAPH <{_STAGING}> {{\n" + "\n".join(chunk) + "\n} }")
    chunk.clear()
