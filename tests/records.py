"""Candidates' records for tests, built in a few words, and the verdicts on them written as lines that read well.

    record = (
        Record("consulting")
        .segments(3, "Company", employees=3000)
        .projects(2, persons=10, factors=["fierce-competition", "new-reference"])
        .specialty("GuidesOthers", "ContributesToCompany")
        .succession("book", "patent")
        .development()
    )
    record.graph()    # an itss_kg Graph
    record.turtle()   # the same as Turtle
    outcome(record)   # {"consulting": "3 record; 4: …", "product": "none; 3: …", "media": "none; 3: …"}

A record never changes: each method returns a new one, so tests share a record and vary it. `EXACT` holds, for each
indicator, a record that meets it exactly: every number at its threshold, nothing beyond. Its numbers were read from the
standard's text, not from the ontology, for they are what the ontology is tested against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from itss_kg.assessment import Verdict, assess
from itss_kg.graph import Graph, Literal, Triple, literal
from itss_kg.reading import Reading
from itss_kg.standard import load

ITSS = "https://w3id.org/itss-kg/ns#"
SALES = "https://w3id.org/itss-kg/sales/"
EX = "https://example.org/person/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

FIELDS = ("consulting", "product", "media")
TASKS = ("Discovery", "Proposal", "Contract")
EXPECTATIONS = ("Quality", "Cost", "Delivery")
GUIDANCE = ("PerformsIndependently", "GuidesSubordinates", "GuidesOthers")
CONTRIBUTION = ("ContributesToCompany", "ContributesToIndustry", "LeadsIndustry")
AREAS = (
    "market-creation",
    "strategy-planning",
    "customer-relationships",
    "customer-satisfaction",
    "sales-team-formation",
    "solution-proposal",
    "business-opportunity",
    "market-satisfaction",
)
MEDIA_AREAS = ("media-utilization", "media-communication")
SUCCESSION = ("community", "book", "external-paper", "internal-paper", "external-instruction", "internal-instruction", "patent")
# The complexity factors of Consulting and Product; those of Media from Level 4 on; those of Media's Level 3.
FACTORS = (
    "difficult-requirements",
    "exceptional-contract",
    "cross-industry",
    "advanced-strategic-area",
    "multi-company-team",
    "fierce-competition",
    "complicated-structure",
    "new-reference",
)
GLOBAL = "global-advanced"
MEDIA_FACTORS = (
    "difficult-requirements",
    "exceptional-contract",
    "cross-industry",
    "advanced-strategic-area",
    "new-reference",
    "fierce-competition",
    "multiple-components",
)
SIMPLE_FACTORS = ("proven-offering", "simple-structure", "standard-contract", "standard-requirements")


@dataclass(frozen=True)
class Segment:
    """A market segment of one kind; `equivalent_to` is what it is judged to equal, e.g. `consulting-L6-scope`."""

    field: str
    kind: str
    employees: int | None = None
    equivalent_to: str | None = None
    judged_by: str | None = None


@dataclass(frozen=True)
class Project:
    """A project and the candidate's engagement in it; projects of one `name` are one and the same project."""

    field: str
    persons: int | None = None
    yen: int | Decimal | None = None
    factors: tuple[str, ...] = ()
    met: tuple[str, ...] = EXPECTATIONS
    performed: tuple[str, ...] = TASKS
    name: str | None = None


@dataclass(frozen=True)
class Specialty:
    """A specialty record; what is `None` is not recorded."""

    area: str
    guidance: str | None = None
    contribution: str | None = None


@dataclass(frozen=True)
class Succession:
    """A succession record."""

    kind: str


@dataclass(frozen=True)
class Development:
    """A record of developing subordinates."""

    method: str


@dataclass(frozen=True)
class Examination:
    """An examination passed."""

    name: str


Part = Segment | Project | Specialty | Succession | Development | Examination


