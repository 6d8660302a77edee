"""SSSOM/TSV read and written: nothing is lost either way, nor by way of RDF; what is no set is refused with its place."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itss_kg import InputError
from itss_kg.graph import Graph, Literal
from itss_kg.mapping_graph import mapping_iri, sets_of, triples_of
from itss_kg.mappings import load_sets
from itss_kg.namespaces import OWL, RDF, SKOS, SSSOM, XSD
from itss_kg.sssom import BUILT_IN, NO_TERM, Mapping, MappingSet, read_file, read_set, write_set
from itss_kg.sssom_slots import ENTITIES, MULTIPLE, PROPERTIES, SET_SLOTS, SLOTS

MAPPINGS = Path(__file__).parent.parent / "data" / "mappings"
SMALL = """#curie_map:
#  ex: https://example.org/
#  sales: https://w3id.org/itss-kg/sales/
#mapping_set_id: https://example.org/set
#license: https://creativecommons.org/licenses/by/4.0/
#mapping_date: 2026-01-31
#extension_definitions:
#- slot_name: ext_seen
#  property: ex:seen
#  type_hint: xsd:integer
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tconfidence\tauthor_label\tcomment\text_seen
sales:media\tskos:relatedMatch\t\tex:a\tsemapv:ManualMappingCuration\t0.5\tone|two \\| three\t"a ""quoted"" word, and\ta tab"\t3
sales:media\tskos:exactMatch\tNot\tex:b\tsemapv:ManualMappingCuration\t0.9\tone\tnot the same\t
sales:media\tskos:relatedMatch\t\tsssom:NoTermFound\tsemapv:ManualMappingCuration\t1\tone\tnothing there\t
"""


def small() -> MappingSet:
    return read_set(SMALL, "small.sssom.tsv")


def test_a_set_is_read_with_iris_lines_and_what_holds_for_all() -> None:
    found = small()
    assert found.iri == "https://example.org/set"
    assert "mapping_date" not in found.metadata
    first, second, third = found.mappings
    assert first.slots == {
        "subject_id": "https://w3id.org/itss-kg/sales/media",
        "predicate_id": SKOS.relatedMatch,
        "object_id": "https://example.org/a",
        "mapping_justification": "https://w3id.org/semapv/vocab/ManualMappingCuration",
        "confidence": "0.5",
        "author_label": "one|two \\| three",
        "comment": 'a "quoted" word, and\ta tab',
        "ext_seen": "3",
        "mapping_date": "2026-01-31",
    }
    assert [(item.line, item.holds, item.negated, item.unlinked) for item in (first, second, third)] == [
        (12, True, False, False),
        (13, False, True, False),
        (14, False, False, True),
    ]
    assert third.object == NO_TERM


def test_what_a_mapping_says_of_itself_stands_before_what_the_header_says() -> None:
    text = SMALL.replace("\text_seen\n", "\text_seen\tmapping_date\n").replace('a tab"\t3\n', 'a tab"\t3\t2025-12-31\n')
    found = read_set(text.replace("not the same\t\n", "not the same\t\t\n").replace("nothing there\t\n", "nothing there\t\t\n"))
    assert found.metadata["mapping_date"] == "2026-01-31"
    assert [item["mapping_date"] for item in found.mappings] == ["2025-12-31", "", ""]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (SMALL, "subject_id\tobject_id\n", r"x:1: has no header"),
        (SMALL, "", r"x:1: has no header"),
        (SMALL, "\ufeff" + SMALL, "x: begins with a byte order mark"),
        ("#license: ", "#license: [", r"x:\d+: the header is no YAML"),
        (SMALL, "#just words\na\tb\n", r"x:1: the header must give slots their values"),
        (
            "#curie_map:\n#  ex: https://example.org/\n#  sales: https://w3id.org/itss-kg/sales/\n",
            "#curie_map: [a]\n",
            "curie_map must",
        ),
        ("\tex:b\t", "\tex:b\t\t", r"x:13: 10 cells where there are 9 columns"),
        ("\tcomment\t", "\tobject_id\t", r"x:11: each column needs a name of its own"),
        ('a tab"\t3', 'a tab"x\t3', r"x:12: the table is broken"),
    ],
)
def test_what_is_no_mapping_set_is_refused(old: str, new: str, said: str) -> None:
    assert old in SMALL
    with pytest.raises(InputError, match=said):
        read_set(SMALL.replace(old, new), "x")


def test_a_file_must_be_there_and_be_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    with pytest.raises(InputError, match="cannot be read"):
        read_file(path)
    path.write_bytes(SMALL.encode().replace(b"nothing", b"n\xf6thing"))
    with pytest.raises(InputError, match=r"is not UTF-8 \(byte \d+\)"):
        read_file(path)
    path.write_bytes(SMALL.replace("\n", "\r\n").encode())
    assert read_file(path) == small()


def test_an_identifier_without_a_prefix_cannot_be_written() -> None:
    bare = MappingSet({}, {}, (), (Mapping({"subject_id": "https://nowhere.example/1"}),))
    with pytest.raises(InputError, match=re.escape("<https://nowhere.example/1> has no prefix; add one to the curie_map")):
        write_set(bare)


def test_the_bundled_sets_are_written_as_they_stand() -> None:
    sets = load_sets()
    assert [Path(item.source).name for item in sets] == [
        f"{name}.sssom.tsv" for name in ("ecf-levels", "ecf", "eqf-levels", "esco", "isco", "onet", "sfia-levels", "sfia")
    ]
    for item in sets:
        assert write_set(item) == Path(item.source).read_text(encoding="utf-8")


# The law: read and written, also by way of RDF, a set is the same

IRI = st.from_regex(r"https://example\.org/[a-z]{1,8}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["C"], include_characters="\t\n"), min_size=1, max_size=20)
ONE = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=8)


def several(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Values of a slot that may have several, as the table has them: in order, each once."""
    escaped = values.map(lambda value: value.replace("\\", "\\\\").replace("|", "\\|"))
    return st.lists(escaped, min_size=1, max_size=3, unique=True).map(lambda found: "|".join(sorted_by_value(found)))


