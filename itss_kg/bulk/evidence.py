"""Which criteria are met and which nodes of the records show it, as columns; `assessment.evidence` says it of one proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.ordered import ranges
from itss_kg.bulk.rows import listed
from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, bare

if TYPE_CHECKING:
    from itss_kg.bulk.columns import Columns
    from itss_kg.bulk.judging import Judged

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["with_evidence"]


def with_evidence(frame: pl.DataFrame, columns: Columns, judged: Judged) -> pl.DataFrame:
    """Verdicts with two columns more: the criteria met of the level attained and of the next one, and the records that show it.

    They are `meets` (IRIs) and `used` (nodes as N-Triples writes them); nodes of the standard are no records, nor are literals.

    Args:
        frame: of `rows.SCHEMA`.
        columns: the records that the verdicts are on.
        judged: the same verdicts.
    """
    standard = columns.plan.reading.standard
    names: list[str] = []
    met, used = [np.zeros((2, 0), np.int64)], [np.zeros((2, 0), np.int64)]
    for place, indicator in enumerate(standard.indicators):
        rows = np.flatnonzero((judged.attained == place) | (judged.next == place))
        for item in indicator.criteria if len(rows) else ():
            demand = columns.plan.reading.demand(indicator, item)
            holding = rows[columns.meets(demand)[judged.candidate[rows]]]
            met.append(np.stack([holding, np.full(len(holding), len(names))]))
            names.append(item.iri)
            used.extend(_evidence(columns, demand, np.stack([holding, judged.candidate[holding]])))
    declared = pl.Series([f"<{iri}>" for iri in standard.graph.subjects_all()], dtype=pl.String)
    records = ~(columns.terms.str.starts_with('"') | columns.terms.is_in(declared.implode()))
    shown = np.concatenate(used, axis=1)
    return frame.with_columns(
        _lists(frame.height, _different(np.concatenate(met, axis=1)), pl.Series(names, dtype=pl.String)).alias("meets"),
        _lists(frame.height, _different(shown[:, records.to_numpy()[shown[1]]]), columns.terms).alias("used"),
    )


def _evidence(columns: Columns, demand: Demand, pairs: Column) -> Iterator[Column]:
    """`assessment.evidence` for pairs of somebody and a node that meets the demand: pairs of somebody and what shows it."""
    inner = bare(demand)
    if isinstance(inner, AllOf | AnyOf):
        for part in inner.parts:
            yield from _evidence(columns, part, pairs[:, columns.meets(part)[pairs[1]]])
    elif isinstance(inner, AtLeast):
        way = columns.way(inner)
        kept = np.ones(len(way[0]), bool)
        for step, reached in zip(inner.steps, way[1:], strict=True):
            kept &= columns.meets(step.where)[reached]
        way = [column[kept] for column in way]
        which, places = ranges(pairs[1], way[0])
        for step, reached in zip(inner.steps, way[1:], strict=True):
            shown = _different(np.stack([pairs[0][which], reached[places]]))
            yield shown
            yield from _evidence(columns, step.where, shown)


def _different(pairs: Column) -> Column:
    """The different pairs, in order."""
    return np.unique(pairs, axis=1)


def _lists(height: int, pairs: Column, texts: pl.Series) -> pl.Series:
    """For each row the texts that pairs name for it; `pairs` are in order of the rows."""
    whole = listed(pairs[0], texts.gather(pairs[1]), height)
    return whole.zip_with(whole.is_not_null(), pl.Series([[]], dtype=pl.List(pl.String)))
