"""Every syntax gives the same graph; whatever cannot be read is one message that says what, where, and what would do."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from unittest import mock

import pytest
import rdflib
import zstandard
from rdflib.compare import isomorphic

from itss_kg import Graph, Literal, read_candidates
from itss_kg.errors import CallError, InputError
from itss_kg.graph import number
from itss_kg.input import FORMATS, expand, format_of
from itss_kg.materialise import to_rdflib
from itss_kg.namespaces import ITSS, XSD
from itss_kg.resources import bundled

EXAMPLE = bundled("data", "candidates", "consulting-l5.ttl")
SERIALISERS = {
    "turtle": ("ttl", "turtle"),
    "ntriples": ("nt", "nt"),
    "nquads": ("nq", "nquads"),
    "trig": ("trig", "trig"),
    "rdfxml": ("rdf", "xml"),
    "jsonld": ("jsonld", "json-ld"),
}


def test_all_formats_are_known() -> None:
    assert {*SERIALISERS, "jsonlines"} == set(FORMATS)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib's own serialisers call its deprecated Dataset API
@pytest.mark.parametrize("name", SERIALISERS)
def test_every_format_gives_the_same_graph(name: str, tmp_path: Path) -> None:
    suffix, form = SERIALISERS[name]
    original = rdflib.Graph().parse(EXAMPLE)
    target = tmp_path / f"record.{suffix}"
    data = rdflib.Dataset(default_union=True) if name in ("nquads", "trig") else rdflib.Graph()
    for triple in original:
        data.add(triple)
    data.serialize(target, format=form, encoding="utf-8")
    assert isomorphic(to_rdflib(read_candidates([str(target)])), original)


def test_paths_and_one_name_are_taken_too() -> None:
    assert set(read_candidates([EXAMPLE])) == set(read_candidates(str(EXAMPLE))) == set(read_candidates([str(EXAMPLE)]))


def test_named_graphs_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "named.nq"
    path.write_text("<http://e/a> <http://e/p> <http://e/b> <http://e/graph> .\n<http://e/a> <http://e/p> <http://e/c> .\n")
    assert len(read_candidates([str(path)])) == 2


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text("_:x <http://e/p> 1 .\n")
    assert len(read_candidates([str(tmp_path / "*.ttl")])) == 2


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        buffer = io.BytesIO(EXAMPLE.read_bytes())

    monkeypatch.setattr(sys, "stdin", Piped())
    assert len(read_candidates(["-"])) == len(read_candidates([str(EXAMPLE)]))


def test_files_globs_and_repeats(tmp_path: Path) -> None:
    for name in ("b.ttl", "a.ttl"):
        (tmp_path / name).write_text("<http://e/a> <http://e/p> 1 .")
    paths = [str(tmp_path / "a.ttl"), str(tmp_path / "b.ttl")]
    assert expand([str(tmp_path / "*.ttl")]) == paths
    assert expand([paths[1], str(tmp_path / "*.ttl")]) == [paths[1], paths[0]]
    assert len(read_candidates([*paths, *paths])) == 1


def test_a_byte_identical_copy_is_no_empty_file(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("<http://e/a> <http://e/p> 1 .")
    assert len(read_candidates([str(tmp_path / "a.ttl"), str(tmp_path / "b.ttl")])) == 1


PLAIN = {
    "id": "https://example.org/person/7",
    "type": "Candidate",
    "claims": "sales:consulting-L5",
    "hasEngagement": {
        "inField": "sales:consulting",
        "onProject": {"id": "https://example.org/project/1", "peakPersonnel": 12, "annualContractValue": 1200000000},
        "performed": ["Discovery", "Proposal"],
    },
}


@pytest.mark.parametrize("shape", ["object", "array", "named context", "context in a list"])
def test_plain_json_is_a_record(shape: str, tmp_path: Path) -> None:
    ours = "https://w3id.org/itss-kg/context.jsonld"
    document = {
        "object": PLAIN,
        "array": [PLAIN],
        "named context": {"@context": ours, **PLAIN},
        "context in a list": {"@context": [ours, {"ex": "https://example.org/"}], **PLAIN},
    }[shape]
    path = tmp_path / "record.json"
    path.write_text(json.dumps(document))
    graph = read_candidates([str(path)])
    itss = "https://w3id.org/itss-kg/ns#"
    assert graph.objects(PLAIN["id"], itss + "claims") == ["https://w3id.org/itss-kg/sales/consulting-L5"]
    (engagement,) = graph.objects(PLAIN["id"], itss + "hasEngagement")
    assert graph.objects(engagement, itss + "performed") == [itss + "Discovery", itss + "Proposal"]
    assert graph.integer("https://example.org/project/1", itss + "peakPersonnel") == 12
    assert graph.integer("https://example.org/project/1", itss + "annualContractValue") == 1_200_000_000


BAD = [
    ("cut.ttl", b"@prefix e: <http://e/> .\ne:a e:b e:c .\ne:a e:b", ":3:", "cut.ttl"),
    ("cut.nt", b"<http://e/a> <http://e/b> <http://e/c> .\n<http://e/a> <http://e/b>", ":2:", "cut.nt"),
    ("cut.nq", b'<http://e/a> <http://e/b> "x .\n', ":1:", "cut.nq"),
    ("cut.trig", b"<http://e/g> {\n<http://e/a> <http://e/b> }", ":2:", "cut.trig"),
    (
        "cut.rdf",
        b"<?xml version='1.0'?>\n<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n<a",
        ":3:",
        "cut.rdf",
    ),
    ("cut.json", b'{"id": "x",\n "type": ', ":2:", "not JSON"),
    ("scalar.json", b"42", ":1:1:", "object or an array"),
    ("remote.jsonld", b'{"@context": "https://example.com/c.jsonld", "a": 1}', "remote.jsonld", "nothing is fetched"),
    ("binary.ttl", b"@prefix e: <http://e/> .\n\xff\xfe\x00\x01", ":2:1:", "binary"),
    ("utf16.ttl", "@prefix e: <http://e/> .".encode("utf-16"), "utf16.ttl", "UTF-16; save it as UTF-8"),
    ("sjis.ttl", '<http://e/a> <http://e/b> "日本" .'.encode("shift_jis"), ":1:28:", "Shift_JIS"),
    ("packed.ttl", b"\x1f\x8b\x08\x00", "packed.ttl", "decompress it first"),
    ("deep.json", b"[" * 100_000, "deep.json", "nested too deeply"),
    (
        "long.json",
        b'{"id": "http://e/1", "employees": ' + b"9" * 5000 + b"}",
        "long.json",
        "999999999999999… is beyond measure",
    ),
    ("huge.json", b'{"id": "http://e/1", "employees": 1e400}', "huge.json", "the number 1e400 is beyond measure"),
    ("space.json", '{"id": "山田 太郎", "type": "Candidate"}'.encode(), "id: '山田 太郎'", "no identifier"),
    ("number.json", b'{"id": 5}', "id: 5", "no identifier"),
    ("key.json", b'{"id": "http://e/1", "my development": 1}', "my development: ", "no name of a property"),
    ("scalars.json", b'[{"id": "http://e/1"}, 7]', "[2]: 7", "is no record"),
    ("value.json", b'{"id": "http://e/1", "claims": "consulting L5"}', "claims: 'consulting L5'", "names no thing"),
    (
        "inner.json",
        b'[{"id": "http://e/1", "hasEngagement": {"performed": ["a b", 3]}}]',
        "[1].hasEngagement.performed",
        "(and 1 more",
    ),
    ("lists.json", b'{"id": "http://e/1", "claims": [["sales:consulting-L5"]]}', "claims: ", "a list within a list"),
    ("empty.ttl", b"", "empty.ttl", "no triples"),
    ("blank.nt", b"\n\n# nothing\n", "blank.nt", "no triples"),
    ("records.xlsx", b"PK", "records.xlsx", "--input-format"),
    ("noending", b"x", "noending", "--input-format"),
]


@pytest.mark.parametrize(("name", "data", "place", "says"), BAD, ids=[case[0] for case in BAD])
def test_what_cannot_be_read_is_said(name: str, data: bytes, place: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_candidates([str(path)])
    message = str(caught.value)
    assert str(path) in message
    assert place in message
    assert says in message
    assert "\n" not in message


def test_a_folder_is_all_files_within(tmp_path: Path) -> None:
    """Hidden ones that are no records are nobody's; any other that is none is an error, and not passed over."""
    inner = tmp_path / "2026" / "部門 [a]"
    inner.mkdir(parents=True)
    names = [inner / "b.nt.gz", inner / "c.ttl", tmp_path / "2026" / "a.ttl", tmp_path / "2026" / ".d.nt"]
    (inner / ".git").mkdir()
    for name in (*names, inner / ".DS_Store", inner / "_SUCCESS", inner / ".git" / "e.nt"):
        name.touch()
    assert expand([str(tmp_path / "2026")]) == sorted(map(str, names))
    assert expand([str(names[0]), str(tmp_path / "2026"), "-"]) == [str(names[0]), *sorted(map(str, names[1:])), "-"]
    (inner / "notes.txt").touch()
    for name in names:
        name.write_bytes(EXAMPLE.read_bytes() if name.suffix == ".ttl" else b"<a:b> <a:b> <a:b> .\n")
    names[0].write_bytes(gzip.compress(b"<a:b> <a:b> <a:b> .\n"))
    with pytest.raises(InputError, match=r"notes\.txt: the ending \.txt names no RDF format"):
        read_candidates([str(tmp_path / "2026")])