@dataclass(frozen=True)
class Record:
    """One candidate's record; `field` is the field of segments and projects for which none is said."""

    field: str
    name: str = "1"
    parts: tuple[Part, ...] = ()

    # adding

    def plus(self, *parts: Part) -> Record:
        """With these parts too."""
        return replace(self, parts=self.parts + parts)

    def segments(self, count: int, kind: str, employees: int | None = None, **further: Any) -> Record:
        """With so many more segments of a kind; `further` are fields of `Segment`."""
        return self.plus(*[Segment(**{"field": self.field, "kind": kind, "employees": employees, **further})] * count)

    def projects(self, count: int, factors: Iterable[str] = (), **further: Any) -> Record:
        """With so many more projects, alike but different; `further` are fields of `Project`, such as `persons` and `yen`."""
        return self.plus(*[Project(**{"field": self.field, "factors": tuple(factors), **further})] * count)

    def specialty(self, guidance: str | None, contribution: str | None = None, area: str = "customer-relationships") -> Record:
        """With one more specialty record."""
        return self.plus(Specialty(area, guidance, contribution))

    def succession(self, *kinds: str) -> Record:
        """With a succession record of each kind given."""
        return self.plus(*(Succession(kind) for kind in kinds))

    def development(self, method: str = "Mentoring") -> Record:
        """With one more record of developing subordinates."""
        return self.plus(Development(method))

    def examination(self, name: str = "AppliedITEE") -> Record:
        """With an examination passed."""
        return self.plus(Examination(name))

    # varying

    def without(self, cls: type[Part], last: int | None = None) -> Record:
        """Without the parts of a class, or without the last so many of them."""
        ours = [place for place, part in enumerate(self.parts) if isinstance(part, cls)]
        gone = ours if last is None else ours[len(ours) - last :]
        return replace(self, parts=tuple(part for place, part in enumerate(self.parts) if place not in gone))

    def changed(self, cls: type[Part], place: int, **changes: Any) -> Record:
        """With other values in one part: the `place`-th of its class, from 0; -1 is the last."""
        target = [at for at, part in enumerate(self.parts) if isinstance(part, cls)][place]
        return replace(self, parts=tuple(replace(p, **changes) if at == target else p for at, p in enumerate(self.parts)))

    def every(self, cls: type[Part], **changes: Any) -> Record:
        """With other values in all parts of a class."""
        return replace(self, parts=tuple(replace(p, **changes) if isinstance(p, cls) else p for p in self.parts))

    # writing

    @property
    def iri(self) -> str:
        """The candidate."""
        return EX + self.name

    def triples(self) -> Iterator[Triple]:
        """The record as triples; a part's node is named by the candidate, a letter and a number."""
        yield self.iri, TYPE, ITSS + "Candidate"
        for place, part in enumerate(self.parts):
            yield from _written(part, self.iri, place)

    def graph(self) -> Graph:
        """The record as a graph."""
        return Graph(self.triples())

    def turtle(self) -> str:
        """The record as Turtle, one triple a line."""
        head = f"@prefix itss: <{ITSS}> .\n@prefix sales: <{SALES}> .\n@prefix ex: <{EX}> .\n\n"
        return head + "".join(f"{' '.join(map(_turtle, triple))} .\n" for triple in self.triples())


def _turtle(term: str | Literal) -> str:
    if isinstance(term, Literal):
        return f'"{term.lexical}"^^<{term.datatype}>'
    for prefix, base in (("itss", ITSS), ("sales", SALES), ("ex", EX)):
        if term.startswith(base):
            return f"{prefix}:{term.removeprefix(base)}"
    return f"<{term}>"


def _written(part: Part, owner: str, place: int) -> Iterator[Triple]:
    match part:
        case Segment():
            yield from _segment(part, owner, f"{owner}-m{place}")
        case Project():
            yield from _project(part, owner, f"{owner}-e{place}", EX + part.name if part.name else f"{owner}-p{place}")
        case Specialty():
            yield from _specialty(part, owner, f"{owner}-s{place}")
        case Succession():
            yield from _node(owner, "hasSuccession", f"{owner}-k{place}", "SuccessionRecord")
            yield f"{owner}-k{place}", ITSS + "activityKind", f"{SALES}succession-{part.kind}"
        case Development():
            yield from _node(owner, "hasDevelopment", f"{owner}-d{place}", "DevelopmentRecord")
            yield f"{owner}-d{place}", ITSS + "method", ITSS + part.method
        case Examination():
            yield owner, ITSS + "passedExamination", ITSS + part.name


def _node(owner: str, link: str, node: str, cls: str) -> Iterator[Triple]:
    yield owner, ITSS + link, node
    yield node, TYPE, ITSS + cls


