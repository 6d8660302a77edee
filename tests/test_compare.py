"""What differs between two indicators, stated whole for the comparisons that analysts make most."""

from __future__ import annotations

import pytest

from itss_kg import Prose, Reading, compare, load
from itss_kg.difference import as_json, as_markdown

READING = Reading(load())
PROSE = Prose(READING.standard, "en")


def differences(a: str, b: str) -> list[tuple]:
    found = as_json(compare(READING.standard.find_indicator(a), READING.standard.find_indicator(b), READING, PROSE))
    return [(d["kind"], d["aspect"], d["change"], d["a"], d["b"]) for d in found["differences"]]


def test_consulting_5_and_6() -> None:
    company = "be responsible for at least {} with {:,} employees or more"
    size = "with peak personnel of at least {} persons or annual contract value of at least {:,} yen"
    any_size = "with any recorded peak personnel or any recorded annual contract value"
    factors = ", and showing at least 4 of the complexity factors"
    assert differences("consulting-L5", "consulting-L6") == [
        ("scope", "alternative", "changed", company.format("3 companies", 3000) + " each", company.format("1 company", 5000)),
        (
            "scope",
            "alternative",
            "removed",
            "be responsible for at least 5 companies, departments or establishments with 1,000 employees or more each",
            None,
        ),
        ("scope", "alternative", "added", None, "be responsible for at least 1 whole sub-industry or whole industry"),
        ("track-record", "leadingLevel", "raised", "Level 5", "Level 6"),
        ("track-record", "otherLevel", "raised", "Level 4", "Level 5"),
        ("size", "alternative", "changed", size.format(10, 100_000_000), size.format(50, 500_000_000)),
        ("size", "alternative", "changed", any_size + factors, size.format(10, 100_000_000) + factors),
        ("specialty", "minimumContribution", "raised", "contributes to the company", "contributes to the industry"),
        ("succession", "minimumKinds", "raised", 3, 4),
    ]


def test_what_is_the_same_at_consulting_5_and_6() -> None:
    found = as_json(compare(*(READING.standard.find_indicator(f"consulting-L{n}") for n in (5, 6)), READING, PROSE))
    assert (found["field"], found["levels"]) == ("consulting", [5, 6])
    assert found["same"] == ["complexity", "development"]
    assert found["equivalent"] == []


def test_differences_turn_round() -> None:
    turned = {"raised": "lowered", "added": "removed", "removed": "added", "changed": "changed", "lowered": "raised"}
    there = {(kind, aspect, change, str(a), str(b)) for kind, aspect, change, a, b in differences("product-L4", "product-L5")}
    back = {(kind, aspect, turned[c], str(b), str(a)) for kind, aspect, c, a, b in differences("product-L5", "product-L4")}
    assert there == back
    assert there


def test_worded_differently_but_met_by_the_same_records() -> None:
    """Level 4 asks for one project of Level 4 among those of Level 3, and the two levels' projects are alike."""
    found = compare(*(READING.standard.find_indicator(f"consulting-L{n}") for n in (3, 4)), READING, PROSE)
    assert found.equivalent == ("track-record",)
    assert found.same == ("complexity", "size")


def test_two_fields_at_a_level() -> None:
    found = as_json(compare(*(READING.standard.find_indicator(f"{f}-L5") for f in ("consulting", "media")), READING, PROSE))
    assert found["field"] == ["consulting", "media"]
    lists = [(d["kind"], d["a"], d["b"]) for d in found["differences"] if d["aspect"] == "choosesFrom"]
    assert lists == [
        (
            "complexity",
            ["sales team of several companies", "complicated project structure"],
            ["several IT solution and service components"],
        ),
        (
            "specialty",
            [],
            ["understanding and use of media characteristics", "communication and negotiation through sales media"],
        ),
    ]
    assert [d["kind"] for d in found["differences"] if d["aspect"] == "alternative"] == ["scope"] * 4 + ["size"]


def test_an_indicator_differs_in_nothing_from_itself() -> None:
    for indicator in READING.standard.indicators:
        found = compare(indicator, indicator, READING, PROSE)
        assert found.differences == ()
        assert found.same == tuple(item.kind for item in indicator.criteria)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_markdown_has_a_row_for_each_difference_and_each_same_kind(language: str) -> None:
    found = compare(
        *(READING.standard.find_indicator(f"consulting-L{n}") for n in (6, 7)), READING, Prose(READING.standard, language)
    )
    lines = as_markdown(found, Prose(READING.standard, language)).splitlines()
    assert len(lines) == 2 + len(found.differences) + len(found.same)
    assert all(line.count("|") == 5 for line in lines[2:])
