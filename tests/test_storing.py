"""Many records in a store are the same statements, verdicts and findings as few are, whatever is there already."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copytree

import polars as pl
import pyoxigraph as ox
import pytest

from itss_kg import Reading, load, sample
from itss_kg.bulk.run import Summary
from itss_kg.graph import Triple
from itss_kg.namespaces import ITSS, RDF, RDFS
from itss_kg.resources import bundled
from itss_kg.store import GRAPHS, KnowledgeStore
from itss_kg.store_files import _differences
from tests.engines import as_ntriples
from tests.test_cli import call, done

READING = Reading(load())
TEAM = str(bundled("data", "candidates", "team.ttl"))
FAULTY = str(bundled("data", "candidates", "faulty.ttl"))
PLAIN = str(bundled("data", "candidates", "plain.json"))
LEVELS = "SELECT ?c ?n WHERE { ?v itss:ofCandidate ?c ; itss:attainedLevel/itss:levelNumber ?n } ORDER BY ?c ?n"
PEOPLE = 30
Many = Callable[[bool], None]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Many:
    """Has any records be many, or few."""

    def choose(yes: bool) -> None:
        monkeypatch.setattr("itss_kg.commands.filling.LARGE", 0 if yes else 1 << 40)
        monkeypatch.setattr("itss_kg.commands.filling._MANY", -1 if yes else 1 << 40)
        monkeypatch.setattr("itss_kg.bulk.streams._LARGE", 0 if yes else 1 << 40)

    return choose


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Candidates with nodes that have no name, numbers in odd spellings, and what the standard or a verdict says already."""
    path = tmp_path_factory.mktemp("people") / "people.ttl"
    triples = [triple for record in sample(READING.standard, PEOPLE, seed=5, faults=0.2) for triple in record.triples]
    text = re.sub(r"<https://example\.org/person/(\d+-\w+)>", r"_:b\1", as_ntriples(triples))
    text = re.sub(r'"(\d+)"\^\^', r'"0\1"^^', text)
    label = next(triple for triple in READING.standard.graph if triple[1] == RDFS.label)
    held = f"<https://example.org/person/0000001> <{ITSS.hasEngagement}> [ <{ITSS.onProject}> [] ] .\n"
    path.write_text(text + as_ntriples([label]) + held, encoding="utf-8")
    return path


def graphs(folder: Path) -> dict[str, set[Triple]]:
    """What the store holds but for the standard, whose blank nodes are called something else each time."""
    store = KnowledgeStore(folder, read_only=True)
    return {name: set(store.triples(name)) for name in GRAPHS if name != "standard"}


def loaded(choose: Many, yes: bool, folder: Path, arguments: Sequence[str]) -> tuple[set[str], dict[str, object]]:
    """What a load says of the records, and of what it did."""
    choose(yes)
    result = call("load", *arguments, "--store", str(folder))
    assert result.returncode == 0, result.stderr
    return set(result.stderr.splitlines()), json.loads(result.stdout)


def test_many_are_stored_as_few_are(many: Many, people: Path, tmp_path: Path) -> None:
    """Loaded once, again, beside others, and in the place of all."""
    corrected = tmp_path / "corrected.ttl"
    corrected.write_text(people.read_text(encoding="utf-8").replace("passedExmination", "passedExamination"), encoding="utf-8")
    verdicts = tmp_path / "verdicts.nt"
    verdicts.write_text(done("assess", TEAM, "--format", "nt"), encoding="utf-8")
    lines = tmp_path / "plain.jsonl"
    people_in_json = json.loads(Path(PLAIN).read_text(encoding="utf-8"))
    lines.write_text("\n".join(json.dumps({**one, "id": f"{one['id']}-2"}) for one in people_in_json), encoding="utf-8")
    few, several = tmp_path / "few", tmp_path / "many"
    for arguments in (
        [str(people)],
        [str(people)],
        [TEAM, FAULTY, PLAIN, str(lines), str(verdicts)],
        [str(corrected), "--replace"],
    ):
        assert loaded(many, False, few, arguments) == loaded(many, True, several, arguments)
        one, other = graphs(few), graphs(several)
        for name in one:
            assert one[name] == other[name], name
        assert one["candidates"]
        assert one["assessments"]


def test_terms_that_are_rare_are_stored_the_same(many: Many, tmp_path: Path) -> None:
    """Numbers in several spellings, a direction of text, and a triple in the place of a node."""
    (tmp_path / "a.ttl").write_text(
        f"PREFIX itss: <{ITSS.base}>\n"
        '<http://e/a> a itss:Candidate ; itss:employees 7, "007"^^<http://www.w3.org/2001/XMLSchema#integer>, 1.50, 1.5 .\n'
        '<http://e/a> itss:key "abc"@ar--rtl, "abc"@ar, <<( [] <http://e/p> [] )>> .\n'
    )
    stores = {yes: tmp_path / f"store-{yes}" for yes in (False, True)}
    said = [loaded(many, yes, folder, [str(tmp_path / "a.ttl")]) for yes, folder in stores.items()]
    assert said[0][1]["candidates"] == said[1][1]["candidates"] == {"new statements": 5}
    assert len(graphs(stores[True])["candidates"]) == 5
    few, several = (graphs(folder) for folder in stores.values())
    assert {one for one in few["candidates"] if "e/p" not in str(one)} == {
        one for one in several["candidates"] if "e/p" not in str(one)
    }
    assert few["assessments"] == several["assessments"]


