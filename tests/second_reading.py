"""A second reading of the Sales standard, made from its text and the contract's rules R1 to R12 alone.

It is what the package's verdicts are tested against, and so it shares nothing with the package: neither code, nor ontology,
nor its way of working. There every criterion becomes a demand, held against a graph; here the numbers stand in `STANDARD`,
what a record shows in a field is gathered into plain tuples (`gather`), and the one is counted against the other (`judge`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

ITSS = "https://w3id.org/itss-kg/ns#"
SALES = "https://w3id.org/itss-kg/sales/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"

Term = str | tuple[str, str, str]
"""An IRI or blank node as text; a literal as its lexical form, datatype and language."""
Nodes = dict[str, dict[str, set[Term]]]
"""The objects of each subject and predicate."""


# The standard


class Segments(NamedTuple):
    """So many segments of one of the kinds, each with at least so many employees."""

    number: int
    kinds: frozenset[str]
    employees: int | None = None


class Size(NamedTuple):
    """A size that starts at so many persons, or so many yen a year, with so many factors of the indicator's list besides.

    "Less than 10 persons or less than 100 million yen" starts nowhere, for by R1 its upper bound does not count.
    """

    persons: int | None = None
    yen: int | None = None
    factors: int | None = None


class Indicator(NamedTuple):
    """The numbers and lists of one specialty field at one level; `None` where the standard states nothing."""

    scope: tuple[tuple[Segments, ...], ...]  # alternatives, of each of which every part is asked for
    times: int
    others: int  # the level that all projects of the track record must meet
    leading: int | None  # how many of them must meet the indicator's own level
    factors: int
    listed: frozenset[str]
    size: tuple[Size, ...]
    areas: frozenset[str]
    guidance: str
    contribution: str | None = None
    succession: int | None = None
    development: int | None = None
    required: frozenset[str] = frozenset()


Ladder = Mapping[int, Indicator]
Standard = Mapping[str, Ladder]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MILLION = 1_000_000

FACTORS = words(
    "difficult-requirements exceptional-contract cross-industry advanced-strategic-area multi-company-team fierce-competition"
    " complicated-structure new-reference"
)
MEDIA_FACTORS = words(
    "difficult-requirements exceptional-contract cross-industry advanced-strategic-area new-reference fierce-competition"
    " multiple-components"
)
SIMPLE_FACTORS = words("proven-offering simple-structure standard-contract standard-requirements")
GLOBAL = words("global-advanced")
AREAS = words(
    "market-creation strategy-planning customer-relationships customer-satisfaction sales-team-formation solution-proposal"
    " business-opportunity market-satisfaction"
)
MEDIA_AREAS = AREAS | words("media-utilization media-communication")
ACTIVITIES = words("community book external-paper internal-paper external-instruction internal-instruction patent")
METHODS = words("Mentoring Coaching OtherMethod")
TASKS = words("Discovery Proposal Contract")
EXPECTATIONS = words("Quality Cost Delivery")
GUIDANCE = ("PerformsIndependently", "GuidesSubordinates", "GuidesOthers")
CONTRIBUTION = ("ContributesToCompany", "ContributesToIndustry", "LeadsIndustry")
EXAMINATION, EXAMINED_LEVEL = "AppliedITEE", 3

COMPANY = words("Company")
ORGANISATION = words("Company Department Establishment")  # "companies, departments and establishments"
INDUSTRY, SUB_INDUSTRY, PART_OF_INDUSTRY = words("Industry"), words("SubIndustry"), words("SubIndustryPart")
PRODUCTS, PART_OF_PRODUCTS = words("ProductGroup"), words("ProductPart")
SERVICES, PART_OF_SERVICES = words("ServiceGroup"), words("ServicePart")

STANDARD: Standard = {
    "consulting": {
        3: Indicator(
            scope=((Segments(1, ORGANISATION, 300),),),
            times=2,
            others=3,
            leading=None,
            factors=2,
            listed=FACTORS,
            size=(Size(),),
            areas=AREAS,
            guidance="PerformsIndependently",
        ),
        4: Indicator(
            scope=((Segments(1, ORGANISATION, 1000),),),
            times=2,
            others=3,
            leading=1,
            factors=2,
            listed=FACTORS,
            size=(Size(),),
            areas=AREAS,
            guidance="GuidesSubordinates",
            succession=1,
            development=1,
        ),
        5: Indicator(
            scope=((Segments(3, COMPANY, 3000),), (Segments(5, ORGANISATION, 1000),)),
            times=3,
            others=4,
            leading=1,
            factors=2,
            listed=FACTORS,
            size=(Size(10, 100 * MILLION), Size(factors=4)),
            areas=AREAS,
            guidance="GuidesOthers",
            contribution="ContributesToCompany",
            succession=3,
            development=1,
        ),
        6: Indicator(
            scope=((Segments(1, COMPANY, 5000),), (Segments(1, SUB_INDUSTRY),)),
            times=3,
            others=5,
            leading=1,
            factors=2,
            listed=FACTORS,
            size=(Size(50, 500 * MILLION), Size(10, 100 * MILLION, factors=4)),
            areas=AREAS,
            guidance="GuidesOthers",
            contribution="ContributesToIndustry",
            succession=4,
            development=1,
        ),
        7: Indicator(
            scope=((Segments(1, INDUSTRY),), (Segments(3, SUB_INDUSTRY),)),
            times=3,
            others=6,
            leading=1,
            factors=3,
            listed=FACTORS | GLOBAL,
            required=GLOBAL,
            size=(Size(500, 1000 * MILLION), Size(50, 500 * MILLION, factors=5)),
            areas=AREAS,
            guidance="GuidesOthers",
            contribution="LeadsIndustry",
            succession=5,
            development=1,
        ),
    },
    "product": {
        3: Indicator(
            scope=((Segments(1, ORGANISATION, 1000),),),
            times=2,
            others=3,
            leading=None,
            factors=2,
            listed=FACTORS,
            size=(Size(),),
            areas=AREAS,
            guidance="PerformsIndependently",
        ),
        4: Indicator(
            scope=((Segments(3, COMPANY, 3000),), (Segments(5, ORGANISATION, 1000),)),
            times=2,
            others=3,
            leading=1,
            factors=2,
            listed=FACTORS,
            size=(Size(),),
            areas=AREAS,
            guidance="GuidesSubordinates",
            contribution="ContributesToCompany",
            succession=1,
            development=1,
        ),
        5: Indicator(
            scope=((Segments(1, COMPANY, 5000),),),
            times=3,
            others=4,
            leading=1,
            factors=2,
            listed=FACTORS,
            size=(Size(10, 100 * MILLION), Size(factors=4)),
            areas=AREAS,
            guidance="GuidesOthers",
            contribution="ContributesToCompany",
            succession=3,
            development=1,
        ),
        6: Indicator(
            scope=((Segments(1, INDUSTRY),), (Segments(3, SUB_INDUSTRY),)),
            times=3,
            others=5,
            leading=1,
            factors=2,
            listed=FACTORS,
            size=(Size(50, 500 * MILLION), Size(10, 100 * MILLION, factors=4)),
            areas=AREAS,
            guidance="GuidesOthers",
            contribution="ContributesToIndustry",
            succession=4,
            development=1,
        ),
    },
    "media": {
        3: Indicator(
            scope=((Segments(1, PART_OF_INDUSTRY),), (Segments(1, PART_OF_PRODUCTS),), (Segments(1, PART_OF_SERVICES),)),
            times=2,
            others=3,
            leading=None,
            factors=2,
            listed=SIMPLE_FACTORS,
            size=(Size(),),
            areas=MEDIA_AREAS,
            guidance="PerformsIndependently",
        ),
        4: Indicator(
            scope=((Segments(1, INDUSTRY),), (Segments(1, PRODUCTS),), (Segments(1, SERVICES),)),
            times=2,
            others=3,
            leading=1,
            factors=2,
            listed=MEDIA_FACTORS,
            size=(Size(),),
            areas=MEDIA_AREAS,
            guidance="GuidesSubordinates",
            succession=1,
            development=1,
        ),
        5: Indicator(
            scope=((Segments(1, INDUSTRY),), (Segments(1, PRODUCTS), Segments(1, SERVICES))),
            times=3,
            others=4,
            leading=1,
            factors=2,
            listed=MEDIA_FACTORS,
            size=(Size(10, 100 * MILLION), Size(factors=4)),
            areas=MEDIA_AREAS,
            guidance="GuidesOthers",
            contribution="ContributesToCompany",
            succession=3,
            development=1,
        ),
    },
}


# What a record shows


class Segment(NamedTuple):
    """A segment that the candidate is responsible for; `judged` are the criteria that somebody judged it equivalent to."""

    kinds: frozenset[str]
    employees: frozenset[Decimal]
    judged: frozenset[str]


class Project(NamedTuple):
    """A counted project."""

    factors: frozenset[str]
    persons: frozenset[Decimal]
    yen: frozenset[Decimal]


class Specialty(NamedTuple):
    """A specialty record."""

    areas: frozenset[str]
    guidance: frozenset[str]
    contribution: frozenset[str]


class Shown(NamedTuple):
    """All that a candidate's record shows in one field."""

    field: str
    segments: tuple[Segment, ...]
    projects: tuple[Project, ...]
    specialties: tuple[Specialty, ...]
    activities: frozenset[str]
    methods: frozenset[str]
    examined: bool


