"""How commands put the standard and people's records into a store: few as one graph, many in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itss_kg.commands.columns import LARGE, assess_files, is_parquet, processes_for, size_of, unpacked_size
from itss_kg.commands.options import say_quality
from itss_kg.commands.outcome import told as not_understood
from itss_kg.commands.progress import progress
from itss_kg.errors import InputError

if TYPE_CHECKING:
    from itss_kg.bulk.run import Options
    from itss_kg.reading import Reading
    from itss_kg.store import KnowledgeStore

__all__ = ["Filled", "are_large", "assess_stored", "fill", "has_many"]

_MANY = 150_000  # statements of a store: about as many as a large file has


@dataclass
class Filled:
    """A store, the sizes of the standard's graphs, the statements of each file, how many were new, and how many verdicts."""

    store: KnowledgeStore
    graphs: dict[str, int]
    files: dict[str, int] = field(default_factory=dict)
    new: int = 0
    verdicts: int = 0


def fill(
    place: Path | None,
    reading: Reading,
    data: tuple[str, ...],
    input_format: str | None,
    lang: str,
    ontology: tuple[Path, ...],
    *,
    instead: bool = False,
) -> Filled:
    """Put the standard into a store, add the records of files, say what is not understood, and assess all that are there.

    Args:
        place: the folder of the store, made where there is none; `None` for one in memory.
        reading: the standard.
        data: the files; where none are named, nothing is assessed.
        input_format: of the files, whatever their names say.
        lang: of the verdicts and of what is said.
        ontology: where the standard was read from.
        instead: the records take the place of all that are there.

    Raises:
        InputError: something in the files is wrong; the store is as it was.
    """
    from itss_kg.input import expand, read_candidates
    from itss_kg.loading import load_records, load_standard, records_of, write_verdicts
    from itss_kg.store import KnowledgeStore

    names = expand(data)
    if _are_many(place, names):
        from itss_kg.bulk.run import Options
        from itss_kg.bulk.storing import add_records, assess_store, prepared, written

        with prepared(names, input_format, progress) as (records, files):
            store = KnowledgeStore(place)
            done = Filled(store, load_standard(store, reading), files)
            done.new = add_records(store, records, sum(files.values()), progress, replace=instead)
        with written(store) as records:
            jobs = processes_for((str(records),), None)
            options = Options(jobs=jobs, language=lang, ontology=ontology, apart=False)
            summary = assess_store(store, records, options, progress)
        click.echo(not_understood(summary, lang, hint=False), err=True, nl=False)
        done.verdicts = summary.candidates * len(reading.standard.fields)
        return done
    # whatever is wrong with a file shows before the store is touched
    parts = {name: read_candidates([name], input_format) for name in names}
    store = KnowledgeStore(place)
    done = Filled(store, load_standard(store, reading))
    if data:
        with progress(size_of(names), "reading", "statements") as told:
            done.files, done.new = load_records(store, names, input_format, told, replace=instead, parts=parts)
        say_quality(records_of(store), reading, lang)
        with progress(0, "assessing", "verdicts") as told:
            done.verdicts = write_verdicts(store, reading, lang, told)
    return done


def assess_stored(place: Path, output: Path | None, form: str, options_for: Callable[[str], Options], *, strict: bool) -> int:
    """Assess the candidates of a store by the column; write the verdicts to the store, and to a file or standard output.

    `options_for` gives the options for the file in which the records are meanwhile.

    Raises:
        InputError: there is no such store, or nobody is in it.
    """
    from itss_kg.bulk.storing import assess_store, written
    from itss_kg.store import KnowledgeStore

    if not place.is_dir():
        raise InputError("no such store; make one with `itss-kg load DATA… --store DIR`", source=str(place))
    with written(KnowledgeStore(place, read_only=True)) as records:
        if not records.stat().st_size:
            raise _nobody(place)
        options = replace(options_for(str(records)), apart=False)
        if not assess_store(KnowledgeStore(place), records, replace(options, findings=None), progress).candidates:
            raise _nobody(place)
        return assess_files((str(records),), output, form, options, strict=strict, lasting=False)


def _nobody(place: Path) -> InputError:
    return InputError("no candidates in this store; load some with `itss-kg load`", source=str(place))


def has_many(place: Path) -> bool:
    """Whether a store has so many records that they are not to be one graph in memory."""
    from itss_kg.store import KnowledgeStore

    return _by_column() and place.is_dir() and KnowledgeStore(place, read_only=True).size("candidates") > _MANY


def are_large(data: tuple[str, ...]) -> bool:
    """Whether what files hold is not to be one graph in memory; of standard input that is not known before it is read."""
    from itss_kg.input import expand

    names = expand(data)
    return "-" not in names and _by_column() and (any(map(is_parquet, names)) or unpacked_size(names) > LARGE)


def _are_many(place: Path | None, names: list[str]) -> bool:
    if not names or "-" in names or not _by_column():
        return False
    return unpacked_size(names) > LARGE or (place is not None and (place / "CURRENT").exists() and has_many(place))


def _by_column() -> bool:
    return all(find_spec(name) is not None for name in ("numba", "polars"))
