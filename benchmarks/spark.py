"""What Spark costs beside the embedded engine, on the same records in one run, and how much it moves between machines.

    python -m benchmarks.spark [CANDIDATES]

Prints a table in Markdown, such as `benchmarks/spark.md`. Each run is a process of its own, on one core, with its start;
the processor time is that of all its processes. Bytes are from Spark's own event log.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LAYOUTS = {"together": "one file, each candidate's lines together", "scattered": "ten files, all lines shuffled"}
RUNS = {
    "parse": "import sys, pyoxigraph as ox\nfor name in sys.argv[2:]:\n    for _ in ox.parse(path=name): pass",
    "embedded": """if __name__ == "__main__":
    import sys
    from pathlib import Path
    from itss_kg.bulk.run import Options, run
    run(sys.argv[2:], Path(sys.argv[1]), "parquet", Options(jobs=1))""",
    "spark": """import sys
from itss_kg import Reading, load
from itss_kg.bulk.spark.run import assess_on_spark
assess_on_spark(sys.argv[2:], "local[1]", sys.argv[1], Reading(load()))""",
}
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("candidates", nargs="?", type=int, default=100_000)
    count = parser.parse_args().candidates
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (count // 4, count):
            for layout in LAYOUTS:
                place = folder / f"{layout}-{size}"
                files = made(place, size, layout)
                for run in RUNS:
                    rows.append((size, layout, run, *measured(run, files, place)))
    print(f"{versions()}; load average {os.getloadavg()[0]:.1f} at the end\n")
    print("| candidates | input | run | seconds | processor seconds | shuffled bytes a candidate | kept bytes a candidate |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size, layout, run, seconds, processor, moved, kept in rows:
        per = [f"{value / size:,.0f}" if value is not None else "" for value in (moved, kept)]
        print(f"| {size:,} | {layout} | {run} | {seconds:.1f} | {processor:.1f} | {per[0]} | {per[1]} |")
    print()
    for layout, about in LAYOUTS.items():
        for run in RUNS:
            (small, less), (large, more) = ((r[0], r[4]) for r in rows if r[1:3] == (layout, run))
            slope = (more - less) / (large - small) * 1e6
            print(f"- {run}, {layout} ({about}): {slope:,.0f} processor seconds per million candidates beyond the start.")


def made(folder: Path, count: int, layout: str) -> list[str]:
    """Sampled records as files."""
    folder.mkdir()
    whole = folder / "all.nt"
    with whole.open("wb") as stream:
        command = [sys.executable, "-m", "itss_kg", "sample", str(count), "--seed", "1", "--format", "nt"]
        subprocess.run(command, stdout=stream, check=True)
    if layout == "together":
        return [str(whole)]
    lines = whole.read_bytes().splitlines(keepends=True)
    random.Random(1).shuffle(lines)  # noqa: S311  # disorder, not secrecy
    whole.unlink()
    for place in range(10):
        (folder / f"part-{place}.nt").write_bytes(b"".join(lines[place::10]))
    return sorted(map(str, folder.glob("*.nt")))


def measured(run: str, files: list[str], folder: Path) -> tuple[float, float, int | None, int | None]:
    """Seconds, processor seconds of all processes, and what Spark says it shuffled and kept."""
    log = folder / "events"
    log.mkdir(exist_ok=True)
    settings = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": log.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.logBlockUpdates.enabled": "true",
        "spark.driver.memory": "1g",
    }
    arguments = " ".join(f"--conf {key}={value}" for key, value in settings.items())
    one = {"POLARS_MAX_THREADS": "1", "PYSPARK_SUBMIT_ARGS": f"{arguments} pyspark-shell"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", RUNS[run], str(folder / f"out-{run}"), *files],
        env={**os.environ, **one},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    used: dict[int, float] = {}
    while process.poll() is None:
        used.update(processor_times(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{run} failed")
    moved, kept = told(log) if run == "spark" else (None, None)
    return seconds, sum(used.values()), moved, kept


def processor_times(root: int) -> dict[int, float]:
    """Seconds of each process that a process has started, and of itself."""
    parents: dict[int, int] = {}
    times: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        parents[pid] = int(fields[1])
        times[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
    ours = {root}
    while fresh := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= fresh
    return {pid: times[pid] for pid in ours if pid in times}


def told(log: Path) -> tuple[int, int]:
    """The bytes that tasks wrote for a shuffle, and the bytes of blocks kept on disk."""
    moved = kept = 0
    events: list[dict[str, Any]] = [json.loads(line) for path in log.iterdir() for line in path.read_text().splitlines()]
    for event in events:
        if event["Event"] == "SparkListenerTaskEnd":
            moved += event.get("Task Metrics", {}).get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
        elif event["Event"] == "SparkListenerBlockUpdated" and event["Block Updated Info"]["Block ID"].startswith("rdd_"):
            kept += event["Block Updated Info"]["Disk Size"]
    return moved, kept


def versions() -> str:
    packages = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("pyoxigraph", "polars", "pyarrow", "pyspark")
    )
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr.split('"')[1]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}, Java {java}"


if __name__ == "__main__":
    main()