def gather(triples: Iterable[tuple[str, str, Term]]) -> dict[tuple[str, str], Shown]:
    """What the record of each candidate shows in each field, by candidate and field, in the order of the contract's rows."""
    nodes: Nodes = {}
    for subject, predicate, term in triples:
        nodes.setdefault(subject, {}).setdefault(predicate, set()).add(term)
    candidates = sorted(node for node, row in nodes.items() if ITSS + "Candidate" in row.get(TYPE, ()))
    return {(candidate, field): shown_by(nodes, candidate, field) for candidate in candidates for field in STANDARD}


def shown_by(nodes: Nodes, candidate: str, field: str) -> Shown:
    """What one candidate's record shows in one field; R10: of succession and development the kinds, however often."""
    activities = (names(nodes, node, "activityKind", "succession-") for node in reached(nodes, candidate, "hasSuccession"))
    methods = (names(nodes, node, "method") for node in reached(nodes, candidate, "hasDevelopment"))
    return Shown(
        field,
        tuple(segments_of(nodes, candidate, field)),
        tuple(projects_of(nodes, candidate, field)),
        tuple(specialties_of(nodes, candidate)),
        frozenset(chain.from_iterable(activities)),
        frozenset(chain.from_iterable(methods)),
        EXAMINATION in names(nodes, candidate, "passedExamination"),
    )


