"""What can go wrong, as one tree.

    ItssError
    ├── InputError        a file or stream that cannot be read as the data it should be
    ├── CallError         a call that asks for something that does not exist or does not fit
    └── OntologyError     an ontology that the reading of the standard cannot use

Each message says what is wrong, where, and what would do. The command line prints it and exits with status 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "NO_CANDIDATES",
    "CallError",
    "InputError",
    "ItssError",
    "NoCandidatesError",
    "OntologyError",
    "nearest",
    "without_candidates",
]

NO_CANDIDATES = "no candidates: nothing is an itss:Candidate or has the properties of one"


def without_candidates(source: str, triples: int, hint: str = "") -> NoCandidatesError:
    """The error that there is nobody in so many triples of some source; a hint says why that may be."""
    return NoCandidatesError(f"{NO_CANDIDATES} ({triples:,} triples){hint}", source=source)


class ItssError(Exception):
    """Any error whose message is meant for the person who called."""


class InputError(ItssError):
    """A file or stream cannot be read as the data it should be."""

    def __init__(self, message: str, *, source: str = "", line: int | None = None, column: int | None = None) -> None:
        self.source = source
        self.line = line
        self.column = column
        place = ":".join(str(part) for part in (source, line, column) if part not in ("", None))
        super().__init__(f"{place}: {message}" if place else message)


class NoCandidatesError(InputError):
    """Nobody is in the input whose record it could be."""


class CallError(ItssError):
    """A call asks for something that does not exist or does not fit."""


class OntologyError(ItssError):
    """The ontology lacks something that the reading of the standard needs, or states it twice."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A clause naming the allowed word most like `word`, or nothing where none is like it."""
    found = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else ""
