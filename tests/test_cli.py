"""The commands as users call them: rows by the contract, exit statuses, messages, files written whole."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

import pytest
import rdflib

from itss_kg.cli import main
from itss_kg.resources import bundled

DATA = bundled("data", "candidates")
SECOND = Path(__file__).parent / "fixtures" / "second-category.ttl"
L5, FAULTY, NEAR = (str(DATA / name) for name in ("consulting-l5.ttl", "faulty.ttl", "near-misses.ttl"))
ITSS = rdflib.Namespace("https://w3id.org/itss-kg/ns#")
SALES = rdflib.Namespace("https://w3id.org/itss-kg/sales/")


def call(*arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """What the command gives, in this process, where all is loaded already; with an environment of its own in another."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ITSS_KG")}
    if env is not None:
        command = [sys.executable, "-m", "itss_kg", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, env={**clean, **env})
    written = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    read = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    before = signal.getsignal(signal.SIGTERM)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, clean, clear=True))
        stack.enter_context(
            mock.patch.multiple(sys, argv=["itss-kg", *arguments], stdin=read, stdout=written[0], stderr=written[1])
        )
        stack.enter_context(mock.patch("itss_kg.cli.gc"))
        ended = stack.enter_context(pytest.raises(SystemExit))
        main()
    signal.signal(signal.SIGTERM, before)
    said = [stream.detach().getvalue().decode() for stream in written if not stream.flush()]
    return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), *said)


def done(*arguments: str, status: int = 0, stdin: str = "") -> str:
    result = call(*arguments, stdin=stdin)
    assert result.returncode == status, result.stderr
    return result.stdout


# assess


def test_assess_prints_the_contracts_rows() -> None:
    rows = json.loads(done("assess", L5, "--format", "json"))
    assert [(row["candidate"], row["field"], row["level"], row["basis"]) for row in rows] == [
        ("https://example.org/person/consulting-l5", "consulting", 5, "record"),
        ("https://example.org/person/consulting-l5", "product", None, None),
        ("https://example.org/person/consulting-l5", "media", None, None),
    ]
    assert [list(row) for row in rows] == [["candidate", "field", "level", "basis", "next"]] * 3
    upper = rows[0]["next"]
    assert upper["level"] == 6
    assert [(u["kind"], u["criterion"], u["required"], u["found"]) for u in upper["unmet"]] == [
        ("scope", f"{SALES}consulting-L6-scope", None, None),
        ("track-record", f"{SALES}consulting-L6-track-record", 3, 1),
        ("size", f"{SALES}consulting-L6-size", None, None),
        ("specialty", f"{SALES}consulting-L6-specialty", None, None),
        ("succession", f"{SALES}consulting-L6-succession", 4, 3),
    ]
    assert all(u["message"].startswith("Consulting Sales, Level 6: the candidate shall ") for u in upper["unmet"])


def test_assess_at_the_top_and_by_examination() -> None:
    top = json.loads(done("assess", str(DATA / "consulting-l7.ttl"), "--format", "json"))[0]
    assert (top["level"], top["next"]) == (7, None)
    rows = json.loads(done("assess", str(DATA / "examination.ttl"), "--format", "json"))
    assert [(row["level"], row["basis"], row["next"]["level"]) for row in rows] == [(3, "examination", 4)] * 3


def test_csv_carries_the_same_rows() -> None:
    rows = json.loads(done("assess", NEAR, "--format", "json"))
    table = list(csv.DictReader(io.StringIO(done("assess", NEAR, "--format", "csv"))))
    assert [(r["candidate"], r["field"], r["level"], r["basis"], r["next_level"]) for r in table] == [
        (r["candidate"], r["field"], str(r["level"] or ""), r["basis"] or "", str(r["next"]["level"]) if r["next"] else "")
        for r in rows
    ]
    assert "succession (3/4)" in table[[r["candidate"].endswith("near-succession") for r in table].index(True)]["unmet"]


