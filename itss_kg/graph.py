"""A graph in memory, small and quick to start: the one place where parsed RDF terms are narrowed to our own types.

IRIs are strings, blank nodes are strings that start with `_:`, literals are `Literal`. rdflib is used where its services
are (validation, reasoning); what every command needs is this index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from itss_kg.namespaces import RDF, RDFS, XSD, curie

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["Graph", "Literal", "Term", "Triple", "ill_formed", "literal", "narrow", "number", "renamed", "shown"]

# the datatypes of whole numbers in XML Schema, with the least and greatest number in each
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in (("long", 64), ("int", 32), ("short", 16), ("byte", 8))},
    **{f"unsigned{name}": (0, (1 << bits) - 1) for name, bits in (("Long", 64), ("Int", 32), ("Short", 16), ("Byte", 8))},
}
_INTEGERS = {XSD.base + name: bounds for name, bounds in _BOUNDS.items()}
_DECIMAL = XSD.decimal
# the lexical forms of XML Schema, which are narrower than what Python reads as a number
_INTEGER_FORM = re.compile(r"[+-]?[0-9]+")
_DECIMAL_FORM = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_FLOATING_FORM = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_FLOATING = frozenset({XSD.double, XSD.float})
_MANY = 32


class Literal(NamedTuple):
    """An RDF literal: its lexical form, the IRI of its datatype, and its language tag or the empty string."""

    lexical: str
    datatype: str = XSD.string
    language: str = ""


Term = str | Literal
Triple = tuple[str, str, Term]


def literal(value: str | int | Decimal | bool, language: str = "") -> Literal:
    """The literal for a Python value."""
    if language:
        return Literal(str(value), RDF.langString, language)
    if isinstance(value, bool):
        return Literal(str(value).lower(), XSD.boolean)
    if isinstance(value, int):
        return Literal(str(value), XSD.integer)
    return Literal(str(value), XSD.decimal if isinstance(value, Decimal) else XSD.string)


def number(term: Term) -> Decimal | float | None:
    """The value of a numeric literal; `None` for what is no literal of a numeric datatype, or none of its values."""
    if not isinstance(term, Literal):
        return None
    text = term.lexical
    if term.datatype in _INTEGERS:
        return _within(Decimal(text), *_INTEGERS[term.datatype]) if _INTEGER_FORM.fullmatch(text) else None
    if term.datatype == _DECIMAL:
        return Decimal(text) if _DECIMAL_FORM.fullmatch(text) else None
    if term.datatype in _FLOATING:
        return float(text.replace("INF", "inf")) if _FLOATING_FORM.fullmatch(text) and text != "NaN" else None
    return None


def _within(value: Decimal, least: int | None, most: int | None) -> Decimal | None:
    return value if (least is None or value >= least) and (most is None or value <= most) else None


def ill_formed(term: Term) -> bool:
    """Whether a term is of a numeric datatype but none of its values, e.g. `"many"^^xsd:integer`, `"-1"^^xsd:unsignedInt`."""
    if not isinstance(term, Literal) or (term.datatype not in _INTEGERS and term.datatype not in (_DECIMAL, *_FLOATING)):
        return False
    return number(term) is None and not (term.datatype in _FLOATING and term.lexical == "NaN")


def shown(term: Term, *, plainly: bool = True) -> str:
    """A term for people: a literal in quotes, with its language or datatype, `plainly` without those that are usual."""
    if isinstance(term, str):
        return curie(term)
    if term.language:
        return f'"{term.lexical}"@{term.language}'
    usual = plainly and term.datatype in (XSD.string, XSD.integer, XSD.decimal)
    return f'"{term.lexical}"' if usual else f'"{term.lexical}"^^{curie(term.datatype)}'


def narrow(term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple) -> Term:
    """Our form of a parsed term."""
    kind = type(term).__name__
    if kind == "NamedNode":
        return term.value  # type: ignore[union-attr]  # a named node has a value; a quoted triple never gets here
    if kind == "BlankNode":
        return f"_:{term.value}"  # type: ignore[union-attr]  # likewise
    if kind == "Literal":
        return Literal(term.value, term.datatype.value, term.language or "")  # type: ignore[union-attr]  # likewise
    return Literal(str(term), RDFS.base + "Resource")


class Graph:
    """Triples indexed by subject and predicate, and by predicate and object; a triple is held once."""

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self._out: dict[str, dict[str, list[Term]]] = {}
        self._into: dict[str, dict[Term, list[str]]] | None = None
        self._many: dict[tuple[str, str], set[Term]] = {}
        self._size = 0
        self.update(triples)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Triple]:
        for subject, row in self._out.items():
            for predicate, terms in row.items():
                for term in terms:
                    yield subject, predicate, term

    def __contains__(self, triple: Triple) -> bool:
        subject, predicate, term = triple
        return term in self._out.get(subject, {}).get(predicate, ())

    def add(self, subject: str, predicate: str, term: Term) -> None:
        """Add one triple; nothing happens where it is there already."""
        terms = self._out.setdefault(subject, {}).setdefault(predicate, [])
        if self._holds(subject, predicate, terms, term):
            return
        terms.append(term)
        self._size += 1
        self._into = None

    def _holds(self, subject: str, predicate: str, terms: list[Term], term: Term) -> bool:
        """Whether the term is there; many terms are looked up in a set, which is made only for them."""
        if len(terms) < _MANY:
            return term in terms
        known = self._many.setdefault((subject, predicate), set(terms))
        if term in known:
            return True
        known.add(term)
        return False

    def update(self, triples: Iterable[Triple]) -> None:
        """Add several triples."""
        for subject, predicate, term in triples:
            self.add(subject, predicate, term)

    def subjects_all(self) -> Iterator[str]:
        """Every node that is the subject of a triple."""
        return iter(self._out)

    def row(self, subject: str) -> dict[str, list[Term]]:
        """The predicates of a subject with their objects; not to be changed."""
        return self._out.get(subject, {})

    def objects(self, subject: str, predicate: str) -> list[Term]:
        """The objects of a subject and predicate; not to be changed."""
        return self._out.get(subject, {}).get(predicate, [])

    def nodes(self, subject: str, predicate: str) -> list[str]:
        """The objects that are IRIs or blank nodes."""
        return [term for term in self.objects(subject, predicate) if isinstance(term, str)]

    def node(self, subject: str, predicate: str) -> str | None:
        """The first object that is an IRI or blank node, or `None`."""
        found = self.nodes(subject, predicate)
        return found[0] if found else None

    def text(self, subject: str, predicate: str, language: str = "") -> str | None:
        """A literal's lexical form in the language, or in any where none is asked for: of several the first by its letters."""
        found = (term for term in self.objects(subject, predicate) if isinstance(term, Literal))
        return min((term.lexical for term in found if not language or term.language == language), default=None)

    def integer(self, subject: str, predicate: str) -> int | None:
        """The value of the first integer literal, or `None`."""
        for term in self.objects(subject, predicate):
            value = number(term)
            if value is not None:
                return int(value)
        return None

    def subjects(self, predicate: str, term: Term) -> list[str]:
        """The subjects that have the object; not to be changed."""
        if self._into is None:
            into: dict[str, dict[Term, list[str]]] = {}
            for subject, row in self._out.items():
                for name, terms in row.items():
                    column = into.setdefault(name, {})
                    for value in terms:
                        column.setdefault(value, []).append(subject)
            self._into = into
        return self._into.get(predicate, {}).get(term, [])

    def instances(self, cls: str) -> list[str]:
        """The nodes typed with the class itself."""
        return self.subjects(RDF.type, cls)

    def items(self, head: str | None) -> list[Term]:
        """The members of an RDF list; a list that runs in a circle ends where it first repeats."""
        found: list[Term] = []
        seen: set[str] = set()
        while head is not None and head != RDF.nil and head not in seen:
            seen.add(head)
            found.extend(self.objects(head, RDF.first)[:1])
            head = self.node(head, RDF.rest)
        return found


def renamed(triples: Iterable[Triple], prefix: str) -> Iterator[Triple]:
    """The triples with blank nodes named by the prefix and their order: the same triples give the same names on every run."""
    names: dict[str, str] = {}

    def named(term: Term) -> Term:
        if isinstance(term, str) and term.startswith("_:"):
            return names.setdefault(term, f"_:{prefix}n{len(names) + 1}")
        return term

    for subject, predicate, term in triples:
        yield str(named(subject)), predicate, named(term)
