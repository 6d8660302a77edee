"""Commands about people's records."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from itss_kg.commands.one_person import one_record
from itss_kg.commands.options import (
    common,
    formats,
    input_format_option,
    reading_of,
    records,
    records_of,
    target,
    write_out,
)

if TYPE_CHECKING:
    from itss_kg.graph import Graph
    from itss_kg.reading import Reading

__all__ = ["explain", "prepare", "sample"]


@click.command()
@click.argument("data", nargs=-1)
@input_format_option
@click.option("--store", type=click.Path(path_type=Path), help="Of a candidate in this store.")
@click.option("--candidate", required=True, help="The candidate's IRI, or its last part where that is unique.")
@click.option("--level", help="An indicator such as consulting-L6; else the next level of each field with records.")
@formats("text", "json")
@click.option("--full", is_flag=True, help="Write out the records of met criteria as well.")
@common
def explain(
    data: tuple[str, ...],
    input_format: str | None,
    store: Path | None,
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
    person, graph, _ = one_record(data, input_format, store, candidate, reading, lang, output)
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
@formats("ttl", "nt", "jsonld", "jsonl")
@common
def sample(count: int, seed: int, faults: float, form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """Invented records of a realistic organisation, written as they are made.

    Example: itss-kg sample 250 --seed 7 -o records.nt
    """
    from itss_kg.records import RECORD_FORMATS
    from itss_kg.sampling import sample as run

    reading, _ = reading_of(ontology, lang)
    records = run(reading.standard, count, seed=seed, faults=faults)
    write_out(RECORD_FORMATS[form](records), output)
    return 0
