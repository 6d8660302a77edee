"""The same questions asked of a server that the test starts, through SPARQLWrapper: the answers are the embedded store's."""

from __future__ import annotations

import http.server
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from itss_kg import CallError, InputError, Reading, load
from itss_kg.catalogue import bind, load_questions
from itss_kg.loading import load_records, load_standard, write_verdicts
from itss_kg.querying import ask
from itss_kg.remote import Endpoint, with_prefixes
from itss_kg.resources import bundled
from itss_kg.store import KnowledgeStore
from tests.test_cli import call

READING = Reading(load())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("remote") / "store"
    store = KnowledgeStore(place)
    load_standard(store, READING)
    load_records(store, [str(bundled("data", "candidates", "*.ttl"))])
    write_verdicts(store, READING)
    del store
    return place


@pytest.fixture(scope="module")
def oxigraph(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Path(sys.executable).parent / "oxigraph"
    bind_to = ["--location", str(folder), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    process = subprocess.Popen([str(server), "serve-read-only", *bind_to], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()  # our own server
                break
            except URLError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SPARQLWrapper reads its own version by a deprecated way
@pytest.mark.parametrize("name", load_questions())
def test_every_question_has_the_same_answer(name: str, folder: Path, oxigraph: str) -> None:
    query = bind(load_questions()[name], {}, READING.standard)
    here = ask(KnowledgeStore(folder, read_only=True), query)
    there = ask(Endpoint(oxigraph), query)
    assert (there.columns, there.rows, there.truth) == (here.columns, here.rows, here.truth)


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
