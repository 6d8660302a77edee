"""The SHACL report on many candidates, relative to merely reading their N-Triples, in the same run.

    python -m benchmarks.validation [CANDIDATES] [--repeat N] [--slice N]

All shapes that `validate` applies: the form of records, and the levels claimed. Prints a table in Markdown;
`benchmarks/validation.md` is such a table. Each figure is the least of the repetitions. pySHACL is asked about a small
and a larger slice; what the larger takes longer is multiplied.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from benchmarks.bulk import adopt
from itss_kg import Reading, load, read_candidates, sample, validate
from itss_kg.bulk.checking import Shapes
from itss_kg.bulk.lines import parsed
from itss_kg.bulk.screened import screened
from itss_kg.bulk.sources import Piece, pieces
from itss_kg.bulk.validated_input import piece_size, validated_input
from itss_kg.bulk.validation import BATCH, screen_of, shapes_of, validated
from itss_kg.bulk.whole_records import whole_records
from itss_kg.records import write
from itss_kg.results import Tally


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("candidates", nargs="?", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--slice", type=int, default=60)
    options = parser.parse_args()
    reading = Reading(load())
    with tempfile.TemporaryDirectory() as folder:
        whole, part, less = (Path(folder) / f"{name}.nt" for name in ("whole", "slice", "less"))
        for path, count in ((whole, options.candidates), (part, options.slice), (less, options.slice // 3)):
            with path.open("w", encoding="utf-8") as stream:
                write(sample(reading.standard, count, seed=1), stream, "nt")
        command = measured(lambda: run(whole), options.repeat)  # before this process has others of its own, which never end
        shapes = shapes_of(reading)
        tallies: list[Tally] = []
        left: list[int] = []
        rows: list[tuple[str, Callable[[], object]]] = [
            ("`pyoxigraph.parse`, counting", lambda: floor(whole)),
            ("statements into columns, one process", lambda: frame(whole)),
            ("looked through by the column, this process", lambda: left.append(looked_through(whole, reading, shapes))),
            ("`shacl`, all in batches, this process", lambda: tallies.append(in_batches(whole, reading, shapes))),
            ("`shacl`, file to report, this process", lambda: tallies.append(report(whole, reading, shapes, 1))),
            ("`shacl`, file to report, 2 processes", lambda: tallies.append(report(whole, reading, shapes, 2))),
        ]
        times = [measured(call, options.repeat) for _, call in rows]
        reference, fixed = (
            measured(lambda path=path: validate(read_candidates([str(path)]), reading), 1) for path in (part, less)
        )
    triples = sum(len(record.triples) for record in sample(reading.standard, options.candidates, seed=1))
    print(f"{options.candidates:,} candidates, {triples:,} statements; {versions()}; load {os.getloadavg()[0]:.1f}\n")
    same = len({str(tally) for tally in tallies}) == 1
    print(f"Found: {tallies[-1].counts}; the same in all ways: {same}. Statements given to the engine: {left[-1]:,}.\n")
    print("| what | s | relative to the parse | CPU s | relative |\n| --- | --- | --- | --- | --- |")
    many = options.candidates / (options.slice - options.slice // 3)
    for name, taken in (
        *((name, taken) for (name, _), taken in zip(rows, times, strict=True)),
        ("`itss-kg validate --engine shacl --jobs 2`, whole command", command),
        (f"pySHACL, from {options.slice} candidates", tuple(many * (a - b) for a, b in zip(reference, fixed, strict=True))),
    ):
        (wall, cpu), (floor_wall, floor_cpu) = taken, times[0]
        spent = (
            "| –" * 2 if name.endswith("report, 2 processes") else f"| {cpu:.2f} | {cpu / floor_cpu:.2f}"
        )  # theirs is unknown
        print(f"| {name} | {wall:.2f} | {wall / floor_wall:.2f} {spent} |")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nLargest child process: {peak:.0f} MiB.")


def measured(call: Callable[[], object], repeat: int) -> tuple[float, float]:
    """The least time on the clock and the least of the processor, of this process and its children together."""
    taken = []
    for _ in range(repeat):
        start, used = time.perf_counter(), processor()
        call()
        taken.append((time.perf_counter() - start, processor() - used))
    return min(wall for wall, _ in taken), min(cpu for _, cpu in taken)


def processor() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def floor(path: Path) -> int:
    return sum(1 for _ in ox.parse(path=path, format=ox.RdfFormat.N_TRIPLES))


def frame(path: Path) -> pl.DataFrame:
    return parsed(path.read_bytes(), "ntriples", str(path)).frame()


def looked_through(path: Path, reading: Reading, shapes: Shapes) -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = cut(path, 1)
        return screened(found, screen_of(shapes, reading), shapes.looks.links, Path(folder), 1, lambda *_: None).statements


def in_batches(path: Path, reading: Reading, shapes: Shapes) -> Tally:
    batches = whole_records([frame(path)], shapes.own, shapes.looks.links, BATCH, path, 1)
    with validated(batches, reading, shapes=shapes) as found:
        return found.tally()


def report(path: Path, reading: Reading, shapes: Shapes, jobs: int) -> Tally:
    with validated_input(cut(path, jobs), reading, jobs=jobs, progress=quiet, shapes=shapes) as found:
        return found.tally()


def cut(path: Path, jobs: int) -> Iterator[Piece]:
    return pieces([str(path)], None, piece_size(1024, jobs))


@contextmanager
def quiet(*_: object) -> Iterator[Callable[..., None]]:
    yield lambda *_: None


def run(path: Path) -> None:
    call = [sys.executable, "-m", "itss_kg", "validate", str(path), "--engine", "shacl", "--jobs", "2", "--limit", "0"]
    adopt()
    subprocess.run(call, check=False, stdout=subprocess.DEVNULL)
    with suppress(ChildProcessError):
        while True:  # the processes that the command left to end by themselves
            os.wait()


def versions() -> str:
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("pyoxigraph", "polars", "shacl", "pyshacl"))
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main()