def test_a_faulty_file_among_many_leaves_the_store_as_it_was(many: Many, people: Path, tmp_path: Path) -> None:
    many(True)
    broken, folder = tmp_path / "broken.ttl", tmp_path / "store"
    broken.write_text("<http://e/1> a <https://w3id.org/itss-kg/ns#Candidate> .\n<http://e/2> a")
    result = call("load", str(people), str(broken), "--store", str(folder))
    assert result.returncode == 2
    assert result.stderr.startswith(f"itss-kg: {broken}:2:")
    assert not folder.exists()
    done("load", TEAM, "--store", str(folder))
    before = graphs(folder)
    for wrong in (str(broken), str(tmp_path / "none.ttl")):
        assert call("load", str(people), wrong, "--store", str(folder)).returncode == 2
    assert graphs(folder) == before
    (tmp_path / "empty.ttl").write_text("# nothing")
    assert "no triples in it" in call("load", str(tmp_path / "empty.ttl"), "--store", str(folder)).stderr


def test_many_records_of_nobody_have_no_verdicts(many: Many, tmp_path: Path) -> None:
    many(True)
    path = tmp_path / "projects.nt"
    path.write_text(f"<http://e/p> <{RDF.type}> <{ITSS.Project}> .\n")
    said = json.loads(done("load", str(path), "--store", str(tmp_path / "store")))
    assert (said["candidates"], said["assessments"]) == ({"new statements": 1}, {"verdicts": 0})
    result = call("assess", "--store", str(tmp_path / "store"))
    assert (result.returncode, result.stderr.count("no candidates in this store")) == (2, 1)
    few = tmp_path / "few"
    loaded(many, False, few, [str(path)])
    assert graphs(tmp_path / "store") == graphs(few)


def test_many_that_say_nothing_new_leave_nobody(many: Many, tmp_path: Path) -> None:
    """What the standard says already stands there alone, so that the records are none."""
    label = next(triple for triple in READING.standard.graph if triple[1] == RDFS.label)
    path = tmp_path / "standard.nt"
    path.write_text(as_ntriples([label]), encoding="utf-8")
    folder = tmp_path / "store"
    loaded(many, True, folder, [TEAM])
    assert loaded(many, True, folder, [str(path), "--replace"])[1]["assessments"] == {"verdicts": 0}
    result = call("assess", "--store", str(folder))
    assert (result.returncode, result.stderr.count("no candidates in this store")) == (2, 1)
    found = graphs(folder)
    assert not found["candidates"]
    assert not [triple for triple in found["assessments"] if triple[1] == ITSS.ofCandidate]


def test_what_is_no_store_is_said_to_be_none(tmp_path: Path) -> None:
    empty, damaged = tmp_path / "empty", tmp_path / "damaged"
    empty.mkdir()
    done("load", TEAM, "--store", str(damaged))
    (damaged / "CURRENT").write_text("MANIFEST-9\n")
    for folder in (empty, damaged):
        for engine in ("auto", "columns"):
            result = call("assess", "--store", str(folder), "--engine", engine)
            assert (result.returncode, result.stdout) == (2, "")
            assert result.stderr.startswith(f"itss-kg: {folder}: cannot be opened as a store (")
    assert list(empty.iterdir()) == []
    result = call("assess", "--store", str(damaged), "--engine", "columns", "-o", str(tmp_path / "o.csv"), "--resume")
    assert "--resume does not go with --store" in result.stderr


