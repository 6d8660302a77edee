"""The questions of the catalogue: their headers, their answers on the bundled records, and what their parameters refuse.

The answers in `expected/questions` were written by running the questions. So that they are not merely what the questions say,
those of the list below are worked out a second time in Python: the verdicts and the numbers of the standard from
`second_reading`, which shares nothing with the package, everything else from the statements of the records.

    standard  differences-between-levels, differences-between-fields, progression-of-thresholds, scopes-of-a-field,
              sizes-of-a-field, items-of-one-field-only, items-an-indicator-lists, criteria-that-list-a-factor,
              indicators-with-the-same-scope
    verdicts  who-attains-a-level, distribution-by-field-and-level, who-attains-by-examination-only, who-is-one-criterion-away,
              who-is-near-the-top, what-blocks-most-people, what-alone-blocks-most-people, what-a-candidate-lacks,
              levels-of-a-candidate, levels-with-few-holders, pipeline-to-each-level, who-attains-nothing,
              who-attains-in-several-fields
    claims    claims-borne-out, claims-not-borne-out, who-attains-more-than-claimed, candidates-without-a-claim
    projects  projects-that-count-for-a-field, why-projects-do-not-count, levels-of-a-candidates-projects, team-of-a-project,
              history-of-a-candidate, candidates-sharing-projects, projects-by-complexity-factor, projects-with-a-factor,
              projects-that-reach-a-size-band, projects-missing-an-expectation
    people    who-could-mentor-a-candidate, who-could-mentor-whom, who-nobody-can-mentor, areas-nobody-covers,
              guidance-by-area, contribution-by-area, succession-kinds-few-show, segments-by-kind, candidates-in-several-fields
    faults    people-with-faulty-records, commonest-faults: counted by hand from the comments of `faulty.ttl`
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from rdflib.plugins.sparql import prepareQuery

from itss_kg import CallError
from itss_kg.catalogue import bind
from itss_kg.namespaces import local_name
from tests import second_reading as second
from tests.question_data import EXPECTED, ROOT, Answer, ask, bound, example, expected, kept, questions, records, standard, store
from tests.second_reading import ACTIVITIES, STANDARD, Shown, Verdict, gather, judge

NAMES = sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))
PERSON = "https://example.org/person/"
PROJECT = "https://example.org/project/"
FIELDS = tuple(STANDARD)
KINDS = tuple(second.CRITERIA)
LINKS = ("hasEngagement", "responsibleFor", "hasSpecialty", "hasSuccession", "hasDevelopment")

# The catalogue as a whole


def test_how_many_questions_there_are() -> None:
    assert len(NAMES) == 93
    assert [name for name in NAMES if questions()[name].federated] == ["names-from-another-endpoint"]


def test_every_question_has_its_expected_answer_and_the_other_way_round() -> None:
    assert sorted(path.stem for path in EXPECTED.glob("*.json")) == NAMES
    assert sorted(questions()) == NAMES


def test_titles_and_questions_are_asked_once() -> None:
    for text in ("title", "question"):
        for language in ("en", "ja"):
            said = Counter(getattr(question, text)[language] for question in questions().values())
            assert not [words for words, times in said.items() if times > 1]


# One question


@pytest.mark.parametrize("name", NAMES)
def test_answer(name: str) -> None:
    found = ask(name)
    assert found.rows, "a question is shown with values that give an answer"
    assert found == expected(name), "read the difference, then: python -m tests.question_data"
    assert (EXPECTED / f"{name}.json").read_text(encoding="utf-8") == kept(found)


@pytest.mark.parametrize("name", NAMES)
def test_order_is_the_question_s_own(name: str) -> None:
    found = backwards().query(bound(name))
    assert isinstance(found, ox.QuerySolutions)
    assert [[None if term is None else term.value for term in row] for row in found] == expected(name).rows


@cache
def backwards() -> ox.Store:
    """The same data, put in from the other end."""
    found = ox.Store()
    for quad in sorted(store(), key=str, reverse=True):
        found.add(quad)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_header(name: str) -> None:
    question = questions()[name]
    header = header_of(question.text)
    assert list(question.columns) == expected(name).columns
    texts = [question.title, question.question, *question.columns.values(), *(item.about for item in question.parameters)]
    for text in texts:
        assert set(text) == {"en", "ja"}
        assert text["en"].isascii()
        assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text["ja"]), text
    assert question.question["en"].endswith("?")
    assert question.question["ja"].endswith("か。")
    assert header["description"].endswith(".")
    assert question.tags
    assert all(re.fullmatch(r"[a-z]+", tag) for tag in question.tags)


@pytest.mark.parametrize("name", NAMES)
def test_decorators_of_grlc(name: str) -> None:
    question = questions()[name]
    header = header_of(question.text)
    assert header["method"] == "GET"
    assert header.get("pagination", 100) == 100
    defaults = {key: value for item in header.get("defaults", []) for key, value in item.items()}
    assert list(defaults) == [item.name for item in question.parameters]
    assert bind(question, {key: str(value) for key, value in defaults.items()}, standard()) == bind(question, {}, standard())
    for item in question.parameters:  # grlc knows no short names
        assert not isinstance(defaults[item.name], str) or item.type == "string" or "://" in defaults[item.name]


@pytest.mark.parametrize("name", NAMES)
def test_example(name: str) -> None:
    values = example(questions()[name])
    assert set(values) <= {item.name for item in questions()[name].parameters}
    assert ask(name, **values).rows


@pytest.mark.parametrize("name", NAMES)
def test_form(name: str) -> None:
    text = questions()[name].text
    query = "\n".join(line for line in text.splitlines() if not line.startswith("#+"))
    plain = re.sub(r'<[^>\s]*>|"[^"\n]*"|#[^\n]*', " ", query)
    assert not re.search(r"(?<!\w)\d{3,}", plain), "a number of the standard is read from the graph"
    words = set(re.findall(r"(?<![?$:\w])[A-Za-z]+(?![\w:-])", plain)) - {"isIRI", "isNumeric", "true", "false"}
    assert {word for word in words if not word.isupper()} == set(), "keywords are upper case"
    assert not words & {"GRAPH", "FROM", "REDUCED", "LOAD", "INSERT", "DELETE"}
    asked = [item.variable for item in questions()[name].parameters if item.asked]
    assert re.findall(r"SERVICE\s+(\S+)", query) == [f"?{variable}" for variable in asked], "who is asked is a parameter"
    assert ("SERVICE" in words) == bool(asked) == questions()[name].federated == ("federated" in questions()[name].tags)
    assert not re.search(r"SELECT\s+(DISTINCT\s+)?\*", plain), "columns are named"
    assert "ORDER" in words
    assert "sales:" not in plain, "a question is not about one job category"
    projected = re.findall(r"SELECT(.*?)WHERE", plain, re.DOTALL)
    assert not any("?_" in part for part in projected), "a parameter is not projected"
    assert not re.search(r"(AS|BY)\s+\?_", plain)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert text.startswith("#+ summary: ")
    assert max(map(len, query.splitlines())) <= 140


@pytest.mark.parametrize("name", NAMES)
def test_rdflib_parses_it_too(name: str) -> None:
    prepareQuery(questions()[name].text)
    prepareQuery(bind(questions()[name], {}, standard()))


def header_of(text: str) -> dict[str, Any]:
    found = yaml.safe_load("\n".join(line[3:] for line in text.splitlines() if line.startswith("#+")))
    assert isinstance(found, dict)
    return found


# What a parameter may be


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        (
            "who-attains-a-level",
            {"feild": "media"},
            "unknown parameter 'feild': its parameters are field, level; did you mean field",
        ),
        ("size-bands", {"band": "small"}, "unknown parameter 'band': it has no parameters"),
        ("who-attains-a-level", {"field": "sales"}, "field is one of consulting, product, media, not 'sales'"),
        ("who-attains-a-level", {"field": "consultin"}, "did you mean consulting"),
        ("who-attains-a-level", {"level": "five"}, "level is a whole number, not 'five'"),
        ("who-attains-a-level", {"level": "5.5"}, "level is a whole number, not '5.5'"),
        ("who-attains-a-level", {"level": "5 OR 1"}, "level is a whole number"),
        (
            "demands-of-an-indicator",
            {"indicator": "media-L6"},
            "indicator is one of .*consulting-L3.*media-L5.*, not 'media-L6'",
        ),
        (
            "criteria-that-list-an-area",
            {"area": "patent"},
            "area is one of market-creation, .*, media-communication, not 'patent'",
        ),
        ("what-a-rule-decides", {"rule": "R13"}, "rule is one of R1, R2, .*R12, not 'R13'"),
        (
            "areas-nobody-covers",
            {"guidance": "Guides"},
            "one of PerformsIndependently, GuidesSubordinates, GuidesOthers, not 'Guides'",
        ),
        (
            "what-a-candidate-lacks",
            {"candidate": "Kato"},
            "candidate is an IRI such as https://example.org/person/team-yamaguchi, not 'Kato'",
        ),
        ("what-a-candidate-lacks", {"candidate": ""}, "candidate is an IRI"),
        *(
            (
                "names-from-another-endpoint",
                {"endpoint": given},
                f"endpoint is an {kind} such as http://127.0.0.1:7878/query, not '{given}'",
            )
            for given, kind in {
                "esco": "IRI",
                "urn:esco": "address",
                "file:///etc/passwd": "address",
                "http:///x": "address",
            }.items()
        ),
    ],
)
def test_what_is_not_allowed(name: str, values: dict[str, str], said: str) -> None:
    with pytest.raises(CallError, match=f"^{name}: .*{said}"):
        bind(questions()[name], values, standard())


@pytest.mark.parametrize("given", ["consulting", "Consulting", "sales:consulting", "https://w3id.org/itss-kg/sales/consulting"])
def test_names_of_a_field(given: str) -> None:
    assert ask("who-is-near-the-top", field=given) == expected("who-is-near-the-top")


def test_a_parameter_without_a_default_is_needed() -> None:
    question = questions()["what-a-candidate-lacks"]
    bare = replace(question, parameters=tuple(replace(item, default=None) for item in question.parameters))
    with pytest.raises(CallError, match="the parameter candidate is needed: an IRI"):
        bind(bare, {}, standard())


HOSTILE = [
    '"',
    "'",
    "\\",
    '\\"',
    '" } ; DROP ALL #',
    '"^^<https://example.org/> } # ',
    "} UNION { ?s ?p ?o",
    "> } ; DROP ALL",
    "https://example.org/> } ; DROP ALL #",
    "https://example.org/a b",
    "https://example.org/{x}",
    "line\nbreak",
    "carriage\rreturn",
    "tab\there",
    "\\u0022 } ; DROP ALL #",
    "https://example.org/\\u003E",
    "?_keyword_string",
    "'''",
    '"""',
    "# comment",
    "日本語「引用」",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_text_stays_one_text(value: str) -> None:
    question = replace(questions()["questions-with-a-keyword"], text="SELECT ?x WHERE { BIND ( ?_keyword_string AS ?x ) }")
    found = store().query(bind(question, {"keyword": value}, standard()))
    assert isinstance(found, ox.QuerySolutions)
    assert [row["x"] for row in found] == [ox.Literal(value)]
    assert ask("questions-with-a-keyword", keyword=value).rows == []


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["what-a-candidate-lacks", "who-is-near-the-top"])
def test_nothing_else_passes_for_an_iri(name: str, value: str) -> None:
    parameter = questions()[name].parameters[0].name
    with pytest.raises(CallError, match=f"{parameter} is"):
        bind(questions()[name], {parameter: value}, standard())


