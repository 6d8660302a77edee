"""Each question's latency: embedded, over our HTTP endpoint, and over the Oxigraph server, on the same data in the same run.

    python -m benchmarks.questions [CANDIDATES] [--repeat N]

Prints a table in Markdown; `benchmarks/questions.md` is such a table. Times are medians; the two servers are asked by turns.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox

from itss_kg import Reading, load, sample
from itss_kg.assessment import assess
from itss_kg.catalogue import bind, load_questions
from itss_kg.graph import Graph, Triple
from itss_kg.loading import load_standard, verdict_triples
from itss_kg.querying import ask
from itss_kg.records import write
from itss_kg.sampling import Record
from itss_kg.store import GRAPHS, KnowledgeStore
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
        asked = {name: question for name, question in load_questions().items() if not question.federated}
        queries = {name: bind(question, {}, reading.standard) for name, question in asked.items()}
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
        graph = Graph(triple for record in sample(reading.standard, number, seed=1) for triple in record.triples)
        for name, triples in (
            ("candidates", graph),
            ("assessments", verdict_triples(list(assess(graph, reading)), graph, reading)),
        ):
            bulk(store, name, triples)  # not one transaction, as a load is, for nobody else is here
    store.settle()
    return sum(store.size(name) for name in ("standard", "shapes", "catalogue", "candidates", "assessments"))


def bulk(store: KnowledgeStore, name: str, triples: Iterable[Triple]) -> None:
    text = io.StringIO()
    write([Record("", list(triples))], text, "nt")
    store.store.bulk_load(text.getvalue().encode(), ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(GRAPHS[name]))


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

            if asked(f"{ours}/sparql").json()["results"] != asked(theirs).json()["results"]:
                raise SystemExit(f"{name}: the servers answer differently")
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
