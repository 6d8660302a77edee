"""Verdicts as rows: JSON, CSV, RDF."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from typing import Any

from itss_kg.assessment import Verdict, evidence
from itss_kg.evaluate import Evaluator
from itss_kg.graph import Graph, literal
from itss_kg.namespaces import ITSS, OWL, PREFIXES, PROV, RDF, RDFS
from itss_kg.reading import Reading
from itss_kg.turtle import Writer

__all__ = ["as_csv", "as_json", "as_turtle", "row"]

_HOME = "https://w3id.org/itss-kg/verdict/"


def row(verdict: Verdict) -> dict[str, Any]:
    """One verdict as the contract's JSON row."""
    upper = None
    if verdict.next:
        unmet = [
            {"kind": u.kind, "criterion": u.criterion, "required": u.required, "found": u.found, "message": u.message}
            for u in verdict.unmet
        ]
        upper = {"level": verdict.next.level.number, "unmet": unmet}
    return {
        "candidate": verdict.candidate,
        "field": verdict.field.key,
        "level": verdict.level,
        "basis": verdict.basis,
        "next": upper,
    }


def as_json(verdicts: Iterable[Verdict]) -> str:
    """One JSON array, a row a line."""
    rows = [json.dumps(row(verdict), ensure_ascii=False) for verdict in verdicts]
    return "[\n" + ",\n".join(rows) + "\n]\n" if rows else "[]\n"


def as_csv(verdicts: Iterable[Verdict]) -> str:
    """A line for each verdict; what is unmet as `kind (found/required)`, separated by semicolons, and the messages."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["candidate", "field", "level", "basis", "next_level", "unmet", "messages"])
    for verdict in verdicts:
        short = [u.kind if u.required is None else f"{u.kind} ({u.found}/{u.required})" for u in verdict.unmet]
        upper = verdict.next.level.number if verdict.next else ""
        basis = verdict.basis or ""
        level = "" if verdict.level is None else verdict.level
        messages = " | ".join(u.message for u in verdict.unmet)
        table.writerow([verdict.candidate, verdict.field.key, level, basis, upper, "; ".join(short), messages])
    return stream.getvalue()


def as_turtle(verdicts: Iterable[Verdict], graph: Graph, reading: Reading) -> str:
    """The verdicts as RDF: what was attained, by which evidence, and what is missing; the same verdict has the same IRI."""
    writer = Writer({key: PREFIXES[key] for key in ("itss", "prov", "rdfs", "sales", "xsd")} | {"verdict": _HOME})
    evaluator = Evaluator(graph)
    blocks = [writer.block(f"{_HOME}assessment", _assessment(writer, reading))]
    for verdict in verdicts:
        blocks.extend(_verdict(writer, verdict, evaluator, reading))
    return writer.header() + "\n" + "\n".join(blocks)


def _assessment(writer: Writer, reading: Reading) -> list[tuple[str, str]]:
    ontologies = sorted(reading.standard.graph.instances(OWL.Ontology))
    return [(RDF.type, writer.term(ITSS.Assessment)), (PROV.used, writer.many(ontologies))]


def _verdict(writer: Writer, verdict: Verdict, evaluator: Evaluator, reading: Reading) -> Iterable[str]:
    digest = hashlib.sha256(f"{verdict.candidate} {verdict.field.iri}".encode()).hexdigest()[:32]
    name = _HOME + digest
    rows = [
        (RDF.type, writer.term(ITSS.Verdict)),
        (ITSS.ofCandidate, writer.term(verdict.candidate)),
        (ITSS.inField, writer.term(verdict.field.iri)),
        (PROV.wasGeneratedBy, writer.term(f"{_HOME}assessment")),
    ]
    if verdict.attained:
        basis = ITSS.RecordBasis if verdict.basis == "record" else ITSS.ExaminationBasis
        rows += [
            (ITSS.attainedLevel, writer.term(verdict.attained.level.iri)),
            (ITSS.attainedIndicator, writer.term(verdict.attained.iri)),
            (ITSS.basis, writer.term(basis)),
        ]
    if verdict.next:
        rows.append((ITSS.nextIndicator, writer.term(verdict.next.iri)))
    met, used = _met(verdict, evaluator, reading)
    if met:
        rows.append((ITSS.meets, writer.many(met)))
    if used:
        rows.append((PROV.wasDerivedFrom, writer.many(used)))
    missing = [f"{name}-{unmet.kind}" for unmet in verdict.unmet]
    if missing:
        rows.append((ITSS.hasShortfall, writer.many(missing)))
    yield writer.block(name, rows)
    for iri, unmet in zip(missing, verdict.unmet, strict=True):
        parts = [(RDF.type, writer.term(ITSS.Shortfall)), (ITSS.ofCriterion, writer.term(unmet.criterion))]
        if unmet.required is not None and unmet.found is not None:
            parts += [(ITSS.required, str(unmet.required)), (ITSS.found, str(unmet.found))]
        parts.append((RDFS.label, writer.term(literal(unmet.message))))
        yield writer.block(iri, parts)


def _met(verdict: Verdict, evaluator: Evaluator, reading: Reading) -> tuple[list[str], list[str]]:
    """The criteria met, of the level attained and of the next one, and the records that show it."""
    met: list[str] = []
    used: set[str] = set()
    for indicator in (verdict.attained, verdict.next):
        for item in indicator.criteria if indicator else ():
            demand = reading.demand(indicator, item) if indicator else None
            if demand is not None and evaluator.meets(demand, verdict.candidate):
                met.append(item.iri)
                found = evidence(evaluator.prove(demand, verdict.candidate))
                used.update(term for term in found if isinstance(term, str) and not reading.standard.graph.row(term))
    return met, sorted(used)
