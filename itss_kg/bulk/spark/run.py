"""A whole run on Spark: what lies together is judged where it lies, what lies scattered is brought together first."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from itss_kg.bulk.plan import Plan
from itss_kg.bulk.spark.gathering import gathered, scattered
from itss_kg.bulk.spark.session import session, translated
from itss_kg.bulk.spark.sources import found, lines
from itss_kg.bulk.spark.worker import CHUNK, MOVED, NAMED, ROW, Worker
from itss_kg.errors import CallError, InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from itss_kg.reading import Reading

__all__ = ["MOST", "Summary", "assess_on_spark", "verdicts_of"]

MOST = 1 << 20  # names of scattered nodes that are sent to every worker; beyond that all nodes are taken to be scattered


@dataclass(frozen=True)
class Summary:
    """How many candidates hold each level and lack each criterion of their next one; `scattered` how many nodes were in two places."""

    candidates: int
    scattered: int | None
    levels: Counter[str] = field(default_factory=Counter)
    obstacles: Counter[str] = field(default_factory=Counter)


def assess_on_spark(
    data: Sequence[str], master: str | None, output: str, reading: Reading, language: str = "en", most: int = MOST
) -> Summary:
    """Write the verdicts on all candidates of the files to a folder of Parquet files with the columns of `rows.SCHEMA`.

    The rows of a candidate stand together; candidates come in no order. The file `_SUCCESS` says that the folder is whole.

    Args:
        data: files, folders, patterns or addresses of N-Triples, N-Quads and Parquet of triples, in any order.
        master: Spark's address of the cluster; else what Spark's configuration says.
        output: a folder or address that is not there yet.
        reading: the standard, read.
        language: of the messages.
        most: how many names of scattered nodes may be sent to every worker.

    Raises:
        InputError: the input cannot be read as triples, or has no candidates.
        CallError: the cluster cannot be used, or the output is there already.
    """
    with session(master) as spark:
        folder = _Folder(spark, output)
        folder.refuse()
        sources = found(spark, data)
        try:
            with translated(spark, sources), verdicts_of(spark, data, sources, reading, language, most) as (rows, moved):
                rows.write.mode("error").parquet(output)
                summary = _summary(spark.read.parquet(output), moved)
            if not summary.candidates:
                raise InputError("no candidates: nothing is an itss:Candidate or has the properties of one", source=" ".join(data))
        except BaseException:
            folder.remove()
            raise
        return summary


class verdicts_of:  # noqa: N801  # used as a function, in a with statement
    """The verdicts as a data frame, and how many nodes were scattered (`None`: too many to say); a context, for what is kept."""

    def __init__(
        self, spark: SparkSession, data: Sequence[str], sources: dict[int, Any], reading: Reading, language: str, most: int
    ) -> None:
        self._spark = spark
        self._kept: list[DataFrame] = []
        self._plan = Plan(reading)
        self._worker = Worker(Worker.packed(reading), language, sources, {})
        self._lines = lines(spark, data, sources)
        self._most = most

    def __enter__(self) -> tuple[DataFrame, int | None]:
        chunks = self._keep(_mapped(self._lines, self._worker.chunk, CHUNK))
        read = {row.chunk: row.checksum for row in chunks.select("chunk", "checksum").collect()}
        worker = replace(self._worker, read=read)
        names = scattered(_mapped(chunks, worker.names, NAMED)).limit(self._most + 1).toArrow()
        if names.num_rows > self._most:
            return self._gathered(chunks, worker), None
        worker = replace(worker, scattered=_file(names))
        rows = _mapped(chunks, worker.judge_whole, ROW)
        return (rows.unionAll(self._gathered(chunks, worker)) if names.num_rows else rows), names.num_rows

    def __exit__(self, *_: object) -> None:
        for frame in self._kept:
            frame.unpersist()

    def _gathered(self, chunks: DataFrame, worker: Worker) -> DataFrame:
        nodes = self._keep(_mapped(chunks, worker.move, MOVED))
        return _mapped(gathered(nodes, self._plan.depth), worker.judge_gathered, ROW)

    def _keep(self, frame: DataFrame) -> DataFrame:
        """Kept on the workers' disks; what is lost with a worker is made again from the input."""
        from pyspark import StorageLevel

        self._kept.append(frame.persist(StorageLevel.DISK_ONLY))
        return frame


def _mapped(frame: DataFrame, function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], schema: str) -> DataFrame:
    return frame.mapInArrow(function, schema)


def _file(table: pa.Table) -> bytes:
    import polars as pl

    stream = io.BytesIO()
    pl.DataFrame(table).write_ipc(stream, compression="zstd")
    return stream.getvalue()


def _summary(rows: DataFrame, moved: int | None) -> Summary:
    from pyspark.sql import functions as F  # noqa: N812

    levels = rows.groupBy("field", "level").count().collect()
    lacking = rows.select(F.explode("unmet.criterion").alias("criterion")).groupBy("criterion").count().collect()
    fields = {row.field for row in levels}
    return Summary(
        sum(row["count"] for row in levels) // max(1, len(fields)),
        moved,
        Counter({f"{row.field}-L{row.level}": row["count"] for row in levels if row.level is not None}),
        Counter({row.criterion: row["count"] for row in lacking}),
    )


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