def segments_of(nodes: Nodes, candidate: str, field: str) -> Iterator[Segment]:
    """The segments in the field (R7); R8: a judgement that nobody signs is none."""
    for node in reached(nodes, candidate, "responsibleFor"):
        if field in names(nodes, node, "inField", ""):
            signed = objects(nodes, node, "judgedBy")
            judged = names(nodes, node, "judgedEquivalentTo", "") if signed else frozenset[str]()
            yield Segment(names(nodes, node, "segmentKind"), numbers(nodes, node, "employees"), judged)


def projects_of(nodes: Nodes, candidate: str, field: str) -> Iterator[Project]:
    """R4: the projects of engagements in the field, with all tasks performed and all expectations met, each once."""
    engagements = [
        node
        for node in reached(nodes, candidate, "hasEngagement")
        if field in names(nodes, node, "inField", "") and names(nodes, node, "performed") >= TASKS
    ]
    for project in {project for engagement in engagements for project in reached(nodes, engagement, "onProject")}:
        if names(nodes, project, "metExpectation") >= EXPECTATIONS:
            yield Project(
                names(nodes, project, "hasComplexity", "complexity-"),
                frozenset(value for value in numbers(nodes, project, "peakPersonnel") if value >= 1),
                frozenset(value for value in numbers(nodes, project, "annualContractValue") if value > 0),
            )


def specialties_of(nodes: Nodes, candidate: str) -> Iterator[Specialty]:
    """The specialty records, which belong to no field."""
    for node in reached(nodes, candidate, "hasSpecialty"):
        yield Specialty(
            names(nodes, node, "inArea", "area-"), names(nodes, node, "guidance"), names(nodes, node, "contribution")
        )


