"""A whole run: pieces worked on in parallel, what lies scattered brought together, and one output, whole or not there at all.

What is finished of a run lies in a folder beside its output, so that an interrupted run can be taken up again.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from itss_kg.bulk import findings, tasks
from itss_kg.bulk.ordered import among, different, merged, opened, repeated, written
from itss_kg.bulk.output import EVIDENT, header
from itss_kg.bulk.parts import Part, Tally
from itss_kg.bulk.plan import plan_of
from itss_kg.bulk.processes import Workers, as_done, workers_of
from itss_kg.bulk.sources import Piece, all_have_triples, pieces
from itss_kg.errors import CallError, InputError

__all__ = ["Options", "Summary", "run"]

_MIB = 1 << 20
_SHARE = 12  # a piece of text takes so many times its size in memory while it is worked on
_ROW = 700  # bytes that a scattered statement takes while a group of them is judged
_MANY = 64  # groups for which it is worth while to start other processes
_SAID = 100  # findings told one by one; the others are counted
_GROUP = 1 << 18  # scattered statements judged together: more of them are little faster and take more memory


@dataclass(frozen=True)
class Options:
    """How a run is done.

    `memory` is in MiB, for all processes together; with one of `jobs` everything is done in this process. `resume` goes on from
    what an interrupted run left. `piece` is how many bytes of text are worked on at once, where the memory is not to say so.
    """

    memory: int = 1024
    jobs: int = 1
    resume: bool = False
    language: str = "en"
    ontology: tuple[Path, ...] = ()
    input_format: str | None = None
    piece: int | None = None


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
        InputError: something in the input is wrong, or the output cannot be written.
        CallError: there is nothing to resume, or what there is came from another run; or a process was ended from outside.
    """
    folder = output.with_name(f".{output.name}.parts")
    _begin(folder, names, form, options)
    size = options.piece or max(_MIB, min(64 * _MIB, options.memory * _MIB // (_SHARE * options.jobs)))
    plan = plan_of(options.ontology)
    with workers_of(options.jobs, tasks.begin, (plan, options.language, folder, form in EVIDENT)) as workers:
        found = pieces(names, options.input_format, size)
        if form == "packed":  # to be packed again, records are to be kept, too
            found = (replace(piece, alone=False) for piece in found)
        parts = _first(workers, found, folder, options, progress)
        summary = Summary()
        extra = _scattered(workers, parts, folder, options, summary, keep=form == "packed")
        numbers = [*(part.number for part in parts), *extra]
        summary.found = findings.say_once(folder, [part.number for part in parts if part.found], extra)
        _write(workers, numbers, folder, output, form, header(form, plan.reading.standard))
        _sum_up(parts, numbers, folder, summary)
        (folder / "run.json").unlink()  # nothing is to be resumed any more
        list(workers.map(tasks.remove, numbers))
    shutil.rmtree(folder)
    return summary


def _begin(folder: Path, names: Sequence[str], form: str, options: Options) -> None:
    """Make the folder of parts, or go on with the one that is there."""
    files = [*names, *map(str, options.ontology)]
    known = {name: [Path(name).stat().st_size, Path(name).stat().st_mtime_ns] for name in files if Path(name).is_file()}
    asked = {name: value for name, value in vars(options).items() if name not in ("resume", "ontology")} | {"form": form}
    asked["ontology"] = list(map(str, options.ontology))
    mark = json.dumps({"version": version("itss-kg"), "files": known, **asked})  # parts of another version may lack something
    said = folder / "run.json"
    if options.resume:
        if not said.exists():
            raise CallError(f"nothing to resume: there is no {folder}; run it without --resume")
        if said.read_text(encoding="utf-8") != mark:
            raise CallError(
                f"{folder} is of another run: other files, other options or another version; run it without --resume"
            )
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", source=str(folder.parent)) from None
    said.write_text(mark, encoding="utf-8")


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
            if options.resume and (part := Part.load(folder, number)) is not None:
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
        summary.found += part.found
    for number in numbers:
        if len(summary.findings) < min(summary.found, _SAID):
            rows = findings.read(folder, number)[: _SAID - len(summary.findings)]
            summary.findings.extend((row["subject"], row["message"]) for row in rows)


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
