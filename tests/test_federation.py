"""A question that asks a second endpoint: two servers on this machine, nothing asked without leave, nobody waited for long."""

from __future__ import annotations

import csv
import http.server
import io
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from itss_kg import CallError
from itss_kg.catalogue import FEDERATED, Question, bind, without_header
from itss_kg.store import refuse_service
from tests import other_endpoint, servers
from tests.question_data import questions, standard
from tests.test_links_command import call

NAME = "names-from-another-endpoint"
OCCUPATION = "http://data.europa.eu/esco/occupation/"
# by hand: what `fixtures/other-endpoint.ttl` calls the occupations that the field is linked to
SHOWN = [
    {"concept": OCCUPATION + "89b85c45-ddc7-4fe1-be5a-d3db2be11f3b", "label": "ICT account manager", "name": "premier nom"},
    {
        "concept": OCCUPATION + "57b459d4-655c-4053-b189-3c249ce33faf",
        "label": "ICT business development manager",
        "name": "deuxième nom",
    },
]


@pytest.fixture
def second() -> str:
    return other_endpoint.address()


@pytest.fixture
def silent() -> Iterator[str]:
    """An endpoint that takes every request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/query"


def host(address: str) -> str:
    return address.split("/")[2]


def question() -> Question:
    return questions()[NAME]


def rows(text: str) -> list[dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(text)))
    assert {row.pop("relation").rpartition("#")[2] for row in found} <= {"closeMatch", "relatedMatch"}
    return found


def get(address: str, **values: str) -> httpx.Response:
    return httpx.get(address, params=values, headers={"Accept": "text/csv"}, timeout=30)


# An answer of two servers


def test_the_embedded_store_joins_what_another_endpoint_says(second: str) -> None:
    asked = ("query", NAME, "-p", f"endpoint={second}", "--format", "csv")
    found = call(*asked, "--allow-service", host(second))
    assert (found.returncode, rows(found.stdout)) == (0, SHOWN)
    german = call(*asked, "-p", "language=de", "--allow-service", host(second))
    assert [row["name"] for row in rows(german.stdout)] == ["erster Name"]


def test_our_endpoint_joins_what_another_one_says(second: str) -> None:
    query = bind(question(), {"endpoint": second}, standard())
    with servers.itss_kg("--allow-service", host(second)) as address:
        assert rows(get(f"{address}/sparql", query=query).text) == SHOWN
        assert rows(get(f"{address}/questions/{NAME}.csv", endpoint=second).text) == SHOWN
        german = get(f"{address}/questions/{NAME}", endpoint=second, language="de")
        assert [row["name"] for row in rows(german.text)] == ["erster Name"]


# Nothing is asked that was not allowed


def test_without_leave_it_says_what_gives_it(second: str) -> None:
    refused = call("query", NAME, "-p", f"endpoint={second}")
    said = "the query asks another endpoint (SERVICE), which is not allowed; whoever runs this may allow it: --allow-service"
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"itss-kg: {said} {host(second)}\n"
    other = call("query", NAME, "-p", f"endpoint={second}", "--allow-service", "data.example")
    assert (other.returncode, other.stderr) == (2, f"itss-kg: SERVICE may ask data.example, not {host(second)}\n")
    both = call("query", NAME, "--endpoint", second, "--allow-service", host(second))
    assert (both.returncode, "the server decides whom it asks" in both.stderr) == (2, True)
    with servers.itss_kg() as address:
        answer = get(f"{address}/questions/{NAME}.csv", endpoint=second)
        assert (answer.status_code, answer.json()["detail"]) == (400, f"{said} {host(second)}")
        through = call("query", NAME, "-p", f"endpoint={second}", "--endpoint", f"{address}/sparql")
        assert (through.returncode, "which is not allowed" in through.stderr) == (2, True)


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        (
            "<http://data.example/q> { ?s ?p ?o } SERVICE <https://[::1]:80/>",
            "--allow-service [::1]:80 --allow-service data.example",
        ),
        ("<http://$(reboot)/q>", "--allow-service HOST"),
        ("<http://a;b/q>", "--allow-service HOST"),
        ("?anywhere", "--allow-service HOST"),
    ],
)
def test_what_is_to_be_allowed_is_named_where_it_is_a_host(named: str, shown: str) -> None:
    with pytest.raises(CallError) as raised:
        refuse_service(f"ASK {{ SERVICE {named} {{ ?s ?p ?o }} }}")
    assert str(raised.value).endswith(f"whoever runs this may allow it: {shown}")


def test_an_allowed_host_cannot_send_on_to_another(second: str) -> None:
    class Sending(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(int(self.path[1:]))
            self.send_header("Location", second)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sending) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asked = f"127.0.0.1:{server.server_address[1]}"
        for status in (301, 302, 303, 307, 308):
            found = call("query", NAME, "-p", f"endpoint=http://{asked}/{status}", "--allow-service", asked)
            assert (found.returncode, "another endpoint cannot be asked" in found.stderr) == (2, True), status
        server.shutdown()


def test_a_comment_before_the_query_hides_nothing() -> None:
    allowed = frozenset({"data.example"})
    for end in ("\n", "\r", "\r\n"):
        with pytest.raises(CallError, match=r"not evil\.example"):
            refuse_service(f"# SERVICE{end}ASK {{ SERVICE <http://evil.example/q> {{ ?s ?p ?o }} }}", allowed)
        assert without_header(f"# one{end}#two{end}ASK {{}}") == "ASK {}"


# Nobody is waited for longer than was said


def test_an_endpoint_that_is_not_there_is_an_error() -> None:
    nobody = call("query", NAME, "-p", "endpoint=http://127.0.0.1:9/query", "--allow-service", "127.0.0.1:9")
    assert (nobody.returncode, "another endpoint cannot be asked" in nobody.stderr) == (2, True)


def test_the_embedded_store_waits_as_long_as_was_said(silent: str) -> None:
    before = time.monotonic()
    given_up = call("query", NAME, "-p", f"endpoint={silent}", "--allow-service", host(silent), "--timeout", "1")
    assert 1 < time.monotonic() - before < 20
    said = "another endpoint cannot be asked (no answer within 1 s; --timeout says how long to wait)"
    assert (given_up.returncode, given_up.stdout, given_up.stderr) == (2, "", f"itss-kg: {said}\n")


def test_our_endpoint_waits_as_long_as_was_said(silent: str) -> None:
    with servers.itss_kg("--allow-service", host(silent), "--timeout", "1.5") as address:
        before = time.monotonic()
        answer = get(f"{address}/questions/{NAME}.csv", endpoint=silent)
        assert 1 < time.monotonic() - before < 20
        assert (answer.status_code, "ended after 1.5 s" in answer.json()["detail"]) == (503, True)
        assert get(f"{address}/questions/size-bands.csv").status_code == 200


# It is a question like any other, and says what it needs


def test_it_is_listed_shown_and_explained() -> None:
    listed = call("query").stdout
    assert f"\n{NAME}: {question().title['en']}\n    {FEDERATED['en']}\n    -p thing" in listed
    assert f"\n    {FEDERATED['ja']}\n" in call("query", "--lang", "ja").stdout
    assert listed.count(FEDERATED["en"]) == 1
    assert call("query", NAME, "--show").stdout == question().text
    explained = call("query", NAME, "--explain", "-p", "endpoint=https://data.example/sparql")
    assert (explained.returncode, "SERVICE <https://data.example/sparql> {" in explained.stdout) == (0, True)
    asked = call("query", "questions-with-a-keyword", "-p", "keyword=federated", "--format", "csv")
    assert [line.split(",")[0].rpartition("/")[2] for line in asked.stdout.splitlines()[1:]] == [NAME]


def test_the_endpoint_says_what_it_needs() -> None:
    with servers.itss_kg() as address:
        about: dict[str, Any] = get(f"{address}/openapi.json").json()
        described = [path for path, item in about["paths"].items() if FEDERATED["en"] in item["get"].get("description", "")]
        assert described == [f"/questions/{NAME}.{{extension}}"]
        assert get(f"{address}/").text.count(FEDERATED["en"]) == 1
