"""Each question's latency: embedded, over our HTTP endpoint, and over the Oxigraph server, on the same data in the same run.

    python -m benchmarks.questions [CANDIDATES] [--repeat N]

Prints a table in Markdown; `benchmarks/questions.md` is such a table. Times are medians; the two servers are asked by turns.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import httpx

from itss_kg import Reading, load, sample
from itss_kg.assessment import assess
from itss_kg.catalogue import bind, load_questions
from itss_kg.graph import Graph
from itss_kg.loading import keep, load_standard
from itss_kg.querying import ask
from itss_kg.store import KnowledgeStore
from tests import servers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("candidates", nargs="?", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    reading = Reading(load())
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "store"
        size = fill(place, reading, options.candidates)
        queries = {name: bind(question, {}, reading.standard) for name, question in load_questions().items()}
        rows = measured(place, queries, options.repeat)
    print(f"{options.candidates:,} candidates, {size:,} statements; {versions()}\n")
    print("| question | embedded ms | HTTP ms | Oxigraph server ms | HTTP / Oxigraph |\n| --- | --- | --- | --- | --- |")
    for name, here, ours, theirs in sorted(rows, key=lambda row: -row[1]):
        print(f"| {name} | {here:.1f} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} |")
    ratios = sorted(ours / theirs for _, _, ours, theirs in rows)
    total = sum(row[2] for row in rows) / sum(row[3] for row in rows)
    print(f"\nSlowest embedded: {max(row[1] for row in rows):.0f} ms. HTTP / Oxigraph: median {statistics.median(ratios):.2f},")
    print(f"largest {ratios[-1]:.2f}, of the sums {total:.2f}.")


def fill(place: Path, reading: Reading, number: int) -> int:
    store = KnowledgeStore(place)
    load_standard(store, reading)
    if number:
        graph = Graph(triple for record in sample(reading, number, seed=1) for triple in record.triples)
        store.replace("candidates", graph)
        keep(store, list(assess(graph, reading)), graph, reading)
    store.store.optimize()
    return sum(store.size(name) for name in ("standard", "shapes", "catalogue", "candidates", "assessments"))


def measured(place: Path, queries: dict[str, str], repeat: int) -> list[tuple[str, float, float, float]]:
    store = KnowledgeStore(place, read_only=True)
    rows = []
    with servers.itss_kg("--store", str(place)) as ours, servers.oxigraph(place) as theirs, httpx.Client(timeout=120) as client:
        for name, query in queries.items():
            form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
            form["Accept-Encoding"] = "identity"
            body = urlencode({"query": query})

            def asked(url: str, body: str = body, form: dict[str, str] = form) -> httpx.Response:
                return client.post(url, content=body, headers=form).raise_for_status()

            assert asked(f"{ours}/sparql").json()["results"] == asked(theirs).json()["results"], name
            times: list[list[float]] = [[], [], []]
            for _ in range(repeat):
                calls: list[Callable[[], object]] = [
                    lambda query=query: ask(store, query).rows,
                    lambda: asked(f"{ours}/sparql"),
                    lambda: asked(theirs),
                ]
                for taken, call in zip(times, calls, strict=True):
                    start = time.perf_counter()
                    call()
                    taken.append((time.perf_counter() - start) * 1000)
            rows.append((name, *map(statistics.median, times)))
    return rows


def versions() -> str:
    packages = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("pyoxigraph", "oxigraph", "starlette", "uvicorn")
    )
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main()