def test_an_interrupted_assessment_of_a_store_leaves_nothing(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("load", str(people), "--store", str(tmp_path / "store"))

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("itss_kg.bulk.run._write", interrupt)
    monkeypatch.setattr("itss_kg.bulk.storing.assess_store", lambda *_: Summary(candidates=1))
    output = tmp_path / "o.csv"
    result = call("assess", "--store", str(tmp_path / "store"), "--engine", "columns", "-o", str(output))
    assert (result.returncode, result.stderr.strip()) == (130, "itss-kg: interrupted")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_records_from_standard_input_are_stored(tmp_path: Path) -> None:
    text = Path(TEAM).read_text(encoding="utf-8")
    said = json.loads(done("load", "-", "--store", str(tmp_path / "store"), stdin=text))
    assert said["candidates"] == {"new statements": 145}
    result = call("load", "-", "--store", str(tmp_path / "none"), stdin="<a> <b>")
    assert (result.returncode, (tmp_path / "none").exists()) == (2, False)


def test_many_of_a_store_are_assessed_by_the_column(many: Many, people: Path, tmp_path: Path) -> None:
    many(False)
    few, several, output = tmp_path / "few", tmp_path / "several", tmp_path / "verdicts.parquet"
    done("load", str(people), TEAM, "--store", str(few))
    expected = graphs(few)
    copytree(few, several)
    store = KnowledgeStore(several)
    store.replace("assessments", ())
    del store
    rows = sorted(done("assess", "--store", str(few), "--format", "csv").splitlines())
    many(True)
    assert sorted(done("assess", "--store", str(several), "--format", "csv").splitlines()) == rows
    assert len(rows) == 1 + (PEOPLE + 3) * 3
    assert graphs(several) == expected
    assert f"Candidates: {PEOPLE + 3} " in call("assess", "--store", str(several), "-o", str(output)).stderr
    assert pl.read_parquet(output).height == (PEOPLE + 3) * 3


def test_many_of_a_store_are_validated_piece_by_piece(many: Many, tmp_path: Path) -> None:
    few, several = tmp_path / "few", tmp_path / "several"
    many(False)
    done("load", FAULTY, "--store", str(few))
    copytree(few, several)
    report = done("validate", "--store", str(few), "--format", "csv", status=1)
    many(True)
    assert done("validate", "--store", str(several), "--format", "csv", status=1) == report
    assert graphs(several) == graphs(few)
    assert graphs(several)["report"]


def test_questions_about_many_records(many: Many, people: Path) -> None:
    answers = []
    for yes in (False, True):
        many(yes)
        answers.append(done("query", "-", "--data", str(people), "--format", "csv", stdin=LEVELS))
    assert answers[0] == answers[1]
    assert answers[0].count("person/") > 10


@pytest.mark.parametrize("graph", ["candidates", "assessments"])
def test_kill_leaves_all_or_nothing_of_many(graph: str, tmp_path: Path) -> None:
    """Killed while the records go in, or the verdicts."""
    folder, records, sign = tmp_path / "store", tmp_path / "many.nt", tmp_path / "sign"
    there = 145 if graph == "candidates" else 0  # where there are verdicts, what differs is exchanged in a transaction
    if there:
        done("load", TEAM, "--store", str(folder))
    before = graphs(folder)["assessments"] if there else set()
    records.write_text(done("sample", "100", "--format", "nt"), encoding="utf-8")
    whole = len(set(records.read_text(encoding="utf-8").splitlines()))
    code = f"""
import time
from pathlib import Path
import itss_kg.cli, itss_kg.commands.filling as filling, itss_kg.store_files as files
filling.LARGE = 0
new = files._new
def slow(store, name, triples):
    for number, quad in enumerate(new(store, name, triples)):
        if name == {graph!r} and number == 1000:
            Path({str(sign)!r}).touch()
            time.sleep(60)
        yield quad
files._new = slow
itss_kg.cli.main()
"""
    process = subprocess.Popen([sys.executable, "-c", code, "load", str(records), "--store", str(folder)])
    for _ in range(600):
        if sign.exists():
            break
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert sign.exists()
    found = graphs(folder)
    assert len(found["candidates"]) == (there or whole)
    assert found["assessments"] == before
    done("load", str(records), "--store", str(folder))
    assert KnowledgeStore(folder, read_only=True).size("candidates") == there + whole


@pytest.mark.parametrize("share", [1, 100, 1 << 20])
def test_the_lines_that_only_one_of_two_files_has(share: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itss_kg.store_files._SHARE", share)
    dice = random.Random(share)  # noqa: S311  # a test's dice
    one, other = ([b"<urn:x:%d> .\n" % dice.randrange(200) for _ in range(150)] for _ in range(2))
    for name, lines in (("a", one), ("b", other)):
        (tmp_path / name).write_bytes(b"".join(lines))
    (tmp_path / "folder").mkdir()
    found = _differences(tmp_path / "a", tmp_path / "b", tmp_path / "folder")
    expected = [{line.strip() for line in set(first) - set(second)} for first, second in ((one, other), (other, one))]
    assert [set(lines) for lines in found] == expected
    assert [len(lines) for lines in found] == list(map(len, expected))


def test_statements_are_told_as_they_are_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from itss_kg import store_files

    monkeypatch.setattr(store_files, "_OFTEN", 3)
    path = tmp_path / "a.nt"
    path.write_bytes(b"".join(b"<urn:x:%d> <urn:x:p> <urn:x:o> .\n" % number for number in range(8)))
    told: list[tuple[int, int]] = []
    store = KnowledgeStore()
    assert store_files.add_file(store, "candidates", path, lambda *done: told.append(done)) == 8
    assert told == [(3, 3), (3, 3), (2, 2)]
    assert store_files.replace_by_file(store, "candidates", path) == 0
    (tmp_path / "b.nt").write_bytes(path.read_bytes().replace(b"urn:x:7", b"urn:x:8"))
    assert store_files.replace_by_file(store, "candidates", tmp_path / "b.nt") == 1
    assert store.size("candidates") == 8
    assert ox.NamedNode("urn:x:7") not in {quad.subject for quad in store.store}
