"""The standard as CTDL-ASN (Credential Engine): a competency framework, a progression model of the levels, concept schemes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from itss_kg.exchange.framework import Framework, Part, framework
from itss_kg.exchange.identity import uuid
from itss_kg.namespaces import ITSS, SKOS
from itss_kg.reading import Reading
from itss_kg.standard import LANGUAGES

__all__ = ["as_ctdl_asn"]

_CONTEXT = "https://credreg.net/ctdlasn/schema/context/json"
_LISTS = (SKOS.ConceptScheme, ITSS.ItemList)


def as_ctdl_asn(reading: Reading) -> dict[str, Any]:
    """The standard as JSON-LD of CTDL-ASN, in English and Japanese; the same standard gives the same document.

    Fields, indicators and criteria are competencies under the job category, levels a progression model, value lists concept
    schemes. A list that only picks from another one's values has no scheme of its own: the criterion names the values.

    Raises:
        OntologyError: no ontology says when it was last changed.
    """
    found = framework(reading)
    lists = [part for part in found.parts if part.type in _LISTS and found.children(part.iri)]
    nodes = [_framework(found)]
    for part in found.parts:
        if _is_competency(part, found):
            nodes.append(_competency(part, found))
    for part in lists:
        nodes.extend(_scheme(part, found))
    return {"@context": _CONTEXT, "@graph": nodes}


def _ctid(iri: str) -> str:
    """A CTID is a UUID of version 4: the bits of our own, so that the same thing keeps its CTID, marked as that version."""
    return f"ce-{UUID(uuid('ctid', iri), version=4)}"


def _is_competency(part: Part, found: Framework) -> bool:
    while part.parent is not None:
        part = found.by_iri[part.parent]
    return part.type == ITSS.JobCategory


def _node(iri: str, kind: str | list[str], said: dict[str, Any]) -> dict[str, Any]:
    """A node of the graph, without what is empty."""
    return {"@id": iri, "@type": kind, "ceterms:ctid": _ctid(iri), **{name: value for name, value in said.items() if value}}


def _framework(found: Framework) -> dict[str, Any]:
    top = [part.iri for part in found.children(None) if part.type == ITSS.JobCategory]
    levels = [part.iri for part in found.children(None) if _is_ladder(part, found)]
    return _node(
        found.iri,
        "ceasn:CompetencyFramework",
        {
            "ceasn:name": dict(found.title),
            "ceasn:description": dict(found.description or found.title),
            "ceasn:inLanguage": list(LANGUAGES),
            "ceasn:author": [found.creator] if found.creator else None,
            "ceasn:license": found.licence,
            "ceasn:source": [source.iri for source in found.sources],
            "ceasn:dateModified": found.modified,
            "ceasn:hasTopChild": top,
            "asn:hasProgressionModel": levels,
        },
    )


def _is_ladder(part: Part, found: Framework) -> bool:
    return any(member.type == ITSS.Level for member in found.children(part.iri))


def _competency(part: Part, found: Framework) -> dict[str, Any]:
    kind = next(one for one in found.types if one.iri == part.type)
    chosen = found.by_iri[part.choices].members if part.choices else ()
    notes = {language: note for language in LANGUAGES if (note := found.rule_note(part, language))}
    inside = part.parent is not None
    return _node(
        part.iri,
        "ceasn:Competency",
        {
            "ceasn:competencyText": {**part.label, **part.statement},
            "ceasn:competencyLabel": dict(part.label),
            "ceasn:competencyCategory": dict(kind.label),
            "ceasn:codedNotation": part.code,
            "ceasn:comment": notes,
            "ceasn:conceptTerm": list(chosen),
            "asn:hasProgressionLevel": [part.level] if part.level else None,
            "ceasn:isPartOf": [found.iri],
            "ceasn:isTopChildOf": None if inside else found.iri,
            "ceasn:isChildOf": [part.parent] if inside else None,
            "ceasn:hasChild": [child.iri for child in found.children(part.iri)],
            "ceasn:listID": str(_place(part, found)),
        },
    )


def _place(part: Part, found: Framework) -> int:
    """The place among those that the same part holds, from 1: by the context, `ceasn:hasChild` has no order of its own."""
    return 1 + [one for one in found.children(part.parent) if _is_competency(one, found)].index(part)


def _scheme(part: Part, found: Framework) -> Iterator[dict[str, Any]]:
    values, ladder = found.children(part.iri), _is_ladder(part, found)
    yield _node(
        part.iri,
        ["asn:ProgressionModel", "skos:ConceptScheme"] if ladder else "skos:ConceptScheme",
        {
            "ceasn:name": dict(part.label),
            "ceasn:description": dict(part.statement),
            "ceasn:inLanguage": list(LANGUAGES),
            "ceasn:license": found.licence,
            "ceasn:dateModified": found.modified,
            "skos:hasTopConcept": [value.iri for value in values],
        },
    )
    for value in values:
        yield _node(
            value.iri,
            ["asn:ProgressionLevel", "skos:Concept"] if ladder else "skos:Concept",
            {
                "skos:prefLabel": dict(value.label),
                "skos:definition": dict(value.statement),
                "skos:notation": value.code,
                "skos:inScheme": part.iri,
                "skos:topConceptOf": part.iri,
            },
        )
