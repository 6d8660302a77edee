"""Which terms are plainly canonical N-Triples: an automaton over bytes, as tables that `scanning` walks.

Such a term means the same to any parser, and each writes it so: an absolute IRI of plain signs, a blank node of letters and
digits, a literal without escapes and signs that some escape, with a language tag of two small letters or a datatype. Every
other term is for the parser.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from itss_kg.namespaces import RDF, XSD

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[np.uint8]]

__all__ = ["MOVES", "OBJECT", "PREDICATE", "ROLES", "SUBJECT", "UNWANTED"]

SUBJECT, PREDICATE, OBJECT = 1, 2, 4
# one that canonical N-Triples leaves out, and two that want a language tag
_DATATYPES = (XSD.string, RDF.langString, f"{RDF.base}dirLangString")

_DIGITS = string.digits
_SMALL = string.ascii_lowercase
_WORD = string.ascii_letters + _DIGITS
_HOST = _WORD + ".-"
_SIGNS = _WORD + "/?:@!$&'()*+,;=._~-"
_REFUSED = 0


@dataclass
class _Automaton:
    """States in the order they were made; a byte without a move leads to the state that refuses."""

    moves: list[list[int]] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)

    def state(self, role: int = 0) -> int:
        """A new state; a term that ends in it can stand in the places that `role` sums up."""
        self.moves.append([_REFUSED] * 256)
        self.roles.append(role)
        return len(self.moves) - 1

    def move(self, start: int, signs: str | bytes, end: int) -> None:
        """Go from a state to another on any of the signs."""
        for sign in signs.encode("ascii") if isinstance(signs, str) else signs:
            self.moves[start][sign] = end

    def iri(self, start: int, end: int) -> None:
        """What an IRI is, from its first bracket to its last."""
        first, scheme, colon, slash, authority, host, rest, fragment = (self.state() for _ in range(8))
        self.move(start, "<", first)
        self.move(first, _SMALL, scheme)
        self.move(scheme, _SMALL + _DIGITS, scheme)
        self.move(scheme, ":", colon)
        self.move(colon, _WORD, rest)
        self.move(colon, "/", slash)
        self.move(slash, "/", authority)
        for place in (authority, host):
            self.move(place, _HOST, host)
        self.move(host, "/?", rest)
        self.move(rest, _SIGNS, rest)
        for place in (host, rest):
            self.move(place, "#", fragment)
        self.move(fragment, _SIGNS, fragment)
        for place in (host, rest, fragment):
            self.move(place, ">", end)


def _built() -> _Automaton:
    """Begin in state 1."""
    found = _Automaton()
    found.state()
    start = found.state()
    found.iri(start, found.state(SUBJECT | PREDICATE | OBJECT))
    underscore, colon, blank = found.state(), found.state(), found.state(SUBJECT | OBJECT)
    found.move(start, "_", underscore)
    found.move(underscore, ":", colon)
    for place in (colon, blank):
        found.move(place, _WORD, blank)
    quote, literal, at, language, tagged = (
        found.state(),
        found.state(OBJECT),
        *(found.state() for _ in range(2)),
        found.state(OBJECT),
    )
    found.move(start, '"', quote)
    found.move(quote, bytes(sign for sign in range(0x20, 0x100) if sign not in b'"\\\x7f'), quote)
    found.move(quote, '"', literal)
    found.move(literal, "@", at)
    found.move(at, _SMALL, language)
    found.move(language, _SMALL, tagged)
    caret, typed = found.state(), found.state()
    found.move(literal, "^", caret)
    found.move(caret, "^", typed)
    found.iri(typed, found.state(OBJECT))
    return found


_found = _built()
MOVES: Column = np.array(_found.moves, np.uint8)
ROLES: Column = np.array(_found.roles, np.uint8)
# endings of terms that are for the parser, in rows that end together; 0 stands before each
_endings = [f"^^<{name}>".encode() for name in _DATATYPES]
UNWANTED: Column = np.array([list(ending.rjust(1 + max(map(len, _endings)), b"\0")) for ending in _endings], np.uint8)