@pytest.mark.parametrize("value", [item for item in HOSTILE if item != "?_keyword_string"])
def test_nothing_else_passes_for_a_number(value: str) -> None:
    with pytest.raises(CallError, match="level is a whole number"):
        bind(questions()["who-attains-a-level"], {"level": value}, standard())


# The second reckoning: the standard


def short(rows: Answer) -> list[dict[str, str | None]]:
    """The rows by column, IRIs by the part after their namespace."""
    return [dict(zip(rows.columns, map(tail, row), strict=True)) for row in rows.rows]


def tail(cell: str | None) -> str | None:
    return local_name(cell) if cell and "://" in cell else cell


@pytest.mark.parametrize("field", FIELDS)
def test_progression_by_the_second_reading(field: str) -> None:
    found = {
        (row["kind"], row["demand_en"], row["level"]): row["value"]
        for row in short(ask("progression-of-thresholds", field=field))
    }
    for level, item in STANDARD[field].items():
        said = {
            ("track-record", "minimum number of times"): item.times,
            ("complexity", "minimum number of complexity factors"): item.factors,
            ("specialty", "minimum guidance"): item.guidance,
            ("specialty", "minimum contribution"): item.contribution,
            ("succession", "minimum number of kinds"): item.succession,
            ("track-record", "minimum number of leading projects"): item.leading,
        }
        for (kind, demand), value in said.items():
            assert found.get((kind, demand, str(level))) == (None if value is None else str(value)), (level, demand)