def test_turtle_carries_the_same_rows_with_the_evidence() -> None:
    text = done("assess", L5, "--format", "ttl")
    graph = rdflib.Graph().parse(data=text, format="turtle")
    person = rdflib.URIRef("https://example.org/person/consulting-l5")
    (verdict,) = (v for v in graph.subjects(ITSS.ofCandidate, person) if (v, ITSS.inField, SALES.consulting) in graph)
    assert graph.value(verdict, ITSS.attainedLevel) == ITSS.Level5
    assert graph.value(verdict, ITSS.attainedIndicator) == SALES["consulting-L5"]
    assert graph.value(verdict, ITSS.nextIndicator) == SALES["consulting-L6"]
    assert len(set(graph.objects(verdict, ITSS.meets))) == 7 + 2
    used = set(graph.objects(verdict, rdflib.PROV.wasDerivedFrom))
    record = rdflib.Graph().parse(L5)
    assert set(record.objects(person, ITSS.hasEngagement)) <= used
    shortfalls = {graph.value(s, ITSS.ofCriterion): s for s in graph.objects(verdict, ITSS.hasShortfall)}
    assert set(shortfalls) == {
        SALES[f"consulting-L6-{k}"] for k in ("scope", "track-record", "size", "specialty", "succession")
    }
    missing = shortfalls[SALES["consulting-L6-succession"]]
    assert (graph.value(missing, ITSS.required).value, graph.value(missing, ITSS.found).value) == (4, 3)
    assert text == done("assess", L5, "--format", "ttl"), "the same verdicts are the same bytes"


def test_the_table_for_people() -> None:
    text = done("assess", L5)
    assert "\x1b" not in text, "no colour codes into a pipe"
    assert "succession 3/4" in text
    assert "no records in this field" in text
    assert text.rstrip().endswith("Candidates: 1. Levels: consulting-L5: 1")


def test_japanese() -> None:
    (row, *_) = json.loads(done("assess", L5, "--format", "json", "--lang", "ja"))
    assert row["next"]["unmet"][-1]["message"] == (
        "訪問型コンサルティングセールス レベル6：候補者は、継承活動のうち4項目以上の実績があること（必要数4に対し確認数3）。"
    )
    assert "専門分野" in done("assess", L5, "--lang", "ja")


def test_records_from_several_files_and_standard_input_are_one_graph() -> None:
    both = json.loads(done("assess", L5, str(DATA / "media-l3.ttl"), "--format", "json"))
    assert [row["candidate"].rpartition("/")[2] for row in both] == ["consulting-l5"] * 3 + ["media-l3"] * 3
    piped = done("assess", "-", "--format", "json", stdin=Path(L5).read_text(encoding="utf-8"))
    assert piped == done("assess", L5, "--format", "json")


def test_plain_json_and_turtle_of_one_record_agree() -> None:
    assert json.loads(done("assess", str(DATA / "plain.json"), "--format", "json"))


MISSPELT = """@prefix itss: <https://w3id.org/itss-kg/ns#> . @prefix sales: <https://w3id.org/itss-kg/sales/> .
<http://e/1> a itss:Candidate ; itss:hasEngagment <http://e/2> ; itss:claims sales:consulting-L9 .
<http://e/3> itss:peakPersonnel "many" , 7 .
"""


def test_what_is_not_understood_is_said() -> None:
    result = call("assess", "-", "--format", "json", stdin=MISSPELT)
    assert result.returncode == 0
    assert len(json.loads(result.stdout)) == 3
    lines = result.stderr.splitlines()
    assert lines == [
        "itss-kg: quality: http://e/1: unknown term itss:hasEngagment; did you mean itss:hasEngagement?",
        "itss-kg: quality: http://e/1: unknown term sales:consulting-L9; did you mean sales:consulting-L7?",
        'itss-kg: quality: http://e/3: itss:peakPersonnel has 2 values that contradict each other: "7", "many"',
        'itss-kg: quality: http://e/3: itss:peakPersonnel is "many", which is no number; write a plain number such as 12',
        "itss-kg: quality: 4 to look at before relying on the verdicts",
    ]
    assert call("assess", "-", "--strict", stdin=MISSPELT).returncode == 1


FIGURES = """@prefix itss: <https://w3id.org/itss-kg/ns#> .
<http://e/1> a itss:Candidate ; itss:hasEngagement [ itss:onProject {} ] .
"""


