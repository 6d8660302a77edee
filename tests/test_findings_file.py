"""All that was not understood in records, in a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from itss_kg.namespaces import ITSS, RDF
from tests.test_cli import call

COUNT = 25  # more than are said on standard error


@pytest.fixture
def records(tmp_path: Path) -> Path:
    people = [f"http://e/{n:02}" for n in range(COUNT)]
    lines = [f'<{iri}> <{RDF.type}> <{ITSS.Candidate}> .\n<{iri}> <{ITSS.key}s> "x, y" .\n' for iri in people]
    (tmp_path / "r.nt").write_text("".join(lines))
    return tmp_path / "r.nt"


@pytest.mark.parametrize("engine", ["records", "columns"])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_all_findings_are_in_the_file(engine: str, lang: str, records: Path, tmp_path: Path) -> None:
    chosen = ["--engine", engine, "--lang", lang, "--format", "csv"]
    result = call("assess", str(records), *chosen, "--findings", str(tmp_path / "f.csv"))
    assert result.returncode == 0
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["subject", "message"]
    assert [subject for subject, _ in rows[1:]] == [f"http://e/{n:02}" for n in range(COUNT)]
    assert all(("unknown term" if lang == "en" else "未知の語") in message for _, message in rows[1:])
    call("assess", str(records), *chosen, "--findings", str(tmp_path / "f.jsonl"))
    lines = (tmp_path / "f.jsonl").read_text(encoding="utf-8").splitlines()
    assert [list(json.loads(line).values()) for line in lines] == rows[1:]


def test_where_all_was_understood_the_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "r.nt").write_text(f"<http://e/a> <{RDF.type}> <{ITSS.Candidate}> .\n")
    assert (
        call(
            "pack", str(tmp_path / "r.nt"), "-o", str(tmp_path / "p.parquet"), "--findings", str(tmp_path / "f.csv")
        ).returncode
        == 0
    )
    assert (tmp_path / "f.csv").read_text() == "subject,message\n"


def test_the_rest_is_pointed_to(records: Path, tmp_path: Path) -> None:
    chosen = ["assess", str(records), "--engine", "columns"]
    assert f"… and {COUNT - 20} more; all of them: --findings FILE\n" in call(*chosen).stderr
    assert f"… and {COUNT - 20} more\n" in call(*chosen, "--findings", str(tmp_path / "f.csv")).stderr
    assert "…ほか5件（すべてを見るには --findings FILE）\n" in call(*chosen, "--lang", "ja").stderr


@pytest.mark.parametrize("engine", ["records", "columns"])
def test_a_file_that_cannot_be_one_of_findings_is_refused(engine: str, records: Path, tmp_path: Path) -> None:
    chosen = ["assess", str(records), "--engine", engine]
    wrong = call(*chosen, "--findings", str(tmp_path / "f.txt"))
    assert (wrong.returncode, "name it f.csv or f.jsonl" in wrong.stderr) == (2, True)
    (tmp_path / "r.csv").symlink_to(records)
    taken = call(*chosen, "--findings", str(tmp_path / "r.csv"))
    assert (taken.returncode, "is one of the inputs" in taken.stderr) == (2, True)
    lost = call(*chosen, "--findings", str(tmp_path / "none" / "f.csv"))
    assert (lost.returncode, "cannot be written" in lost.stderr) == (2, True)
    both = call(*chosen, "-o", str(tmp_path / "f.csv"), "--findings", str(tmp_path / "f.csv"))
    assert (both.returncode, "is named twice" in both.stderr) == (2, True)
