"""What Spark's Python workers do with the rows handed to them: the embedded engine, on chunks and on what was gathered.

Each function of `Worker` goes from Arrow batches to Arrow batches, as `mapInArrow` wants them.
"""

from __future__ import annotations

import io
import pickle
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa

from itss_kg.bulk.batch import Batch, candidates_of, code, columns_of, relevant
from itss_kg.bulk.judging import judge_all
from itss_kg.bulk.lines import Statements
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.rows import Rows
from itss_kg.bulk.spark.chunks import Source, chunks, links_of, loaded, named, within
from itss_kg.bulk.suspects import Suspects
from itss_kg.data_quality import Known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from itss_kg.reading import Reading

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["CHUNK", "MOVED", "NAMED", "ROW", "SINGLE", "Worker"]

CHUNK = """chunk long, checksum long, triples long, files array<struct<file: long, triples: long>>,
findings array<struct<subject: string, message: string, node: string, several: string>>, batch binary"""
NAMED = "node string, chunk long"
SINGLE = "node string, several string, value string, chunk long"
MOVED = "node string, candidate boolean, properties array<tinyint>, objects array<string>, links array<string>"
ROW = """candidate string, field string, level tinyint, basis string, next_level tinyint,
unmet array<struct<kind: string, criterion: string, required: int, found: int, message: string>>"""
_UNMET = pa.struct(
    [
        ("kind", pa.string()),
        ("criterion", pa.string()),
        ("required", pa.int32()),
        ("found", pa.int32()),
        ("message", pa.string()),
    ]
)
_ROW = pa.schema(
    [
        ("candidate", pa.string()),
        ("field", pa.string()),
        ("level", pa.int8()),
        ("basis", pa.string()),
        ("next_level", pa.int8()),
        ("unmet", pa.list_(_UNMET)),
    ]
)
_CHUNK = pa.schema(
    [
        ("chunk", pa.int64()),
        ("checksum", pa.int64()),
        ("triples", pa.int64()),
        ("files", pa.list_(pa.struct([("file", pa.int64()), ("triples", pa.int64())]))),
        ("findings", pa.list_(pa.struct([(name, pa.string()) for name in ("subject", "message", "node", "several")]))),
        ("batch", pa.binary()),
    ]
)
_NODES = 1 << 17  # rows of nodes that are judged at once


