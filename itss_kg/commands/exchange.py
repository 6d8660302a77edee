"""Commands that write what other systems load."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from itss_kg.commands.one_person import one_record
from itss_kg.commands.options import common, formats, reading_of, records, write_out
from itss_kg.errors import CallError

if TYPE_CHECKING:
    from itss_kg.graph import Graph
    from itss_kg.prose import Prose
    from itss_kg.reading import Reading
    from itss_kg.standard import Indicator

__all__ = ["credential", "export"]


@click.command()
@formats("case", "ctdl-asn", "schema-org")
@common
def export(form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """The standard as a competency framework that others load: a CASE 1.1 package (in the language of --lang), or JSON-LD of
    CTDL-ASN or of schema.org (in both languages).

    Example: itss-kg export --format schema-org -o itss-sales.jsonld
    """
    from itss_kg.exchange.case import as_case
    from itss_kg.exchange.ctdl_asn import as_ctdl_asn
    from itss_kg.exchange.schema_org import as_schema_org

    reading, _ = reading_of(ontology, lang)
    writers: dict[str, Callable[[], dict[str, Any]]] = {
        "case": lambda: as_case(reading, lang),
        "ctdl-asn": lambda: as_ctdl_asn(reading),
        "schema-org": lambda: as_schema_org(reading),
    }
    write_out(_json(writers[form]()), output)
    return 0


@click.command()
@records
@click.option("--candidate", required=True, help="The candidate's IRI, or its last part where that is unique.")
@click.option("--level", help="An indicator such as consulting-L5; else the level attained, where it is in one field only.")
@formats("open-badges", "elm")
@click.option("--issuer", required=True, metavar="IRI", help="Who issues the credential.")
@click.option("--issuer-name", help="What the issuer is called; elm needs it.")
@click.option("--issuer-country", help="The issuer's country in three letters, e.g. JPN; elm needs it.")
@click.option("--date", help="The time of issue, e.g. 2026-04-01; else now.")
@click.option("--subject", metavar="IRI", help="Who holds it, e.g. a DID, instead of the candidate's own IRI.")
@click.option("--with-name", is_flag=True, help="Name the holder, as the record does.")
@click.option("--with-records", is_flag=True, help="Name the records that show each criterion; else only their number.")
@click.option("--strict", is_flag=True, help="Write none, and exit with 1, where a record has something not understood.")
@common
def credential(
    data: tuple[str, ...],
    input_format: str | None,
    candidate: str,
    level: str | None,
    form: str,
    output: Path | None,
    issuer: str,
    issuer_name: str | None,
    issuer_country: str | None,
    date: str | None,
    subject: str | None,
    with_name: bool,
    with_records: bool,
    strict: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """A level that a candidate attains, as an Open Badges 3.0 credential or a claim of the European Learning Model 3, for an
    issuer to sign: it is not signed. A level that is not attained gives no credential and exit status 1.

    Example: itss-kg credential data/candidates/consulting-l5.ttl --candidate consulting-l5 --issuer https://example.org/
    """
    from itss_kg.exchange.attainment import attained, issue_time
    from itss_kg.exchange.elm import NEEDS, as_elm
    from itss_kg.exchange.open_badges import as_open_badge

    issued = issue_time(date)
    if form == "elm" and not (issuer_name and issuer_country):
        raise CallError(NEEDS)
    reading, prose = reading_of(ontology, lang)
    person, graph, findings = one_record(data, input_format, None, candidate, reading, lang, output)
    indicator = reading.standard.find_indicator(level) if level else _attained_level(person, graph, reading)
    award = indicator and attained(
        graph,
        person,
        indicator,
        reading,
        issuer=issuer,
        issued=issued,
        issuer_name=issuer_name,
        country=issuer_country,
        subject=subject,
        with_name=with_name,
        records=with_records,
        language=lang,
    )
    if not award:
        _say_unmet(person, indicator, graph, reading, prose)
        return 1
    if strict and findings:
        click.echo("itss-kg: no credential was written: see what was not understood, above (--strict)", err=True)
        return 1
    found = as_open_badge(award, lang) if form == "open-badges" else as_elm(award, lang)
    write_out(_json(found), output)
    click.echo("itss-kg: not signed: it proves nothing until the issuer signs it", err=True)
    return 0


def _attained_level(person: str, graph: Graph, reading: Reading) -> Indicator | None:
    """The level attained; `None` where there is none.

    Raises:
        CallError: levels are attained in several fields.
    """
    from itss_kg.assessment import assess

    found = [verdict.attained for verdict in assess(graph, reading, only=[person]) if verdict.attained]
    if len(found) > 1:
        keys = ", ".join(indicator.key for indicator in found)
        raise CallError(f"{person} attains several levels, {keys}; name one with --level")
    return found[0] if found else None


def _say_unmet(person: str, indicator: Indicator | None, graph: Graph, reading: Reading, prose: Prose) -> None:
    """Say on standard error that there is no credential, and what the level still asks for."""
    if indicator is None:
        click.echo(f"itss-kg: {person} attains no level, so there is no credential; see `itss-kg assess`", err=True)
        return
    from itss_kg.explanation import explain

    found = [item for item in explain(graph, person, indicator, reading, prose).criteria if not item.met]
    kinds = [f"{one.criterion.kind} {one.found}/{one.required}" if one.required else one.criterion.kind for one in found]
    click.echo(f"itss-kg: {person} does not attain {indicator.key}, so there is no credential", err=True)
    click.echo(f"itss-kg: unmet: {', '.join(kinds)}; see `itss-kg explain … --level {indicator.key}`", err=True)


def _json(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
