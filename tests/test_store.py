"""The store: loads are whole and repeatable, verdicts replaced, queries kept inside; the query command on top of it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

from itss_kg import CallError, Reading
from itss_kg.catalogue import load_questions
from itss_kg.graph import Triple
from itss_kg.loading import load_records, load_standard, write_verdicts
from itss_kg.namespaces import ITSS, RDF, RDFS
from itss_kg.querying import ask
from itss_kg.resources import bundled
from itss_kg.store import GRAPHS, KnowledgeStore, refuse_service
from tests.stores import temporary_store
from tests.test_cli import call, done

TEAM = str(bundled("data", "candidates", "team.ttl"))
LEVELS = """SELECT ?candidate ?level WHERE { ?v itss:ofCandidate ?candidate ; itss:attainedLevel/itss:levelNumber ?level }
ORDER BY ?candidate"""


@pytest.fixture(scope="module")
def filled(reading: Reading) -> KnowledgeStore:
    return temporary_store(reading, [TEAM])


def test_verdicts_are_plain_sparql(filled: KnowledgeStore) -> None:
    assert ask(filled, LEVELS).dictionaries() == [
        {"candidate": "https://example.org/person/team-abe", "level": 4},
        {"candidate": "https://example.org/person/team-yamaguchi", "level": 5},
    ]


def test_every_part_has_its_own_graph(filled: KnowledgeStore) -> None:
    rows = ask(filled, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g").dictionaries()
    assert [row["g"] for row in rows] == sorted(
        GRAPHS[name] for name in ("standard", "shapes", "catalogue", "mappings", "candidates", "assessments")
    )


def test_loading_again_adds_nothing(tmp_path: Path, reading: Reading) -> None:
    record = tmp_path / "blank.ttl"
    record.write_text("<http://e/1> a <https://w3id.org/itss-kg/ns#Candidate> ; <http://e/p> [ <http://e/q> [] ] .")
    store = KnowledgeStore(tmp_path / "store")
    sizes = load_standard(store, reading)
    assert load_records(store, [str(record), TEAM])[1] == 3 + 145
    assert load_records(store, [str(record), TEAM])[1] == 0
    assert load_standard(store, reading) == sizes
    assert write_verdicts(store, reading) == write_verdicts(store, reading) == 4 * 3
    before = store.size("assessments")
    write_verdicts(store, reading)
    assert store.size("assessments") == before


def test_a_statement_stands_in_one_graph(tmp_path: Path, reading: Reading) -> None:
    """A record that repeats the standard, or verdicts that stand among the records, are not there twice."""
    store = KnowledgeStore(tmp_path / "store")
    load_standard(store, reading)
    size = store.size("standard")
    label = next(triple for triple in reading.standard.graph if triple[1] == RDFS.label)
    own = ("http://e/1", RDF.type, ITSS.Candidate)
    assert store.add("assessments", [own]) == 1
    assert store.add("candidates", [label, own, own]) == 1
    assert (store.size("standard"), store.size("candidates"), store.size("assessments")) == (size, 1, 0)
    other = ("http://e/2", RDF.type, ITSS.Candidate)
    assert store.replace("candidates", [label, other]) == 1
    assert list(store.triples("candidates")) == [other]
    assert store.replace("standard", [label, other]) == 2
    assert (store.size("standard"), store.size("candidates")) == (2, 0)


def test_a_faulty_file_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    done("load", TEAM, "--store", str(folder))
    before = KnowledgeStore(folder, read_only=True).size("candidates")
    broken = tmp_path / "broken.ttl"
    broken.write_text("<http://e/1> a <https://w3id.org/itss-kg/ns#Candidate> .\n<http://e/2> a")
    result = call("load", str(broken), "--store", str(folder))
    assert result.returncode == 2
    assert "broken.ttl:2:" in result.stderr
    assert KnowledgeStore(folder, read_only=True).size("candidates") == before


@pytest.mark.parametrize("patience", [0.3, 0.8])
def test_kill_leaves_all_or_nothing(patience: float, tmp_path: Path) -> None:
    """Whenever the load is killed, the candidates are those of before or those of after."""
    folder, records = tmp_path / "store", tmp_path / "many.nt"
    done("load", TEAM, "--store", str(folder))
    records.write_text(done("sample", "80", "--format", "nt"), encoding="utf-8")
    whole = len(set(records.read_text(encoding="utf-8").splitlines()))
    process = subprocess.Popen(
        [sys.executable, "-m", "itss_kg", "load", str(records), "--store", str(folder)], stdout=subprocess.DEVNULL
    )
    time.sleep(patience)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert KnowledgeStore(folder, read_only=True).size("candidates") in (145, 145 + whole)
    done("load", str(records), "--store", str(folder))
    assert KnowledgeStore(folder, read_only=True).size("candidates") == 145 + whole


def test_assess_writes_verdicts_back(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    done("load", TEAM, "--store", str(folder))
    before = done("query", "-", "--store", str(folder), "--format", "csv", stdin=LEVELS)
    assert json.loads(done("assess", "--store", str(folder), "--format", "json"))
    assert done("query", "-", "--store", str(folder), "--format", "csv", stdin=LEVELS) == before
    assert call("assess", "--store", str(tmp_path / "none")).returncode == 2
    assert "do not go together" in call("assess", TEAM, "--store", str(folder)).stderr


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_allowed_service_leads_nowhere_else(status: int) -> None:
    """What answers with a redirection is not followed, so that an allowed host cannot send a query to another."""
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status if self.path == "/allowed" else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815  # the name that the server calls

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        with pytest.raises((OSError, RuntimeError), match=r"(?i)redirect"):
            list(
                KnowledgeStore().query(
                    f"SELECT ?s {{ SERVICE <http://{host}/allowed> {{ ?s ?p ?o }} }}", services=frozenset({host})
                )
            )
        server.shutdown()
    assert asked == ["/allowed"]


def test_formats_carry_the_same_rows() -> None:
    asked = ("query", "-", "--data", TEAM)
    rows = list(csv.reader(io.StringIO(done(*asked, "--format", "csv", stdin=LEVELS))))
    assert rows[0] == ["candidate", "level"]
    tsv = [line.split("\t") for line in done(*asked, "--format", "tsv", stdin=LEVELS).splitlines()]
    assert tsv[0] == ["?candidate", "?level"]
    assert [[cell.strip("<>").partition("^^")[0].strip('"') for cell in line] for line in tsv[1:]] == rows[1:]
    document = json.loads(done(*asked, "--format", "json", stdin=LEVELS))
    assert [[row[name]["value"] for name in document["head"]["vars"]] for row in document["results"]["bindings"]] == rows[1:]
    root = ElementTree.fromstring(done(*asked, "--format", "xml", stdin=LEVELS))  # noqa: S314  # our own output
    space = {"s": "http://www.w3.org/2005/sparql-results#"}
    assert [
        [term.text for term in row.findall("s:binding/*", space)] for row in root.findall("s:results/s:result", space)
    ] == rows[1:]
    assert done(*asked, "--format", "csv", "--bom", stdin=LEVELS).startswith("\ufeffcandidate,level")
    markdown = done(*asked, "--format", "md", stdin=LEVELS).splitlines()
    assert len(markdown) == 2 + len(rows[1:])
    assert len([line for line in done(*asked, stdin=LEVELS).splitlines() if "team-" in line]) == 2


def test_limit_ask_and_construct() -> None:
    result = call("query", "-", "--data", TEAM, "--limit", "1", "--format", "csv", stdin=LEVELS)
    assert len(result.stdout.splitlines()) == 2
    assert "only the first 1 rows" in result.stderr
    assert done("query", "-", "--format", "json", stdin="ASK { sales:consulting a itss:SpecialtyField }") == (
        '{"head": {}, "boolean": true}\n'
    )
    construct = "CONSTRUCT { ?f a itss:SpecialtyField } WHERE { ?f a itss:SpecialtyField }"
    for form, says in (
        ("nt", "SpecialtyField> ."),
        ("ttl", "sales:consulting a itss:SpecialtyField"),
        ("jsonld", '"@id":"https://w3id.org/itss-kg/sales/consulting"'),
    ):
        assert says in done("query", "-", "--format", form, stdin=construct)


WRONG = [
    ("SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "not allowed"),
    ("SELECT * WHERE {\n ?s ?p }", "does not parse: error at 2:9: "),
    ("DROP ALL", "only queries are answered"),
    ("INSERT DATA { <a:b> <a:c> <a:d> }", "only queries are answered"),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_queries_stay_inside_and_only_read(text: str, says: str, filled: KnowledgeStore) -> None:
    with pytest.raises(CallError, match=says):
        ask(filled, text)
    result = call("query", "-", stdin=text)
    assert (result.returncode, result.stdout) == (2, "")


def test_the_word_service_may_stand_where_it_calls_nothing(filled: KnowledgeStore) -> None:
    text = 'SELECT ("SERVICE" AS ?x) WHERE { BIND(itss:SERVICE AS ?service) } # SERVICE'
    assert ask(filled, text).dictionaries() == [{"x": "SERVICE"}]


def test_questions_by_name() -> None:
    listed = done("query")
    assert "demands-of-an-indicator: " in listed
    assert "PREFIX itss:" in done("query", "demands-of-an-indicator", "--show")
    explained = done("query", "demands-of-an-indicator", "-p", "indicator=media-L3", "--explain")
    assert "<https://w3id.org/itss-kg/sales/media-L3>" in explained
    assert "?_indicator_iri" not in "".join(line for line in explained.splitlines() if not line.startswith("#"))
    for arguments, says in (
        (("demands-of-an-indicater",), "did you mean demands-of-an-indicator?"),
        (("demands-of-an-indicator", "-p", "indicator"), "write a name and a value"),
        (("demands-of-an-indicator", "-p", "level=5"), "its parameters are indicator"),
        (("demands-of-an-indicator", "-p", "indicator=media-L9"), "is one of consulting-L3, "),
        (("differences-between-levels", "-p", "to=9"), "to is one of 1, 2, 3, 4, 5, 6, 7, not 9"),
        (("differences-between-levels", "-p", "to=five"), "to is a whole number, not 'five'"),
        (("differences-between-levels", "-p", "to=5", "-p", "to=6"), "-p to is given twice"),
        (("absent.rq",), "cannot be read as a query"),
        (("--format", "json"), "questions-of-the-catalogue --format json"),
    ):
        result = call("query", *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert says in result.stderr


def test_an_empty_answer_is_said_to_be_one() -> None:
    result = call("query", "differences-between-levels", "-p", "field=media", "-p", "to=6", "--format", "csv")
    assert result.stdout == "kind,alternative,level,demand_en,demand_ja,value,value_en,value_ja\r\n"
    assert (result.returncode, result.stderr) == (0, "itss-kg: the answer is empty for field=media to=6\n")
    assert call("query", "differences-between-levels", "--format", "csv").stderr == ""


def test_an_iri_may_have_a_well_known_prefix(reading: Reading) -> None:
    from itss_kg.catalogue import Parameter, Question, bind

    parameter = Parameter("term", "iri", "_term_iri", {"en": "a term", "ja": "語"}, None, None)
    question = Question("q", {}, {}, (parameter,), {}, "", (), "SELECT ?p WHERE { ?_term_iri ?p ?o }")
    expected = "SELECT ?p WHERE { <https://w3id.org/itss-kg/sales/consulting> ?p ?o }"
    assert bind(question, {"term": "sales:consulting"}, reading.standard) == expected
    for wrong in ("consulting", "sales:a b", "http://e/>", "x:\ud800"):
        with pytest.raises(CallError):
            bind(question, {"term": wrong}, reading.standard)


def test_validate_keeps_the_report_in_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    done("load", str(bundled("data", "candidates", "faulty.ttl")), "--store", str(folder))
    faults = ("query", "commonest-faults", "--store", str(folder), "--format", "csv")
    assert len(done(*faults).splitlines()) == 1
    assert call("validate", "--store", str(folder)).returncode == 1
    found = done(*faults)
    assert len(found.splitlines()) > 1
    call("validate", "--store", str(folder))
    assert done(*faults) == found


def test_an_answer_as_a_data_frame(filled: KnowledgeStore) -> None:
    frame = ask(filled, LEVELS).frame()
    assert list(frame.columns) == ["candidate", "level"]
    assert list(frame["level"]) == [4, 5]
    assert ask(filled, LEVELS.replace("ofCandidate", "nothing")).frame().empty


ALLOWED = frozenset({"127.0.0.1:9", "data.example"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ASK { SERVICE <http://data.example/q> { ?s ?p ?o } }", None),
        ("ASK { service silent <https://127.0.0.1:9/q> { ?s ?p ?o } }", None),
        ("ASK { SERVICE <http://evil.example/q> { ?s ?p ?o } }", "SERVICE may ask 127.0.0.1:9, data.example, not evil.example"),
        ("ASK { SERVICE <http://data.example@evil.example/q> { ?s ?p ?o } }", "not data.example@evil.example"),
        ("ASK { SERVICE <http://data.example:81/q> { ?s ?p ?o } }", "not data.example:81"),
        ("ASK { SERVICE <file:///etc/passwd> { ?s ?p ?o } }", "whole address"),
        ("ASK { SERVICE ex:q { ?s ?p ?o } }", "whole address"),
        ("ASK { SERVICE ?x { ?s ?p ?o } }", "whole address"),
        ("ASK { SERVICE #\n<http://data.example/q> { ?s ?p ?o } }", "whole address"),
        ("ASK { SERVICE <http://data.ex\\u0061mple/q> { ?s ?p ?o } }", "whole address"),
    ],
)
def test_service_asks_only_hosts_that_are_allowed(text: str, says: str | None) -> None:
    if says is None:
        assert "SERVICE" in refuse_service(text, ALLOWED)
    else:
        with pytest.raises(CallError, match=re.escape(says)):
            refuse_service(text, ALLOWED)
    with pytest.raises(CallError, match="not allowed"):
        refuse_service(text)


ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?d && ?c != ?i) }"


def test_a_query_without_end_is_ended_in_time() -> None:
    result = call("query", "-", "--timeout", "1", stdin=ENDLESS, env={})
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "itss-kg: no answer within 1 s; --timeout says how long to wait\n"


def test_ctrl_c_ends_a_query_without_end(tmp_path: Path) -> None:
    (tmp_path / "endless.rq").write_text(ENDLESS)
    command = [sys.executable, "-X", "importtime", "-m", "itss_kg", "query", str(tmp_path / "endless.rq")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stderr is not None
        while "pyoxigraph" not in asking.stderr.readline():  # the store is being made
            pass
        time.sleep(1)
        asking.send_signal(signal.SIGINT)
        assert asking.wait(timeout=10) == 130
        assert asking.stderr.read().endswith("itss-kg: interrupted\n")


def test_a_corrected_file_takes_the_place_of_what_was_loaded(tmp_path: Path) -> None:
    """Added, it contradicts what is there, which is said; in its place, nothing of that is left, the report on it neither."""
    right = Path(TEAM).read_text(encoding="utf-8")
    wrong = re.sub(r"itss:peakPersonnel \d+", "itss:peakPersonnel 2", right)
    (tmp_path / "wrong.ttl").write_text(wrong, encoding="utf-8")
    store = str(tmp_path / "store")
    assert call("load", str(tmp_path / "wrong.ttl"), "--store", store).stderr == ""
    assert call("validate", "--store", store).returncode in (0, 1)
    assert "itss:peakPersonnel has 2 values that contradict each other" in call("load", TEAM, "--store", store).stderr
    replaced = call("load", TEAM, "--store", store, "--replace")
    assert (replaced.returncode, replaced.stderr) == (0, "")
    with_team = set(temporary_store_triples(TEAM))
    whole = KnowledgeStore(Path(store), read_only=True)
    assert set(whole.triples("candidates")) == with_team
    assert whole.size("report") == 0
    assert call("load", "--store", store, "--replace").returncode == 2


def temporary_store_triples(name: str) -> list[Triple]:
    store = KnowledgeStore()
    load_records(store, [name])
    return list(store.triples("candidates"))


def test_a_question_about_faults_says_where_no_report_is(tmp_path: Path) -> None:
    faulty = str(bundled("data", "candidates", "faulty.ttl"))
    store = str(tmp_path / "store")
    loaded = call("load", faulty, "--store", store)
    assert "unknown term itss:Contracting" in loaded.stderr
    said = "itss-kg: no validation report is there to ask about; `itss-kg validate --store DIR` makes one\n"
    assert call("query", "commonest-faults", "--store", store).stderr == said
    asked = call("query", "commonest-faults", "--data", faulty)
    assert asked.stderr.endswith(said)
    assert "unknown term itss:Contracting" in asked.stderr
    call("validate", "--store", store)
    assert call("query", "commonest-faults", "--store", store).stderr == ""


def test_a_query_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "bom.rq").write_text("\ufeffASK { }", encoding="utf-8")
    assert done("query", str(tmp_path / "bom.rq"), "--format", "csv").splitlines()[-1] == "true"
    assert done("query", "-", "--format", "csv", stdin="\ufeffASK { }").splitlines()[-1] == "true"


def test_what_the_standard_says_is_not_about_people() -> None:
    questions = load_questions()
    about_people = {name for name, item in questions.items() if item.personal}
    for name in ("what-makes-a-project-count", "properties-of-a-record"):
        assert name in questions
        assert name not in about_people
    assert {"levels-of-a-candidate", "commonest-faults", "projects-that-reach-a-size-band"} <= about_people


def test_a_folder_of_other_things_becomes_no_store(tmp_path: Path) -> None:
    (tmp_path / "salaries.xlsx").touch()
    result = call("load", "--store", str(tmp_path))
    assert (result.returncode, result.stderr) == (
        2,
        f"itss-kg: {tmp_path}: holds salaries.xlsx and is no store; name a folder of its own\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["salaries.xlsx"]
