"""The columnar record file: a Parquet file whose rows are batches of whole records, with the nodes numbered.

| column | type | what it holds |
| --- | --- | --- |
| terms | list of strings | the nodes of the batch, as N-Triples writes them |
| properties | list of strings | the properties, likewise |
| start, property, end | lists of integers | the statements: places in terms, properties and terms |
| candidates | list of integers | whose records these are: places in terms |
| findings | list of subject and message | what in these records was not understood, as `assess` says it |

A candidate stands in one row, with all that its record links to; what several candidates share stands in the row of each. Where
a record leads to another candidate, that one is there too, perhaps in part, but not among the row's own. Only statements that
verdicts rest on are kept: no labels, titles and dates, and nothing that no candidate's record leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.batch import Batch, relevant
from itss_kg.bulk.plan import Plan
from itss_kg.errors import InputError

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["packed", "unpacked"]

_NAMES = ("subject", "message")
_FINDINGS = pl.List(pl.Struct(dict.fromkeys(_NAMES, pl.String)))


def packed(batch: Batch, plan: Plan, candidates: Column, findings: list[dict[str, Any]]) -> pl.DataFrame:
    """A row of a packed file."""
    properties = pl.Series([relevant(plan)], dtype=pl.List(pl.String))
    return batch.row().select(
        "terms",
        pl.lit(properties).alias("properties"),
        "start",
        "property",
        "end",
        pl.Series(candidates.astype(np.uint32)).implode().alias("candidates"),
        pl.lit(pl.Series([[{name: row[name] for name in _NAMES} for row in findings]], dtype=_FINDINGS)).alias("findings"),
    )


def unpacked(row: pl.DataFrame, plan: Plan, source: str) -> Batch:
    """The batch of a row of a packed file.

    Raises:
        InputError: it was packed for a standard that does not look at all properties that this one looks at.
    """
    batch = Batch.of_row(row)
    properties, wanted = row["properties"][0].to_list(), relevant(plan)
    named = [(batch.start, batch.terms), (batch.end, batch.terms), (batch.property, properties)]
    if any(len(places) and places.max() >= len(names) for places, names in [*named, (row["candidates"][0], batch.terms)]):
        raise InputError("is damaged: it speaks of terms that are not there; pack it again", source=source)
    lacking = sorted(set(wanted) - set(properties))
    if lacking:
        raise InputError(
            f"was packed without {', '.join(lacking)}, which this standard asks about; pack it again", source=source
        )
    places = np.array([wanted.index(name) if name in wanted else -1 for name in properties], np.int64)
    property_ = places[batch.property]
    known = property_ >= 0
    return Batch(batch.terms, batch.start[known], property_[known], batch.end[known])
