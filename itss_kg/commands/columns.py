"""How commands read records by the column: their options, the run, its progress and what came of it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itss_kg.commands.progress import progress
from itss_kg.errors import CallError
from itss_kg.output import is_stream

if TYPE_CHECKING:
    from itss_kg.bulk.run import Options, Summary
    from itss_kg.reading import Reading
    from itss_kg.remote import Endpoint

__all__ = [
    "COLUMN_FORMATS",
    "LARGE",
    "assess_files",
    "by_column",
    "load_options",
    "memory_option",
    "options_of",
    "processes_for",
    "pulled_to_file",
    "run_files",
    "said",
    "size_of",
    "told",
]

COLUMN_FORMATS = ("jsonl", "parquet", "nt")
LARGE = 16 << 20  # bytes: above it records are read by the column without being told to
_COMPRESSED = (".gz", ".zst", ".parquet")
_SHOWN = 20  # findings on standard error; the number of all is said
_COMMONEST = 5


memory_option = click.option(
    "--memory", type=click.IntRange(min=64), default=1024, show_default=True, help="MiB to stay within."
)


def load_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options of what may take long: memory, processes, going on."""
    jobs = click.option("--jobs", type=click.IntRange(min=1), help="Processes; as many as processors by default.")
    resume = click.option("--resume", is_flag=True, help="Go on with what an interrupted run to the same output left.")
    return memory_option(jobs(resume(function)))


def by_column(engine: str, data: tuple[str, ...], form: str) -> bool:
    """Whether to assess by the column: where told to, where the format needs it, and for what is large or compressed.

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

    files = [Path(name) for name in expand(data) if Path(name).is_file()]
    if any(path.suffix in _COMPRESSED for path in files):
        return True
    return sum(path.stat().st_size for path in files) > LARGE and find_spec("polars") is not None


def assess_files(data: tuple[str, ...], output: Path | None, form: str, options: Options, *, strict: bool) -> int:
    """Assess files by the column; to standard output once all is done, where no file is named."""
    if form == "parquet" and output is None:
        raise CallError("Parquet is written to a file; name one with -o")
    written = form if form != "text" else "csv"
    if output is not None and not is_stream(output):
        summary = run_files(data, output, written, options)
    else:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "verdicts"
            summary = run_files(data, place, written, options, lasting=False)
            if output is not None:
                with place.open("rb") as whole, output.open("wb") as stream:
                    shutil.copyfileobj(whole, stream)
            elif form != "text":
                sys.stdout.flush()
                with place.open("rb") as whole:
                    shutil.copyfileobj(whole, sys.stdout.buffer)
    click.echo(told(summary), err=True, nl=False)
    click.echo(said(summary), err=form != "text" or output is not None, nl=False)
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
    return Options(memory, jobs, resume, lang, ontology, input_format)


def processes_for(data: tuple[str, ...], jobs: int | None) -> int:
    """How many processes to work in, one for what is little; what the others need is being loaded from here on."""
    jobs = (jobs or len(os.sched_getaffinity(0))) if _worth_processes(data) else 1
    if jobs > 1:
        from itss_kg.bulk.processes import start_early

        start_early(lines=any(not name.endswith(".parquet") for name in data))
    return jobs


def _worth_processes(data: tuple[str, ...]) -> bool:
    """Whether there is so much to read that it is not done before further processes would have started."""
    from itss_kg.input import expand

    names = [name for name in expand(data) if name != "-"]
    return len(names) == 0 or any(name.endswith(_COMPRESSED) for name in names) or size_of(names) >= LARGE


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
    if any(name != "-" and Path(name).resolve() == output for name in names):
        raise CallError(f"{output} is one of the inputs, which would be lost; write to another file")
    try:
        with progress(size_of(names), "reading", "triples") as seen:
            return run(names, output, form, options, seen)
    except (KeyboardInterrupt, SystemExit, OSError):
        if lasting and "-" not in names:
            click.echo(f"itss-kg: what is finished is kept in {folder_of(output)}; go on with it by --resume", err=True)
        raise


def told(summary: Summary) -> str:
    """What in the records was not understood, as lines for people."""
    lines = [f"itss-kg: quality: {subject}: {message}" for subject, message in summary.findings[:_SHOWN]]
    if summary.found > _SHOWN:
        lines.append(f"itss-kg: quality: … and {summary.found - _SHOWN:,} more")
    if summary.found:
        lines.append(f"itss-kg: quality: {summary.found:,} to look at before relying on the verdicts")
    return "".join(f"{line}\n" for line in lines)


def said(summary: Summary) -> str:
    """What came of a run, as lines for people."""
    levels = ", ".join(f"{name}: {count:,}" for name, count in sorted(summary.levels.items())) or "none"
    lines = [f"Candidates: {summary.candidates:,} ({summary.triples:,} triples). Levels: {levels}"]
    if summary.obstacles:
        first = sorted(summary.obstacles.items(), key=lambda item: (-item[1], item[0]))[:_COMMONEST]
        lines.append("Commonest obstacles: " + ", ".join(f"{iri.rpartition('/')[2]}: {count:,}" for iri, count in first))
    return "\n".join(lines) + "\n"
