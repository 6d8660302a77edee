"""What differs between two indicators, and what is the same.

Each criterion is compared in the terms in which the ontology states it: numbers, ranks, levels, lists, alternatives. Where the
wording of two criteria differs though each implies the other, so that the same records meet both, this is said too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from itss_kg.demand import implies
from itss_kg.graph import Literal, Term, number
from itss_kg.namespaces import ITSS, RDF, RDFS, local_name
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.standard import Criterion, Indicator, Standard

__all__ = ["Comparison", "Difference", "as_json", "as_markdown", "compare", "sentence"]

Value = int | str | list[str] | None

_APART = frozenset({RDF.type, RDFS.label, ITSS.hasAlternative, ITSS.position, ITSS.japaneseLabelFrom, ITSS.statedIn})


@dataclass(frozen=True)
class Difference:
    """One aspect of one kind of criterion; `change` is raised, lowered, added, removed or changed, from `a` to `b`."""

    kind: str
    aspect: str
    label: str
    a: Value
    b: Value
    change: str


@dataclass(frozen=True)
class Comparison:
    """Two indicators: what differs, which kinds of criterion are the same, and which differ in wording alone."""

    a: Indicator
    b: Indicator
    differences: tuple[Difference, ...]
    same: tuple[str, ...]
    equivalent: tuple[str, ...]


def compare(a: Indicator, b: Indicator, reading: Reading, prose: Prose) -> Comparison:
    """Compare two indicators, of one field or of two, kind by kind in the standard's order."""
    differences: list[Difference] = []
    same: list[str] = []
    equivalent: list[str] = []
    for kind in reading.standard.kinds:
        one, other = a.criterion(kind), b.criterion(kind)
        found = list(_criterion(a, one, b, other, reading, prose))
        differences.extend(found)
        if one and other and not found:
            same.append(kind)
        elif one and other and _same_records(a, one, b, other, reading):
            equivalent.append(kind)
    return Comparison(a, b, tuple(differences), tuple(same), tuple(equivalent))


def _same_records(a: Indicator, one: Criterion, b: Indicator, other: Criterion, reading: Reading) -> bool:
    first, second = reading.own(a, one), reading.own(b, other)
    return implies(first, second) and implies(second, first)


def _criterion(
    a: Indicator, one: Criterion | None, b: Indicator, other: Criterion | None, reading: Reading, prose: Prose
) -> Iterator[Difference]:
    if one is None or other is None:
        present, owner = (one, a) if one else (other, b)
        if present:
            text = prose.phrase(reading.own(owner, present), lists=False)
            label = prose.label(present.type)
            yield Difference(present.kind, "criterion", label, *((text, None, "removed") if one else (None, text, "added")))
        return
    yield from _aspects(one, other, reading.standard, prose)
    yield from _alternatives((a, one), (b, other), reading, prose)


def _aspects(one: Criterion, other: Criterion, standard: Standard, prose: Prose) -> Iterator[Difference]:
    first, second = standard.graph.row(one.iri), standard.graph.row(other.iri)
    for predicate in sorted(({*first, *second}) - _APART):
        if predicate in ITSS:
            left, right = first.get(predicate, []), second.get(predicate, [])
            difference = _values(one.kind, predicate, left, right, standard, prose)
            if difference:
                yield difference


def _values(
    kind: str, predicate: str, left: list[Term], right: list[Term], standard: Standard, prose: Prose
) -> Difference | None:
    if predicate == ITSS.choosesFrom:
        return _lists(kind, predicate, left, right, standard, prose)
    a, b = _shown(left, prose), _shown(right, prose)
    if a == b:
        return None
    change = _direction(_size(left, standard), _size(right, standard))
    if a is None or b is None:
        change = "added" if a is None else "removed"
    return Difference(kind, local_name(predicate), prose.label(predicate), a, b, change)


def _lists(
    kind: str, predicate: str, left: list[Term], right: list[Term], standard: Standard, prose: Prose
) -> Difference | None:
    one = [item for iri in left for item in standard.members(str(iri))]
    other = [item for iri in right for item in standard.members(str(iri))]
    gone, come = [item for item in one if item not in other], [item for item in other if item not in one]
    if not gone and not come:
        return None
    change = "changed" if gone and come else "added" if come else "removed"
    names = [prose.label(item) for item in gone], [prose.label(item) for item in come]
    return Difference(kind, local_name(predicate), prose.label(predicate), *names, change)


def _shown(terms: list[Term], prose: Prose) -> Value:
    values = [_value(term, prose) for term in terms]
    return None if not values else values[0] if len(values) == 1 else sorted(str(value) for value in values)


def _value(term: Term, prose: Prose) -> int | str:
    if isinstance(term, Literal):
        value = number(term)
        return int(value) if value is not None and value == int(value) else term.lexical
    return prose.label(term)


