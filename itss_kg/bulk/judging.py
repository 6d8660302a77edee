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
    """For each node what an unmet demand counts: `required`, `found`, and which of `parts` falls short; -1 where nothing."""

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
                short = _shortfall(columns, columns.plan.reading.own(indicator, item), item)
                number = criteria[item.iri]
                parts[number] = short.parts if short else ()
                absent = np.full(len(lacking), -1)
                counted = (short.required[nodes], short.found[nodes], short.part[nodes]) if short else (absent, absent, absent)
                unmet.append([lacking, np.full(len(lacking), number), *counted])
    whole = [np.concatenate(column) for column in zip(*unmet, strict=True)] if unmet else [np.zeros(0, np.int64)] * 5
    order = np.lexsort((whole[1], whole[0]))
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


def _shortfall(columns: Columns, demand: Demand, criterion: Criterion) -> Short | None:
    """`assessment.shortfall` for every node at once; it says something of nodes that do not meet the demand."""
    inner = bare(demand)
    if isinstance(inner, AllOf):
        return _first_unmet(columns, inner, criterion)
    if not isinstance(inner, AtLeast):
        return None
    if counts_whole(inner):
        return Short(np.full(columns.size, inner.count), columns.count(inner), np.full(columns.size, -1), ())
    return _best_within(columns, inner, criterion)


def _first_unmet(columns: Columns, demand: AllOf, criterion: Criterion) -> Short:
    """What the first part counts that a node does not meet."""
    required, found, part = (np.full(columns.size, -1) for _ in range(3))
    open_yet = np.ones(columns.size, bool)
    for place, one in enumerate(demand.parts):
        here = open_yet & ~columns.meets(one)
        open_yet &= ~here
        short = _shortfall(columns, one, criterion)
        if short is not None:
            required[here], found[here] = short.required[here], short.found[here]
        if isinstance(one, AtLeast):
            uncounted = here & (required < 0)
            required[uncounted], found[uncounted] = one.count, columns.count(one)[uncounted]
        if place:
            part[here & (required >= 0)] = place
    return Short(required, found, part, demand.parts)


def _best_within(columns: Columns, demand: AtLeast, criterion: Criterion) -> Short | None:
    """The count of the criterion's own demand in the element that shows most of it; none found where there is no element."""
    last = demand.steps[-1].where
    own = part_stated_by(last, criterion.iri)
    if own is None:
        return None
    asked = next((part for part in conjuncts(own) if isinstance(part, AtLeast)), None)
    if asked is None:
        return None
    way = columns.way(demand)
    keep = np.ones(len(way[0]), bool)
    for step, reached in zip(demand.steps[:-1], way[1:-1], strict=True):
        keep &= columns.meets(step.where)[reached]
    for part in last.parts if isinstance(last, AllOf) else (last,):
        if not (isinstance(part, Stated) and part.source == criterion.iri):
            keep &= columns.meets(part)[way[-1]]
    starts, ends = way[0][keep], way[-1][keep]
    required, found, part_of = np.full(columns.size, asked.count), np.zeros(columns.size, np.int64), np.full(columns.size, -1)
    short = _shortfall(columns, own, criterion)
    if len(starts):
        best = _best(columns, own, starts, ends)
        nodes, shown = starts[best], ends[best]
        absent = np.full(len(nodes), -1)
        required[nodes] = absent if short is None else short.required[shown]
        found[nodes] = absent if short is None else short.found[shown]
        part_of[nodes] = absent if short is None else short.part[shown]
    return Short(required, found, part_of, short.parts if short else ())


def _best(columns: Columns, own: Stated, starts: Column, ends: Column) -> Column:
    """For each start the place of the end that shows most: of the list, then of what comes after it."""
    parts = own.demand.parts if isinstance(own.demand, AllOf) else (own.demand,)
    first = bare(parts[0])
    shown = columns.count(first) if isinstance(first, AtLeast) else np.zeros(columns.size, np.int64)
    met = np.zeros(columns.size, np.int64)
    so_far = np.ones(columns.size, bool)
    for part in parts:
        so_far &= columns.meets(part)
        met += so_far
    order = np.lexsort((met[ends], shown[ends], starts))
    last = np.ones(len(order), bool)
    last[:-1] = starts[order][1:] != starts[order][:-1]
    return order[last]
