"""The verdicts by the column beside the proofs and the SHACL reports, on as many sampled candidates as one likes.

    python -m benchmarks.agreement [CANDIDATES] [--jobs N]

Each block is a sample of its own, one record in ten faulty. For every candidate: the rows of `assess` (levels, basis, what is
unmet with its counts and messages) are equal one by one and by the column, and so are, for all criteria, the failures that an
engine reports on the generated shapes and the truth values by the column.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import polars as pl

from itss_kg import Graph, Reading, load
from itss_kg.assessment import assess
from itss_kg.bulk.batch import candidates_of, code, columns_of
from itss_kg.bulk.judging import judge_all
from itss_kg.bulk.lines import parsed
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.rows import Rows
from itss_kg.namespaces import ITSS
from itss_kg.resources import bundled
from itss_kg.sampling import sample
from itss_kg.shapes import shape_iri
from itss_kg.verdicts import row
from tests.engines import ENGINES, as_ntriples, merged
from tests.test_agreement import everything_claimed

BLOCK = 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("candidates", nargs="?", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    blocks = options.candidates // BLOCK
    rows = failures = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        for place, (some, failed) in enumerate(pool.map(compare, range(blocks), repeat(BLOCK)), 1):
            rows, failures = rows + some, failures + failed
            print(f"{place * BLOCK:,} candidates: {rows:,} rows equal, {failures:,} failures equal", flush=True)


def compare(seed: int, count: int) -> tuple[int, int]:
    """How many rows and failures there were, all equal."""
    reading = Reading(load())
    plan = Plan(reading)
    graph = Graph(triple for record in sample(reading.standard, count, seed=seed, faults=0.1) for triple in record.triples)
    columns = columns_of(code(parsed(as_ntriples(graph).encode(), "ntriples", "sample"), plan), plan)
    people = candidates_of(columns)
    frame = Rows(plan).frame(columns, judge_all(columns, people))
    expected = [row(verdict) for verdict in assess(graph, reading)]
    if [contract(*item) for item in frame.iter_rows()] != expected:
        raise SystemExit(f"seed {seed}: the rows differ")
    names = columns.terms.gather(people).str.strip_chars("<>")
    passed = {name: columns.meets(demand)[people] for name, demand in plan.passed.items()}
    failed: set[tuple[str, str]] = set()
    for owner in reading.standard.indicators:
        for item in owner.criteria:
            met = columns.meets(reading.demand(owner, item))[people]
            for name, _ in owner.examinations:
                met = met | passed[name]
            failed.update((person, shape_iri(item.iri)) for person in names.filter(pl.Series(~met)))
    if ENGINES["shacl"](as_ntriples(everything_claimed(graph, reading)), merged(bundled("shapes", "levels"))) != failed:
        raise SystemExit(f"seed {seed}: the failures differ")
    assert len(people) == len(set(graph.instances(ITSS.Candidate))) == count  # noqa: S101  # nobody was left out
    return len(expected), len(failed)


def contract(
    candidate: str, field: str, level: int, basis: str, upper: int, unmet: list[dict[str, object]]
) -> dict[str, object]:
    """A row of the frame as the contract has it."""
    following = None if upper is None else {"level": upper, "unmet": unmet}
    return {"candidate": candidate, "field": field, "level": level, "basis": basis, "next": following}


if __name__ == "__main__":
    main()