@pytest.mark.parametrize("field", FIELDS)
def test_scopes_by_the_second_reading(field: str) -> None:
    found: dict[tuple[str | None, ...], set[str]] = {}
    for row in short(ask("scopes-of-a-field", field=field)):
        kind = KIND_NAMES[str(row["kind_en"])]
        found.setdefault((row["level"], row["segments"], row["employees"]), set()).add(kind)
    said: dict[tuple[str | None, ...], set[str]] = {}
    for level, item in STANDARD[field].items():
        for alternative in item.scope:
            for asked in alternative:
                employees = None if asked.employees is None else str(asked.employees)
                said.setdefault((str(level), str(asked.number), employees), set()).update(asked.kinds)
    assert found == said


KIND_NAMES = {
    "whole industry": "Industry",
    "whole sub-industry": "SubIndustry",
    "part of a sub-industry": "SubIndustryPart",
    "company": "Company",
    "department": "Department",
    "establishment": "Establishment",
    "whole product group": "ProductGroup",
    "whole service group": "ServiceGroup",
    "part of a product group": "ProductPart",
    "part of a service group": "ServicePart",
}


@pytest.mark.parametrize("field", FIELDS)
def test_sizes_by_the_second_reading(field: str) -> None:
    found = Counter(
        (row["level"], row["measure_en"], row["at_least"], row["factors"])
        for row in short(ask("sizes-of-a-field", field=field))
    )
    said = Counter[tuple[str | None, ...]]()
    for level, item in STANDARD[field].items():
        for size in item.size:
            more = None if size.factors is None else str(size.factors)
            for measure, floor in (("peak personnel", size.persons), ("annual contract value", size.yen)):
                said[str(level), measure, None if floor is None else str(floor), more] += 1
    assert found == said


