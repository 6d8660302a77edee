"""The standard as a competency framework: its parts in one tree, and how they refer to one another.

What the exchange formats have in common is here; each format's module only says it in that format's terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from itss_kg.errors import OntologyError
from itss_kg.exchange.identity import urn
from itss_kg.graph import Graph
from itss_kg.namespaces import DCTERMS, ITSS, OWL, RDF, RDFS, SKOS, local_name
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.standard import LANGUAGES, Indicator, Standard

__all__ = ["Framework", "Part", "Source", "Texts", "framework", "labels", "say", "texts", "title"]

Texts = Mapping[str, str]
"""A text in each language that has one, by language tag."""

_COLON = {"en": ": ", "ja": "："}
_VALUE_LIST = {"en": "value list", "ja": "値リスト"}


@dataclass(frozen=True)
class Part:
    """One thing of the standard: a job category, field, indicator, criterion, level, value list or value.

    `type` is its class; `statement` what it asks for or means, in the project's own words; `parent` the part that holds it,
    `None` at the top. `level` is an indicator's; `next` what follows on the ladder; `choices` the list that a criterion
    chooses from; `members` what a value list holds; `rules` the reading rules that decide a criterion.
    """

    iri: str
    type: str
    code: str
    label: Texts
    statement: Texts
    parent: str | None = None
    level: str | None = None
    next: str | None = None
    choices: str | None = None
    members: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """The publication that a framework describes."""

    iri: str
    title: Texts
    publisher: str | None
    rights_holder: str | None
    date: str | None


@dataclass(frozen=True)
class Framework:
    """The whole. `modified` is the time of the last change that the ontologies state; `types` are the classes of the parts."""

    iri: str
    title: Texts
    description: Texts
    version: str | None
    modified: str
    licence: str | None
    creator: str | None
    sources: tuple[Source, ...]
    parts: tuple[Part, ...]
    types: tuple[Part, ...]
    rules: tuple[Part, ...]

    @cached_property
    def by_iri(self) -> Mapping[str, Part]:
        """Each part by its IRI."""
        return {part.iri: part for part in self.parts}

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[Part, ...]]:
        found: dict[str | None, list[Part]] = {}
        for part in self.parts:
            found.setdefault(part.parent, []).append(part)
        return {parent: tuple(parts) for parent, parts in found.items()}

    def children(self, parent: str | None) -> tuple[Part, ...]:
        """The parts that a part holds, in the standard's order; those at the top where the parent is `None`."""
        return self._children.get(parent, ())

    def rule_note(self, part: Part, language: str) -> str | None:
        """By which reading rules a criterion is decided, by number and name; `None` for everything else."""
        named = [rule for rule in self.rules if rule.iri in part.rules]
        return "; ".join(f"{rule.code} {rule.label[language]}" for rule in named if language in rule.label) or None


def texts(graph: Graph, iri: str, predicate: str) -> dict[str, str]:
    """What a property says in each language."""
    found = ((language, graph.text(iri, predicate, language)) for language in LANGUAGES)
    return {language: text for language, text in found if text is not None}


def labels(graph: Graph, iri: str) -> Texts:
    """What a thing is called in each language that has a name for it, else its IRI's last part."""
    return texts(graph, iri, RDFS.label) or {LANGUAGES[0]: local_name(iri)}


def say(words: Texts, language: str) -> str:
    """The text in the language, else in one that has it, else nothing."""
    return words.get(language) or next(iter(words.values()), "")


def framework(reading: Reading) -> Framework:
    """The standard as one framework.

    Raises:
        OntologyError: no ontology says when it was last changed (`dcterms:modified`).
    """
    standard, graph = reading.standard, reading.standard.graph
    roots = _roots(graph)
    parts = (*_ladder(reading), *_levels(standard), *_value_lists(standard))
    return Framework(
        iri=roots[0] if len(roots) == 1 else urn("framework", *roots),
        title=title(standard),
        description=_joined([texts(graph, iri, DCTERMS.description) for iri in roots], " "),
        version=", ".join(_stated(graph, roots, OWL.versionInfo)) or None,
        modified=_modified(graph),
        licence=next(iter(sorted({node for iri in roots for node in graph.nodes(iri, DCTERMS.license)})), None),
        creator=", ".join(_stated(graph, roots, DCTERMS.creator)) or None,
        sources=tuple(_source(graph, iri) for iri in sorted({s for root in roots for s in graph.nodes(root, DCTERMS.source)})),
        parts=parts,
        types=tuple(_type(standard, iri) for iri in dict.fromkeys(part.type for part in parts)),
        rules=tuple(_part(standard, rule, ITSS.ReadingRule) for rule in standard.rules()),
    )


def title(standard: Standard) -> Texts:
    """What the framework is called: as the ontologies that no other one imports are."""
    return _joined([texts(standard.graph, iri, DCTERMS.title) for iri in _roots(standard.graph)], " · ")


