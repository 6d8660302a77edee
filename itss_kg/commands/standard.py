"""Commands about the standard itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from itss_kg.commands.options import common, formats, reading_of, write_out
from itss_kg.errors import CallError

if TYPE_CHECKING:
    from itss_kg.reading import Reading

__all__ = ["check_text", "cite", "compare", "levels", "show"]

_text = click.option(
    "--standard",
    required=True,
    type=click.Path(path_type=Path),
    envvar="ITSS_KG_STANDARD",
    help="The text of the standard.  [env: ITSS_KG_STANDARD]",
)


@click.command()
@click.argument("field")
@click.argument("a")
@click.argument("b", required=False)
@formats("text", "json", "md")
@common
def compare(field: str, a: str, b: str | None, form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """What differs between two levels of a field, or between two indicators, and what is the same.

    Examples: itss-kg compare consulting 5 6; itss-kg compare consulting-L5 product-L5
    """
    from itss_kg import difference, render

    reading, prose = reading_of(ontology, lang)
    first, second = _two_indicators(field, a, b, reading)
    found = difference.compare(first, second, reading, prose)
    if form == "json":
        write_out(json.dumps(difference.as_json(found), ensure_ascii=False, indent=2) + "\n", output)
    else:
        write_out(difference.as_markdown(found, prose) if form == "md" else render.comparison(found, prose), output)
    return 0


def _two_indicators(field: str, a: str, b: str | None, reading: Reading) -> tuple[Any, Any]:
    standard = reading.standard
    if b is None and field in {item.key for item in standard.fields}:
        raise CallError(f"give two levels of {field}, or two indicators: itss-kg compare {field} {a} LEVEL")
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


@click.command()
@formats("text", "json")
@common
def levels(form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """The fields, their levels and all criteria at a glance.

    Example: itss-kg levels --lang ja
    """
    from itss_kg import render

    reading, prose = reading_of(ontology, lang)
    if form == "text":
        write_out(render.levels(reading, prose), output)
    else:
        from itss_kg.show import matrix

        write_out(json.dumps(matrix(reading, prose), ensure_ascii=False, indent=2) + "\n", output)
    return 0


@click.command()
@click.argument("term")
@formats("text", "json", "ttl")
@common
def show(term: str, form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """One thing whole: an indicator, a criterion, or any term of the vocabulary, by name or IRI.

    Examples: itss-kg show consulting-L6; itss-kg show media-L5-scope; itss-kg show R3
    """
    from itss_kg import show as views

    reading, prose = reading_of(ontology, lang)
    iri = reading.standard.find_term(term)
    found = views.about(iri, reading, prose)
    if form == "json":
        write_out(json.dumps(found, ensure_ascii=False, indent=2) + "\n", output)
    else:
        write_out(views.as_turtle(iri, reading.standard) if form == "ttl" else views.as_text(found, prose), output)
    return 0


@click.command()
@click.argument("term")
@_text
@common
def cite(term: str, standard: Path, lang: str, ontology: tuple[Path, ...]) -> int:
    """Show the passages of the standard that state a thing, from your copy of its text.

    Example: itss-kg cite consulting-L5-succession --standard ../shared/standard/itss-v3-2008-sales.txt
    """
    from itss_kg.provenance import cite as run
    from itss_kg.provenance import read_text

    reading, _ = reading_of(ontology, lang)
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


@click.command("check-text")
@_text
@common
def check_text(standard: Path, lang: str, ontology: tuple[Path, ...]) -> int:
    """Prove the ontology against the text: every digest, every line covered, every number equal.

    Example: itss-kg check-text --standard ../shared/standard/itss-v3-2008-sales.txt
    """
    from itss_kg.provenance import passages, read_text
    from itss_kg.text_check import check

    reading, _ = reading_of(ontology, lang)
    found = check(reading.standard.graph, read_text(standard))
    for item in found:
        click.echo(f"{item.rule}: {item.subject}: {item.message}")
    click.echo(f"{len(passages(reading.standard.graph))} passages checked, {len(found)} findings")
    return 1 if found else 0
