"""The questions about links worked out a second time: from the tables by csv alone, and from the second reading."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from itss_kg.namespaces import local_name
from tests import second_reading as second
from tests.question_data import ask
from tests.test_questions import FIELDS, engagements, nodes, people, short, skills, verdicts

ROOT = Path(__file__).parent.parent
MAPPINGS = ROOT / "data" / "mappings"
PREFIXES = {"sales": second.SALES, "itss": second.ITSS}
NOTHING = "sssom:NoTermFound"
PROJECTS = ("ginga-core", "ginga-branch", "late")


@cache
def concepts() -> dict[str, dict[str, str]]:
    """The concepts by IRI."""
    with (ROOT / "data" / "frameworks" / "concepts.tsv").open(encoding="utf-8", newline="") as stream:
        return {row["iri"]: row for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)}


@cache
def rows() -> tuple[dict[str, str], ...]:
    """Every mapping, subject and object as whole IRIs."""
    found = []
    for path in sorted(MAPPINGS.glob("*.sssom.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        bases = dict(PREFIXES)
        for line in lines:
            prefix, _, base = line[1:].strip().partition(": ")
            if line.startswith("#  ") and "://" in base:
                bases[prefix.strip()] = base
        for row in csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t"):
            for end in ("subject_id", "object_id"):
                prefix, _, name = row[end].partition(":")
                row[end] = row[end] if row[end] == NOTHING else bases[prefix] + name
            found.append({**row, "set": path.name.partition(".")[0]})
    return tuple(found)


def held() -> Iterator[dict[str, str]]:
    return (row for row in rows() if not row["predicate_modifier"] and row["object_id"] != NOTHING)


def attained(candidate: str, field: str) -> int | None:
    verdict = verdicts().get((local_name(candidate), field))
    return verdict.level if verdict else None


def relation(row: dict[str, str]) -> str:
    return row["predicate_id"].partition(":")[2]


@pytest.mark.parametrize(
    "thing", ["consulting", "media-L4", "area-market-creation", "succession-patent", "complexity-new-reference"]
)
def test_links_of_a_thing(thing: str) -> None:
    found = {
        (row["concept"], row["label"], row["relation"], row["why"])
        for row in short(ask("links-of-a-thing", thing=f"sales:{thing}"))
    }
    assert found == {
        (local_name(row["object_id"]), row["object_label"], relation(row), row["comment"])
        for row in held()
        if row["subject_id"] == second.SALES + thing
    }


@pytest.mark.parametrize("scheme", ["esco-occupations", "isco", "onet", "sfia-levels", "ecf-levels", "eqf-levels"])
def test_concepts_for_levels(scheme: str) -> None:
    for candidate in people():
        said = set()
        for field in FIELDS:
            level = attained(candidate, field)
            for through in (f"{field}-L{level}", field) if level else ():
                for row in held():
                    if row["subject_id"] == second.SALES + through and concepts()[row["object_id"]]["scheme"] == scheme:
                        said.add((field, str(level), through, row["object_label"], relation(row)))
        found = short(ask("concepts-for-a-candidates-levels", candidate=candidate, scheme=scheme))
        assert {(row["field"], row["attained"], row["through"], row["label"], row["relation"]) for row in found} == said
        assert len(found) == len(said)


@pytest.mark.parametrize("field", FIELDS)
def test_items_no_framework_covers(field: str) -> None:
    ladder = second.STANDARD[field].values()
    items = {f"complexity-{name}" for item in ladder for name in item.listed} | {
        f"area-{name}" for item in ladder for name in item.areas
    }
    things = {second.SALES + name for name in items | {f"succession-{name}" for name in second.ACTIVITIES}}
    things |= {second.ITSS + name for name in second.METHODS}
    linked = {row["subject_id"] for row in held()}
    searched = Counter(row["subject_id"] for row in rows() if row["object_id"] == NOTHING)
    found = {row["item"]: row["searched"] for row in short(ask("items-no-framework-covers", field=field))}
    assert found == {local_name(iri): str(searched[iri]) for iri in things - linked}


def test_what_no_framework_covers_at_all() -> None:
    """Pinned, so that a link that is taken away shows: traits of the project sold, which no framework of people describes."""
    assert [row["item"] for row in short(ask("items-no-framework-covers", field="media"))] == [
        "complexity-new-reference",
        "complexity-multiple-components",
        "complexity-proven-offering",
        "complexity-simple-structure",
        "complexity-standard-contract",
        "complexity-standard-requirements",
    ]


@pytest.mark.parametrize(("scheme", "levels"), [("sfia-skills", "sfia-levels"), ("ecf", "ecf-levels"), ("isco", "")])
@pytest.mark.parametrize("project", PROJECTS)
def test_skills_a_team_shows(project: str, scheme: str, levels: str) -> None:
    team = {candidate for candidate, _, _, worked in engagements() if local_name(worked) == project}
    assert team
    beside = {row["subject_id"]: row["object_id"] for row in held() if row["set"] == levels}
    showing: dict[tuple[str, str], set[str]] = {}
    for candidate in team:
        areas = {second.SALES + area for who, area, _, _ in skills() if who == local_name(candidate)}
        for field in FIELDS:
            level = attained(candidate, field)
            if not level or not levels:
                continue
            grade = local_name(beside[f"{second.SALES}{field}-L{level}"])
            for row in held():
                concept = concepts()[row["object_id"]]
                defined = concept["scheme"] == scheme and grade in concept["levels"].split("|")
                if defined and row["subject_id"] in areas | {second.SALES + field}:
                    showing.setdefault((concept["code"], grade), set()).add(candidate)
    found = {
        (row["code"], row["level"]): row["people"]
        for row in short(ask("skills-a-team-shows", project=f"https://example.org/project/{project}", scheme=scheme))
    }
    assert found == {key: str(len(who)) for key, who in showing.items()}


@pytest.mark.parametrize(
    "concept",
    ["SALE", "etdl", "e.4", "coach employees", "http://data.europa.eu/esco/skill/e6850304-e8d1-4abc-a759-8ad2e27bc946"],
)
def test_who_shows_a_skill(concept: str) -> None:
    linked = {
        (local_name(row["subject_id"]), row["object_label"], relation(row))
        for row in held()
        if concept.lower() in {row["object_id"], row["object_label"].lower(), concepts()[row["object_id"]]["code"].lower()}
    }
    assert linked
    recorded = set()
    for candidate in people():
        for link, value in (("hasSpecialty", "inArea"), ("hasSuccession", "activityKind"), ("hasDevelopment", "method")):
            for record in second.reached(nodes(), candidate, link):
                recorded |= {(local_name(candidate), local_name(str(item))) for item in second.objects(nodes(), record, value)}
    said = {(who, item, label, how) for who, item in recorded for thing, label, how in linked if item == thing}
    found = short(ask("who-shows-a-skill", concept=concept))
    assert {(row["candidate"], row["item"], row["label"], row["relation"]) for row in found} == said
    assert said


def test_rejected_and_unlinked() -> None:
    found = Counter((row["thing"], row["concept"], row["why"]) for row in short(ask("rejected-links")))
    assert found == Counter(
        (local_name(row["subject_id"]), local_name(row["object_id"]), row["comment"])
        for row in rows()
        if row["predicate_modifier"]
    )
    none = Counter((row["thing"], row["framework"], row["why"]) for row in short(ask("items-without-a-link")))
    assert none == Counter(
        (local_name(row["subject_id"]), row["object_source"].partition(":")[2], row["comment"])
        for row in rows()
        if row["object_id"] == NOTHING
    )


def test_mapping_sets() -> None:
    found = {row["set"]: (row["links"], row["rejected"], row["unlinked"]) for row in short(ask("mapping-sets"))}
    said: dict[str, list[int]] = {}
    for row in rows():
        kind = 1 if row["predicate_modifier"] else 2 if row["object_id"] == NOTHING else 0
        said.setdefault(row["set"], [0, 0, 0])[kind] += 1
    assert found == {name: tuple(map(str, counts)) for name, counts in said.items()}


@cache
def asked() -> dict[tuple[str, str], list[dict[str, str]]]:
    """What each level of a scheme asks, by scheme and code."""
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    with (ROOT / "data" / "frameworks" / "level-attributes.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            found.setdefault((row["scheme"], row["level"]), []).append(row)
    return found


@pytest.mark.parametrize("scheme", ["sfia-levels", "ecf-levels", "eqf-levels"])
@pytest.mark.parametrize("field", FIELDS)
def test_levels_beside_others(field: str, scheme: str) -> None:
    found = [
        (row["indicator"], row["level"], row["attribute"], row["asks"], row["covered"], row["open"])
        for row in short(ask("levels-beside-other-levels", field=field, scheme=scheme))
    ]
    assert found == [
        (
            local_name(row["subject_id"]),
            local_name(row["object_id"]),
            item["label"],
            item["asks"],
            row[f"ext_{item['attribute']}"],
            row["ext_gaps"],
        )
        for row in held()
        if row["set"] == scheme and row["subject_id"].startswith(f"{second.SALES}{field}-")
        for item in sorted(asked()[scheme, concepts()[row["object_id"]]["code"]], key=lambda item: item["label"])
    ]
    assert len(found) == 3 * len(second.STANDARD[field])


def test_no_level_stands_beside_what_has_none() -> None:
    assert short(ask("levels-beside-other-levels", scheme="isco")) == []
