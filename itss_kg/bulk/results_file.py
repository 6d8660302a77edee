"""Results in a file of their own, each once and in order, however many there are and whichever batch they come from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from itss_kg.graph import Literal, Term
from itss_kg.results import SEVERITIES, Result, Tally, Told, order

__all__ = ["ResultsFile"]

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE result (focus, rank, shape, component, path, value, rest, held,
    PRIMARY KEY (focus, rank, shape, component, path, value)) WITHOUT ROWID;
CREATE TABLE candidate (node PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE claim (node, claimed, PRIMARY KEY (node, claimed)) WITHOUT ROWID;
CREATE TABLE finding (node, subject, message, PRIMARY KEY (node, message)) WITHOUT ROWID;
"""
_LISTED = """
SELECT focus, rank, shape, component, path, rest FROM result
ORDER BY focus, rank, shape, component, path, value LIMIT ?
"""


class ResultsFile:
    """A temporary database; whoever opens it removes its folder."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path)
        self._base.executescript(_TABLES)

    def close(self) -> None:
        """Give the file back."""
        self._base.close()

    def add(self, found: Iterable[Told], *, held: bool) -> None:
        """Add results; those that are there already change nothing."""
        rows = ((*order(item.result), _rest(item), held) for item in found)
        self._base.executemany("INSERT OR IGNORE INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def look_at(self, candidates: Iterable[str], claims: Iterable[tuple[str, str]]) -> None:
        """Count the candidates and claims, each once."""
        self._base.executemany("INSERT OR IGNORE INTO candidate VALUES (?)", ((node,) for node in candidates))
        self._base.executemany("INSERT OR IGNORE INTO claim VALUES (?, ?)", claims)

    def replace_held(self, nodes: Iterable[str], results: Iterable[Told]) -> None:
        """Put results in the place of those that single batches gave of nodes that several batches speak of."""
        for node in nodes:
            self._base.execute("DELETE FROM result WHERE focus = ? AND held", (node,))
        self.add(results, held=True)

    def add_not_understood(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Add what the vocabulary does not account for, as `findings` has it, each once."""
        values = ((row["node"], row["subject"], row["message"]) for row in rows)
        self._base.executemany("INSERT OR IGNORE INTO finding VALUES (?, ?, ?)", values)

    def beside_results(self) -> Iterator[tuple[str, str]]:
        """Subject and message of what was not understood at nodes of which no result speaks."""
        yield from self._base.execute(
            "SELECT subject, message FROM finding WHERE node NOT IN (SELECT focus FROM result) ORDER BY subject, message"
        )

    def tally(self) -> Tally:
        """The results in numbers."""
        found = dict(self._base.execute("SELECT rank, count(*) FROM result GROUP BY rank"))
        candidates, claims = (
            int(self._base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  # two names, here
            for table in ("candidate", "claim")
        )
        return Tally(candidates, claims, {name: found.get(rank, 0) for rank, name in enumerate(SEVERITIES)})

    def results(self, limit: int | None = None) -> Iterator[Told]:
        """The results in the order of `results.order`, so many at most."""
        rows = self._base.execute(_LISTED, (-1 if limit is None else limit,))
        for focus, rank, shape, component, path, rest in rows:
            value, messages, criterion, heading, said = json.loads(rest)
            said_in = tuple(Literal(*item) for item in messages)
            result = Result(focus, SEVERITIES[rank], shape, component, path, _term(value), said_in, criterion)
            yield Told(result, heading, said)

    def candidates(self) -> list[str]:
        """All candidates."""
        return [node for (node,) in self._base.execute("SELECT node FROM candidate ORDER BY node")]

    def claims(self) -> tuple[tuple[str, str], ...]:
        """All claims."""
        return tuple(self._base.execute("SELECT node, claimed FROM claim ORDER BY node, claimed"))


def _rest(item: Told) -> str:
    result = item.result
    return json.dumps([result.value, result.messages, result.criterion, item.heading, item.said], ensure_ascii=False)


def _term(value: str | list[str] | None) -> Term | None:
    return Literal(*value) if isinstance(value, list) else value
