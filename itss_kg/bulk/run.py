"""A whole run: pieces worked on in parallel, what lies scattered brought together, and one output, whole or not there at all.

What is finished of a run lies in a folder beside its output, so that an interrupted run can be taken up again.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from itss_kg.bulk import findings, tasks
from itss_kg.bulk.folder import Asked, begun, folder_of, piece_of, stamped
from itss_kg.bulk.ordered import among, different, merged, opened, repeated, written
from itss_kg.bulk.output import EVIDENT, header
from itss_kg.bulk.parts import Part, Tally
from itss_kg.bulk.plan import plan_of
from itss_kg.bulk.processes import Workers, as_done, workers_of
from itss_kg.bulk.sources import Piece, all_have_triples, pieces
from itss_kg.errors import CallError, without_candidates
from itss_kg.findings_file import write_findings
from itss_kg.input import expand
from itss_kg.output import BOM, mode_for

__all__ = ["Options", "Summary", "run"]

_MIB = 1 << 20
_LARGEST = 64 << 20  # bytes of a piece; larger ones are no faster
_SHARE = 12  # a piece of text takes so many times its size in memory while it is worked on
_ROW = 700  # bytes that a scattered statement takes while a group of them is judged
_MANY = 64  # groups for which it is worth while to start other processes
_SAID = 100  # findings told one by one; the others are counted
_GROUP = 1 << 18  # scattered statements judged together: more of them are little faster and take more memory


@dataclass(frozen=True)
class Options:
    """How a run is done.

    `memory` is in MiB, for all processes together; with one of `jobs` everything is done in this process. `resume` goes on from
    what an interrupted run left, with pieces of its size. `piece` is how many bytes of text are worked on at once, where the
    memory is not to say so. `findings` is the file for all that was not understood. `bom` has CSV begin with a byte order mark.
    Blank nodes of different files are different, unless these are no longer `apart`.
    """

    memory: int = 1024
    jobs: int = 1
    resume: bool = False
    language: str = "en"
    ontology: tuple[Path, ...] = ()
    input_format: str | None = None
    piece: int | None = None
    findings: Path | None = None
    bom: bool = False
    apart: bool = True

    @property
    def piece_within_memory(self) -> int:
        """How many bytes of text may be worked on at once."""
        return max(_MIB, min(_LARGEST, self.memory * _MIB // (_SHARE * self.jobs)))


@dataclass
class Summary:
    """What came of a run; `levels` counts candidates by field and level, `obstacles` by the criteria that they lack."""

    triples: int = 0
    candidates: int = 0
    scattered: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    obstacles: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, str]] = field(default_factory=list)
    found: int = 0


Progress = Callable[[int, int], None]


def run(names: Sequence[str], output: Path, form: str, options: Options, progress: Progress = lambda *_: None) -> Summary:
    """Assess the candidates in the files and write the verdicts to a file.

    Args:
        names: as for `sources.pieces`.
        output: where to; it appears when it is whole.
        form: a key of `output.FORMATS`, or `parquet`, or `packed`.
        options: see there.
        progress: called with the bytes read and the triples found since the last call.

    Raises:
        InputError: something in the input is wrong, it has no candidates, or the output cannot be written.
        CallError: as `folder.begun`; or a process was ended from outside.
    """
    size = options.piece or (piece_of(output) if options.resume else None) or options.piece_within_memory
    plan = plan_of(options.ontology)
    names = expand(names)
    files = stamped([*names, *map(str, plan.reading.standard.sources)])
    ontology = list(map(str, options.ontology))
    asked = Asked(version("itss-kg"), form, options.language, options.input_format, ontology, files, size)
    arguments = (plan, options.language, folder_of(output), form in EVIDENT)
    if options.resume and "-" in names:
        raise CallError("what comes from standard input cannot be resumed, for it is gone; run it without --resume")
    with ExitStack() as stack:
        folder = stack.enter_context(begun(output, asked, resume=options.resume))
        workers = stack.enter_context(workers_of(options.jobs, tasks.begin, arguments, folder))
        found = pieces(names, options.input_format, size, apart=options.apart)
        if form == "packed":  # to be packed again, records are to be kept, too
            found = (replace(piece, alone=False) for piece in found)
        parts = _first(workers, found, folder, options, progress)
        summary = Summary()
        extra = _scattered(workers, parts, folder, options, summary, keep=form == "packed")
        numbers = [*(part.number for part in parts), *extra]
        summary.found = findings.say_once(folder, [part.number for part in parts if part.found], extra)
        _sum_up(parts, numbers, folder, summary)
        if not summary.candidates:
            raise without_candidates(" ".join(names), summary.triples)
        if options.findings is not None:
            write_findings(findings.told(folder, numbers), options.findings, bom=options.bom)
        head = header(form, plan.reading.standard)
        _write(workers, numbers, folder, output, form, BOM + head if options.bom and form == "csv" else head)
        (folder / "run.json").unlink()  # nothing is to be resumed any more
        list(workers.map(tasks.remove, numbers))
    return summary


def _first(workers: Executor, found: Iterable[Piece], folder: Path, options: Options, progress: Progress) -> list[Part]:
    """Each piece's part, in the order of the input; those that an interrupted run has left are not made again."""
    sizes: Counter[str] = Counter()
    parts: list[Part] = []
    scattered = False

    def seen(piece: Piece, part: Part) -> None:
        nonlocal scattered
        parts.append(part)
        sizes[piece.name] += part.triples
        scattered = scattered or part.going is not None or part.waiting * 2 > part.candidates > 0
        progress(piece.weight, part.triples)

    def left() -> Iterator[tuple[int, Piece]]:
        for number, piece in enumerate(found):
            if options.resume and piece.lasting and (part := Part.load(folder, number)) is not None:
                seen(piece, part)
            else:
                yield number, piece

    for (_, piece), part in as_done(lambda item: workers.submit(tasks.first, *item, not scattered), left(), options.jobs + 1):
        seen(piece, part)
    all_have_triples(sizes)
    return sorted(parts, key=lambda part: part.number)


