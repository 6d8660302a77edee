"""Validation of any number of records: batch by batch, in several processes, with the results of the whole.

with validated(batches, reading, engine="shacl", jobs=2) as found:
    print(found.tally().counts)
    for item in found.results(limit=10):
        print(item.result)
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from itss_kg.bulk.batch_rows import BatchRows, graph_of, nt
from itss_kg.bulk.checking import Checked, Checker, Plan, Shapes
from itss_kg.bulk.looks import looks
from itss_kg.bulk.processes import pool
from itss_kg.bulk.results_file import ResultsFile
from itss_kg.bulk.screened import Screened
from itss_kg.bulk.screening import Screen
from itss_kg.bulk.shape_plan import shape_plan
from itss_kg.bulk.shared_nodes import looked_at_again, together
from itss_kg.bulk.suspects import Suspects
from itss_kg.engines import engine as engine_of
from itss_kg.materialise import claimant_classes, numeric_properties
from itss_kg.namespaces import ITSS, RDFS
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.reports import told
from itss_kg.results import Result, Told
from itss_kg.shapes import level_shapes
from itss_kg.validation import form_shapes, owners

__all__ = ["BATCH", "candidate_properties", "screen_of", "shapes_of", "validated"]

BATCH = 400  # candidates; engines slow down where a batch outgrows the processor's cache
_WAITING = 3  # batches for each process, so that none runs dry and memory stays bounded

Progress = Callable[[int, int], None]


def candidate_properties(reading: Reading) -> tuple[str, ...]:
    """The properties that only candidates have."""
    return tuple(sorted(reading.standard.graph.subjects(RDFS.domain, ITSS.Candidate)))


@contextmanager
def validated(
    batches: Iterable[pl.DataFrame],
    reading: Reading,
    ontology: tuple[Path, ...] = (),
    *,
    engine: str = "shacl",
    jobs: int = 1,
    telling: str | None = None,
    progress: Progress | None = None,
    shapes: Shapes | None = None,
    screened: Screened | None = None,
) -> Iterator[ResultsFile]:
    """The results of all batches, the same as those of `validation.validate` on everything at once.

    Args:
        batches: statements as terms of N-Triples in the columns subject, predicate and object. Each batch holds whole records:
            with a node, everything that is said of it and of whatever its links lead to. A node may stand in several batches.
        reading: the standard, read.
        ontology: the files that it was read from, for the other processes; the bundled ones where there are none.
        engine: a name of `engines.ENGINES`.
        jobs: how many processes; 1 is this one.
        telling: the language in which to say what was found, where the results are to be read by people.
        progress: is told of each batch how many statements and candidates it has.
        shapes: what `shapes_of` gave, where it is at hand.
        screened: where the batches hold only what is left of an input that was looked through.

    Raises:
        CallError: there is no such engine, or it is not installed; or a process was killed.
    """
    with tempfile.TemporaryDirectory(prefix="itss-kg-") as place:
        folder = Path(place) / "batches"
        folder.mkdir()
        engine_of(engine, [])  # that it is missing is better said before the work than by every process
        plan = Plan(shapes or shapes_of(reading), ontology, engine, telling, folder)
        found = ResultsFile(Path(place) / "results.sqlite")
        try:
            partial = screened.partial if screened else frozenset()
            classes = together(
                _collected(
                    _checked(batches, plan, jobs),
                    found,
                    partial,
                    progress,
                    counting=screened is None or screened.people is None,
                )
            )
            check = engine_of(engine, [plan.shapes.looks.backward])
            for again in looked_at_again(folder, check, classes):
                results = [item for item in again.results if item.focus not in partial]
                prose = Prose(reading.standard, telling) if telling is not None else None
                found.replace_held(again.nodes, _named(results, again.rows, prose))
            for candidates, claims in screened.looked_at() if screened else ():
                found.look_at(candidates, claims)
            for rows in screened.not_understood() if screened else ():
                found.add_not_understood(rows)
            yield found
        finally:
            found.close()


def shapes_of(reading: Reading) -> Shapes:
    """The shapes that `validated` applies, sorted out."""
    form = list(form_shapes(reading))
    levels = [level_shapes(reading, item) for item in reading.standard.indicators]
    return Shapes(
        looks([*form, *levels]),
        looks(form).core,
        "\n".join(levels),
        claimant_classes(reading.standard),
        candidate_properties(reading),
        owners(reading),
    )


def screen_of(shapes: Shapes, reading: Reading, vocabulary: Suspects | None = None) -> Screen:
    """What tells apart the nodes that the shapes might find something at."""
    numeric = numeric_properties(reading.standard)
    return Screen(shape_plan([shapes.looks.core]), shapes.looks.asked, shapes.classes, shapes.own, numeric, vocabulary)


def _collected(
    checked: Iterable[Checked], found: ResultsFile, partial: frozenset[str], progress: Progress | None, *, counting: bool
) -> Iterator[pl.DataFrame]:
    for item in checked:
        found.add((one for one in item.found if one.result.focus not in partial), held=False)
        found.add((one for one in item.held if one.result.focus not in partial), held=True)
        if counting:
            found.look_at(item.candidates, item.claims)
        if progress is not None:
            progress(item.statements, len(item.candidates))
        yield item.classes


def _checked(batches: Iterable[pl.DataFrame], plan: Plan, jobs: int) -> Iterator[Checked]:
    if jobs == 1:
        checker = Checker(plan)
        yield from (checker.check(number, frame) for number, frame in enumerate(batches))
        return
    with pool(jobs, _begin, (plan,)) as processes:
        waiting: set[Future[Checked]] = set()
        for number, frame in enumerate(batches):
            waiting.add(processes.submit(_work, number, frame))
            while len(waiting) >= _WAITING * jobs:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (item.result() for item in done)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (item.result() for item in done)


def _named(results: list[Result], rows: pl.DataFrame, prose: Prose | None) -> list[Told]:
    """The results, with the names of their nodes where somebody reads them."""
    if prose is None or not results:
        return [Told(item, item.focus) for item in results]
    foci = pl.Series([item.focus if item.focus.startswith("_:") else nt(item.focus) for item in results], dtype=pl.String)
    about = BatchRows(rows)
    return list(told(results, prose, graph_of(pl.concat([about.about(foci), about.leading(foci)]).unique(maintain_order=True))))


_checker: Checker | None = None


def _begin(plan: Plan) -> None:
    global _checker  # what a process has for all its batches
    _checker = Checker(plan)


def _work(number: int, frame: pl.DataFrame) -> Checked:
    assert _checker is not None  # noqa: S101  # `_begin` came first
    return _checker.check(number, frame)
