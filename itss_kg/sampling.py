"""Invented candidates by the thousand: `sample(standard, 250, seed=7)` yields one record after another.

Each candidate has a level in view in one field or several. The record is made so that it meets that level, criterion by
criterion (see `recipe`), except where the dice say otherwise: then it meets the criterion of a lower level, or none. So
what a record certainly attains is known without looking back, and what it claims is true unless it is to be faulty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from itss_kg import fiction
from itss_kg.dice import Dice
from itss_kg.errors import CallError, nearest
from itss_kg.faults import FAULTS, Faults
from itss_kg.graph import Graph, Literal, Triple
from itss_kg.namespaces import DCTERMS, ITSS, OWL, RDF, RDFS, XSD
from itss_kg.reading import Reading
from itss_kg.recipe import Link, Recipes, Rung, Way
from itss_kg.standard import Field, Indicator, Standard

__all__ = ["FAULTS", "PERSON", "PROJECT", "Record", "sample"]

PERSON = "https://example.org/person/"
PROJECT = "https://example.org/project/"

# What the names of a candidate's records go by, after the candidate's own.
_CLASSES = (ITSS.Engagement, ITSS.MarketSegment, ITSS.SpecialtyRecord, ITSS.SuccessionRecord, ITSS.DevelopmentRecord)
_LETTERS = dict(zip(_CLASSES, "emskd", strict=True))


class Record(NamedTuple):
    """One candidate with all that the record adds; a project shared with an earlier candidate stands in that one's record."""

    candidate: str
    triples: list[Triple]


def sample(
    standard: Standard, count: int, seed: int = 0, faults: float = 0.02, kinds: Collection[str] = FAULTS
) -> Iterator[Record]:
    """Records of invented candidates, the same for the same seed on every machine; a longer sample starts with the shorter.

    Args:
        standard: what the candidates are to be held against; numbers and lists are drawn from it.
        count: how many candidates.
        seed: which sample.
        faults: the share of records, from 0 to 1, that have one fault.
        kinds: the faults that may occur.

    Raises:
        CallError: the count is negative, the share no share, or a kind of fault unknown.
    """
    if count < 0:
        raise CallError(f"cannot make {count} candidates: give a number that is 0 or more")
    if not 0 <= faults <= 1:
        raise CallError(f"the share of faulty records must be from 0 to 1, not {faults}")
    for kind in kinds:
        if kind not in FAULTS:
            raise CallError(f"unknown fault {kind!r}: expected some of {', '.join(FAULTS)}{nearest(kind, FAULTS)}")
    chosen = [kind for kind in FAULTS if kind in kinds]
    return _Sampler(standard, seed).records(count, faults if chosen else 0, chosen)


@dataclass
class _Plan:
    """A field's ladder with the ways to meet each criterion of each level, and the links to a project that counts."""

    field: Field
    ladder: tuple[Indicator, ...]
    ways: tuple[dict[str, tuple[Way, ...]], ...]
    engagements: tuple[Link, ...]


@dataclass
class _Team:
    """Candidates who work for the same customers and share projects."""

    size: int
    companies: list[str]
    projects: dict[int, list[str]] = field(default_factory=dict)


@dataclass
class _Draft:
    """A record being written; `sure` has, for each field, the place on its ladder that the record certainly reaches, or -1."""

    candidate: str
    team: _Team
    alone: bool
    triples: list[Triple] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    sure: dict[str, int] = field(default_factory=dict)
    nodes: int = 0


