"""What must hold of mapping sets together: nothing twice, nothing against itself, no circle, and everything spoken of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from itss_kg.errors import CallError
from itss_kg.frameworks import Frameworks
from itss_kg.mappings import framework_of, linkable
from itss_kg.namespaces import ITSS, SKOS
from itss_kg.sssom import Mapping, MappingSet
from itss_kg.standard import Standard

__all__ = ["STRUCTURE", "Finding", "Together", "coverage"]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: in which file and line, by which check, and what would be right."""

    source: str
    line: int
    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message} [{self.check}]"


@dataclass(frozen=True)
class Together:
    """The sets that are checked, those that hold already beside them, and what both speak of."""

    sets: tuple[MappingSet, ...]
    beside: tuple[MappingSet, ...]
    standard: Standard
    frameworks: Frameworks

    @cached_property
    def rows(self) -> list[tuple[MappingSet, Mapping]]:
        """The mappings that are checked, with their sets."""
        return [(item, row) for item in self.sets for row in item.mappings]

    @cached_property
    def all(self) -> list[tuple[MappingSet, Mapping]]:
        """These and the mappings beside them."""
        return [*self.rows, *((item, row) for item in self.beside for row in item.mappings)]


def _duplicates(these: Together) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], str] = {}
    for owner, row in these.rows:
        target = row["object_source"] if row.unlinked else row.object
        key = (row.subject, target, row["predicate_modifier"])
        if key in seen:
            said = f"{_pair(row)} is judged already in {seen[key]}; one judgement of a pair is enough"
            yield Finding(owner.source, row.line, "duplicates", said)
        seen.setdefault(key, _place(owner, row))
    named = {item.iri: item.source for item in these.beside}
    for item in these.sets:
        if item.iri in named:
            said = f"the identifier <{item.iri}> is that of {named[item.iri]}; give the set one of its own"
            yield Finding(item.source, 1, "duplicates", said)
        named.setdefault(item.iri, item.source)


def _contradictions(these: Together) -> Iterator[Finding]:
    affirmed = {(row.subject, row.object): (owner, row) for owner, row in these.all if row.holds}
    denied = {(row.subject, row.object): (owner, row) for owner, row in these.all if row.negated}
    for owner, row in these.rows:
        other = (denied if row.holds else affirmed).get((row.subject, row.object))
        if other and not row.unlinked and _implies(*((row, other[1]) if row.holds else (other[1], row))):
            said = f"{_pair(row)} is {'denied' if row.holds else 'affirmed'} in {_place(*other)}: {other[1]['comment']}"
            yield Finding(owner.source, row.line, "contradictions", said)
    for item in these.sets:
        linked = {(row.subject, framework_of(row, these.frameworks)) for row in item.mappings if row.holds}
        for row in item.mappings:
            if row.unlinked and (row.subject, framework_of(row, these.frameworks)) in linked:
                said = f"<{row.subject}> has a link to that framework in this set, so that something was found"
                yield Finding(item.source, row.line, "contradictions", said)


def _implies(affirmed: Mapping, denied: Mapping) -> bool:
    """Whether what is affirmed cannot be where the other relation is denied: the same, or one that is stronger."""
    return affirmed.predicate in (denied.predicate, SKOS.exactMatch)


def _pair(row: Mapping) -> str:
    return f"<{row.subject}> and <{row.object}>"


def _place(owner: MappingSet, row: Mapping) -> str:
    return f"{owner.source or owner.iri}:{row.line}"


def _cycles(these: Together) -> Iterator[Finding]:
    """Following what is broader, also through what is the same, nothing is reached again."""
    above: dict[str, set[str]] = {}
    for _, row in these.all:
        if row.holds:
            for low, high in _upward(row):
                above.setdefault(low, set()).add(high)
    for owner, row in these.rows:
        if row.holds and row.predicate in (SKOS.broadMatch, SKOS.narrowMatch):
            ((low, high),) = _upward(row)
            if low in _reached(high, above):
                said = f"<{high}> is broader than <{low}>, and by the other mappings the other way round"
                yield Finding(owner.source, row.line, "cycles", said)


def _upward(row: Mapping) -> Iterator[tuple[str, str]]:
    """What a mapping says to be below what: both of what is the same."""
    if row.predicate in (SKOS.broadMatch, SKOS.exactMatch):
        yield row.subject, row.object
    if row.predicate in (SKOS.narrowMatch, SKOS.exactMatch):
        yield row.object, row.subject


def _reached(start: str, above: dict[str, set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = above.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def coverage(mapping_set: MappingSet, standard: Standard) -> dict[str, str]:
    """By each thing that the set undertakes to cover: `linked`, `unlinked` (said so), or the empty string.

    These are the members of its classes that it has a prefix for: not those of another job category.

    Raises:
        CallError: it undertakes to cover what is no class of the standard.
    """
    slot = mapping_set.column_of(ITSS.coversClass)
    said: dict[str, str] = {}
    for row in mapping_set.mappings:
        if row.holds:
            said[row.subject] = "linked"
        elif row.unlinked:
            said.setdefault(row.subject, "unlinked")
    own = tuple(mapping_set.prefixes.values())
    classes = mapping_set.listed(slot) if slot else ()
    return {iri: said.get(iri, "") for iri in linkable(classes, standard) if iri.startswith(own)}


def _coverage(these: Together) -> Iterator[Finding]:
    for item in these.sets:
        try:
            for iri, found in coverage(item, these.standard).items():
                if not found:
                    said = f"nothing is said of <{iri}>: link it, or say by sssom:NoTermFound why not"
                    yield Finding(item.source, 1, "coverage", said)
        except CallError as error:
            yield Finding(item.source, 1, "coverage", f"what the set undertakes to cover: {error}")


STRUCTURE: dict[str, Callable[[Together], Iterator[Finding]]] = {
    "duplicates": _duplicates,
    "contradictions": _contradictions,
    "cycles": _cycles,
    "coverage": _coverage,
}
