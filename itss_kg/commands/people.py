"""Commands about people's records."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from itss_kg.commands.options import (
    common,
    find_candidate,
    formats,
    input_format_option,
    keep_verdicts,
    reading_of,
    records,
    records_of,
    say_quality,
    server,
    stored,
    target,
    write_out,
)
from itss_kg.errors import CallError
from itss_kg.output import leave_pipe

if TYPE_CHECKING:
    from itss_kg.graph import Graph
    from itss_kg.reading import Reading
    from itss_kg.remote import Endpoint

__all__ = ["assess", "explain", "prepare", "sample", "validate"]


@click.command()
@click.argument("data", nargs=-1)
@input_format_option
@formats("text", "json", "csv", "ttl")
@click.option("--store", type=click.Path(path_type=Path), help="Assess a store's candidates; write the verdicts to it.")
@click.option("--endpoint", help="Assess the candidates of a SPARQL server at this query address.")
@click.option("--update", help="Write the verdicts to the server at this update address, in the place of the previous ones.")
@click.option("--timeout", type=click.IntRange(min=1), default=60, show_default=True, help="Seconds to wait for a server.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a record has something that was not understood.")
@common
def assess(
    data: tuple[str, ...],
    input_format: str | None,
    form: str,
    output: Path | None,
    store: Path | None,
    endpoint: str | None,
    update: str | None,
    timeout: int,
    strict: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """The level each candidate attains in each field, and what the next level still asks for.
    Who asks a server is taken from the environment: ITSS_KG_ENDPOINT_USER and ITSS_KG_ENDPOINT_PASSWORD, or
    ITSS_KG_ENDPOINT_TOKEN.

    Example: itss-kg assess data/candidates/*.ttl --format json
    """
    from itss_kg import render, verdicts
    from itss_kg.assessment import assess as run

    reading, prose = reading_of(ontology, lang)
    if update is not None and endpoint is None:
        raise CallError("--update goes with --endpoint, from which the candidates come")
    far = server(endpoint, timeout, store, data, (), update) if endpoint else None
    graph = _one_source(data, input_format, store, reading, output) if far is None else _pulled(far, reading)
    findings = say_quality(graph, reading, lang)
    found = list(run(graph, reading, lang))
    if store is not None:
        keep_verdicts(store, found, graph, reading)
    if far is not None and update is not None:
        from itss_kg.loading import verdict_triples
        from itss_kg.remote_records import write_back

        write_back(far, verdict_triples(found, graph, reading))
    writers: dict[str, Callable[[], str]] = {
        "text": lambda: render.verdicts(found, graph, prose),
        "json": lambda: verdicts.as_json(found),
        "csv": lambda: verdicts.as_csv(found),
        "ttl": lambda: verdicts.as_turtle(found, graph, reading),
    }
    write_out(writers[form](), output)
    return 1 if strict and findings else 0


def _one_source(
    data: tuple[str, ...], input_format: str | None, store: Path | None, reading: Reading, output: Path | None
) -> Graph:
    """The records of files or those of a store.

    Raises:
        CallError: both are named, or neither.
    """
    if store is not None and data:
        raise CallError("DATA and --store do not go together; load the data into the store with `itss-kg load`")
    if store is None and not data:
        raise CallError("name the files of records, - for standard input, or a store with --store")
    return stored(store, reading) if store else records_of(data, input_format, reading, output)


def _pulled(far: Endpoint, reading: Reading) -> Graph:
    """The records of a server's candidates, asked for page by page; blank nodes of different pages stay apart."""
    from itss_kg.graph import Graph, renamed
    from itss_kg.remote_records import pages

    graph = Graph()
    for place, page in enumerate(pages(far, reading)):
        graph.update(renamed(page, f"p{place}"))
    return graph


@click.command()
@records
@click.option("--candidate", required=True, help="The candidate's IRI, or its last part where that is unique.")
@click.option("--level", help="An indicator such as consulting-L6; else the next level of each field with records.")
@formats("text", "json")
@click.option("--full", is_flag=True, help="Write out the records of met criteria as well.")
@common
def explain(
    data: tuple[str, ...],
    input_format: str | None,
    candidate: str,
    level: str | None,
    form: str,
    output: Path | None,
    full: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """Why a candidate holds a level or not, record by record, and the smallest additions that would attain it.

    Example: itss-kg explain data/candidates/near-misses.ttl --candidate near-size --level consulting-L6
    """
    from itss_kg import proof_tree
    from itss_kg.explanation import as_json
    from itss_kg.explanation import explain as run

    reading, prose = reading_of(ontology, lang)
    graph = records_of(data, input_format, reading, output)
    say_quality(graph, reading, lang)
    person = find_candidate(candidate, graph, reading)
    indicators = [reading.standard.find_indicator(level)] if level else _next_levels(person, graph, reading)
    found = [run(graph, person, indicator, reading, prose) for indicator in indicators]
    if form == "json":
        rows = [as_json(item, prose, graph) for item in found]
        write_out(json.dumps(rows[0] if level else rows, ensure_ascii=False, indent=2) + "\n", output)
    else:
        write_out("\n".join(proof_tree.explanation(item, graph, prose, full=full) for item in found), output)
    return 0


def _next_levels(person: str, graph: Graph, reading: Reading) -> list[Any]:
    """The next level (or the top one) of each field in which the candidate has a level or records; else of every field."""
    from itss_kg.assessment import assess as run
    from itss_kg.namespaces import ITSS

    verdicts = list(run(graph, reading, only=[person]))
    nodes = [node for row in graph.row(person).values() for node in row if isinstance(node, str)]
    touched = {field for node in nodes for field in graph.nodes(node, ITSS.inField)}
    wanted = [item for item in verdicts if item.level is not None or item.field.iri in touched] or verdicts
    return [item.next or item.attained for item in wanted]


@click.command()
@click.argument("data", nargs=-1)
@input_format_option
@click.option("--store", type=click.Path(path_type=Path), help="Check a store's candidates; write the report to it.")
@formats("text", "ttl", "jsonld", "csv", "junit")
@click.option("--limit", type=click.IntRange(min=0), help="List at most so many results; the counts are of all.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="The mildest severity that gives exit status 1.",
)
@common
def validate(
    data: tuple[str, ...],
    input_format: str | None,
    form: str,
    output: Path | None,
    store: Path | None,
    limit: int | None,
    fail_on: str,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """Check the form of records, and every claim of a level, with SHACL.

    Example: itss-kg validate data/candidates/faulty.ttl --format junit
    """
    from itss_kg.reports import report_text, summary
    from itss_kg.validation import validate as run

    reading, prose = reading_of(ontology, lang)
    graph = _one_source(data, input_format, store, reading, output)
    report = run(graph, reading)
    if store is not None:
        from itss_kg.loading import report_triples
        from itss_kg.store import KnowledgeStore

        KnowledgeStore(store).replace("report", report_triples(report, graph, reading))
    write_out(report_text(report, form, prose, graph, limit), output)
    if form != "text" or output is not None:
        click.echo(f"itss-kg: {summary(report, lang)}", err=True)
    return 1 if report.fails(fail_on.capitalize()) else 0


@click.command()
@records
@target
@common
def prepare(data: tuple[str, ...], input_format: str | None, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """Records with every claimant typed as one (by OWL), as N-Triples, for any SHACL engine with shapes/levels.

    Example: itss-kg prepare data/candidates/consulting-l5.ttl
    """
    from itss_kg.materialise import prepared
    from itss_kg.records import write
    from itss_kg.sampling import Record

    reading, _ = reading_of(ontology, lang)
    graph = records_of(data, input_format, reading, output)
    stream = io.StringIO()
    write([Record("", list(prepared(graph, reading.standard)))], stream, "nt")
    write_out(stream.getvalue(), output)
    return 0


@click.command()
@click.argument("count", type=click.IntRange(min=0))
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same records.")
@click.option("--faults", type=click.FloatRange(0, 1), default=0.02, show_default=True, help="Share of faulty records.")
@click.option("--format", "form", type=click.Choice(["ttl", "nt", "jsonld"]), default="ttl", show_default=True, help="Format.")
@common
def sample(count: int, seed: int, faults: float, form: str, lang: str, ontology: tuple[Path, ...]) -> int:
    """Invented records of a realistic organisation, written as they are made.

    Example: itss-kg sample 250 --seed 7 --format nt > records.nt
    """
    from itss_kg.records import write
    from itss_kg.sampling import sample as run

    reading, _ = reading_of(ontology, lang)
    records = run(reading.standard, count, seed=seed, faults=faults)
    try:
        write(records, sys.stdout, form)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_pipe()
    return 0