@pytest.mark.parametrize(
    ("project", "says"),
    [
        ("[ itss:peakPersonnel -3 ]", 'itss:peakPersonnel is "-3"; it cannot be less than 1'),
        ("[ itss:annualContractValue 0 ]", 'itss:annualContractValue is "0"; it must be more than 0'),
        ("[ itss:peakPersonnel 4.0 ]", 'itss:peakPersonnel is "4.0", where a whole number such as 12 is asked for'),
        ('[ itss:annualContractValue "9" ]', 'itss:annualContractValue is the text "9"; write the number without quotes'),
        (
            "[ itss:peakPersonnel 1e400 ]",
            'itss:peakPersonnel is "1e400"^^xsd:double, which is no number; write a plain number such as 12',
        ),
        ('"x"', 'itss:onProject has the text "x", where it links to another thing'),
    ],
)
def test_figures_that_cannot_be_are_said_and_where(project: str, says: str) -> None:
    result = call("assess", "-", stdin=FIGURES.format(project))
    place = "http://e/1 › hasEngagement" + ("" if project == '"x"' else " › onProject")
    assert result.stderr.splitlines()[0] == f"itss-kg: quality: {place}: {says}"
    in_japanese = call("assess", "-", "--lang", "ja", stdin=FIGURES.format(project))
    assert "確認すべき事項：1件" in in_japanese.stderr


def test_two_files_that_contradict_each_other(tmp_path: Path) -> None:
    project = "<http://e/p> <https://w3id.org/itss-kg/ns#peakPersonnel> {} .\n"
    for name, number in (("a.ttl", 5), ("b.ttl", 50)):
        (tmp_path / name).write_text(project.format(number))
    result = call("assess", L5, str(tmp_path / "a.ttl"), str(tmp_path / "b.ttl"))
    assert 'itss:peakPersonnel has 2 values that contradict each other: "5", "50"' in result.stderr


def test_cyclic_data_comes_to_an_end() -> None:
    text = """@prefix itss: <https://w3id.org/itss-kg/ns#> . @prefix sales: <https://w3id.org/itss-kg/sales/> .
    <http://e/1> a itss:Candidate ; itss:hasEngagement <http://e/1> ; itss:onProject <http://e/1> ;
      itss:responsibleFor <http://e/1> ; itss:inField sales:consulting ; itss:claims sales:consulting-L3 ."""
    assert json.loads(done("assess", "-", "--format", "json", stdin=text))[0]["level"] is None
    assert json.loads(done("explain", "-", "--candidate", "1", "--level", "consulting-L3", "--format", "json", stdin=text))
    assert "Violation" in done("validate", "-", stdin=text, status=1)


# explain


def test_explain_says_what_each_record_misses_and_by_how_much() -> None:
    found = json.loads(done("explain", NEAR, "--candidate", "near-size", "--level", "consulting-L6", "--format", "json"))
    assert (found["field"], found["level"], found["attained"], found["examination"]) == ("consulting", 6, False, None)
    assert [(c["kind"], c["met"]) for c in found["criteria"]] == [
        ("scope", True),
        ("track-record", False),
        ("complexity", True),
        ("size", False),
        ("specialty", True),
        ("succession", True),
        ("development", True),
    ]
    size = found["criteria"][3]
    assert size["rules"] == ["R1", "R2", "R3", "R4", "R5", "R6"]
    assert [p["section"] for p in size["passages"]] == ["Size"] * 3
    misses = [miss for element in size["proof"]["elements"] for miss in element["misses"]]
    assert {"text": "persons at peak: 49 (1 short of 50)", "short_by": 1.0} in misses
    assert (
        any("extremely" in text or "complexity" in text for e in size["proof"]["elements"] for text in e["fulfils"]) or misses
    )


def test_explain_proposes_the_smallest_additions() -> None:
    found = json.loads(done("explain", NEAR, "--candidate", "near-succession", "--level", "consulting-L6", "--format", "json"))
    first, second = found["additions"]
    assert (first["predicate"], first["new"]) == (str(ITSS.hasSuccession), True)
    assert (second["predicate"], second["subject"]) == (str(ITSS.activityKind), first["value"])
    assert len(second["choices"]) == 7 - 3
    text = done("explain", NEAR, "--candidate", "near-succession", "--level", "consulting-L6")
    assert "succession of expertise (3/4)" in text
    assert "The smallest additions that would attain the level:" in text