def sorted_by_value(found: list[str]) -> list[str]:
    return sorted(found, key=lambda value: value.replace("\\|", "|").replace("\\\\", "\\"))


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    slots = {slot: draw(IRI) for slot in ("subject_id", "object_id", "mapping_justification")}
    slots["predicate_id"] = draw(st.sampled_from([SKOS.closeMatch, SKOS.broadMatch, "https://example.org/relation"]))
    slots["confidence"] = str(draw(st.integers(0, 100)) / 100)
    slots["mapping_date"] = draw(st.dates(min_value=datetime.date(1900, 1, 1))).isoformat()
    for slot in draw(st.sets(st.sampled_from(["comment", "subject_label", "object_source_version", "match_string", "other"]))):
        slots[slot] = draw(several(ONE) if slot in MULTIPLE else TEXT)
    if draw(st.booleans()):
        slots["predicate_modifier"] = "Not"
    if draw(st.booleans()):
        slots["author_label"] = draw(several(ONE))
        slots["author_id"] = draw(st.lists(IRI, min_size=1, max_size=2, unique=True).map(lambda found: "|".join(sorted(found))))
        slots["subject_type"] = draw(st.sampled_from(["skos concept", "owl class", "composed entity expression"]))
    return Mapping(slots)


@st.composite
def sets(draw: st.DrawFn) -> MappingSet:
    found = draw(st.lists(mappings(), max_size=4, unique_by=lambda item: item.key))
    metadata = {"mapping_set_id": draw(IRI), "mapping_set_title": draw(ONE), "creator_label": [draw(ONE)]}
    return MappingSet(metadata, {"ex": "https://example.org/"}, (), tuple(found))


@settings(max_examples=40)
@given(sets())
def test_a_set_written_and_read_is_the_same(item: MappingSet) -> None:
    assert read_set(write_set(item)) == item


@settings(max_examples=40)
@given(sets())
def test_a_set_put_into_a_graph_and_taken_out_is_the_same(item: MappingSet) -> None:
    assert list(sets_of(Graph(triples_of(item)))) == [item.in_order()]


@settings(max_examples=40)
@given(sets())
def test_only_what_holds_is_said_directly(item: MappingSet) -> None:
    graph = Graph(triples_of(item))
    held = {(row.subject, row.predicate, row.object) for row in item.mappings if row.holds}
    for row in item.mappings:
        direct = (row.subject, row.predicate, row.object)
        assert (direct in graph) == (direct in held)
        axiom = (mapping_iri(item, row), RDF.type, OWL.Axiom)
        assert (axiom in graph) == row.holds


def test_the_bundled_sets_come_out_of_a_graph_as_they_went_in() -> None:
    shipped = load_sets()
    graph = Graph(triple for item in shipped for triple in triples_of(item))
    assert list(sets_of(graph)) == sorted((item.in_order() for item in shipped), key=lambda item: item.iri)


def test_slots_in_rdf_are_as_sssom_has_them() -> None:
    found = small()
    graph = Graph(triples_of(found))
    first, second, third = (mapping_iri(found, item) for item in found.mappings)
    assert graph.nodes(found.iri, SSSOM.mappings) == [first, second, third]
    assert graph.nodes(second, SSSOM.base + "predicate_modifier") == [SSSOM.NegatedPredicate]
    assert graph.objects(first, SSSOM.base + "confidence") == [Literal("0.5", XSD.double)]
    assert graph.objects(first, "http://purl.org/dc/terms/created") == [Literal("2026-01-31", XSD.date)]
    assert graph.objects(first, "https://example.org/seen") == [Literal("3", XSD.integer)]
    assert [term.lexical for term in graph.objects(first, SSSOM.base + "author_label") if isinstance(term, Literal)] == [
        "one",
        "two | three",
    ]
    assert graph.nodes(third, OWL.annotatedTarget) == [SSSOM.NoTermFound]
    assert graph.nodes("https://w3id.org/itss-kg/sales/media", SKOS.relatedMatch) == ["https://example.org/a"]


def test_the_tables_of_slots_fit_together() -> None:
    assert ENTITIES <= SLOTS
    assert set(PROPERTIES) == SLOTS | SET_SLOTS
    assert len(set(PROPERTIES.values())) == len(PROPERTIES)
    assert len(BUILT_IN) == 8
