"""Validation of an input of any size and order: looked through by the column, and an engine asked about what is left."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import polars as pl

from itss_kg.bulk.checking import Shapes
from itss_kg.bulk.results_file import ResultsFile
from itss_kg.bulk.screened import kept, screened
from itss_kg.bulk.sources import Piece
from itss_kg.bulk.suspects import Suspects
from itss_kg.bulk.validation import BATCH, screen_of, shapes_of, validated
from itss_kg.bulk.whole_records import whole_records
from itss_kg.reading import Reading

__all__ = ["piece_size", "portions", "validated_input"]

_MIB = 1 << 20
_SHARE = 14  # a piece of text takes so many times its size in memory while it is looked through
_ROW = 1300  # bytes that a statement takes while whole records are brought together
_HELD = 680  # MiB that two processes, and the one that they work for, hold whatever they do
_FEW = 200_000  # statements that are checked before further processes would have started

Told = Callable[[int, int], None]


def piece_size(memory: int, jobs: int) -> int:
    """How many bytes of text to look through at once, within so many MiB of memory for all processes."""
    return max(_MIB, min(64 * _MIB, memory * _MIB // (_SHARE * jobs)))


def portions(statements: int, memory: int) -> int:
    """In how many portions to bring statements together, within so many MiB of memory."""
    return 1 + statements * _ROW // (max(memory // 4, memory - _HELD) * _MIB)


@contextmanager
def validated_input(
    pieces: Iterable[Piece],
    reading: Reading,
    ontology: tuple[Path, ...] = (),
    *,
    engine: str = "shacl",
    jobs: int = 1,
    memory: int = 1024,
    telling: str | None = None,
    language: str = "en",
    size: int = 0,
    progress: Callable[[int, str, str], AbstractContextManager[Told]],
    shapes: Shapes | None = None,
) -> Iterator[ResultsFile]:
    """The results of all that the pieces say, the same as those of `validation.validate`.

    Args:
        pieces: the input, of `sources.pieces`.
        reading: the standard, read.
        ontology: the files that it was read from.
        engine: a name of `engines.ENGINES`; the reference, pySHACL, is asked about everything.
        jobs: how many processes.
        memory: MiB to stay within.
        telling: as for `validation.validated`.
        language: of what is said of that which was not understood.
        size: bytes of the input, where that is known.
        progress: shows each of the two passes: how much there is to do, what is done and what is counted.
        shapes: what `validation.shapes_of` gave, where it is at hand.

    Raises:
        InputError: something in the input is wrong.
        CallError: there is no such engine, or a process was ended from outside.
    """
    shapes = shapes or shapes_of(reading)
    vocabulary = Suspects(reading.standard, language)
    with tempfile.TemporaryDirectory(prefix="itss-kg-") as place:
        folder, records = Path(place) / "pieces", Path(place) / "records"
        folder.mkdir()
        with progress(size, "reading", "statements") as told:
            if engine == "shacl":
                left = screened(pieces, screen_of(shapes, reading, vocabulary), shapes.looks.links, folder, jobs, told)
            else:  # the reference is asked about everything
                left = kept(pieces, folder, told, vocabulary)
        frames = (pl.read_ipc(path) for path in left.frames)
        batches = whole_records(frames, shapes.own, shapes.looks.links, BATCH, records, portions(left.statements, memory))
        with (
            progress(left.statements, "checking", "candidates") as told,
            validated(
                batches,
                reading,
                ontology,
                engine=engine,
                jobs=1 if engine == "shacl" and left.statements <= _FEW else jobs,
                telling=telling,
                progress=told,
                shapes=shapes,
                screened=left,
            ) as found,
        ):
            yield found
