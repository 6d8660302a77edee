"""The same questions asked of a server that the test starts, through SPARQLWrapper: the answers are the embedded store's."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from itss_kg import CallError, Graph, InputError, Reading, assess, candidates, load, read_candidates, validate
from itss_kg.catalogue import bind, load_questions
from itss_kg.loading import load_standard, report_triples, write_verdicts
from itss_kg.querying import ask
from itss_kg.remote import Endpoint, with_prefixes
from itss_kg.remote_records import pages
from itss_kg.store import GRAPHS, KnowledgeStore
from itss_kg.verdicts import row
from tests import other_endpoint, servers
from tests.question_data import FAULTY, expected, records
from tests.test_cli import call

READING = Reading(load())
# SPARQLWrapper reads its own version by a deprecated way
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("remote") / "store"
    store = KnowledgeStore(place)
    load_standard(store, READING)
    store.replace("candidates", records())
    write_verdicts(store, READING)
    faulty = read_candidates([FAULTY])
    store.replace("report", report_triples(validate(faulty, READING), faulty, READING))
    store.settle()
    del store
    return place


@pytest.fixture(scope="module")
def oxigraph(folder: Path) -> Iterator[str]:
    with servers.oxigraph(folder) as address:
        yield address


def need_virtuoso() -> None:
    """The gate has it; who has not, is told what was not tested."""
    if not servers.VIRTUOSO and not os.environ.get("ITSS_KG_ALL_TESTS"):
        pytest.skip("Virtuoso is not on this machine (apt-get install virtuoso-opensource-7-bin)")


@pytest.fixture(scope="module")
def virtuoso(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need_virtuoso()
    with servers.virtuoso(folder, tmp_path_factory.mktemp("virtuoso")) as address:
        yield address


@pytest.fixture(scope="module")
def endpoint(folder: Path) -> Iterator[str]:
    with servers.itss_kg("--store", str(folder), "--allow-service", other_endpoint.host()) as address:
        yield address + "/sparql"


@pytest.mark.parametrize("server", ["oxigraph", "virtuoso", "endpoint"])
def test_every_question_has_the_same_answer(server: str, folder: Path, request: pytest.FixtureRequest) -> None:
    store = KnowledgeStore(folder, read_only=True)
    far = Endpoint(request.getfixturevalue(server))
    questions = load_questions()
    assert len(questions) == 93
    for name, question in questions.items():
        query = bind(question, other_endpoint.asked(question), READING.standard)
        services = frozenset({other_endpoint.host()} if question.federated else ())
        here, there = ask(store, query, services=services), ask(far, query)
        assert (there.columns, there.rows, there.truth) == (here.columns, here.rows, here.truth), name
        assert here.rows, name
        values = [[None if term is None else getattr(term, "lexical", term) for term in row] for row in there.rows]
        assert values == expected(name).rows, name


@pytest.mark.parametrize("server", ["oxigraph", "virtuoso", "endpoint"])
def test_candidates_pulled_in_pages_get_the_same_verdicts(server: str, folder: Path, request: pytest.FixtureRequest) -> None:
    whole = Graph(KnowledgeStore(folder, read_only=True).triples("candidates"))
    here = [row(verdict) for verdict in assess(whole, READING)]
    there = []
    for page in pages(Endpoint(request.getfixturevalue(server)), READING, size=7):
        assert len(candidates(page, READING)) <= 7
        there += [row(verdict) for verdict in assess(page, READING)]
    assert there == here
    assert len(here) == 3 * 38


@pytest.mark.parametrize("server", ["oxigraph", "virtuoso", "endpoint"])
def test_rows_come_in_pages(server: str, folder: Path, request: pytest.FixtureRequest) -> None:
    text = "SELECT ?s ?p WHERE { ?s itss:sha256 ?p } ORDER BY ?s ?p"
    url = request.getfixturevalue(server)
    here = ask(KnowledgeStore(folder, read_only=True), text).rows
    assert len(here) > 250
    for size in (101, 250, len(here), len(here) + 1):
        assert ask(Endpoint(url, page=size), text).rows == here


def test_a_server_that_cuts_answers_short(folder: Path, tmp_path: Path) -> None:
    """Virtuoso gives at most ResultSetMaxRows: with an order the rest is asked for, without one that is said."""
    need_virtuoso()
    text = "SELECT ?s ?p WHERE { ?s itss:sha256 ?p }"
    here = ask(KnowledgeStore(folder, read_only=True), text + " ORDER BY ?s ?p").rows
    with servers.virtuoso(folder, tmp_path, rows=150) as url:
        assert ask(Endpoint(url), text + " ORDER BY ?s ?p").rows == here
        with pytest.raises(InputError, match="gives at most 150 rows, and there are more; add ORDER BY"):
            ask(Endpoint(url), text)


def test_verdicts_are_written_back_where_told(folder: Path, tmp_path: Path) -> None:
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    place = tmp_path / "copy"
    shutil.copytree(folder, place)
    program = str(Path(sys.executable).parent / "oxigraph")
    command = [program, "serve", "--location", str(place), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with servers.running(command, url + "/"):
        size = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{GRAPHS['assessments']}> {{ ?s ?p ?o }} }}"
        far = Endpoint(url + "/query", update_url=url + "/update")
        before = ask(far, size).dictionaries()
        far.update(f"CLEAR GRAPH <{GRAPHS['assessments']}>")
        asked = call("assess", "--endpoint", url + "/query", "--format", "json")
        assert ask(far, size).dictionaries() == [{"n": 0}]
        written = call("assess", "--endpoint", url + "/query", "--update", url + "/update", "--format", "json")
        assert (written.returncode, written.stdout) == (0, asked.stdout)
        assert asked.stdout.count('"candidate"') == 3 * 38
        assert ask(far, size).dictionaries() == before
        graphs = ask(far, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s a itss:Verdict } }").dictionaries()
        assert graphs == [{"g": GRAPHS["assessments"]}]


def test_a_server_s_candidates_by_the_column(oxigraph: str) -> None:
    """Pulled to a file page by page, so that their number is no matter."""
    rows = json.loads(call("assess", "--endpoint", oxigraph, "--format", "json").stdout)
    found = call("assess", "--endpoint", oxigraph, "--format", "jsonl")
    assert [json.loads(line) for line in found.stdout.splitlines()] == rows
    assert "4 to look at before relying on the verdicts" in found.stderr
    assert (
        "does not go together with --update"
        in call("assess", "--endpoint", oxigraph, "--update", oxigraph, "--format", "jsonl").stderr
    )


def test_verdicts_are_written_back_to_virtuoso(virtuoso: str) -> None:
    """Which takes updates at an address of its own, from who proves by Digest who they are."""
    size = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{GRAPHS['assessments']}> {{ ?s ?p ?o }} }}"
    before = ask(Endpoint(virtuoso), size).dictionaries()
    command = ("assess", "--endpoint", virtuoso, "--update", virtuoso + "-auth", "--format", "json")
    assert "access refused" in call(*command).stderr
    known = {"ITSS_KG_ENDPOINT_USER": "dba", "ITSS_KG_ENDPOINT_PASSWORD": "dba", "ITSS_KG_ENDPOINT_AUTH": "digest"}
    written = call(*command, env=known)
    assert written.returncode == 0, written.stderr
    assert written.stdout == call("assess", "--endpoint", virtuoso, "--format", "json").stdout
    assert ask(Endpoint(virtuoso), size).dictionaries() == before
    assert "it is basic or digest" in call(*command, env={"ITSS_KG_ENDPOINT_AUTH": "kerberos"}).stderr


def test_ask_construct_and_the_command(oxigraph: str) -> None:
    assert ask(Endpoint(oxigraph), "ASK { sales:consulting a itss:SpecialtyField }").truth is True
    construct = "CONSTRUCT { ?f a itss:SpecialtyField } WHERE { ?f a itss:SpecialtyField }"
    assert len(ask(Endpoint(oxigraph), construct).triples or []) == 3
    remote = call("query", "demands-of-an-indicator", "--endpoint", oxigraph, "--format", "csv")
    assert remote.stdout == call("query", "demands-of-an-indicator", "--format", "csv").stdout
    assert remote.returncode == 0


def test_what_a_server_refuses_is_said(oxigraph: str) -> None:
    with pytest.raises(CallError, match="the query was refused"):
        ask(Endpoint(oxigraph), "SELECT * WHERE { ?s")
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:9/query: cannot be reached"):
        ask(Endpoint("http://127.0.0.1:9/query"), "ASK { ?s ?p ?o }")
    assert "give a server's address" in call("query", "-", "--endpoint", "file:///etc/passwd", stdin="ASK { ?s ?p ?o }").stderr
    assert call("query", "-", "--endpoint", oxigraph, "--data", "x.ttl", stdin="ASK { ?s ?p ?o }").returncode == 2


class Moody(http.server.BaseHTTPRequestHandler):
    """Busy twice, then an answer; refuses whoever does not say who they are."""

    busy = 2

    def do_POST(self) -> None:  # the name that http.server calls
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != "Bearer secret":
            return self.answer(401, b"who?")
        if Moody.busy:
            Moody.busy -= 1
            return self.answer(503, b"later", retry="0")
        return self.answer(200, b'{"head": {}, "boolean": true}')

    def answer(self, status: int, body: bytes, retry: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        if retry:
            self.send_header("Retry-After", retry)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_busy_server_is_asked_again_and_a_token_is_sent() -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), Moody)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/query"
    try:
        with pytest.raises(CallError, match="access refused"):
            ask(Endpoint(url), "ASK { ?s ?p ?o }")
        with pytest.raises(InputError, match="stays busy"):
            ask(Endpoint(url, token="secret", retries=1), "ASK { ?s ?p ?o }")  # noqa: S106  # a test's token
        assert Moody.busy == 0
        Moody.busy = 2
        assert ask(Endpoint(url, token="secret", retries=2), "ASK { ?s ?p ?o }").truth is True  # noqa: S106  # likewise
    finally:
        server.shutdown()
        server.server_close()


def test_prefixes_are_declared_where_they_are_not() -> None:
    assert with_prefixes("ASK { ?s a itss:Level }") == "PREFIX itss: <https://w3id.org/itss-kg/ns#> ASK { ?s a itss:Level }"
    declared = "PREFIX itss: <https://w3id.org/itss-kg/ns#>\nASK { ?s a itss:Level }"
    assert with_prefixes(declared) == declared