def test_explain_names_the_higher_criterion_that_meets_a_lower_one() -> None:
    path = str(DATA / "consulting-l6.ttl")
    found = json.loads(done("explain", path, "--candidate", "consulting-l6", "--level", "consulting-L5", "--format", "json"))
    through = {c["kind"]: c["through"] for c in found["criteria"] if c["through"]}
    assert through == {"scope": f"{SALES}consulting-L6-scope"}
    assert (found["attained"], found["additions"]) == (True, [])


def test_explain_by_examination() -> None:
    path = str(DATA / "examination.ttl")
    person = json.loads(done("assess", path, "--format", "json"))[0]["candidate"]
    found = json.loads(done("explain", path, "--candidate", person, "--level", "media-L3", "--format", "json"))
    assert (found["attained"], found["examination"]) == (True, str(ITSS.AppliedITEE))
    assert not any(c["met"] for c in found["criteria"])


# validate


def test_validate_conforming_records() -> None:
    text = done("validate", L5)
    assert text.startswith("Candidates checked: 1, claims checked: 1. Found: violations 0, warnings 0, notes 0.")
    assert text.rstrip().endswith("Everything conforms.")


def test_validate_reports_the_unmet_claim_and_its_criterion() -> None:
    graph = rdflib.Graph().parse(data=done("validate", NEAR, "--format", "ttl", status=1), format="turtle")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    failed = {
        (str(graph.value(r, sh.focusNode)).rpartition("/")[2], str(graph.value(r, sh.sourceShape)).rpartition("/")[2])
        for r in graph.objects(None, sh.result)
    }
    assert ("near-succession", "consulting-L6-succession") in failed
    assert {shape for person, shape in failed if person == "near-succession"} == {"consulting-L6-succession"}
    assert graph.value(None, sh.conforms) is None or not graph.value(
        graph.value(None, rdflib.RDF.type, sh.ValidationReport), sh.conforms
    )
    languages = {m.language for r in graph.objects(None, sh.result) for m in graph.objects(r, sh.resultMessage)}
    assert languages == {"en", "ja"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib's JSON-LD parser uses its own deprecated classes
def test_validate_formats_carry_the_same_results() -> None:
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    turtle = rdflib.Graph().parse(data=done("validate", FAULTY, "--format", "ttl", status=1), format="turtle")
    jsonld = rdflib.Graph().parse(data=done("validate", FAULTY, "--format", "jsonld", status=1), format="json-ld")
    table = list(csv.DictReader(io.StringIO(done("validate", FAULTY, "--format", "csv", status=1))))
    count = len(set(turtle.objects(None, sh.result)))
    assert count == len(set(jsonld.objects(None, sh.result))) == len(table) > 5
    suite = ElementTree.fromstring(done("validate", FAULTY, "--format", "junit", status=1))  # noqa: S314  # our own output
    failures = suite.findall("testcase/failure")
    grave = {(row["focus"], row["criterion"] and "claim") for row in table if row["severity"] == "Violation"}
    assert int(suite.get("failures", "0")) == len(failures) == len(grave)


def test_validate_severity_gate_and_limit(tmp_path: Path) -> None:
    doubled = Path(L5).read_text(encoding="utf-8") + "\n<https://example.org/person/consulting-l5> itss:employes 1 .\n"
    path = tmp_path / "warned.ttl"
    path.write_text(doubled, encoding="utf-8")
    assert "warnings 1" in done("validate", str(path))
    done("validate", str(path), "--fail-on", "warning", status=1)
    for engine in ("pyshacl", "shacl"):
        for gate, failures in (("violation", 0), ("warning", 1)):
            text = done("validate", str(path), "--engine", engine, "--fail-on", gate, "--format", "junit", status=failures)
            suite = ElementTree.fromstring(text)  # noqa: S314  # our own output
            assert (suite.get("failures"), len(suite.findall("testcase/failure"))) == (str(failures), failures)
    limited = done("validate", FAULTY, "--limit", "1", status=1)
    assert limited.count("Violation:") == 1
    assert "more results (--limit)" in limited


def test_form_alone_is_said() -> None:
    text = Path(L5).read_text(encoding="utf-8").replace("itss:claims", "rdfs:seeAlso")
    assert "only the form of the records was checked" in done("validate", "-", stdin=text)


# the standard


def test_levels_show_and_cite() -> None:
    matrix = json.loads(done("levels", "--format", "json"))
    assert len(matrix) == 12
    assert matrix[2]["criteria"]["succession"] == "3 of 7"
    assert "レベル 7" in done("levels", "--lang", "ja") or "レベル7" in done("levels", "--lang", "ja")
    shown = json.loads(done("show", "consulting-L6", "--format", "json"))
    assert [c["kind"] for c in shown["criteria"]][-1] == "development"
    assert "levels are cumulative" in done("show", "R3")
    assert rdflib.Graph().parse(data=done("show", "sales:size-large", "--format", "ttl"), format="turtle")
    standard = Path(os.environ.get("ITSS_KG_STANDARD", Path(__file__).parents[2] / "shared/standard/itss-v3-2008-sales.txt"))
    cited = done("cite", "consulting-L5-succession", "--standard", str(standard))
    assert cited.splitlines()[0].endswith("Professional Contribution")
    assert "three items or more" in cited
    assert done("check-text", "--standard", str(standard)).endswith(" 0 findings\n")


def test_python_dash_m_is_the_command() -> None:
    script = Path(sys.executable).parent / "itss-kg"
    direct = subprocess.run([str(script), "compare", "media", "4", "5"], capture_output=True, text=True, check=True).stdout
    assert direct == done("compare", "media", "4", "5")


def test_demo_runs() -> None:
    text = done("demo")
    assert text.count("$ itss-kg ") == 4
    assert "Traceback" not in text


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "verdicts.json"
    assert done("assess", L5, "--format", "json", "-o", str(target)) == ""
    assert target.read_text(encoding="utf-8") == done("assess", L5, "--format", "json")
    assert [path.name for path in tmp_path.iterdir()] == ["verdicts.json"]
    result = call("assess", L5, "-o", str(tmp_path / "no" / "folder.json"))
    assert (result.returncode, result.stdout) == (2, "")
    assert "No such file or directory" in result.stderr


def test_an_input_is_never_overwritten_and_links_and_pipes_stay_what_they_are(tmp_path: Path) -> None:
    record = tmp_path / "record.ttl"
    record.write_bytes(Path(L5).read_bytes())
    result = call("assess", str(record), "-o", str(record))
    assert (result.returncode, record.read_bytes()) == (2, Path(L5).read_bytes())
    assert "is one of the inputs" in result.stderr
    link, target = tmp_path / "link.json", tmp_path / "target.json"
    link.symlink_to(target)
    done("assess", L5, "--format", "json", "-o", str(link))
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == call("assess", L5, "--format", "json", "-o", "/dev/stdout", env={}).stdout
    assert not Path("/dev/stdout").is_file() or Path("/dev/stdout").is_symlink()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where the system has a device that is always full")
def test_a_full_disk_is_one_message() -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "itss_kg", "levels"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert result.returncode == 2
    assert result.stderr == "itss-kg: the output, or a temporary file (TMPDIR), cannot be written (No space left on device)\n"


@pytest.mark.parametrize("command", ["sample 20000 --format nt", f"explain {NEAR} --candidate near-size"])
def test_a_reader_that_has_enough_is_no_error(command: str) -> None:
    script = f"set -o pipefail; {sys.executable} -m itss_kg {command} | head -n 1"
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["cp932", "ascii"])
def test_pipes_get_utf8_whatever_the_machines_habit(encoding: str) -> None:
    arguments = [sys.executable, "-m", "itss_kg", "show", "R3", "--lang", "ja"]
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    result = subprocess.run(arguments, capture_output=True, check=True, env=env)
    assert "レベルは累積する" in result.stdout.decode("utf-8")


