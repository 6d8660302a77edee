"""The frameworks that the standard is linked to: how their identifiers are formed, and the names of their concepts.

Only identifiers, codes, names and levels are held (`data/frameworks/`): descriptions are the frameworks' own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from itss_kg.graph import Triple, literal
from itss_kg.namespaces import DCTERMS, ITSS, OWL, RDF, RDFS, SKOS
from itss_kg.resources import bundled

__all__ = ["FRAMEWORK", "Concept", "Frameworks", "LevelAttribute", "Reasons", "Scheme", "load_frameworks"]

FRAMEWORK = "https://w3id.org/itss-kg/framework/"


@dataclass(frozen=True)
class Scheme:
    """A list of concepts in one version; `framework` is what it belongs to, `base` and `pattern` form its identifiers.

    A list of levels has `attributes`: in what respects its levels ask something, each with the property by which a mapping
    says how far that is covered. `seen` says in which public copies the list was seen.
    """

    key: str
    framework: str
    title: str
    version: str
    prefix: str
    base: str
    pattern: str
    rights: str
    see_also: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    seen: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """The identifier by which mappings name the scheme as their source."""
        return FRAMEWORK + self.key

    @property
    def full_title(self) -> str:
        """The title with the version, where that is not part of it."""
        return self.title if self.version in self.title else f"{self.title} ({self.version})"

    def well_formed(self, iri: str) -> bool:
        """Whether the IRI, which begins with the base, is formed as the scheme's are."""
        return re.fullmatch(self.pattern, iri[len(self.base) :]) is not None


@dataclass(frozen=True)
class Concept:
    """A concept of a scheme: its code (may be empty), IRI, name, page on the web, and the levels that it is defined at."""

    scheme: str
    code: str
    iri: str
    label: str
    page: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class LevelAttribute:
    """What a level of a scheme asks in one respect, in this project's own words."""

    scheme: str
    level: str
    attribute: str
    label: str
    asks: str


@dataclass(frozen=True)
class Reasons:
    """What is said of the links to a framework before they are listed, in Markdown."""

    title: str
    about: str
    reasons: str


@dataclass(frozen=True)
class Frameworks:
    """All schemes, concepts and level attributes that are held; `reasons` by framework."""

    schemes: tuple[Scheme, ...]
    concepts: tuple[Concept, ...]
    attributes: tuple[LevelAttribute, ...]
    reasons: dict[str, Reasons]

    @cached_property
    def by_iri(self) -> dict[str, Concept]:
        """The concepts by IRI."""
        return {item.iri: item for item in self.concepts}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The frameworks, each once."""
        return tuple(dict.fromkeys(item.framework for item in self.schemes))

    def scheme(self, key: str) -> Scheme:
        """The scheme of that key."""
        return next(item for item in self.schemes if item.key == key)

    def scheme_of(self, iri: str) -> Scheme | None:
        """The scheme whose identifiers begin like the IRI."""
        return next((item for item in self.schemes if iri.startswith(item.base)), None)

    def asked_at(self, level: str) -> tuple[LevelAttribute, ...]:
        """What the level of that IRI asks, one attribute after the other; nothing where it is no level."""
        item = self.by_iri.get(level)
        return self._asked.get((item.scheme, item.code), ()) if item else ()

    @cached_property
    def _asked(self) -> dict[tuple[str, str], tuple[LevelAttribute, ...]]:
        found: dict[tuple[str, str], tuple[LevelAttribute, ...]] = {}
        for item in self.attributes:
            key = (item.scheme, item.level)
            found[key] = (*found.get(key, ()), item)
        return found

    def triples(self, iris: set[str]) -> Iterator[Triple]:
        """What is held of the concepts: names, codes, schemes, levels and what these ask; and of the schemes of all these."""
        found = [item for item in self.concepts if item.iri in iris]
        for item in found:
            yield from self._concept(item)
        for key in dict.fromkeys(item.scheme for item in found):
            yield from _scheme(self.scheme(key))

    def _concept(self, item: Concept) -> Iterator[Triple]:
        yield item.iri, RDF.type, SKOS.Concept
        yield item.iri, RDFS.label, literal(item.label, "en")
        yield item.iri, SKOS.inScheme, self.scheme(item.scheme).iri
        if item.code:
            yield item.iri, SKOS.notation, literal(item.code)
        if item.page:
            yield item.iri, RDFS.seeAlso, item.page
        levels = self._levels.get(self.scheme(item.scheme).framework, {})
        for level in item.levels:
            if level in levels:
                yield item.iri, ITSS.definedAt, levels[level]
        for attribute in self.asked_at(item.iri):
            yield from self._attribute(attribute, item)

    def _attribute(self, item: LevelAttribute, level: Concept) -> Iterator[Triple]:
        scheme = self.scheme(item.scheme)
        node = f"{scheme.iri}/{item.level}/{item.attribute}"
        yield node, RDF.type, ITSS.LevelAttribute
        yield node, RDFS.label, literal(item.label, "en")
        yield node, ITSS.attributeOf, level.iri
        yield node, ITSS.coveredAs, scheme.attributes[item.attribute]
        yield node, ITSS.levelAsks, literal(item.asks, "en")

    @cached_property
    def _levels(self) -> dict[str, dict[str, str]]:
        """By framework the IRIs of its levels by their code: the levels are the schemes that have attributes."""
        found: dict[str, dict[str, str]] = {}
        for scheme in self.schemes:
            if scheme.attributes:
                codes = {item.code: item.iri for item in self.concepts if item.scheme == scheme.key}
                found.setdefault(scheme.framework, {}).update(codes)
        return found


def _scheme(item: Scheme) -> Iterator[Triple]:
    yield item.iri, RDF.type, SKOS.ConceptScheme
    yield item.iri, RDFS.label, literal(item.title, "en")
    yield item.iri, OWL.versionInfo, literal(item.version)
    yield item.iri, DCTERMS.isPartOf, FRAMEWORK + item.framework
    yield item.iri, DCTERMS.rights, literal(item.rights, "en")
    if item.see_also:
        yield item.iri, RDFS.seeAlso, item.see_also


def load_frameworks(folder: Path | None = None) -> Frameworks:
    """The frameworks of a folder; the bundled ones where none is named."""
    place = folder or bundled("data", "frameworks")
    described = yaml.safe_load((place / "frameworks.yaml").read_text(encoding="utf-8"))
    schemes = tuple(_described(key, row) for key, row in described.items())
    concepts = tuple(
        Concept(**{**row, "levels": tuple(row["levels"].split("|")) if row["levels"] else ()})  # type: ignore[arg-type]  # as typed
        for row in _rows(place / "concepts.tsv")
    )
    attributes = tuple(LevelAttribute(**row) for row in _rows(place / "level-attributes.tsv"))
    said = yaml.safe_load((place / "reasons.yaml").read_text(encoding="utf-8"))
    return Frameworks(schemes, concepts, attributes, {key: Reasons(**row) for key, row in said.items()})


def _described(key: str, row: dict[str, Any]) -> Scheme:
    """A scheme as the file describes it; the properties of its attributes are of this project's vocabulary."""
    attributes = {name: ITSS.base + local for name, local in row.get("attributes", {}).items()}
    return Scheme(**{**row, "key": key, "attributes": attributes, "seen": tuple(row.get("seen", ()))})


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