def test_items_by_the_second_reading() -> None:
    lists = {
        field: set().union(*(prefixed("complexity-", item.listed) | prefixed("area-", item.areas) for item in ladder.values()))
        for field, ladder in STANDARD.items()
    }
    said = {(item, field) for field in FIELDS for item in lists[field] if sum(item in other for other in lists.values()) == 1}
    assert {(row["item"], row["field"]) for row in short(ask("items-of-one-field-only"))} == said
    top = STANDARD["consulting"][7]
    rows = short(ask("items-an-indicator-lists"))
    assert {row["item"] for row in rows if row["kind"] == "complexity"} == prefixed("complexity-", top.listed)
    assert {row["item"] for row in rows if row["kind"] == "specialty"} == prefixed("area-", top.areas)
    assert {row["item"] for row in rows if row["must"]} == prefixed("complexity-", top.required)
    listing = {
        (field, str(level)) for field, ladder in STANDARD.items() for level in ladder if "new-reference" in ladder[level].listed
    }
    assert {(row["field"], row["level"]) for row in short(ask("criteria-that-list-a-factor"))} == listing


def prefixed(prefix: str, names: Iterable[str]) -> set[str]:
    return {prefix + name for name in names}


@pytest.mark.parametrize(
    ("field", "one", "other"), [("consulting", 5, 6), ("consulting", 3, 7), ("product", 4, 6), ("media", 3, 5)]
)
def test_differences_between_levels_by_the_second_reading(field: str, one: int, other: int) -> None:
    rows = short(ask("differences-between-levels", **{"field": field, "from": str(one), "to": str(other)}))
    assert {row["kind"] for row in rows} == differing(STANDARD[field][one], STANDARD[field][other])
    assert {row["level"] for row in rows} <= {str(one), str(other)}
    turned = short(ask("differences-between-levels", **{"field": field, "from": str(other), "to": str(one)}))
    assert turned == rows


@pytest.mark.parametrize(("one", "other"), list(combinations(FIELDS, 2)))
@pytest.mark.parametrize("level", [3, 4, 5])
def test_differences_between_fields_by_the_second_reading(one: str, other: str, level: int) -> None:
    rows = short(ask("differences-between-fields", first=one, second=other, level=str(level)))
    assert {row["kind"] for row in rows} == differing(STANDARD[one][level], STANDARD[other][level])


def differing(a: second.Indicator, b: second.Indicator) -> set[str]:
    """The kinds of criterion in which two indicators differ."""
    parts = {
        "scope": ("scope",),
        "track-record": ("times", "others", "leading"),
        "complexity": ("factors", "listed", "required"),
        "size": ("size",),
        "specialty": ("areas", "guidance", "contribution"),
        "succession": ("succession",),
        "development": ("development",),
    }
    return {kind for kind, names in parts.items() if any(getattr(a, name) != getattr(b, name) for name in names)}


