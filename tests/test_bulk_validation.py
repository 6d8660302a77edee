"""Validation batch by batch finds what validation of the whole finds, whatever the batches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from itss_kg import CallError, Graph, Literal, OntologyError, Reading, Standard, bundled, validate
from itss_kg.bulk.batch_rows import frame_of
from itss_kg.bulk.checking import Shapes
from itss_kg.bulk.looks import looks
from itss_kg.bulk.validation import shapes_of, validated
from itss_kg.bulk.whole_records import whole_records
from itss_kg.cli import cli
from itss_kg.commands.validation import chosen_engine
from itss_kg.graph import Triple
from itss_kg.input import read_candidates
from itss_kg.namespaces import ITSS, RDF, RDFS, SH, XSD
from itss_kg.prose import Prose
from itss_kg.reports import report_text
from itss_kg.results import Report
from itss_kg.sampling import sample
from tests.disorder import EX, LINKS, SALES, disorder
from tests.test_cli import call, done


@pytest.fixture(scope="module")
def shapes(reading: Reading) -> Shapes:
    return shapes_of(reading)


def in_batches(
    graph: Graph, size: int, reading: Reading, shapes: Shapes, engine: str = "shacl", jobs: int = 1, parts: int = 1
) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        batches = whole_records([frame_of(graph)], shapes.own, shapes.looks.links, size, Path(folder), parts)
        with validated(batches, reading, engine=engine, jobs=jobs, shapes=shapes) as found:
            results = tuple(item.result for item in found.results())
            report = Report(results, len(found.candidates()), found.claims())
            assert found.tally() == report.tally
    return report


def people(*triples: Triple) -> Graph:
    """Two candidates, each in a batch of its own where batches hold one, and what is said besides."""
    typed = [(f"{EX}{name}", RDF.type, ITSS.Candidate) for name in ("a", "b")]
    return Graph([*typed, *triples])


A, B, E1, P1 = (f"{EX}{name}" for name in ("a", "b", "e1", "p1"))
ENGAGEMENT: list[Triple] = [
    (E1, RDF.type, ITSS.Engagement),
    (E1, ITSS.inField, f"{SALES}consulting"),
    (E1, ITSS.onProject, P1),
    (E1, ITSS.performed, ITSS.base + "Proposal"),
    (P1, RDF.type, ITSS.Project),
    (P1, ITSS.peakPersonnel, Literal("12", XSD.integer)),
]
ACROSS = {
    "an engagement of two candidates": (
        people((A, ITSS.hasEngagement, E1), (B, ITSS.hasEngagement, E1), *ENGAGEMENT),
        {("Engagement-single-owner-shape", E1)},
    ),
    "an engagement that is another's project": (
        people((A, ITSS.hasEngagement, f"{EX}e2"), (f"{EX}e2", ITSS.onProject, E1), (B, ITSS.hasEngagement, E1), *ENGAGEMENT),
        {("Engagement-role-shape", E1)},
    ),
    "a candidate who is another's project": (
        people((A, ITSS.hasEngagement, E1), *ENGAGEMENT[:2], (E1, ITSS.onProject, B), (B, ITSS.claims, f"{SALES}media-L3")),
        {("Candidate-role-shape", B)},
    ),
    "an engagement that another's judge leads to, and so seems nobody's there": (
        people((A, ITSS.hasEngagement, E1), (B, ITSS.responsibleFor, f"{EX}m"), (f"{EX}m", ITSS.judgedBy, E1), *ENGAGEMENT),
        set(),
    ),
    "an engagement of nobody on another's project": (
        people((A, ITSS.hasEngagement, f"{EX}e2"), (f"{EX}e2", ITSS.onProject, P1), *ENGAGEMENT),
        {("Engagement-owner-shape", E1)},
    ),
    "a faulty project of two candidates, told once": (
        people(
            *((A, ITSS.hasEngagement, E1), (B, ITSS.hasEngagement, f"{EX}e2"), (f"{EX}e2", ITSS.onProject, P1)),
            *(*ENGAGEMENT[:5], (P1, ITSS.peakPersonnel, Literal("0", XSD.integer))),
        ),
        {("Project-peakPersonnel-shape", P1)},
    ),
}
LOOKING_ACROSS = {shape for _, found in ACROSS.values() for shape, _ in found} | {"MarketSegment-owner-shape"}


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("name", ACROSS)
def test_what_only_several_batches_show(name: str, parts: int, reading: Reading, shapes: Shapes) -> None:
    graph, expected = ACROSS[name]
    report = in_batches(graph, 1, reading, shapes, parts=parts)
    found = [(item.shape.rpartition("#")[2], item.focus) for item in report.results]
    assert [pair for pair in found if pair[0] in LOOKING_ACROSS] == sorted(expected)
    assert report == validate(graph, reading, "shacl")


def test_the_reference_finds_the_same_across_candidates(reading: Reading) -> None:
    for graph, _ in ACROSS.values():
        assert validate(graph, reading, "shacl") == validate(graph, reading, "pyshacl")


@pytest.mark.parametrize(("size", "jobs", "parts"), [(7, 1, 4), (60, 2, 1)])
def test_sampled_candidates_in_batches_and_processes(
    size: int, jobs: int, parts: int, standard: Standard, reading: Reading, shapes: Shapes
) -> None:
    graph = Graph(triple for record in sample(standard, 100, seed=3, faults=0.5) for triple in record.triples)
    report = in_batches(graph, size, reading, shapes, jobs=jobs, parts=parts)
    assert report == validate(graph, reading, "shacl")
    assert report.candidates == 100
    assert len({item.shape for item in report.results}) > 15


def test_both_engines_find_the_same_in_sampled_candidates(standard: Standard, reading: Reading, shapes: Shapes) -> None:
    graph = Graph(triple for record in sample(standard, 6, seed=11, faults=1) for triple in record.triples)
    reference = validate(graph, reading, "pyshacl")
    assert validate(graph, reading, "shacl") == reference
    assert in_batches(graph, 3, reading, shapes, "pyshacl") == reference
    assert len(reference.results) > 5


@settings(max_examples=8, deadline=None)
@given(graph=disorder)
def test_both_engines_find_the_same_in_disordered_records(graph: Graph, reading: Reading) -> None:
    assert validate(graph, reading, "shacl") == validate(graph, reading, "pyshacl")


@settings(max_examples=15, deadline=None)
@given(graph=disorder, size=st.integers(1, 3), parts=st.sampled_from([1, 3]))
def test_batches_find_in_disordered_records_what_the_whole_shows(
    graph: Graph, size: int, parts: int, reading: Reading, shapes: Shapes
) -> None:
    assert in_batches(graph, size, reading, shapes, parts=parts) == validate(graph, reading, "shacl")


def test_the_shapes_that_look_back_are_those_known_to(shapes: Shapes) -> None:
    """Whoever adds one sees here that it is kept apart; each looks one step back, or `looks` would refuse it."""
    owned = ("DevelopmentRecord", "Engagement", "MarketSegment", "SpecialtyRecord", "SuccessionRecord")
    expected = {f"{kind}-{rule}-shape" for kind in owned for rule in ("owner", "single-owner")}
    expected |= {"Candidate-role-shape", "Engagement-role-shape", "FieldUse-shape"}
    assert {name.rpartition("#")[2] for name in shapes.looks.held} == expected
    assert set(shapes.looks.incoming) == {ITSS.base + name for name in LINKS}


def test_every_query_is_asked_only_where_it_could_find_something(shapes: Shapes) -> None:
    assert len(shapes.looks.asked) == 8
    assert [query.shape.rpartition("#")[2] for query in shapes.looks.asked if query.pair] == ["Engagement-once-shape"]
    assert all(query.known or query.pair for query in shapes.looks.asked)


def test_no_query_looks_back(shapes: Shapes) -> None:
    """Each triple of each query starts where an earlier one arrived, the first at the node in question."""
    texts = rdflib.Graph().parse(data=shapes.looks.queries, format="nt").objects(None, rdflib.SH.select)
    checked = 0
    for text in texts:
        algebra = prepareQuery(str(text).replace("$this", "?this"), initNs={"itss": ITSS.base}).algebra
        triples = [triple for node in parts(algebra) if node.name == "BGP" for triple in node.triples]
        reached = {rdflib.Variable("this")}
        while fresh := {end for start, _, end in triples if start in reached} - reached:
            reached |= fresh
        assert {start for start, _, _ in triples} <= reached
        assert {node.name for node in parts(algebra)} <= {
            "SelectQuery",
            "Distinct",
            "Project",
            "Filter",
            "Extend",
            "BGP",
            *TERMS,
        }
        checked += 1
    assert checked == 8


TERMS = {"ConditionalAndExpression", "RelationalExpression", "Builtin_STRSTARTS", "Builtin_STR", "Join"}


def parts(node: CompValue) -> Iterator[CompValue]:
    yield node
    for value in node.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, CompValue):
                yield from parts(inner)


@pytest.mark.parametrize(
    "path",
    ["( [ sh:inversePath ex:p ] ex:q )", "[ sh:inversePath ( ex:p ex:q ) ]", "[ sh:zeroOrMorePath [ sh:inversePath ex:p ] ]"],
)
def test_a_shape_that_looks_back_further_is_refused(path: str) -> None:
    text = f"""@prefix sh: <{SH.base}> . @prefix ex: <{EX}> .
    ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . ex:P sh:path {path} ; sh:minCount 1 ."""
    with pytest.raises(OntologyError, match="looks back along a path of several steps"):
        looks([text])


def test_a_condition_on_what_points_back_is_refused() -> None:
    text = f"""@prefix sh: <{SH.base}> . @prefix ex: <{EX}> .
    ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .
    ex:P sh:path [ sh:inversePath ex:p ] ; sh:node ex:N . ex:N sh:property ex:Q . ex:Q sh:path ex:q ; sh:minCount 1 ."""
    with pytest.raises(OntologyError, match="looks back and then further"):
        looks([text])


def test_the_engine_is_chosen_by_how_much_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size, engine in (
        ("little.nt", 1 << 20, "pyshacl"),
        ("much.nt", (1 << 20) + 1, "shacl"),
        ("little.nt.gz", (1 << 20) // 10, "pyshacl"),
        ("much.nt.gz", (1 << 20) // 10 + 1, "shacl"),
        ("any.parquet", 1, "shacl"),
    ):
        (tmp_path / name).write_bytes(b"x" * size)
        assert chosen_engine([str(tmp_path / name)]) == engine
    assert chosen_engine([str(tmp_path / "little.nt"), str(tmp_path / "little.nt.gz")]) == "shacl"
    assert chosen_engine([]) == "pyshacl"
    monkeypatch.setattr("itss_kg.commands.validation.find_spec", lambda _: None)
    assert chosen_engine([str(tmp_path / "much.nt")]) == "pyshacl"


def test_an_engine_that_is_not_there_is_named(reading: Reading) -> None:
    with pytest.raises(CallError, match="unknown engine 'shakl': expected one of pyshacl, shacl; did you mean shacl"):
        validate(people(), reading, "shakl")


def test_a_result_names_the_number_as_it_is_written(reading: Reading) -> None:
    graph = people((P1, RDF.type, ITSS.Project), (P1, ITSS.peakPersonnel, Literal("many", XSD.integer)))
    for engine in ("pyshacl", "shacl"):
        values = {item.value for item in validate(graph, reading, engine).results if item.path == "itss:peakPersonnel"}
        assert values == {Literal("many", XSD.integer)}


@pytest.mark.parametrize("form", ["text", "nt", "junit"])
def test_the_command_writes_the_same_report_either_way(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    written = []
    for extra in ([], ["--engine", "shacl", "--jobs", "1"]):
        call = ["validate", str(bundled("data", "candidates", "faulty.ttl")), "--format", form, *extra]
        status = cli.main(call, standalone_mode=False)
        written.append((status, capfd.readouterr()))
    assert written[0] == written[1]
    assert written[0][0] == 1
    assert len(written[0][1].out) > 1_024


def test_limit_lists_so_many_and_counts_all(capfd: pytest.CaptureFixture[str]) -> None:
    call = ["validate", str(bundled("data", "candidates", "faulty.ttl")), "--engine", "shacl", "--jobs", "1", "--limit", "2"]
    assert cli.main([*call, "--format", "jsonl"], standalone_mode=False) == 1
    out, err = capfd.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["severity"] for row in rows] == ["Violation", "Violation"]
    assert rows[0]["criterion"] == f"{SALES}consulting-L4-scope"
    assert "Found: violations 6, warnings 3, notes 0." in err


@pytest.mark.parametrize(("gate", "status"), [("violation", 0), ("warning", 0), ("info", 1)])
def test_the_gate_is_the_mildest_severity_that_fails(gate: str, status: int, tmp_path: Path) -> None:
    """A project that met no expectation is worth a note and no more."""
    records = bundled("data", "candidates", "consulting-l3.ttl").read_text("utf-8")
    path = tmp_path / "noted.ttl"
    extra = f"<{EX}p> a <{ITSS.Project}> ; <{ITSS.peakPersonnel}> 12 ."
    path.write_text(f"{records}\n{extra}\n", "utf-8")
    call = ["validate", str(path), "--engine", "shacl", "--jobs", "1", "--fail-on", gate]
    assert cli.main(call, standalone_mode=False) == status


def test_readers_are_told_the_names_of_nodes_whose_results_show_late(reading: Reading, shapes: Shapes) -> None:
    """No batch finds anything at an engagement that two candidates share; only the whole does."""
    label: Triple = (E1, RDFS.label, Literal("Shared work", RDF.langString, "en"))
    graph = people((A, ITSS.hasEngagement, E1), (B, ITSS.hasEngagement, E1), *ENGAGEMENT, label)
    with tempfile.TemporaryDirectory() as folder:
        batches = whole_records([frame_of(graph)], shapes.own, shapes.looks.links, 1, Path(folder), 1)
        with validated(batches, reading, engine="shacl", jobs=1, shapes=shapes, telling="en") as found:
            headings = {item.result.focus: item.heading for item in found.results()}
    assert headings[E1] == f"{E1} — Shared work"


@pytest.mark.parametrize("engine", ["pyshacl", "shacl"])
def test_a_node_without_a_name_is_found_by_the_way_to_it(engine: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(
        json.dumps({"id": "http://e/1", "type": "Candidate", "responsibleFor": {"type": "MarketSegment", "employees": 0}})
    )
    text = done("validate", str(tmp_path / "r.json"), "--engine", engine, status=1)
    assert "http://e/1 › responsibleFor (_:f1" in text


@pytest.mark.parametrize("engine", ["pyshacl", "shacl"])
def test_a_report_shows_what_is_wrong_with_a_literal(engine: str, reading: Reading) -> None:
    values = {
        '"5400"^^xsd:float': Literal("5400", XSD.base + "float"),
        '"5400"@ja': Literal("5400", RDF.langString, "ja"),
        '"5400"^^xsd:intger': Literal("5400", XSD.base + "intger"),
    }
    segments = [f"{EX}m{place}" for place in range(len(values))]
    types: list[Triple] = [(segment, RDF.type, ITSS.base + "MarketSegment") for segment in segments]
    said = [(segment, ITSS.base + "employees", value) for segment, value in zip(segments, values.values(), strict=True)]
    graph = people(*types, *said)
    report = validate(graph, reading, engine)
    text, rows = (report_text(report, form, Prose(reading.standard), graph) for form in ("text", "jsonl"))
    assert all(f"[{shown}]" in text for shown in values)
    assert {json.loads(row)["value"] for row in rows.splitlines()} >= set(values)


@pytest.mark.parametrize("engine", ["pyshacl", "shacl"])
def test_a_date_that_is_none_says_nothing_on_standard_error(engine: str, tmp_path: Path) -> None:
    date = "<http://purl.org/dc/terms/date>"
    (tmp_path / "r.nt").write_text(
        f'<http://e/a> <{RDF.type}> <{ITSS.Candidate}> .\n<http://e/a> {date} "2015-13-45"^^<{XSD.base}date> .\n'
    )
    assert call("validate", str(tmp_path / "r.nt"), "--engine", engine).stderr == ""


@pytest.mark.parametrize("form", ["csv", "ttl"])
def test_a_list_that_is_cut_says_so(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    said = "itss-kg: only the first {} of 9 results are listed (--limit)\n"
    for limit, expected in ((8, True), (9, False)):
        faulty = str(bundled("data", "candidates", "faulty.ttl"))
        cli.main(["validate", faulty, "--limit", str(limit), "--format", form], standalone_mode=False)
        assert (said.format(limit) in capfd.readouterr().err) is expected


@pytest.mark.parametrize("engine", ["pyshacl", "shacl"])
def test_whoever_reads_no_further_is_not_told_that_all_is_well(engine: str) -> None:
    """The exit status is that of what was found."""
    faulty = str(bundled("data", "candidates", "faulty.ttl"))
    command = [sys.executable, "-m", "itss_kg", "validate", faulty, "--engine", engine, "--format", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        process.stdout.close()
        said = process.communicate()[1]
    assert (process.returncode, "violations 6" in said) == (1, True)


def test_a_pipe_that_has_a_name_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    lines = f"<http://e/a> <{RDF.type}> <{ITSS.Candidate}> .\n"
    command = [sys.executable, "-m", "itss_kg", "validate", str(tmp_path / "pipe"), "--input-format", "nt", "--engine", "shacl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        (tmp_path / "pipe").write_text(lines)
        assert "Candidates checked: 1" in process.communicate()[0]


def test_standard_input_is_called_so_in_pieces() -> None:
    result = call("validate", "-", "--input-format", "nt", "--engine", "shacl", stdin="<http://e/a> <http://e/b> .\n")
    assert result.stderr.startswith("itss-kg: standard input:1:")


def test_a_report_in_json_ld_is_the_same_every_time(reading: Reading) -> None:
    graph = read_candidates([str(bundled("data", "candidates", "faulty.ttl"))])
    report = validate(graph, reading)
    assert len({report_text(report, "jsonld", Prose(reading.standard), graph) for _ in range(2)}) == 1


STRANGE = """@prefix : <https://w3id.org/itss-kg/ns#> .
<http://e/1> a :Candidate . <http://e/2> a :Candidates ; :claim <http://e/3> . <http://e/4> :hasEngagment <http://e/5> .
"""


@pytest.mark.parametrize(
    "options", [("pyshacl",), ("pyshacl", "--jobs", "1"), ("shacl", "--jobs", "1"), ("shacl", "--jobs", "2")]
)
def test_what_no_shape_looks_at_is_not_passed_over(options: tuple[str, ...], tmp_path: Path) -> None:
    """It is said beside the report, once, and counts as a warning."""
    (tmp_path / "r.ttl").write_text(STRANGE)
    result = call("validate", str(tmp_path / "r.ttl"), "--fail-on", "warning", "--engine", *options)
    said = [line.removeprefix("itss-kg: quality: ") for line in result.stderr.splitlines()]
    assert said == [
        "http://e/2: unknown term itss:Candidates; did you mean itss:Candidate?",
        "http://e/2: unknown term itss:claim; did you mean itss:claims?",
        "http://e/4: unknown term itss:hasEngagment; did you mean itss:hasEngagement?",
        "3 not understood, of which the report does not speak, for no shape looks there",
    ]
    assert result.returncode == 1


def test_what_the_report_says_is_not_said_again(tmp_path: Path) -> None:
    (tmp_path / "r.ttl").write_text(
        STRANGE.replace(":Candidate .", ":Candidate ; :claim <http://e/3> .").split("<http://e/2>")[0]
    )
    known = call("validate", str(tmp_path / "r.ttl"), "--format", "csv")
    assert ("unknown" in known.stderr, "http://e/1" in known.stdout) == (False, True)
