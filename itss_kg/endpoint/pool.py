"""Worker processes with bounds: how many run, how long each query may, how many wait.

A query first runs in one of the quick places. If it is not done within `patience`, it moves to one of the slow places, so that
queries which run away never hold up ordinary ones; where none is free, it is ended. A worker that is ended is replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import struct
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from itss_kg.endpoint.protocol import Asked, ProblemError

__all__ = ["Bounds", "Pool", "Reply"]

_MIB = 1024 * 1024
_GENTLY = 10  # how much lower a slow query's priority is


@dataclass(frozen=True)
class Bounds:
    """What a query may take: seconds in all and in a quick place (`patience`), bytes of answer and of memory.

    `quick` and `slow` queries run at once, and `waiting` more wait for a quick place.
    """

    timeout: float = 30.0
    patience: float = 1.0
    answer: int = 256 * _MIB
    memory: int = 4096 * _MIB
    quick: int = 2
    slow: int = 2
    waiting: int = 512


@dataclass(frozen=True)
class Reply:
    """An answer: its media type, and its content as it comes."""

    kind: str
    content: AsyncGenerator[bytes, None]


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process, state: str) -> None:
        self.process = process
        self.state = state

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame.

        Raises:
            ProblemError: the process has ended.
        """
        assert self.process.stdout is not None  # noqa: S101  # it was made with a pipe
        try:
            letter, length = struct.unpack(">cI", await self.process.stdout.readexactly(5))
            return letter, await self.process.stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            raise ProblemError(503, "the query was ended: it took more than the memory it may take") from None

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Pool:
    """Answers queries on a store's folder in processes of their own."""

    def __init__(self, folder: Path, bounds: Bounds, services: frozenset[str] = frozenset()) -> None:
        self.folder = folder
        self.bounds = bounds
        self.services = services
        self.stopped = 0
        self.waiting = 0
        self.running = 0
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._quick = asyncio.Semaphore(bounds.quick)
        self._slow = bounds.slow

    def state(self) -> str:
        """A digest that changes whenever the store does: the names, sizes and times of its files of data."""
        files = sorted(
            (entry.name, entry.stat().st_size, entry.stat().st_mtime_ns)
            for entry in os.scandir(self.folder)
            if entry.name.endswith((".sst", ".log")) or entry.name.startswith("MANIFEST")
        )
        return hashlib.sha256(repr(files).encode()).hexdigest()[:24]

    async def close(self) -> None:
        """End all workers."""
        self._idle.clear()
        for worker in tuple(self._all):
            await self._end(worker)

    async def warm(self) -> None:
        """Have the quick places' workers ready."""
        fresh = [await self._fresh() for _ in range(self.bounds.quick)]
        self._idle.extend(fresh)

    async def ask(self, asked: Asked, rows: str | None, graph: str | None, visible: Sequence[str] | None) -> Reply:
        """Answer a query, of which the first part is waited for.

        Args:
            asked: the query and its dataset.
            rows: media type for rows and truth values, `None` where the client accepts none.
            graph: media type for triples, likewise.
            visible: names of the graphs that may be seen, `None` for all.

        Raises:
            ProblemError: the query is wrong, or was ended by one of the bounds.
        """
        parts = self._parts(asked, rows, graph, visible)
        try:
            kind = (await anext(parts)).decode()
        except BaseException:
            await parts.aclose()
            raise
        return Reply(kind, parts)

    async def _parts(
        self, asked: Asked, rows: str | None, graph: str | None, visible: Sequence[str] | None
    ) -> AsyncGenerator[bytes, None]:
        """The media type and then the content; however it is left, the worker is idle again or ended."""
        if self.waiting >= self.bounds.waiting:
            raise ProblemError(503, "too many queries are waiting", headers={"Retry-After": "1"})
        self.waiting += 1
        try:
            await self._quick.acquire()
        finally:
            self.waiting -= 1
        place = _Place(self)
        self.running += 1
        worker: _Worker | None = None
        whole = False
        try:
            worker = await self._worker()
            place.start()
            job = {"text": asked.text, "default": asked.default_graphs, "named": asked.named_graphs, "visible": visible}
            job |= {"rows": rows, "graph": graph, "services": sorted(self.services)}
            assert worker.process.stdin is not None  # noqa: S101  # it was made with a pipe
            worker.process.stdin.write(json.dumps(job).encode() + b"\n")
            size = 0
            while True:
                letter, content = await place.within(worker)
                if letter == b"R":
                    whole = True
                    said = json.loads(content)
                    raise ProblemError(said.pop("status"), said.pop("detail"), **said)
                if letter == b"E":
                    whole = True
                    return
                size += len(content)
                if size > self.bounds.answer:
                    raise ProblemError(
                        413, f"the answer has more than {self.bounds.answer // _MIB} MiB; ask for less with LIMIT"
                    )
                yield content
        finally:
            self.running -= 1
            place.leave()
            if worker is not None:
                if whole and not place.slow and worker.process.returncode is None:
                    self._idle.append(worker)
                else:
                    self.stopped += not whole
                    await self._end(worker)

    async def _end(self, worker: _Worker) -> None:
        self._all.discard(worker)
        await worker.end()

    async def _worker(self) -> _Worker:
        state = self.state()
        while self._idle:
            worker = self._idle.pop()
            if worker.state == state and worker.process.returncode is None:
                return worker
            await self._end(worker)
        return await self._fresh()

    async def _fresh(self) -> _Worker:
        state = self.state()
        command = [sys.executable, "-P", "-m", "itss_kg.endpoint.worker", str(self.folder), str(self.bounds.memory)]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
        worker = _Worker(process, state)
        self._all.add(worker)
        try:
            letter, content = await worker.frame()
            if letter == b"R":
                raise ProblemError(503, json.loads(content)["detail"], headers={"Retry-After": "1"})
        except BaseException:
            await self._end(worker)
            raise
        return worker


class _Place:
    """The place that one query holds, quick at first."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._start = 0.0
        self.slow = False

    def start(self) -> None:
        """From now on the query's time counts."""
        self._start = asyncio.get_running_loop().time()

    async def within(self, worker: _Worker) -> tuple[bytes, bytes]:
        """The worker's next frame, if it comes in time.

        Raises:
            ProblemError: it does not, or all slow places are taken.
        """
        bounds = self._pool.bounds
        loop = asyncio.get_running_loop()
        waited = asyncio.ensure_future(worker.frame())
        try:
            if not self.slow:
                left = min(bounds.patience, bounds.timeout) - (loop.time() - self._start)
                done, _ = await asyncio.wait({waited}, timeout=max(left, 0))
                if done:
                    return waited.result()
                self._move(worker)
            left = bounds.timeout - (loop.time() - self._start)
            done, _ = await asyncio.wait({waited}, timeout=max(left, 0))
            if done:
                return waited.result()
            raise ProblemError(503, f"the query was ended after {bounds.timeout:g} s; ask for less, or raise --timeout")
        finally:
            if not waited.done():
                waited.cancel()

    def _move(self, worker: _Worker) -> None:
        if self._pool._slow == 0:
            said = f"the query was ended after {self._pool.bounds.patience:g} s, for all places of long queries are taken"
            raise ProblemError(503, said, headers={"Retry-After": "5"})
        self._pool._slow -= 1
        self.slow = True
        self._pool._quick.release()
        with contextlib.suppress(AttributeError, OSError):  # not on this system, or the process has ended
            os.setpriority(os.PRIO_PROCESS, worker.process.pid, _GENTLY)

    def leave(self) -> None:
        """Give the place back."""
        if self.slow:
            self._pool._slow += 1
        else:
            self._pool._quick.release()
