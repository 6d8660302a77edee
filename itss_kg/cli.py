"""The command line: reads the call, runs the verbs, writes what they return."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from itss_kg.errors import CallError, ItssError, nearest

if TYPE_CHECKING:
    from itss_kg.graph import Graph
    from itss_kg.prose import Prose
    from itss_kg.reading import Reading

__all__ = ["cli", "main"]

Function = TypeVar("Function", bound=Callable[..., Any])

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def main() -> None:
    """Run the command line; every foreseen error is one message on standard error and exit status 2."""
    _prepare_streams()
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(status if isinstance(status, int) else 0)
    except ItssError as error:
        _fail(str(error))
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        _leave_pipe()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _fail(f"the output cannot be written ({error.strerror})")


def _prepare_streams() -> None:
    """Files and pipes get UTF-8, whatever the machine's habit; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _leave_pipe() -> None:
    """Whoever read the output has had enough, which is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def _fail(message: str) -> None:
    click.echo(f"itss-kg: {message}", err=True)
    sys.exit(2)


@click.group(context_settings=_CONTEXT)
@click.version_option(package_name="itss-kg", message="itss-kg %(version)s")
def cli() -> None:
    """The Sales indicators of Japan's ITSS V3 as a knowledge graph: assess, explain, validate and compare.

    Records are read from RDF files (Turtle, N-Triples, N-Quads, TriG, RDF/XML, JSON-LD) or plain JSON; - is standard input.
    Exit status: 0 done and conforming, 1 done and the data does not conform, 2 the input or the call was wrong.
    """


def _common(function: Function) -> Function:
    """The options of every command that reads the standard."""
    language = click.option("--lang", type=click.Choice(["en", "ja"]), default="en", show_default=True, help="Language.")
    ontology = click.option(
        "--ontology",
        multiple=True,
        type=click.Path(path_type=Path),
        envvar="ITSS_KG_ONTOLOGY",
        help="A job category's ontology instead of the bundled Sales; may be repeated.  [env: ITSS_KG_ONTOLOGY]",
    )
    return language(ontology(function))


def _data(function: Function) -> Function:
    """The options of every command that reads records."""
    argument = click.argument("data", nargs=-1, required=True)
    form = click.option("--input-format", help="turtle, ntriples, nquads, trig, rdfxml or jsonld, whatever the file's name.")
    return argument(form(function))


_target = click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file, whole or not at all.")


def _output(*formats: str) -> Callable[[Function], Function]:
    def options(function: Function) -> Function:
        choice = click.option(
            "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True, help="Format."
        )
        target = click.option(
            "-o", "--output", type=click.Path(path_type=Path), help="Write to this file, whole or not at all."
        )
        return choice(target(function))

    return options


def _reading(ontology: tuple[Path, ...], lang: str) -> tuple[Reading, Prose]:
    from itss_kg.prose import Prose
    from itss_kg.reading import Reading
    from itss_kg.standard import load

    standard = load(*ontology)
    return Reading(standard), Prose(standard, lang)


def _records(data: tuple[str, ...], input_format: str | None, reading: Reading, output: Path | None = None) -> Graph:
    from itss_kg.assessment import candidates
    from itss_kg.errors import InputError
    from itss_kg.input import expand, read_candidates

    if output is not None and any(name != "-" and Path(name).resolve() == output.resolve() for name in expand(data)):
        raise CallError(f"{output} is one of the inputs, which would be lost; write to another file")
    graph = read_candidates(data, input_format)
    if not candidates(graph, reading):
        names = " ".join(data)
        raise InputError(
            f"no candidates: nothing is an itss:Candidate or has the properties of one ({len(graph)} triples)", source=names
        )
    return graph


def _quality(graph: Graph, reading: Reading, lang: str) -> int:
    """Say on standard error what in the records was not understood."""
    from itss_kg.data_quality import quality

    found = list(quality(graph, reading.standard, lang))
    for item in found:
        click.echo(f"itss-kg: quality: {item.subject}: {item.message}", err=True)
    if found:
        said = {"en": "{} to look at before relying on the verdicts", "ja": "判定を用いる前に確認すべき事項：{}件"}
        click.echo(f"itss-kg: quality: {said[lang].format(len(found))}", err=True)
    return len(found)


def _write(text: str, output: Path | None) -> None:
    from itss_kg.output import emit

    emit(text, output)


@cli.command()
@_data
@_output("text", "json", "csv", "ttl")
@click.option("--strict", is_flag=True, help="Exit with 1 where a record has something that was not understood.")
@_common
def assess(
    data: tuple[str, ...],
    input_format: str | None,
    form: str,
    output: Path | None,
    strict: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """The level each candidate attains in each field, and what the next level still asks for.

    Example: itss-kg assess data/candidates/*.ttl --format json
    """
    from itss_kg import render, verdicts
    from itss_kg.assessment import assess as run

    reading, prose = _reading(ontology, lang)
    graph = _records(data, input_format, reading, output)
    findings = _quality(graph, reading, lang)
    found = list(run(graph, reading, lang))
    writers: dict[str, Callable[[], str]] = {
        "text": lambda: render.verdicts(found, graph, prose),
        "json": lambda: verdicts.as_json(found),
        "csv": lambda: verdicts.as_csv(found),
        "ttl": lambda: verdicts.as_turtle(found, graph, reading),
    }
    _write(writers[form](), output)
    return 1 if strict and findings else 0


@cli.command()
@_data
@click.option("--candidate", required=True, help="The candidate's IRI, or its last part where that is unique.")
@click.option("--level", help="An indicator such as consulting-L6; else the next level of each field with records.")
@_output("text", "json")
@click.option("--full", is_flag=True, help="Write out the records of met criteria as well.")
@_common
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
    from itss_kg import render
    from itss_kg.explanation import as_json
    from itss_kg.explanation import explain as run

    reading, prose = _reading(ontology, lang)
    graph = _records(data, input_format, reading, output)
    _quality(graph, reading, lang)
    person = _find_candidate(candidate, graph, reading)
    indicators = [reading.standard.find_indicator(level)] if level else _next_levels(person, graph, reading)
    found = [run(graph, person, indicator, reading, prose) for indicator in indicators]
    if form == "json":
        rows = [as_json(item, prose, graph) for item in found]
        _write(json.dumps(rows[0] if level else rows, ensure_ascii=False, indent=2) + "\n", output)
    else:
        _write("\n".join(render.explanation(item, graph, prose, full=full) for item in found), output)
    return 0


def _find_candidate(name: str, graph: Graph, reading: Reading) -> str:
    from itss_kg.assessment import candidates
    from itss_kg.namespaces import local_name

    people = candidates(graph, reading)
    wanted = name.removeprefix("<").removesuffix(">")
    if wanted in people:
        return wanted
    found = [person for person in people if local_name(person) == wanted.rpartition(":")[2]]
    if len(found) == 1:
        return found[0]
    if found:
        raise CallError(f"{name!r} is the last part of several candidates: {', '.join(found)}; give the IRI")
    raise CallError(
        f"no candidate {name!r} in the input, which has {len(people)}{nearest(wanted, people) or f', e.g. {people[0]}'}"
    )


def _next_levels(person: str, graph: Graph, reading: Reading) -> list[Any]:
    """The next level (or the top one) of each field in which the candidate has a level or records; else of every field."""
    from itss_kg.assessment import assess as run
    from itss_kg.namespaces import ITSS

    verdicts = list(run(graph, reading, only=[person]))
    nodes = [node for row in graph.row(person).values() for node in row if isinstance(node, str)]
    touched = {field for node in nodes for field in graph.nodes(node, ITSS.inField)}
    wanted = [item for item in verdicts if item.level is not None or item.field.iri in touched] or verdicts
    return [item.next or item.attained for item in wanted]


@cli.command()
@_data
@_output("text", "ttl", "jsonld", "csv", "junit")
@click.option("--limit", type=click.IntRange(min=0), help="List at most so many results; the counts are of all.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="The mildest severity that gives exit status 1.",
)
@_common
def validate(
    data: tuple[str, ...],
    input_format: str | None,
    form: str,
    output: Path | None,
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

    reading, prose = _reading(ontology, lang)
    graph = _records(data, input_format, reading, output)
    report = run(graph, reading)
    _write(report_text(report, form, prose, graph, limit), output)
    if form != "text" or output is not None:
        click.echo(f"itss-kg: {summary(report, lang)}", err=True)
    return 1 if report.fails(fail_on.capitalize()) else 0


@cli.command()
@_data
@_target
@_common
def prepare(data: tuple[str, ...], input_format: str | None, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """Records with every claimant typed as one (by OWL), as N-Triples, for any SHACL engine with shapes/levels.

    Example: itss-kg prepare data/candidates/consulting-l5.ttl
    """
    from itss_kg.materialise import prepared
    from itss_kg.records import write
    from itss_kg.sampling import Record

    reading, _ = _reading(ontology, lang)
    graph = _records(data, input_format, reading, output)
    stream = io.StringIO()
    write([Record("", list(prepared(graph, reading.standard)))], stream, "nt")
    _write(stream.getvalue(), output)
    return 0


@cli.command()
@click.argument("field")
@click.argument("a")
@click.argument("b", required=False)
@_output("text", "json", "md")
@_common
def compare(field: str, a: str, b: str | None, form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """What differs between two levels of a field, or between two indicators, and what is the same.

    Examples: itss-kg compare consulting 5 6; itss-kg compare consulting-L5 product-L5
    """
    from itss_kg import difference, render

    reading, prose = _reading(ontology, lang)
    first, second = _two_indicators(field, a, b, reading)
    found = difference.compare(first, second, reading, prose)
    if form == "json":
        _write(json.dumps(difference.as_json(found), ensure_ascii=False, indent=2) + "\n", output)
    else:
        _write(difference.as_markdown(found, prose) if form == "md" else render.comparison(found, prose), output)
    return 0


def _two_indicators(field: str, a: str, b: str | None, reading: Reading) -> tuple[Any, Any]:
    standard = reading.standard
    if b is None:
        return standard.find_indicator(field), standard.find_indicator(a)
    owner = standard.find_field(field)
    found = []
    for level in (a, b):
        number = level.upper().removeprefix("L")
        if not number.isascii() or not number.isdigit():
            raise CallError(f"{level!r} is no level: give a number such as {standard.ladder(owner)[0].level.number}")
        found.append(standard.at(owner, int(number)))
    return found[0], found[1]


@cli.command()
@_output("text", "json")
@_common
def levels(form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """The fields, their levels and all criteria at a glance.

    Example: itss-kg levels --lang ja
    """
    from itss_kg import render

    reading, prose = _reading(ontology, lang)
    if form == "text":
        _write(render.levels(reading, prose), output)
    else:
        from itss_kg.show import matrix

        _write(json.dumps(matrix(reading, prose), ensure_ascii=False, indent=2) + "\n", output)
    return 0


@cli.command()
@click.argument("term")
@_output("text", "json", "ttl")
@_common
def show(term: str, form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """One thing whole: an indicator, a criterion, or any term of the vocabulary, by name or IRI.

    Examples: itss-kg show consulting-L6; itss-kg show media-L5-scope; itss-kg show R3
    """
    from itss_kg import show as views

    reading, prose = _reading(ontology, lang)
    iri = reading.standard.find_term(term)
    found = views.about(iri, reading, prose)
    if form == "json":
        _write(json.dumps(found, ensure_ascii=False, indent=2) + "\n", output)
    else:
        _write(views.as_turtle(iri, reading.standard) if form == "ttl" else views.as_text(found, prose), output)
    return 0


@cli.command()
@click.argument("term")
@click.option(
    "--standard",
    required=True,
    type=click.Path(path_type=Path),
    envvar="ITSS_KG_STANDARD",
    help="The text of the standard.  [env: ITSS_KG_STANDARD]",
)
@_common
def cite(term: str, standard: Path, lang: str, ontology: tuple[Path, ...]) -> int:
    """Show the passages of the standard that state a thing, from your copy of its text.

    Example: itss-kg cite consulting-L5-succession --standard ../shared/standard/itss-v3-2008-sales.txt
    """
    from itss_kg.provenance import cite as run
    from itss_kg.provenance import read_text

    reading, _ = _reading(ontology, lang)
    iri = reading.standard.find_term(term)
    text = read_text(standard)
    found = run(reading.standard.graph, iri, text)
    if not found:
        raise CallError(f"{term}: the ontology names no passage for it")
    for passage, words in found:
        line = text.count("\n", 0, passage.start) + 1
        click.echo(f"{standard}:{line}: characters {passage.start}-{passage.end}, {passage.section}")
        click.echo(words + "\n")
    return 0


@cli.command("check-text")
@click.option(
    "--standard",
    required=True,
    type=click.Path(path_type=Path),
    envvar="ITSS_KG_STANDARD",
    help="The text of the standard.  [env: ITSS_KG_STANDARD]",
)
@_common
def check_text(standard: Path, lang: str, ontology: tuple[Path, ...]) -> int:
    """Prove the ontology against the text: every digest, every line covered, every number equal.

    Example: itss-kg check-text --standard ../shared/standard/itss-v3-2008-sales.txt
    """
    from itss_kg.provenance import check, passages, read_text

    reading, _ = _reading(ontology, lang)
    found = check(reading.standard.graph, read_text(standard))
    for item in found:
        click.echo(f"{item.rule}: {item.subject}: {item.message}")
    click.echo(f"{len(passages(reading.standard.graph))} passages checked, {len(found)} findings")
    return 1 if found else 0


@cli.command()
@click.argument("count", type=click.IntRange(min=0))
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same records.")
@click.option("--faults", type=click.FloatRange(0, 1), default=0.02, show_default=True, help="Share of faulty records.")
@click.option("--format", "form", type=click.Choice(["ttl", "nt", "jsonld"]), default="ttl", show_default=True, help="Format.")
@_common
def sample(count: int, seed: int, faults: float, form: str, lang: str, ontology: tuple[Path, ...]) -> int:
    """Invented records of a realistic organisation, written as they are made.

    Example: itss-kg sample 250 --seed 7 --format nt > records.nt
    """
    from itss_kg.records import write
    from itss_kg.sampling import sample as run

    reading, _ = _reading(ontology, lang)
    records = run(reading.standard, count, seed=seed, faults=faults)
    try:
        write(records, sys.stdout, form)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_pipe()
    return 0


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where something is stale.")
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The checkout to build; here by default.")
@_common
def build(check: bool, root: Path, lang: str, ontology: tuple[Path, ...]) -> int:
    """Regenerate all that is derived from the ontology: level shapes, value lists, JSON-LD context, documents.

    Example: itss-kg build --check
    """
    from itss_kg.build import build as run
    from itss_kg.build import stale

    own = root / "ontology" / "itss-sales.ttl"
    reading, _ = _reading(ontology or ((own,) if own.is_file() else ()), lang)
    changed = stale(reading, root) if check else run(reading, root)
    for path in changed:
        click.echo(f"{'stale' if check else 'written'}: {path}")
    click.echo("up to date" if not changed else f"{len(changed)} files", err=True)
    return 1 if check and changed else 0


@cli.command()
@_common
def demo(lang: str, ontology: tuple[Path, ...]) -> int:
    """A walk through the commands on the bundled records.

    Example: itss-kg demo
    """
    from itss_kg.demo import walk

    return walk(cli, lang, ontology)


if __name__ == "__main__":
    main()