def test_same_scopes_by_the_second_reading() -> None:
    alternatives = [
        (f"{field}-L{level}", frozenset(alternative))
        for field, ladder in STANDARD.items()
        for level, item in ladder.items()
        for alternative in item.scope
    ]
    said = Counter(tuple(sorted((a, b))) for (a, one), (b, other) in combinations(alternatives, 2) if one == other and a != b)
    assert Counter((row["indicator"], row["same"]) for row in short(ask("indicators-with-the-same-scope"))) == said


# The second reckoning: verdicts and claims


@cache
def shown() -> dict[tuple[str, str], Shown]:
    return gather(records())


@cache
def verdicts() -> dict[tuple[str, str], Verdict]:
    return {(local_name(candidate), field): judge(item) for (candidate, field), item in shown().items()}


@cache
def nodes() -> second.Nodes:
    found: second.Nodes = {}
    for subject, predicate, term in records():
        found.setdefault(subject, {}).setdefault(predicate, set()).add(term)
    return found


def people() -> list[str]:
    return sorted({candidate for candidate, _ in shown()})


def claims(candidate: str) -> Iterator[tuple[str, int]]:
    for claim in second.names(nodes(), PERSON + candidate, "claims", ""):
        field, _, level = claim.partition("-L")
        yield field, int(level)


def text(value: int | None) -> str | None:
    return None if value is None else str(value)


def test_who_attains_by_the_second_reading() -> None:
    for field in FIELDS:
        for level in STANDARD[field]:
            said = {
                (name, str(v.level), v.basis)
                for (name, own), v in verdicts().items()
                if own == field and (v.level or 0) >= level
            }
            rows = short(ask("who-attains-a-level", field=field, level=str(level)))
            assert {(row["candidate"], row["attained"], row["basis"]) for row in rows} == said
            assert len(rows) == len(said)


def test_distribution_by_the_second_reading() -> None:
    said = Counter((field, text(verdict.level)) for (_, field), verdict in verdicts().items())
    examined = Counter(
        (field, text(verdict.level)) for (_, field), verdict in verdicts().items() if verdict.basis == "examination"
    )
    rows = short(ask("distribution-by-field-and-level"))
    assert {(row["field"], row["level"]) for row in rows} >= set(said)
    for row in rows:
        key = (str(row["field"]), row["level"])
        assert (row["people"], row["by_examination"]) == (str(said[key]), str(examined[key]))
    only = {(name, field) for (name, field), verdict in verdicts().items() if verdict.basis == "examination"}
    assert {(row["candidate"], row["field"]) for row in short(ask("who-attains-by-examination-only"))} == only


@pytest.mark.parametrize("field", FIELDS)
def test_near_and_blocked_by_the_second_reading(field: str) -> None:
    own = {name: verdict for (name, place), verdict in verdicts().items() if place == field}
    near = {
        (name, text(verdict.above), unmet.kind, text(unmet.required), text(unmet.found))
        for name, verdict in own.items()
        if len(verdict.unmet) == 1
        for unmet in verdict.unmet
    }
    columns = ("candidate", "level", "kind", "required", "found")
    rows = short(ask("who-is-one-criterion-away", field=field))
    assert {tuple(row[column] for column in columns) for row in rows} == near

    blocked = Counter((text(verdict.above), unmet.kind) for verdict in own.values() for unmet in verdict.unmet)
    standing = Counter(text(verdict.above) for verdict in own.values())
    found = {
        (row["level"], row["kind"]): (row["people"], row["candidates"])
        for row in short(ask("what-blocks-most-people", field=field))
    }
    assert found == {key: (str(times), str(standing[key[0]])) for key, times in blocked.items()}

    top = max(STANDARD[field])
    said = {(name, str(len(verdict.unmet))) for name, verdict in own.items() if verdict.above == top}
    assert {(row["candidate"], row["shortfalls"]) for row in short(ask("who-is-near-the-top", field=field))} == said


def test_what_alone_blocks_by_the_second_reading() -> None:
    said = Counter(
        f"{field}-L{verdict.above}-{verdict.unmet[0].kind}"
        for (_, field), verdict in verdicts().items()
        if len(verdict.unmet) == 1
    )
    assert {row["criterion"]: row["people"] for row in short(ask("what-alone-blocks-most-people"))} == {
        key: str(times) for key, times in said.items()
    }