class _Sampler:
    def __init__(self, standard: Standard, seed: int) -> None:
        self._standard = standard
        self._reading = Reading(standard)
        self._recipes = Recipes(self._reading)
        self._plans = [self._plan(item) for item in standard.fields]
        self._examinations = list(dict.fromkeys(name for item in standard.indicators for name, _ in item.examinations))
        graph = standard.graph
        measures = [graph.node(item, ITSS.recordedAs) for item in standard.ordered(graph.instances(ITSS.Measure))]
        self._measures = [item for item in measures if item is not None and item in self._recipes.ladders]
        self._dice = Dice(seed, self._recipes.ladders, {item for item in self._measures if _takes_decimals(graph, item)})
        self._random = self._dice.random
        kinds = standard.ordered(graph.instances(ITSS.SegmentKind))
        related = {*chain.from_iterable(graph.nodes(kind, ITSS.countsAs) for kind in kinds)}
        self._whole = [kind for kind in kinds if kind in related or graph.node(kind, ITSS.countsAs)]
        self._labels = {kind: standard.label(kind, "ja") for kind in kinds}
        self._projects = 0

    def _plan(self, item: Field) -> _Plan:
        ladder = self._standard.ladder(item)
        ways = tuple(self._recipes.of(indicator) for indicator in ladder)
        links = [
            link for level in ways for found in level.values() for link in found[0].links if link.path == ITSS.hasEngagement
        ]
        return _Plan(item, ladder, ways, tuple(links))

    # candidates

    def records(self, count: int, faults: float, kinds: Sequence[str]) -> Iterator[Record]:
        spoiler = Faults(self._reading, self._dice.one)
        team = self._team()
        for number in range(1, count + 1):
            if team.size == 0:
                team = self._team()
            team.size -= 1
            faulty = self._random() < faults
            draft = _Draft(f"{PERSON}{number:07d}", team, alone=faulty)
            self._candidate(draft)
            if faulty:
                draft.triples = spoiler.spoil(draft.candidate, draft.triples, draft.sure, kinds)
            yield Record(draft.candidate, draft.triples)

    def _team(self) -> _Team:
        companies = [self._dice.one(fiction.COMPANIES) + self._dice.one(fiction.COMPANY_FORMS) for _ in range(3)]
        return _Team(2 + int(self._random() * 7), companies)

    def _candidate(self, draft: _Draft) -> None:
        family, given = self._dice.one(fiction.FAMILIES), self._dice.one(fiction.GIVEN)
        draft.triples += [
            (draft.candidate, RDF.type, ITSS.Candidate),
            (draft.candidate, RDFS.label, _said(f"{family[0]} {given[0]}", "ja")),
            (draft.candidate, RDFS.label, _said(f"{given[1]} {family[1]}", "en")),
        ]
        kind = self._random()
        if kind >= 0.06:
            fields = 1 if kind < 0.74 else 2 if kind < 0.94 else 3
            for plan in self._dice.some(self._plans, fields):
                draft.sure[plan.field.iri] = self._career(draft, plan)
        self._credentials(draft, only=kind < 0.06)

    def _career(self, draft: _Draft, plan: _Plan) -> int:
        """Write a record in a field; the place on its ladder that the record certainly reaches, or -1."""
        weak = self._random() < 0.38
        target, steps = 0, len(plan.ladder)
        while not weak and self._random() < 0.68 * (steps - 1 - target) / (steps - target):
            target += 1
        care = 0.6 if weak else 0.92
        reached = target
        for kind in plan.ways[target]:
            place = target if self._random() < care else self._lapse(target)
            reached = min(reached, place)
            if place >= 0 and kind in plan.ways[place]:
                self._follow(draft, draft.candidate, self._dice.early(plan.ways[place][kind]))
        if plan.engagements and self._random() < 0.35:
            self._unfinished(draft, self._dice.one(plan.engagements[: target + 1]))
        return reached

    def _lapse(self, target: int) -> int:
        """How far a criterion is met that is not met at the level in view."""
        return -1 if target == 0 or self._random() < 0.3 else int(self._random() * target)

    def _credentials(self, draft: _Draft, *, only: bool) -> None:
        if self._examinations and (only or self._random() < 0.12):
            draft.triples.append((draft.candidate, ITSS.passedExamination, self._dice.one(self._examinations)))
        for plan in self._plans:
            place = draft.sure.get(plan.field.iri, -1)
            if place >= 0 and self._random() < 0.85:
                below = place > 0 and self._random() < 0.1
                draft.triples.append((draft.candidate, ITSS.claims, plan.ladder[place - below].iri))

    # nodes

    def _follow(self, draft: _Draft, node: str, way: Way) -> None:
        """Put at the node what the way says."""
        triples = draft.triples
        for path, value in way.fixed:
            triples.append((node, path, value))
        for pick in way.picks:
            several = pick.path == ITSS.hasComplexity and self._random() < 0.3
            for value in self._dice.some(pick.choices, pick.count + several):
                triples.append((node, pick.path, value))
        for rung in way.rungs:
            triples.append((node, rung.path, self._dice.number(rung)))
        for path in way.open:
            triples.append((node, path, f"{PERSON}assessor-{1 + int(self._random() * 9)}"))
        for link in way.links:
            self._hang(draft, node, link)

    def _hang(self, draft: _Draft, owner: str, link: Link) -> None:
        """Hang the nodes of the link on their owner."""
        count = link.count + (self._random() < 0.15 and link.kind != ITSS.Project)
        apart = self._dice.some(link.apart.choices, count) if link.apart else [None] * count
        for value in apart:
            node = self._project(draft, link) if link.kind == ITSS.Project else self._node(draft, link)
            draft.triples.append((owner, link.path, node))
            if link.apart and value:
                draft.triples.append((node, link.apart.path, value))

    def _node(self, draft: _Draft, link: Link) -> str:
        node = f"{draft.candidate}-{_LETTERS.get(link.kind, 'n')}{draft.nodes}"
        draft.nodes += 1
        start = len(draft.triples)
        draft.triples.append((node, RDF.type, link.kind))
        way = self._dice.early(link.ways)
        self._follow(draft, node, way)
        if link.kind == ITSS.MarketSegment:
            self._dress_segment(draft, node, start)
        elif link.kind == ITSS.SuccessionRecord:
            draft.triples.append((node, DCTERMS.title, _said(self._dice.one(fiction.PUBLICATIONS), "ja")))
        return node

    def _project(self, draft: _Draft, link: Link) -> str:
        """A project made in one of the link's ways, or one that somebody else of the team has brought already."""
        shared = draft.team.projects.setdefault(id(link), [])
        if not draft.alone and self._random() < 0.35:
            free = [project for project in shared if project not in draft.used]
            if free:
                project = self._dice.one(free)
                draft.used.add(project)
                return project
        project = self._new_project(draft, self._dice.early(link.ways))
        if not draft.alone:
            shared.append(project)
        return project

    def _new_project(self, draft: _Draft, way: Way) -> str:
        self._projects += 1
        project = f"{PROJECT}{self._projects:07d}"
        draft.used.add(project)
        draft.triples.append((project, RDF.type, ITSS.Project))
        self._follow(draft, project, way)
        recorded = {rung.path for rung in way.rungs}
        place = max((rung.place for rung in way.rungs), default=0)
        if not recorded or self._random() < 0.4:
            missing = [path for path in self._measures if path not in recorded]
            draft.triples += [(project, path, self._dice.number(Rung(path, place))) for path in missing[:1]]
        title = f"{self._dice.one(draft.team.companies)} {self._dice.one(fiction.PROJECTS)}"
        date = f"{2008 + int(self._random() * 17)}-{1 + int(self._random() * 12):02d}-01"
        draft.triples.append((project, DCTERMS.title, _said(title, "ja")))
        draft.triples.append((project, DCTERMS.date, Literal(date, XSD.base + "date")))
        return project

    def _unfinished(self, draft: _Draft, link: Link) -> None:
        """An engagement that does not count: not all tasks performed, or not all expectations met."""
        start = len(draft.triples)
        lone = _Draft(draft.candidate, draft.team, alone=True, nodes=draft.nodes)
        node = self._node(lone, link)
        draft.nodes = lone.nodes
        draft.triples.append((draft.candidate, link.path, node))
        path = self._dice.one((ITSS.performed, ITSS.metExpectation))
        places = [place for place, triple in enumerate(lone.triples) if triple[1] == path]
        dropped = set(places[1:] if path == ITSS.performed else places[1:][-1:])  # one is left, or the form would be at fault
        draft.triples += [triple for place, triple in enumerate(lone.triples) if place not in dropped]
        if not dropped:  # where one task and one expectation are asked for, every engagement counts
            del draft.triples[start:]

    def _dress_segment(self, draft: _Draft, node: str, start: int) -> None:
        said = {path: term for _, path, term in draft.triples[start:]}
        kind = said.get(ITSS.segmentKind)
        if kind is None:
            kind = self._dice.one(self._whole)
            draft.triples.append((node, ITSS.segmentKind, kind))
        if kind in self._whole:
            label = f"{self._dice.one(fiction.INDUSTRIES)}（{self._labels.get(str(kind), '')}）"
        else:
            label = f"{self._dice.one(draft.team.companies)} {self._dice.one(fiction.CITIES)}"
            if ITSS.employees not in said:
                draft.triples.append((node, ITSS.employees, self._dice.number(Rung(ITSS.employees, 0))))
        draft.triples.append((node, RDFS.label, _said(label, "ja")))


def _said(text: str, language: str) -> Literal:
    return Literal(text, RDF.langString, language)


def _takes_decimals(graph: Graph, path: str) -> bool:
    return any(XSD.decimal in (item, *graph.nodes(item, OWL.onDatatype)) for item in graph.nodes(path, RDFS.range))
