"""Processes that work on pieces, of one thread each.

They are forked off a server that has loaded what takes longest (`prepared`) but has no thread of its own yet, so that no lock
is inherited from one; where a system has no such server, each starts afresh.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, TypeVar

from itss_kg.errors import CallError

__all__ = ["Workers", "as_done", "pool", "start_early", "workers_of"]

T = TypeVar("T")
Given = TypeVar("Given")

_PREPARED = "itss_kg.bulk.prepared"
_PREPARED_LINES = "itss_kg.bulk.prepared_lines"
_ENVIRONMENT = {
    "POLARS_MAX_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # the C library, and Polars' allocator, give memory back to the system only to ask for it again, piece after piece
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:1500,muzzy_decay_ms:1500",
}
_SERVED = "forkserver" in multiprocessing.get_all_start_methods()


def start_early(*, lines: bool = True) -> None:
    """Have the server start meanwhile and, where lines are to be read, load what the processes will need for it."""
    if _SERVED:
        from multiprocessing import forkserver

        with _environment():
            multiprocessing.get_context("forkserver").set_forkserver_preload([_PREPARED, *([_PREPARED_LINES] if lines else [])])
            forkserver.ensure_running()


@contextmanager
def pool(
    jobs: int, begin: Callable[..., None], arguments: tuple[Any, ...], folder: Path | None = None
) -> Iterator[ProcessPoolExecutor]:
    """So many processes, each of which begins with a call; what they have not begun is dropped at the end.

    Args:
        jobs: how many.
        begin: what each calls first.
        arguments: of that call.
        folder: for a file of these, instead of the system's for temporary files.

    Raises:
        CallError: a process was ended from outside.
    """
    start_early()
    with _environment(), TemporaryDirectory(dir=folder) as place:
        # in a file, for what does not fit into a pipe would have the processes start one after another
        given = Path(place) / "arguments"
        given.write_bytes(pickle.dumps((begin, arguments)))
        context = multiprocessing.get_context("forkserver" if _SERVED else "spawn")
        found = ProcessPoolExecutor(jobs, context, _begin, (str(given),))
        try:
            yield found
        except BrokenProcessPool:
            raise CallError("a process was ended from outside, perhaps for want of memory; try fewer with --jobs") from None
        finally:
            found.shutdown(wait=True, cancel_futures=True)


class Workers(Executor):
    """Those that do the work of a run."""

    def renew(self) -> None:
        """Go on with others, which hold no memory yet; what was given to be done is done before."""


@contextmanager
def workers_of(
    jobs: int, begin: Callable[..., None], arguments: tuple[Any, ...], folder: Path | None = None
) -> Iterator[Workers]:
    """So many processes, as `pool` makes them; with one everything is done in this process, at once."""
    if jobs == 1:
        begin(*arguments)
        yield _Here()
        return
    with ExitStack() as stack:
        yield _Pools(stack, lambda: pool(jobs, begin, arguments, folder))


def as_done(submit: Callable[[Given], Future[T]], given: Iterable[Given], most: int) -> Iterator[tuple[Given, T]]:
    """What is given, with what came of it, as it is done; no more is taken than is under way, so that little is in memory.

    Args:
        submit: gives something to a process; called only after what was done before has been looked at.
        given: what is to be done.
        most: how much may be under way or waiting while the next is taken.
    """
    running: dict[Future[T], Given] = {}

    def done() -> Iterator[tuple[Given, T]]:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future.result()

    for one in given:
        running[submit(one)] = one
        while len(running) > most:
            yield from done()
    while running:
        yield from done()


class _Pools(Workers):
    """One pool after another."""

    def __init__(self, stack: ExitStack, another: Callable[[], AbstractContextManager[Executor]]) -> None:
        self._stack, self._another = stack, another
        self._now = stack.enter_context(another())

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        return self._now.submit(fn, *args, **kwargs)

    def renew(self) -> None:
        self._stack.close()
        self._now = self._stack.enter_context(self._another())


class _Here(Workers):
    """Does what it is given at once, in this process."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def _begin(given: str) -> None:
    """Begin in a process that ends with the one that asked for it, however that ends; else it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent,), daemon=True).start()
    gc.disable()
    begin, arguments = pickle.loads(Path(given).read_bytes())  # noqa: S301  # the process that asks wrote it
    begin(*arguments)
    gc.freeze()  # all this is there to stay
    gc.enable()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _environment() -> Iterator[None]:
    """What the processes started in here find: libraries read it once, when they are loaded."""
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
