"""The records of an input that an engine has to look at, found piece by piece in several processes.

Each piece is looked through by the column (`screening`) and kept on disk. When all were seen it is known which nodes several
pieces speak of; then each piece gives what an engine needs: the suspects, all that they lead to, and what leads to those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk import findings
from itss_kg.bulk.batch import hashes
from itss_kg.bulk.batch_rows import iri
from itss_kg.bulk.conforming import Linked
from itss_kg.bulk.lines import Statements
from itss_kg.bulk.ordered import among, different, distinct, repeated
from itss_kg.bulk.processes import as_done, workers_of
from itss_kg.bulk.screening import Screen, linked_nodes
from itss_kg.bulk.sources import Piece, all_have_triples
from itss_kg.bulk.suspects import Suspects
from itss_kg.namespaces import RDFS

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["Screened", "kept", "screened"]

Progress = Callable[[int, int], None]

_ORDERED = "subclasses"  # a file that is there where some piece orders classes, which concerns the nodes of all


@dataclass(frozen=True)
class Screened:
    """What is left to be looked at.

    `frames` are files of statements, `statements` how many there are. Of nodes among `partial` not everything is in them, and
    so nothing that is found at those counts: they are there for what they lead to. `people` are files of who was looked at,
    or `None` where nobody was yet. The `folder` has findings of so many `pieces`.
    """

    frames: list[Path]
    statements: int
    partial: frozenset[str] = frozenset()
    people: list[Path] | None = None
    folder: Path | None = None
    pieces: int = 0

    def not_understood(self) -> Iterator[list[findings.Row]]:
        """What the vocabulary does not account for, piece by piece; some may come again."""
        if self.folder is not None:
            for number in range(self.pieces):
                yield findings.read(self.folder, number)

    def looked_at(self) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
        """The candidates of the whole input and the claims of the standard's levels, piece by piece; some may come again."""
        for path in self.people or ():
            row = pl.read_ipc(path)
            candidates, claimants, claims = (row[name][0].to_list() for name in ("candidates", "claimants", "claims"))
            yield [iri(term) for term in candidates], list(zip(map(iri, claimants), claims, strict=True))


def screened(
    pieces: Iterable[Piece], screen: Screen, links: Sequence[str], folder: Path, jobs: int, progress: Progress
) -> Screened:
    """Look through all pieces.

    Args:
        pieces: the input.
        screen: what to look for.
        links: the properties along which shapes look back, or by which a node becomes their business.
        folder: an empty folder for files, which are needed for as long as the result is.
        jobs: how many processes.
        progress: is told the bytes read and the statements found since the last call.

    Raises:
        InputError: something in the input is wrong.
        CallError: a process was ended from outside.
    """
    with workers_of(jobs, _begin, (screen, tuple(links), folder), folder) as workers:
        numbers = list(range(_first(workers, pieces, jobs, progress)))
        _cross(folder, numbers)  # what `_second` goes by
        given = list(workers.map(_second, numbers))
    return Screened(
        [folder / f"given-{number:06}" for number, (statements, _) in zip(numbers, given, strict=True) if statements],
        sum(statements for statements, _ in given),
        frozenset(name for _, names in given for name in names),
        [folder / f"people-{number:06}" for number in numbers],
        folder if screen.vocabulary is not None else None,
        len(numbers),
    )


def kept(pieces: Iterable[Piece], folder: Path, progress: Progress, vocabulary: Suspects) -> Screened:
    """All statements of the pieces, at none of which the shapes were held yet."""
    frames: list[Path] = []
    sizes = Counter[str]()
    for number, piece in enumerate(pieces):
        frames.append(folder / f"given-{number:06}")
        found = piece.statements()
        found.frame().write_ipc(frames[-1])
        findings.write(folder, number, findings.rows_of(vocabulary.findings(found)))
        sizes[piece.name] += len(found)
        progress(piece.weight, len(found))
    all_have_triples(sizes)
    return Screened(frames, sizes.total(), folder=folder, pieces=len(frames))


def _first(workers: Executor, pieces: Iterable[Piece], jobs: int, progress: Progress) -> int:
    """Look through each piece; how many there are."""
    sizes = Counter[str]()
    found = as_done(lambda item: workers.submit(_looked_through, *item), enumerate(pieces), jobs + 1)
    count = 0
    for (_, piece), statements in found:
        count += 1
        sizes[piece.name] += statements
        progress(piece.weight, statements)
    all_have_triples(sizes)
    return count