def test_prepare_types_claimants_for_other_engines() -> None:
    graph = rdflib.Graph().parse(data=done("prepare", L5), format="nt")
    person = rdflib.URIRef("https://example.org/person/consulting-l5")
    assert (person, rdflib.RDF.type, SALES["consulting-L5-claimant"]) in graph
    assert len(graph) == len(rdflib.Graph().parse(L5)) + 1


WRONG = [
    (("assess", "absent.ttl"), "absent.ttl: no such file"),
    (("assess", "itss_kg/endpoint"), ".py names no RDF format"),
    (("assess", "nowhere/*.ttl"), "matches no file"),
    (("assess", L5, "-o", "nowhere/y.csv"), "nowhere/y.csv: cannot be written (No such file or directory)"),
    (("sample", "2", "-o", "s.nt.gz"), "s.nt.gz: nothing is written compressed; name it s.nt"),
    (("assess", L5, "--input-format", "turtel"), "did you mean turtle?"),
    (("assess", str(SECOND)), "no candidates"),
    (("explain", L5, "--candidate", "consulting-15"), "no candidate 'consulting-15'"),
    (
        ("explain", L5, "--candidate", "consulting-l5", "--level", "consulting-L9"),
        "consulting has no level L9: it has consulting-L3",
    ),
    (("compare", "consultin", "5", "6"), "did you mean consulting?"),
    (("compare", "consulting", "5", "8"), "consulting has no level L8"),
    (("compare", "consulting", "five", "6"), "'five' is no level"),
    (("compare", "consulting-L5", "product-L9"), "product has no level L9"),
    (("compare", "consulting", "5"), "give two levels of consulting, or two indicators: itss-kg compare consulting 5 LEVEL"),
    (("show", "consulting-L5-scop"), "did you mean consulting-L5-scope?"),
    (("cite", "R3", "--standard", L5), "names no passage"),
    (("cite", "consulting-L5-size", "--standard", L5), "has other words"),
    (("levels", "--ontology", "absent.ttl"), "absent.ttl: no such file"),
    (("levels", "--ontology", L5), "no itss:SpecialtyField"),
    (("build", "--root", "/"), "no folder ontology/"),
    (("assess", L5, "--format", "xlsx"), "'xlsx' is not one of"),
    (("asess", L5), "No such command"),
    (("sample", "--", "-1"), "-1 is not in the range"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(Path(part).name for part in case[0]) for case in WRONG])
