"""The ontology proved against the standard's text: digests, coverage, numbers, and whether everything is stated somewhere.

assert not check(graph, read_text(Path("itss-v3-2008-sales.txt")))
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from itss_kg.graph import Graph, number
from itss_kg.namespaces import ITSS, RDFS, SKOS, curie
from itss_kg.provenance import Passage, digest_of, passages, passages_of, words_of

__all__ = ["Finding", "check", "numbers_in"]

# What must stand somewhere in the text, with the subclasses of these; alternatives and demands are reached from their criteria.
_STATED = (
    ITSS.JobCategory,
    ITSS.InvestmentPhase,
    ITSS.PhaseActivity,
    ITSS.SpecialtyField,
    ITSS.KeyPerformanceIndicator,
    ITSS.Criterion,
    ITSS.ExaminationRemark,
    ITSS.ListItem,
    ITSS.Erratum,
)
_PARTS = (ITSS.hasAlternative, ITSS.demandsSegments)
_NUMBERED = (*_PARTS, ITSS.inBand, ITSS.hasRange, ITSS.atLevel, ITSS.leadingLevel, ITSS.otherLevel)

_WORDS = {
    word: value
    for value, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=1)
}
_SCALES = {word: 10 ** (3 * power) for power, word in enumerate(["thousand", "million", "billion", "trillion"], start=1)}
# Digits need no word boundary before them: the text prints some glued to the word in front.
_NUMBER = re.compile(rf"(\d+(?:,\d{{3}})*|\b(?:{'|'.join(_WORDS)})\b)(?:\s*({'|'.join(_SCALES)})\b)?", re.IGNORECASE)
# An idiom of choice, not a count: it says that the alternatives, or the items of the list, are alternatives. The ontology
# holds that by listing them, so there is no number to compare (and "either one or more" asks for no more than "either one").
_CHOICE = re.compile(r"\beither\s+one\b", re.IGNORECASE)
# "The whole industry" asks for one segment by its grammar alone, so the ontology's 1 needs no number word in the text.
_SINGULAR = Decimal(1)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the text and the ontology do not agree on; the subject is an IRI, or a line of the text.

    The rules are range, digest, coverage, numbers, stated, furniture, members and sheet.
    """

    rule: str
    subject: str
    message: str


def check(graph: Graph, text: str) -> list[Finding]:
    """All that the spans, the text and the ontology's numbers and lists do not agree on; empty where they agree."""
    found = passages(graph)
    return [
        *_check_digests(found, text),
        *_check_coverage(found, text),
        *_check_numbers(graph, text),
        *_check_stated(graph),
        *_check_furniture(found),
        *_check_members(graph, found),
        *_check_sheets(graph, found),
    ]


def numbers_in(words: str) -> Counter[Decimal]:
    """The numbers that a stretch of the text states, in digits or words, each as often as it does.

    >>> sorted(map(str, numbers_in("Two or more, with less than20 thousand at Level7, in either one of these").elements()))
    ['2', '20000', '7']
    """
    return Counter(_value(*match.groups("")) for match in _NUMBER.finditer(_CHOICE.sub(" ", words)))


def _value(figure: str, scale: str) -> Decimal:
    value = _WORDS.get(figure.lower()) or int(figure.replace(",", ""))
    return Decimal(value * _SCALES.get(scale.lower(), 1))


def _check_digests(found: Iterable[Passage], text: str) -> Iterator[Finding]:
    for passage in found:
        if not 0 <= passage.start < passage.end <= len(text):
            message = f"{passage.start} to {passage.end} is no stretch of a text of {len(text)} characters"
            yield Finding("range", passage.iri, message)
        elif (digest := digest_of(passage, text)) != passage.sha256:
            yield Finding("digest", passage.iri, f"the text at {passage.start} to {passage.end} has the digest {digest}")


