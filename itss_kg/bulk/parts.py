"""What is done with one piece of the input: verdicts on the candidates that lie whole in it, and what is left for later.

A candidate is judged at once where all that its record links to has statements in the same piece. Which subjects other pieces
also speak of shows at the end; the verdicts on the candidates that reach those are then taken back, and their statements, kept
as numbers meanwhile, go where scattered records are brought together.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk import findings
from itss_kg.bulk.batch import Batch, by_name, code, columns_of, hashes, relevant, statements_of, unordered_candidates
from itss_kg.bulk.evidence import with_evidence
from itss_kg.bulk.judging import judge_all
from itss_kg.bulk.ordered import among, distinct
from itss_kg.bulk.packing import packed, unpacked
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.rows import Rows
from itss_kg.bulk.sources import Piece
from itss_kg.bulk.suspects import Suspects
from itss_kg.bulk.together import pass_on, subjects_of

if TYPE_CHECKING:
    from itss_kg.bulk.columns import Columns

    Column = np.ndarray[Any, np.dtype[Any]]

_ARRAYS = ("subjects", "missing", "people", "affected", "marked", "roots", "links", "brought")

__all__ = ["Part", "Tally", "Worker"]


@dataclass
class Part:
    """What came of a piece: counts, how many candidates wait for more, the findings, and how many statements go on.

    Where candidates were judged, `going` is `None`: it is for `Worker.second` to say what goes on.
    """

    number: int
    triples: int
    candidates: int
    waiting: int
    found: int
    going: int | None

    def save(self, folder: Path) -> None:
        """Write it last of all that a piece leaves behind: it says that the rest is whole."""
        path = folder / f"part-{self.number:06}.json"
        path.with_suffix(".tmp").write_text(json.dumps(asdict(self)), encoding="utf-8")
        path.with_suffix(".tmp").replace(path)

    @classmethod
    def load(cls, folder: Path, number: int) -> Part | None:
        """What an earlier run left of it."""
        path = folder / f"part-{number:06}.json"
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


@dataclass
class Tally:
    """What a part's verdicts come to: who holds each level of each field, who lacks each criterion, and all candidates."""

    levels: dict[str, int]
    obstacles: dict[str, int]
    candidates: int

    @classmethod
    def load(cls, folder: Path, number: int) -> Tally:
        """What `Worker.keep` left."""
        return cls(**json.loads((folder / f"tally-{number:06}").read_text(encoding="utf-8")))


