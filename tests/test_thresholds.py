"""Every number of the twelve indicators, just under and exactly at it, with the whole verdict in all three fields.

Each case starts from a record that meets an indicator exactly (`records.EXACT`) and changes one thing. The numbers are read
from the standard's text; the verdicts are reasoned by hand from the contract's rules. A line such as
`4 record; 5: track-record 2 of 3` says: attains Level 4 by the record; for Level 5 it shows 2 of the 3 projects asked for.

A fall may go deeper than one level where the lower levels ask for other things: who is responsible for one company of 4,999
employees misses Product Level 5 (one of 5,000), and Level 4 too (three of 3,000), and so attains Level 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.records import (
    CONTRIBUTION,
    ELSEWHERE,
    EXACT,
    EXAMINED,
    FACTORS,
    GLOBAL,
    GUIDANCE,
    MEDIA_FACTORS,
    NOTHING,
    REACHED,
    SIMPLE_FACTORS,
    SUCCESSION,
    Development,
    Project,
    Record,
    Segment,
    Specialty,
    Succession,
    outcome,
    rows,
)

MILLION = 1_000_000


class Case(NamedTuple):
    """A record, the line expected in its own field, and the line expected in the two others."""

    indicator: str
    what: str
    record: Record
    own: str
    other: str = ELSEWHERE


def exact() -> Iterator[Case]:
    for indicator, record in EXACT.items():
        yield Case(indicator, "exactly", record, REACHED[indicator])


# Scope: indicator, count, kind, employees, the line with one segment fewer, the line with one employee fewer in one of them

SCOPES = [
    ("consulting-L3", 1, "Department", 300, "none; 3: scope", "none; 3: scope"),
    ("consulting-L4", 1, "Establishment", 1000, "none; 3: scope", "3 record; 4: scope"),
    ("consulting-L5", 3, "Company", 3000, "4 record; 5: scope", "4 record; 5: scope"),
    ("consulting-L5", 5, "Department", 1000, "4 record; 5: scope", "4 record; 5: scope"),
    ("consulting-L6", 1, "Company", 5000, "none; 3: scope", "4 record; 5: scope"),
    ("consulting-L6", 1, "SubIndustry", None, "none; 3: scope", None),
    ("consulting-L7", 1, "Industry", None, "none; 3: scope", None),
    ("consulting-L7", 3, "SubIndustry", None, "6 record; 7: scope", None),
    ("product-L3", 1, "Company", 1000, "none; 3: scope", "none; 3: scope"),
    ("product-L4", 3, "Company", 3000, "3 record; 4: scope", "3 record; 4: scope"),
    ("product-L4", 5, "Establishment", 1000, "3 record; 4: scope", "3 record; 4: scope"),
    ("product-L5", 1, "Company", 5000, "none; 3: scope", "3 record; 4: scope"),
    ("product-L6", 1, "Industry", None, "none; 3: scope", None),
    ("product-L6", 3, "SubIndustry", None, "none; 3: scope", None),  # no lower level of Product counts sub-industries
    ("media-L3", 1, "SubIndustryPart", None, "none; 3: scope", None),
    ("media-L3", 1, "ProductPart", None, "none; 3: scope", None),
    ("media-L3", 1, "ServicePart", None, "none; 3: scope", None),
    ("media-L4", 1, "Industry", None, "none; 3: scope", None),
    ("media-L4", 1, "ProductGroup", None, "none; 3: scope", None),
    ("media-L4", 1, "ServiceGroup", None, "none; 3: scope", None),
    ("media-L5", 1, "Industry", None, "none; 3: scope", None),
]
# Where the scope of the case is already that of the next level.
SCOPE_OF_NEXT = {("media-L4", "Industry"): "4 record; 5: track-record 1 of 3, size, specialty, succession 1 of 3"}


def scopes() -> Iterator[Case]:
    for indicator, count, kind, employees, fewer, smaller in SCOPES:
        bare = EXACT[indicator].without(Segment)
        full = bare.segments(count, kind, employees)
        what = f"{count} {kind} of {employees}" if employees else f"{count} {kind}"
        yield Case(indicator, f"{what}: at", full, SCOPE_OF_NEXT.get((indicator, kind), REACHED[indicator]))
        yield Case(indicator, f"{what}: one fewer", bare.segments(count - 1, kind, employees), fewer)
        if smaller is not None and employees is not None:
            short = full.changed(Segment, -1, employees=employees - 1)
            yield Case(indicator, f"{what}: one employee fewer", short, smaller)


# "Whole": indicator, the whole, the kind below it, the line with the latter instead

WHOLES = [
    ("consulting-L6", "SubIndustry", "SubIndustryPart", "none; 3: scope"),
    ("consulting-L7", "Industry", "SubIndustry", "6 record; 7: scope"),
    ("product-L6", "Industry", "SubIndustry", "none; 3: scope"),
    ("media-L4", "Industry", "SubIndustry", "3 record; 4: scope"),
    ("media-L4", "ProductGroup", "ProductPart", "3 record; 4: scope"),
    ("media-L4", "ServiceGroup", "ServicePart", "3 record; 4: scope"),
    ("media-L5", "Industry", "SubIndustry", "3 record; 4: scope"),
]


def wholes() -> Iterator[Case]:
    for indicator, whole, part, line in WHOLES:
        yield Case(indicator, f"{part} for {whole}", EXACT[indicator].without(Segment).segments(1, part), line)
    both = EXACT["media-L5"]  # a product group and a service group: each is asked for, and each alone is Level 4's
    yield Case("media-L5", "no ServiceGroup", both.without(Segment, last=1), "4 record; 5: scope")
    yield Case("media-L5", "no ProductGroup", both.changed(Segment, 0, kind="ProductPart"), "4 record; 5: scope")
    yield Case("media-L5", "ServicePart for ServiceGroup", both.changed(Segment, 1, kind="ServicePart"), "4 record; 5: scope")


# R1, the printed upper bounds: indicator, count, the bound, the line at the bound (below it: the indicator's own)

EMPLOYEES_BELOW = [
    ("consulting-L3", 1, 1000, "3 record; 4: specialty, succession 0 of 1, development 0 of 1"),
    ("consulting-L4", 1, 3000, REACHED["consulting-L4"]),
    ("consulting-L5", 5, 3000, REACHED["consulting-L5"]),
    ("product-L3", 1, 3000, REACHED["product-L3"]),
    ("product-L4", 5, 3000, REACHED["product-L4"]),
]


def employees_beyond() -> Iterator[Case]:
    for indicator, count, bound, line in EMPLOYEES_BELOW:
        bare = EXACT[indicator].without(Segment)
        last = bare.segments(count, "Department", bound - 1)
        yield Case(indicator, f"{count} Department below {bound}", last, REACHED[indicator])
        yield Case(indicator, f"{count} Department beyond, at {bound}", bare.segments(count, "Department", bound), line)


# Track record: indicator, times, the line with one project fewer

TIMES = [
    ("consulting-L3", 2, "none; 3: track-record 1 of 2"),
    ("consulting-L4", 2, "none; 3: track-record 1 of 2"),
    ("consulting-L5", 3, "4 record; 5: track-record 2 of 3"),
    ("consulting-L6", 3, "4 record; 5: track-record 2 of 3"),  # Level 5 asks for three too, Level 4 for two
    ("consulting-L7", 3, "4 record; 5: track-record 2 of 3"),
    ("product-L3", 2, "none; 3: track-record 1 of 2"),
    ("product-L4", 2, "none; 3: track-record 1 of 2"),
    ("product-L5", 3, "4 record; 5: track-record 2 of 3"),
    ("product-L6", 3, "4 record; 5: track-record 2 of 3"),
    ("media-L3", 2, "none; 3: track-record 1 of 2"),
    ("media-L4", 2, "none; 3: track-record 1 of 2"),
    ("media-L5", 3, "4 record; 5: track-record 2 of 3"),
]


def times() -> Iterator[Case]:
    for indicator, count, line in TIMES:
        record = EXACT[indicator]
        last = next(part for part in reversed(record.parts) if isinstance(part, Project))
        fewer = record.without(Project, last=1)
        assert sum(isinstance(part, Project) for part in record.parts) == count
        yield Case(indicator, f"{count} times: at", fewer.plus(last), REACHED[indicator])
        yield Case(indicator, f"{count} times: one fewer", fewer, line)


# No leading project: the first project made like the others. At Levels 3 and 4 of Consulting and of Product that cannot be
# shown apart: there the level below asks for the same complexity and size.

LEADERLESS = [
    ("consulting-L5", "4 record; 5: track-record 0 of 1, size"),
    ("consulting-L6", "5 record; 6: track-record 0 of 1, size"),
    ("consulting-L7", "6 record; 7: track-record 0 of 1, complexity 2 of 3, size"),
    ("product-L5", "4 record; 5: track-record 0 of 1, size"),
    ("product-L6", "5 record; 6: track-record 0 of 1, size"),
    ("media-L4", "3 record; 4: track-record 0 of 1, complexity 0 of 2"),
    ("media-L5", "4 record; 5: track-record 0 of 1, size"),
]


def leaderless() -> Iterator[Case]:
    for indicator, line in LEADERLESS:
        other = [part for part in EXACT[indicator].parts if isinstance(part, Project)][-1]
        record = EXACT[indicator].changed(Project, 0, persons=other.persons, factors=other.factors)
        yield Case(indicator, "no leading project", record, line)


# The other projects' level: indicator, changes to the last project, the line. `None` stands for the indicator's own line.

BELOW_6 = "5 record; 6: track-record 2 of 3"
BELOW_7 = "6 record; 7: track-record 2 of 3"
GLOBAL_LACKS_IN_FOUR = REACHED["consulting-L6"].replace("complexity 2 of 3", "complexity 0 of 1")

OTHERS: list[tuple[str, str, dict[str, Any], str | None]] = [
    ("consulting-L3", "one factor", {"factors": FACTORS[:1]}, "none; 3: track-record 1 of 2"),
    ("consulting-L4", "one factor", {"factors": FACTORS[:1]}, "none; 3: track-record 1 of 2"),
    ("consulting-L5", "one factor", {"factors": FACTORS[:1]}, "4 record; 5: track-record 2 of 3"),
    ("consulting-L5", "no measure", {"persons": None}, "4 record; 5: track-record 2 of 3"),
    ("consulting-L6", "one factor", {"factors": FACTORS[:1]}, "4 record; 5: track-record 2 of 3"),
    ("consulting-L6", "9 persons", {"persons": 9}, BELOW_6),
    ("consulting-L6", "100 million yen", {"persons": None, "yen": 100 * MILLION}, None),
    ("consulting-L6", "1 yen less", {"persons": None, "yen": 100 * MILLION - 1}, BELOW_6),
    ("consulting-L6", "9 persons, 4 factors", {"persons": 9, "factors": FACTORS[:4]}, GLOBAL_LACKS_IN_FOUR),
    ("consulting-L6", "9 persons, 3 factors", {"persons": 9, "factors": FACTORS[:3]}, BELOW_6),
    ("consulting-L7", "one factor", {"factors": FACTORS[:1]}, "4 record; 5: track-record 2 of 3"),
    ("consulting-L7", "49 persons", {"persons": 49}, BELOW_7),
    ("consulting-L7", "500 million yen", {"persons": None, "yen": 500 * MILLION}, None),
    ("consulting-L7", "1 yen less", {"persons": None, "yen": 500 * MILLION - 1}, BELOW_7),
    ("consulting-L7", "10 persons, 4 factors", {"persons": 10, "factors": FACTORS[:4]}, None),
    ("consulting-L7", "10 persons, 3 factors", {"persons": 10, "factors": FACTORS[:3]}, BELOW_7),
    ("consulting-L7", "9 persons, 4 factors", {"persons": 9, "factors": FACTORS[:4]}, BELOW_7),
    ("product-L3", "one factor", {"factors": FACTORS[:1]}, "none; 3: track-record 1 of 2"),
    ("product-L4", "one factor", {"factors": FACTORS[:1]}, "none; 3: track-record 1 of 2"),
    ("product-L5", "one factor", {"factors": FACTORS[:1]}, "4 record; 5: track-record 2 of 3"),
    ("product-L5", "no measure", {"persons": None}, "4 record; 5: track-record 2 of 3"),
    ("product-L6", "one factor", {"factors": FACTORS[:1]}, "4 record; 5: track-record 2 of 3"),
    ("product-L6", "9 persons", {"persons": 9}, BELOW_6),
    ("product-L6", "100 million yen", {"persons": None, "yen": 100 * MILLION}, None),
    ("product-L6", "1 yen less", {"persons": None, "yen": 100 * MILLION - 1}, BELOW_6),
    ("product-L6", "9 persons, 4 factors", {"persons": 9, "factors": FACTORS[:4]}, None),
    ("product-L6", "9 persons, 3 factors", {"persons": 9, "factors": FACTORS[:3]}, BELOW_6),
    ("media-L3", "one factor", {"factors": SIMPLE_FACTORS[:1]}, "none; 3: track-record 1 of 2"),
    ("media-L4", "one factor", {"factors": SIMPLE_FACTORS[:1]}, "none; 3: track-record 1 of 2"),
    ("media-L4", "no measure", {"persons": None}, "none; 3: track-record 1 of 2"),
    ("media-L5", "one factor", {"factors": FACTORS[:1]}, "4 record; 5: track-record 2 of 3"),
    ("media-L5", "simple factors", {"factors": SIMPLE_FACTORS[:2]}, "4 record; 5: track-record 2 of 3"),
    ("media-L5", "no measure", {"persons": None}, "4 record; 5: track-record 2 of 3"),
]


def others() -> Iterator[Case]:
    for indicator, what, changes, line in OTHERS:
        record = EXACT[indicator].changed(Project, -1, **changes)
        yield Case(indicator, f"another project: {what}", record, line or REACHED[indicator])


# Complexity of the leading project: indicator, its factors, the line. A leading project that loses its complexity is of no
# level at all, and so misses in the count, while the criterion itself is still met by the other projects.

LEADING_FACTORS = [
    ("consulting-L3", FACTORS[6:], REACHED["consulting-L3"]),
    ("consulting-L3", FACTORS[:1], "none; 3: track-record 1 of 2"),
    ("consulting-L4", FACTORS[6:], REACHED["consulting-L4"]),
    ("consulting-L4", FACTORS[:1], "none; 3: track-record 1 of 2"),
    ("consulting-L5", FACTORS[6:], REACHED["consulting-L5"]),
    ("consulting-L5", FACTORS[:1], "4 record; 5: track-record 2 of 3"),
    ("consulting-L6", FACTORS[6:], REACHED["consulting-L6"]),
    ("consulting-L6", FACTORS[:1], "4 record; 5: track-record 2 of 3"),
    ("consulting-L7", (*FACTORS[6:], GLOBAL), "7 record"),
    # Two of Level 6's factors make it a project of Level 6, without or with a third; only the global one makes it Level 7's.
    ("consulting-L7", FACTORS[:2], "6 record; 7: track-record 0 of 1, complexity 2 of 3"),
    ("consulting-L7", FACTORS[:3], "6 record; 7: track-record 0 of 1, complexity 0 of 1"),
    # The global factor is not in the lists below Level 7: one other factor is too few for any level.
    ("consulting-L7", (FACTORS[0], GLOBAL), "4 record; 5: track-record 2 of 3"),
    ("product-L3", FACTORS[6:], REACHED["product-L3"]),
    ("product-L3", FACTORS[:1], "none; 3: track-record 1 of 2"),
    ("product-L4", FACTORS[6:], REACHED["product-L4"]),
    ("product-L4", FACTORS[:1], "none; 3: track-record 1 of 2"),
    ("product-L5", FACTORS[6:], REACHED["product-L5"]),
    ("product-L5", FACTORS[:1], "4 record; 5: track-record 2 of 3"),
    ("product-L6", FACTORS[6:], "6 record"),
    ("product-L6", FACTORS[:1], "4 record; 5: track-record 2 of 3"),
    ("media-L3", SIMPLE_FACTORS[2:], REACHED["media-L3"]),
    ("media-L3", SIMPLE_FACTORS[:1], "none; 3: track-record 1 of 2"),
    ("media-L4", MEDIA_FACTORS[5:], REACHED["media-L4"]),
    ("media-L4", MEDIA_FACTORS[:1], "none; 3: track-record 1 of 2"),
    ("media-L4", (*SIMPLE_FACTORS[:2], *MEDIA_FACTORS[:2]), REACHED["media-L4"]),
    ("media-L4", (*SIMPLE_FACTORS[:2], MEDIA_FACTORS[0]), "3 record; 4: track-record 0 of 1, complexity 1 of 2"),
    ("media-L5", MEDIA_FACTORS[5:], "5 record"),
    ("media-L5", MEDIA_FACTORS[:1], "4 record; 5: track-record 2 of 3"),
]


def leading_factors() -> Iterator[Case]:
    for indicator, factors, line in LEADING_FACTORS:
        yield Case(indicator, "leads with " + " ".join(factors), EXACT[indicator].changed(Project, 0, factors=factors), line)


# The complexity criterion fails where no project reaches it; then no level's does, for none of them asks for fewer than two.

EVERY_FACTOR = [
    *((f"consulting-L{level}", FACTORS[:1], "none; 3: track-record 0 of 2, complexity 1 of 2") for level in (3, 4, 5, 6)),
    ("consulting-L7", (FACTORS[0], GLOBAL), "none; 3: track-record 0 of 2, complexity 1 of 2"),
    *((f"product-L{level}", FACTORS[:1], "none; 3: track-record 0 of 2, complexity 1 of 2") for level in (3, 4, 5, 6)),
    ("media-L3", SIMPLE_FACTORS[:1], "none; 3: track-record 0 of 2, complexity 1 of 2"),
    ("media-L4", SIMPLE_FACTORS[:1], "none; 3: track-record 0 of 2, complexity 1 of 2"),
    ("media-L5", MEDIA_FACTORS[:1], "none; 3: track-record 0 of 2, complexity 0 of 2"),  # of Level 3's own list, none
]


def every_factor() -> Iterator[Case]:
    for indicator, factors, line in EVERY_FACTOR:
        yield Case(indicator, "each with " + " ".join(factors), EXACT[indicator].every(Project, factors=factors), line)


# Size without a floor (Levels 3 and 4): any recorded measure is enough, none is too little.

FLOORLESS = ("consulting-L3", "consulting-L4", "product-L3", "product-L4", "media-L3", "media-L4")
# The line where the first project has grown to the printed upper bound, which is Level 5's floor.
GROWN = {
    "consulting-L4": "4 record; 5: scope, track-record 2 of 3, specialty, succession 1 of 3",
    "product-L4": "4 record; 5: scope, track-record 2 of 3, specialty, succession 1 of 3",
    "media-L4": "4 record; 5: scope, track-record 1 of 3, specialty, succession 1 of 3",
}


def floorless() -> Iterator[Case]:
    for indicator in FLOORLESS:
        record, reached = EXACT[indicator], REACHED[indicator]
        unmeasured = record.changed(Project, 0, persons=None)
        yield Case(indicator, "1 person", unmeasured.changed(Project, 0, persons=1), reached)
        yield Case(indicator, "1 yen", unmeasured.changed(Project, 0, yen=1), reached)
        yield Case(indicator, "each 1 yen", record.every(Project, persons=None, yen=1), reached)
        yield Case(indicator, "one unmeasured", unmeasured, "none; 3: track-record 1 of 2")
        yield Case(indicator, "all unmeasured", record.every(Project, persons=None), "none; 3: track-record 0 of 2, size")
        yield Case(indicator, "9 persons", record.changed(Project, 0, persons=9), reached)
        yield Case(indicator, "beyond, 10 persons", record.changed(Project, 0, persons=10), GROWN.get(indicator, reached))
        large = unmeasured.changed(Project, 0, yen=100 * MILLION)
        yield Case(indicator, "beyond, 100 million yen", large, GROWN.get(indicator, reached))


# Size with a floor, on the leading project: indicator, persons, yen, the line just under it

BANDS = [
    ("consulting-L5", 10, 100 * MILLION, "4 record; 5: track-record 0 of 1, size"),
    ("consulting-L6", 50, 500 * MILLION, "5 record; 6: track-record 0 of 1, size"),
    ("consulting-L7", 500, 1000 * MILLION, "6 record; 7: track-record 0 of 1, size"),
    ("product-L5", 10, 100 * MILLION, "4 record; 5: track-record 0 of 1, size"),
    ("product-L6", 50, 500 * MILLION, "5 record; 6: track-record 0 of 1, size"),
    ("media-L5", 10, 100 * MILLION, "4 record; 5: track-record 0 of 1, size"),
]


def measured(persons: int, yen: int) -> Iterator[tuple[str, bool, dict[str, int | None]]]:
    """Every way to stand at, or just under, a floor on either of two measures: name, whether it reaches, the measures."""
    yield f"{persons} persons", True, {"persons": persons, "yen": None}
    yield f"{persons - 1} persons", False, {"persons": persons - 1, "yen": None}
    yield f"{yen} yen", True, {"persons": None, "yen": yen}
    yield f"{yen - 1} yen", False, {"persons": None, "yen": yen - 1}
    yield "both, persons reach", True, {"persons": persons, "yen": yen - 1}
    yield "both, yen reach", True, {"persons": persons - 1, "yen": yen}
    yield "both, neither reaches", False, {"persons": persons - 1, "yen": yen - 1}


def bands() -> Iterator[Case]:
    for indicator, persons, yen, under in BANDS:
        for what, reaches, measures in measured(persons, yen):
            record = EXACT[indicator].changed(Project, 0, **measures)
            yield Case(indicator, f"leads with {what}", record, REACHED[indicator] if reaches else under)


# R1, beyond a band's printed upper bound: indicator, persons, yen, the line at it (just below: the indicator's own)

BANDS_BELOW = [
    ("consulting-L5", 50, 500 * MILLION, "5 record; 6: scope, track-record 1 of 3, specialty, succession 3 of 4"),
    (
        "consulting-L6",
        500,
        1000 * MILLION,
        "6 record; 7: scope, track-record 1 of 3, complexity 2 of 3, specialty, succession 4 of 5",
    ),
    ("product-L5", 50, 500 * MILLION, "5 record; 6: scope, track-record 1 of 3, specialty, succession 3 of 4"),
    ("product-L6", 500, 1000 * MILLION, "6 record"),
    ("media-L5", 50, 500 * MILLION, "5 record"),
]


def bands_beyond() -> Iterator[Case]:
    for indicator, persons, yen, beyond in BANDS_BELOW:
        for what, reaches, measures in measured(persons, yen):
            record = EXACT[indicator].changed(Project, 0, **measures)
            yield Case(indicator, f"upper bound: {what}", record, beyond if reaches else REACHED[indicator])


# The smaller size with more factors, on the leading project: indicator, persons, yen, factors, the line reached, the line
# under. Level 5's has no floor, so a project under it is an unmeasured one, which is of no level: see `unmeasured_smaller`.

SMALLER = [
    ("consulting-L5", 1, 1, FACTORS[:4], REACHED["consulting-L5"], "4 record; 5: track-record 0 of 1, size"),
    ("consulting-L6", 10, 100 * MILLION, FACTORS[:4], GLOBAL_LACKS_IN_FOUR, "5 record; 6: track-record 0 of 1, size"),
    ("consulting-L7", 50, 500 * MILLION, (*FACTORS[:4], GLOBAL), "7 record", "6 record; 7: track-record 0 of 1, size"),
    ("product-L5", 1, 1, FACTORS[:4], REACHED["product-L5"], "4 record; 5: track-record 0 of 1, size"),
    ("product-L6", 10, 100 * MILLION, FACTORS[:4], "6 record", "5 record; 6: track-record 0 of 1, size"),
    ("media-L5", 1, 1, MEDIA_FACTORS[:4], "5 record", "4 record; 5: track-record 0 of 1, size"),
]


def smaller_factors() -> Iterator[Case]:
    for indicator, persons, yen, factors, reached, under in SMALLER:
        for measures in ({"persons": persons, "yen": None}, {"persons": None, "yen": yen}):
            what = " ".join(f"{value} {measure}" for measure, value in measures.items() if value)
            at = EXACT[indicator].changed(Project, 0, factors=factors, **measures)
            short = EXACT[indicator].changed(Project, 0, factors=factors[1:], **measures)
            yield Case(indicator, f"smaller, {what}, {len(factors)} factors", at, reached)
            yield Case(indicator, f"smaller, {what}, {len(factors) - 1} factors", short, under)


def smaller_floors() -> Iterator[Case]:
    for indicator, persons, yen, factors, reached, under in SMALLER:
        if persons > 1:
            for what, reaches, measures in measured(persons, yen):
                record = EXACT[indicator].changed(Project, 0, factors=factors, **measures)
                yield Case(indicator, f"smaller with all factors, {what}", record, reached if reaches else under)


def unmeasured_smaller() -> Iterator[Case]:
    for indicator, _, _, factors, _, _ in SMALLER:
        if indicator.endswith("L5"):
            record = EXACT[indicator].changed(Project, 0, persons=None, factors=factors)
            yield Case(indicator, "smaller with all factors, unmeasured", record, "4 record; 5: track-record 2 of 3, size")


# Specialty: indicator, guidance, contribution, and the lines with guidance, and with contribution, one rank lower

RANKS = [
    ("consulting-L3", 0, None, "none; 3: specialty", None),
    ("consulting-L4", 1, None, "3 record; 4: specialty", None),
    ("consulting-L5", 2, 0, "4 record; 5: specialty", "4 record; 5: specialty"),
    ("consulting-L6", 2, 1, "4 record; 5: specialty", "5 record; 6: specialty"),
    ("consulting-L7", 2, 2, "4 record; 5: specialty", "6 record; 7: specialty"),
    ("product-L3", 0, None, "none; 3: specialty", None),
    ("product-L4", 1, 0, "3 record; 4: specialty", "3 record; 4: specialty"),
    ("product-L5", 2, 0, "4 record; 5: specialty", "3 record; 4: specialty"),  # Product alone asks for the company at Level 4
    ("product-L6", 2, 1, "4 record; 5: specialty", "5 record; 6: specialty"),
    ("media-L3", 0, None, "none; 3: specialty", None),
    ("media-L4", 1, None, "3 record; 4: specialty", None),
    ("media-L5", 2, 0, "4 record; 5: specialty", "4 record; 5: specialty"),
]


def ranked(scale: tuple[str, ...], place: int | None) -> str | None:
    """The rank at a place; nothing recorded below the lowest, or where nothing is asked."""
    return None if place is None or place < 0 else scale[place]


def ranks() -> Iterator[Case]:
    for indicator, guidance, contribution, less_guidance, less_contribution in RANKS:
        bare, given = EXACT[indicator].without(Specialty), ranked(CONTRIBUTION, contribution)
        at = bare.specialty(GUIDANCE[guidance], given)
        yield Case(indicator, f"{GUIDANCE[guidance]}, {given}", at, REACHED[indicator])
        lower = ranked(GUIDANCE, guidance - 1)
        other = ELSEWHERE if lower else NOTHING
        yield Case(indicator, f"guidance {lower}, not {GUIDANCE[guidance]}", bare.specialty(lower, given), less_guidance, other)
        if contribution is not None and less_contribution is not None:
            lower = ranked(CONTRIBUTION, contribution - 1)
            short = bare.specialty(GUIDANCE[guidance], lower)
            yield Case(indicator, f"contribution {lower}, not {given}", short, less_contribution)


# Succession: indicator, kinds, the line with one kind fewer. Development: one record, or none, which no level above 3 allows.

KINDS = [
    ("consulting-L4", 1, "3 record; 4: succession 0 of 1"),
    ("consulting-L5", 3, "4 record; 5: succession 2 of 3"),
    ("consulting-L6", 4, "5 record; 6: succession 3 of 4"),
    ("consulting-L7", 5, "6 record; 7: succession 4 of 5"),
    ("product-L4", 1, "3 record; 4: succession 0 of 1"),
    ("product-L5", 3, "4 record; 5: succession 2 of 3"),
    ("product-L6", 4, "5 record; 6: succession 3 of 4"),
    ("media-L4", 1, "3 record; 4: succession 0 of 1"),
    ("media-L5", 3, "4 record; 5: succession 2 of 3"),
]


def kinds() -> Iterator[Case]:
    for indicator, count, line in KINDS:
        bare = EXACT[indicator].without(Succession)
        last = SUCCESSION[len(SUCCESSION) - count :]
        yield Case(indicator, f"{count} kinds of succession", bare.succession(*last), REACHED[indicator])
        yield Case(indicator, f"{count - 1} kinds of succession", bare.succession(*last[1:]), line)


def development() -> Iterator[Case]:
    for indicator, _, _ in KINDS:
        bare = EXACT[indicator].without(Development)
        yield Case(indicator, "develops by coaching", bare.development("Coaching"), REACHED[indicator])
        yield Case(indicator, "develops nobody", bare, "3 record; 4: development 0 of 1")


# Examination: a record that lacks one criterion of Level 3, with the examination and without it


def examination() -> Iterator[Case]:
    for indicator in ("consulting-L3", "product-L3", "media-L3"):
        bare = EXACT[indicator].without(Specialty)
        own = REACHED[indicator].replace("record;", "examination;")
        yield Case(indicator, "no specialty, examination passed", bare.examination(), own, EXAMINED)
        yield Case(indicator, "no specialty, no examination", bare, "none; 3: specialty", NOTHING)


# The tables, each with the number of its cases: a table that comes out shorter than it was written is a fault of the test.
TABLES = {
    exact: 12,
    scopes: 51,
    wholes: 10,
    employees_beyond: 10,
    times: 24,
    leaderless: 7,
    others: 33,
    leading_factors: 28,
    every_factor: 12,
    floorless: 48,
    bands: 42,
    bands_beyond: 35,
    smaller_factors: 24,
    smaller_floors: 21,
    unmeasured_smaller: 3,
    ranks: 31,
    kinds: 18,
    development: 18,
    examination: 6,
}
CASES = [case for table in TABLES for case in table()]
CASES_OF = {
    "consulting-L3": 24,
    "consulting-L4": 26,
    "consulting-L5": 43,
    "consulting-L6": 51,
    "consulting-L7": 46,
    "product-L3": 24,
    "product-L4": 30,
    "product-L5": 38,
    "product-L6": 50,
    "media-L3": 25,
    "media-L4": 34,
    "media-L5": 42,
}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.indicator}: {case.what}" for case in CASES])
def test_threshold(case: Case) -> None:
    own = case.indicator.partition("-")[0]
    assert outcome(case.record) == rows(case.other, **{own: case.own})


def test_every_table_runs_whole() -> None:
    assert {table: len(list(table())) for table in TABLES} == TABLES


def test_every_indicator_has_its_cases() -> None:
    assert Counter(case.indicator for case in CASES) == CASES_OF


def test_each_case_is_another() -> None:
    assert len({(case.indicator, case.what) for case in CASES}) == len(CASES)
