"""What validation finds: a result, what a reader is told with it, how many there are, and the whole report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from itss_kg.graph import Literal, Term

__all__ = ["SEVERITIES", "Report", "Result", "Tally", "Told", "order"]

SEVERITIES = ("Violation", "Warning", "Info")


@dataclass(frozen=True)
class Result:
    """One validation result. `criterion` is what a level shape checks; `path` is Turtle, as a path may be more than an IRI."""

    focus: str
    severity: str
    shape: str
    component: str
    path: str
    value: Term | None
    messages: tuple[Literal, ...]
    criterion: str | None

    def message(self, language: str) -> str:
        """The message in a language, or any there is."""
        by_language = {item.language: item.lexical for item in self.messages}
        return by_language.get(language) or by_language.get("en") or next(iter(by_language.values()), "")


def order(item: Result) -> tuple[Any, ...]:
    """What results are sorted by; two with the same key are the same."""
    return (item.focus, SEVERITIES.index(item.severity), item.shape, item.component, item.path, str(item.value))


@dataclass(frozen=True)
class Told:
    """A result with what only the data tell: the line that names its node, and for an unmet criterion what was found."""

    result: Result
    heading: str
    said: str | None = None


@dataclass(frozen=True)
class Tally:
    """How much was looked at and how many results of each severity there are."""

    candidates: int
    claims: int
    counts: dict[str, int]

    @property
    def conforms(self) -> bool:
        """`sh:conforms`: there is no result at all."""
        return not any(self.counts.values())

    def fails(self, at: str = "Violation") -> bool:
        """Whether there is a result of the severity or a graver one."""
        return any(self.counts.get(name) for name in SEVERITIES[: SEVERITIES.index(at) + 1])


def counted(severities: Iterable[str]) -> dict[str, int]:
    """How many there are of each severity, the gravest first."""
    found = Counter(severities)
    return {name: found.get(name, 0) for name in SEVERITIES}


@dataclass(frozen=True)
class Report:
    """Everything that was checked and found; `candidates` and `claims` say how much was looked at."""

    results: tuple[Result, ...]
    candidates: int
    claims: tuple[tuple[str, str], ...]

    @property
    def tally(self) -> Tally:
        """The report in numbers."""
        return Tally(self.candidates, len(self.claims), self.counts())

    @property
    def conforms(self) -> bool:
        """`sh:conforms`: there is no result at all."""
        return not self.results

    def counts(self) -> dict[str, int]:
        """How many results of each severity there are, the gravest first."""
        return counted(item.severity for item in self.results)

    def fails(self, at: str = "Violation") -> bool:
        """Whether there is a result of the severity or a graver one."""
        return self.tally.fails(at)
