"""Commands about questions: the catalogue, queries of one's own, and the store that answers them."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from itss_kg.commands.filling import are_large, fill
from itss_kg.commands.options import (
    bom_option,
    by_ending,
    common,
    input_format_option,
    reading_of,
    server,
    target,
    write_out,
)
from itss_kg.errors import CallError, InputError, nearest
from itss_kg.output import BOM

if TYPE_CHECKING:
    from itss_kg.catalogue import Question
    from itss_kg.reading import Reading
    from itss_kg.store import KnowledgeStore

__all__ = ["load", "query"]

_FORMATS = ("table", "csv", "tsv", "json", "xml", "md", "ttl", "nt", "jsonld")
_store = click.option("--store", type=click.Path(path_type=Path), help="The folder of a store made by `itss-kg load`.")


@click.command()
@click.argument("question", required=False)
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter; may be repeated.")
@click.option("--data", multiple=True, help="Files of records to ask about; may be repeated.")
@input_format_option
@_store
@click.option("--endpoint", help="A SPARQL server's query address to ask instead; its user or token: see above.")
@click.option("--default-graph", multiple=True, metavar="IRI", help="Ask the server only about this graph; may be repeated.")
@click.option("--allow-service", multiple=True, metavar="HOST[:PORT]", help="A host that SERVICE may ask; may be repeated.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    help="Seconds to wait for who is asked; for the embedded store, as long as it takes if not given.",
)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Format; table for rows and ttl for graphs by default.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many rows; that there are more is said.")
@bom_option
@click.option("--show", is_flag=True, help="Show the question's file instead of asking it.")
@click.option("--explain", is_flag=True, help="Show the query as it will run, its parameters bound, instead of running it.")
@target
@common
def query(
    question: str | None,
    parameters: tuple[str, ...],
    data: tuple[str, ...],
    input_format: str | None,
    store: Path | None,
    endpoint: str | None,
    default_graph: tuple[str, ...],
    allow_service: tuple[str, ...],
    timeout: int,
    form: str | None,
    limit: int | None,
    bom: bool,
    show: bool,
    explain: bool,
    output: Path | None,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """Ask a question of the catalogue by name, or a query of your own from a file (or - for standard input).

    Without a question, the catalogue is listed. Who asks a server is taken from the environment: ITSS_KG_ENDPOINT_USER and
    ITSS_KG_ENDPOINT_PASSWORD, or ITSS_KG_ENDPOINT_TOKEN.

    Examples: itss-kg query; itss-kg query demands-of-an-indicator -p indicator=consulting-L6
    """
    from itss_kg.catalogue import bind, load_questions
    from itss_kg.querying import GRAPH_FORMATS, ROW_FORMATS, ask
    from itss_kg.store import KnowledgeStore

    if allow_service and endpoint:
        raise CallError("--allow-service does not go together with --endpoint: the server decides whom it asks")
    questions = load_questions()
    if question is None:
        if form is not None:
            raise CallError(
                f"--format goes with a question; for the list: itss-kg query questions-of-the-catalogue --format {form}"
            )
        write_out(_listed(questions, lang), output)
        return 0
    reading, _ = reading_of(ontology, lang)
    asked = questions.get(question)
    if asked is None:
        text = _own_query(question, questions)
        if parameters:
            raise CallError("only questions of the catalogue have parameters")
    elif show:
        write_out(asked.text, output)
        return 0
    else:
        text = bind(asked, _pairs(parameters), reading.standard)
    if explain or show:
        write_out(text.rstrip() + "\n", output)
        return 0
    source = (
        server(endpoint, timeout, store, data, default_graph)
        if endpoint
        else _source(store, data, input_format, reading, lang, ontology)
    )
    if asked is not None and asked.personal and not data and store is None and endpoint is None:
        click.echo("itss-kg: this is about people, and none were named: --data FILE, --store or --endpoint", err=True)
    bounded = click.get_current_context().get_parameter_source("timeout") is ParameterSource.COMMANDLINE
    if asked is not None and asked.about_a_report and isinstance(source, KnowledgeStore) and not source.size("report"):
        click.echo("itss-kg: no validation report is there to ask about; `itss-kg validate --store DIR` makes one", err=True)
    answer = ask(source, text, limit, frozenset(allow_service), timeout if bounded else None)
    if answer.cut:
        click.echo(f"itss-kg: only the first {limit} rows are shown (--limit)", err=True)
    if parameters and not (answer.rows or answer.triples or answer.cut) and answer.truth is None:
        click.echo(f"itss-kg: the answer is empty for {' '.join(parameters)}", err=True)
    known, usual = (GRAPH_FORMATS, "ttl") if answer.triples is not None else (ROW_FORMATS, "table")
    if form is None and output is not None:
        form = by_ending(output, known)
    write_out(answer.text(form or usual, bom=bom), output)
    return 0


def _pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for given in parameters:
        name, sign, value = given.partition("=")
        if not sign:
            raise CallError(f"-p {given}: write a name and a value, e.g. -p field=consulting")
        if name in pairs:
            raise CallError(f"-p {name} is given twice; a parameter has one value")
        pairs[name] = value
    return pairs


def _own_query(name: str, questions: dict[str, Question]) -> str:
    if name == "-":
        return sys.stdin.read().removeprefix(BOM)
    path = Path(name)
    if path.suffix in (".rq", ".sparql") or path.exists():
        try:
            return path.read_text(encoding="utf-8-sig")  # Windows begins a text with a byte order mark
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read as a query ({error})", source=name) from None
    raise CallError(f"no question {name!r} in the catalogue{nearest(name, questions)}; `itss-kg query` lists them")


def _listed(questions: dict[str, Question], lang: str) -> str:
    from itss_kg.catalogue import FEDERATED

    lines: list[str] = []
    for item in questions.values():
        lines.append(f"{item.name}: {item.title[lang]}")
        if item.federated:
            lines.append(f"    {FEDERATED[lang]}")
        for parameter in item.parameters:
            default = f" = {parameter.default}" if parameter.default is not None else ""
            lines.append(f"    -p {parameter.name}{default}: {parameter.about[lang]}")
    return "\n".join(lines) + "\n"


def _source(
    store: Path | None, data: tuple[str, ...], input_format: str | None, reading: Reading, lang: str, ontology: tuple[Path, ...]
) -> KnowledgeStore:
    from itss_kg.store import KnowledgeStore

    if store is None:
        # on disk for as long as the command runs, where there is much
        much = tempfile.TemporaryDirectory(prefix="itss-kg-") if are_large(data) else None
        place = None if much is None else Path(click.get_current_context().with_resource(much))
        return fill(place, reading, data, input_format, lang, ontology).store
    if data:
        raise CallError("--data and --store do not go together; load the data into the store with `itss-kg load`")
    if not store.is_dir():
        raise InputError("no such store; make one with `itss-kg load DATA… --store DIR`", source=str(store))
    return KnowledgeStore(store, read_only=True)


@click.command()
@click.argument("data", nargs=-1)
@input_format_option
@click.option(
    "--store", required=True, type=click.Path(path_type=Path), help="The folder of the store, made where there is none."
)
@click.option("--replace", is_flag=True, help="In the place of all records that are there, and not besides them.")
@common
def load(
    data: tuple[str, ...], input_format: str | None, store: Path, replace: bool, lang: str, ontology: tuple[Path, ...]
) -> int:
    """Put the standard, its shapes, the catalogue and people's records into a store, and assess them.
    Records are added to those that are there: what a corrected file no longer says stays, unless --replace is given.

    Example: itss-kg load data/candidates/team.ttl --store knowledge
    """
    reading, _ = reading_of(ontology, lang)
    if replace and not data:
        raise CallError("--replace goes with the records that take the place of those in the store")
    filled = fill(store, reading, data, input_format, lang, ontology, instead=replace)
    filled.store.settle()
    done: dict[str, object] = {"graphs": filled.graphs}
    if data:
        done["files"] = filled.files
        done["candidates"] = {"new statements": filled.new}
        done["assessments"] = {"verdicts": filled.verdicts}
    click.echo(json.dumps(done, ensure_ascii=False, indent=1))
    return 0