def _scattered(
    workers: Workers, parts: Sequence[Part], folder: Path, options: Options, summary: Summary, *, keep: bool
) -> list[int]:
    """Judge the candidates whose records lie in several pieces; the numbers of the parts made of them."""
    numbers = [part.number for part in parts]
    split, wanted = folder / "split", folder / "wanted"
    known = written(repeated(_files(folder, "subjects", numbers)), split)
    known += written(different(_files(folder, "missing", numbers)), wanted)
    if known == 0 and all(part.going is None for part in parts):
        return []
    start = max(numbers) + 1
    whole = [part.number for part in parts if part.going is not None]
    concerned = opened(split), opened(wanted)
    apart = [part.number for part in parts if part.going is None and _concerns(folder, part.number, concerned)]
    rows = sum(part.going or 0 for part in parts) + sum(workers.map(tasks.second, apart))
    numbers = sorted([*whole, *apart])
    summary.scattered = written(different(_files(folder, "roots", numbers)), folder / "roots")
    groups = rows // max(1, min(_GROUP, options.memory * _MIB // (options.jobs * _ROW))) + 1
    if groups == 1:
        return [workers.submit(tasks.judge_all_scattered, start, numbers, keep).result()]
    shutil.rmtree(folder / "grouping", ignore_errors=True)
    (folder / "grouping").mkdir()
    merged(_files(folder, "links", numbers), folder / "links.npy")
    merged(list(workers.map(tasks.reach, range(groups), repeat(groups))), folder / "groups.npy")
    list(workers.map(tasks.deal, numbers, repeat(groups)))
    if groups > _MANY:
        workers.renew()  # these hold the memory that the largest piece took
    return list(workers.map(tasks.judge_group, range(start, start + groups), range(groups), repeat(groups), repeat(keep)))


def _concerns(folder: Path, number: int, names: Iterable[np.ndarray[Any, np.dtype[np.uint64]]]) -> bool:
    """Whether a piece speaks of any of the names, or links to what it does not speak of."""
    subjects, missing = (np.load(folder / f"{kind}-{number:06}.npy") for kind in ("subjects", "missing"))
    return bool(len(missing) or any(among(subjects, some).any() for some in names))


def _files(folder: Path, kind: str, numbers: Sequence[int]) -> list[Path]:
    """What the parts left of a kind; those of a packed file that is the whole input leave nothing."""
    return [path for number in numbers if (path := folder / f"{kind}-{number:06}.npy").exists()]


def _sum_up(parts: Sequence[Part], numbers: Sequence[int], folder: Path, summary: Summary) -> None:
    """Add up what came of the pieces, and what all the verdicts come to."""
    for number in numbers:
        tally = Tally.load(folder, number)
        summary.levels.update(tally.levels)
        summary.obstacles.update(tally.obstacles)
        summary.candidates += tally.candidates
    for part in parts:
        summary.triples += part.triples
    summary.findings.extend(islice(findings.told(folder, numbers), min(summary.found, _SAID)))


def _write(workers: Executor, numbers: Sequence[int], folder: Path, output: Path, form: str, head: str) -> None:
    """Write each part in the form asked for, then one after another to a file that then takes the output's name."""
    if form != "parquet":
        list(workers.map(tasks.render, numbers, repeat(form)))
    texts = [folder / f"text-{number:06}" for number in numbers]
    whole = folder / "whole"
    if form == "packed":
        found = [text for text in texts if text.exists()]
        pl.scan_parquet(found).sink_parquet(whole, row_group_size=1)
    elif form == "parquet":
        pl.scan_ipc([folder / f"verdicts-{number:06}" for number in numbers]).sink_parquet(whole)
    else:
        _joined(texts, whole, form, head)
    whole.chmod(mode_for(output))
    whole.replace(output)


def _joined(texts: Sequence[Path], whole: Path, form: str, head: str) -> None:
    with whole.open("wb") as stream:
        stream.write(head.encode())
        if form == "json":
            rows = (line for text in texts for line in text.read_bytes().splitlines())
            lines = sorted(rows, key=lambda line: line.partition(b'","field":')[0])
            stream.write(b"[\n" + b",\n".join(lines) + b"\n]\n" if lines else b"[]\n")
            return
        for text in texts:
            with text.open("rb") as part:
                shutil.copyfileobj(part, stream, _MIB)