def test_candidates_by_the_second_reading() -> None:
    for candidate in people():
        name = local_name(candidate)
        own = {field: verdicts()[name, field] for field in FIELDS}
        lacks = [
            (field, text(verdict.above), unmet.kind, text(unmet.required), text(unmet.found))
            for field, verdict in own.items()
            for unmet in verdict.unmet
        ]
        rows = short(ask("what-a-candidate-lacks", candidate=candidate))
        assert [tuple(row[column] for column in ("field", "level", "kind", "required", "found")) for row in rows] == lacks
        levels = [(f, text(v.level), v.basis, text(v.above), str(len(v.unmet))) for f, v in own.items()]
        assert [tuple(row) for row in ask("levels-of-a-candidate", candidate=candidate).rows] == levels


def test_holders_by_the_second_reading() -> None:
    levels = [(field, level) for field, ladder in STANDARD.items() for level in sorted(ladder)]
    above = {(f, n): sum((v.level or 0) >= n for (_, own), v in verdicts().items() if own == f) for f, n in levels}
    for least in (1, 2, 5, 100):
        rows = short(ask("levels-with-few-holders", least=str(least)))
        said = {(field, str(level), str(held)) for (field, level), held in above.items() if held < least}
        assert {(row["field"], row["level"], row["people"]) for row in rows} == said
    own = {(f, n): [v for (_, field), v in verdicts().items() if field == f] for f, n in levels}
    pipeline = [
        (
            f"{field}-L{level}",
            str(sum(v.level == level for v in own[field, level])),
            str(sum(v.above == level for v in own[field, level])),
            str(sum(v.above == level and len(v.unmet) == 1 for v in own[field, level])),
        )
        for field, level in levels
    ]
    columns = ("indicator", "holders", "following", "close")
    assert [tuple(row[column] for column in columns) for row in short(ask("pipeline-to-each-level"))] == pipeline


def test_who_attains_nothing_or_in_several_fields_by_the_second_reading() -> None:
    names = [local_name(candidate) for candidate in people()]
    nothing = {
        n: min(len(verdicts()[n, f].unmet) for f in FIELDS) for n in names if all(not verdicts()[n, f].level for f in FIELDS)
    }
    assert {row["candidate"]: row["shortfalls"] for row in short(ask("who-attains-nothing"))} == {
        name: str(least) for name, least in nothing.items()
    }
    several = {n: sum(verdicts()[n, f].basis == "record" for f in FIELDS) for n in names}
    assert {row["candidate"]: row["fields"] for row in short(ask("who-attains-in-several-fields"))} == {
        name: str(fields) for name, fields in several.items() if fields > 1
    }


def test_claims_by_the_second_reading() -> None:
    borne, not_borne, more, silent = set(), set(), set(), set()
    for name in map(local_name, people()):
        claimed = dict(claims(name))
        if not claimed:
            silent.add(name)
        for field, level in claimed.items():
            attained = verdicts()[name, field].level
            (borne if (attained or 0) >= level else not_borne).add((name, field, str(level), text(attained)))
        for field in FIELDS:
            verdict = verdicts()[name, field]
            if verdict.basis == "record" and (verdict.level or 0) > claimed.get(field, 0):
                more.add((name, field, text(claimed.get(field)), str(verdict.level)))
    columns = ("candidate", "field", "claimed", "attained")
    for question, said in (
        ("claims-borne-out", borne),
        ("claims-not-borne-out", not_borne),
        ("who-attains-more-than-claimed", more),
    ):
        assert {tuple(row[column] for column in columns) for row in short(ask(question))} == said, question
    assert {row["candidate"] for row in short(ask("candidates-without-a-claim"))} == silent


# The second reckoning: projects


def engagements() -> Iterator[tuple[str, str, str, str]]:
    """Candidate, engagement, field and project, as the records state them."""
    for candidate in people():
        for engagement in second.reached(nodes(), candidate, "hasEngagement"):
            for project in second.reached(nodes(), engagement, "onProject"):
                for field in second.names(nodes(), engagement, "inField", ""):
                    yield candidate, engagement, field, project


@pytest.mark.parametrize("field", FIELDS)
def test_which_projects_count(field: str) -> None:
    counting: dict[str, set[str]] = {}
    missing = Counter[tuple[str, str, str]]()
    for candidate, engagement, own, project in engagements():
        if own == field:
            tasks = second.TASKS - second.names(nodes(), engagement, "performed")
            expectations = second.EXPECTATIONS - second.names(nodes(), project, "metExpectation")
            missing.update((local_name(candidate), local_name(project), item) for item in tasks | expectations)
            if not tasks and not expectations:
                counting.setdefault(local_name(project), set()).add(candidate)
    rows = short(ask("projects-that-count-for-a-field", field=field))
    assert {row["project"]: row["people"] for row in rows} == {project: str(len(who)) for project, who in counting.items()}
    found = short(ask("why-projects-do-not-count", field=field))
    assert Counter((row["candidate"], row["project"], row["missing"]) for row in found) == missing


