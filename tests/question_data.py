"""The data that the questions of the catalogue are asked of in tests, and their expected answers.

The store holds the standard, its shapes, the catalogue, the links, the bundled records and one more (`modest`), the verdicts on
them, and the validation report of `faulty.ttl`, all in the default graph. Where a question asks a second endpoint, that is the
one of `other_endpoint`. `python -m tests.question_data` renews the expected answers; the difference is then to be read.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from itss_kg import Graph, Prose, Reading, Standard, assess, load, read_candidates, validate
from itss_kg.catalogue import Question, bind, load_questions
from itss_kg.graph import Term, narrow
from itss_kg.loading import catalogue_triples
from itss_kg.mappings import link_triples, load_sets
from itss_kg.reports import report_text
from itss_kg.verdicts import as_turtle
from tests import other_endpoint

ROOT = Path(__file__).parent.parent
EXPECTED = Path(__file__).parent / "expected" / "questions"
RECORDS = sorted(str(path) for path in (ROOT / "data" / "candidates").iterdir())
FAULTY = str(ROOT / "data" / "candidates" / "faulty.ttl")

Cell = str | None


class Answer(NamedTuple):
    """The names of the columns and the rows, every value as a text; what is unbound is `None`."""

    columns: list[str]
    rows: list[list[Cell]]


@cache
def standard() -> Standard:
    return load()


@cache
def questions() -> dict[str, Question]:
    return load_questions(ROOT / "queries")


def modest() -> str:
    """What no bundled record shows: who attains more than is claimed, could mentor a colleague, and missed a delivery date.

    It is the record of `consulting-l4.ttl` for another person on the same projects, and one project more.
    """
    text = (ROOT / "data" / "candidates" / "consulting-l4.ttl").read_text(encoding="utf-8")
    for old, new in {
        "person:consulting-l4": "person:modest",
        "itss:claims sales:consulting-L4": "itss:hasEngagement person:modest-e2 ; itss:claims sales:consulting-L3",
        "itss:guidance itss:GuidesSubordinates": "itss:guidance itss:GuidesOthers",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    return text + (
        "person:modest-e2 a itss:Engagement ; itss:inField sales:consulting ; itss:onProject project:late ;"
        " itss:performed itss:Discovery , itss:Proposal , itss:Contract .\n"
        'project:late a itss:Project ; dcterms:title "late"@en ; itss:peakPersonnel 5 ;'
        " itss:metExpectation itss:Quality , itss:Cost .\n"
    )


@cache
def records() -> Graph:
    """The bundled records and the one more as one graph."""
    found = read_candidates(RECORDS)
    parsed = ox.parse(modest(), ox.RdfFormat.TURTLE)
    found.update((narrow(quad.subject), quad.predicate.value, narrow(quad.object)) for quad in parsed)
    return found


@cache
def store() -> ox.Store:
    """The store that every question is asked of; not to be changed."""
    reading = Reading(standard())
    found = ox.Store()
    for path in sorted((ROOT / "ontology").glob("*.ttl")) + sorted((ROOT / "shapes").rglob("*.ttl")):
        found.bulk_load(path=str(path))
    found.bulk_extend(_quads(catalogue_triples(questions())))
    found.bulk_extend(_quads(link_triples(load_sets(ROOT / "data" / "mappings"))))
    found.bulk_extend(_quads(records()))
    found.bulk_load(as_turtle(assess(records(), reading), records(), reading), ox.RdfFormat.TURTLE)
    faulty = read_candidates([FAULTY])
    report = report_text(validate(faulty, reading), "ttl", Prose(standard()), faulty)
    found.bulk_load(report, ox.RdfFormat.TURTLE)
    return found


def ask(name: str, **values: str) -> Answer:
    """The answer to a question, with its defaults where no other value is given."""
    found = store().query(bound(name, **values))
    assert isinstance(found, ox.QuerySolutions)
    columns = [variable.value for variable in found.variables]
    return Answer(columns, [[_text(term) for term in row] for row in found])


def bound(name: str, **values: str) -> str:
    """The query of a question, of which a second endpoint is that of the tests, whatever the values name."""
    question = questions()[name]
    return bind(question, {**values, **other_endpoint.asked(question)}, standard())


def example(question: Question) -> dict[str, str]:
    """The values that the example of a question gives to its parameters; of one that asks a second endpoint, it allows that."""
    program, verb, name, *options = shlex.split(question.example)
    assert (program, verb, name) == ("itss-kg", "query", question.name)
    given = list(zip(options[::2], options[1::2], strict=True))
    values = dict(value.split("=", 1) for option, value in given if option == "-p")
    hosts = [values[item.name].split("/")[2] for item in question.parameters if item.asked]
    assert [(option, value) for option, value in given if option != "-p"] == [("--allow-service", host) for host in hosts]
    return values


def expected(name: str) -> Answer:
    """The answer as it is kept beside the tests."""
    return Answer(**json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8")))


def kept(answer: Answer) -> str:
    """An answer as it is kept: one row a line, so that a change shows which rows changed."""
    rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in answer.rows)
    return f'{{\n "columns": {json.dumps(answer.columns)},\n "rows": [\n{rows}\n ]\n}}\n'


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Cell:
    assert not isinstance(term, ox.BlankNode | ox.Triple), "a blank node has no name that lasts"
    return None if term is None else term.value


def _quads(triples: Iterator[tuple[str, str, Term]] | Graph) -> Iterator[ox.Quad]:
    for subject, predicate, term in triples:
        yield ox.Quad(_node(subject), ox.NamedNode(predicate), _node(term) if isinstance(term, str) else _literal(*term))


def _node(name: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def _literal(lexical: str, datatype: str, language: str) -> ox.Literal:
    return ox.Literal(lexical, language=language) if language else ox.Literal(lexical, datatype=ox.NamedNode(datatype))


def main() -> None:
    EXPECTED.mkdir(parents=True, exist_ok=True)
    for name in questions():
        (EXPECTED / f"{name}.json").write_text(kept(ask(name)), encoding="utf-8")
    for path in EXPECTED.glob("*.json"):
        if path.stem not in questions():
            path.unlink()


if __name__ == "__main__":
    main()
