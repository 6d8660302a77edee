"""What SHACL shapes ask, as tests and paths that columns can work out; a test has its parts by their places in a plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = [
    "All",
    "Among",
    "Any",
    "Back",
    "Bound",
    "Count",
    "Datatype",
    "Either",
    "Kind",
    "Link",
    "Maybe",
    "Not",
    "Path",
    "Row",
    "Test",
    "Unknown",
    "Values",
]


@dataclass(frozen=True)
class Link:
    """One step along a property."""

    name: str


@dataclass(frozen=True)
class Back:
    """`sh:inversePath` of a property."""

    name: str


@dataclass(frozen=True)
class Row:
    """A sequence path."""

    steps: tuple[Path, ...]


@dataclass(frozen=True)
class Either:
    """`sh:alternativePath`."""

    ways: tuple[Path, ...]


@dataclass(frozen=True)
class Maybe:
    """`sh:zeroOrOnePath`."""

    step: Path


Path = Link | Back | Row | Either | Maybe


@dataclass(frozen=True)
class Unknown:
    """A constraint that columns know nothing of."""


@dataclass(frozen=True)
class All:
    """What conforms to all tests, given by their places in the plan."""

    parts: tuple[int, ...]


@dataclass(frozen=True)
class Any:
    """What conforms to one of the tests."""

    parts: tuple[int, ...]


@dataclass(frozen=True)
class Not:
    """What does not conform to the test."""

    part: int


@dataclass(frozen=True)
class Values:
    """Nodes all of whose values conform to a test."""

    path: Path
    part: int


@dataclass(frozen=True)
class Count:
    """Nodes with so many different values that conform to a test."""

    path: Path
    part: int
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Kind:
    """`sh:nodeKind`."""

    name: str


@dataclass(frozen=True)
class Datatype:
    """`sh:datatype`."""

    name: str


@dataclass(frozen=True)
class Among:
    """The terms themselves, as N-Triples writes them."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """Numbers on one side of a bound: the component says which."""

    component: str
    value: Decimal


Test = Unknown | All | Any | Not | Values | Count | Kind | Datatype | Among | Bound
