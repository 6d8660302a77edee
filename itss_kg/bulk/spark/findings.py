"""What was not understood in the records of all chunks: each finding once, and values that contradict each other as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itss_kg.bulk.suspects import term_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import DataFrame, Row

    from itss_kg.data_quality import Known

__all__ = ["Findings"]

_LAST = (1 << 63) - 1  # comes after every chunk


class Findings:
    """The findings of a run, as a data frame, however many they are.

    Args:
        chunks: rows of `worker.CHUNK`.
        values: rows of `worker.SINGLE`, of the nodes that several chunks may speak of; `None` where there are none.
        known: words what contradicts each other.
    """

    def __init__(self, chunks: DataFrame, values: DataFrame | None, known: Known) -> None:
        self._known = known
        self._rows = _once(chunks, values)  # not kept: Spark would cut what it keeps into as many parts as a whole run needs

    def count(self) -> int:
        """How many there are."""
        return self._rows.count()

    def first(self, many: int) -> list[tuple[str, str]]:
        """Subject and message of so many at most: what chunks found in their order, then what shows in all together."""
        return list(self._worded(self._ordered().limit(many).collect()))

    def all(self) -> Iterator[tuple[str, str]]:
        """Subject and message of each, little of which is in memory at a time."""
        return self._worded(self._ordered().toLocalIterator())

    def _ordered(self) -> DataFrame:
        return self._rows.orderBy("chunk", "at", "subject", "several")

    def _worded(self, rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
        for row in rows:
            yield row.subject, row.message or self._known.several(row.several, list(map(term_of, row.terms)))


def _once(chunks: DataFrame, values: DataFrame | None) -> DataFrame:
    """Each finding as the first chunk has it, but for values of which all chunks together show more."""
    from pyspark.sql import functions as F  # noqa: N812

    each = chunks.select("chunk", F.posexplode("findings").alias("at", "one")).select("chunk", "at", "one.*")
    if values is not None:
        each = each.unionByName(_several(values), allowMissingColumns=True)
    else:
        each = each.withColumn("terms", F.lit(None).cast("array<string>"))
    node = F.coalesce(F.nullif("node", F.lit("")), "subject").alias("node")
    message = F.when(F.col("several") == "", F.col("message")).alias("same")
    better = F.struct(F.isnull("terms").alias("less"), "chunk", "at", "subject", "message", "terms")
    return each.groupBy(node, "several", message).agg(F.min(better).alias("found")).select("several", "found.*")


def _several(values: DataFrame) -> DataFrame:
    """The nodes and properties that have several values, not all of which one chunk has."""
    from pyspark.sql import functions as F  # noqa: N812

    # numbers are gone through far faster than texts, of which but few are needed
    bounds = [
        of(what).alias(f"{of.__name__}_{name}")
        for name, what in (("chunk", F.col("chunk")), ("value", F.xxhash64("value")))
        for of in (F.min, F.max)
    ]
    found = values.groupBy("node", "several").agg(*bounds).where("min_chunk < max_chunk and min_value < max_value")
    whole = values.join(found.select("node", "several"), ["node", "several"], "left_semi").groupBy("node", "several")
    terms = F.array_sort(F.collect_set("value")).alias("terms")
    return whole.agg(terms).select(
        F.lit(_LAST).alias("chunk"), F.lit(0).alias("at"), F.col("node").alias("subject"), "node", "several", "terms"
    )
