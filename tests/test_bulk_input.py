"""What goes wrong with large input is one clear error, and what is found in it is what the records engine finds."""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
import zlib
from pathlib import Path

import polars as pl
import pytest
import zstandard
from rdflib import Graph as RdfGraph

from itss_kg import InputError, Reading, assess, load, quality
from itss_kg.bulk import sources
from itss_kg.bulk.run import Options, run
from itss_kg.errors import CallError
from itss_kg.graph import Graph
from itss_kg.input import read_candidates
from itss_kg.namespaces import ITSS, RDF
from itss_kg.sampling import sample
from itss_kg.verdicts import as_turtle
from tests.engines import as_ntriples
from tests.test_cli import call, done

READING = Reading(load())
PLAIN = Path(__file__).parent.parent / "data" / "candidates" / "plain.json"
PERSON = f"<http://e/a> <{RDF.type}> <{ITSS.Candidate}> .\n"


@pytest.fixture(scope="module")
def lines() -> bytes:
    return as_ntriples(Graph(triple for record in sample(READING.standard, 12, seed=3) for triple in record.triples)).encode()


def found_in(names: list[Path], folder: Path, piece: int | None = None) -> list[tuple[str, str]]:
    return sorted(run([str(name) for name in names], folder / "o.parquet", "parquet", Options(piece=piece)).findings)


def found_whole(names: list[Path]) -> list[tuple[str, str]]:
    whole = read_candidates([str(name) for name in names])
    return sorted((item.subject, item.message) for item in quality(whole, READING.standard))


# Damaged files


def spoiled(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 40]) + data[middle + 40 :]


def test_damaged_files_are_errors(lines: bytes, tmp_path: Path) -> None:
    rows = [line.removesuffix(" .").split(" ", 2) for line in lines.decode().splitlines()]
    whole, cut = tmp_path / "whole.parquet", tmp_path / "d.parquet"
    pl.DataFrame(rows, schema=["subject", "predicate", "object"], orient="row").write_parquet(whole)
    run([str(whole)], tmp_path / "o.csv", "csv", Options())
    (tmp_path / "a.nt.gz").write_bytes(spoiled(gzip.compress(lines)))
    (tmp_path / "b.nt.gz").write_bytes(gzip.compress(lines)[:10] + zlib.compress(lines)[:50])
    (tmp_path / "c.nt.zst").write_bytes(spoiled(zstandard.ZstdCompressor().compress(lines)))
    cut.write_bytes(spoiled(whole.read_bytes()))
    for name in ("a.nt.gz", "b.nt.gz", "c.nt.zst", "d.parquet"):
        for form in ("csv", "packed"):
            with pytest.raises(InputError, match=rf"{re.escape(name)}: cannot be (decompressed|read as Parquet)"):
                run([str(tmp_path / name)], tmp_path / "o.parquet", form, Options())


def test_a_packed_file_that_speaks_of_what_is_not_there_is_damaged(tmp_path: Path, lines: bytes) -> None:
    (tmp_path / "a.nt").write_bytes(lines)
    run([str(tmp_path / "a.nt")], tmp_path / "p.parquet", "packed", Options())
    frame = pl.read_parquet(tmp_path / "p.parquet")
    for column in ("start", "property", "end", "candidates"):
        far = frame.with_columns(pl.col(column).list.eval(pl.element() + 1_000_000))
        far.write_parquet(tmp_path / "far.parquet")
        with pytest.raises(InputError, match=r"far\.parquet: is damaged"):
            run([str(tmp_path / "far.parquet")], tmp_path / "o.parquet", "parquet", Options())


@pytest.mark.parametrize("name", ["mark.nt", "rows.parquet", "packed.parquet"])
def test_a_file_of_nothing_is_an_error_among_others(name: str, lines: bytes, tmp_path: Path) -> None:
    """One that has a byte order mark alone, or columns without rows."""
    (tmp_path / "a.nt").write_bytes(lines)
    (tmp_path / "mark.nt").write_bytes(b"\xef\xbb\xbf")
    pl.DataFrame(schema=dict.fromkeys(("subject", "predicate", "object"), pl.String)).write_parquet(tmp_path / "rows.parquet")
    run([str(tmp_path / "a.nt")], tmp_path / "packed.parquet", "packed", Options())
    pl.read_parquet(tmp_path / "packed.parquet").clear().write_parquet(tmp_path / "packed.parquet")
    with pytest.raises(InputError, match=rf"{re.escape(name)}: no triples in it"):
        run([str(tmp_path / "a.nt"), str(tmp_path / name)], tmp_path / "o.csv", "csv", Options())


def test_the_row_of_a_malformed_term_counts_from_the_start_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_ROWS", 100)
    columns = {
        "subject": ["<http://e/a>"] * 230 + ["http://e/a"],
        "predicate": ["<http://e/p>"] * 231,
        "object": ["<http://e/o>"] * 231,
    }
    pl.DataFrame(columns).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(InputError, match=r"rows\.parquet: row 231: its subject is no term of N-Triples: 'http://e/a'"):
        run([str(tmp_path / "rows.parquet")], tmp_path / "o.csv", "csv", Options())


