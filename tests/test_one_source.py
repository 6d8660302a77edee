"""A number of the standard stands once: changed in the ontology, it changes shapes, verdicts, comparisons and documents."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from itss_kg.cli import cli
from itss_kg.resources import ROOT

DERIVED = ("ontology", "shapes", "docs", "data")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in DERIVED:
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=False, catch_exceptions=False)
    assert (result.return_value or 0) == status, result.output
    return result.stdout


def change(path: Path, subject: str, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(subject)}\n(?:  .*\n)+", text, re.MULTILINE)
    assert block and block[0].count(before) == 1, f"{subject} states {before} once"
    path.write_text(text.replace(block[0], block[0].replace(before, after)), encoding="utf-8")


def test_what_is_generated_is_up_to_date(copy: Path) -> None:
    assert run("build", "--check", "--root", str(copy)) == ""


def test_a_changed_threshold_changes_everything(copy: Path) -> None:
    ontology = copy / "ontology" / "itss-sales.ttl"
    record = str(copy / "data" / "candidates" / "consulting-l5.ttl")
    assert json.loads(run("assess", record, "--format", "json"))[0]["level"] == 5
    change(ontology, "sales:consulting-L5-succession", "itss:minimumKinds 3", "itss:minimumKinds 4")

    stale = run("build", "--check", "--root", str(copy), status=1).split()
    names = {Path(word).relative_to(copy).as_posix() for word in stale if word != "stale:"}
    levels = {"docs/links/ecf.md", "docs/links/eqf.md"}  # where succession stands beside what other frameworks' levels ask
    assert names == {"shapes/levels/consulting-l5.ttl", "docs/indicators/consulting-l5.md"} | levels

    run("build", "--root", str(copy))
    assert run("build", "--check", "--root", str(copy)) == ""
    assert (
        "qualifiedMinCount 4"
        in (copy / "shapes/levels/consulting-l5.ttl").read_text().split("shape:consulting-L5-succession\n")[1]
    )
    assert "at least 4 of the kinds" in (copy / "docs/indicators/consulting-l5.md").read_text(encoding="utf-8")

    changed = ("--ontology", str(ontology))
    row = json.loads(run("assess", record, "--format", "json", *changed))[0]
    assert (row["level"], row["next"]["level"]) == (4, 5)
    assert [(u["kind"], u["required"], u["found"]) for u in row["next"]["unmet"]] == [("succession", 4, 3)]
    compared = json.loads(run("compare", "consulting", "4", "5", "--format", "json", *changed))
    assert {d["aspect"]: (d["a"], d["b"]) for d in compared["differences"] if d["kind"] == "succession"} == {
        "minimumKinds": (1, 4)
    }
    assert "4 of 7" in run("levels", *changed)
    assert "consulting-L5-succession" in run("validate", record, *changed, status=1)


def test_generated_files_of_an_indicator_that_is_no_more_go(copy: Path) -> None:
    (copy / "shapes/levels/consulting-l8.ttl").write_text("# GENERATED from what was\n", encoding="utf-8")
    (copy / "docs/indicators/notes.md").write_text("What people wrote stays.\n", encoding="utf-8")
    assert run("build", "--check", "--root", str(copy), status=1) == f"stale: {copy / 'shapes/levels/consulting-l8.ttl'}\n"
    run("build", "--root", str(copy))
    assert not (copy / "shapes/levels/consulting-l8.ttl").exists()
    assert (copy / "docs/indicators/notes.md").exists()


def test_every_generated_file_says_so(copy: Path) -> None:
    files = [*copy.glob("shapes/levels/*.ttl"), copy / "shapes/lists.ttl", *copy.glob("docs/indicators/*.md")]
    files += [copy / "docs" / name for name in ("rules.md", "model.md", "values.md", "commands.md", "api.md", "questions.md")]
    assert len(files) == 12 + 1 + 13 + 6
    for path in files:
        assert re.match(r"(# |<!-- )GENERATED from .* by `itss-kg build` — edit ", path.read_text(encoding="utf-8")), path


def standard_numbers() -> set[str]:
    """The numbers of the standard that could not be anything else: those of three digits or more."""
    text = (ROOT / "ontology" / "itss-sales.ttl").read_text(encoding="utf-8")
    stated = re.findall(r"itss:(?:atLeast|below|minimumEmployees|employeesBelow) (\d{3,})", text)
    return set(stated)


@pytest.mark.parametrize("folder", ["itss_kg", "queries"])
def test_no_number_of_the_standard_stands_in_code_or_queries(folder: str) -> None:
    numbers = standard_numbers()
    assert numbers == {"300", "500", "1000", "3000", "5000", "100000000", "500000000", "1000000000"}
    for path in [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.rq")]:
        found = set(re.findall(r"\d[\d_]*", path.read_text(encoding="utf-8")))
        assert not numbers & {word.replace("_", "") for word in found}, path


def test_no_threshold_stands_in_a_hand_written_shape() -> None:
    for name in ("candidate.ttl", "candidate-sparql.ttl"):
        text = (ROOT / "shapes" / name).read_text(encoding="utf-8")
        assert not standard_numbers() & set(re.findall(r"\d+", text))
        assert "sales:" not in re.sub(r"#.*|\"[^\"]*\"", "", text)
