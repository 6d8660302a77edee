"""How commands read records by the column: their options, the run, its progress and what came of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from itss_kg.commands.options import not_an_input
from itss_kg.commands.outcome import said, told
from itss_kg.commands.progress import progress
from itss_kg.commands.size import mebibytes
from itss_kg.compressed import inner_name
from itss_kg.errors import CallError
from itss_kg.findings_file import check_name
from itss_kg.output import emit_file, is_stream

if TYPE_CHECKING:
    from itss_kg.bulk.run import Options, Summary
    from itss_kg.reading import Reading
    from itss_kg.remote import Endpoint

__all__ = [
    "COLUMN_FORMATS",
    "LARGE",
    "assess_files",
    "by_column",
    "findings_option",
    "is_parquet",
    "load_options",
    "memory_option",
    "options_of",
    "processes_for",
    "pulled_to_file",
    "run_files",
    "size_of",
    "unpacked_size",
]

COLUMN_FORMATS = ("jsonl", "parquet", "nt")
LARGE = 16 << 20  # bytes: above it records are read by the column without being told to
_PACKED = 10  # times its size is about what is in a compressed file


memory_option = click.option(
    "--memory", metavar="SIZE", callback=mebibytes, default="1024", show_default=True, help="MiB to stay within; or 2G."
)


def _named(_context: click.Context, _parameter: click.Parameter, target: Path | None) -> Path | None:
    if target is not None:
        check_name(target)
    return target


findings_option = click.option(
    "--findings",
    type=click.Path(path_type=Path),
    callback=_named,
    help="Write all that was not understood to this file, .csv or .jsonl.",
)


def load_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options of what may take long: memory, processes, going on."""
    jobs = click.option("--jobs", type=click.IntRange(min=1), help="Processes; as many as processors by default.")
    resume = click.option("--resume", is_flag=True, help="Go on with what an interrupted run to the same output left.")
    return memory_option(jobs(resume(function)))


def by_column(engine: str, data: tuple[str, ...], form: str) -> bool:
    """Whether to assess by the column: where told to, where the format needs it, and for Parquet and what is large.

    Raises:
        CallError: told to go record by record for a format that is written by the column only.
    """
    if engine == "records" and form in COLUMN_FORMATS:
        raise CallError(f"--format {form} is written by --engine columns")
    if engine != "auto":
        return engine == "columns"
    if form in COLUMN_FORMATS:
        return True
    from itss_kg.input import expand

    names = expand(data)
    return any(map(is_parquet, names)) or (unpacked_size(names) > LARGE and find_spec("polars") is not None)


def assess_files(
    data: tuple[str, ...], output: Path | None, form: str, options: Options, *, strict: bool, lasting: bool = True
) -> int:
    """Assess files by the column; to standard output once all is done, where no file is named.

    `lasting` is as for `run_files`.

    Raises:
        CallError: the format does not go with where it is to be written.
    """
    if form == "parquet" and output is None:
        raise CallError("Parquet is written to a file; name one with -o")
    asked = click.get_current_context().get_parameter_source("form") is ParameterSource.COMMANDLINE
    if form == "text" and asked and output is not None:
        raise CallError(
            f"{output}: by the column, text is a summary on the screen; ask for csv, jsonl or parquet, or for --engine records"
        )
    written = form if form != "text" else "csv"
    if output is not None and not is_stream(output):
        summary = run_files(data, output, written, options, lasting=lasting)
    else:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "verdicts"
            summary = run_files(data, place, written, options, lasting=False)
            if output is not None:
                with place.open("rb") as whole, output.open("wb") as stream:
                    shutil.copyfileobj(whole, stream)
            elif form != "text":
                emit_file(place)
    click.echo(told(summary, options.language, hint=options.findings is None), err=True, nl=False)
    click.echo(said(summary, options.language), err=form != "text" or output is not None, nl=False)
    if form == "text" and output is None:
        click.echo("The verdicts on each: --format csv or jsonl, or a file with -o; explain says why.", err=True)
    return 1 if strict and summary.found else 0


@contextmanager
def pulled_to_file(far: Endpoint, reading: Reading) -> Iterator[str]:
    """A file of the records of a server's candidates, pulled page by page, none of which is kept in memory."""
    from itss_kg.graph import renamed
    from itss_kg.records import write
    from itss_kg.remote_records import pages
    from itss_kg.sampling import Record

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.nt"
        with path.open("w", encoding="utf-8") as stream:
            for place, page in enumerate(pages(far, reading)):
                write([Record("", list(renamed(page, f"p{place}")))], stream, "nt")
        yield str(path)


def options_of(
    data: tuple[str, ...],
    memory: int,
    jobs: int | None,
    input_format: str | None,
    lang: str,
    ontology: tuple[Path, ...],
    *,
    resume: bool,
    findings: Path | None,
    bom: bool = False,
) -> Options:
    """The options of a run over some files; what its processes will need is being loaded from here on.

    Raises:
        CallError: what reading by the column needs is not installed.
    """
    for name in ("numba", "polars"):
        if find_spec(name) is None:
            raise CallError(f"reading by the column needs {name}: pip install 'itss-kg[bulk]'")
    jobs = processes_for(data, jobs)
    from itss_kg.bulk.plan import plan_of
    from itss_kg.bulk.run import Options

    plan_of(ontology)  # whatever is wrong with an ontology shows before processes start
    return Options(memory, jobs, resume, lang, ontology, input_format, findings=findings, bom=bom)


def processes_for(data: tuple[str, ...], jobs: int | None) -> int:
    """How many processes to work in, one for what is little; what the others need is being loaded from here on."""
    jobs = (jobs or len(os.sched_getaffinity(0))) if _worth_processes(data) else 1
    if jobs > 1:
        from itss_kg.bulk.processes import start_early

        start_early(lines=not all(map(is_parquet, data)))
    return jobs


def _worth_processes(data: tuple[str, ...]) -> bool:
    """Whether there is so much to read that it is not done before further processes would have started."""
    from itss_kg.input import expand

    names = [name for name in expand(data) if name != "-"]
    return len(names) == 0 or any(map(is_parquet, names)) or unpacked_size(names) >= LARGE


def is_parquet(name: str) -> bool:
    """Whether a file's name says that it is Parquet."""
    return name.lower().endswith(".parquet")


def unpacked_size(names: Iterable[str]) -> int:
    """The bytes in files, by guess where they are compressed."""
    return sum(size_of([name]) * (_PACKED if inner_name(name) else 1) for name in names)


def size_of(names: Iterable[str]) -> int:
    """The bytes in the files among some names."""
    return sum(path.stat().st_size for path in map(Path, names) if path.is_file())


def run_files(data: tuple[str, ...], output: Path, form: str, options: Options, *, lasting: bool = True) -> Summary:
    """Run over the files, showing how far it is; `lasting` says that what is finished stays after an interruption.

    Raises:
        CallError: the output is one of the inputs.
    """
    from itss_kg.bulk.folder import folder_of
    from itss_kg.bulk.run import run
    from itss_kg.input import expand

    names = expand(data)
    output = output.resolve()
    not_an_input(data, output, options.findings)
    try:
        with progress(size_of(names), "reading", "triples") as seen:
            return run(names, output, form, options, seen)
    except (KeyboardInterrupt, SystemExit, OSError):
        if not lasting:
            shutil.rmtree(folder_of(output), ignore_errors=True)
        elif "-" not in names:
            click.echo(f"itss-kg: what is finished is kept in {folder_of(output)}; go on with it by --resume", err=True)
        raise
