"""Lines to chunks, in a Spark worker: a few megabytes of triples as numbered nodes, and what of them lies elsewhere too."""

from __future__ import annotations

import io
import json
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.batch import Batch, code, relevant
from itss_kg.bulk.lines import Statements, parsed
from itss_kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from itss_kg.bulk.plan import Plan
    from itss_kg.bulk.suspects import Suspects

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["MALFORMED", "Source", "chunks", "links_of", "loaded", "named", "within"]

MALFORMED = "itss-kg-malformed "


@dataclass(frozen=True)
class Source:
    """A file of triples: what it is called, in which form it is, and which number tells its blank nodes from others'."""

    name: str
    form: str
    place: int


def chunks(
    batches: Iterator[pa.RecordBatch],
    sources: dict[int, Source],
    plan: Plan,
    suspects: Suspects,
    partition: int,
    chunk_size: int,
) -> Iterator[dict[str, Any]]:
    """A row for each chunk: its number, a checksum, its triples in all and of each file, what looks wrong, and the batch.

    The numbers are the same whenever the same lines are read again, as Spark does after a loss.

    Args:
        batches: of the columns `file`, a key of `sources`, and `line`, with its end.
        sources: the files.
        plan: says which triples matter.
        suspects: finds what is not understood.
        partition: the number of the partition.
        chunk_size: how many bytes of lines make a chunk.
    """
    held: list[Batch] = []
    findings: list[dict[str, str]] = []
    read: Counter[int] = Counter()
    size = checksum = count = 0

    def row() -> dict[str, Any]:
        return {
            "chunk": (partition << 32) + count,
            "checksum": checksum,
            "triples": read.total(),
            "files": [{"file": file, "triples": triples} for file, triples in read.items()],
            "findings": findings,
            "batch": _packed(_merged(held)),
        }

    for key, data in _pieces(batches, chunk_size):
        statements = _statements(data, sources[key])
        held.append(code(statements, plan))
        findings += [asdict(item) for item in suspects.findings(statements)]
        size += len(data)
        read[key] += len(statements)
        checksum = zlib.crc32(data, checksum)
        if size >= chunk_size:
            yield row()
            held, findings, read = [], [], Counter()
            size = checksum = 0
            count += 1
    if held:
        yield row()


def _pieces(batches: Iterator[pa.RecordBatch], chunk_size: int) -> Iterator[tuple[int, bytes]]:
    """Lines of one file that follow one another, up to a chunk of them."""
    current: int | None = None
    parts: list[bytes] = []
    size = 0
    for batch in batches:
        files = batch.column("file").to_numpy()
        starts = np.flatnonzero(np.diff(files, prepend=~files[:1]))
        for start, end in zip(starts, [*starts[1:], len(files)], strict=True):
            key = int(files[start])
            if parts and (key != current or size >= chunk_size):
                yield current if current is not None else key, b"".join(parts)
                parts, size = [], 0
            current = key
            parts.append(_joined(batch.column("line").slice(start, end - start)))
            size += len(parts[-1])
    if current is not None:
        yield current, b"".join(parts)


def _joined(lines: pa.BinaryArray) -> bytes:
    """The lines one after the other, as they lie in the column."""
    _, offsets, values = lines.buffers()
    places = np.frombuffer(offsets, np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return bytes(memoryview(values)[places[0] : places[-1]]) if values is not None else b""


def _statements(data: bytes, source: Source) -> Statements:
    """The triples of some lines; the names of blank nodes are kept apart from other files'.

    Raises:
        RuntimeError: a line is malformed; after `MALFORMED` comes JSON for the driver, which can tell the line's number.
    """
    try:
        found = parsed(data, "nquads" if source.form == "nquads" else "ntriples", source.name)
    except InputError as error:
        text = data.split(b"\n")[error.line - 1] if error.line else b""
        said = str(error).removeprefix(":".join(str(part) for part in (source.name, error.line, error.column) if part) + ": ")
        raise RuntimeError(MALFORMED + json.dumps({"place": source.place, "text": text.hex(), "message": said})) from None
    if not found.terms.str.starts_with("_:").any():
        return found
    return replace(found, terms=found.terms.str.replace("^_:", f"_:f{source.place}x"))


def _merged(batches: list[Batch]) -> Batch:
    """One batch of several, over one list of names."""
    if len(batches) == 1:
        return batches[0]
    names = pl.concat([batch.terms for batch in batches])
    different = names.unique(maintain_order=True)
    places = pl.DataFrame({"term": names}).join(
        pl.DataFrame({"term": different}).with_row_index("place"), on="term", how="left", maintain_order="left"
    )
    numbers = places["place"].to_numpy().astype(np.int64)
    bases = np.cumsum([0, *(len(batch.terms) for batch in batches)])
    start, end = (
        np.concatenate([numbers[getattr(batch, part) + base] for batch, base in zip(batches, bases, strict=False)])
        for part in ("start", "end")
    )
    return Batch(different, start, np.concatenate([batch.property for batch in batches]), end)


def _packed(batch: Batch) -> bytes:
    stream = io.BytesIO()
    batch.row().write_ipc(stream, compression="zstd")
    return stream.getvalue()


def loaded(batch: bytes) -> Batch:
    """The batch of a chunk's row."""
    return Batch.of_row(pl.read_ipc(io.BytesIO(batch)))


def links_of(batch: Batch, plan: Plan) -> tuple[Column, Column]:
    """The batch's links, from node to node; a value that is a literal links nothing."""
    wanted = [place for place, name in enumerate(relevant(plan)) if name[1:-1] in plan.links]
    literal = batch.terms.str.starts_with('"').to_numpy()
    kept = np.isin(batch.property, wanted)
    kept &= ~literal[batch.end]
    return batch.start[kept], batch.end[kept]


def named(batch: Batch, plan: Plan) -> Column:
    """The nodes that the chunk says something of, or links to: what other chunks may say something of, too."""
    return np.unique(np.concatenate([batch.start, links_of(batch, plan)[1]]))


def within(starts: Column, ends: Column, marked: Column, depth: int, *, backwards: bool = False) -> Column:
    """The marks, carried along so many links."""
    sources, targets = (ends, starts) if backwards else (starts, ends)
    found = marked.copy()
    for _ in range(depth):
        found[targets[found[sources]]] = True
    return found
