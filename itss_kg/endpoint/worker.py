"""A process that answers queries from a store, one at a time, so that one which runs away can be ended with it.

On standard input comes a line of JSON for each query, on standard output frames: a letter, the length as four bytes, content.
`H` is the media type of the answer that follows in frames `D` and ends with `E`; `R` is a refusal, as JSON.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from itss_kg.errors import CallError, ItssError
from itss_kg.namespaces import PREFIXES
from itss_kg.store import KnowledgeStore

_CHUNK = 64 * 1024


class _Frames(io.RawIOBase):
    """What is written, as frames `D`."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:  # bytes-like
        """One frame."""
        content = bytes(data)
        _frame(self._out, b"D", content)
        return len(content)


def main(folder: str, memory: int) -> None:
    """Answer until standard input ends; `memory` is the most that the process may take, in bytes, 0 for no bound."""
    if memory:
        _bound(memory)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    out = sys.stdout.buffer
    try:
        store = KnowledgeStore(Path(folder), read_only=True)
    except ItssError as error:
        _refuse(out, 503, str(error))
        return
    _frame(out, b"E", b"")  # ready
    for line in sys.stdin.buffer:
        _answer(store, json.loads(line), out)


def _end_with_parent(parent: int) -> None:
    """However the server ended, no query runs on without it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _bound(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _answer(store: KnowledgeStore, job: dict[str, Any], out: BinaryIO) -> None:
    try:
        result = store.query(
            job["text"],
            default_graphs=job["default"],
            named_graphs=job["named"],
            visible=job["visible"],
            services=frozenset(job["services"]),
        )
        rows = not isinstance(result, ox.QueryTriples)
        kind = job["rows" if rows else "graph"]
        if kind is None:
            what = "rows or a truth value" if rows else "a graph"
            return _refuse(out, 406, f"the answer is {what}, which has none of the formats that the request accepts")
        _frame(out, b"H", kind.encode())
        with io.BufferedWriter(_Frames(out), _CHUNK) as stream:
            _write(result, kind, stream)
        return _frame(out, b"E", b"")
    except CallError as error:
        place = re.search(r"error at (\d+):(\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (None, None)
        return _refuse(out, 400, str(error), line=line, column=column)
    except (OSError, RuntimeError) as error:  # another service, or a store that is being written
        return _refuse(out, 503, f"the query could not be answered ({type(error).__name__})")


def _write(result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, kind: str, stream: BinaryIO) -> None:
    if isinstance(result, ox.QueryTriples):
        form = ox.RdfFormat.from_media_type(kind)
        ox.serialize(result, stream, format=form, prefixes=PREFIXES if kind != "application/n-triples" else None)
    else:
        result.serialize(stream, format=ox.QueryResultsFormat.from_media_type(kind))


def _refuse(out: BinaryIO, status: int, detail: str, **more: int | None) -> None:
    _frame(out, b"R", json.dumps({"status": status, "detail": detail, **more}).encode())


def _frame(out: BinaryIO, letter: bytes, content: bytes) -> None:
    out.write(letter + struct.pack(">I", len(content)) + content)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