def _segment(part: Segment, owner: str, node: str) -> Iterator[Triple]:
    yield from _node(owner, "responsibleFor", node, "MarketSegment")
    yield node, ITSS + "inField", SALES + part.field
    yield node, ITSS + "segmentKind", ITSS + part.kind
    if part.employees is not None:
        yield node, ITSS + "employees", literal(part.employees)
    if part.equivalent_to is not None:
        yield node, ITSS + "judgedEquivalentTo", SALES + part.equivalent_to
    if part.judged_by is not None:
        yield node, ITSS + "judgedBy", EX + part.judged_by


def _project(part: Project, owner: str, node: str, project: str) -> Iterator[Triple]:
    yield from _node(owner, "hasEngagement", node, "Engagement")
    yield node, ITSS + "inField", SALES + part.field
    for task in part.performed:
        yield node, ITSS + "performed", ITSS + task
    yield from _node(node, "onProject", project, "Project")
    if part.persons is not None:
        yield project, ITSS + "peakPersonnel", literal(part.persons)
    if part.yen is not None:
        yield project, ITSS + "annualContractValue", literal(part.yen)
    for factor in part.factors:
        yield project, ITSS + "hasComplexity", f"{SALES}complexity-{factor}"
    for expectation in part.met:
        yield project, ITSS + "metExpectation", ITSS + expectation


def _specialty(part: Specialty, owner: str, node: str) -> Iterator[Triple]:
    yield from _node(owner, "hasSpecialty", node, "SpecialtyRecord")
    yield node, ITSS + "inArea", f"{SALES}area-{part.area}"
    if part.guidance is not None:
        yield node, ITSS + "guidance", ITSS + part.guidance
    if part.contribution is not None:
        yield node, ITSS + "contribution", ITSS + part.contribution


# Verdicts as lines


@cache
def reading() -> Reading:
    """The bundled standard, read once."""
    return Reading(load())


def line(verdict: Verdict) -> str:
    """A verdict, whole, as a line: level and basis; the next level and its unmet criteria, with what was found of how many.

    `"4 record; 5: scope, track-record 2 of 3"`; `"none; 3: scope"` where no level is attained; `"7 record"` at a field's top.
    """
    attained = f"{verdict.level} {verdict.basis}" if verdict.level else "none"
    if verdict.next is None:
        return attained
    return f"{attained}; {verdict.next.level.number}: {', '.join(_unmet(verdict))}"


def _unmet(verdict: Verdict) -> Iterator[str]:
    for item in verdict.unmet:
        key = verdict.next.key if verdict.next else ""
        assert item.criterion == f"{SALES}{key}-{item.kind}", "an unmet criterion is one of the next level's"
        assert (item.required is None) == (item.found is None), "a count is stated whole or not at all"
        yield item.kind if item.required is None else f"{item.kind} {item.found} of {item.required}"


def outcomes(graph: Graph) -> dict[str, dict[str, str]]:
    """The line of each candidate of a graph in each field, in the order of the verdicts."""
    found: dict[str, dict[str, str]] = {}
    for verdict in assess(graph, reading()):
        found.setdefault(verdict.candidate.removeprefix(EX), {})[verdict.field.key] = line(verdict)
    return found


def together(*records: Record) -> Graph:
    """The records of several candidates in one graph."""
    return Graph(triple for record in records for triple in record.triples())


def outcome(record: Record) -> dict[str, str]:
    """The lines of the only candidate of a record, field by field."""
    return outcomes(record.graph())[record.name]


# What a field's row says of a candidate who shows nothing there but a specialty, which belongs to no field; or not even that;
# or neither, but has passed the examination.
ELSEWHERE = "none; 3: scope, track-record 0 of 2, complexity 0 of 2, size"
NOTHING = ELSEWHERE + ", specialty"
EXAMINED = (
    "3 examination; 4: scope, track-record 0 of 2, complexity 0 of 2, size, specialty, succession 0 of 1, development 0 of 1"
)


def rows(other: str = ELSEWHERE, **own: str) -> dict[str, str]:
    """The lines expected in all fields: those given, and `other` in the rest."""
    return {field: own.get(field, other) for field in FIELDS}


