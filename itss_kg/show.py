"""One thing of the standard whole, or all of it at a glance, as data."""

from __future__ import annotations

from typing import Any

from itss_kg.brief import brief
from itss_kg.graph import Literal, Term
from itss_kg.namespaces import ITSS, OWL, PREFIXES, RDFS, SKOS, curie, local_name
from itss_kg.prose import Prose
from itss_kg.provenance import passages_of
from itss_kg.reading import Reading
from itss_kg.standard import Criterion, Indicator, Standard
from itss_kg.turtle import Writer

__all__ = ["about", "as_text", "as_turtle", "matrix"]

_APART = frozenset({RDFS.label, SKOS.definition, ITSS.statedIn, ITSS.japaneseLabelFrom})


def matrix(reading: Reading, prose: Prose) -> list[dict[str, Any]]:
    """Every indicator with its criteria in brief, in the standard's order."""
    return [
        {
            "indicator": indicator.iri,
            "field": indicator.field.key,
            "level": indicator.level.number,
            "criteria": {
                item.kind: brief(reading.own(indicator, item), prose).replace("\n", " ") for item in indicator.criteria
            },
        }
        for indicator in reading.standard.indicators
    ]


def about(iri: str, reading: Reading, prose: Prose) -> dict[str, Any]:
    """Everything the ontology says of a thing: labels, definition, statements, where it is used and where it is stated."""
    standard = reading.standard
    graph = standard.graph
    found: dict[str, Any] = {
        "iri": iri,
        "label": {language: standard.label(iri, language) for language in ("en", "ja")},
        "definition": standard.definition(iri, prose.language),
        "says": {curie(p): [_shown(term) for term in terms] for p, terms in graph.row(iri).items() if p not in _APART},
        "passages": [{"start": p.start, "end": p.end, "section": p.section} for p in passages_of(graph, iri)],
    }
    indicator = next((item for item in standard.indicators if item.iri == iri), None)
    pairs = [(owner, item) for owner in standard.indicators for item in owner.criteria if iri in (owner.iri, item.iri)]
    if pairs:
        found["criteria"] = [_criterion(owner, item, reading, prose) for owner, item in pairs]
    if indicator:
        found["examinations"] = [name for name, _ in indicator.examinations]
    found["used-by"] = sorted(_users(iri, standard))
    return found


def _criterion(owner: Indicator, item: Criterion, reading: Reading, prose: Prose) -> dict[str, Any]:
    graph = reading.standard.graph
    things = (item.iri, *graph.nodes(item.iri, ITSS.hasAlternative))
    errata = sorted({erratum for thing in things for erratum in graph.subjects(ITSS.concerns, thing)})
    return {
        "kind": item.kind,
        "criterion": item.iri,
        "shall": prose.shall(owner, reading.own(owner, item)),
        "rules": {local_name(rule): reading.standard.definition(rule, prose.language) for rule in item.rules},
        "errata": {iri: graph.text(iri, ITSS.readAs, prose.language) for iri in errata},
    }


def _users(iri: str, standard: Standard) -> set[str]:
    """The things that name this one, but for what only says where it stands in the text or in the vocabulary's files."""
    return {
        curie(subject)
        for subject, predicate, term in standard.graph
        if term == iri and not subject.startswith("_:") and predicate not in (ITSS.inIndicator, OWL.imports)
    }


def _shown(term: Term) -> str:
    if isinstance(term, Literal):
        return f"{term.lexical}@{term.language}" if term.language else term.lexical
    return curie(term)


def as_text(found: dict[str, Any], prose: Prose) -> str:
    """What `about` found, for people."""
    label = found["label"]
    lines = [f"{label['en']} · {label['ja']}", f"<{found['iri']}>"]
    if found["definition"]:
        lines += ["", found["definition"]]
    for item in found.get("criteria", []):
        lines += ["", f"{item['kind']}", f"  {item['shall']}"]
        lines += [f"  {rule}: {meaning}" for rule, meaning in item["rules"].items()]
        lines += [f"  {local_name(erratum)}: {reading}" for erratum, reading in item["errata"].items()]
    if "criteria" not in found or len(found["criteria"]) == 1:
        lines += ["", *(f"{name}: {', '.join(values)}" for name, values in found["says"].items() if not name.startswith("_"))]
    if found["used-by"]:
        lines += ["", f"← {', '.join(found['used-by'])}"]
    if found["passages"]:
        spans = ", ".join(f"{passage['start']}-{passage['end']}" for passage in found["passages"])
        lines += ["", prose.words("place").format(spans=spans)]
    return "\n".join(lines) + "\n"


def as_turtle(iri: str, standard: Standard) -> str:
    """The thing's own statements as Turtle."""
    writer = Writer(PREFIXES)
    rows = [(predicate, writer.many(terms)) for predicate, terms in standard.graph.row(iri).items()]
    return writer.header() + "\n" + writer.block(iri, rows)
