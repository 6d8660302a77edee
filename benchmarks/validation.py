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
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from itss_kg import Reading, load, read_candidates, sample, validate
from itss_kg.bulk.checking import Checker, Plan, Shapes
from itss_kg.bulk.lines import parsed
from itss_kg.bulk.validation import BATCH, shapes_of, validated
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
        shapes = shapes_of(reading)
        tallies: list[Tally] = []
        rows: list[tuple[str, Callable[[], object]]] = [
            ("`pyoxigraph.parse`, counting", lambda: floor(whole)),
            ("statements into columns, one process", lambda: frame(whole)),
            ("the same, brought together in batches", lambda: sum(1 for _ in batches(whole, shapes))),
            ("`shacl`, batches at hand, this process", lambda: at_hand(whole, shapes)),
            ("`shacl`, file to report, this process", lambda: tallies.append(report(whole, reading, shapes, 1))),
            ("`shacl`, file to report, 2 processes", lambda: tallies.append(report(whole, reading, shapes, 2))),
        ]
        times = [measured(call, options.repeat) for _, call in rows]
        reference, fixed = (
            measured(lambda path=path: validate(read_candidates([str(path)]), reading), 1) for path in (part, less)
        )
        command = measured(lambda: run(whole), 1)
    triples = sum(len(record.triples) for record in sample(reading.standard, options.candidates, seed=1))
    print(f"{options.candidates:,} candidates, {triples:,} statements; {versions()}; load {os.getloadavg()[0]:.1f}\n")
    print(f"Found: {tallies[-1].counts}; the same with one process and two: {len({str(tally) for tally in tallies}) == 1}\n")
    print("| what | s | relative to the parse | CPU s | relative |\n| --- | --- | --- | --- | --- |")
    many = options.candidates / (options.slice - options.slice // 3)
    for name, taken in (
        *((name, taken) for (name, _), taken in zip(rows, times, strict=True)),
        ("`itss-kg validate --engine shacl --jobs 2`, whole command", command),
        (f"pySHACL, from {options.slice} candidates", tuple(many * (a - b) for a, b in zip(reference, fixed, strict=True))),
    ):
        (wall, cpu), (floor_wall, floor_cpu) = taken, times[0]
        print(f"| {name} | {wall:.2f} | {wall / floor_wall:.2f} | {cpu:.2f} | {cpu / floor_cpu:.2f} |")
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


def batches(path: Path, shapes: Shapes) -> Iterator[pl.DataFrame]:
    return whole_records([frame(path)], shapes.own, shapes.looks.links, BATCH, path, 1)


def at_hand(path: Path, shapes: Shapes) -> int:
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(Plan(shapes, (), "shacl", None, Path(folder)))
        return sum(len(checker.check(number, rows).found) for number, rows in enumerate(batches(path, shapes)))


def report(path: Path, reading: Reading, shapes: Shapes, jobs: int) -> Tally:
    with validated(batches(path, shapes), reading, jobs=jobs, shapes=shapes) as found:
        return found.tally()


def run(path: Path) -> None:
    call = [sys.executable, "-m", "itss_kg", "validate", str(path), "--engine", "shacl", "--jobs", "2", "--limit", "0"]
    subprocess.run(call, check=False, stdout=subprocess.DEVNULL)


def versions() -> str:
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("pyoxigraph", "polars", "shacl", "pyshacl"))
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main()
