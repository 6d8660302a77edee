"""Verdicts by the column are those of the proofs, whatever the input's order, format and compression, and however it is cut."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph as ox
import pytest
import zstandard
from rdflib import Graph as RdfGraph
from rdflib import Namespace
from rdflib.collection import Collection

from itss_kg import Graph, InputError, Reading, load
from itss_kg.assessment import assess
from itss_kg.bulk import tasks
from itss_kg.bulk.folder import Asked, begun
from itss_kg.bulk.lines import parsed
from itss_kg.bulk.parts import Part
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.run import Options, Summary, run
from itss_kg.bulk.sources import Piece
from itss_kg.commands.size import mebibytes
from itss_kg.data_quality import quality
from itss_kg.demand import AtLeast, walk
from itss_kg.errors import CallError
from itss_kg.input import read_candidates
from itss_kg.namespaces import ITSS, OWL, RDF
from itss_kg.resources import bundled
from itss_kg.sampling import sample
from itss_kg.verdicts import as_turtle, row
from tests.engines import as_ntriples
from tests.test_adversarial import disordered
from tests.test_cli import call, done

SUITES = Path(__file__).parent.parent.parent / "shared" / "suites"
READING = Reading(load())
COUNT = 200  # `python -m benchmarks.agreement` compares 100,000


def bulk(names: list[Path], folder: Path, **options: Any) -> list[dict[str, Any]]:
    run([str(name) for name in names], folder / "out.json", "json", Options(**options))
    rows: list[dict[str, Any]] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    return rows


def one_by_one(graph: Graph) -> list[dict[str, Any]]:
    return [row(verdict) for verdict in assess(graph, READING)]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.nt"
    triples = [triple for record in sample(READING.standard, COUNT, seed=11, faults=0.1) for triple in record.triples]
    path.write_bytes(as_ntriples(Graph(triples)).encode())
    return path


@pytest.fixture(scope="module")
def expected(people: Path) -> list[dict[str, Any]]:
    return one_by_one(read_candidates([str(people)]))


# The same verdicts


@pytest.mark.parametrize("piece", [None, 60_000, 3_000])
def test_however_the_input_is_cut(piece: int | None, people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    part = people
    if piece == 3_000:  # so short that hardly a record is whole
        part = tmp_path / "part.nt"
        part.write_bytes(b"".join(people.read_bytes().splitlines(keepends=True)[:2500]))
        expected = one_by_one(read_candidates([str(part)]))
    assert bulk([part], tmp_path, piece=piece) == expected


def test_in_any_order_in_several_files_and_processes(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    lines = people.read_bytes().splitlines(keepends=True)
    random.Random(5).shuffle(lines)  # noqa: S311  # a test's dice
    half = len(lines) // 2
    (tmp_path / "a.nt").write_bytes(b"".join(lines[:half]))
    (tmp_path / "b.nt.gz").write_bytes(gzip.compress(b"".join(lines[half:])))
    assert bulk([tmp_path / "a.nt", tmp_path / "b.nt.gz"], tmp_path, piece=150_000, jobs=2) == expected
    # so little memory that what is scattered is brought together in many files
    assert bulk([tmp_path / "a.nt", tmp_path / "b.nt.gz"], tmp_path, piece=150_000, memory=4) == expected


@pytest.mark.parametrize(("statements", "jobs"), [(4, 1), (1, 2)])
def test_candidates_that_lead_to_candidates_of_other_groups(
    statements: int, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly every candidate is in a group of its own, and of the groups of one statement most are empty."""
    monkeypatch.setattr("itss_kg.bulk.run._GROUP", statements)
    monkeypatch.setattr("itss_kg.bulk.run._MANY", 5)
    names = [f"http://e/{number}" for number in range(9)]
    typed = [(name, RDF.type, ITSS.Candidate) for name in names]
    led = [(one, ITSS.hasEngagement, other) for one, other in pairwise(names)]
    path = tmp_path / "chain.nt"
    path.write_text(as_ntriples([*typed, *led]))
    rows = bulk([path], tmp_path, piece=300, jobs=jobs)
    assert rows == one_by_one(read_candidates([str(path)]))
    assert len(rows) == 3 * len(names)
    run([str(path)], tmp_path / "p.parquet", "packed", Options(piece=300, jobs=jobs))
    assert bulk([tmp_path / "p.parquet"], tmp_path) == rows


@pytest.mark.parametrize("seed", range(6))
def test_disordered_records(seed: int, tmp_path: Path) -> None:
    graph = disordered(seed)
    path = tmp_path / "disordered.nt"
    path.write_bytes(as_ntriples(graph).encode())
    whole = one_by_one(read_candidates([str(path)]))
    assert bulk([path], tmp_path) == whole
    assert bulk([path], tmp_path, piece=9_000) == whole


