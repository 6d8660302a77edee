"""The standard as schema.org `DefinedTermSet` JSON-LD: sets of terms within sets."""

from __future__ import annotations

from typing import Any

from itss_kg.exchange.framework import Framework, Part, Source, Texts, framework
from itss_kg.reading import Reading
from itss_kg.standard import LANGUAGES

__all__ = ["as_schema_org"]


def as_schema_org(reading: Reading) -> dict[str, Any]:
    """The standard as JSON-LD of schema.org, in English and Japanese; the same standard gives the same document.

    What holds other parts is a term and a set at once. An indicator is `about` its level, a criterion about the list that it
    chooses from; schema.org has nothing closer.

    Raises:
        OntologyError: no ontology says when it was last changed.
    """
    found = framework(reading)
    return {"@context": "https://schema.org", "@graph": [_whole(found), *(_term(part, found) for part in found.parts)]}


def _said(words: Texts) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in words.items()]


def _ids(parts: list[str]) -> list[dict[str, str]]:
    return [{"@id": iri} for iri in parts]


def _present(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value}


def _whole(found: Framework) -> dict[str, Any]:
    said = {
        "name": _said(found.title),
        "description": _said(found.description),
        "version": found.version,
        "dateModified": found.modified,
        "inLanguage": list(LANGUAGES),
        "license": found.licence,
        "creator": {"@type": "Organization", "name": found.creator} if found.creator else None,
        "isBasedOn": [_source(source) for source in found.sources],
        "hasDefinedTerm": _ids([part.iri for part in found.children(None)]),
    }
    return {"@id": found.iri, "@type": "DefinedTermSet", **_present(said)}


def _source(source: Source) -> dict[str, Any]:
    said = {
        "name": _said(source.title),
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else None,
        "copyrightHolder": {"@type": "Organization", "name": source.rights_holder} if source.rights_holder else None,
        "datePublished": source.date,
    }
    return {"@id": source.iri, "@type": "CreativeWork", **_present(said)}


def _term(part: Part, found: Framework) -> dict[str, Any]:
    inside = [child.iri for child in found.children(part.iri)]
    held = list(dict.fromkeys([*inside, *part.members]))
    sets = [part.parent or found.iri, *(one.iri for one in found.parts if part.iri in one.members)]
    said = {
        "name": _said(part.label),
        "description": _said(part.statement),
        "termCode": part.code,
        "inDefinedTermSet": _ids(list(dict.fromkeys(sets))),
        "about": _ids([iri for iri in (part.level, part.choices) if iri]),
        "hasDefinedTerm": _ids(held),
    }
    return {"@id": part.iri, "@type": ["DefinedTerm", "DefinedTermSet"] if held else "DefinedTerm", **_present(said)}