def objects(nodes: Nodes, node: str, name: str) -> set[Term]:
    """The values of a property of the vocabulary."""
    return nodes.get(node, {}).get(ITSS + name, set())


def reached(nodes: Nodes, node: str, name: str) -> set[str]:
    """The nodes that a property of the vocabulary leads to."""
    return {term for term in objects(nodes, node, name) if isinstance(term, str)}


def names(nodes: Nodes, node: str, name: str, sales: str | None = None) -> frozenset[str]:
    """The local names of a property's values: of those in `itss:`, or of those in `sales:` with a prefix, without it."""
    start = ITSS if sales is None else SALES + sales
    return frozenset(term.removeprefix(start) for term in reached(nodes, node, name) if term.startswith(start))


def numbers(nodes: Nodes, node: str, name: str) -> frozenset[Decimal]:
    """The numbers among the values of a property."""
    literals = (term for term in objects(nodes, node, name) if not isinstance(term, str))
    typed = (text for text, datatype, _ in literals if datatype in (XSD + "integer", XSD + "decimal"))
    return frozenset(Decimal(text) for text in typed if re.fullmatch(r"[+-]?\d+(\.\d+)?", text))


# One project


def has_complexity(project: Project, indicator: Indicator) -> bool:
    """Enough factors of the list, and among them what is required."""
    return len(project.factors & indicator.listed) >= indicator.factors and project.factors >= indicator.required


def has_size(project: Project, indicator: Indicator) -> bool:
    """One of the sizes; R6: "above complexity criteria" are those of the indicator's own list."""
    more = len(project.factors & indicator.listed)
    return any(reaches(project, size) and more >= (size.factors or 0) for size in indicator.size)


def reaches(project: Project, size: Size) -> bool:
    """R1: the lower bound alone counts, and without one any recorded measure. R2: either measure will do."""
    by_persons = any(value >= (size.persons or 0) for value in project.persons)
    return by_persons or any(value >= (size.yen or 0) for value in project.yen)


def meets_level(project: Project, ladder: Ladder, level: int) -> bool:
    """R5: the level's complexity and its size, each by R3 also through that of a higher level."""
    higher = [indicator for number, indicator in ladder.items() if number >= level]
    return any(has_complexity(project, item) for item in higher) and any(has_size(project, item) for item in higher)


# One criterion at its own level, without R3


def scope(shown: Shown, ladder: Ladder, level: int) -> bool:
    """R7: one of the alternatives, whole; or R8: a segment judged equivalent to this very criterion."""
    alternatives = ladder[level].scope
    if any(all(has_segments(shown.segments, asked) for asked in alternative) for alternative in alternatives):
        return True
    return any(f"{shown.field}-L{level}-scope" in segment.judged for segment in shown.segments)


COUNTS_AS = {
    "Industry": words("Industry SubIndustry SubIndustryPart"),
    "SubIndustry": words("SubIndustry SubIndustryPart"),
    "ProductGroup": words("ProductGroup ProductPart"),
    "ServiceGroup": words("ServiceGroup ServicePart"),
}


def has_segments(segments: Iterable[Segment], asked: Segments) -> bool:
    """Whether there are as many segments as asked for."""
    return sum(fits(segment, asked) for segment in segments) >= asked.number


def fits(segment: Segment, asked: Segments) -> bool:
    """R7: the segment is of the kind, or of one that counts as the kind; R1: with the lower bound of employees."""
    kinds = segment.kinds.union(*(COUNTS_AS.get(kind, ()) for kind in segment.kinds))
    large = asked.employees is None or any(value >= asked.employees for value in segment.employees)
    return large and not kinds.isdisjoint(asked.kinds)


def track_record(shown: Shown, ladder: Ladder, level: int) -> bool:
    """R5: so many projects of the others' level, among them the leading one of this level."""
    asked = ladder[level]
    return at_level(shown, ladder, asked.others) >= asked.times and at_level(shown, ladder, level) >= (asked.leading or 0)


def at_level(shown: Shown, ladder: Ladder, level: int) -> int:
    """How many counted projects meet a level."""
    return sum(meets_level(project, ladder, level) for project in shown.projects)


