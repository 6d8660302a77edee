"""The standard as others load it: every part, in both languages, under identifiers that stay, whatever the job category."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from itss_kg import OntologyError, Reading, as_case, as_ctdl_asn, as_schema_org, load
from itss_kg.cli import cli
from itss_kg.exchange.framework import Framework, framework
from itss_kg.namespaces import ITSS, SKOS, local_name
from itss_kg.resources import bundled
from itss_kg.standard import LANGUAGES
from tests.published import expanded, names, statements

SALES_FILE = bundled("ontology", "itss-sales.ttl")
SECOND = Path(__file__).parent / "fixtures" / "second-category.ttl"
SALES = "https://w3id.org/itss-kg/sales/"
KANA_OR_KANJI = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
CATEGORIES = {"sales": (SALES_FILE,), "second": (SECOND,), "both": (SALES_FILE, SECOND)}


@pytest.fixture(scope="module", params=CATEGORIES)
def any_reading(request: pytest.FixtureRequest) -> Reading:
    return Reading(load(*CATEGORIES[request.param]))


@pytest.fixture(scope="module")
def found(any_reading: Reading) -> Framework:
    return framework(any_reading)


# the parts


def test_the_parts_of_sales(reading: Reading) -> None:
    parts = framework(reading).parts
    assert Counter(local_name(part.type) for part in parts) == {
        "JobCategory": 1,
        "SpecialtyField": 3,
        "KeyPerformanceIndicator": 12,
        **dict.fromkeys(
            ("ScopeCriterion", "TrackRecordCriterion", "ComplexityCriterion", "SizeCriterion", "SpecialtyCriterion"), 12
        ),
        "SuccessionCriterion": 9,
        "DevelopmentCriterion": 9,
        "ExaminationRemark": 3,
        "ConceptScheme": 10,
        "ItemList": 8,
        "Level": 7,
        "ComplexityFactor": 14,
        "SpecialtyArea": 10,
        "SuccessionActivity": 7,
        "SegmentKind": 10,
        **dict.fromkeys(("ContributionRank", "DevelopmentMethod", "Expectation", "GuidanceRank", "ProjectTask"), 3),
    }


def test_every_indicator_criterion_level_and_value_is_a_part(any_reading: Reading, found: Framework) -> None:
    standard = any_reading.standard
    graph = standard.graph
    expected = {item.iri for item in standard.fields} | {item.iri for item in standard.levels}
    expected |= {item.iri for item in standard.indicators}
    expected |= {item.iri for owner in standard.indicators for item in owner.criteria}
    expected |= {remark for owner in standard.indicators for _, remark in owner.examinations}
    expected |= {value for item in graph.instances(ITSS.ItemList) for value in graph.nodes(item, SKOS.member)}
    assert expected <= set(found.by_iri)
    assert len(found.by_iri) == len(found.parts), "each once"


def test_the_parts_are_one_tree(found: Framework) -> None:
    for part in found.parts:
        above = []
        while part.parent is not None:
            above.append(part.iri)
            part = found.by_iri[part.parent]
        assert len(set(above)) == len(above)
    assert sum(len(found.children(parent)) for parent in (None, *found.by_iri)) == len(found.parts)


def test_each_part_is_named_in_both_languages_and_each_language_is_its_own(found: Framework) -> None:
    for part in (*found.parts, *found.types):
        assert set(part.label) == set(LANGUAGES), part.iri
        assert not KANA_OR_KANJI.search(part.label["en"] + part.statement.get("en", ""))
        assert KANA_OR_KANJI.search(part.statement.get("ja", part.label["ja"])), part.iri
    for part in found.parts:
        if part.parent in {one.iri for one in found.parts if one.type == ITSS.KeyPerformanceIndicator}:
            assert set(part.statement) == set(LANGUAGES), part.iri


# CASE


REQUIRED = {  # what CASE 1.1's information model asks of each class
    "CFDocument": {"identifier", "uri", "creator", "title", "lastChangeDateTime"},
    "CFItems": {"identifier", "uri", "fullStatement", "lastChangeDateTime"},
    "CFAssociations": {
        "identifier",
        "uri",
        "associationType",
        "originNodeURI",
        "destinationNodeURI",
        "lastChangeDateTime",
    },
    "CFItemTypes": {"identifier", "uri", "title", "description", "hierarchyCode", "lastChangeDateTime"},
    "CFLicenses": {"identifier", "uri", "title", "licenseText", "lastChangeDateTime"},
}
ASSOCIATIONS = {"isChildOf", "isPartOf", "hasSkillLevel", "precedes", "isRelatedTo", "isTranslationOf"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_package_has_what_case_requires(any_reading: Reading, language: str) -> None:
    package = as_case(any_reading, language)
    groups = {"CFDocument": [package["CFDocument"]], **package["CFDefinitions"]}
    groups |= {name: package[name] for name in ("CFItems", "CFAssociations")}
    assert set(package) == {"CFDocument", "CFItems", "CFAssociations", "CFDefinitions"}
    assert package["CFDocument"]["caseVersion"] == "1.1"
    identifiers = []
    for name, members in groups.items():
        for member in members:
            assert REQUIRED[name] <= set(member), member
            assert all(value not in (None, "", []) for value in member.values())
            assert UUID(member["identifier"]).version == 5
            identifiers.append(member["identifier"])
    assert len(identifiers) == len(set(identifiers))
    assert {item["associationType"] for item in package["CFAssociations"]} <= ASSOCIATIONS
    assert {item["language"] for item in package["CFItems"]} == {language}


def test_the_associations_of_sales(reading: Reading) -> None:
    def kinds(language: str) -> dict[str, int]:
        return Counter(item["associationType"] for item in as_case(reading, language)["CFAssociations"])

    english = {
        "isChildOf": 178,  # each part, of another or of the document
        "isPartOf": (8 + 9 + 7 + 4) + (8 + 10) + 7 + 3,  # what the eight lists pick from the schemes
        "hasSkillLevel": 12,
        "precedes": 6 + (5 - 1) + (4 - 1) + (3 - 1),
        "isRelatedTo": 12 + 12 + 9 + 9,  # complexity, specialty, succession, development
    }
    assert kinds("en") == english
    assert kinds("ja") == {**english, "isTranslationOf": 178 + 1}


def test_case_items_hang_in_one_tree_in_order(any_reading: Reading) -> None:
    package = as_case(any_reading)
    document = package["CFDocument"]["identifier"]
    known = {item["identifier"]: item for item in (package["CFDocument"], *package["CFItems"])}
    above: dict[str, str] = {}
    places: dict[str, list[int]] = {}
    for item in package["CFAssociations"]:
        ends = (item["originNodeURI"], item["destinationNodeURI"])
        for end in ends:
            assert end["uri"] == known[end["identifier"]]["uri"]
        if item["associationType"] == "isChildOf":
            assert above.setdefault(ends[0]["identifier"], ends[1]["identifier"]) == ends[1]["identifier"]
            places.setdefault(ends[1]["identifier"], []).append(item["sequenceNumber"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in places.values())
    for item in package["CFItems"]:
        place = item["identifier"]
        while place != document:
            place = above[place]


def item(package: dict[str, Any], code: str) -> dict[str, Any]:
    (one,) = (item for item in package["CFItems"] if item["humanCodingScheme"] == code)
    return one


def test_one_item_in_each_language(reading: Reading) -> None:
    english, japanese = (item(as_case(reading, language), "consulting-L5-succession") for language in LANGUAGES)
    assert english["uri"] == f"{SALES}consulting-L5-succession"
    assert english["fullStatement"].startswith(
        "Consulting Sales, Level 5: the candidate shall have a record of at least 3 of the kinds of succession activity ("
    )
    assert english["abbreviatedStatement"] == "Consulting Sales, Level 5: succession of expertise"
    assert (
        english["alternativeLabel"] == japanese["abbreviatedStatement"] == "訪問型コンサルティングセールス レベル5：技術の継承"
    )
    assert japanese["alternativeLabel"] == english["abbreviatedStatement"]
    assert japanese["fullStatement"].endswith("のうち3項目以上の実績があること。")
    assert (english["CFItemType"], japanese["CFItemType"]) == ("succession of expertise", "技術の継承")
    assert english["notes"] == "R3 levels are cumulative; R10 succession counts kinds"
    assert english["identifier"] != japanese["identifier"]
    assert japanese["uri"] == f"urn:uuid:{japanese['identifier']}"
    assert english["identifier"] == "47709419-781f-5a40-97ca-34935dce287c", (
        "an identifier that others have stored never changes"
    )


def test_a_translation_names_the_item_that_it_translates(reading: Reading) -> None:
    english, japanese = (as_case(reading, language) for language in LANGUAGES)
    pairs = {
        (link["originNodeURI"]["identifier"], link["destinationNodeURI"]["identifier"], link["destinationNodeURI"]["uri"])
        for link in japanese["CFAssociations"]
        if link["associationType"] == "isTranslationOf"
    }
    sides = zip((japanese["CFDocument"], *japanese["CFItems"]), (english["CFDocument"], *english["CFItems"]), strict=True)
    assert pairs == {(one["identifier"], other["identifier"], other["uri"]) for one, other in sides}


# CTDL-ASN


PROPERTIES = {  # by the domains of CTDL-ASN's vocabulary; a progression model is a concept scheme, its levels are concepts
    "ceasn:CompetencyFramework": """ceasn:name ceasn:description ceasn:inLanguage ceasn:author ceasn:license ceasn:source
        ceasn:dateModified ceasn:hasTopChild asn:hasProgressionModel ceterms:ctid""",
    "ceasn:Competency": """ceasn:competencyText ceasn:competencyLabel ceasn:competencyCategory ceasn:codedNotation ceasn:comment
        ceasn:conceptTerm asn:hasProgressionLevel ceasn:isPartOf ceasn:isTopChildOf ceasn:isChildOf ceasn:hasChild
        ceasn:listID ceterms:ctid""",
    "skos:ConceptScheme": """ceasn:name ceasn:description ceasn:inLanguage ceasn:license ceasn:dateModified skos:hasTopConcept
        ceterms:ctid""",
    "skos:Concept": "skos:prefLabel skos:definition skos:notation skos:inScheme skos:topConceptOf ceterms:ctid",
}


def test_ctdl_asn_says_only_what_its_vocabulary_has_and_all_it_requires(any_reading: Reading) -> None:
    for node in as_ctdl_asn(any_reading)["@graph"]:
        kind = node["@type"] if isinstance(node["@type"], str) else node["@type"][-1]
        assert {name for name in node if not name.startswith("@")} <= set(PROPERTIES[kind].split())
        assert re.fullmatch(r"ce-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", node["ceterms:ctid"])
        required = {
            "ceasn:CompetencyFramework": {"ceasn:name", "ceasn:description", "ceasn:inLanguage"},
            "ceasn:Competency": {"ceasn:competencyText", "ceasn:isPartOf", "ceasn:listID"},
            "skos:ConceptScheme": {"ceasn:name"},
            "skos:Concept": {"skos:prefLabel", "skos:inScheme"},
        }
        assert required[kind] <= set(node)


def test_ctdl_asn_refers_to_what_it_has_both_ways(any_reading: Reading) -> None:
    nodes = {node["@id"]: node for node in as_ctdl_asn(any_reading)["@graph"]}
    pairs = (
        ("ceasn:hasChild", "ceasn:isChildOf"),
        ("ceasn:hasTopChild", "ceasn:isTopChildOf"),
        ("skos:hasTopConcept", "skos:topConceptOf"),
    )
    for down, up in pairs:
        downwards = {(iri, child) for iri, node in nodes.items() for child in node.get(down, ())}
        upwards = set()
        for iri, node in nodes.items():
            parents = node.get(up, [])
            upwards |= {(parent, iri) for parent in ([parents] if isinstance(parents, str) else parents)}
        assert downwards == upwards != set()
    for name in ("ceasn:conceptTerm", "asn:hasProgressionLevel", "asn:hasProgressionModel"):
        named = {iri for node in nodes.values() for iri in node.get(name, ())}
        assert named
        assert named <= set(nodes)


def test_ctdl_asn_says_the_order_where_no_list_is_kept(any_reading: Reading) -> None:
    """By the context, `ceasn:hasChild` is a set."""
    document = as_ctdl_asn(any_reading)
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len({node["ceterms:ctid"] for node in nodes.values()}) == len(nodes)
    for node in nodes.values():
        for name in ("ceasn:hasChild", "ceasn:hasTopChild"):
            children = [nodes[child]["ceasn:listID"] for child in node.get(name, ())]
            assert children == [str(place) for place in range(1, len(children) + 1)]
    read = {node["@id"]: node for node in expanded(document)}
    assert not [node for node in read.values() for values in node.values() if "@list" in str(values)]


def test_a_ctdl_criterion_names_the_values_it_chooses_from(reading: Reading) -> None:
    nodes = {node["@id"]: node for node in as_ctdl_asn(reading)["@graph"]}
    succession = nodes[f"{SALES}consulting-L5-succession"]
    kinds = ("community", "book", "external-paper", "internal-paper", "external-instruction", "internal-instruction", "patent")
    assert succession["ceasn:conceptTerm"] == [f"{SALES}succession-{kind}" for kind in kinds]
    assert set(succession["ceasn:competencyText"]) == set(LANGUAGES)
    assert nodes[f"{SALES}consulting-L5"]["asn:hasProgressionLevel"] == [ITSS.base + "Level5"]


# schema.org


def test_schema_org_terms_and_sets_name_each_other(any_reading: Reading) -> None:
    nodes = {node["@id"]: node for node in as_schema_org(any_reading)["@graph"]}
    down = {(iri, held["@id"]) for iri, node in nodes.items() for held in node.get("hasDefinedTerm", ())}
    up = {(one["@id"], iri) for iri, node in nodes.items() for one in node.get("inDefinedTermSet", ())}
    assert down == up
    for iri, node in nodes.items():
        kinds = {node["@type"]} if isinstance(node["@type"], str) else set(node["@type"])
        assert ("DefinedTermSet" in kinds) == ("hasDefinedTerm" in node)
        assert ("DefinedTerm" in kinds) == ("termCode" in node)
        assert {about["@id"] for about in node.get("about", ())} <= set(nodes), iri
    whole = nodes[framework(any_reading).iri]
    assert [held["@id"] for held in whole["hasDefinedTerm"]] == [part.iri for part in framework(any_reading).children(None)]


def test_one_schema_org_term(reading: Reading) -> None:
    (level,) = (node for node in as_schema_org(reading)["@graph"] if node["@id"] == f"{SALES}media-L3")
    assert level["@type"] == ["DefinedTerm", "DefinedTermSet"]
    assert level["name"] == [
        {"@language": "en", "@value": "Sales via Media, Level 3"},
        {"@language": "ja", "@value": "メディア利用型セールス レベル3"},
    ]
    assert (level["termCode"], level["about"]) == ("media-L3", [{"@id": ITSS.base + "Level3"}])
    assert [held["@id"].removeprefix(f"{SALES}media-L3-") for held in level["hasDefinedTerm"]] == [
        "scope",
        "track-record",
        "complexity",
        "size",
        "specialty",
        "examination",
    ]


@pytest.mark.parametrize("write", [as_ctdl_asn, as_schema_org])
def test_no_term_is_lost_when_the_json_ld_is_read(any_reading: Reading, write: Callable[[Reading], dict[str, Any]]) -> None:
    document = write(any_reading)
    read = expanded(document)
    assert statements(read) == statements(document) > 0
    assert [name for name in names(read) if "://" not in name and not name.startswith("urn:uuid:")] == []


# what stays and what changes


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=False, catch_exceptions=False)
    assert not result.return_value, result.output
    return result.stdout


@pytest.mark.parametrize("form", ["case", "ctdl-asn", "schema-org"])
def test_the_same_bytes_on_every_run(form: str) -> None:
    def fresh(seed: str) -> bytes:
        command = [sys.executable, "-m", "itss_kg", "export", "--format", form]
        return subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout

    first = fresh("1")
    assert fresh("2") == first
    assert json.loads(first)


def test_a_changed_number_or_date_changes_every_export(tmp_path: Path) -> None:
    text = SALES_FILE.read_text(encoding="utf-8")
    head, _, rest = text.partition("sales:consulting-L5-succession\n  a ")
    changed = tmp_path / "itss-sales.ttl"
    newer = head.replace('dcterms:modified "20', 'dcterms:modified "99')
    changed.write_text(
        f"{newer}sales:consulting-L5-succession\n  a {rest.replace('itss:minimumKinds 3', 'itss:minimumKinds 6', 1)}",
        encoding="utf-8",
    )
    for form in ("case", "ctdl-asn", "schema-org"):
        before, after = run("export", "--format", form), run("export", "--format", form, "--ontology", str(changed))
        sentence = "Level 5: the candidate shall have a record of at least {} of the kinds"
        assert before.count(sentence.format(3)) == after.count(sentence.format(6)) + 2 == 3
        stamp = re.compile(r'"(?:lastChangeDateTime|(?:ceasn:)?dateModified)": "([^"]*)"')
        assert {found[:2] for found in stamp.findall(before)} == {"20"}
        assert {found[:2] for found in stamp.findall(after)} == {"99"}


def test_an_ontology_that_does_not_say_when_it_changed(tmp_path: Path) -> None:
    for name in ("itss-core.ttl", "itss-sales.ttl", "itss-sales-text.ttl"):
        lines = bundled("ontology", name).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("  dcterms:modified ")]
        assert len(kept) == len(lines) - 1, "each ontology says so once"
        (tmp_path / name).write_text("".join(kept), encoding="utf-8")
    with pytest.raises(OntologyError, match="dcterms:modified"):
        as_case(Reading(load(tmp_path / "itss-sales.ttl")))


def test_an_export_is_written_whole_and_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text("old", encoding="utf-8")
    assert run("export", "-o", str(path)) == ""
    assert path.read_text(encoding="utf-8") == run("export", "--format", "case")
    assert list(tmp_path.iterdir()) == [path]