def test_wrong_calls_and_input_are_one_message_and_status_2(arguments: tuple[str, ...], says: str) -> None:
    result = call(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_nothing_checked_is_no_conformance() -> None:
    result = call("validate", "-", stdin="<http://e/a> <http://e/b> 1 .")
    assert (result.returncode, result.stdout) == (2, "")
    assert "no candidates" in result.stderr


# another job category: a new ontology, and no code


def test_a_second_job_category_works_through_every_command(tmp_path: Path) -> None:
    other = ("--ontology", str(SECOND))
    records = tmp_path / "records.nt"
    records.write_text(done("sample", "60", "--seed", "4", "--faults", "0", "--format", "nt", *other), encoding="utf-8")
    rows = json.loads(done("assess", str(records), "--format", "json", *other))
    assert len(rows) == 60 * 2
    assert {row["field"] for row in rows} == {"city", "mountain"}
    assert {row["level"] for row in rows if row["field"] == "city"} == {None, 2, 3, 4}
    assert {row["level"] for row in rows if row["field"] == "mountain"} == {None, 2, 3}
    low = next(row for row in rows if row["level"] is None and row["field"] == "mountain")
    assert low["next"]["level"] == 2
    person = low["candidate"]
    found = json.loads(
        done("explain", str(records), "--candidate", person, "--level", "mountain-L3", "--format", "json", *other)
    )
    assert (found["field"], found["attained"]) == ("mountain", False)
    assert found["additions"]
    assert call("validate", str(records), *other).returncode in (0, 1)
    compared = json.loads(done("compare", "city", "3", "4", "--format", "json", *other))
    assert {d["aspect"]: (d["a"], d["b"]) for d in compared["differences"] if d["kind"] == "track-record"} == {
        "leadingLevel": ("Level 3", "Level 4"),
        "minimumTimes": (2, 3),
        "otherLevel": ("Level 2", "Level 3"),
    }
    assert "Mountain Guiding" in done("levels", *other)
    assert "at least 2 establishments with 40 employees" in done("show", "mountain-L2-scope", *other)
    (tmp_path / "ontology").mkdir()
    assert "shapes/levels/city-l4.ttl" in done("build", "--root", str(tmp_path), *other)
    assert done("build", "--check", "--root", str(tmp_path), *other) == ""


def test_two_job_categories_at_once() -> None:
    both = ("--ontology", str(bundled("ontology", "itss-sales.ttl")), "--ontology", str(SECOND))
    rows = json.loads(done("assess", L5, "--format", "json", *both))
    assert [row["field"] for row in rows] == ["mountain", "city", "consulting", "product", "media"]
    assert rows[2]["level"] == 5


def test_a_question_about_people_needs_some() -> None:
    """An empty answer would read as if nothing were wrong."""
    said = "itss-kg: this is about people, and none were named: --data FILE, --store or --endpoint\n"
    assert call("query", "claims-not-borne-out").stderr == said
    assert call("query", "claims-not-borne-out", "--data", L5).stderr == ""
    assert call("query", "indicators-of-the-standard").stderr == ""


def test_the_ending_says_the_format_of_an_answer(tmp_path: Path) -> None:
    for name in ("a.csv", "a.md"):
        done("query", "indicators-of-the-standard", "-o", str(tmp_path / name))
        done("query", "indicators-of-the-standard", "--format", name[2:], "-o", str(tmp_path / "b"))
        assert (tmp_path / name).read_bytes() == (tmp_path / "b").read_bytes()


def test_an_ending_that_names_no_format_is_said(tmp_path: Path) -> None:
    result = call("assess", L5, "-o", str(tmp_path / "a.xlsx"))
    assert (result.returncode, "the ending .xlsx names none of the formats (text, json" in result.stderr) == (0, True)
    assert "the ending .xlsx names" in call("levels", "-o", str(tmp_path / "a.xlsx")).stderr
    assert "ending" not in call("levels", "-o", str(tmp_path / "a.txt")).stderr
    assert "ending" not in call("levels", "--format", "json", "-o", str(tmp_path / "a.xlsx")).stderr


def test_what_is_missing_names_no_record_that_is_to_be_made() -> None:
    records = done("sample", "20", "--format", "nt")
    arguments = ("explain", "-", "--candidate", "0000003", "--level", "consulting-L5")
    found = json.loads(done(*arguments, "--format", "json", stdin=records))
    made = [item for item in found["additions"] if item["subject"].startswith("_:new")]
    assert made
    assert all(item["new"] for item in made)
    assert "_:new" not in done(*arguments, stdin=records)


def test_kinds_are_japanese_in_japanese_tables() -> None:
    table = done("compare", "consulting-L5", "product-L5", "--lang", "ja", "--format", "md")
    assert "| 責任性：担当範囲 |" in table
    assert "| scope |" not in table


@pytest.mark.parametrize("base", ["http://w3id.org/itss-kg/ns#", "https://w3id.org/itss-kg/ns/"])
def test_where_there_is_nobody_another_namespace_may_be_why(base: str) -> None:
    result = call("assess", "-", stdin=f"<http://e/1> a <{base}Candidate> ; <{base}claims> <http://e/2> .")
    said = f"(2 triples); its terms are in <{base}>, those of the standard in <https://w3id.org/itss-kg/ns#>\n"
    assert (result.returncode, result.stderr.endswith(said)) == (2, True)


@pytest.mark.parametrize(
    "command",
    [
        ("assess", L5, "--engine", "records"),
        ("assess", L5, "--engine", "columns", "--jobs", "1"),
        ("validate", L5, "--engine", "pyshacl"),
        ("validate", L5, "--engine", "shacl", "--jobs", "1"),
        ("links", "consulting-L5"),
        ("query", "criteria-that-list-a-factor"),
    ],
)
def test_csv_may_begin_with_a_byte_order_mark(command: tuple[str, ...], tmp_path: Path) -> None:
    plain = call(*command, "--format", "csv").stdout
    assert plain
    assert not plain.startswith("\ufeff")
    call(*command, "--bom", "-o", str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines() == ("\ufeff" + plain).splitlines()


def test_no_other_format_begins_with_a_byte_order_mark() -> None:
    command = ("links", "consulting-L5", "--bom", "--format")
    assert [call(*command, form).stdout[0] for form in ("csv", "json")] == ["\ufeff", "["]


@pytest.mark.parametrize("engine", ["records", "columns"])
def test_what_was_not_understood_may_begin_with_a_byte_order_mark(engine: str, tmp_path: Path) -> None:
    chosen = ("assess", L5, "--engine", engine, "--bom", "--findings")
    for name, start in (("f.csv", "\ufeffsubject,message\n"), ("f.jsonl", "")):
        call(*chosen, str(tmp_path / name))
        assert (tmp_path / name).read_text(encoding="utf-8") == start
