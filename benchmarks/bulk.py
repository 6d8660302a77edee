"""What `assess` takes on many records, beside `pyoxigraph.parse` merely reading them, in the same run.

    python -m benchmarks.bulk [CANDIDATES …] [--folder DIR] [--jobs N] [--shuffled CANDIDATES]

Prints a table in Markdown; `benchmarks/bulk.md` is such a table. Each command is a process of its own, as a user runs it,
its start included. Ratios are to the wall-clock time of the parse; processor time and memory are of all processes of a
command together.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import importlib.metadata
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_PARSE = "import sys, pyoxigraph; print(sum(1 for _ in pyoxigraph.parse(path=sys.argv[1])))"
_TURTLE = """import sys, pyoxigraph as ox
triples = (quad.triple for quad in ox.parse(path=sys.argv[1]))
ox.serialize(triples, sys.argv[2], format=ox.RdfFormat.TURTLE)"""


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of the processors, and MiB at the peak."""

    wall: float
    cpu: float
    memory: int


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("candidates", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--shuffled", type=int, default=100_000, help="no more are shuffled, which shuf does in memory, or made Turtle"
    )
    options = parser.parse_args()
    print(f"{versions()}; --jobs {options.jobs}\n")
    print(
        "| candidates | what | wall s | ratio | CPU s | CPU ratio | memory MiB |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for count in options.candidates:
            measure(count, Path(folder), str(options.jobs), shuffle=count <= options.shuffled)
    start()


def measure(count: int, folder: Path, jobs: str, *, shuffle: bool) -> None:
    source, shuffled, turtle, packed = (folder / f"{count}{name}" for name in (".nt", "-shuffled.nt", ".ttl", ".parquet"))
    with source.open("wb") as stream:
        subprocess.run([*itss("sample", str(count), "--seed", "1", "--format", "nt")], stdout=stream, check=True)
    floor = timed([sys.executable, "-c", _PARSE, str(source)])
    show(count, "`pyoxigraph.parse`, count only", floor, floor)
    output = str(folder / "verdicts.parquet")
    columns = ("--format", "parquet", "-o", output, "--jobs", jobs)
    show(count, "`assess` to Parquet", timed(itss("assess", str(source), *columns)), floor)
    show(count, "`pack`", timed(itss("pack", str(source), "-o", str(packed), "--jobs", jobs)), floor)
    show(count, "`assess` from the packed file", timed(itss("assess", str(packed), *columns)), floor)
    if shuffle:
        subprocess.run(["shuf", f"--random-source={source}", "-o", str(shuffled), str(source)], check=True)
        show(count, "`assess`, lines shuffled", timed(itss("assess", str(shuffled), *columns)), floor)
        shuffled.unlink()
        subprocess.run([sys.executable, "-c", _TURTLE, str(source), str(turtle)], check=True)
        show(count, "`assess`, as Turtle", timed(itss("assess", str(turtle), *columns)), floor)
        turtle.unlink()
    source.unlink()


def start() -> None:
    """How long a small command takes as a whole, beside an import of rdflib."""
    compare = min(timed(itss("compare", "consulting", "5", "6")).wall for _ in range(5))
    imported = min(timed([sys.executable, "-c", "import rdflib"]).wall for _ in range(5))
    print(
        f"\n`itss-kg compare consulting 5 6`: {compare:.2f} s, {compare / imported:.2f} of `import rdflib` ({imported:.2f} s)."
    )


def itss(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "itss-kg"), *arguments]


def adopt() -> None:
    """Have processes whose parent has ended become this one's, so that their time is counted."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def timed(command: list[str]) -> Taken:
    """What the command takes; in a second run, for looking at its memory time and again slows it down."""
    return Taken(*run(command)[:2], run(command, look=True)[2])


def run(command: list[str], *, look: bool = False) -> tuple[float, float, int]:
    """Seconds by the clock and of the processors, and MiB at the peak where that is looked at."""
    adopt()
    os.sync()  # what was written before is not to be brought to the disk meanwhile
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = watched(process) if look else 0
    if process.wait():
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    wall = time.perf_counter() - begin
    with contextlib.suppress(ChildProcessError):
        while True:  # what the command left to end by itself counts too
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def watched(process: subprocess.Popen[bytes]) -> int:
    """The most memory that the process and its children hold together, shared pages once (Pss), in MiB."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(held, family(process.pid))) >> 10)
        time.sleep(0.25)
    return peak


def family(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children")
    try:
        found = [int(name) for name in children.read_text().split()]
    except OSError:
        return []
    return [parent, *(one for child in found for one in family(child))]


def held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def show(count: int, what: str, taken: Taken, floor: Taken) -> None:
    ratios = f"{taken.wall / floor.wall:.2f} | {taken.cpu:.1f} | {taken.cpu / floor.cpu:.2f}"
    print(f"| {count:,} | {what} | {taken.wall:.1f} | {ratios} | {taken.memory:,} |", flush=True)


def versions() -> str:
    names = ("polars", "numpy", "numba", "pyoxigraph")
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main()