def _check_coverage(found: Iterable[Passage], text: str) -> Iterator[Finding]:
    """Every letter and figure is inside a passage; bullets, boxes and other signs may stand outside."""
    for position, line, stretch in _uncovered(found, text):
        if any(character.isalnum() for character in stretch):
            yield Finding("coverage", f"line {line}", f"no passage holds, from {position}: {stretch.strip()!r}")


def _uncovered(found: Iterable[Passage], text: str) -> Iterator[tuple[int, int, str]]:
    """The stretches outside all passages, cut at line ends, with the position and the line at which each begins."""
    reached = 0
    for start, end in [*((each.start, each.end) for each in found), (len(text), len(text))]:
        position = reached
        for part in text[reached : max(start, reached)].splitlines(keepends=True):
            yield position, text.count("\n", 0, position) + 1, part
            position += len(part)
        reached = max(reached, end)


def _check_numbers(graph: Graph, text: str) -> Iterator[Finding]:
    """The text's numbers are the ontology's, for each indicator's heading, criterion, alternative and range.

    Parts are held up one by one as well, or two of them could change numbers between them unnoticed. Order is not compared.
    """
    for criterion in (*_instances(graph, ITSS.KeyPerformanceIndicator), *_instances(graph, ITSS.Criterion)):
        for node in (criterion, *graph.nodes(criterion, ITSS.hasAlternative)):
            yield from _disagreement(graph, node, _said(graph, node, text))
    # a range is stated afresh in many sheets, so each of its passages has to state the whole of it
    for node in _instances(graph, ITSS.MeasureRange):
        for passage in passages_of(graph, node):
            yield from _disagreement(graph, node, numbers_in(words_of(passage, text)))


def _disagreement(graph: Graph, node: str, said: Counter[Decimal]) -> Iterator[Finding]:
    held = _held(_literals(graph, node))
    implicit = _held(each for each in _literals(graph, node) if each == (ITSS.minimumSegments, _SINGULAR))
    missing = said - held
    unsaid = held - said - implicit
    if missing or unsaid:
        yield Finding("numbers", node, f"only the text has {_listed(missing)}; only the ontology has {_listed(unsaid)}")


def _listed(numbers: Counter[Decimal]) -> str:
    return ", ".join(str(each) for each in sorted(numbers.elements())) or "none"


def _said(graph: Graph, node: str, text: str) -> Counter[Decimal]:
    """The numbers in the passages of a node and its parts; where passages overlap, each number counts once."""
    parts = [each for part in _reach(graph, node, _PARTS) for each in passages_of(graph, part)]
    said: Counter[Decimal] = Counter()
    for start, end in _merged(parts):
        said += numbers_in(text[start:end])
    return said


