"""Many records put into a store with the verdicts on them, in bounded memory: what `loading` does with few at once."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from itss_kg.bulk.output import header
from itss_kg.bulk.plan import plan_of
from itss_kg.bulk.run import Options, Summary, run
from itss_kg.bulk.sources import all_have_triples
from itss_kg.bulk.streams import numbered, statements
from itss_kg.errors import NoCandidatesError
from itss_kg.store import KnowledgeStore, named_after
from itss_kg.store_files import Told, add_file, replace_by_file, write_file

__all__ = ["Showing", "add_records", "assess_store", "prepared", "written"]

_BLOCK = 1 << 20
_OFTEN = 1 << 14

Showing = Callable[[int, str, str], AbstractContextManager[Told]]


@contextmanager
def prepared(names: Sequence[str], input_format: str | None, showing: Showing) -> Iterator[tuple[Path, dict[str, int]]]:
    """All that some files say as one file of N-Triples, and how many statements each has.

    Blank nodes are named after their file, so that it adds nothing when it is loaded again.

    Args:
        names: of files, not of standard input.
        input_format: of the files, whatever their names say.
        showing: shows the step: how much there is to do, what is done and what is counted.

    Raises:
        InputError: something in the files is wrong.
    """
    files: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="itss-kg-") as folder:
        path = Path(folder) / "records.nt"
        size = sum(Path(name).stat().st_size for name in names if Path(name).is_file())
        with path.open("wb") as stream, showing(size, "reading", "statements") as told:
            for name in names:
                files[name] = _copied(name, input_format, stream, told)
                all_have_triples({name: files[name]})
        yield path, files


def add_records(store: KnowledgeStore, records: Path, statements: int, showing: Showing, *, replace: bool) -> int:
    """Add the records of a file of `prepared` to the candidates; how many statements were new.

    With `replace` they take the place of all records that are there, and the report on those goes.
    """
    with showing(statements, "storing", "statements") as told:
        if not replace:
            return add_file(store, "candidates", records, told)
        new = replace_by_file(store, "candidates", records, told)
    store.replace("report", ())
    return new


def assess_store(store: KnowledgeStore, records: Path, options: Options, showing: Showing) -> Summary:
    """Assess all candidates of a store and put the verdicts in the place of the previous ones.

    `records` is what `written` made of the store.
    """
    with tempfile.TemporaryDirectory(prefix="itss-kg-") as folder:
        verdicts = Path(folder) / "verdicts.nt"
        summary = Summary()
        verdicts.write_text(header("nt", plan_of(options.ontology).reading.standard), encoding="utf-8")
        if records.stat().st_size:
            with (
                suppress(NoCandidatesError),
                showing(records.stat().st_size, "assessing", "statements") as told,
            ):
                summary = run([str(records)], verdicts, "nt", options, told)
        with showing(0, "storing verdicts", "statements") as told:
            replace_by_file(store, "assessments", verdicts, told)
    return summary


@contextmanager
def written(store: KnowledgeStore) -> Iterator[Path]:
    """A file of all records of a store, whose blank nodes are named as there."""
    with tempfile.TemporaryDirectory(prefix="itss-kg-") as folder:
        path = Path(folder) / "records.nt"
        write_file(store, "candidates", path)
        yield path


def _copied(name: str, input_format: str | None, stream: IO[bytes], told: Told) -> int:
    """Write the statements of a file as N-Triples; how many there are."""
    number = 0
    with statements(name, input_format) as (found, source):

        def counted() -> Iterator[ox.Triple]:
            nonlocal number
            before = 0
            for number, quad in enumerate(numbered(found, _prefix(name)), 1):
                if number % _OFTEN == 0:
                    told(source.taken - before, _OFTEN)
                    before = source.taken
                yield quad.triple
            told(source.taken - before, number % _OFTEN)

        ox.serialize(counted(), stream, format=ox.RdfFormat.N_TRIPLES)
    return number


def _prefix(name: str) -> str:
    """What the blank nodes of a file are called after, as `loading.load_records` does."""
    digest = hashlib.sha256()
    with Path(name).open("rb") as stream:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            digest.update(block)
    return named_after(digest.hexdigest())
