"""The ontology read into the standard's own things: job categories, fields, levels, indicators, criteria.

What a criterion demands is not here but in `reading`; here is only what exists, what it is called, and in what order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from itss_kg.errors import CallError, OntologyError, nearest
from itss_kg.graph import Graph
from itss_kg.input import read_ontology
from itss_kg.namespaces import ITSS, RDF, RDFS, SKOS, local_name
from itss_kg.resources import bundled

__all__ = ["LANGUAGES", "Criterion", "Field", "Indicator", "Level", "Standard", "known_language", "load"]

LANGUAGES = ("en", "ja")


def known_language(language: str) -> str:
    """The language, if things are said in it.

    Raises:
        CallError: it is not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise CallError(f"unknown language {language!r}: expected one of {', '.join(LANGUAGES)}")
    return language


@dataclass(frozen=True)
class Level:
    """One of the ordered levels; `number` orders them."""

    iri: str
    number: int


@dataclass(frozen=True)
class Field:
    """A specialty field; `key` is its short name in identifiers, calls and results."""

    iri: str
    key: str
    category: str


Thing = TypeVar("Thing", Level, Field)


@dataclass(frozen=True)
class Criterion:
    """One criterion; `kind` is its short name (`scope`, `track-record`, …), `rules` the reading rules that decide it."""

    iri: str
    kind: str
    type: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Indicator:
    """A Key Performance Indicator: one field at one level, its criteria in the standard's order.

    `examinations` pairs each examination that gives the indicator's level (R11) with the remark that says so.
    """

    iri: str
    key: str
    field: Field
    level: Level
    criteria: tuple[Criterion, ...]
    examinations: tuple[tuple[str, str], ...]

    def criterion(self, kind: str) -> Criterion | None:
        """The criterion of a kind, or `None` where the standard states none at this level."""
        return next((item for item in self.criteria if item.kind == kind), None)