def _cross(folder: Path, numbers: Sequence[int]) -> None:
    """Find the nodes that several pieces speak of, and those that one piece speaks of and another leads to."""

    def files(kind: str) -> list[Path]:
        return [folder / f"{kind}-{number:06}.npy" for number in numbers]

    split = _whole(repeated(files("subjects")))
    outside = _whole(different(files("outside")))
    led_to = [subjects[among(subjects, outside)] for subjects in map(np.load, files("subjects"))]
    texts = {text for number in numbers for text in pl.read_ipc(folder / f"people-{number:06}")["texts"][0]}
    pl.DataFrame({"text": sorted(texts)}, schema={"text": pl.String}).write_ipc(folder / "texts")
    np.save(folder / "split.npy", split)
    np.save(folder / "cross.npy", distinct(np.concatenate([split, *repeated(files("arriving")), *led_to])))


def _whole(shares: Iterable[Column]) -> Column:
    return np.concatenate([np.zeros(0, np.uint64), *shares])


@dataclass(frozen=True)
class _Worker:
    screen: Screen
    links: tuple[str, ...]
    folder: Path

    def first(self, number: int, piece: Piece) -> int:
        """Find the suspects; keep the statements."""
        found = piece.statements()
        linked = Linked(found)
        if self.screen.vocabulary is not None:
            findings.write(self.folder, number, findings.rows_of(self.screen.vocabulary.findings(found)))
        np.save(self._file("suspects", number), self.screen.suspects(linked))
        if RDFS.subClassOf in linked.properties:
            (self.folder / _ORDERED).touch()
        names = hashes(linked.terms)
        subjects = linked.marked(found.subject)
        outside = linked.marked(found.object) & ~subjects & ~linked.literal
        arriving = np.concatenate([np.zeros(0, np.int64), *(linked.edges(name)[1] for name in self.links)])
        self._people(number, linked, linked.terms.gather(np.unique(arriving[linked.literal.take(arriving)])))
        np.save(self._file("subjects", number), distinct(names[subjects]))
        np.save(self._file("outside", number), distinct(names[outside]))
        np.save(self._file("arriving", number), distinct(names[arriving]))
        found.save(self.folder / f"rows-{number:06}")
        return len(found)

    def second(self, number: int) -> tuple[int, list[str]]:
        """Write what an engine needs of the piece: how many statements, and the nodes that not all is given of."""
        suspects = np.load(self._file("suspects", number))
        if (self.folder / _ORDERED).exists():
            suspects[:] = True
        split, cross = np.load(self.folder / "split.npy"), np.load(self.folder / "cross.npy")
        if not suspects.any() and not len(cross):
            return 0, []
        found = Statements.load(self.folder / f"rows-{number:06}")
        names = hashes(found.terms)
        crossing = among(names, cross)
        if not suspects.any() and not crossing.any():
            return 0, []
        linked = Linked(found)
        # what is said elsewhere of a node counts for all that lead to it here
        elsewhere = among(names, split) | (crossing & ~linked.marked(found.subject))
        wanted = suspects | crossing | linked_nodes(linked, elsewhere, back=True)
        # results name a literal by its text alone, so that a node of the same name must not be given in part
        texts = pl.read_ipc(self.folder / "texts")["text"].to_list()
        wanted[list(linked.places([*(f"<{text}>" for text in texts), *texts]).values())] = True
        whole = linked_nodes(linked, wanted, back=False)
        back = np.array([text[1:-1] in self.links for text in found.properties], bool)
        arriving = whole.take(found.object) & back.take(found.predicate) & ~whole.take(found.subject)
        rows = np.flatnonzero(whole.take(found.subject) | arriving)
        found.frame(rows).write_ipc(self.folder / f"given-{number:06}")
        partial = found.terms.gather(np.unique(found.subject[arriving]))
        return len(rows), [iri(term) for term in partial.to_list()]

    def _people(self, number: int, linked: Linked, literals: pl.Series) -> None:
        claimants, claims = self.screen.claims(linked)
        candidates = linked.terms.gather(self.screen.candidates(linked))
        lists = {
            "candidates": candidates,
            "claimants": linked.terms.gather(claimants),
            "claims": pl.Series(claims, dtype=pl.String),
            "texts": pl.Series([iri(term) for term in literals], dtype=pl.String),
        }
        pl.DataFrame({name: column.implode() for name, column in lists.items()}).write_ipc(self.folder / f"people-{number:06}")

    def _file(self, kind: str, number: int) -> Path:
        return self.folder / f"{kind}-{number:06}.npy"


_workers: list[_Worker] = []  # the one of this process


def _begin(screen: Screen, links: tuple[str, ...], folder: Path) -> None:
    _workers[:] = [_Worker(screen, links, folder)]


def _looked_through(number: int, piece: Piece) -> int:
    return _workers[0].first(number, piece)


def _second(number: int) -> tuple[int, list[str]]:
    return _workers[0].second(number)
