"""`itss-kg links` as users call it: found by either end, checked, imported whole or not at all, exported in each form."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import rdflib

from itss_kg.cli import main
from itss_kg.mapping_store import own_sets
from itss_kg.mappings import load_sets
from itss_kg.sssom import read_set, write_set
from itss_kg.store import GRAPHS, PUBLIC, KnowledgeStore

MAPPINGS = Path(__file__).parent.parent / "data" / "mappings"
SECOND = Path(__file__).parent / "fixtures" / "second-category.ttl"
OWN = """#curie_map:
#  hr: https://hr.example/skills/
#  sales: https://w3id.org/itss-kg/sales/
#mapping_set_id: https://hr.example/mappings/sales
#mapping_set_title: Our skills
#mapping_set_version: "1"
#license: https://creativecommons.org/licenses/by/4.0/
subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\tauthor_label\tobject_source\t\
object_source_version\tmapping_date\tconfidence\tcomment
sales:area-customer-relationships\tcustomer relationships\tskos:closeMatch\thr:rel\tLooking after customers\t\
semapv:ManualMappingCuration\tHR\thr:all\t2026\t2026-02-01\t0.8\tOur skill and the area ask for the same thing.
"""


class Result(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def call(*arguments: str) -> Result:
    """The program as its script runs it, in this process: what it prints, and its exit status."""
    out, error = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
        pytest.raises(SystemExit) as end,
    ):
        patch.setattr(sys, "argv", ["itss-kg", *arguments])
        main()
    return Result(int(end.value.code or 0), out.getvalue(), error.getvalue())


def done(*arguments: str, status: int = 0) -> str:
    result = call(*arguments)
    assert result.returncode == status, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("links") / "store"
    done("load", "--store", str(folder))
    return folder


@pytest.fixture
def store(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "store"))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.sssom.tsv"
    path.write_text(OWN, encoding="utf-8")
    return path


def listed(*arguments: str) -> list[tuple[str, str, str | None]]:
    rows = json.loads(done("links", *arguments, "--format", "json"))
    return [(row["subject"].rpartition("/")[2], row["relation"], row["code"] or row["object_label"]) for row in rows]


# list


def test_the_links_of_an_indicator() -> None:
    assert listed("consulting-L5") == [
        ("consulting-L5", "related to", "e-3"),
        ("consulting-L5", "related to", "6"),
        ("consulting-L5", "related to", "2434.1"),
        ("consulting-L5", "related to", "2434"),
        ("consulting-L5", "related to", "41-9031.00"),
        ("consulting-L5", "related to", "41-1012.00"),
        ("consulting-L5", "related to", "5"),
    ]
    assert listed("list", "sales:consulting-L5") == listed("consulting-L5")
    assert listed("https://w3id.org/itss-kg/sales/consulting-L5") == listed("consulting-L5")


@pytest.mark.parametrize("term", ["D.7", "d.7", "Sales Management", "ecf:D.7", "https://w3id.org/itss-kg/ecf/3.0/D.7"])
def test_a_concept_is_found_by_code_name_and_iri(term: str) -> None:
    assert listed(term) == [
        ("job-category", "related to", "D.7"),
        ("consulting", "related to", "D.7"),
        ("product", "related to", "D.7"),
        ("media", "related to", "D.7"),
        ("area-market-creation", "related to", "D.7"),
        ("area-strategy-planning", "related to", "D.7"),
        ("area-sales-team-formation", "related to", "D.7"),
    ]


@pytest.mark.parametrize("term", ["e-3", "e-Competence level e-3", "ecf-level:e-3"])
def test_a_level_is_found_by_code_name_and_iri(term: str) -> None:
    assert listed(term) == [
        ("ns#Level3", "rejected, not the same as", "e-3"),
        ("consulting-L4", "related to", "e-3"),
        ("consulting-L5", "related to", "e-3"),
        ("product-L4", "related to", "e-3"),
        ("product-L5", "related to", "e-3"),
        ("media-L4", "related to", "e-3"),
        ("media-L5", "related to", "e-3"),
    ]


def test_a_code_that_the_name_says_is_not_shown_twice() -> None:
    shown = done("links", "consulting-L5")
    assert "eqf: Level 6 " in shown
    assert "ecf: e-Competence level e-3 " in shown
    assert "sfia: 5 Ensure, advise" in shown


def test_what_is_rejected_and_what_was_not_found_is_said() -> None:
    assert listed("sales engineer") == [
        ("job-category", "rejected, not close to", "2433.4"),
        ("consulting", "rejected, not close to", "2433.4"),
        ("product", "rejected, not close to", "2433.4"),
    ]
    assert listed("succession-patent", "--framework", "ecf") == [("succession-patent", "nothing found", None)]
    assert listed("succession-patent", "--framework", "ecf", "--lang", "ja") == [("succession-patent", "該当なし", None)]


def test_a_table_gives_the_reasons_of_a_term() -> None:
    shown = done("links", "itss:Coaching")
    assert "coach employees" in shown
    assert "a deed recorded and an ability" in " ".join(shown.split())
    assert "a deed recorded" not in done("links", "--framework", "esco")
    assert "a deed recorded" in " ".join(done("links", "--framework", "esco", "--why").split())
    assert "コーチング" in done("links", "itss:Coaching", "--lang", "ja")


def test_all_links_in_other_forms() -> None:
    rows = list(csv.DictReader(io.StringIO(done("links", "--format", "csv"))))
    assert len(rows) == 363
    assert {row["negated"] for row in rows} == {"true", "false"}
    assert json.loads(done("links", "--format", "json"))[0].keys() == rows[0].keys()
    marked = done("links", "itss:AppliedITEE", "--format", "md")
    assert marked.count("\n| ") == 1 + 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("consulting-L9",), "'consulting-L9' is nothing that is linked: give a thing of the standard such as consulting-L5"),
        (("salse management",), "did you mean sales management?"),
        (
            ("--framework", "escoo"),
            "unknown framework 'escoo': expected one of esco, isco, onet, sfia, ecf, eqf; did you mean esco?",
        ),
        (
            ("export", "--set", "sfia9"),
            "no mapping set 'sfia9': there are ecf-levels, ecf, eqf-levels, esco, isco, onet, sfia-levels, sfia; did you mean",
        ),
        (("--store", "nowhere"), "nowhere: no such store; make one with `itss-kg load"),
        (("check", "nowhere.tsv"), "nowhere.tsv: cannot be read"),
        (("check", "--format", "xml"), "'xml' is not one of 'text', 'json'"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], said: str) -> None:
    result = call("links", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_thing_of_which_nothing_is_said() -> None:
    result = call("links", "consulting-L5-scope", "--format", "json")
    assert (result.returncode, json.loads(result.stdout)) == (0, [])
    assert result.stderr == "itss-kg: no mapping set says anything of that\n"


# check


def test_check(own: Path) -> None:
    fine = call("links", "check")
    assert (fine.returncode, fine.stdout, fine.stderr) == (0, "", "8 mapping sets, 363 mappings checked, 0 findings\n")
    assert call("links", "check", str(own)).returncode == 0
    assert call("links", "check", str(MAPPINGS / "esco.sssom.tsv")).returncode == 0
    assert call("links", "check", "--ontology", str(SECOND)).returncode == 0
    own.write_text(OWN.replace("\tHR\t", "\t\t").replace("\t0.8\t", "\t8\t"), encoding="utf-8")
    wrong = call("links", "check", str(own))
    assert wrong.returncode == 1
    assert wrong.stdout == (
        f"{own}:9: confidence is a number from 0 to 1, not '8' [confidences]\n{own}:9: author_label is empty [filled]\n"
    )
    assert [item["check"] for item in json.loads(done("links", "check", str(own), "--format", "json", status=1))] == [
        "confidences",
        "filled",
    ]


def test_standard_input_is_read(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(OWN.replace("\tHR\t", "\t\t")))
    wrong = call("links", "check", "-")
    assert (wrong.returncode, wrong.stdout) == (1, "-:9: author_label is empty [filled]\n")
    assert own.read_text(encoding="utf-8") == OWN


# import


def size(store: Path, name: str) -> int:
    return KnowledgeStore(store, read_only=True).size(name)


def test_a_set_of_ones_own_is_put_beside_the_bundled_ones_and_replaced(store: Path, own: Path) -> None:
    shipped = size(store, "mappings")
    said = json.loads(done("links", "import", str(own), "--store", str(store)))
    assert said == {"mapping_set": "https://hr.example/mappings/sales", "mappings": 1, "links": 1, "replaced": False}
    assert listed("area-customer-relationships", "--store", str(store))[-1] == (
        "area-customer-relationships",
        "close to",
        "Looking after customers",
    )
    (kept,) = own_sets(KnowledgeStore(store, read_only=True))
    assert kept == read_set(OWN).in_order()
    assert size(store, "mappings") == shipped

    other = own.with_name("other.sssom.tsv")
    other.write_text(OWN.replace("mappings/sales", "mappings/other").replace("hr:rel", "hr:care"), encoding="utf-8")
    assert json.loads(done("links", "import", str(other), "--store", str(store)))["replaced"] is False
    own.write_text(OWN.replace("0.8", "0.6"), encoding="utf-8")
    assert json.loads(done("links", "import", str(own), "--store", str(store)))["replaced"] is True
    kept_sets = own_sets(KnowledgeStore(store, read_only=True))
    assert [(item.iri, item.mappings[0]["confidence"]) for item in kept_sets] == [
        ("https://hr.example/mappings/other", "0.8"),
        ("https://hr.example/mappings/sales", "0.6"),
    ]
    done("load", "--store", str(store))
    assert own_sets(KnowledgeStore(store, read_only=True)) == kept_sets
    asked = ("query", "links-of-a-thing", "-p", "thing=sales:area-customer-relationships", "--store", str(store))
    assert "hr.example/skills/care" in done(*asked, "--format", "csv")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sales:area-customer-relationships", "sales:area-customers", "is nothing that the standard describes"),
        ("https://hr.example/mappings/sales", "https://w3id.org/itss-kg/mappings/esco", "give the set one of its own"),
        ("hr:rel\tLooking after customers", "sfia:CONS\tConsulting", "is no CURIE with a prefix of the curie_map"),
    ],
)
def test_what_is_wrong_is_not_imported(store: Path, own: Path, old: str, new: str, said: str) -> None:
    own.write_text(OWN.replace(old, new), encoding="utf-8")
    before = size(store, "own-mappings")
    result = call("links", "import", str(own), "--store", str(store))
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert "nothing was imported: " in result.stderr
    assert size(store, "own-mappings") == before == 0


def test_a_rejected_false_friend_cannot_be_imported(store: Path, own: Path) -> None:
    friend = "esco:8529edc5-96ad-4cde-b34a-f86ad3753e4d\tsales engineer"
    text = OWN.replace(
        "sales:area-customer-relationships\tcustomer relationships", "sales:product\tProduct Sales by Visiting Customers"
    )
    text = text.replace("hr:rel\tLooking after customers", friend).replace("hr:all\t2026", "framework:esco-occupations\t1.1")
    prefixes = "#  esco: http://data.europa.eu/esco/occupation/\n#  framework: https://w3id.org/itss-kg/framework/\n"
    own.write_text(text.replace("#  hr: ", f"{prefixes}#  hr: "), encoding="utf-8")
    result = call("links", "import", str(own), "--store", str(store))
    assert result.returncode == 2
    assert "is denied in" in result.stderr
    assert "heavy machinery, not IT products" in result.stderr


def test_an_import_that_is_cut_off_leaves_the_store_as_it_was(store: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from itss_kg.frameworks import load_frameworks
    from itss_kg.mapping_store import keep_set

    done("links", "import", str(own), "--store", str(store))
    whole = KnowledgeStore(store)
    before = own_sets(whole)
    monkeypatch.setattr(KnowledgeStore, "_apart", cut_off)
    with pytest.raises(KeyboardInterrupt):
        keep_set(whole, read_set(OWN.replace("0.8", "0.1")), load_frameworks())
    assert own_sets(whole) == before


def cut_off(*_: object) -> None:
    raise KeyboardInterrupt


def test_own_links_are_shown_only_to_whoever_may_see_people(store: Path, own: Path) -> None:
    done("links", "import", str(own), "--store", str(store))
    whole = KnowledgeStore(store, read_only=True)
    text = "SELECT DISTINCT ?o { sales:area-customer-relationships skos:closeMatch ?o } ORDER BY ?o"
    shown = ["http://data.europa.eu/esco/skill/2239694b-771a-4586-8b54-2794e361a9ae"]
    assert [row["o"].value for row in whole.query(text, visible=PUBLIC)] == shown
    assert [row["o"].value for row in whole.query(text)] == [*shown, "https://hr.example/skills/rel"]
    named = [GRAPHS["own-mappings"]]
    assert list(whole.query(text, default_graphs=named, visible=PUBLIC)) == []


# export


def test_export_of_one_set_is_the_file() -> None:
    assert done("links", "export", "--set", "esco") == (MAPPINGS / "esco.sssom.tsv").read_text(encoding="utf-8")


def test_export_of_all_sets_as_one(tmp_path: Path) -> None:
    whole = read_set(done("links", "export"))
    assert len(whole.mappings) == 363
    assert whole.listed("mapping_set_source") == tuple(item.iri for item in load_sets())
    assert write_set(whole) == done("links", "export")
    target = tmp_path / "all.json"
    done("links", "export", "-o", str(target))
    assert len(json.loads(target.read_text(encoding="utf-8"))) == 363
    assert len(list(csv.reader(io.StringIO(done("links", "export", "--format", "csv", "--set", "isco"))))) == 1 + 24


def test_export_as_turtle_is_what_the_project_ships() -> None:
    shipped = rdflib.Graph().parse(MAPPINGS / "links.ttl")
    assert set(rdflib.Graph().parse(data=done("links", "export", "--format", "ttl"), format="turtle")) == set(shipped)


def test_own_links_are_exported_too(store: Path, own: Path) -> None:
    done("links", "import", str(own), "--store", str(store))
    found = read_set(done("links", "export", "--store", str(store), "--set", "https://hr.example/mappings/sales"))
    assert found.in_order() == read_set(OWN).in_order()