@dataclass(frozen=True)
class Worker:
    """Goes from the driver to the workers with all that they need to know.

    `reading` is the standard, pickled and compressed; `chunk_size` in bytes of lines; `read` are the chunks that the driver has
    seen, with their checksums; `scattered` the nodes that more than one chunk names (as an Arrow file), or `None` where they
    are too many to say: then it may be any.
    """

    reading: bytes
    language: str
    sources: dict[int, Source]
    chunk_size: int
    read: dict[int, int] = field(default_factory=dict)
    scattered: bytes | None = None

    @staticmethod
    def packed(reading: Reading) -> bytes:
        """The standard for `reading`."""
        return zlib.compress(pickle.dumps(reading), 1)

    def chunk(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Lines to chunks."""
        from pyspark import TaskContext

        task = TaskContext.get()
        plan, _ = _standard(self.reading, self.language)
        suspects = Suspects(plan.reading.standard, self.language)
        for row in chunks(batches, self.sources, plan, suspects, task.partitionId() if task else 0, self.chunk_size):
            yield pa.RecordBatch.from_pylist([row], _CHUNK)

    def names(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Chunks to the nodes that they name."""
        plan, _ = _standard(self.reading, self.language)
        for number, batch in self._chunks(batches):
            nodes = batch.terms.gather(named(batch, plan))
            yield pa.record_batch({"node": _strings(nodes), "chunk": np.full(len(nodes), number)})

    def single(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Chunks to the values of properties that have but one, of nodes that other chunks may speak of, too."""
        plan, _ = _standard(self.reading, self.language)
        known = Known(plan.reading.standard, self.language)
        paths = [text[1:-1] for text in relevant(plan)]
        single = np.array([known.has_one_value(path) for path in paths])
        for number, batch in self._chunks(batches):
            rows = np.flatnonzero(single[batch.property] & self._scattered(batch.terms)[batch.start])
            yield pa.record_batch(
                {
                    "node": _strings(batch.terms.gather(batch.start[rows]).str.strip_chars("<>")),
                    "several": _strings(pl.Series(paths, dtype=pl.String).gather(batch.property[rows])),
                    "value": _strings(batch.terms.gather(batch.end[rows])),
                    "chunk": np.full(len(rows), number),
                }
            )

    def judge_whole(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Chunks to verdicts on the candidates of whom nothing lies in another chunk."""
        plan, rows = _standard(self.reading, self.language)
        for _, batch in self._chunks(batches):
            columns = columns_of(batch, plan)
            people = candidates_of(columns)
            yield from _rows(rows, columns, people[~self._apart(batch, plan)[people]])

    def move(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Chunks to what has to be brought together: a row for each node that a scattered candidate may reach."""
        plan, _ = _standard(self.reading, self.language)
        for _, batch in self._chunks(batches):
            apart = self._apart(batch, plan)
            people = np.zeros(len(batch.terms), bool)
            people[candidates_of(columns_of(batch, plan))] = True
            people &= apart
            marked = within(*links_of(batch, plan), people | self._scattered(batch.terms), plan.depth)
            yield from _moved(batch, plan, marked, people)

    def judge_gathered(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Nodes in the order of the candidates that reach them to verdicts on these."""
        plan, rows = _standard(self.reading, self.language)
        held: list[pl.DataFrame] = []
        for batch in batches:
            held.append(pl.DataFrame(pa.Table.from_batches([batch])))
            if sum(map(len, held)) >= _NODES:
                whole = pl.concat(held)
                last = whole["owner"] == whole["owner"][-1]
                if not last.all():
                    yield from _judged(whole.filter(~last), plan, rows)
                held = [whole.filter(last)]
        if held:
            yield from _judged(pl.concat(held), plan, rows)

    def _chunks(self, batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, Batch]]:
        for batch in batches:
            for row in batch.to_pylist():
                if self.read and self.read.get(row["chunk"]) != row["checksum"]:
                    raise RuntimeError("itss-kg-changed")
                yield row["chunk"], loaded(row["batch"])

    def _apart(self, batch: Batch, plan: Plan) -> Column:
        """The nodes from which links lead to something that another chunk names, too."""
        return within(*links_of(batch, plan), self._scattered(batch.terms), plan.depth, backwards=True)

    def _scattered(self, terms: pl.Series) -> Column:
        if self.scattered is None:
            return np.ones(len(terms), bool)
        return terms.is_in(_names(self.scattered)).to_numpy()


@lru_cache(maxsize=1)
def _standard(reading: bytes, language: str) -> tuple[Plan, Rows]:
    """Made once in a worker process."""
    plan = Plan(pickle.loads(zlib.decompress(reading)))  # noqa: S301  # the driver's own
    return plan, Rows(plan, language)


@lru_cache(maxsize=1)
def _names(scattered: bytes) -> pl.Series:
    return pl.read_ipc(io.BytesIO(scattered))["node"].implode()


def _strings(terms: pl.Series) -> pa.Array:
    return terms.to_arrow().cast(pa.string())


def _moved(batch: Batch, plan: Plan, marked: Column, people: Column) -> Iterator[pa.RecordBatch]:
    rows = np.flatnonzero(marked[batch.start])
    rows = rows[np.argsort(batch.start[rows], kind="stable")]
    nodes, counts = np.unique(batch.start[rows], return_counts=True)
    if len(nodes) == 0:
        return
    starts, ends = links_of(batch, plan)
    order = np.argsort(starts, kind="stable")
    order = order[marked[starts[order]]]
    links = np.bincount(np.searchsorted(nodes, starts[order]), minlength=len(nodes))
    yield pa.record_batch(
        {
            "node": _strings(batch.terms.gather(nodes)),
            "candidate": people[nodes],
            "properties": _lists(counts, pa.array(batch.property[rows], pa.int8())),
            "objects": _lists(counts, _strings(batch.terms.gather(batch.end[rows]))),
            "links": _lists(links, _strings(batch.terms.gather(ends[order]))),
        }
    )


def _lists(counts: Column, values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32()), values)


def _judged(frame: pl.DataFrame, plan: Plan, rows: Rows) -> Iterator[pa.RecordBatch]:
    triples = frame.select("node", "properties", "objects").explode("properties", "objects")
    predicates = pl.Series(relevant(plan), dtype=pl.String).gather(triples["properties"])
    terms = triples.select(subject="node", predicate=predicates, object="objects")
    columns = columns_of(code(Statements.of(terms), plan), plan)
    yield from _rows(rows, columns, candidates_of(columns, frame["owner"].unique()))


def _rows(rows: Rows, columns: Any, people: Column) -> Iterator[pa.RecordBatch]:
    frame = rows.frame(columns, judge_all(columns, people))
    yield from frame.to_arrow().cast(_ROW).to_batches()