def test_what_in_a_folder_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "in" / "more").mkdir(parents=True)
    (tmp_path / "in" / "a.ttl").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.ttl").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "in" / "店舗").symlink_to("../other")
    (tmp_path / "in" / "more" / "again").symlink_to("..")
    found = expand([str(tmp_path / "in")])
    assert found == [str(tmp_path / "in" / "a.ttl"), str(tmp_path / "in" / "店舗" / "b.ttl")]
    assert expand([str(tmp_path / "i*")]) == found
    (tmp_path / "other" / "dead.ttl").symlink_to("nowhere")
    with pytest.raises(InputError, match=r"dead\.ttl: no such file"):
        read_candidates([str(tmp_path / "in")])
    (tmp_path / "other" / "dead.ttl").unlink()
    os.mkfifo(tmp_path / "other" / "pipe.ttl")
    with pytest.raises(InputError, match=r"pipe\.ttl: is no file, but stands in a folder"):
        expand([str(tmp_path / "in")])
    refused = mock.patch("os.scandir", side_effect=PermissionError(13, "Permission denied", "in/secret"))
    with refused, pytest.raises(InputError, match="in/secret: cannot be read"):
        expand([str(tmp_path / "in")])


LINES = [
    '{"id": "https://e.org/1", "type": "Candidate", "hasEngagement": {"id": "_:e", "type": "Engagement"}}',
    "",
    '{"@context": "https://w3id.org/itss-kg/context.jsonld", "id": "https://e.org/2", "type": "Candidate"}\r',
    '{"@context": ["https://w3id.org/itss-kg/context.jsonld", {"has": "itss:hasEngagement"}], "id": "https://e.org/2", '
    '"has": {"id": "https://e.org/3", "onProject": {"annualContractValue": 1.50}}}',
    '{"@context": {"kind": "@type"}, "@id": "https://e.org/3", "kind": "https://w3id.org/itss-kg/ns#Engagement"}',
]


