"""Records in the syntaxes that cannot be cut at the end of a line give the verdicts of the whole, however long the file is."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
from collections.abc import Callable
from itertools import accumulate, pairwise, product
from pathlib import Path
from threading import Thread
from typing import Any

import pyoxigraph as ox
import pytest
import zstandard

from itss_kg import InputError, Reading, load
from itss_kg.bulk.cutting import cut_between, is_array, whole_lines
from itss_kg.bulk.run import Options, run
from itss_kg.bulk.sources import pieces
from itss_kg.input import read_candidates
from itss_kg.parsing import Utf8
from itss_kg.sampling import sample
from tests.engines import as_ntriples
from tests.test_bulk import bulk, one_by_one
from tests.test_cli import call

READING = Reading(load())
PEOPLE = 45
FORMATS = {"ttl": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "rdf": ox.RdfFormat.RDF_XML}
NAMES = (
    *("a.ttl", "nested.ttl", "a.trig", "a.rdf", "a.jsonl", "a.json", "one-line.json"),
    *("a.ttl.gz", "a.rdf.zst", "a.jsonl.gz", "a.json.zst"),
)
PACKED: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}


@pytest.fixture(scope="module")
def quads() -> list[ox.Quad]:
    """Records whose engagements and segments have no name."""
    triples = [triple for record in sample(READING.standard, PEOPLE, seed=8, faults=0.1) for triple in record.triples]
    text = re.sub(r"<https://example\.org/person/(\d+-\w+)>", r"_:b\1", as_ntriples(triples))
    return list(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))


@pytest.fixture(scope="module")
def expected(quads: list[ox.Quad], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    path = tmp_path_factory.mktemp("whole") / "whole.nt"
    path.write_bytes(ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES))
    return one_by_one(read_candidates([str(path)]))


def nested(quads: list[ox.Quad]) -> bytes:
    """Turtle in which blank nodes have no label, but stand where they are spoken of."""
    inner: dict[ox.BlankNode, list[str]] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode):
            inner.setdefault(quad.subject, []).append(f"{quad.predicate} {quad.object}")

    def said(term: object) -> str:
        return f"[ {' ; '.join(inner[term])} ]" if isinstance(term, ox.BlankNode) else str(term)

    named = (quad for quad in quads if not isinstance(quad.subject, ox.BlankNode))
    return "\n".join(f"{quad.subject} {quad.predicate} {said(quad.object)} ." for quad in named).encode()


def lines_of_json(quads: list[ox.Quad]) -> bytes:
    """JSON-LD without a context, a node in each line; its other lines call it by its label."""
    found = json.loads(ox.serialize(quads, format=ox.RdfFormat.JSON_LD))
    return b"\n".join(json.dumps({"@context": {}, **node}).encode() for node in found)


def array_of_json(quads: list[ox.Quad], indent: int | None = 1) -> bytes:
    """An array of JSON-LD without contexts; the labels are in Japanese, with signs that JSON has a meaning for, and escaped."""
    found = json.loads(ox.serialize(quads, format=ox.RdfFormat.JSON_LD))
    odd = 'x"],[{}\\\\' + "\\" + '"山, '
    return json.dumps(
        [{"@context": {}, **node, "http://e/note": [odd, odd[:6], "\\" * 3]} for node in found], indent=indent
    ).encode()


def written(quads: list[ox.Quad], name: str, folder: Path) -> Path:
    _, ending, *packed = f"{name}.".split(".")
    if name.startswith("nested"):
        data = nested(quads)
    elif ending == "json":
        data = array_of_json(quads, indent=None if name.startswith("one-line") else 1)
    elif ending == "jsonl":
        data = lines_of_json(quads)
    else:
        data = ox.serialize(quads if ending == "trig" else (q.triple for q in quads), format=FORMATS[ending])
    path = folder / name
    path.write_bytes(PACKED[f".{packed[0]}" if packed[0] else ""](data))
    return path


@pytest.mark.parametrize(("name", "large"), [*((name, 0) for name in NAMES), ("nested.ttl", 1 << 30), ("a.jsonl", 1 << 30)])
def test_pieces_of_any_syntax_give_the_verdicts_of_the_whole(
    name: str, large: int, quads: list[ox.Quad], expected: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itss_kg.bulk.streams._LARGE", large)
    path = written(quads, name, tmp_path)
    seen: list[int] = []
    run(
        [str(path)],
        tmp_path / "o.json",
        "json",
        Options(piece=160_000 if "json" in name else 20_000),
        lambda *done: seen.append(done[1]),
    )
    assert len(seen) > 2
    assert json.loads((tmp_path / "o.json").read_bytes()) == expected


def test_in_several_processes_with_other_files(
    quads: list[ox.Quad], expected: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The labels of each file are its own."""
    monkeypatch.setattr("itss_kg.bulk.streams._LARGE", 0)
    people = sorted({str(quad.subject) for quad in quads if isinstance(quad.subject, ox.NamedNode)})
    half = set(people[: len(people) // 2])
    first: list[ox.Quad] = []
    second: list[ox.Quad] = []
    blank = {quad.object: str(quad.subject) in half for quad in quads if isinstance(quad.object, ox.BlankNode)}
    for quad in quads:
        ours = blank[quad.subject] if isinstance(quad.subject, ox.BlankNode) else str(quad.subject) in half
        (first if ours else second).append(quad)
    names = [written(first, "a.ttl", tmp_path), written(second, "b.jsonl", tmp_path)]
    assert bulk(names, tmp_path, piece=30_000, jobs=2) == expected


def test_an_interrupted_run_makes_pieces_with_other_names_again(
    quads: list[ox.Quad], expected: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parser calls a blank node without a label something else each time, so that halves of it would not meet."""
    monkeypatch.setattr("itss_kg.bulk.streams._LARGE", 0)
    path = written(quads, "nested.ttl", tmp_path)
    output = tmp_path / "o.json"
    seen: list[int] = []

    def interrupt(*done: int) -> None:
        seen.append(done[1])
        if len(seen) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([str(path)], output, "json", Options(piece=10_000), interrupt)
    summary = run([str(path)], output, "json", Options(piece=10_000, resume=True))
    assert summary.scattered > 0
    assert json.loads(output.read_bytes()) == expected


def test_blank_nodes_of_a_file_that_is_not_large_are_called_the_same_in_each_run(quads: list[ox.Quad], tmp_path: Path) -> None:
    people = [quad for quad in quads if isinstance(quad.subject, ox.NamedNode)]
    text = re.sub(
        r"<https://example\.org/person/(\d+)>", r"_:\1", "\n".join(f"{q.subject} {q.predicate} {q.object} ." for q in people)
    )
    path = tmp_path / "a.ttl"
    path.write_text(re.sub(r"_:\d+-\w+", "[]", text), encoding="utf-8")
    one, other = (bulk([path], tmp_path) for _ in range(2))
    assert one == other
    assert {row["candidate"] for row in one} >= {"_:f1xn1"}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_an_array_is_cut_between_its_elements(size: int) -> None:
    odd = ['"', "\\", '\\"', "],[", "{", ",", "a\\\\", "山\n", ""]
    elements = [[odd, {"a,": odd[place:], odd[place]: {"b": [place, None, [1, 2]]}}] for place in range(len(odd))]
    for ascii_, indent in product((True, False), (None, 0, 2)):
        data = b" \n" + json.dumps(elements, ensure_ascii=ascii_, indent=indent).encode() + b"\n"
        assert is_array(data)
        found = list(cut_between(data[at : at + size] for at in range(0, len(data), size)))
        assert [element for part, _ in found for element in json.loads(part)] == elements
        assert len(found) == len(elements) or size > 7
        for (part, line), (_, following) in pairwise(found):
            assert following == line + part.count(b"\n")
    assert not is_array(b' {"a": []}')
    assert list(cut_between([b"[]"])) == [(b"[]", 1)]
    assert list(cut_between([b"[1,", b"2", b"]"])) == [(b"[1]", 1), (b"[2]", 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_what_is_no_array_is_none_where_it_is_cut(size: int) -> None:
    for data in (
        b"[1,]",
        b"[,1]",
        b"[1,,2]",
        b"[,]",
        b"[ , ]",
        b"[1, 2",
        b"[1 2]",
        b'["a',
        b"[1,\n]\n",
        b"[1],[2]",
        b"[1]]",
        b"[{1,2]",
    ):
        with pytest.raises(json.JSONDecodeError):
            for part, _ in cut_between(data[at : at + size] for at in range(0, len(data), size)):
                json.loads(part)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_lines_are_cut_at_their_ends(size: int) -> None:
    for data in (b"", b"\n", b"a", b"a\n", b"ab\n\nc\r\nd", b"abcdefghijklm\nn\n"):
        found = list(whole_lines(data[at : at + size] for at in range(0, len(data), size)))
        assert b"".join(part for part, _ in found) == data
        assert all(part.endswith(b"\n") for part, _ in found[:-1])
        ends = list(accumulate((part.count(b"\n") for part, _ in found), initial=1))
        assert [line for _, line in found] == ends[:-1]


# Where it is wrong


@pytest.mark.parametrize("block", [1, 2, 3, 5, 1000])
def test_what_is_no_utf8_is_found_where_it_is(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itss_kg.parsing._BLOCK", block)
    text = "a\n日本語\n\nb池田\n".encode()
    assert Utf8("x", io.BytesIO(text), "turtle").whole() == text
    if block > 2:  # a mark stands in the first block
        assert Utf8("x", io.BytesIO(b"\xef\xbb\xbf" + text), "turtle").whole() == text
    for place in range(len(text)):
        spoiled = text[:place] + b"\xff" + text[place:]
        with pytest.raises(UnicodeDecodeError) as known:
            spoiled.decode()
        start = known.value.start
        before = spoiled[:start]
        where = rf"^x:{before.count(10) + 1}:{start - before.rfind(10)}: not UTF-8 text"
        with pytest.raises(InputError, match=where):
            Utf8("x", io.BytesIO(spoiled), "turtle").whole()
    with pytest.raises(InputError, match=r"^x:4:2: not UTF-8 text"):  # cut short within a letter
        Utf8("x", io.BytesIO(text[:-5]), "turtle").whole()


def test_what_unpacks_to_much_is_cut(quads: list[ox.Quad], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl.gz"
    data = lines_of_json(quads)
    path.write_bytes(gzip.compress(data))
    monkeypatch.setattr("itss_kg.bulk.streams._LARGE", len(data) // 2)
    assert path.stat().st_size < len(data) // 2
    found = list(pieces([str(path)], None, 80_000))
    assert {piece.form for piece in found} == {"jsonlines"}
    assert max(len(piece.data) for piece in found if isinstance(piece.data, bytes)) < 20_000
    # what was read of the file on disk, all in all
    assert sum(piece.weight for piece in found) == path.stat().st_size


def test_an_error_in_xml_from_a_pipe_is_one(tmp_path: Path) -> None:
    """It cannot be read once more to see where it is."""
    pipe = tmp_path / "x.rdf"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(b"<rdf:RDF",))
    writer.start()
    with pytest.raises(InputError, match=r"x\.rdf:1:1: syntax error"):
        run([str(pipe)], tmp_path / "o.parquet", "parquet", Options())
    writer.join()


@pytest.mark.parametrize("end", ["", ".gz"])
def test_what_is_wrong_late_in_a_large_file_is_said_with_its_line(
    end: str, quads: list[ox.Quad], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itss_kg.bulk.streams._LARGE", 0)
    monkeypatch.setattr("itss_kg.parsing._BLOCK", 1 << 12)
    triples = [quad.triple for quad in quads]
    turtle = b"".join(b"%s .\n" % str(triple).encode() for triple in triples)
    xml = ox.serialize(triples, format=ox.RdfFormat.RDF_XML)
    json_lines, array = lines_of_json(quads), array_of_json(quads)
    cases = {
        "late.ttl": (turtle + b"<a> <b> .\n", rf":{len(triples) + 1}:\d+: "),
        "cut.rdf": (xml[: len(xml) // 2 * 2 - 40], rf":{xml[: len(xml) // 2 * 2 - 40].count(10) + 1}:\d+: "),
        "entity.rdf": (xml.replace(b"<rdf:RDF", b'<!DOCTYPE r [ <!ENTITY a "b"> ]>\n<rdf:RDF', 1), ": declares XML entities"),
        "late.jsonl": (json_lines + b'\n{"@context": {}, "@id": 5}\n', rf":{json_lines.count(10) + 2}: "),
        "late.json": (array.rstrip(b"]\n") + b',\n{"@id": 5}\n]', ": .*@id"),
        "cut.json": (array[:-30], rf":{array[:-30].count(10) + 1}:\d+: not JSON"),
        "beyond.json": (array.rstrip(b"]\n") + b',\n{"a": 1e999}\n]', rf":{array.count(10) + 1}: the number 1e999 is beyond"),
        "no-text.json": (array.rstrip(b"]\n") + b',\n{"a": "\xff"}\n]', rf":{array.count(10) + 1}:8: not UTF-8"),
        "no-text.jsonl": (json_lines + b'\n{"a": "\xff"}\n', rf":{json_lines.count(10) + 2}:8: not UTF-8"),
        "none.json": (b"[]", ": no triples in it"),
        "none.ttl": (b"# nothing\n", ": no triples in it"),
        "none.jsonl": (b"\n\n", ": no triples in it"),
    }
    for name, (data, said) in cases.items():
        path = tmp_path / f"{name}{end}"
        path.write_bytes(PACKED[end](data))
        with pytest.raises(InputError, match=rf"^{re.escape(str(path))}{said}"):
            run([str(path)], tmp_path / "o.parquet", "parquet", Options(piece=400_000 if "json" in name else 20_000))
        assert not (tmp_path / "o.parquet").exists()


def test_standard_input_is_read_in_pieces_where_its_format_is_said(quads: list[ox.Quad], tmp_path: Path) -> None:
    for name, form in (("nested.ttl", "turtle"), ("a.rdf", "rdfxml"), ("a.jsonl", "jsonlines")):
        data = written(quads, name, tmp_path).read_text(encoding="utf-8")
        output = tmp_path / "o.csv"
        result = call("assess", "-", "--input-format", form, "--engine", "columns", "-o", str(output), stdin=data)
        assert f"Candidates: {PEOPLE} " in result.stderr
        assert result.returncode == 0
    broken = call("assess", "-", "--input-format", "rdf", "--engine", "columns", "-o", str(output), stdin="<rdf:RDF")
    assert broken.returncode == 2
    assert broken.stderr.startswith("itss-kg: standard input:1:1: syntax error: tag not closed")
