"""One candidate's record out of many says what it says among few: from large files in any order, packed ones, and stores."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from itss_kg import CallError, Graph, Prose, Reading, assess, load, proof_tree, sample
from itss_kg.assessment import candidates
from itss_kg.bulk.one_record import record_of
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.sources import pieces
from itss_kg.candidate_names import find_candidate
from itss_kg.explanation import explain
from itss_kg.input import read_candidates
from itss_kg.resources import bundled
from itss_kg.store import KnowledgeStore
from itss_kg.store_records import record_in
from tests.engines import as_ntriples
from tests.test_adversarial import disordered
from tests.test_cli import call, done

READING = Reading(load())
PLAN = Plan(READING)
NEAR = str(bundled("data", "candidates", "near-misses.ttl"))
PEOPLE = 40


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.nt"
    triples = [triple for record in sample(READING.standard, PEOPLE, seed=9, faults=0.1) for triple in record.triples]
    path.write_text(as_ntriples(triples), encoding="utf-8")
    return path


def explained(person: str, graph: Graph) -> list[str]:
    """The trees of all indicators, whose records come in the order of the input."""
    prose = Prose(READING.standard)
    found = (explain(graph, person, item, READING, prose) for item in READING.standard.indicators)
    return [proof_tree.explanation(item, graph, prose, full=True) for item in found]


def words(text: str) -> Counter[str]:
    """Those of a text, whatever comes first in it."""
    return Counter(re.findall(r"\w+", text))


def verdicts(person: str, graph: Graph) -> list[object]:
    return [(item.level, item.unmet) for item in assess(graph, READING, only=[person])]


def test_a_record_in_one_piece_or_several_explains_the_same(people: Path, tmp_path: Path) -> None:
    graph = read_candidates([str(people)])
    lines = people.read_text(encoding="utf-8").splitlines()
    random.Random(4).shuffle(lines)  # noqa: S311  # a test's dice
    (tmp_path / "shuffled.nt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for person in candidates(graph, READING)[::15]:
        expected = explained(person, graph)
        name, record = record_of(lambda: pieces([str(people)], None, 20_000), person, PLAN)
        assert name == person
        assert explained(person, record) == expected
        assert len(record) < len(graph) / 4
        _, record = record_of(lambda: pieces([str(tmp_path / "shuffled.nt")], None, 50_000), person, PLAN)
        assert verdicts(person, record) == verdicts(person, graph)


@pytest.mark.parametrize("seed", range(2))
def test_disordered_records_one_by_one(seed: int, tmp_path: Path) -> None:
    path, store = tmp_path / "a.nt", KnowledgeStore()
    path.write_bytes(as_ntriples(disordered(seed)).encode())
    graph = read_candidates([str(path)])
    store.add("candidates", graph)
    named = [person for person in candidates(graph, READING) if not person.startswith("_:")]
    assert named
    for person in named:
        expected = verdicts(person, graph)
        assert verdicts(person, record_of(lambda: pieces([str(path)], None, 5_000), person, PLAN)[1]) == expected
        assert verdicts(person, record_in(store, person, READING, PLAN.links)[1]) == expected


def test_explain_and_credential_of_large_files(people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = (
        ("explain", NEAR, "--candidate", "near-size", "--level", "consulting-L6"),
        ("explain", NEAR, str(people), "--candidate", "0000007", "--full"),
        (
            "credential",
            str(people),
            "--candidate",
            "0000002",
            "--issuer",
            "https://e.org/",
            "--date",
            "2026-04-01",
            "--with-name",
        ),
    )
    few = [call(*arguments) for arguments in calls]
    done("pack", str(people), "-o", str(tmp_path / "people.parquet"))
    packed = done(
        "explain", str(tmp_path / "people.parquet"), "--candidate", "0000007", "--level", "media-L3", "--format", "json"
    )
    assert '"indicator": "https://w3id.org/itss-kg/sales/media-L3"' in packed
    monkeypatch.setattr("itss_kg.commands.filling.LARGE", 0)
    for arguments, small in zip(calls, few, strict=True):
        large = call(*arguments)
        assert (large.returncode, large.stdout) == (small.returncode, small.stdout)
        # of one record, only what is in it is said
        assert {line for line in large.stderr.splitlines() if "http" in line} <= set(small.stderr.splitlines())
    assert few[2].returncode == 0


def test_explain_a_candidate_of_a_store(people: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    done("load", NEAR, str(people), "--store", store)
    asked = ("--candidate", "near-size", "--level", "consulting-L6", "--format", "text")
    assert words(done("explain", "--store", store, *asked)) == words(done("explain", NEAR, *asked))
    for arguments, says in (
        (("--store", store, "--candidate", "near-sise"), "did you mean near-size?"),
        (("--store", store, "--candidate", "near size"), "no candidate 'near size' in the input, which has "),
        (("--store", str(tmp_path / "none"), "--candidate", "a"), "no such store"),
        ((NEAR, "--store", store, "--candidate", "near-size"), "DATA and --store do not go together"),
        (("--candidate", "near-size"), "name the files of records, - for standard input, or a store"),
    ):
        result = call("explain", *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert says in result.stderr


def test_which_candidate_is_meant() -> None:
    people = ["https://e.org/a/1", "https://e.org/b/1", "https://e.org/b#two", "urn:x:three"]
    assert find_candidate("https://e.org/b/1", people) == find_candidate("<https://e.org/b/1>", people) == people[1]
    assert find_candidate("two", people) == people[2]
    assert find_candidate("x:three", people) == people[3]
    with pytest.raises(CallError, match=r"'1' is the last part of several candidates: https://e\.org/a/1, https://e\.org/b/1;"):
        find_candidate("1", people)
    with pytest.raises(CallError, match=r"no candidate 'z' in the input, which has 4, e\.g\. https://e\.org/a/1$"):
        find_candidate("z", people)
    many = [f"https://e.org/{number}" for number in range(10_001)]
    with pytest.raises(CallError, match=r"which has 10001, e\.g\. https://e\.org/0$"):
        find_candidate("https://e.org/99999", many)
