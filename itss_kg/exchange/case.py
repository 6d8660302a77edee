"""The standard as a CASE 1.1 package (1EdTech Competencies and Academic Standards Exchange): document, items, associations.

A CASE document is of one language. The Japanese package has items of its own, each of which `isTranslationOf` the item of
the English package; every item also carries the label in the other language (`alternativeLabel`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from itss_kg.exchange.framework import Framework, Part, Texts, framework, say
from itss_kg.exchange.identity import urn, uuid
from itss_kg.reading import Reading
from itss_kg.standard import LANGUAGES, known_language

__all__ = ["as_case"]

_ORIGINAL = LANGUAGES[0]


def as_case(reading: Reading, language: str = "en") -> dict[str, Any]:
    """The standard as a `CFPackage`, in English or Japanese; the same standard gives the same package.

    Raises:
        CallError: the language is not one of `LANGUAGES`.
        OntologyError: no ontology says when it was last changed, which CASE requires of every item.
    """
    return _Package(framework(reading), language).whole()


class _Package:
    def __init__(self, source: Framework, language: str) -> None:
        self.framework = source
        self.language = known_language(language)

    def whole(self) -> dict[str, Any]:
        found = self.framework
        definitions: dict[str, Any] = {"CFItemTypes": [self._item_type(place, one) for place, one in enumerate(found.types, 1)]}
        if found.licence:
            words = {"title": found.licence, "licenseText": found.licence, "lastChangeDateTime": found.modified}
            definitions["CFLicenses"] = [{**self._names(found.licence), **words}]
        return {
            "CFDocument": self._document(),
            "CFItems": [self._item(part) for part in found.parts],
            "CFAssociations": list(self._associations()),
            "CFDefinitions": definitions,
        }

    def _say(self, words: Texts) -> str:
        return say(words, self.language)

    def _names(self, iri: str, language: str | None = None) -> dict[str, str]:
        """The identifier and URI of a thing in a language: its own IRI in the original, one of its own in a translation."""
        language = language or self.language
        name = uuid("case", language, iri)
        return {"identifier": name, "uri": iri if language == _ORIGINAL else f"urn:uuid:{name}"}

    def _link(self, iri: str, title: str, language: str | None = None) -> dict[str, str]:
        return {"title": title, **self._names(iri, language)}

    def _node(self, part: Part, language: str | None = None) -> dict[str, str]:
        return {**self._link(part.iri, say(part.label, language or self.language), language), "targetType": "CASE"}

    def _root(self, language: str | None = None) -> dict[str, str]:
        title = say(self.framework.title, language or self.language)
        return {**self._link(self.framework.iri, title, language), "targetType": "CASE"}

    def _document(self) -> dict[str, Any]:
        found = self.framework
        said = {
            "creator": found.creator or self._say(found.title),
            "title": self._say(found.title),
            "lastChangeDateTime": found.modified,
            "description": self._say(found.description) if found.description else None,
            "language": self.language,
            "version": found.version,
            "licenseURI": self._licence(),
            "notes": "\n".join(self._source_notes()) or None,
        }
        return {**self._names(found.iri), "caseVersion": "1.1", **_present(said)}

    def _source_notes(self) -> Iterator[str]:
        for source in self.framework.sources:
            held = f"© {source.date} {source.rights_holder}" if source.date and source.rights_holder else source.rights_holder
            words = (self._say(source.title) if source.title else None, source.publisher, held, source.iri)
            yield ". ".join(word for word in words if word)

    def _licence(self) -> dict[str, str] | None:
        return self._link(self.framework.licence, self.framework.licence) if self.framework.licence else None

    def _item(self, part: Part) -> dict[str, Any]:
        others = [text for language, text in part.label.items() if language != self.language]
        kind = next(one for one in self.framework.types if one.iri == part.type)
        said = {
            "fullStatement": part.statement.get(self.language) or self._say(part.label),
            "abbreviatedStatement": self._say(part.label),
            "alternativeLabel": others[0] if others else None,
            "humanCodingScheme": part.code,
            "CFItemType": self._say(kind.label),
            "CFItemTypeURI": self._link(kind.iri, self._say(kind.label)),
            "language": self.language,
            "notes": self.framework.rule_note(part, self.language),
            "licenseURI": self._licence(),
            "lastChangeDateTime": self.framework.modified,
        }
        return {**self._names(part.iri), **_present(said)}

    def _item_type(self, place: int, kind: Part) -> dict[str, Any]:
        about = kind.statement.get(self.language) or self._say(kind.label)
        said = {"title": self._say(kind.label), "description": about, "hierarchyCode": str(place), "typeCode": kind.code}
        return {**self._names(kind.iri), **said, "lastChangeDateTime": self.framework.modified}

    def _associations(self) -> Iterator[dict[str, Any]]:
        by_iri = self.framework.by_iri
        for parent in (None, *self.framework.parts):
            above = self._node(parent) if parent else self._root()
            for place, part in enumerate(self.framework.children(parent.iri if parent else None), 1):
                yield self._association("isChildOf", self._node(part), above, place)
        for part in self.framework.parts:
            for place, member in enumerate(part.members, 1):
                if by_iri[member].parent != part.iri:
                    yield self._association("isPartOf", self._node(by_iri[member]), self._node(part), place)
            for kind, target in (("hasSkillLevel", part.level), ("precedes", part.next), ("isRelatedTo", part.choices)):
                if target is not None:
                    yield self._association(kind, self._node(part), self._node(by_iri[target]))
        if self.language != _ORIGINAL:
            yield self._association("isTranslationOf", self._root(), self._root(_ORIGINAL))
            for part in self.framework.parts:
                yield self._association("isTranslationOf", self._node(part), self._node(part, _ORIGINAL))

    def _association(self, kind: str, origin: Any, target: Any, place: int | None = None) -> dict[str, Any]:
        names = ("case", kind, origin["identifier"], target["identifier"])
        found = {"associationType": kind, "sequenceNumber": place, "originNodeURI": origin, "destinationNodeURI": target}
        return {
            "identifier": uuid(*names),
            "uri": urn(*names),
            **_present(found),
            "lastChangeDateTime": self.framework.modified,
        }


def _present(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}