@dataclass(frozen=True)
class Standard:
    """The standard as the ontology states it. `graph` holds every triple of the ontology and what it imports."""

    graph: Graph
    sources: tuple[Path, ...] = field(default=())

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """All levels, lowest first."""
        found = [Level(iri, self.number_of(iri, ITSS.levelNumber)) for iri in self.graph.instances(ITSS.Level)]
        return tuple(sorted(found, key=lambda level: level.number))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All specialty fields, category by category, in the standard's order."""
        found = [
            Field(iri, self._key(iri), self.node_of(iri, ITSS.ofCategory)) for iri in self.graph.instances(ITSS.SpecialtyField)
        ]
        if not found:
            raise OntologyError("the ontology has no itss:SpecialtyField; give a job category's ontology, e.g. itss-sales.ttl")
        return tuple(sorted(found, key=lambda item: (item.category, self.position(item.iri))))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators: field by field, lowest level first."""
        rank = {item.iri: place for place, item in enumerate(self.fields)}
        found = [self._indicator(iri) for iri in self.graph.instances(ITSS.KeyPerformanceIndicator)]
        return tuple(sorted(found, key=lambda item: (rank[item.field.iri], item.level.number)))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of criterion that occur, in the standard's order."""
        seen = {criterion.kind: criterion.type for indicator in self.indicators for criterion in indicator.criteria}
        return tuple(sorted(seen, key=lambda kind: self.position(seen[kind])))

    def ladder(self, item: Field) -> tuple[Indicator, ...]:
        """The indicators of a field, lowest level first."""
        return tuple(indicator for indicator in self.indicators if indicator.field == item)

    def find_field(self, name: str) -> Field:
        """The field of that key or IRI.

        Raises:
            CallError: there is none; the message lists the keys.
        """
        for item in self.fields:
            if name in (item.key, item.iri):
                return item
        keys = [item.key for item in self.fields]
        raise CallError(f"unknown field {name!r}: expected one of {', '.join(keys)}{nearest(name, keys)}")

    def find_indicator(self, name: str) -> Indicator:
        """The indicator of that key (`consulting-L5`, in any case), prefixed name or IRI.

        Raises:
            CallError: there is none; the message lists the levels that the field has, or the fields.
        """
        short = name.rpartition(":")[2] if "://" not in name else name
        for item in self.indicators:
            if short.lower() in (item.key.lower(), item.iri.lower()):
                return item
        stem, _, level = short.rpartition("-")
        for owner in self.fields:
            if stem == owner.key:
                have = ", ".join(indicator.key for indicator in self.ladder(owner))
                raise CallError(f"{owner.key} has no level {level}: it has {have}")
        keys = [item.key for item in self.indicators]
        raise CallError(f"unknown indicator {name!r}: expected one of {', '.join(keys)}{nearest(short, keys)}")

    def at(self, item: Field, number: int) -> Indicator:
        """The indicator of a field at a level number."""
        return self.find_indicator(f"{item.key}-L{number}")

    def find_term(self, name: str) -> str:
        """The IRI of anything the ontology describes, from its IRI, prefixed name or short name.

        Raises:
            CallError: nothing, or more than one thing, has that name.
        """
        if name in self.described:
            return name
        short = name.rpartition(":")[2] if "://" not in name else local_name(name)
        found = [iri for iri in self.described if local_name(iri).lower() == short.lower()]
        exact = [iri for iri in found if local_name(iri) == short]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if found:
            raise CallError(f"{name!r} names several things: {', '.join(sorted(found))}; give the IRI")
        names = [local_name(iri) for iri in self.described]
        raise CallError(f"unknown term {name!r}{nearest(short, names) or ': see `itss-kg levels` for the indicators'}")

    @cached_property
    def described(self) -> frozenset[str]:
        """The IRIs of everything that the ontology gives a label."""
        return frozenset(iri for iri in self.graph.subjects_all() if self.graph.text(iri, RDFS.label) is not None)

    def label(self, iri: str, language: str = "en") -> str:
        """The label in the language, in English where it has none, else the IRI's last part."""
        return self.graph.text(iri, RDFS.label, language) or self.graph.text(iri, RDFS.label, "en") or local_name(iri)

    def kind(self, kind: str, language: str = "en") -> str:
        """The label of a kind of criterion, else its short name."""
        criteria = (item for indicator in self.indicators for item in indicator.criteria)
        return next((self.label(item.type, language) for item in criteria if item.kind == kind), kind)

    def definition(self, iri: str, language: str = "en") -> str | None:
        """The definition in the language, in English where it has none, else `None`."""
        return self.graph.text(iri, SKOS.definition, language) or self.graph.text(iri, SKOS.definition, "en")

    def position(self, iri: str) -> tuple[int, str]:
        """What to sort a thing by to have the standard's order."""
        return (self.graph.integer(iri, ITSS.position) or 0, iri)

    def ordered(self, iris: Iterable[str]) -> list[str]:
        """Things in the standard's order."""
        return sorted(iris, key=self.position)

    def members(self, item_list: str) -> tuple[str, ...]:
        """The items of an item list, in the standard's order."""
        return tuple(self.ordered(self.graph.nodes(item_list, SKOS.member)))

    def rules(self) -> Iterator[str]:
        """The reading rules in order."""
        yield from self.ordered(self.graph.instances(ITSS.ReadingRule))

    def _indicator(self, iri: str) -> Indicator:
        owner = self.node_of(iri, ITSS.ofField)
        level = self.node_of(iri, ITSS.atLevel)
        criteria = [self._criterion(item) for item in self.graph.nodes(iri, ITSS.hasCriterion)]
        if not criteria:
            raise OntologyError(f"{iri} has no itss:hasCriterion")
        remarks = self.graph.nodes(iri, ITSS.hasRemark)
        return Indicator(
            iri,
            local_name(iri),
            self._one(self.fields, owner, iri),
            self._one(self.levels, level, iri),
            tuple(sorted(criteria, key=lambda item: self.position(item.type))),
            tuple((self.node_of(remark, ITSS.examination), remark) for remark in remarks),
        )

    @staticmethod
    def _one(things: tuple[Thing, ...], wanted: str, owner: str) -> Thing:
        for thing in things:
            if thing.iri == wanted:
                return thing
        raise OntologyError(f"{owner} names {wanted}, which the ontology does not describe")

    def _criterion(self, iri: str) -> Criterion:
        for cls in self.graph.nodes(iri, RDF.type):
            kind = self.graph.text(cls, ITSS.key)
            if kind:
                rules = self.graph.nodes(cls, ITSS.decidedBy)
                return Criterion(
                    iri, kind, cls, tuple(self.ordered({*rules, *self.graph.nodes(ITSS.Criterion, ITSS.decidedBy)}))
                )
        raise OntologyError(f"{iri} is of no class of criterion that has an itss:key")

    def _key(self, iri: str) -> str:
        key = self.graph.text(iri, ITSS.key)
        if key is None:
            raise OntologyError(f"{iri} has no itss:key")
        return key

    def node_of(self, iri: str, predicate: str) -> str:
        """The thing that a property of `iri` names; raises OntologyError where there is none."""
        found = self.graph.node(iri, predicate)
        if found is None:
            raise OntologyError(f"{iri} has no itss:{local_name(predicate)}")
        return found

    def number_of(self, iri: str, predicate: str) -> int:
        """The whole number that a property of `iri` states; raises OntologyError where there is none."""
        found = self.graph.integer(iri, predicate)
        if found is None:
            raise OntologyError(f"{iri} has no itss:{local_name(predicate)}")
        return found


def load(*paths: Path) -> Standard:
    """Read the standard from ontology files and whatever they import; from the bundled Sales ontology where none is given.

    An import is looked for beside the importing file, then among the bundled ontologies; nothing is ever fetched.

    Raises:
        InputError: a file or an import cannot be read.
        OntologyError: the files state no specialty field.
    """
    graph, sources = read_ontology(paths or (bundled("ontology", "itss-sales.ttl"),), bundled("ontology"))
    standard = Standard(graph, sources)
    _ = standard.fields
    return standard
