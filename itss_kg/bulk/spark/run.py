"""A whole run on Spark: what lies together is judged where it lies, what lies scattered is brought together first."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from itss_kg.bulk.plan import Plan
from itss_kg.bulk.run import Summary
from itss_kg.bulk.spark.findings import Findings
from itss_kg.bulk.spark.gathering import gathered, scattered
from itss_kg.bulk.spark.session import session, translated
from itss_kg.bulk.spark.sources import escaped, found, lines, without_triples
from itss_kg.bulk.spark.worker import CHUNK, MOVED, NAMED, ROW, SINGLE, Worker
from itss_kg.data_quality import Known
from itss_kg.errors import CallError, without_candidates
from itss_kg.findings_file import write_findings

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from itss_kg.bulk.spark.chunks import Source
    from itss_kg.reading import Reading

__all__ = ["Limits", "SparkSummary", "assess_on_spark", "verdicts"]

_FINDINGS = 100  # are told one by one; all are counted


@dataclass(frozen=True)
class Limits:
    """`chunk` is how many bytes of lines are worked on at once.

    `names` is how many scattered nodes' names are sent to every worker; where there are more, any may be scattered.
    """

    chunk: int = 1 << 25
    names: int = 1 << 20


@dataclass
class SparkSummary(Summary):
    """What came of a run; `shared` is how many nodes several chunks named, `None` where they were too many to say."""

    shared: int | None = None


def assess_on_spark(
    data: Sequence[str],
    master: str | None,
    output: str,
    reading: Reading,
    language: str = "en",
    limits: Limits = Limits(),
    findings: Path | None = None,
    *,
    bom: bool = False,
) -> SparkSummary:
    """Write the verdicts on all candidates of the files to a folder of Parquet files with the columns of `rows.SCHEMA`.

    The rows of a candidate stand together; candidates come in no order. The file `_SUCCESS` says that the folder is whole.

    Args:
        data: files, folders, patterns or addresses of N-Triples, N-Quads and Parquet of triples, in any order.
        master: Spark's address of the cluster; else what Spark's configuration says.
        output: a folder or address that is not there yet.
        reading: the standard, read.
        language: of the messages.
        limits: of what is in memory at once.
        findings: a file on this machine for all that was not understood.
        bom: whether that begins with a byte order mark.

    Raises:
        InputError: the input cannot be read as triples, or has no candidates.
        CallError: the cluster cannot be used, or the output is there already.
    """
    sources: dict[int, Source] = {}
    with session(master) as spark, translated(spark, sources):
        folder = _Folder(spark, output)
        folder.refuse()
        sources.update(found(spark, data))
        begun = False
        try:
            with verdicts(spark, sources, reading, language, limits) as (rows, summary, said):
                begun = True
                rows.write.mode("error").parquet(output)
                _count(spark.read.parquet(escaped(output)), summary)
                if not summary.candidates:
                    raise without_candidates(" ".join(data), summary.triples)
                if findings is not None:
                    write_findings(said.all(), findings, bom=bom)
        except BaseException as error:
            if begun and "PATH_ALREADY_EXISTS" not in str(error):  # then it is another run's
                folder.remove()
            raise
        return summary


@contextmanager
def verdicts(
    spark: SparkSession, sources: dict[int, Source], reading: Reading, language: str, limits: Limits
) -> Iterator[tuple[DataFrame, SparkSummary, Findings]]:
    """The verdicts as a data frame, and what was seen of the input; what the workers keep for it is let go afterwards."""
    from pyspark import StorageLevel

    kept: list[DataFrame] = []

    def keep(frame: DataFrame) -> DataFrame:
        """On the workers' disks; what is lost with a worker is made again from the input."""
        kept.append(frame.persist(StorageLevel.DISK_ONLY))
        return frame

    def gathered_by(worker: Worker) -> DataFrame:
        nodes = keep(chunks.mapInArrow(worker.move, MOVED))
        return gathered(nodes, Plan(reading).depth, keep).mapInArrow(worker.judge_gathered, ROW)

    worker = Worker(Worker.packed(reading), language, sources, limits.chunk)
    chunks = keep(lines(spark, sources).mapInArrow(worker.chunk, CHUNK))
    try:
        summary, read = _seen(chunks, sources)
        worker = replace(worker, read=read)
        names = scattered(chunks.mapInArrow(worker.names, NAMED)).limit(limits.names + 1).toArrow()
        if names.num_rows <= limits.names:
            summary.shared = names.num_rows
            worker = replace(worker, scattered=_file(names))
        values = chunks.mapInArrow(worker.single, SINGLE) if names.num_rows else None
        said = Findings(chunks, values, Known(reading.standard, language))
        summary.found, summary.findings = said.count(), said.first(_FINDINGS)
        rows = chunks.mapInArrow(worker.judge_whole, ROW)
        if summary.shared is None:
            rows = gathered_by(worker)
        elif summary.shared:
            rows = rows.unionAll(gathered_by(worker))
        yield rows, summary, said
    finally:
        for frame in kept:
            frame.unpersist()


def _file(table: pa.Table) -> bytes:
    import polars as pl

    stream = io.BytesIO()
    pl.DataFrame(table).write_ipc(stream, compression="zstd")
    return stream.getvalue()


def _seen(chunks: DataFrame, sources: dict[int, Source]) -> tuple[SparkSummary, dict[int, int]]:
    """The triples in the chunks, and the chunks' checksums.

    Raises:
        InputError: a file gave no triples.
    """
    rows = chunks.select("chunk", "checksum", "triples", "files").collect()
    with_triples = {item.file for row in rows for item in row.files if item.triples}
    for file in sources.keys() - with_triples:
        raise without_triples(sources[file].name)
    return SparkSummary(triples=sum(row.triples for row in rows)), {row.chunk: row.checksum for row in rows}


def _count(rows: DataFrame, summary: SparkSummary) -> None:
    """The levels and obstacles in the verdicts written."""
    from pyspark.sql import functions as F  # noqa: N812

    levels = rows.groupBy("field", "level").count().collect()
    lacking = rows.select(F.explode("unmet.criterion").alias("criterion")).groupBy("criterion").count().collect()
    summary.candidates = sum(row["count"] for row in levels) // max(1, len({row.field for row in levels}))
    summary.levels.update({f"{row.field}-L{row.level}": row["count"] for row in levels if row.level is not None})
    summary.obstacles.update({row.criterion: row["count"] for row in lacking})


class _Folder:
    """The output, wherever Spark's file systems have it."""

    def __init__(self, spark: SparkSession, name: str) -> None:
        java = spark._jvm
        assert java is not None  # noqa: S101  # a classic session has one
        self._name = name
        self._path = java.org.apache.hadoop.fs.Path(name)
        self._system = self._path.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())

    def refuse(self) -> None:
        """Nothing is written over.

        Raises:
            CallError: it is there.
        """
        if self._system.exists(self._path):
            raise CallError(f"{self._name} is there already; name a folder that is not")

    def remove(self) -> None:
        """Leave nothing half-written."""
        self._system.delete(self._path, True)