@pytest.mark.parametrize("depth", [400, 900, 5000])
def test_json_that_is_nested_too_deeply_is_said_to_be(depth: int, tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text('{"x:y": ' * depth + "1" + "}" * depth)
    with pytest.raises(InputError, match=r"deep\.json: JSON nested too deeply for a record"):
        read_candidates([str(tmp_path / "deep.json")])


NUMBERS = [
    ("420", '"420"^^xsd:integer'),
    ("420.0", '"420"^^xsd:integer'),
    ("1e3", '"1000"^^xsd:integer'),
    ("-1.5e1", '"-15"^^xsd:integer'),
    ("1.50", '"1.50"^^xsd:decimal'),
    ("15e-1", '"1.5"^^xsd:decimal'),
    ("99999999999999999999999999", '"99999999999999999999999999"^^xsd:integer'),
    ("0.1234567890123456789012345678901", '"0.1234567890123456789012345678901"^^xsd:decimal'),
]


@pytest.mark.parametrize(("written", "term"), NUMBERS)
def test_numbers_of_json_are_those_of_turtle(written: str, term: str, tmp_path: Path) -> None:
    """A number without a fraction is a whole one, however it is written, as JSON-LD has it; none becomes a double."""
    (tmp_path / "n.json").write_text(
        f'{{"id": "https://e.org/1", "employees": {written}, "label": null, "type": ["Company", null]}}'
    )
    found = read_candidates([str(tmp_path / "n.json")])
    lexical, datatype = term[1:].split('"^^xsd:')
    assert found.objects("https://e.org/1", ITSS.employees) == [Literal(lexical, XSD.base + datatype)]
    assert len(found) == 2


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n "])
@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b'{"a": 1}', "jsonld"),
        (b'[{"a": 1}]', "jsonld"),
        (b'{"a":\n {"b": 1}}', "jsonld"),
        (b'{"a": 1}\n{"a": 1}\n', "jsonlines"),
        (b'{"a": }\n{"a": 1}\n', "jsonlines"),
        (b"[] <a:b> 1 .", "turtle"),
        (b"<?xml version='1.0'?><a/>", "rdfxml"),
        (b"<a:b> <a:b> <a:b> .", "turtle"),
    ],
)
def test_the_start_of_standard_input_shows_its_format(start: bytes, data: bytes, form: str) -> None:
    assert format_of("-", None, start + data) == form