def test_levels_of_projects_by_the_second_reading() -> None:
    for candidate in people():
        said = set()
        for _, _, field, project in (row for row in engagements() if row[0] == candidate):
            facts = second.Project(
                second.names(nodes(), project, "hasComplexity", "complexity-"),
                frozenset(value for value in second.numbers(nodes(), project, "peakPersonnel") if value >= 1),
                frozenset(value for value in second.numbers(nodes(), project, "annualContractValue") if value > 0),
            )
            ladder = STANDARD[field].items()
            complexity = max((level for level, item in ladder if second.has_complexity(facts, item)), default=None)
            size = max((level for level, item in ladder if second.has_size(facts, item)), default=None)
            said.add((field, local_name(project), text(complexity), text(size)))
        rows = short(ask("levels-of-a-candidates-projects", candidate=candidate))
        assert {tuple(row.values()) for row in rows} == said
        assert len(rows) == len(said)


def test_teams_and_histories() -> None:
    by_project: dict[str, set[str]] = {}
    for candidate, _, _, project in engagements():
        by_project.setdefault(project, set()).add(candidate)
    for project, team in by_project.items():
        assert {row[0] for row in ask("team-of-a-project", project=project).rows} == team
        assert {row[0] for row in ask("verdicts-resting-on-a-project", project=project).rows} <= team
    for candidate in people():
        said = Counter(
            (local_name(p), f, str(len(second.names(nodes(), e, "performed"))))
            for c, e, f, p in engagements()
            if c == candidate
        )
        rows = short(ask("history-of-a-candidate", candidate=candidate))
        assert Counter((row["project"], row["field"], row["tasks"]) for row in rows) == said
    sharing = Counter(pair for team in by_project.values() for pair in combinations(sorted(team), 2))
    for least in (1, 2, 3):
        rows = ask("candidates-sharing-projects", least=str(least))
        pairs = {(row["candidate"], row["colleague"]): row["projects"] for row in short(rows)}
        assert pairs == {tuple(map(local_name, pair)): str(times) for pair, times in sharing.items() if times >= least}


def test_projects_as_they_are() -> None:
    factors = {
        node: second.names(nodes(), node, "hasComplexity", "complexity-")
        for node, row in nodes().items()
        if second.ITSS + "Project" in row.get(second.TYPE, ())
    }
    counted = Counter(factor for item in factors.values() for factor in item)
    rows = short(ask("projects-by-complexity-factor"))
    assert {row["factor"]: row["projects"] for row in rows} == {
        f"complexity-{name}": str(counted[name])
        for name in second.FACTORS | second.MEDIA_FACTORS | second.SIMPLE_FACTORS | second.GLOBAL
    }
    for factor in ("global-advanced", "new-reference"):
        found = {row["project"]: row["factors"] for row in short(ask("projects-with-a-factor", factor=factor))}
        assert found == {local_name(node): str(len(item)) for node, item in factors.items() if factor in item}
    missed = {
        (local_name(node), item)
        for node in factors
        for item in second.EXPECTATIONS - second.names(nodes(), node, "metExpectation")
    }
    assert {(row["project"], row["missing"]) for row in short(ask("projects-missing-an-expectation"))} == missed
    floors = {"size-small": (1, 1), "size-medium": (10, 10**8), "size-large": (50, 5 * 10**8), "size-very-large": (500, 10**9)}
    for band, (persons, yen) in floors.items():
        reaching = {
            local_name(node)
            for node in factors
            if any(value >= persons for value in second.numbers(nodes(), node, "peakPersonnel"))
            or any(value >= yen for value in second.numbers(nodes(), node, "annualContractValue"))
        }
        assert {row["project"] for row in short(ask("projects-that-reach-a-size-band", band=band))} == reaching


# The second reckoning: people


def skills() -> Iterator[tuple[str, str, str, str | None]]:
    """Candidate, area, guidance and contribution of each specialty record."""
    for candidate in people():
        for record in second.reached(nodes(), candidate, "hasSpecialty"):
            (area,) = second.names(nodes(), record, "inArea", "")
            (guidance,) = second.names(nodes(), record, "guidance")
            contribution = next(iter(second.names(nodes(), record, "contribution")), None)
            yield local_name(candidate), area, guidance, contribution


def rank(guidance: str) -> int:
    return second.GUIDANCE.index(guidance)