def complexity(shown: Shown, ladder: Ladder, level: int) -> bool:
    """R5: by itself it asks for one counted project."""
    return any(has_complexity(project, ladder[level]) for project in shown.projects)


def size(shown: Shown, ladder: Ladder, level: int) -> bool:
    """R5: by itself it asks for one counted project."""
    return any(has_size(project, ladder[level]) for project in shown.projects)


def specialty(shown: Shown, ladder: Ladder, level: int) -> bool:
    """R9: area, guidance and contribution in one record."""
    asked = ladder[level]
    guidance = GUIDANCE[GUIDANCE.index(asked.guidance) :]
    contribution = CONTRIBUTION[CONTRIBUTION.index(asked.contribution) :] if asked.contribution else None
    return any(
        not item.areas.isdisjoint(asked.areas)
        and not item.guidance.isdisjoint(guidance)
        and (contribution is None or not item.contribution.isdisjoint(contribution))
        for item in shown.specialties
    )


def succession(shown: Shown, ladder: Ladder, level: int) -> bool:
    """R10: different kinds of the list; nothing at Level 3."""
    return len(shown.activities & ACTIVITIES) >= (ladder[level].succession or 0)


def development(shown: Shown, ladder: Ladder, level: int) -> bool:
    """By whatever method; nothing at Level 3."""
    return len(shown.methods & METHODS) >= (ladder[level].development or 0)


CRITERIA: dict[str, Callable[[Shown, Ladder, int], bool]] = {
    "scope": scope,
    "track-record": track_record,
    "complexity": complexity,
    "size": size,
    "specialty": specialty,
    "succession": succession,
    "development": development,
}


# The verdict


class Unmet(NamedTuple):
    """An unmet criterion, with what it asks for and what was found where something is counted."""

    kind: str
    required: int | None = None
    found: int | None = None


class Verdict(NamedTuple):
    """The level attained and on what basis, the level above, and what that still asks for."""

    level: int | None
    basis: str | None
    above: int | None
    unmet: tuple[Unmet, ...]


def judge(shown: Shown, standard: Standard = STANDARD) -> Verdict:
    """R11: the examination gives its level and nothing above; `record` stands where both give the level."""
    ladder = standard[shown.field]
    by_record = max((level for level in ladder if attains(shown, ladder, level)), default=None)
    by_examination = EXAMINED_LEVEL if shown.examined else None
    level = max((item for item in (by_record, by_examination) if item is not None), default=None)
    basis = None if level is None else "record" if level == by_record else "examination"
    above = min((number for number in ladder if level is None or number > level), default=None)
    if above is None:
        return Verdict(level, basis, None, ())
    missing = tuple(counting(kind, shown, ladder, above) for kind in CRITERIA if not meets(kind, shown, ladder, above))
    return Verdict(level, basis, above, missing)


def attains(shown: Shown, ladder: Ladder, level: int) -> bool:
    """R12: every criterion is met."""
    return all(meets(kind, shown, ladder, level) for kind in CRITERIA)


def meets(kind: str, shown: Shown, ladder: Ladder, level: int) -> bool:
    """R3: a criterion is also met through that of a higher level."""
    return any(CRITERIA[kind](shown, ladder, number) for number in ladder if number >= level)


def counting(kind: str, shown: Shown, ladder: Ladder, level: int) -> Unmet:
    """What an unmet criterion counts: times, factors of the best project, kinds; where those suffice, the one thing missing."""
    asked = ladder[level]
    if kind == "track-record":
        found = at_level(shown, ladder, asked.others)
        enough = found >= asked.times and asked.leading is not None
        return Unmet(kind, asked.leading, at_level(shown, ladder, level)) if enough else Unmet(kind, asked.times, found)
    if kind == "complexity":
        found = max((len(project.factors & asked.listed) for project in shown.projects), default=0)
        return Unmet(kind, 1, 0) if found >= asked.factors else Unmet(kind, asked.factors, found)
    if kind == "succession":
        return Unmet(kind, asked.succession, len(shown.activities & ACTIVITIES))
    if kind == "development":
        return Unmet(kind, asked.development, len(shown.methods & METHODS))
    return Unmet(kind)