@pytest.mark.parametrize("end", ["", "\n"])
def test_json_lines_are_a_record_each(end: str, tmp_path: Path) -> None:
    (tmp_path / "people.jsonl").write_text("\n".join(LINES) + end, encoding="utf-8", newline="")
    turtle = """
        @prefix : <https://w3id.org/itss-kg/ns#> .
        <https://e.org/1> a :Candidate ; :hasEngagement [ a :Engagement ] .
        <https://e.org/2> a :Candidate ; :hasEngagement <https://e.org/3> .
        <https://e.org/3> a :Engagement ; :onProject [ :annualContractValue 1.50 ] .
    """
    found = read_candidates([str(tmp_path / "people.jsonl")])
    assert isomorphic(to_rdflib(found), rdflib.Graph().parse(data=turtle))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": }', "3:8: not JSON: Expecting value"),
        ('["a"]', "3:1: a line of JSON Lines is one object"),
        ('{"id": "https://e.org/1", "has Project": 1}', "3: has Project: 'has Project' is no name of a property"),
        ('{"id": "https://e.org/1", "employees": 1e999}', "3: the number 1e999 is beyond measure"),
        ('{"id": "x", "id": "y"}', "3: the key 'id' stands twice in one object (id: x)"),
        ('{"label": "\\ud842"}', "3: a text holds half a letter"),
        ('{"@context": "https://x.org/c"}', "3: names a JSON-LD context on the network"),
        ('{"@context": {"a": 5}}', "3: "),
        ('{"@Type": "Candidate"}', "3: @Type: '@Type' is no word of JSON-LD"),
        ('{"x:y": ' * 500 + "1" + "}" * 500, "3: JSON nested too deeply for a record"),
    ],
)
def test_what_is_wrong_in_json_lines_is_said_with_its_line(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "people.ndjson"
    path.write_text("\n".join([*LINES[:2], line]))
    with pytest.raises(InputError) as caught:
        read_candidates([str(path)])
    assert str(caught.value).startswith(f"{path}:{says}")


def test_missing_file_directory_and_pattern(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_candidates([str(tmp_path / "absent.ttl")])
    with pytest.raises(InputError, match="no file of records is in this folder"):
        read_candidates([str(tmp_path)])
    with pytest.raises(InputError, match="matches no file"):
        read_candidates([str(tmp_path / "*.ttl")])
    with pytest.raises(InputError, match="only once"):
        expand(["-", "-"])
    with pytest.raises(CallError, match=r"unknown input format 'turtel'.*did you mean turtle"):
        read_candidates([str(EXAMPLE)], "turtel")


def _written(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize(("ending", "packed"), [(".gz", gzip.compress), (".zst", zstandard.compress), (".GZ", gzip.compress)])
def test_what_is_compressed_is_read_as_what_is_in_it(ending: str, packed: Callable[[bytes], bytes], tmp_path: Path) -> None:
    whole = read_candidates([str(EXAMPLE)])
    data = packed(EXAMPLE.read_bytes())
    assert set(read_candidates([_written(tmp_path / f"record.ttl{ending}", data)])) == set(whole)
    assert set(read_candidates([_written(tmp_path / f"record{ending}", data)], "ttl")) == set(whole)
    with pytest.raises(InputError, match=rf"cut\.ttl\{ending}: cannot be decompressed"):
        read_candidates([_written(tmp_path / f"cut.ttl{ending}", data[:-9])])
    with pytest.raises(InputError, match=r"the ending \.xlsx names no RDF format"):
        read_candidates([_written(tmp_path / f"record.xlsx{ending}", packed(b"PK"))])


def test_zstd_needs_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(CallError, match=r"record\.ttl\.zst: reading zstd needs zstandard: pip install 'itss-kg\[bulk\]'"):
        read_candidates([_written(tmp_path / "record.ttl.zst", zstandard.compress(b""))])


@pytest.mark.parametrize(("name", "form"), [("nt", "ntriples"), ("TTL", "turtle"), ("json", "jsonld"), ("NQuads", "nquads")])
def test_a_format_has_the_names_of_its_endings_too(name: str, form: str) -> None:
    assert format_of("-", name, b"") == form


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    for name, text in (("bom.ttl", "<http://e/a> <http://e/p> 1 ."), ("bom.json", '{"id": "http://e/a", "employees": 1}')):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert len(read_candidates([str(tmp_path / name)])) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "http://e/a", "employees": 1}',
        '[{"id": "http://e/a", "employees": 1}]',
        "[ <http://e/employees> 1 ] .",
        "<http://e/a> <http://e/p> 1 .",
    ],
)
def test_standard_input_shows_what_it_is(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        buffer = io.BytesIO(text.encode())

    monkeypatch.setattr(sys, "stdin", Piped())
    assert len(read_candidates(["-"])) == 1


def test_blank_nodes_have_the_same_names_on_every_run_and_tell_no_path(tmp_path: Path) -> None:
    path = tmp_path / "record.ttl"
    path.write_text("<yamada> <http://e/p> [ <http://e/q> [] ] .\n")
    first, second = (list(read_candidates([str(path)])) for _ in range(2))
    assert first == second
    assert {node for triple in first for node in triple if isinstance(node, str)} == {
        "https://w3id.org/itss-kg/input/yamada",
        "http://e/p",
        "http://e/q",
        "_:f1n1",
        "_:f1n2",
    }


def test_a_graph_holds_a_triple_once() -> None:
    graph = Graph([("a", "p", "b"), ("a", "p", "b")])
    assert (len(graph), list(graph)) == (1, [("a", "p", "b")])


@pytest.mark.parametrize(
    ("datatype", "least", "most"),
    [
        ("byte", -128, 127),
        ("short", -32768, 32767),
        ("int", -2147483648, 2147483647),
        ("long", -(2**63), 2**63 - 1),
        ("unsignedByte", 0, 255),
        ("unsignedShort", 0, 65535),
        ("unsignedInt", 0, 2**32 - 1),
        ("unsignedLong", 0, 2**64 - 1),
        ("positiveInteger", 1, None),
        ("nonNegativeInteger", 0, None),
        ("negativeInteger", None, -1),
        ("nonPositiveInteger", None, 0),
        ("integer", None, None),
    ],
)
def test_a_number_is_within_its_datatype(datatype: str, least: int | None, most: int | None) -> None:
    def value(of: int) -> Decimal | float | None:
        return number(Literal(str(of), XSD.base + datatype))

    for bound, beyond in ((least, -1), (most, 1)):
        far = beyond * 10**30 if bound is None else bound
        assert value(far) == far
        if bound is not None:
            assert value(bound + beyond) is None


def test_a_number_with_a_fraction_is_the_same_in_json_and_turtle(tmp_path: Path) -> None:
    ttl = "<http://e/m> <https://w3id.org/itss-kg/ns#employees> 300.50 , 0.0000001 , 12 ."
    (tmp_path / "a.ttl").write_text(ttl)
    (tmp_path / "a.json").write_text('{"id": "http://e/m", "employees": [300.50, 1e-7, 12]}')
    written = set(read_candidates([str(tmp_path / "a.ttl")]))
    assert set(read_candidates([str(tmp_path / "a.json")])) == written


@pytest.mark.parametrize("key", ["employees", "claims", "inField", "hasEngagement", "label"])
def test_null_says_nothing(key: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"id": "http://e/1", "type": "Candidate", key: None}]))
    assert len(read_candidates([str(tmp_path / "a.json")])) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[\n{"id": "http://e/1",\n "employees": NaN}]', r"a\.json:3: the number NaN is beyond measure"),
        ('[{"id": "http://e/1", "label": 1, "label": 2}]', r"the key 'label' stands twice in one object \(id: http://e/1\)"),
        ('["x"]', r"a\.json: \[1\]: 'x' is no record"),
        ('[{"id": null}]', r"\[1\]\.id: null is no identifier"),
    ],
)
def test_what_is_wrong_with_json_is_said_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError, match=says):
        read_candidates([str(tmp_path / "a.json")])


def test_a_file_named_in_two_ways_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.ttl").write_text("[] <http://e/p> 1 .")
    (tmp_path / "b.ttl").symlink_to("a.ttl")
    monkeypatch.chdir(tmp_path)
    assert expand(["a.ttl", "./a.ttl", str(tmp_path / "a.ttl"), "b.ttl", "*.ttl"]) == ["a.ttl"]
    assert len(read_candidates(["a.ttl", "b.ttl"])) == 1
