"""The worked examples in data/candidates, each with its whole verdict beside it in expected/examples.json.

Every row was checked, when written, against a second reading of the standard's text that shares no code with the package.
A row is level, basis, next level, and the unmet criteria of the next level, each with what is required and found.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from itss_kg.assessment import Verdict, assess
from itss_kg.graph import Graph
from itss_kg.input import read_candidates
from itss_kg.namespaces import ITSS, RDFS
from itss_kg.reading import Reading
from itss_kg.standard import load
from itss_kg.validation import validate

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "data" / "candidates").iterdir())
EXPECTED = json.loads((Path(__file__).parent / "expected" / "examples.json").read_text(encoding="utf-8"))
EXACT = [path for path in FILES if re.fullmatch(r"[a-z]+-l\d\.ttl", path.name)]
FORM_FAULTS = {"faulty.ttl", "judged-equivalent.ttl"}


@pytest.fixture(scope="module")
def reading() -> Reading:
    return Reading(load())


def row(verdict: Verdict) -> list[Any]:
    unmet = [[item.kind, item.required, item.found] for item in verdict.unmet]
    return [verdict.level, verdict.basis, verdict.next.level.number if verdict.next else None, unmet]


def table(graph: Graph, reading: Reading) -> dict[str, dict[str, list[Any]]]:
    found: dict[str, dict[str, list[Any]]] = {}
    for verdict in assess(graph, reading):
        found.setdefault(verdict.candidate.rpartition("/")[2], {})[verdict.field.key] = row(verdict)
    return found


def test_every_file_has_an_expectation_and_every_expectation_a_file() -> None:
    assert [path.name for path in FILES] == sorted(EXPECTED)
    assert len(FILES) == 20
    assert sum(len(candidates) for candidates in EXPECTED.values()) == 37


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_verdicts(path: Path, reading: Reading) -> None:
    assert table(read_candidates([str(path)]), reading) == EXPECTED[path.name]


def test_all_files_together_give_what_each_gives(reading: Reading) -> None:
    together = table(read_candidates([str(path) for path in FILES]), reading)
    assert together == {name: rows for candidates in EXPECTED.values() for name, rows in candidates.items()}


def test_there_is_an_exact_example_for_every_indicator(reading: Reading) -> None:
    assert sorted(path.stem for path in EXACT) == sorted(item.key.lower() for item in reading.standard.indicators)


@pytest.mark.parametrize("path", EXACT, ids=lambda path: path.name)
def test_an_exact_example_attains_and_claims_its_level_and_needs_every_part(path: Path, reading: Reading) -> None:
    graph = read_candidates([str(path)])
    person = f"https://example.org/person/{path.stem}"
    indicator = reading.standard.find_indicator(path.stem)
    assert graph.nodes(person, ITSS.claims) == [indicator.iri]
    assert validate(graph, reading).conforms
    parts = [
        (subject, predicate, term)
        for subject, predicate, term in graph
        if subject == person and predicate not in (ITSS.claims, RDFS.label) and isinstance(term, str) and graph.row(term)
    ]
    spare = {"consulting-l7": "hasDevelopment"}.get(path.stem)  # the one record with two methods of development
    for part in parts:
        left = Graph(triple for triple in graph if triple != part)
        attained = next(verdict for verdict in assess(left, reading) if verdict.field == indicator.field).attained
        needed = part[1] != ITSS.base + str(spare)
        assert (attained != indicator) is needed, part


@pytest.mark.parametrize("path", [path for path in FILES if path not in EXACT], ids=lambda path: path.name)
def test_only_the_faulty_examples_have_faults_of_form(path: Path, reading: Reading) -> None:
    found = [
        item for item in validate(read_candidates([str(path)]), reading, "shacl").results if item.shape.startswith(ITSS.base)
    ]
    assert bool(found) is (path.name in FORM_FAULTS)


def test_names_of_people_stand_in_both_languages() -> None:
    graph = read_candidates([str(path) for path in FILES])
    for person in graph.instances(ITSS.Candidate):
        assert graph.text(person, RDFS.label, "ja"), person
        assert graph.text(person, RDFS.label, "en"), person
