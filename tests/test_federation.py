"""A question that asks a second endpoint: two servers on this machine, and nothing asked that was not allowed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pyoxigraph as ox
import pytest
import yaml
from rdflib.plugins.sparql import prepareQuery

from itss_kg import CallError
from itss_kg.catalogue import bind, federated_questions, load_questions, without_header
from itss_kg.store import refuse_service
from tests import servers
from tests.question_data import example, standard
from tests.test_links_command import call

NAME = "names-from-another-endpoint"
OCCUPATION = "http://data.europa.eu/esco/occupation/"
# invented names: what the second endpoint says is the test's own
NAMES = {
    "89b85c45-ddc7-4fe1-be5a-d3db2be11f3b": {"fr": "premier nom", "de": "erster Name"},
    "57b459d4-655c-4053-b189-3c249ce33faf": {"fr": "deuxième nom"},
    "8529edc5-96ad-4cde-b34a-f86ad3753e4d": {"fr": "nom d'un faux ami"},  # rejected, so nobody asks for it
}
SHOWN = [
    {"concept": OCCUPATION + "89b85c45-ddc7-4fe1-be5a-d3db2be11f3b", "label": "ICT account manager", "name": "premier nom"},
    {
        "concept": OCCUPATION + "57b459d4-655c-4053-b189-3c249ce33faf",
        "label": "ICT business development manager",
        "name": "deuxième nom",
    },
]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("second") / "store"
    store = ox.Store(str(folder))
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    for key, names in NAMES.items():
        for language, name in names.items():
            store.add(ox.Quad(ox.NamedNode(OCCUPATION + key), label, ox.Literal(name, language=language)))
    store.flush()
    del store
    with servers.oxigraph(folder) as address:
        yield address


def host(address: str) -> str:
    return address.split("/")[2]


def rows(text: str) -> list[dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(text)))
    assert {row.pop("relation").rpartition("#")[2] for row in found} <= {"closeMatch", "relatedMatch"}
    return found


def test_the_embedded_store_joins_what_another_endpoint_says(second: str) -> None:
    asked = ("query", NAME, "-p", f"endpoint={second}", "--format", "csv")
    found = call(*asked, "--allow-service", host(second))
    assert (found.returncode, rows(found.stdout)) == (0, SHOWN)
    german = call(*asked, "-p", "language=de", "--allow-service", host(second))
    assert [row["name"] for row in rows(german.stdout)] == ["erster Name"]


def test_our_endpoint_joins_what_another_one_says(second: str) -> None:
    query = bind(federated_questions()[NAME], {"endpoint": second}, standard())
    with servers.itss_kg("--allow-service", host(second)) as address:
        request = Request(f"{address}/sparql", urlencode({"query": query}).encode(), {"Accept": "text/csv"})  # noqa: S310  # our own
        assert rows(urlopen(request, timeout=30).read().decode()) == SHOWN  # noqa: S310  # likewise


def test_nothing_is_asked_that_was_not_allowed(second: str) -> None:
    refused = call("query", NAME, "-p", f"endpoint={second}")
    assert refused.returncode == 2
    assert refused.stderr == (
        "itss-kg: the query asks another service (SERVICE), which is not allowed; whoever runs this may allow its host by"
        " --allow-service HOST\n"
    )
    other = call("query", NAME, "-p", f"endpoint={second}", "--allow-service", "data.example")
    assert (other.returncode, other.stderr) == (2, f"itss-kg: SERVICE may ask data.example, not {host(second)}\n")
    nobody = call("query", NAME, "-p", "endpoint=http://127.0.0.1:9/query", "--allow-service", "127.0.0.1:9")
    assert (nobody.returncode, "another endpoint cannot be asked" in nobody.stderr) == (2, True)
    both = call("query", NAME, "--endpoint", second, "--allow-service", host(second))
    assert (both.returncode, "the server decides whom it asks" in both.stderr) == (2, True)


def test_a_comment_before_the_query_hides_nothing() -> None:
    allowed = frozenset({"data.example"})
    for end in ("\n", "\r", "\r\n"):
        with pytest.raises(CallError, match=r"not evil\.example"):
            refuse_service(f"# SERVICE{end}ASK {{ SERVICE <http://evil.example/q> {{ ?s ?p ?o }} }}", allowed)
        assert without_header(f"# one{end}#two{end}ASK {{}}") == "ASK {}"


def test_federated_questions_are_no_part_of_the_catalogue_and_have_its_form() -> None:
    found = federated_questions()
    assert list(found) == [NAME]
    assert not set(found) & set(load_questions())
    for question in found.values():
        header = yaml.safe_load("\n".join(line[3:] for line in question.text.splitlines() if line.startswith("#+")))
        assert [next(iter(item)) for item in header["defaults"]] == [item.name for item in question.parameters]
        assert {language for item in (question.title, question.question, *question.columns.values()) for language in item} == {
            "en",
            "ja",
        }
        prepareQuery(bind(question, {}, standard()))


def test_the_example_is_one() -> None:
    question = federated_questions()[NAME]
    shown = question.example
    plain = shown.partition(" --allow-service ")
    values = example(replace(question, example=plain[0]))
    assert host(values["endpoint"]) == plain[2]
    assert Path(shown.split()[0]).name == "itss-kg"