class Worker:
    """Works on pieces; what is costly to make is made once. With `evidence` verdicts say what shows them."""

    def __init__(self, plan: Plan, language: str, folder: Path, *, evidence: bool = False) -> None:
        self.plan = plan
        self._evidence = evidence
        self.rows = Rows(plan, language)
        self.suspects = Suspects(plan.reading.standard, language)
        self.folder = folder
        self._leading = np.array([text[1:-1] in plan.links for text in relevant(plan)])

    def first(self, number: int, piece: Piece, *, judge: bool = True) -> Part:
        """Judge what lies whole in the piece; keep its statements."""
        row = piece.packed() if piece.form == "packed" else None
        if row is not None:
            batch, said = unpacked(row, self.plan, piece.name), row["findings"][0].to_list()
            triples = len(batch.start)
        else:
            found = piece.statements()
            batch, triples = code(found, self.plan), len(found)
            said = findings.rows_of(self.suspects.findings(found))
        for kind in ("affected", "marked", "roots", "links", "going"):  # of a run that was interrupted here
            self._file(kind, number).unlink(missing_ok=True)
        whole = row is not None and piece.alone
        columns = columns_of(batch, self.plan)
        candidates = row["candidates"][0].to_numpy() if row is not None and whole else unordered_candidates(columns)
        waiting = np.full(len(candidates), not judge)
        if not whole:
            batch.save(self._file("rows", number))
            missing = self._missing(batch)
            waiting |= self._upwards(batch, missing)[candidates]
            names = hashes(batch.terms)
            np.save(self._file("subjects", number), distinct(names[subjects_of(batch)]))
            np.save(self._file("missing", number), distinct(names[missing]))
            if judge:
                np.save(self._file("people", number), np.stack([candidates, waiting]))
            else:
                np.save(self._file("affected", number), candidates)
                pass_on(self.folder, number, batch, candidates, self._leading)
        self.judge(number, columns, candidates[~waiting])
        findings.write(self.folder, number, said)
        going = None if judge or whole else len(batch.start)
        part = Part(number, triples, len(candidates), int(waiting.sum()), len(said), going)
        part.save(self.folder)
        return part

    def judge(self, number: int, columns: Columns, candidates: Column) -> None:
        """Judge some of the candidates, and keep the verdicts as those of a part."""
        judged = judge_all(columns, by_name(columns, candidates))
        verdicts = self.rows.frame(columns, judged)
        self.keep(number, with_evidence(verdicts, columns, judged) if self._evidence else verdicts)

    def contradictions(self, batch: Batch, candidates: Column) -> list[findings.Row]:
        """Values that contradict each other in what the candidates lead to."""
        start = np.zeros(len(batch.terms), bool)
        start[candidates] = True
        reached = self._downwards(batch, start)
        return findings.rows_of(self.suspects.contradictions(statements_of(batch, self.plan), reached))

    def keep(self, number: int, verdicts: pl.DataFrame) -> None:
        """Write a part's verdicts, and what they come to."""
        held = verdicts.group_by("field", "level").len().drop_nulls("level")
        lacking = verdicts["unmet"].explode().struct.field("criterion").drop_nulls().value_counts()
        tally = Tally(
            {f"{field}-L{level}": count for field, level, count in held.iter_rows()},
            dict(lacking.iter_rows()),
            verdicts.height // len(self.plan.reading.standard.fields),
        )
        self._file("tally", number).write_text(json.dumps(asdict(tally)), encoding="utf-8")
        path = self._file("verdicts", number)
        verdicts.write_ipc(path.with_suffix(".tmp"), compression="lz4")
        path.with_suffix(".tmp").replace(path)

    def packed(self, number: int) -> pl.DataFrame | None:
        """The candidates of a part that are judged with it, and all that they reach, as the row of a packed file."""
        batch = Batch.load(self._file("rows", number))
        brought, affected = self._file("brought", number), self._file("affected", number)
        start = np.zeros(len(batch.terms), bool)
        start[np.load(brought) if brought.exists() else unordered_candidates(columns_of(batch, self.plan))] = True
        if affected.exists():
            start[np.load(affected)] = False
        rows = np.flatnonzero(self._downwards(batch, start)[batch.start])
        kept, places = batch.renumbered(rows)
        said = findings.read(self.folder, number)
        return packed(kept, self.plan, places[start], said) if len(rows) or said else None

    def second(self, number: int, split: Column, wanted: Column) -> int:
        """Take out what other pieces also speak of: the statements that go on, and the candidates to be judged with them.

        Args:
            number: of the piece.
            split: hashes of the subjects that several pieces speak of.
            wanted: hashes of nodes that are linked to from pieces without statements about them.
        """
        batch = Batch.load(self._file("rows", number))
        names = hashes(batch.terms)
        parted, linked = among(names, split), among(names, wanted)
        candidates, waiting = np.load(self._file("people", number))
        again = self._upwards(batch, parted)[candidates]
        affected = candidates[again | waiting.astype(bool)]
        start = np.zeros(len(batch.terms), bool)
        start[affected] = True
        start |= subjects_of(batch) & (parted | linked)
        rows = np.flatnonzero(self._downwards(batch, start)[batch.start])
        if again.any():
            people = batch.terms.gather(candidates[again]).str.strip_chars("<>")
            verdicts = pl.read_ipc(self._file("verdicts", number))
            self.keep(number, verdicts.filter(~pl.col("candidate").is_in(people.implode())))
        going, places = batch.renumbered(rows)
        going.save(self._file("going", number))
        np.save(self._file("affected", number), affected)
        pass_on(self.folder, number, going, places[affected], self._leading)
        return len(rows)

    def _file(self, kind: str, number: int) -> Path:
        return self.folder / f"{kind}-{number:06}{'.npy' if kind in _ARRAYS else ''}"

    def _missing(self, batch: Batch) -> Column:
        """Nodes that a link leads to and about which nothing is said here; a literal has nothing to be said about."""
        found = np.zeros(len(batch.terms), bool)
        found[batch.edges(self._leading)[1]] = True
        found &= ~subjects_of(batch)
        places = np.flatnonzero(found)
        found[places] = ~batch.terms.gather(places).str.starts_with('"').to_numpy()
        return found

    def _upwards(self, batch: Batch, marked: Column) -> Column:
        """The nodes from which links lead to a marked one, and those."""
        starts, ends = batch.edges(self._leading)
        found = marked.copy()
        for _ in range(self.plan.depth):
            found[starts[found[ends]]] = True
        return found

    def _downwards(self, batch: Batch, marked: Column) -> Column:
        starts, ends = batch.edges(self._leading)
        found = marked.copy()
        for _ in range(self.plan.depth):
            found[ends[found[starts]]] = True
        return found