# Read as the record engine reads it


def test_a_comment_ends_where_its_line_does(tmp_path: Path) -> None:
    """Also where that is a carriage return alone."""
    data = f"# a comment\r{PERSON}# another\r\n   \r\n{PERSON.replace('/a>', '/b>')}"
    (tmp_path / "a.nt").write_bytes(data.encode())
    assert run([str(tmp_path / "a.nt")], tmp_path / "o.csv", "csv", Options()).candidates == 2
    assert len(json.loads(done("assess", str(tmp_path / "a.nt"), "--format", "json"))) == 3 * 2


def test_standard_input_is_of_the_format_that_it_looks_like(tmp_path: Path) -> None:
    text = PLAIN.read_text(encoding="utf-8")
    expected = json.loads(done("assess", str(PLAIN), "--format", "json"))
    assert json.loads(done("assess", "-", "--engine", "columns", "--format", "json", stdin=text)) == expected
    with pytest.raises(CallError, match="standard input cannot be resumed"):
        run(["-"], tmp_path / "o.csv", "csv", Options(resume=True))


def test_a_pattern_in_quotes_is_read_by_the_column(lines: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.nt.gz").write_bytes(gzip.compress(lines))
    assert done("assess", str(tmp_path / "*.gz"), "--format", "csv") == done(
        "assess", str(tmp_path / "a.nt.gz"), "--format", "csv"
    )


def test_whoever_reads_no_further_ends_it_without_an_error(lines: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_bytes(lines)
    for engine in ("records", "columns"):
        command = [sys.executable, "-m", "itss_kg", "assess", str(tmp_path / "a.nt"), "--engine", engine, "--format", "json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert (process.wait(), process.stderr and b"Traceback" in process.stderr.read()) == (0, False)


# What was not understood


def test_names_that_are_only_relative_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"<a> a <{ITSS.Candidate}> .")
    assert found_in([tmp_path / "a.ttl"], tmp_path) == found_whole([tmp_path / "a.ttl"])
    assert "is only called 'a'" in found_in([tmp_path / "a.ttl"], tmp_path)[0][1]


def test_nodes_without_a_name_are_called_after_the_whole_way_to_them(tmp_path: Path) -> None:
    """Also where a node on the way has a fault of its own, and twice where there are two of them."""
    faulty = f'[ <{ITSS.onProject}> [ <{ITSS.peakPersonnel}> "9" ] ; <{ITSS.performed}d> "1" ]'
    (tmp_path / "a.ttl").write_text(f"<http://e/a> a <{ITSS.Candidate}> ; <{ITSS.hasEngagement}> {faulty}, {faulty} .")
    found = found_in([tmp_path / "a.ttl"], tmp_path)
    assert found == found_whole([tmp_path / "a.ttl"])
    assert [subject for subject, _ in found] == ["http://e/a › hasEngagement"] * 2 + [
        "http://e/a › hasEngagement › onProject"
    ] * 2


def test_what_two_pieces_have_is_said_once(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text(f'{PERSON}<http://e/p> <{ITSS.peakPersonnel}> "9" .\n')
    names = [tmp_path / "a.nt", tmp_path / "b.nt"]
    assert found_in(names, tmp_path) == found_whole(names)
    assert len(found_in(names, tmp_path)) == 1


@pytest.mark.parametrize("group", [1 << 18, 2])
def test_contradictions_that_no_candidate_reaches_hang_on_no_size(
    group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itss_kg.bulk.run._GROUP", group)
    lines = [f"<http://e/p> <{ITSS.inField}> <http://e/{value}> .\n{PERSON.replace('/a>', f'/{value}>')}" for value in "xyz"]
    random.Random(1).shuffle(lines)  # noqa: S311  # a test's dice
    for place, line in enumerate(lines):
        (tmp_path / f"{place}.nt").write_text(f"{PERSON}{line}")
    found = found_in([tmp_path / f"{place}.nt" for place in range(3)], tmp_path)
    assert [message for _, message in found] == [f"unknown term <http://e/{value}>" for value in "xyz"]


def test_a_misspelled_command_is_told_from_those_there_are() -> None:
    result = call("asess")
    assert result.returncode == 2
    assert "No such command 'asess'. Did you mean 'assess'?" in result.stderr


def test_a_triple_in_the_place_of_a_node_is_text(tmp_path: Path) -> None:
    """RDF 1.2 has triple terms, of which no demand asks anything."""
    path = tmp_path / "a.nt"
    path.write_text(
        f"{PERSON}<http://e/a> <{ITSS.hasEngagement}> <<( <a:a> <a:b> <a:c> )>> .\n<http://e/a> <{ITSS.key}d> <a:a> .\n"
    )
    assert found_in([path], tmp_path) == found_whole([path])
    run([str(path)], tmp_path / "o.nt", "nt", Options())
    graph = read_candidates([str(path)])
    turtle = RdfGraph().parse(data=as_turtle(assess(graph, READING), graph, READING), format="turtle")
    assert set(RdfGraph().parse(tmp_path / "o.nt", format="nt")) == set(turtle)
