"""What must hold of mapping sets together: nothing twice, nothing against itself, no circle, and everything spoken of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from itss_kg.errors import CallError
from itss_kg.frameworks import Frameworks
from itss_kg.mappings import framework_of, linkable
from itss_kg.namespaces import ITSS, SKOS
from itss_kg.sssom import Mapping, MappingSet
from itss_kg.standard import Standard

__all__ = ["STRUCTURE", "Finding", "coverage"]

_Rows = list[tuple[MappingSet, Mapping]]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: in which file and line, by which check, and what would be right."""

    source: str
    line: int
    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message} [{self.check}]"


def _rows(sets: Sequence[MappingSet]) -> _Rows:
    return [(item, row) for item in sets for row in item.mappings]


def _duplicates(sets: Sequence[MappingSet], standard: Standard, frameworks: Frameworks) -> Iterator[Finding]:
    del standard, frameworks
    seen: dict[tuple[str, str, str], str] = {}
    for owner, row in _rows(sets):
        target = row["object_source"] if row.unlinked else row.object
        key = (row.subject, target, row["predicate_modifier"])
        if key in seen:
            said = f"{_pair(row)} is judged already in {seen[key]}; one judgement of a pair is enough"
            yield Finding(owner.source, row.line, "duplicates", said)
        seen.setdefault(key, f"{owner.source}:{row.line}")
    named: dict[str, str] = {}
    for item in sets:
        if item.iri in named:
            yield Finding(item.source, 1, "duplicates", f"the identifier <{item.iri}> is that of {named[item.iri]}, too")
        named.setdefault(item.iri, item.source)


def _contradictions(sets: Sequence[MappingSet], standard: Standard, frameworks: Frameworks) -> Iterator[Finding]:
    del standard
    held = {(row.subject, row.object): row for _, row in _rows(sets) if row.holds}
    linked = {(row.subject, framework_of(row, frameworks)) for _, row in _rows(sets) if row.holds}
    for owner, row in _rows(sets):
        other = held.get((row.subject, row.object))
        if row.negated and other and _implies(other.predicate, row.predicate):
            yield Finding(owner.source, row.line, "contradictions", f"{_pair(row)} is both affirmed and denied")
        if row.unlinked and (row.subject, framework_of(row, frameworks)) in linked:
            said = f"<{row.subject}> has a link to that framework, so that something was found"
            yield Finding(owner.source, row.line, "contradictions", said)


def _implies(stronger: str, weaker: str) -> bool:
    return stronger == weaker or (stronger, weaker) == (SKOS.exactMatch, SKOS.closeMatch)


def _pair(row: Mapping) -> str:
    return f"<{row.subject}> and <{row.object}>"


def _cycles(sets: Sequence[MappingSet], standard: Standard, frameworks: Frameworks) -> Iterator[Finding]:
    """Following what is broader, also through what is the same, nothing is reached again."""
    del standard, frameworks
    above: dict[str, set[str]] = {}
    same: dict[str, set[str]] = {}
    for _, row in _rows(sets):
        if row.holds and row.predicate == SKOS.broadMatch:
            above.setdefault(row.subject, set()).add(row.object)
        elif row.holds and row.predicate == SKOS.narrowMatch:
            above.setdefault(row.object, set()).add(row.subject)
        elif row.holds and row.predicate == SKOS.exactMatch:
            same.setdefault(row.subject, set()).add(row.object)
            same.setdefault(row.object, set()).add(row.subject)
    for owner, row in _rows(sets):
        if row.holds and row.predicate in (SKOS.broadMatch, SKOS.narrowMatch):
            low, high = (row.subject, row.object) if row.predicate == SKOS.broadMatch else (row.object, row.subject)
            if low in _reached(high, above, same):
                said = f"<{high}> is broader than <{low}>, and by the other mappings the other way round"
                yield Finding(owner.source, row.line, "cycles", said)


def _reached(start: str, above: dict[str, set[str]], same: dict[str, set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        for other in above.get(node, set()) | same.get(node, set()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def coverage(mapping_set: MappingSet, standard: Standard) -> dict[str, str]:
    """By each thing that the set undertakes to cover: `linked`, `unlinked` (said so), or the empty string.

    Raises:
        CallError: it undertakes to cover a class that has no members.
    """
    slot = next((item.name for item in mapping_set.extensions if item.meaning == ITSS.coversClass), "")
    said: dict[str, str] = {}
    for row in mapping_set.mappings:
        if row.holds:
            said[row.subject] = "linked"
        elif row.unlinked:
            said.setdefault(row.subject, "unlinked")
    return {iri: said.get(iri, "") for iri in linkable(mapping_set.listed(slot) if slot else (), standard)}


def _coverage(sets: Sequence[MappingSet], standard: Standard, frameworks: Frameworks) -> Iterator[Finding]:
    del frameworks
    for item in sets:
        try:
            for iri, found in coverage(item, standard).items():
                if not found:
                    said = f"nothing is said of <{iri}>: link it, or say by sssom:NoTermFound why not"
                    yield Finding(item.source, 1, "coverage", said)
        except CallError as error:
            yield Finding(item.source, 1, "coverage", f"the set undertakes to cover a class, but {error}")


STRUCTURE: dict[str, Callable[[Sequence[MappingSet], Standard, Frameworks], Iterator[Finding]]] = {
    "duplicates": _duplicates,
    "contradictions": _contradictions,
    "cycles": _cycles,
    "coverage": _coverage,
}
