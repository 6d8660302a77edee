"""Values that the standard lists: what is not among them is said, however it is read, for a verdict passes over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from itss_kg import Reading, load, quality
from itss_kg.bulk.run import Options, run
from itss_kg.input import read_candidates
from itss_kg.namespaces import ITSS, RDF, RDFS
from tests.test_cli import call

READING = Reading(load())
SALES = "https://w3id.org/itss-kg/sales/"
CASES = [
    ("inField", "<http://w3id.org/itss-kg/sales/consulting>", "; did you mean sales:consulting?"),
    ("claims", "<https://w3id.org/itss-kg/sales#consulting-L5>", "; did you mean sales:consulting-L5?"),
    ("segmentKind", "<http://e/zzz>", ""),
    ("passedExamination", "<http://e/AppliedITEE>", "; did you mean itss:AppliedITEE?"),
]


def said(names: list[Path], folder: Path) -> list[tuple[str, str]]:
    """What is found in the records as a graph, the same as by the column."""
    whole = read_candidates([str(name) for name in names])
    found = sorted((item.subject, item.message) for item in quality(whole, READING.standard))
    for piece in (None, 60):
        by_column = run([str(name) for name in names], folder / "o.parquet", "parquet", Options(piece=piece))
        assert sorted(by_column.findings) == found
    return found


def record(folder: Path, *statements: str) -> Path:
    path = folder / "r.nt"
    lines = [f"<http://e/a> <{RDF.type}> <{ITSS.Candidate}>", *statements]
    path.write_text("".join(f"{line} .\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "value", "nearest"), CASES)
def test_a_value_of_another_namespace_is_unknown(name: str, value: str, nearest: str, tmp_path: Path) -> None:
    path = record(tmp_path, f"<http://e/a> <{ITSS.base}{name}> {value}")
    assert said([path], tmp_path) == [("http://e/a", f"unknown term {value}{nearest}")]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(f"<{SALES}consulting-L5>", "sales:consulting-L5"), (f"<{ITSS.base}Company>", "itss:Company")],
)
def test_a_value_of_another_kind_is_said(value: str, shown: str, tmp_path: Path) -> None:
    path = record(tmp_path, f"<http://e/a> <{ITSS.inField}> {value}")
    assert said([path], tmp_path) == [("http://e/a", f"itss:inField is {shown}, which is no specialty field")]


def test_a_node_without_a_name_is_no_listed_value(tmp_path: Path) -> None:
    path = record(tmp_path, f"<http://e/a> <{ITSS.inField}> _:b")
    whole = quality(read_candidates([str(path)]), READING.standard)
    assert [item.message for item in whole] == ["itss:inField is _:f1n1, which is no specialty field"]
    by_column = run([str(path)], tmp_path / "o.parquet", "parquet", Options())
    assert by_column.findings == [("http://e/a", "itss:inField is _:f1xb, which is no specialty field")]


def test_what_the_standard_does_not_list_may_be_anything(tmp_path: Path) -> None:
    free = [f"<http://e/a> <{ITSS.base}{name}> <http://e/{name}>" for name in ("hasEngagement", "responsibleFor", "judgedBy")]
    assert said([record(tmp_path, *free, "<http://e/a> <http://e/inField> <http://e/f>")], tmp_path) == []


def test_every_listed_value_is_known(tmp_path: Path) -> None:
    listed = [ITSS.inField, ITSS.claims, ITSS.judgedEquivalentTo, ITSS.hasComplexity, ITSS.inArea, ITSS.activityKind]
    ranges = {iri: READING.standard.graph.nodes(iri, RDFS.range) for iri in listed}
    statements = [
        f"<http://e/{place}x{number}> <{iri}> <{value}>"
        for place, (iri, kinds) in enumerate(ranges.items())
        for kind in kinds
        for number, value in enumerate(READING.standard.graph.instances(kind))
    ]
    assert len(statements) > len(listed)
    assert said([record(tmp_path, *statements)], tmp_path) == []


def test_it_is_said_in_japanese_and_strictly(tmp_path: Path) -> None:
    path = record(
        tmp_path,
        f"<http://e/a> <{ITSS.inField}> <http://w3id.org/itss-kg/sales/media>",
        f"<http://e/a> <{ITSS.segmentKind}> <{SALES}media>",
    )
    for engine in ("records", "columns"):
        result = call("assess", str(path), "--engine", engine, "--strict", "--lang", "ja")
        assert result.returncode == 1
        assert "未知の語 <http://w3id.org/itss-kg/sales/media>（sales:media のことではありませんか）" in result.stderr
        assert "itss:segmentKind の値 sales:media は市場セグメントの種別ではありません" in result.stderr


def test_a_misspelt_prefix_in_json_is_said(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text('{"id": "http://e/a", "type": "Candidate", "claims": "sale:consulting-L3"}')
    result = call("assess", str(tmp_path / "r.json"), "--strict")
    said = "itss-kg: quality: http://e/a: unknown term <sale:consulting-L3>; did you mean sales:consulting-L3?"
    assert (result.returncode, result.stderr.splitlines()[0]) == (1, said)


@pytest.mark.parametrize("engine", ["records", "columns"])
@pytest.mark.parametrize("kind", ["decimal", "double", "float"])
def test_a_whole_number_of_a_datatype_with_fractions_is_said(engine: str, kind: str, tmp_path: Path) -> None:
    """As `validate` says it, with the datatype, without which it would look right."""
    record = f"""@prefix : <{ITSS.base}> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <http://e/1> a :Candidate ; :hasEngagement <http://e/2> . <http://e/2> a :Engagement ; :onProject <http://e/3> .
    <http://e/3> a :Project ; :peakPersonnel "12"^^xsd:{kind} ."""
    (tmp_path / "r.ttl").write_text(record)
    said = call("assess", str(tmp_path / "r.ttl"), "--engine", engine).stderr
    assert f'http://e/3: itss:peakPersonnel is "12"^^xsd:{kind}, where a whole number such as 12 is asked for\n' in said
