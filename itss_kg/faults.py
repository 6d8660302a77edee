"""Faults of the kind that records have in practice, put into invented records on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from itss_kg.evaluate import Evaluator
from itss_kg.graph import Graph, Literal, Triple
from itss_kg.namespaces import ITSS, RDF, XSD
from itss_kg.reading import Reading

__all__ = ["FAULTS", "Faults"]

FAULTS = (
    "doubled-engagement",
    "unfounded-claim",
    "missing-employees",
    "zero-persons",
    "text-for-number",
    "wrong-value",
    "misspelt-property",
    "missing-project",
    "missing-judge",
    "missing-type",
)

# Properties whose values come from a list; a wrong value is one from the list of the next of them.
_LISTED = (ITSS.performed, ITSS.metExpectation, ITSS.hasComplexity, ITSS.segmentKind, ITSS.guidance, ITSS.inArea, ITSS.method)

One = Callable[[Sequence[Any]], Any]  # picks one of the items, whatever they are
Sure = Mapping[str, int]


class Faults:
    """Puts faults into records; `one` picks at random."""

    def __init__(self, reading: Reading, one: One) -> None:
        self._reading = reading
        self._one = one
        self._makers: dict[str, Callable[[str, list[Triple], Sure], list[Triple] | None]] = {
            "doubled-engagement": self._doubled,
            "unfounded-claim": self._unfounded,
            "missing-employees": lambda _, triples, __: self._without(triples, ITSS.employees),
            "zero-persons": self._zero,
            "text-for-number": self._text,
            "wrong-value": self._wrong_value,
            "misspelt-property": self._misspelt,
            "missing-project": lambda _, triples, __: self._without(triples, ITSS.onProject),
            "missing-judge": lambda _, triples, __: self._without(triples, ITSS.judgedBy),
            "missing-type": self._untyped,
        }

    def spoil(self, candidate: str, triples: list[Triple], sure: Sure, kinds: Sequence[str]) -> list[Triple]:
        """The record with one fault of the kinds; unchanged where none of them fits it.

        Args:
            candidate: whose record it is.
            triples: the record.
            sure: for each field in which the candidate has a record, how far up the ladder it certainly reaches.
            kinds: the faults to choose from.
        """
        left = list(kinds)
        while left:
            kind = self._one(left)
            spoilt = self._makers[kind](candidate, triples, sure)
            if spoilt is not None:
                return spoilt
            left.remove(kind)
        return triples

    def _doubled(self, candidate: str, triples: list[Triple], _: Sure) -> list[Triple] | None:
        place = self._place(triples, ITSS.hasEngagement)
        if place is None:
            return None
        node = str(triples[place][2])
        again = f"{node}-again"
        copy = [(again, path, term) for subject, path, term in triples if subject == node]
        return [*triples, (candidate, ITSS.hasEngagement, again), *copy]

    def _unfounded(self, candidate: str, triples: list[Triple], sure: Sure) -> list[Triple] | None:
        """A claim of the lowest indicator that the candidate does not attain, in a field of the record where there is one."""
        evaluator = Evaluator(Graph(triples))
        standard = self._reading.standard
        fields = sorted(standard.fields, key=lambda item: item.iri not in sure)
        passed = {term for subject, path, term in triples if path == ITSS.passedExamination}
        for indicator in (indicator for item in fields for indicator in standard.ladder(item)):
            if passed.intersection(name for name, _ in indicator.examinations):
                continue
            if not all(evaluator.meets(self._reading.demand(indicator, item), candidate) for item in indicator.criteria):
                return [*triples, (candidate, ITSS.claims, indicator.iri)]
        return None

    def _zero(self, _: str, triples: list[Triple], __: Sure) -> list[Triple] | None:
        return self._replaced_number(triples, lambda value: Literal("0", value.datatype))

    def _text(self, _: str, triples: list[Triple], __: Sure) -> list[Triple] | None:
        return self._replaced_number(triples, lambda value: Literal(f"約{value.lexical}", XSD.string))

    def _replaced_number(self, triples: list[Triple], change: Callable[[Literal], Literal]) -> list[Triple] | None:
        numbers = (XSD.integer, XSD.decimal)
        places = [i for i, (_, _, term) in enumerate(triples) if isinstance(term, Literal) and term.datatype in numbers]
        if not places:
            return None
        place = self._one(places)
        subject, path, term = triples[place]
        return [*triples[:place], (subject, path, change(term)), *triples[place + 1 :]]  # type: ignore[arg-type]  # a literal, as found above

    def _wrong_value(self, _: str, triples: list[Triple], __: Sure) -> list[Triple] | None:
        places = [i for i, (_, path, _) in enumerate(triples) if path in _LISTED]
        if not places:
            return None
        place = self._one(places)
        subject, path, _term = triples[place]
        other = next((term for _, name, term in triples if name in _LISTED and name != path), None)
        return None if other is None else [*triples[:place], (subject, path, other), *triples[place + 1 :]]

    def _misspelt(self, _: str, triples: list[Triple], __: Sure) -> list[Triple] | None:
        """A property of the vocabulary that has lost a letter in its middle."""
        places = [i for i, (_, path, _) in enumerate(triples) if path in ITSS]
        if not places:
            return None
        place = self._one(places)
        subject, path, term = triples[place]
        name = path[len(ITSS.base) :]
        middle = len(name) // 2
        return [*triples[:place], (subject, f"{ITSS.base}{name[:middle]}{name[middle + 1 :]}", term), *triples[place + 1 :]]

    def _untyped(self, candidate: str, triples: list[Triple], _: Sure) -> list[Triple] | None:
        places = [i for i, (subject, path, _) in enumerate(triples) if path == RDF.type and subject != candidate]
        if not places:
            return None
        place = self._one(places)
        return triples[:place] + triples[place + 1 :]

    def _without(self, triples: list[Triple], path: str) -> list[Triple] | None:
        place = self._place(triples, path)
        return None if place is None else triples[:place] + triples[place + 1 :]

    def _place(self, triples: list[Triple], path: str) -> int | None:
        places = [i for i, triple in enumerate(triples) if triple[1] == path]
        return self._one(places) if places else None