@pytest.mark.parametrize("seed", range(3))
def test_disordered_records_are_packed_whole(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of a packed file has other people's records, too, where one leads to them, and not always all of them."""
    monkeypatch.setattr("itss_kg.bulk.run._GROUP", 60)
    graph = Graph(triple for triple in disordered(seed) if not any(str(term).startswith("_:") for term in triple))
    lines = as_ntriples(graph).splitlines(keepends=True)
    random.Random(seed).shuffle(lines)  # noqa: S311  # a test's dice
    path = tmp_path / "disordered.nt"
    path.write_text("".join(lines), encoding="utf-8")
    whole = one_by_one(read_candidates([str(path)]))
    for piece in (None, 9_000):
        run([str(path)], tmp_path / "p.parquet", "packed", Options(piece=piece))
        run([str(tmp_path / "p.parquet")], tmp_path / "again.parquet", "packed", Options())
        assert bulk([tmp_path / "p.parquet"], tmp_path) == whole
        assert bulk([tmp_path / "again.parquet"], tmp_path) == whole


def test_formats_and_compressions(tmp_path: Path) -> None:
    triples = [triple for record in sample(READING.standard, 40, seed=2) for triple in record.triples]
    lines = as_ntriples(Graph(triples)).encode()
    (tmp_path / "x.nt").write_bytes(lines)
    whole = one_by_one(read_candidates([str(tmp_path / "x.nt")]))
    quads = b"".join(line[:-2] + b"<urn:x-graph> .\n" for line in lines.splitlines(keepends=True))
    frame = parsed(lines, "ntriples", "x").frame()
    (tmp_path / "a.nq").write_bytes(quads)
    (tmp_path / "b.nq.zst").write_bytes(zstandard.compress(quads))
    (tmp_path / "c.nt.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "d.nt").write_bytes(lines.replace(b"\n", b"\r\n"))
    (tmp_path / "e.ttl").write_bytes(lines)
    frame.write_parquet(tmp_path / "f.parquet")
    for name in ("a.nq", "b.nq.zst", "c.nt.gz", "d.nt", "e.ttl", "f.parquet"):
        assert bulk([tmp_path / name], tmp_path) == whole, name
        assert bulk([tmp_path / name], tmp_path, piece=20_000) == whole, name


def test_a_record_without_statements_and_a_link_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "few.nt"
    start = "<http://e/1> <https://w3id.org/itss-kg/ns#hasEngagement>"
    path.write_text(f'{start} <http://e/nowhere> .\n{start} "no link" .\n{start} _:b .\n')
    assert bulk([path], tmp_path) == one_by_one(read_candidates([str(path)]))


@pytest.mark.parametrize("command", ["assess --engine columns", "validate --engine shacl", "validate --jobs 2"])
@pytest.mark.parametrize("name", ["none.nt", "none.nt.gz", "comment.nt"])
def test_a_file_that_says_nothing_is_an_error_among_others(command: str, name: str, tmp_path: Path) -> None:
    said = b"# nothing\n" if name == "comment.nt" else b""
    (tmp_path / name).write_bytes(gzip.compress(said) if name.endswith("gz") else said)
    (tmp_path / "some.nt").write_text(as_ntriples([("http://e/a", RDF.type, ITSS.Candidate)]))
    result = call(*command.split(), str(tmp_path / "some.nt"), str(tmp_path / name))
    assert result.returncode == 2
    assert result.stderr.startswith(f"itss-kg: {tmp_path / name}: no triples in it; ")


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/itss-kg/ns#Candidate>"
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text(f"_:x {kind} .\n")
    rows = bulk([tmp_path / "a.nt", tmp_path / "b.nt"], tmp_path)
    assert {item["candidate"] for item in rows} == {"_:f1xx", "_:f2xx"}


def test_the_plan_holds_every_demand() -> None:
    plan = Plan(READING)
    known = {id(plan.order[plan.place(part)]) for demand in READING.demands.values() for part in walk(demand)}
    assert len(known) == len({plan.place(part) for demand in READING.demands.values() for part in walk(demand)})
    assert plan.depth == 3
    assert all(
        plan.place(step.where) < place for place, one in enumerate(plan.order) if isinstance(one, AtLeast) for step in one.steps
    )


# Findings and figures


def test_the_findings_are_those_of_the_graph(people: Path, tmp_path: Path) -> None:
    found = run([str(people)], tmp_path / "o.parquet", "parquet", Options())
    whole = [(item.subject, item.message) for item in quality(read_candidates([str(people)]), READING.standard)]
    assert whole
    assert sorted(found.findings) == sorted(whole)[: len(found.findings)] or set(found.findings) <= set(whole)
    assert found.found == len(whole)


@pytest.mark.parametrize("group", [1 << 18, 200])
def test_the_findings_of_scattered_records_are_those_of_the_graph(
    group: int, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two values of one property show only when what lies in several pieces is brought together."""
    monkeypatch.setattr("itss_kg.bulk.run._GROUP", group)
    monkeypatch.setattr("itss_kg.bulk.run._SAID", 1000)
    lines = people.read_bytes().splitlines(keepends=True)[:5000]
    single = [iri for iri in Plan(READING).paths if OWL.FunctionalProperty in READING.standard.graph.objects(iri, RDF.type)]
    told = [line for line in lines if line.split()[1][1:-1].decode() in single][:400:20]
    lines += [b" ".join([*line.split()[:2], b"<https://example.org/other> .\n"]) for line in told]
    random.Random(8).shuffle(lines)  # noqa: S311  # a test's dice
    (tmp_path / "scattered.nt").write_bytes(b"".join(lines))
    whole = quality(read_candidates([str(tmp_path / "scattered.nt")]), READING.standard)
    said = sorted((item.subject, item.message) for item in whole)
    assert sum("contradict" in message for _, message in said) >= len(told)
    found = run([str(tmp_path / "scattered.nt")], tmp_path / "o.parquet", "parquet", Options(piece=40_000))
    assert (sorted(found.findings), found.found) == (said, len(said))
    run([str(tmp_path / "scattered.nt")], tmp_path / "p.parquet", "packed", Options(piece=40_000))
    again = run([str(tmp_path / "p.parquet")], tmp_path / "o.parquet", "parquet", Options())
    assert (sorted(again.findings), again.found) == (said, len(said))


def test_what_two_files_contradict_each_other_in_is_said_once(tmp_path: Path) -> None:
    people = [f"<http://e/{name}> <{RDF.type}> <{ITSS.Candidate}> .\n" for name in "ab"]
    engaged = [f"<http://e/{name}> <{ITSS.hasEngagement}> <http://e/e{name}> .\n" for name in "ab"]
    shared = [f"<http://e/e{name}> <{ITSS.onProject}> <http://e/p> .\n" for name in "ab"]
    (tmp_path / "a.nt").write_text("".join([*people, *engaged, *shared, f'<http://e/p> <{ITSS.peakPersonnel}> "9" .\n']))
    (tmp_path / "b.nt").write_text(f'<http://e/p> <{ITSS.peakPersonnel}> "10" .\n<http://e/p> <{ITSS.peakPersonnel}> "9" .\n')
    found = run([str(tmp_path / "a.nt"), str(tmp_path / "b.nt")], tmp_path / "o.csv", "csv", Options())
    several = [item for item in found.findings if "contradict" in item[1]]
    assert several == [("http://e/p", 'itss:peakPersonnel has 2 values that contradict each other: "10", "9"')]


def test_of_values_that_contradict_each_other_in_several_places_all_are_said(tmp_path: Path) -> None:
    lines = [
        f"<http://e/a> <{RDF.type}> <{ITSS.Candidate}> .\n<http://e/a> <{ITSS.hasEngagement}> <http://e/e> .\n",
        f"<http://e/e> <{ITSS.onProject}> <http://e/p> .\n",
    ]
    values = [f'<http://e/p> <{ITSS.peakPersonnel}> "{value}" .\n' for value in (8, 9, 10)]
    (tmp_path / "a.nt").write_text("".join([*lines, *values[:2]]))
    (tmp_path / "b.nt").write_text("".join(values[1:]))
    found = run([str(tmp_path / "a.nt"), str(tmp_path / "b.nt")], tmp_path / "o.csv", "csv", Options())
    several = [item for item in found.findings if "contradict" in item[1]]
    assert several == [("http://e/p", 'itss:peakPersonnel has 3 values that contradict each other: "10", "8", "9"')]
    assert found.found == len(found.findings)


def test_the_summary_counts(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    found: Summary = run([str(people)], tmp_path / "o.csv", "csv", Options(piece=150_000))
    assert found.candidates == COUNT
    assert sum(found.levels.values()) == sum(item["level"] is not None for item in expected)
    lacking = [one["criterion"] for item in expected if item["next"] for one in item["next"]["unmet"]]
    assert sum(found.obstacles.values()) == len(lacking)
    assert found.triples == len(people.read_bytes().splitlines())


# The fast lane reads as the parser does


def cases(suite: str) -> list[tuple[str, str, Path]]:
    """Name, kind and file of each case of a W3C suite."""
    folder = SUITES / suite
    base = "http://example.org/"
    manifest = RdfGraph().parse(folder / "manifest.ttl", publicID=base + "manifest.ttl")
    mf = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
    head = next(manifest.objects(None, mf.entries))
    found = []
    for entry in Collection(manifest, head):
        kind = next(str(o) for o in manifest.objects(entry) if "TestN" in str(o)).rpartition("#")[2]
        found.append(
            (str(manifest.value(entry, mf.name)), kind, folder / str(manifest.value(entry, mf.action)).rpartition("/")[2])
        )
    return found


NT, NQ = cases("rdf-n-triples"), cases("rdf-n-quads")


def test_how_many_cases_the_suites_have() -> None:
    assert (len(NT), len(NQ)) == (70, 87)


@pytest.mark.parametrize(("name", "kind", "path"), [*NT, *NQ])
def test_suites(name: str, kind: str, path: Path) -> None:
    form = "nquads" if "Quads" in kind else "ntriples"
    data = path.read_bytes()
    if "Negative" in kind:
        with pytest.raises(InputError, match=rf"{path.name}:\d+"):
            parsed(data, form, path.name)
        return
    quads = ox.parse(data, format=ox.RdfFormat.N_QUADS if form == "nquads" else ox.RdfFormat.N_TRIPLES)
    rows = parsed(data, form, path.name).frame().rows()
    assert sorted(rows) == sorted({(str(q.subject), str(q.predicate), str(q.object)) for q in quads} | set(rows)), name
    assert set(rows) == {
        tuple(map(str, (q.subject, q.predicate, q.object))) for q in ox.parse(data, format=ox.RdfFormat.N_QUADS)
    }


ODD = [
    '<http://e/s> <http://e/p> "a \\"b\\" \\u00E9"@en .',
    '<http://e/s> <http://e/p> "with space"^^<http://e/d> .',
    "<http://e/s>\t<http://e/p>  <http://e/o>  . # a comment",
    "   <http://e/s> <http://e/p> <http://e/o>.",
    '<http://e/s> <http://e/p> "日本語"@ja .',
    '<http://e/s> <http://e/p> "EN"@EN .',
    '<http://e/s> <http://e/p> "x"@ja-Latn-JP .',
    '<http://e/s> <http://e/p> "plain"^^<http://www.w3.org/2001/XMLSchema#string> .',
    "<http://e/\\u00E9> <http://e/p> <http://e/%20> .",
    "<http://[::1]:80/> <http://e:8/p> <urn:x:y> .",
    '<http://e/s> <http://e/p> "ends with a stop ." .',
    '<http://e/s> <http://e/p> "<http://e/o> ." .',
    "_:a <http://e/p> _:b-1.c .",
    "# only a comment",
    "",
]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n"])
def test_odd_lines_as_the_parser_reads_them(ending: str) -> None:
    data = ending.join(ODD).encode()
    rows = parsed(data, "ntriples", "x").frame().rows()
    assert sorted(rows) == sorted(
        (str(q.subject), str(q.predicate), str(q.object)) for q in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
    )


BAD = [
    "<http://e/s> <http://e/p> <http://e/o>",
    "<http://e/s> <http://e/p> <http://e/o> . <http://e/s> <http://e/p> <http://e/o> .",
    "<http://e/s> <http://e/p> <http://e/o> ..",
    '<http://e/s> <http://e/p> "a"b" .',
    '<http://e/s> <http://e/p> "a" "b" .',
    '<http://e/s> "p" <http://e/o> .',
    "<s> <http://e/p> <http://e/o> .",
    "<http://e/s > <http://e/p> <http://e/o> .",
    "<http://e:x/s> <http://e/p> <http://e/o> .",
    "<http://e/s#a#b> <http://e/p> <http://e/o> .",
    '<http://e/s> <http://e/p> "x"^^"y" .',
    '<http://e/s> <http://e/p> "x"@ .',
    "@prefix e: <http://e/> .",
]


@pytest.mark.parametrize("line", BAD)
def test_a_malformed_line_is_named_with_its_file(line: str, tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        list(ox.parse(line.encode(), format=ox.RdfFormat.N_TRIPLES))
    good = "<http://e/s> <http://e/p> <http://e/o> .\n"
    path = tmp_path / "bad.nt"
    path.write_text(good * 700 + "\n# comment\n" + line + "\n" + good * 5)
    with pytest.raises(InputError, match=r"bad\.nt:703:"):
        bulk([path], tmp_path, piece=2000)
    assert not (tmp_path / "out.json").exists()


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "latin.nt"
    path.write_bytes(b'<http://e/s> <http://e/p> "a" .\n<http://e/s> <http://e/p> "\xe9" .\n')
    with pytest.raises(InputError, match=r"latin\.nt:2:28: not UTF-8"):
        bulk([path], tmp_path)


# All or nothing, and going on


def test_an_interrupted_run_goes_on(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    """Killed at whatever moment, there is no output; resumed, what was finished is not done again."""
    output = tmp_path / "out.json"
    code = (
        "import sys; from pathlib import Path; from itss_kg.bulk.run import run, Options; import itss_kg.bulk.tasks as tasks\n"
        "first, done = tasks.first, []\n"
        "def slow(*given):\n    done.append(given); len(done) > 3 and __import__('time').sleep(60)\n    return first(*given)\n"
        "tasks.first = slow\n"
        "run([sys.argv[1]], Path(sys.argv[2]), 'json', Options(piece=100000))"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(people), str(output)])
    folder = tmp_path / ".out.json.parts"
    for _ in range(300):
        if len(list(folder.glob("part-*.json"))) == 3:
            break
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not output.exists()
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("rows-*")}
    assert len(before) == 3
    touched = []
    found = run([str(people)], output, "json", Options(piece=100_000, resume=True), lambda *seen: touched.append(seen))
    assert json.loads(output.read_text(encoding="utf-8")) == expected
    assert found.candidates == COUNT
    assert not folder.exists()


def test_a_run_interrupted_over_scattered_records_goes_on(
    people: Path, expected: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = people.read_bytes().splitlines(keepends=True)
    random.Random(6).shuffle(lines)  # noqa: S311  # a test's dice
    (tmp_path / "shuffled.nt").write_bytes(b"".join(lines))
    monkeypatch.setattr("itss_kg.bulk.run._GROUP", 2_000)
    judge, judged = tasks.judge_group, []

    def stop_at_the_third(*given: Any) -> int:
        judged.append(judge(*given))
        if len(judged) == 3:
            raise KeyboardInterrupt
        return judged[-1]

    monkeypatch.setattr(tasks, "judge_group", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        bulk([tmp_path / "shuffled.nt"], tmp_path, piece=150_000)
    assert not (tmp_path / "out.json").exists()
    monkeypatch.setattr(tasks, "judge_group", judge)
    monkeypatch.setattr(tasks, "first", None)  # the pieces are not read again
    assert bulk([tmp_path / "shuffled.nt"], tmp_path, piece=150_000, resume=True) == expected


def test_no_process_outlives_the_run_that_started_it(people: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from itss_kg.bulk.run import run, Options\n"
        "if __name__ == '__main__':\n"
        "    seen = lambda *_: print(flush=True) or __import__('time').sleep(60)\n"
        "    run([sys.argv[1]], Path(sys.argv[2]), 'json', Options(piece=100_000, jobs=2), seen)"
    )
    script = tmp_path / "run.py"
    script.write_text(code, encoding="utf-8")
    command = [sys.executable, str(script), str(people), str(tmp_path / "out.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"  # the processes are there
        process.kill()
        process.communicate(timeout=30)  # all of them have the other end open, so that it ends when the last has ended


def test_what_cannot_be_resumed_is_said(people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CallError, match="nothing to resume"):
        run([str(people)], tmp_path / "o.json", "json", Options(resume=True))
    monkeypatch.setattr(tasks, "render", None)
    with pytest.raises(TypeError):
        run([str(people)], tmp_path / "o.json", "json", Options())
    other = tmp_path / "other.ttl"
    other.write_bytes(bundled("ontology", "itss-sales.ttl").read_bytes())
    for changed, said in (
        ({"ontology": (other,)}, "another --ontology; other files, or files that have changed"),
        ({"input_format": "nquads"}, "another --input-format"),
        ({"piece": 9_000}, "pieces of another size"),
        ({"language": "ja"}, "another --lang"),
    ):
        with pytest.raises(CallError, match=rf"of another run \({said}\); without --resume it begins anew"):
            run([str(people)], tmp_path / "o.json", "json", Options(resume=True, **changed))


def test_a_run_whose_ontology_imports_something_else_now_is_not_gone_on_with(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled_folder = bundled("ontology", "itss-sales.ttl").parent
    for path in bundled_folder.glob("*.ttl"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    ontology = (tmp_path / "itss-sales.ttl",)
    imported = next(path for path in load(*ontology).sources if path.name != ontology[0].name)
    monkeypatch.setattr(tasks, "render", None)
    with pytest.raises(TypeError):
        run([str(people)], tmp_path / "o.json", "json", Options(ontology=ontology))
    imported.write_text(imported.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    with pytest.raises(CallError, match=r"of another run \(other files, or files that have changed\)"):
        run([str(people)], tmp_path / "o.json", "json", Options(ontology=ontology, resume=True))


def test_a_run_goes_on_with_less_memory(
    people: Path, expected: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces stay as they were cut, whatever the memory would make of them now."""
    render = tasks.render
    monkeypatch.setattr(tasks, "render", None)
    with pytest.raises(TypeError):
        bulk([people], tmp_path, piece=60_000)
    monkeypatch.setattr(tasks, "render", render)
    monkeypatch.setattr(tasks, "first", None)  # the pieces are not read again
    assert bulk([people], tmp_path, memory=300, resume=True) == expected


def test_two_runs_do_not_write_to_one_output(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    asked = Asked("0", "json", "en", None, [], [], 1)
    with begun(tmp_path / "out.json", asked, resume=False) as folder:
        (folder / "part").touch()
        for resume in (False, True):
            with pytest.raises(CallError, match=r"another run is writing .*out\.json; wait for its end"):
                bulk([people], tmp_path, resume=resume)
        assert (folder / "part").exists()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert bulk([people], tmp_path) == expected


def test_what_an_error_in_the_input_leaves_is_removed(tmp_path: Path) -> None:
    """Once the file is mended, it is another."""
    (tmp_path / "bad.nt").write_text("<a:a> <a:b> <a:c> .\n<a:a> <a:b> .\n")
    with pytest.raises(InputError, match=r"bad\.nt:2"):
        bulk([tmp_path / "bad.nt"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.nt"]


def test_what_is_interrupted_once_the_output_is_there_is_not_resumed(
    people: Path, expected: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some files of its parts are gone, so that what is left must not be taken for a run."""

    def stop(_number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tasks, "remove", stop)
    with pytest.raises(KeyboardInterrupt):
        bulk([people], tmp_path)
    with pytest.raises(CallError, match="nothing to resume"):
        bulk([people], tmp_path, resume=True)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == expected
    monkeypatch.undo()
    assert bulk([people], tmp_path) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_piece_that_was_begun_is_begun_anew(people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At first it was not to be judged, as the pieces before it were scattered; then all of it is, for it shares nothing."""
    lines = people.read_bytes().splitlines(keepends=True)
    random.Random(4).shuffle(lines)  # noqa: S311  # a test's dice
    names = [tmp_path / "a.nt", tmp_path / "b.nt"]
    names[0].write_bytes(b"".join(lines))
    few = [triple for record in sample(READING.standard, 9, seed=2) for triple in record.triples]
    names[1].write_text(as_ntriples(Graph(few)).replace("https://example.org/", "https://example.com/"), encoding="utf-8")
    expected = one_by_one(read_candidates(list(map(str, names))))
    first_task = tasks.first

    def stop_at_the_second_file(number: int, piece: Piece, judge: bool) -> Part:
        if piece.name.endswith("b.nt"):
            assert not judge
            monkeypatch.setattr(Part, "save", None)
        return first_task(number, piece, judge)

    monkeypatch.setattr(tasks, "first", stop_at_the_second_file)
    options = {"piece": 400_000}
    with pytest.raises(TypeError):
        run([str(name) for name in names], tmp_path / "p.parquet", "packed", Options(**options))
    monkeypatch.undo()
    monkeypatch.setattr(tasks, "first", lambda number, piece, _judge: first_task(number, piece, True))
    run([str(name) for name in names], tmp_path / "p.parquet", "packed", Options(resume=True, **options))
    assert bulk([tmp_path / "p.parquet"], tmp_path) == expected


def test_a_process_ended_from_outside_is_said(people: Path, tmp_path: Path) -> None:
    def end(*_: int) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(CallError, match="a process was ended from outside"):
        run([str(people)], tmp_path / "o.json", "json", Options(piece=100_000, jobs=2), end)
    assert not (tmp_path / "o.json").exists()


# The packed file


def test_a_packed_file_gives_the_same_verdicts(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    lines = people.read_bytes().splitlines(keepends=True)
    random.Random(9).shuffle(lines)  # noqa: S311  # a test's dice
    (tmp_path / "shuffled.nt").write_bytes(b"".join(lines))
    for source, piece in ((people, 100_000), (people, None), (tmp_path / "shuffled.nt", 200_000)):
        done = run([str(source)], tmp_path / "p.parquet", "packed", Options(piece=piece))
        again = run([str(tmp_path / "p.parquet")], tmp_path / "o.parquet", "parquet", Options())
        assert bulk([tmp_path / "p.parquet"], tmp_path) == expected
        assert (again.found, again.candidates, again.levels) == (done.found, COUNT, done.levels)


def test_blank_nodes_of_packed_files_are_those_of_each(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.nt").write_text(f"_:x <{RDF.type}> <{ITSS.Candidate}> .\n")
    run([str(tmp_path / "a.nt"), str(tmp_path / "b.nt")], tmp_path / "ab.parquet", "packed", Options())
    run([str(tmp_path / "c.nt")], tmp_path / "c.parquet", "packed", Options())
    assert len(bulk([tmp_path / "ab.parquet"], tmp_path)) == 2 * 3
    assert len(bulk([tmp_path / "ab.parquet", tmp_path / "c.parquet"], tmp_path)) == 3 * 3
    assert len(bulk([tmp_path / "ab.parquet", tmp_path / "c.nt"], tmp_path)) == 3 * 3


def test_a_term_of_parquet_that_holds_an_end_of_line_is_refused(tmp_path: Path) -> None:
    for sign in "\n\r":
        terms = {"subject": ["<urn:s>"] * 2, "predicate": ["<urn:p>"] * 2, "object": ['"x"', f'"x" .{sign}<urn:s> <urn:p> "y"']}
        pl.DataFrame(terms).write_parquet(tmp_path / "t.parquet")
        with pytest.raises(InputError, match=r"t\.parquet: row 2: has a term that holds an end of line"):
            bulk([tmp_path / "t.parquet"], tmp_path)


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("object", ("<urn:s>", "<urn:p>", "<urn:o> . # no value")),
        ("object", ("<urn:s>", "<urn:p>", '"one" .# "two"')),
        ("subject", ("<urn:s> <urn:p>", "<urn:o>", "")),
        ("object", ("<urn:s>", "<urn:p>", " ")),
    ],
)
def test_a_column_of_parquet_that_is_no_term_is_refused(column: str, row: tuple[str, ...], tmp_path: Path) -> None:
    rows = [("<urn:s>", "<urn:p>", '"see sec. #3 of  C:\\\\ . # or \\" . #"'), row]
    pl.DataFrame(rows, schema=["subject", "predicate", "object"], orient="row").write_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match=rf"t\.parquet: row 2: its {column} is no term of N-Triples"):
        bulk([tmp_path / "t.parquet"], tmp_path)


def test_a_file_packed_by_an_earlier_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_text(f"_:x <{RDF.type}> <{ITSS.Candidate}> .\n")
    run([str(tmp_path / "x.nt")], tmp_path / "p.parquet", "packed", Options())
    pl.read_parquet(tmp_path / "p.parquet").drop("candidates").write_parquet(tmp_path / "p.parquet")
    with pytest.raises(InputError, match=r"was packed by an earlier version; pack it again"):
        bulk([tmp_path / "p.parquet"], tmp_path)


def test_a_file_packed_for_another_standard_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_bytes(as_ntriples(Graph(next(sample(READING.standard, 1)).triples)).encode())
    run([str(tmp_path / "x.nt")], tmp_path / "p.parquet", "packed", Options())
    frame = pl.read_parquet(tmp_path / "p.parquet").with_columns(pl.col("properties").list.head(3))
    frame.with_columns(pl.col("property").list.eval(pl.element() % 3)).write_parquet(tmp_path / "p.parquet")
    with pytest.raises(InputError, match=r"was packed without .*; pack it again"):
        bulk([tmp_path / "p.parquet"], tmp_path)


# The commands


def test_the_command_writes_every_format(tmp_path: Path) -> None:
    source = str(tmp_path / "few.nt")
    triples = [triple for record in sample(READING.standard, 60, seed=4, faults=0.1) for triple in record.triples]
    (tmp_path / "few.nt").write_bytes(as_ntriples(Graph(triples)).encode())
    expected = one_by_one(read_candidates([source]))
    records = done("assess", source, "--engine", "records", "--format", "json")
    assert json.loads(done("assess", source, "--engine", "columns", "--format", "json")) == json.loads(records) == expected
    lines = [json.loads(line) for line in done("assess", source, "--format", "jsonl").splitlines()]
    assert sorted(lines, key=lambda item: item["candidate"]) == expected
    table = done("assess", source, "--engine", "columns", "--format", "csv").splitlines()
    assert sorted(table[1:]) == sorted(done("assess", source, "--engine", "records", "--format", "csv").splitlines()[1:])
    done("assess", source, "--format", "parquet", "-o", str(tmp_path / "o.parquet"))
    frame = pl.read_parquet(tmp_path / "o.parquet").sort("candidate", maintain_order=True)
    assert frame["level"].to_list() == [item["level"] for item in expected]
    assert [None if item is None else list(item) for item in frame["unmet"]] == [
        item["next"]["unmet"] if item["next"] else None for item in expected
    ]
    turtle = done("assess", source, "--engine", "records", "--format", "ttl")
    assert_same_rdf(done("assess", source, "--format", "nt"), turtle)
    assert_same_rdf(done("assess", source, "--engine", "columns", "--format", "ttl"), turtle)


def assert_same_rdf(lines: str, turtle: str) -> None:
    found = set(RdfGraph().parse(data=lines, format="nt"))
    assert len(found) == len(lines.splitlines())
    assert found == set(RdfGraph().parse(data=turtle, format="turtle"))


@pytest.mark.parametrize("seed", range(3))
def test_the_evidence_is_that_of_the_proofs(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In disordered records things are shared, lead back and are met in more than one way."""
    monkeypatch.setattr("itss_kg.bulk.run._GROUP", 300)
    named = [triple for triple in disordered(seed) if not any(str(term).startswith("_:") for term in triple)]
    attaining = [triple for record in sample(READING.standard, 20, seed=seed, faults=0.2) for triple in record.triples]
    path = tmp_path / "records.nt"
    path.write_bytes(as_ntriples(Graph([*named, *attaining])).encode())
    graph = read_candidates([str(path)])
    turtle = as_turtle(assess(graph, READING), graph, READING)
    assert turtle.count("prov:wasDerivedFrom") > 20
    for piece in (None, 9_000):
        run([str(path)], tmp_path / "verdicts.nt", "nt", Options(piece=piece))
        assert_same_rdf((tmp_path / "verdicts.nt").read_text(encoding="utf-8"), turtle)


def test_the_command_reads_standard_input_and_says_what_is_wrong(people: Path, tmp_path: Path) -> None:
    text = people.read_text(encoding="utf-8")
    from_input = done("assess", "-", "--input-format", "ntriples", "--format", "jsonl", stdin=text)
    assert from_input == done("assess", str(people), "--format", "jsonl")
    assert "name one with -o" in call("assess", str(people), "--format", "parquet").stderr
    assert "is written by --engine columns" in call("assess", str(people), "--format", "nt", "--engine", "records").stderr
    assert "nothing to resume" in call("assess", str(people), "--format", "nt", "-o", str(tmp_path / "o.nt"), "--resume").stderr
    assert "one of the inputs" in call("assess", str(people), "--format", "nt", "-o", str(people)).stderr
    (tmp_path / "empty.nt").write_text("# nothing\n")
    assert "no triples in it" in call("assess", str(tmp_path / "empty.nt"), "--format", "nt").stderr
    (tmp_path / "torn.nt.gz").write_bytes(gzip.compress(text.encode())[:-20])
    assert "cannot be decompressed" in call("assess", str(tmp_path / "torn.nt.gz")).stderr
    (tmp_path / "no.parquet").write_text(text)
    assert "cannot be read as Parquet" in call("assess", str(tmp_path / "no.parquet")).stderr


def test_what_has_no_candidates_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "none.nt").write_text(
        f'<http://e/p> <{ITSS.peakPersonnel}> "9"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )
    for command in (["assess", "--format", "jsonl"], ["pack", "-o", str(tmp_path / "p.parquet")]):
        result = call(*command, str(tmp_path / "none.nt"))
        said = "none.nt: no candidates: nothing is an itss:Candidate or has the properties of one (1 triples)\n"
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.endswith(said)
    assert [path.name for path in tmp_path.iterdir()] == ["none.nt"]


def test_the_ending_of_the_output_says_its_format(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    done("assess", str(people), "-o", str(tmp_path / "o.jsonl"))
    lines = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(lines, key=lambda item: item["candidate"]) == expected
    done("assess", str(people), "-o", str(tmp_path / "o.jsonl"), "--format", "csv")
    assert (tmp_path / "o.jsonl").read_text(encoding="utf-8").startswith("candidate,field,")
    done("assess", str(people), "--engine", "records", "-o", str(tmp_path / "o.json"))
    assert json.loads((tmp_path / "o.json").read_text(encoding="utf-8")) == expected


def test_an_output_stays_what_it_is(people: Path, tmp_path: Path) -> None:
    """A link, a pipe, and who may read the file."""
    command = ["assess", str(people), "--engine", "columns", "--format", "csv", "-o"]
    expected = done(*command[:-1])
    (tmp_path / "file.csv").touch(0o600)
    (tmp_path / "link.csv").symlink_to(tmp_path / "file.csv")
    done(*command, str(tmp_path / "link.csv"))
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "file.csv").read_text(encoding="utf-8") == expected
    assert (tmp_path / "file.csv").stat().st_mode & 0o777 == 0o600
    os.mkfifo(tmp_path / "pipe.csv")
    with (
        (tmp_path / "read.csv").open("wb") as read,
        subprocess.Popen(["cat", str(tmp_path / "pipe.csv")], stdout=read) as reader,
    ):
        done(*command, str(tmp_path / "pipe.csv"))
        reader.wait(timeout=30)
    assert (tmp_path / "read.csv").read_text(encoding="utf-8") == expected
    assert (tmp_path / "pipe.csv").is_fifo()
    refused = call(*command, str(tmp_path))
    assert (refused.returncode, refused.stderr) == (2, f"itss-kg: {tmp_path}: is a directory; name a file in it\n")


def test_marks_at_the_start_of_a_file(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "bom.nt").write_bytes(b"\xef\xbb\xbf" + people.read_bytes())
    (tmp_path / "bom.nt.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + people.read_bytes()))
    assert bulk([tmp_path / "bom.nt"], tmp_path, piece=60_000) == expected
    assert bulk([tmp_path / "bom.nt.gz"], tmp_path, piece=60_000) == expected
    (tmp_path / "wide.nt").write_bytes("<a:a> <a:b> <a:c> .\n".encode("utf-16"))
    (tmp_path / "zipped.nt").write_bytes(gzip.compress(b"<a:a> <a:b> <a:c> .\n"))
    for name, said in (("wide.nt", "is saved as UTF-16"), ("zipped.nt", r"is compressed \(gzip\)")):
        with pytest.raises(InputError, match=f"{name}: {said}"):
            bulk([tmp_path / name], tmp_path)


def test_a_compressed_file_that_was_cut_short_is_an_error(people: Path, tmp_path: Path) -> None:
    """Also where the cut falls between two lines, and frame after frame is read."""
    whole = people.read_bytes()
    middle = whole.index(b"\n", len(whole) // 2) + 1
    frame, writer = zstandard.ZstdCompressor(), zstandard.ZstdCompressor().compressobj()
    flushed = writer.compress(whole[:middle]) + writer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    name = tmp_path / "cut.nt.zst"
    for data in (flushed, frame.compress(whole[:middle]) + flushed, frame.compress(whole)[:-9]):
        name.write_bytes(data)
        with pytest.raises(InputError, match=r"cut.nt.zst: cannot be decompressed \(the file was cut short\)"):
            bulk([name], tmp_path)
    name.write_bytes(whole)
    with pytest.raises(InputError, match="cannot be decompressed"):
        bulk([name], tmp_path)
    name.write_bytes(frame.compress(whole[:middle]) + frame.compress(whole[middle:]))
    assert bulk([name], tmp_path) == one_by_one(read_candidates([str(people)]))


def test_options_that_would_do_nothing_are_refused(people: Path) -> None:
    assert "--update goes with --endpoint" in call("assess", str(people), "--format", "nt", "--update", "http://e/u").stderr
    assert "--resume goes with --engine columns" in call("assess", str(people), "--engine", "records", "--resume").stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whoever_interrupts_is_told_how_to_go_on(number: int, status: int, people: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.nt"
    many.write_bytes(people.read_bytes() * 20)
    arguments = ["assess", str(many), "--jobs", "2", "--memory", "64", "-o", str(tmp_path / "o.csv")]
    command = [sys.executable, "-m", "itss_kg", *arguments]
    folder = tmp_path / ".o.csv.parts"
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True) as process:
        while not list(folder.glob("part-*.json")) and process.poll() is None:
            time.sleep(0.01)
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        said = process.communicate(timeout=30)[1]
    lines = [f"itss-kg: what is finished is kept in {folder}; go on with it by --resume"]
    lines += ["", "itss-kg: interrupted"] if number == signal.SIGINT else []  # an empty line after the ^C of a terminal
    assert said.splitlines() == lines
    assert (process.returncode, said.count("Traceback")) == (status, 0)
    done(*arguments, "--resume")
    assert not folder.exists()


def test_pack_and_assess_by_command(people: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    assert done("pack", str(people), "-o", str(tmp_path / "p.parquet")) == ""
    assert json.loads(done("assess", str(tmp_path / "p.parquet"), "--format", "json")) == expected
    refused = call("pack", str(people), "-o", str(tmp_path / "p.pq"))
    assert (refused.returncode, refused.stderr) == (
        2,
        f"itss-kg: {tmp_path}/p.pq: what is packed is known by its ending; name it p.parquet\n",
    )
    assert not (tmp_path / "p.pq").exists()
    assert call("pack", str(people), "-o", ".").stderr.endswith("name it records.parquet\n")
    said = call("assess", str(tmp_path / "p.parquet"), "--strict")
    assert said.returncode == 1
    assert f"Candidates: {COUNT:,}" in said.stdout
    assert "Commonest obstacles: " in said.stdout


@pytest.mark.parametrize(
    ("given", "size"), [("64", 64), ("64M", 64), ("96 MiB", 96), ("1G", 1024), ("0.5gb", 512), ("2GiB", 2048)]
)
def test_memory_is_said_as_people_say_it(given: str, size: int) -> None:
    assert mebibytes(None, None, given) == size


def test_a_size_that_is_none_is_refused(people: Path) -> None:
    for given, said in (("much", "'much' is no size: give MiB such as 512, or 2G"), ("63", "63 is less than 64 MiB")):
        result = call("assess", str(people), "--engine", "columns", "--memory", given)
        assert (result.returncode, said in result.stderr) == (2, True)


def test_text_by_the_column_is_for_the_screen(people: Path, tmp_path: Path) -> None:
    result = call("assess", str(people), "--engine", "columns", "--format", "text", "-o", str(tmp_path / "o.txt"))
    assert (result.returncode, "by the column, text is a summary on the screen" in result.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_the_summary_speaks_the_language_asked_for(people: Path) -> None:
    said = done("assess", str(people), "--engine", "columns", "--lang", "ja")
    assert said.startswith(f"候補者{COUNT}名（")
    assert "\n満たされていないことの多い基準：" in said


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_waiting_for_standard_input_can_be_interrupted(jobs: str, people: Path, tmp_path: Path) -> None:
    arguments = ["assess", "-", "--input-format", "nt", "--jobs", jobs, "--memory", "64", "-o", str(tmp_path / "o.jsonl")]
    command = [sys.executable, "-m", "itss_kg", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdin is not None
        process.stdin.write(people.read_bytes() * 20)
        process.stdin.flush()
        while not list((tmp_path / ".o.jsonl.parts").glob("part-*.json")) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.2)  # it waits for more
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)  # standard input is open still
        assert process.returncode == 130


BARE = "import sys; sys.modules['polars'] = None; from itss_kg.cli import main; sys.argv = ['itss-kg', *sys.argv[1:]]; main()"


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "{}", "--engine", "shacl"),
        ("validate", "{}", "--jobs", "2"),
        ("assess", "{}", "--engine", "columns"),
        ("pack", "{}", "-o", "never.parquet"),
    ],
)
def test_without_the_extra_packages_it_says_how_to_get_them(arguments: tuple[str, ...]) -> None:
    team = str(Path(__file__).parent.parent / "data" / "candidates" / "team.ttl")
    command = [sys.executable, "-c", BARE, *(team if one == "{}" else one for one in arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "pip install 'itss-kg[bulk]'" in result.stderr
    assert "Traceback" not in result.stderr
