"""Verdicts on a whole batch of records: the same as `assessment` gives one by one, as columns.

A `Batch` of verdicts has a row for each candidate and field, and beside it a row for each unmet criterion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from itss_kg.assessment import conjuncts, counts_whole, part_stated_by
from itss_kg.bulk.columns import Columns
from itss_kg.demand import AllOf, AtLeast, Demand, Stated, bare
from itss_kg.standard import Criterion, Field

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["Judged", "Short", "judge_all"]


@dataclass(frozen=True)
class Short:
    """For some nodes what an unmet demand counts: `required`, `found`, and which of `parts` falls short; -1 where nothing."""

    required: Column
    found: Column
    part: Column
    parts: tuple[Demand, ...]


@dataclass(frozen=True)
class Judged:
    """Verdicts as columns.

    `candidate` are numbers of nodes. `attained` and `next` are places in the standard's list of indicators, -1 for none;
    `basis` is 0 for none, 1 for the record, 2 for the examination. The unmet criteria of verdict number `row` come in the
    standard's order: `criterion` is a place in its list of criteria; `required`, `found` and `part` are as in `Short`, with the
    `parts` of each criterion.
    """

    candidate: Column
    field: Column
    attained: Column
    basis: Column
    next: Column
    row: Column
    criterion: Column
    required: Column
    found: Column
    part: Column
    parts: dict[int, tuple[Demand, ...]]


def judge_all(columns: Columns, candidates: Column) -> Judged:
    """The verdict on each of the candidates in each field, ordered as the candidates are, then by field."""
    if not len(candidates):
        columns = Columns(columns.plan, columns.terms.clear(), {})  # nothing need be worked out for nobody
    standard = columns.plan.reading.standard
    indicators = list(standard.indicators)
    criteria = {item.iri: place for place, item in enumerate(item for owner in indicators for item in owner.criteria)}
    fields = [_judge(columns, candidates, item) for item in standard.fields]
    width = len(fields)
    rows = len(candidates) * width

    def woven(name: str) -> Column:
        whole = np.empty(rows, np.int64)
        for place, field in enumerate(fields):
            whole[place::width] = field[name]
        return whole

    following = woven("next")
    unmet: list[list[Column]] = []
    parts: dict[int, tuple[Demand, ...]] = {}
    for place, indicator in enumerate(indicators):
        held = np.flatnonzero(following == place)
        for item in indicator.criteria if len(held) else ():
            demand = columns.plan.reading.demand(indicator, item)
            lacking = held[~columns.meets(demand)[candidates[held // width]]]
            if len(lacking):
                nodes = candidates[lacking // width]
                short = _shortfall(columns, columns.plan.reading.own(indicator, item), item, nodes)
                number = criteria[item.iri]
                parts[number] = short.parts if short else ()
                absent = np.full(len(lacking), -1)
                counted = (short.required, short.found, short.part) if short else (absent, absent, absent)
                unmet.append([lacking, np.full(len(lacking), number), *counted])
    whole = [np.concatenate(column) for column in zip(*unmet, strict=True)] if unmet else [np.zeros(0, np.int64)] * 5
    order = np.argsort(whole[0] * len(criteria) + whole[1])
    row, criterion, required, found, part = (column[order] for column in whole)
    return Judged(
        np.repeat(candidates, width),
        np.tile(np.arange(width), len(candidates)),
        woven("attained"),
        woven("basis"),
        following,
        row,
        criterion,
        required,
        found,
        part,
        parts,
    )


def _judge(columns: Columns, candidates: Column, field: Field) -> dict[str, Column]:
    """The level attained in a field (R11, R12): the highest that the record or an examination gives."""
    plan = columns.plan
    places = {item.iri: place for place, item in enumerate(plan.reading.standard.indicators)}
    attained = np.full(len(candidates), -1)
    level = np.full(len(candidates), -1)
    basis = np.zeros(len(candidates), np.int64)
    ladder = plan.reading.standard.ladder(field)
    for indicator in sorted(ladder, key=lambda item: item.level.number):
        by_record = np.logical_and.reduce(
            [columns.meets(plan.reading.demand(indicator, item))[candidates] for item in indicator.criteria]
            or [np.ones(len(candidates), bool)]
        )
        by_examination = np.zeros(len(candidates), bool)
        for name, _ in indicator.examinations:
            by_examination |= columns.meets(plan.passed[name])[candidates]
        given = by_record | by_examination
        attained[given] = places[indicator.iri]
        level[given] = indicator.level.number
        basis[given] = np.where(by_record, 1, 2)[given]
    following = np.full(len(candidates), -1)
    for indicator in reversed(ladder):
        following[indicator.level.number > level] = places[indicator.iri]
    return {"attained": attained, "basis": basis, "next": following}


def _shortfall(columns: Columns, demand: Demand, criterion: Criterion, nodes: Column) -> Short | None:
    """`assessment.shortfall` for some nodes at once; it says something of nodes that do not meet the demand."""
    inner = bare(demand)
    if isinstance(inner, AllOf):
        return _first_unmet(columns, inner, criterion, nodes)
    if not isinstance(inner, AtLeast):
        return None
    if counts_whole(inner):
        absent = np.full(len(nodes), -1)
        return Short(np.full(len(nodes), inner.count), columns.count(inner)[nodes], absent, ())
    return _best_within(columns, inner, criterion, nodes)


def _first_unmet(columns: Columns, demand: AllOf, criterion: Criterion, nodes: Column) -> Short:
    """What the first part counts that a node does not meet."""
    required, found, part = (np.full(len(nodes), -1) for _ in range(3))
    open_yet = np.arange(len(nodes))
    for place, one in enumerate(demand.parts):
        lacking = ~columns.meets(one)[nodes[open_yet]]
        here, open_yet = open_yet[lacking], open_yet[~lacking]
        if not len(here):
            continue
        short = _shortfall(columns, one, criterion, nodes[here])
        if short is not None:
            required[here], found[here] = short.required, short.found
        if isinstance(one, AtLeast):
            uncounted = here[required[here] < 0]
            required[uncounted], found[uncounted] = one.count, columns.count(one)[nodes[uncounted]]
        if place:
            part[here[required[here] >= 0]] = place
    return Short(required, found, part, demand.parts)


def _best_within(columns: Columns, demand: AtLeast, criterion: Criterion, nodes: Column) -> Short | None:
    """The count of the criterion's own demand in the element that shows most of it; none found where there is no element."""
    last = demand.steps[-1].where
    own = part_stated_by(last, criterion.iri)
    if own is None:
        return None
    asked = next((part for part in conjuncts(own) if isinstance(part, AtLeast)), None)
    if asked is None:
        return None
    way = columns.way(demand)
    wanted = np.zeros(columns.size, bool)
    wanted[nodes] = True
    keep = wanted[way[0]]
    for step, reached in zip(demand.steps[:-1], way[1:-1], strict=True):
        keep &= columns.meets(step.where)[reached]
    for part in last.parts if isinstance(last, AllOf) else (last,):
        if not (isinstance(part, Stated) and part.source == criterion.iri):
            keep &= columns.meets(part)[way[-1]]
    starts, ends = way[0][keep], way[-1][keep]
    best = _best(columns, own, starts, ends)
    shown = ends[best]
    places = np.zeros(columns.size, np.int64)
    places[starts[best]] = np.arange(1, len(best) + 1)
    short = _shortfall(columns, own, criterion, shown)
    absent = np.full(len(shown), -1)
    # in front what a node has without any such element, which no place points behind
    counted = (absent, absent, absent) if short is None else (short.required, short.found, short.part)
    required, found, part_of = (
        np.concatenate([[nothing], column])[places[nodes]]
        for nothing, column in zip((asked.count, 0, -1), counted, strict=True)
    )
    return Short(required, found, part_of, short.parts if short else ())


def _best(columns: Columns, own: Stated, starts: Column, ends: Column) -> Column:
    """For each start the place of the end that shows most: of the list, then of what comes after it."""
    parts = own.demand.parts if isinstance(own.demand, AllOf) else (own.demand,)
    first = bare(parts[0])
    shown = columns.count(first)[ends] if isinstance(first, AtLeast) else np.zeros(len(ends), np.int64)
    met = np.zeros(len(ends), np.int64)
    so_far = np.ones(len(ends), bool)
    for part in parts:
        so_far &= columns.meets(part)[ends]
        met += so_far
    order = np.lexsort((met, shown, starts))
    last = np.ones(len(order), bool)
    last[:-1] = starts[order][1:] != starts[order][:-1]
    return order[last]
