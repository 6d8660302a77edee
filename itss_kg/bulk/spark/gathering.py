"""Which nodes lie scattered over chunks, and each candidate's brought together: Spark's joins and shuffles, as data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame

__all__ = ["gathered", "scattered"]


def scattered(names: DataFrame) -> DataFrame:
    """The nodes that more than one chunk names."""
    from pyspark.sql import functions as F  # noqa: N812  # as everybody calls it

    chunks = names.groupBy("node").agg(F.min("chunk").alias("first"), F.max("chunk").alias("last"))
    return chunks.where("first < last").select("node")


def gathered(nodes: DataFrame, depth: int, keep: Callable[[DataFrame], DataFrame]) -> DataFrame:
    """All that is said of each node that a candidate reaches, once for each such candidate, whose rows stand together.

    Args:
        nodes: rows of `worker.MOVED`; a node may have several.
        depth: how many links away a node matters.
        keep: has the workers keep a frame that is used more than once.

    Returns:
        Rows of `owner`, which is the candidate, `node`, `properties` and `objects`; one partition has all rows of an owner.
    """
    from pyspark.sql import functions as F  # noqa: N812

    # shuffled once, and kept so, for Spark does it again for each join
    links = keep(nodes.select("node", F.explode("links").alias("next")).repartition("node"))
    reached = nodes.where("candidate").select(F.col("node").alias("owner"), "node").distinct()
    for _ in range(depth):
        further = reached.join(links, "node", "left").select("owner", F.explode(F.array("node", "next")).alias("node"))
        reached = further.where("node is not null").distinct()
    said = nodes.select("node", "properties", "objects")
    return said.join(reached, "node").repartition("owner").sortWithinPartitions("owner")
