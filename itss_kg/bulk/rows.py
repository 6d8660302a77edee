"""Verdicts as a frame: the contract's rows, with what is unmet as a list in each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.assessment import Shortfall, unmet_sentence
from itss_kg.prose import Prose

if TYPE_CHECKING:
    from itss_kg.bulk.columns import Columns
    from itss_kg.bulk.judging import Judged
    from itss_kg.bulk.plan import Plan
    from itss_kg.demand import Demand

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["SCHEMA", "UNMET", "Rows", "listed"]

_TABLE = 1 << 20  # so many numbers in an array are quicker looked up than sorted for
_FEW = pl.Categorical()  # text of few different values: each is kept once, and written once
UNMET: Any = pl.Struct({"kind": _FEW, "criterion": _FEW, "required": pl.Int32, "found": pl.Int32, "message": _FEW})
SCHEMA: dict[str, Any] = {
    "candidate": pl.String,
    "field": _FEW,
    "level": pl.Int8,
    "basis": _FEW,
    "next_level": pl.Int8,
    "unmet": pl.List(UNMET),
}
_BASES = pl.Series([None, "record", "examination"], dtype=_FEW)


class Rows:
    """Makes frames of `SCHEMA` from what `judging` gives; messages in one language are put into words once."""

    def __init__(self, plan: Plan, language: str = "en") -> None:
        reading = plan.reading
        self._reading = reading
        self._prose = Prose(reading.standard, language)
        self._criteria = [(owner, item) for owner in reading.standard.indicators for item in owner.criteria]
        self._kinds = pl.Series([item.kind for _, item in self._criteria], dtype=_FEW)
        self._names = pl.Series([item.iri for _, item in self._criteria], dtype=_FEW)
        self._levels = pl.Series([item.level.number for item in reading.standard.indicators], dtype=pl.Int8)
        self._fields = pl.Series([item.key for item in reading.standard.fields], dtype=_FEW)
        self._said: dict[tuple[int, int, int, int], str] = {}

    def frame(self, columns: Columns, judged: Judged) -> pl.DataFrame:
        """A row for each candidate and field."""
        return pl.DataFrame(
            {
                "candidate": columns.terms.gather(judged.candidate).str.strip_chars("<>"),
                "field": self._fields.gather(judged.field),
                "level": _level(self._levels, judged.attained),
                "basis": _BASES.gather(judged.basis),
                "next_level": _level(self._levels, judged.next),
                "unmet": self._unmet(judged),
            },
            schema=SCHEMA,
        )

    def _unmet(self, judged: Judged) -> pl.Series:
        counted = pl.Series(judged.required >= 0)
        flat = pl.DataFrame(
            {
                "kind": self._kinds.gather(judged.criterion),
                "criterion": self._names.gather(judged.criterion),
                "required": pl.Series(judged.required, dtype=pl.Int32).zip_with(counted, pl.Series([None], dtype=pl.Int32)),
                "found": pl.Series(judged.found, dtype=pl.Int32).zip_with(counted, pl.Series([None], dtype=pl.Int32)),
                "message": self._messages(judged),
            }
        ).to_struct("unmet")
        whole = listed(judged.row, flat, len(judged.candidate))
        # where nothing is unmet below a field's top, the list is empty; at the top there is no list
        empty = pl.Series([[]], dtype=pl.List(UNMET))
        return whole.cast(pl.List(UNMET)).zip_with(whole.is_not_null() | pl.Series(judged.next < 0), empty)

    def _messages(self, judged: Judged) -> pl.Series:
        if len(judged.row) == 0:
            return pl.Series([], dtype=_FEW)
        columns = [column + 1 for column in (judged.criterion, judged.required, judged.found, judged.part)]
        widths = [int(column.max()) + 1 for column in columns]
        one, which = _different(np.ravel_multi_index(columns, widths), math.prod(widths))
        keys = zip(*(column[one] - 1 for column in columns), strict=True)
        said = [self._message((int(a), int(b), int(c), int(d)), judged.parts) for a, b, c, d in keys]
        return pl.Series(said, dtype=_FEW).gather(which)

    def _message(self, key: tuple[int, int, int, int], parts: dict[int, tuple[Demand, ...]]) -> str:
        if key not in self._said:
            self._said[key] = self._worded(key, parts)
        return self._said[key]

    def _worded(self, key: tuple[int, int, int, int], parts: dict[int, tuple[Demand, ...]]) -> str:
        criterion, required, found, part = key
        owner, item = self._criteria[criterion]
        counted = None
        if required >= 0:
            counted = Shortfall(required, found, parts[criterion][part] if part >= 0 else None)
        return unmet_sentence(owner, self._reading.own(owner, item), counted, self._prose)


def listed(rows: Column, values: pl.Series, height: int) -> pl.Series:
    """For each of so many rows the list of its values, `null` where it has none; `rows` says whose each is, in order."""
    ordered = pl.Series(rows).set_sorted()
    lists = pl.DataFrame({"row": ordered, "values": values}).group_by("row", maintain_order=True).agg("values")
    places = np.full(height, -1)
    places[lists["row"].to_numpy()] = np.arange(lists.height)
    return lists["values"].gather(pl.Series(places).replace(-1, None).cast(pl.UInt32))


def _different(values: Column, bound: int) -> tuple[Column, Column]:
    """A place of each different value, all of which are below a bound, and for each value which of these it is."""
    if bound > _TABLE:
        _, one, which = np.unique(values, return_index=True, return_inverse=True)
        return one, which
    table = np.full(bound, -1)
    table[values] = np.arange(len(values))
    found = np.flatnonzero(table >= 0)
    one = table[found]
    table[found] = np.arange(len(found))
    return one, table[values]


def _level(levels: pl.Series, places: np.ndarray[Any, np.dtype[Any]]) -> pl.Series:
    return levels.gather(pl.Series(places).replace(-1, None).cast(pl.UInt32))