def _size(terms: list[Term], standard: Standard) -> float | None:
    """A number to compare by: the value itself, or the number of a level or rank."""
    if len(terms) != 1:
        return None
    value = number(terms[0])
    if value is not None:
        return float(value)
    for predicate in (ITSS.levelNumber, ITSS.rank):
        place = standard.graph.integer(str(terms[0]), predicate)
        if place is not None:
            return place
    return None


def _direction(a: float | None, b: float | None) -> str:
    if a is None or b is None or a == b:
        return "changed"
    return "raised" if b > a else "lowered"


def _alternatives(
    first: tuple[Indicator, Criterion], second: tuple[Indicator, Criterion], reading: Reading, prose: Prose
) -> Iterator[Difference]:
    """Alternatives that say the same are dropped; the rest are paired by what they are about, others added or removed."""
    left, right = _phrases(first, reading, prose), _phrases(second, reading, prose)
    kind = first[1].kind
    label = prose.label(ITSS.Alternative)
    for signature in dict.fromkeys([*left, *right]):
        a, b = left.get(signature), right.get(signature)
        if a != b:
            change = "added" if a is None else "removed" if b is None else "changed"
            short = a is None or b is None or a.short != b.short
            shown = [None if phrase is None else phrase.short if short else phrase.full for phrase in (a, b)]
            yield Difference(kind, "alternative", label, shown[0], shown[1], change)


@dataclass(frozen=True)
class _Phrase:
    """An alternative in words, without and with the items of its lists: the same words may stand over different lists."""

    short: str
    full: str


def _phrases(owner: tuple[Indicator, Criterion], reading: Reading, prose: Prose) -> dict[tuple[str, ...], _Phrase]:
    indicator, criterion = owner
    standard = reading.standard
    found = standard.ordered(standard.graph.nodes(criterion.iri, ITSS.hasAlternative))
    demands = reading.alternatives(indicator, criterion)
    return {
        _signature(iri, standard): _Phrase(prose.phrase(demands[iri], lists=False), prose.phrase(demands[iri], lists=True))
        for iri in found
    }


def _signature(alternative: str, standard: Standard) -> tuple[str, ...]:
    """What an alternative is about: the properties that state it and the core terms among their values."""
    parts: set[str] = set()
    for node in (alternative, *standard.graph.nodes(alternative, ITSS.demandsSegments)):
        for predicate, terms in standard.graph.row(node).items():
            if predicate in ITSS and predicate not in _APART and predicate not in (ITSS.minimumEmployees, ITSS.employeesBelow):
                parts.add(predicate)
                parts.update(term for term in terms if isinstance(term, str) and term in ITSS)
    return tuple(sorted(parts))


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON data."""
    a, b = comparison.a, comparison.b
    return {
        "field": a.field.key if a.field == b.field else [a.field.key, b.field.key],
        "levels": [a.level.number, b.level.number],
        "indicators": [a.iri, b.iri],
        "differences": [
            {"kind": d.kind, "aspect": d.aspect, "a": d.a, "b": d.b, "change": d.change, "label": d.label}
            for d in comparison.differences
        ],
        "same": list(comparison.same),
        "equivalent": list(comparison.equivalent),
    }


_SENTENCES = {
    "en": {
        "raised": "{label} raised from {a} to {b}",
        "lowered": "{label} lowered from {a} to {b}",
        "changed": "{label} changed from '{a}' to '{b}'",
        "added": "{label} added: {b}",
        "removed": "{label} no longer asked for: {a}",
    },
    "ja": {
        "raised": "{label}：「{a}」から「{b}」へ引き上げ",
        "lowered": "{label}：「{a}」から「{b}」へ引き下げ",
        "changed": "{label}：「{a}」から「{b}」へ変更",
        "added": "{label}の追加：{b}",
        "removed": "{label}の削除：{a}",
    },
}


def sentence(difference: Difference, prose: Prose) -> str:
    """The difference in words."""
    a, b = (_words(value, prose) for value in (difference.a, difference.b))
    return _SENTENCES[prose.language][difference.change].format(label=difference.label, a=a, b=b)


def _words(value: Value, prose: Prose) -> str:
    if isinstance(value, list):
        return prose.words("items").join(value) or "–"
    return prose.number(value) if isinstance(value, int) else value or "–"


def as_markdown(comparison: Comparison, prose: Prose) -> str:
    """The comparison as a Markdown table."""
    names = [prose.label(item.iri) for item in (comparison.a, comparison.b)]
    lines = [f"| | | {names[0]} | {names[1]} |", "| --- | --- | --- | --- |"]
    for item in comparison.differences:
        cells = [(_words(value, prose)).replace("|", "\\|") for value in (item.a, item.b)]
        lines.append(f"| {prose.kind(item.kind)} | {item.label} | {cells[0]} | {cells[1]} |")
    lines.extend(f"| {prose.kind(kind)} | | = | = |" for kind in comparison.same)
    return "\n".join(lines) + "\n"