def _roots(graph: Graph) -> list[str]:
    ontologies = sorted(graph.instances(OWL.Ontology))
    imported = {iri for ontology in ontologies for iri in graph.nodes(ontology, OWL.imports)}
    return [iri for iri in ontologies if iri not in imported] or ontologies


def _joined(found: list[dict[str, str]], between: str) -> dict[str, str]:
    said = {language: [text[language] for text in found if language in text] for language in LANGUAGES}
    return {language: between.join(words) for language, words in said.items() if words}


def _stated(graph: Graph, iris: Iterable[str], predicate: str) -> list[str]:
    found = (graph.text(iri, predicate) for iri in iris)
    return list(dict.fromkeys(text for text in found if text is not None))


def _modified(graph: Graph) -> str:
    stated = _stated(graph, graph.instances(OWL.Ontology), DCTERMS.modified)
    if not stated:
        raise OntologyError("no ontology says when it was last changed; state dcterms:modified, which exports carry")
    return max(stated)


def _source(graph: Graph, iri: str) -> Source:
    publisher, holder, date = (graph.text(iri, name) for name in (DCTERMS.publisher, DCTERMS.rightsHolder, DCTERMS.date))
    return Source(iri, texts(graph, iri, DCTERMS.title), publisher, holder, date)


def _part(standard: Standard, iri: str, cls: str, **more: object) -> Part:
    graph = standard.graph
    code = graph.text(iri, SKOS.notation) or local_name(iri)
    # the type checker cannot see which fields `more` fills
    return Part(iri, cls, code, labels(graph, iri), **{"statement": texts(graph, iri, SKOS.definition), **more})  # type: ignore[arg-type]


def _type(standard: Standard, iri: str) -> Part:
    part = _part(standard, iri, OWL.Class)
    return Part(iri, OWL.Class, part.code, _VALUE_LIST, {}) if iri == SKOS.ConceptScheme else part


def _ladder(reading: Reading) -> Iterator[Part]:
    standard = reading.standard
    for category in dict.fromkeys(item.category for item in standard.fields):
        yield _part(standard, category, ITSS.JobCategory)
        for item in (one for one in standard.fields if one.category == category):
            yield _part(standard, item.iri, ITSS.SpecialtyField, parent=category)
            ladder = standard.ladder(item)
            for indicator, upper in zip(ladder, (*ladder[1:], None), strict=True):
                after = upper.iri if upper else None
                yield _part(
                    standard,
                    indicator.iri,
                    ITSS.KeyPerformanceIndicator,
                    parent=item.iri,
                    level=indicator.level.iri,
                    next=after,
                )
                yield from _criteria(indicator, reading)


def _criteria(indicator: Indicator, reading: Reading) -> Iterator[Part]:
    standard, graph = reading.standard, reading.standard.graph
    prose = {language: Prose(standard, language) for language in LANGUAGES}
    for item in indicator.criteria:
        shall = {language: words.shall(indicator, reading.own(indicator, item)) for language, words in prose.items()}
        chosen = graph.node(item.iri, ITSS.choosesFrom)
        yield _part(standard, item.iri, item.type, parent=indicator.iri, statement=shall, choices=chosen, rules=item.rules)
    for examination, remark in indicator.examinations:
        rule = texts(graph, ITSS.R11, SKOS.definition)
        named = texts(graph, examination, RDFS.label)
        said = {language: f"{named[language]}{_COLON[language]}{text}" for language, text in rule.items() if language in named}
        yield _part(standard, remark, ITSS.ExaminationRemark, parent=indicator.iri, statement=said, rules=(ITSS.R11,))


def _levels(standard: Standard) -> Iterator[Part]:
    """The levels as a value list, named by itself: the class of the levels is no list."""
    members = tuple(level.iri for level in standard.levels)
    scale = replace(_part(standard, ITSS.Level, SKOS.ConceptScheme, members=members), iri=urn("levels"))
    yield scale
    for iri, upper in zip(members, (*members[1:], None), strict=True):
        yield _part(standard, iri, ITSS.Level, parent=scale.iri, next=upper)


def _value_lists(standard: Standard) -> Iterator[Part]:
    """The schemes, then the lists that criteria choose from; a value stands in its scheme or else in its first list."""
    graph = standard.graph
    held = {scheme: standard.ordered(graph.subjects(SKOS.inScheme, scheme)) for scheme in graph.instances(SKOS.ConceptScheme)}
    lists = {item: list(standard.members(item)) for item in graph.instances(ITSS.ItemList)}
    home: dict[str, str] = {}
    for owner in (*sorted(held), *sorted(lists)):
        for value in {**held, **lists}[owner]:
            home.setdefault(value, owner)
    for cls, owners in ((SKOS.ConceptScheme, held), (ITSS.ItemList, lists)):
        for owner in sorted(owners):
            yield _part(standard, owner, cls, members=tuple(owners[owner]))
            for value in owners[owner]:
                if home[value] == owner:
                    kind = next((name for name in graph.nodes(value, RDF.type) if name in ITSS), SKOS.Concept)
                    yield _part(standard, value, kind, parent=owner)
