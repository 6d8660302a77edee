"""The pages and maps of the links: everything is on them once, and what the ontology says on them comes from there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import pytest

from itss_kg import Reading, Standard
from itss_kg.frameworks import load_frameworks
from itss_kg.graph import Graph, literal
from itss_kg.link_map import drawn
from itss_kg.link_pages import link_pages
from itss_kg.mapping_rows import Link, links_of
from itss_kg.mappings import load_sets
from itss_kg.namespaces import ITSS, PREFIXES

FRAMEWORKS = load_frameworks()
LINKS = list(links_of(load_sets(), FRAMEWORKS))
SIDES = ("end", "start")  # where the texts of the two columns are anchored
SVG = "{http://www.w3.org/2000/svg}"


@cache
def pages(reading: Reading) -> dict[str, str]:
    return dict(link_pages(reading, load_sets()))


def own(key: str) -> list[Link]:
    return [item for item in LINKS if item.framework == key]


def test_there_is_a_page_and_a_map_for_each_framework(reading: Reading) -> None:
    names = [f"{key}.{suffix}" for key in FRAMEWORKS.keys for suffix in ("svg", "md")]
    assert list(pages(reading)) == [*names, "README.md"]
    assert sorted(FRAMEWORKS.reasons) == sorted(FRAMEWORKS.keys)


@pytest.mark.parametrize("key", FRAMEWORKS.keys)
def test_every_judgement_is_on_the_page_with_its_reason(key: str, reading: Reading) -> None:
    text = pages(reading)[f"{key}.md"]
    for item in own(key):
        assert item.mapping["comment"].replace("|", "\\|") in text
    tables = Counter(re.findall(r"^\| .* \| (related to|close to|narrower than|broader than|rejected)", text, re.MULTILINE))
    compared = sum("ext_gaps" in item.mapping.slots for item in own(key))
    assert sum(tables.values()) == sum(not item.mapping.unlinked for item in own(key)) - compared


@pytest.mark.parametrize("key", FRAMEWORKS.keys)
def test_a_map_has_a_line_for_each_judgement_and_names_everything_once(key: str, standard: Standard) -> None:
    root = ElementTree.fromstring(drawn(own(key), standard, FRAMEWORKS, key))  # noqa: S314  # our own drawing
    lines = [path for path in root.iter(f"{SVG}path") if "C" in path.attrib["d"]]
    judged = [item.mapping for item in own(key) if not item.mapping.unlinked]
    assert len(lines) == len(judged)
    assert sum(path.attrib["stroke"] == "#b3261e" for path in lines) == sum(row.negated for row in judged)
    arrows = Counter(name for path in lines for name in ("marker-start", "marker-end") if name in path.attrib)
    relations = Counter(row.predicate.rpartition("#")[2] for row in judged if row.holds)
    assert (arrows["marker-end"], arrows["marker-start"]) == (relations["broadMatch"], relations["narrowMatch"])
    shown = {side: Counter(text.text for text in root.iter(f"{SVG}text") if text.get("text-anchor") == side) for side in SIDES}
    for item in own(key):
        row = item.mapping
        name = standard.label(row.subject)
        assert shown["end"][name] + shown["end"][f"{name} – nothing found"] == 1
        if not row.unlinked:
            code = "" if item.code in row["object_label"].split() else item.code
            assert shown["start"][" ".join(part for part in (code, row["object_label"]) if part)] == 1


def test_a_map_is_the_same_for_the_same_links(standard: Standard) -> None:
    assert drawn(own("esco"), standard, FRAMEWORKS, "x") == drawn(list(own("esco")), standard, FRAMEWORKS, "x")
    assert "A &amp; B &lt;" in drawn(own("isco"), standard, FRAMEWORKS, "A & B <")


def test_what_an_indicator_asks_comes_from_the_ontology(standard: Standard, reading: Reading) -> None:
    before = pages(reading)
    assert "company, department or establishment with 300 employees or more" in before["sfia.md"]
    demand = PREFIXES["sales"] + "consulting-L3-scope-organizations-segments"
    triples = [(s, p, literal(444) if (s, p) == (demand, ITSS.minimumEmployees) else o) for s, p, o in standard.graph]
    changed = pages(Reading(replace(standard, graph=Graph(triples))))
    assert "with 444 employees or more" in changed["sfia.md"]
    assert "with 444 employees or more" in changed["eqf.md"]
    assert {name for name in before if before[name] != changed[name]} == {"sfia.md", "ecf.md", "eqf.md"}


COMPARED = {
    "sfia": ("SFIA 9 level ", ["autonomy", "influence", "complexity"]),
    "ecf": ("e-CF 3.0 e-Competence level e-", ["autonomy", "context complexity", "behaviour"]),
    "eqf": ("EQF Level ", ["knowledge", "skills", "responsibility and autonomy"]),
}


@pytest.mark.parametrize("key", COMPARED)
def test_each_attribute_of_a_level_stands_beside_what_the_indicator_asks(key: str, reading: Reading) -> None:
    level, attributes = COMPARED[key]
    sections = re.split(r"^### ", pages(reading)[f"{key}.md"], flags=re.MULTILINE)
    beside = [section for section in sections if f" beside {level}" in section.partition("\n")[0]]
    assert len(beside) == 12
    for section in beside:
        rows = re.findall(r"^\| ([^|*]+) \| [^|]+ \| (as a whole|in part|not at all) \| (\*\*|– \|)", section, re.MULTILINE)
        assert [row[0] for row in rows] == attributes
        assert all((how == "not at all") == (asks == "– |") for _, how, asks in rows)
        assert "Left open: " in section


@pytest.mark.parametrize("key", FRAMEWORKS.keys)
def test_a_page_says_in_which_copies_a_list_was_seen(key: str, reading: Reading) -> None:
    text = pages(reading)[f"{key}.md"]
    seen = [f"- {scheme.title}: {copy}" for scheme in FRAMEWORKS.schemes if scheme.framework == key for copy in scheme.seen]
    assert ("Seen in these public copies:" in text) == bool(seen) == (key in ("ecf", "eqf"))
    assert all(line in text.splitlines() for line in seen)


def test_what_could_not_be_verified_is_said(reading: Reading) -> None:
    assert "No identifiers of the levels by CEN were found in any public copy" in pages(reading)["ecf.md"]
    assert "which to which was not found" in pages(reading)["ecf.md"]
    assert "could not be verified, so none is used" in pages(reading)["eqf.md"]
