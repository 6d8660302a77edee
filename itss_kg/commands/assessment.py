"""The command that says what level people attain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from itss_kg.commands.cluster import assess_on_cluster, cluster_options
from itss_kg.commands.columns import (
    COLUMN_FORMATS,
    assess_files,
    by_column,
    findings_option,
    load_options,
    options_of,
    pulled_to_file,
)
from itss_kg.commands.filling import assess_stored, has_many
from itss_kg.commands.options import (
    bom_option,
    common,
    formats,
    input_format_option,
    keep_verdicts,
    not_an_input,
    one_source,
    reading_of,
    say_quality,
    server,
    write_out,
)
from itss_kg.errors import CallError

if TYPE_CHECKING:
    from itss_kg.bulk.run import Options
    from itss_kg.graph import Graph
    from itss_kg.reading import Reading
    from itss_kg.remote import Endpoint

__all__ = ["assess"]


@click.command()
@click.argument("data", nargs=-1)
@input_format_option
@formats("text", "json", "csv", "ttl", *COLUMN_FORMATS)
@click.option(
    "--engine",
    type=click.Choice(["auto", "records", "columns", "spark"]),
    default="auto",
    show_default=True,
    help="One by one, or by the column: large files and columnar formats by default. Or on a Spark cluster, to a folder.",
)
@cluster_options
@load_options
@click.option("--store", type=click.Path(path_type=Path), help="Assess a store's candidates; write the verdicts to it.")
@click.option("--endpoint", help="Assess the candidates of a SPARQL server at this query address.")
@click.option("--update", help="Write the verdicts to the server at this update address, in the place of the previous ones.")
@click.option("--timeout", type=click.IntRange(min=1), default=60, show_default=True, help="Seconds to wait for a server.")
@findings_option
@bom_option
@click.option("--strict", is_flag=True, help="Exit with 1 where a record has something that was not understood.")
@common
def assess(
    data: tuple[str, ...],
    input_format: str | None,
    form: str,
    output: Path | str | None,
    engine: str,
    master: str | None,
    memory: int,
    jobs: int | None,
    resume: bool,
    store: Path | None,
    endpoint: str | None,
    update: str | None,
    timeout: int,
    findings: Path | None,
    bom: bool,
    strict: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """The level each candidate attains in each field, and what the next level still asks for.
    Large files and Parquet are read by the column (--engine columns), in bounded memory and several processes.
    Who asks a server is taken from the environment: ITSS_KG_ENDPOINT_USER and ITSS_KG_ENDPOINT_PASSWORD (sent as
    ITSS_KG_ENDPOINT_AUTH says: basic, or digest, which Virtuoso wants for updates), or ITSS_KG_ENDPOINT_TOKEN.

    Example: itss-kg assess data/candidates/*.ttl --format json
    """
    from itss_kg import render, verdicts
    from itss_kg.assessment import assess as run
    from itss_kg.findings_file import write_findings

    if engine == "spark" or master is not None:
        if engine != "spark":
            raise CallError("--master goes with --engine spark")
        _refuse_on_cluster(
            store=store,
            endpoint=endpoint,
            update=update,
            input_format=input_format,
            resume=resume,
            jobs=jobs,
        )
        found_wrong = assess_on_cluster(data, master, output, form, lang, ontology, findings, bom=bom)
        return 1 if strict and found_wrong else 0
    if isinstance(output, str):
        raise CallError(f"{output}: only --engine spark writes to an address")
    if update is not None and endpoint is None:
        raise CallError("--update goes with --endpoint, from which the candidates come")
    if store is None and endpoint is None and data and by_column(engine, data, form):
        options = options_of(data, memory, jobs, input_format, lang, ontology, resume=resume, findings=findings, bom=bom)
        return assess_files(data, output, form, options, strict=strict)
    if store is not None and not data and endpoint is None and not resume and _stored_by_column(engine, store, form):

        def options_for(name: str) -> Options:
            return options_of((name,), memory, jobs, None, lang, ontology, resume=False, findings=findings, bom=bom)

        return assess_stored(store, output, form, options_for, strict=strict)
    if resume and store is not None:
        raise CallError("--resume does not go with --store, which is assessed from its beginning")
    if resume:
        raise CallError("--resume goes with --engine columns, which reads large files piece by piece")
    reading, prose = reading_of(ontology, lang)
    far = server(endpoint, timeout, store, data, (), update) if endpoint else None
    if far is not None and update is None and by_column(engine, (), form):
        with pulled_to_file(far, reading) as name:
            options = options_of((name,), memory, jobs, None, lang, ontology, resume=False, findings=findings, bom=bom)
            return assess_files((name,), output, form, options, strict=strict)
    if form in COLUMN_FORMATS and update is not None:
        raise CallError(f"--format {form} does not go together with --update")
    not_an_input(data, output, findings)
    graph = one_source(data, input_format, store, reading, output) if far is None else _pulled(far, reading)
    not_understood = say_quality(graph, reading, lang)
    if findings is not None:
        write_findings(((item.subject, item.message) for item in not_understood), findings, bom=bom)
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
    write_out(writers[form](), output, bom=bom and form == "csv")
    return 1 if strict and not_understood else 0


def _stored_by_column(engine: str, store: Path, form: str) -> bool:
    return by_column(engine, (), form) or (engine == "auto" and has_many(store))


def _refuse_on_cluster(**given: object) -> None:
    """See that nothing was asked for that a cluster passes over.

    Raises:
        CallError: something was.
    """
    named = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if click.get_current_context().get_parameter_source("memory") is ParameterSource.COMMANDLINE:
        named.append("--memory")
    if named:
        raise CallError(f"--engine spark does not go with {', '.join(named)}")


def _pulled(far: Endpoint, reading: Reading) -> Graph:
    """The records of a server's candidates, asked for page by page; blank nodes of different pages stay apart."""
    from itss_kg.graph import Graph, renamed
    from itss_kg.remote_records import pages

    graph = Graph()
    for place, page in enumerate(pages(far, reading)):
        graph.update(renamed(page, f"p{place}"))
    return graph
