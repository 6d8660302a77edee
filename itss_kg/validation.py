"""Records checked by SHACL: the form of every record, and every claim against the shapes of the indicator claimed."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Mapping

from itss_kg.assessment import candidates
from itss_kg.engines import engine as engine_of
from itss_kg.graph import Graph
from itss_kg.materialise import prepared
from itss_kg.namespaces import ITSS
from itss_kg.reading import Reading
from itss_kg.records import write
from itss_kg.resources import bundled
from itss_kg.results import SEVERITIES, Report, Result, order
from itss_kg.sampling import Record
from itss_kg.shapes import level_shapes, list_shapes

__all__ = ["SEVERITIES", "Report", "Result", "form_shapes", "of_claims", "owners", "validate"]


def validate(graph: Graph, reading: Reading, engine: str = "pyshacl") -> Report:
    """Check the form of the records and every claim, all at once and in memory.

    Form is checked on the records as they are. Claims are checked on the prepared records (see `materialise.prepared`).

    Args:
        graph: the records.
        reading: the standard, read.
        engine: `pyshacl`, the reference, or `shacl`; both give the same results.

    Raises:
        CallError: there is no such engine, or it is not installed.
    """
    known = {item.iri for item in reading.standard.indicators}
    stated = ((subject, term) for subject, predicate, term in graph if predicate == ITSS.claims and term in known)
    claims = tuple(sorted((subject, str(term)) for subject, term in stated))
    results = {*_form(graph, reading, engine), *_levels(graph, reading, frozenset(claims), engine)}
    return Report(tuple(sorted(results, key=order)), len(candidates(graph, reading)), claims)


def form_shapes(reading: Reading) -> Iterator[str]:
    """The Turtle documents with the shapes of the records' form."""
    for name in ("candidate.ttl", "candidate-sparql.ttl"):
        yield bundled("shapes", name).read_text(encoding="utf-8")
    yield list_shapes(reading)


def _form(graph: Graph, reading: Reading, engine: str) -> list[Result]:
    return engine_of(engine, form_shapes(reading))(_ntriples(graph))


def _levels(graph: Graph, reading: Reading, claims: frozenset[tuple[str, str]], engine: str) -> Iterator[Result]:
    claimed = {claim for _, claim in claims}
    indicators = [item for item in reading.standard.indicators if item.iri in claimed]
    if indicators:
        shapes = (level_shapes(reading, item) for item in indicators)
        found = engine_of(engine, shapes)(_ntriples(prepared(graph, reading.standard)))
        yield from of_claims(found, claims, owners(reading))


def owners(reading: Reading) -> dict[str, str]:
    """The indicator of each criterion."""
    return {item.iri: owner.iri for owner in reading.standard.indicators for item in owner.criteria}


def of_claims(results: Iterable[Result], claims: Collection[tuple[str, str]], owners: Mapping[str, str]) -> Iterator[Result]:
    """Without the results on what nobody claims: records may place somebody among the claimants by a class of their own."""
    for item in results:
        if item.criterion is None or (item.focus, owners.get(item.criterion)) in claims:
            yield item


def _ntriples(graph: Graph) -> bytes:
    stream = io.StringIO()
    write([Record("", list(graph))], stream, "nt")
    return stream.getvalue().encode()