# Records that meet an indicator exactly


def _sold(field: str, projects: Sequence[tuple[int, int, tuple[str, ...]]], kinds: int) -> Record:
    """Projects (how many, persons, factors), the leading one first, and kinds of succession; with any, development too."""
    record = Record(field)
    for count, persons, factors in projects:
        record = record.projects(count, persons=persons, factors=factors)
    record = record.succession(*SUCCESSION[:kinds])
    return record.development() if kinds else record


_TWO = FACTORS[:2]
_SIMPLE = SIMPLE_FACTORS[:2]

EXACT = {
    "consulting-L3": _sold("consulting", [(2, 1, _TWO)], 0).segments(1, "Department", 300).specialty("PerformsIndependently"),
    "consulting-L4": _sold("consulting", [(2, 1, _TWO)], 1).segments(1, "Department", 1000).specialty("GuidesSubordinates"),
    "consulting-L5": _sold("consulting", [(1, 10, _TWO), (2, 1, _TWO)], 3)
    .segments(3, "Company", 3000)
    .specialty("GuidesOthers", "ContributesToCompany"),
    "consulting-L6": _sold("consulting", [(1, 50, _TWO), (2, 10, _TWO)], 4)
    .segments(1, "Company", 5000)
    .specialty("GuidesOthers", "ContributesToIndustry"),
    "consulting-L7": _sold("consulting", [(1, 500, (*_TWO, GLOBAL)), (2, 50, _TWO)], 5)
    .segments(1, "Industry")
    .specialty("GuidesOthers", "LeadsIndustry"),
    "product-L3": _sold("product", [(2, 1, _TWO)], 0).segments(1, "Department", 1000).specialty("PerformsIndependently"),
    "product-L4": _sold("product", [(2, 1, _TWO)], 1)
    .segments(3, "Company", 3000)
    .specialty("GuidesSubordinates", "ContributesToCompany"),
    "product-L5": _sold("product", [(1, 10, _TWO), (2, 1, _TWO)], 3)
    .segments(1, "Company", 5000)
    .specialty("GuidesOthers", "ContributesToCompany"),
    "product-L6": _sold("product", [(1, 50, _TWO), (2, 10, _TWO)], 4)
    .segments(1, "Industry")
    .specialty("GuidesOthers", "ContributesToIndustry"),
    "media-L3": _sold("media", [(2, 1, _SIMPLE)], 0).segments(1, "SubIndustryPart").specialty("PerformsIndependently"),
    "media-L4": _sold("media", [(1, 1, _TWO), (1, 1, _SIMPLE)], 1).segments(1, "ProductGroup").specialty("GuidesSubordinates"),
    "media-L5": _sold("media", [(1, 10, _TWO), (2, 1, _TWO)], 3)
    .segments(1, "ProductGroup")
    .segments(1, "ServiceGroup")
    .specialty("GuidesOthers", "ContributesToCompany"),
}

# What each of them attains, and what the next level asks of it; reasoned from the standard and the contract by hand.
REACHED = {
    "consulting-L3": "3 record; 4: scope, specialty, succession 0 of 1, development 0 of 1",
    "consulting-L4": "4 record; 5: scope, track-record 2 of 3, size, specialty, succession 1 of 3",
    "consulting-L5": "5 record; 6: scope, track-record 1 of 3, size, specialty, succession 3 of 4",
    "consulting-L6": "6 record; 7: scope, track-record 1 of 3, complexity 2 of 3, size, specialty, succession 4 of 5",
    "consulting-L7": "7 record",
    "product-L3": "3 record; 4: scope, specialty, succession 0 of 1, development 0 of 1",
    "product-L4": "4 record; 5: scope, track-record 2 of 3, size, specialty, succession 1 of 3",
    "product-L5": "5 record; 6: scope, track-record 1 of 3, size, specialty, succession 3 of 4",
    "product-L6": "6 record",
    # Its projects show the simple factors alone, so none of them leads at Level 4.
    "media-L3": "3 record; 4: scope, track-record 0 of 1, complexity 0 of 2, specialty, succession 0 of 1, development 0 of 1",
    "media-L4": "4 record; 5: scope, track-record 1 of 3, size, specialty, succession 1 of 3",
    "media-L5": "5 record",
}
