"""The command that checks records with SHACL: all at once, or batch by batch in several processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itss_kg.commands.columns import LARGE, is_parquet, memory_option, processes_for, size_of, unpacked_size
from itss_kg.commands.filling import has_many
from itss_kg.commands.options import (
    bom_option,
    common,
    formats,
    input_format_option,
    not_an_input,
    one_source,
    reading_of,
    write_out,
)
from itss_kg.commands.progress import progress
from itss_kg.errors import NO_CANDIDATES, CallError, InputError
from itss_kg.input import expand

if TYPE_CHECKING:
    from itss_kg.bulk.results_file import ResultsFile
    from itss_kg.bulk.sources import Piece
    from itss_kg.graph import Graph
    from itss_kg.prose import Prose
    from itss_kg.reading import Reading
    from itss_kg.results import Report, Tally

__all__ = ["chosen_engine", "validate"]

_SHOWN = 20  # findings said one by one
_MUCH = 1 << 20  # bytes: some hundred records, for which the reference takes half a minute


@click.command()
@click.argument("data", nargs=-1)
@input_format_option
@click.option("--store", type=click.Path(path_type=Path), help="Check a store's candidates; write the report to it.")
@formats("text", "ttl", "nt", "jsonld", "csv", "jsonl", "junit")
@click.option("--limit", type=click.IntRange(min=0), help="List at most so many results (JUnit: all); the counts are of all.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="The mildest severity that gives exit status 1.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "pyshacl", "shacl"]),
    default="auto",
    show_default=True,
    help="The SHACL engine: the reference, or a fast one, read in pieces, for more than 1 MiB and Parquet (extra bulk).",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Work piece by piece in so many processes.  [default: one a core]")
@memory_option
@bom_option
@common
def validate(
    data: tuple[str, ...],
    input_format: str | None,
    form: str,
    output: Path | None,
    store: Path | None,
    limit: int | None,
    fail_on: str,
    engine: str,
    jobs: int | None,
    memory: int,
    bom: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """Check the form of records, and every claim of a level, with SHACL.
    What is not understood where no shape looks is said beside the report, and counts as a warning.
    Piece by piece (--engine shacl, or --jobs) the results and their order are those of the whole, in bounded memory.

    Example: itss-kg validate data/candidates/faulty.ttl --format junit
    """
    from itss_kg.data_quality import quality
    from itss_kg.reports import summary

    reading, prose = reading_of(ontology, lang)
    bom = bom and form == "csv"
    many = store is not None and not data and has_many(store)
    if engine == "auto":
        engine = "shacl" if many and find_spec("shacl") is not None else chosen_engine(expand(data))
    if engine == "pyshacl" and jobs is None:
        if unpacked_size(expand(data)) > LARGE:
            click.echo("itss-kg: this takes minutes with pySHACL; --engine shacl finds the same in seconds", err=True)
        graph = one_source(data, input_format, store, reading, output)
        report = _at_once(graph, reading, prose, store, form, limit, output, fail_on.capitalize(), bom=bom)
        tally = report.tally
        foci = {result.focus for result in report.results}
        found_beside = (item for item in quality(graph, reading.standard, lang) if item.node not in foci)
        beside = _say_beside(((item.subject, item.message) for item in found_beside), lang)
    else:
        _need_packages()
        from itss_kg.bulk.validated_input import piece_size, validated_input

        if engine == "shacl" or jobs is None:  # the reference takes so long that it is worth starting processes for little
            jobs = processes_for(data, jobs)
        with (
            _pieces(data, input_format, store, reading, output, piece_size(memory, jobs), many=many) as (found_pieces, names),
            validated_input(
                found_pieces,
                reading,
                ontology,
                engine=engine,
                jobs=jobs,
                memory=memory,
                telling=lang if form == "text" else None,
                language=lang,
                size=size_of(names),
                progress=progress,
            ) as found,
        ):
            tally = found.tally()
            if not tally.candidates:
                raise InputError(NO_CANDIDATES, source=" ".join(data) or str(store or ""))
            if store is not None:
                _keep(store, found, tally, prose)
            write_out(_parts(found, tally, form, prose, limit, fail_on.capitalize()), output, bom=bom)
            beside = _say_beside(found.beside_results(), lang)
    total = sum(tally.counts.values())
    if limit is not None and total > limit and form not in ("text", "junit"):
        click.echo(f"itss-kg: only the first {limit} of {total:,} results are listed (--limit)", err=True)
    if form != "text" or output is not None:
        click.echo(f"itss-kg: {summary(tally, lang)}", err=True)
    return 1 if tally.fails(fail_on.capitalize()) or (beside and fail_on != "violation") else 0


def _say_beside(found: Iterable[tuple[str, str]], lang: str) -> int:
    """Say on standard error what was not understood where no shape looks, the first of it one by one; how much there is."""
    count = 0
    for subject, message in found:
        count += 1
        if count <= _SHOWN:
            click.echo(f"itss-kg: quality: {subject}: {message}", err=True)
    if count:
        said = {
            "en": "{} not understood, of which the report does not speak, for no shape looks there",
            "ja": "検証報告の対象外で理解できなかった事項：{}件",
        }
        click.echo(f"itss-kg: quality: {said[lang].format(count)}", err=True)
    return count


def chosen_engine(names: Sequence[str]) -> str:
    """The engine for some files: the fast one where there is much to check and it is installed, and for Parquet."""
    much = unpacked_size(names) > _MUCH and all(find_spec(name) for name in ("polars", "shacl"))
    return "shacl" if much or any(map(is_parquet, names)) else "pyshacl"


def _need_packages() -> None:
    """Batches need packages that the core does without.

    Raises:
        CallError: they are not installed.
    """
    try:
        import itss_kg.bulk.validation  # noqa: F401  # whether it can be imported is the question
    except ImportError as error:
        raise CallError(f"working batch by batch needs {error.name}: pip install 'itss-kg[bulk]'") from None


def _at_once(
    graph: Graph,
    reading: Reading,
    prose: Prose,
    store: Path | None,
    form: str,
    limit: int | None,
    output: Path | None,
    at: str,
    *,
    bom: bool,
) -> Report:
    from itss_kg.reports import report_text
    from itss_kg.validation import validate as run

    report = run(graph, reading)
    if store is not None:
        from itss_kg.loading import report_triples
        from itss_kg.store import KnowledgeStore

        KnowledgeStore(store).replace("report", report_triples(report, graph, reading))
    write_out(report_text(report, form, prose, graph, limit, at), output, bom=bom)
    return report


@contextmanager
def _pieces(
    data: tuple[str, ...],
    input_format: str | None,
    store: Path | None,
    reading: Reading,
    output: Path | None,
    size: int,
    *,
    many: bool,
) -> Iterator[tuple[Iterator[Piece], list[str]]]:
    """The input in pieces of about so many bytes, and the files that it is in; a store that has not many candidates is one."""
    from itss_kg.bulk.batch_rows import frame_of
    from itss_kg.bulk.sources import Piece, pieces

    if store is not None and many:
        from itss_kg.bulk.storing import written
        from itss_kg.store import KnowledgeStore

        with written(KnowledgeStore(store, read_only=True)) as records:
            yield pieces([str(records)], None, size, apart=False), [str(records)]
    elif store is not None or not data:
        yield iter([Piece("records", 1, "graph", data=frame_of(one_source(data, input_format, store, reading, output)))]), []
    else:
        not_an_input(data, output)
        yield map(_not_packed, pieces(data, input_format, size)), expand(data)


def _not_packed(piece: Piece) -> Piece:
    if piece.form == "packed":
        raise CallError(f"{piece.name} is packed and holds what verdicts need, not whole records; validate what it came from")
    return piece


def _parts(found: ResultsFile, tally: Tally, form: str, prose: Prose, limit: int | None, at: str) -> Iterator[str]:
    from itss_kg.reports import junit, report_parts
    from itss_kg.results import Report

    if form == "junit":
        results = tuple(item.result for item in found.results())
        yield junit(Report(results, tally.candidates, found.claims()), found.candidates(), prose, at)
    else:
        yield from report_parts(form, tally, found.results(limit), prose)


def _keep(folder: Path, found: ResultsFile, tally: Tally, prose: Prose) -> None:
    from itss_kg.loading import kept_report
    from itss_kg.reports import report_parts
    from itss_kg.store import KnowledgeStore

    KnowledgeStore(folder).replace("report", kept_report("".join(report_parts("ttl", tally, found.results(), prose))))