def test_who_could_mentor() -> None:
    able = {
        (a, b, area)
        for a, area, one, _ in skills()
        for b, place, other, _ in skills()
        if a != b and area == place and rank(one) > rank(other)
    }
    for candidate in people():
        rows = short(ask("who-could-mentor-a-candidate", candidate=candidate))
        assert {(row["mentor"], row["area"]) for row in rows} == {
            (a, area) for a, b, area in able if b == local_name(candidate)
        }
    shared: dict[str, set[str]] = {}
    for candidate, _, _, project in engagements():
        shared.setdefault(local_name(candidate), set()).add(project)
    for area in {area for _, area, _, _ in skills()}:
        rows = short(ask("who-could-mentor-whom", area=area))
        said = {(a, b) for a, b, place in able if place == area and not shared.get(a, set()).isdisjoint(shared.get(b, set()))}
        assert {(row["mentor"], row["candidate"]) for row in rows} == said
    best = {area: max(rank(item) for _, place, item, _ in skills() if place == area) for _, area, _, _ in skills()}
    alone = {(area, name) for name, area, item, _ in skills() if rank(item) == best[area] < len(second.GUIDANCE) - 1}
    assert {(row["area"], row["candidate"]) for row in short(ask("who-nobody-can-mentor"))} == alone


def test_areas_and_successions() -> None:
    areas = prefixed("area-", second.MEDIA_AREAS)
    for guidance in second.GUIDANCE:
        covered = {area for _, area, item, _ in skills() if rank(item) >= rank(guidance)}
        records_of = Counter(area for _, area, _, _ in skills())
        rows = short(ask("areas-nobody-covers", guidance=guidance))
        assert {(row["area"], row["records"]) for row in rows} == {(area, str(records_of[area])) for area in areas - covered}
    guided = {(area, item): set[str]() for _, area, item, _ in skills()}
    contributing = {(area, item): set[str]() for _, area, _, item in skills() if item}
    for name, area, guidance, contribution in skills():
        guided[area, guidance].add(name)
        if contribution:
            contributing[area, contribution].add(name)
    for question, groups in (("guidance-by-area", guided), ("contribution-by-area", contributing)):
        found = Counter((row["area"], row["people"]) for row in short(ask(question)))
        assert found == Counter((area, str(len(names))) for (area, _), names in groups.items()), question
    showing = Counter(
        kind
        for candidate in people()
        for kind in {
            kind
            for record in second.reached(nodes(), candidate, "hasSuccession")
            for kind in second.names(nodes(), record, "activityKind", "succession-")
        }
    )
    for most in (0, 5, 10, 100):
        rows = short(ask("succession-kinds-few-show", most=str(most)))
        said = {(f"succession-{kind}", str(showing[kind])) for kind in ACTIVITIES if showing[kind] <= most}
        assert {(row["activity"], row["people"]) for row in rows} == said


def test_segments_and_fields() -> None:
    segments: dict[tuple[str, str], list[str]] = {}
    fields: dict[str, set[str]] = {}
    for candidate in people():
        for segment in second.reached(nodes(), candidate, "responsibleFor"):
            for field in second.names(nodes(), segment, "inField", ""):
                fields.setdefault(local_name(candidate), set()).add(field)
                for kind in second.names(nodes(), segment, "segmentKind"):
                    segments.setdefault((field, kind), []).append(candidate)
    for candidate, _, field, _ in engagements():
        fields.setdefault(local_name(candidate), set()).add(field)
    found = {
        (row["field"], KIND_NAMES[str(row["kind_en"])]): (row["segments"], row["people"])
        for row in short(ask("segments-by-kind"))
    }
    assert found == {key: (str(len(who)), str(len(set(who)))) for key, who in segments.items()}
    several = {name: str(len(own)) for name, own in fields.items() if len(own) > 1}
    assert {row["candidate"]: row["fields"] for row in short(ask("candidates-in-several-fields"))} == several


def test_faults_counted_by_hand() -> None:
    """A doubled engagement and a misspelt property warn; a wrong task, no employees and two wrong numbers are worse."""
    assert [tuple(row.values())[-2:] for row in short(ask("people-with-faulty-records"))] == [
        ("Violation", "4"),
        ("Warning", "3"),
    ]
    found = {row["shape"]: row["results"] for row in short(ask("commonest-faults"))}
    assert found == {
        "Engagement-once-shape": "2",
        "Project-peakPersonnel-shape": "2",
        "Engagement-performed-shape": "1",
        "MarketSegment-known-shape": "1",
        "MarketSegment-organization-shape": "1",
    }