def _merged(parts: Iterable[Passage]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start, end in sorted((each.start, each.end) for each in parts):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def _held(literals: Iterable[tuple[str, Decimal]]) -> Counter[Decimal]:
    return Counter(value for _, value in literals)


def _literals(graph: Graph, node: str) -> Iterator[tuple[str, Decimal]]:
    """Every number held for a node, whatever its property, so that a property of a later day is compared too."""
    for part in _reach(graph, node, _NUMBERED):
        for predicate, terms in graph.row(part).items():
            for value in map(number, terms):
                # a position orders what is shown; the standard does not state it
                if value is not None and predicate != ITSS.position:
                    yield predicate, Decimal(value)


def _reach(graph: Graph, node: str, links: tuple[str, ...], above: tuple[str, ...] = ()) -> Iterator[str]:
    """The node and all that the links lead to, as often as they do; a link back to a node above is not followed."""
    yield node
    above = (*above, node)
    for link in links:
        for further in graph.nodes(node, link):
            if further not in above:
                yield from _reach(graph, further, links, above)


def _instances(graph: Graph, cls: str) -> list[str]:
    """The instances of a class and of its subclasses, in the order of their IRIs."""
    classes = [cls]
    for each in classes:  # grows while it is walked
        classes += [sub for sub in graph.subjects(RDFS.subClassOf, each) if sub not in classes]
    return sorted({iri for each in classes for iri in graph.instances(each)})


def _check_stated(graph: Graph) -> Iterator[Finding]:
    things = (iri for cls in _STATED for iri in _instances(graph, cls))
    for iri in sorted({part for thing in things for part in _reach(graph, thing, _PARTS)}):
        if not graph.nodes(iri, ITSS.statedIn):
            yield Finding("stated", iri, "no passage of the text states it; give it an itss:statedIn")


def _check_furniture(found: Iterable[Passage]) -> Iterator[Finding]:
    """What states something is not furniture, and what is not furniture states something."""
    for passage in found:
        if passage.furniture and passage.subjects:
            stated = ", ".join(map(curie, passage.subjects))
            yield Finding("furniture", passage.iri, f"furniture states nothing, yet {stated} is said to stand there")
        elif not passage.furniture and not passage.subjects:
            yield Finding("furniture", passage.iri, "it states nothing; point an itss:statedIn at it or make it furniture")


def _check_members(graph: Graph, found: Iterable[Passage]) -> Iterator[Finding]:
    """The items of each printed list are the members of the list that the criterion of that sheet chooses from."""
    found = tuple(found)
    for indicator in _instances(graph, ITSS.KeyPerformanceIndicator):
        for criterion in graph.nodes(indicator, ITSS.hasCriterion):
            for chosen in graph.nodes(criterion, ITSS.choosesFrom):
                printed = _printed_items(graph, found, chosen, indicator)
                members = frozenset(graph.nodes(chosen, SKOS.member))
                for item in sorted(printed ^ members):
                    place = "in the text" if item in printed else "in the ontology"
                    yield Finding("members", criterion, f"only {place} does {curie(item)} stand in {curie(chosen)}")


def _printed_items(graph: Graph, found: Iterable[Passage], chosen: str, indicator: str) -> frozenset[str]:
    lists = [each for each in passages_of(graph, chosen) if each.indicator == indicator]
    inside = [passage for passage in found if any(passage.within(each) for each in lists)]
    return frozenset(iri for passage in inside for iri in passage.subjects if graph.subjects(SKOS.member, iri))


def _check_sheets(graph: Graph, found: Iterable[Passage]) -> Iterator[Finding]:
    """A sheet reaches from its indicator's heading, the first passage of the indicator, to the next one's."""
    firsts = {iri: passages_of(graph, iri)[:1] for iri in _instances(graph, ITSS.KeyPerformanceIndicator)}
    headings = sorted((first.start, iri) for iri, starts in firsts.items() for first in starts)
    for passage in found:
        yield from _misplaced(passage, headings)
    for indicator in firsts:
        yield from _astray(graph, indicator)


def _misplaced(passage: Passage, headings: list[tuple[int, str]]) -> Iterator[Finding]:
    sheets = [None, *(iri for _, iri in headings)]
    starts = [start for start, _ in headings]
    first, last = (sheets[bisect_right(starts, each)] for each in (passage.start, passage.end - 1))
    named = passage.indicator
    if first != last:
        yield Finding("sheet", passage.iri, f"it runs from {_sheet(first)} into {_sheet(last)}")
    elif named != first and not (passage.furniture and named is None):
        yield Finding("sheet", passage.iri, f"it stands in {_sheet(first)}, but is said to stand in {_sheet(named)}")


def _sheet(indicator: str | None) -> str:
    return f"the sheet of {curie(indicator)}" if indicator else "no sheet"


def _astray(graph: Graph, indicator: str) -> Iterator[Finding]:
    """What belongs to an indicator alone stands in its sheet alone."""
    for iri in _reach(graph, indicator, (ITSS.hasCriterion, ITSS.hasRemark, *_PARTS)):
        for passage in passages_of(graph, iri):
            if passage.indicator != indicator:
                message = f"{curie(passage.iri)} is said to stand in {_sheet(passage.indicator)}, not {_sheet(indicator)}"
                yield Finding("sheet", iri, message)
