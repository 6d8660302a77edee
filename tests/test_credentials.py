"""Credentials of attained levels: only of what is attained, with no more about a person than was asked for."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from itss_kg import Award, CallError, Graph, Reading, as_case, as_elm, as_open_badge, assess, attained, load, quality, sample
from itss_kg.cli import cli
from itss_kg.errors import ItssError
from itss_kg.exchange.attainment import issue_time
from itss_kg.input import read_candidates
from itss_kg.namespaces import local_name
from itss_kg.resources import bundled
from itss_kg.standard import LANGUAGES, Indicator
from tests.published import expanded, names, statements

SECOND = Path(__file__).parent / "fixtures" / "second-category.ttl"
DATA = bundled("data", "candidates")
PERSON = "https://example.org/person/"
SALES = "https://w3id.org/itss-kg/sales/"
ISSUER = "https://issuer.example/"
ISSUED = "2026-04-01T00:00:00Z"
COMMON = ("--issuer", ISSUER, "--date", "2026-04-01")
ELM = ("--format", "elm", "--issuer-name", "Example KK", "--issuer-country", "JPN")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["credential", *arguments], standalone_mode=False)


def written(name: str, *arguments: str) -> dict[str, Any]:
    """The credential of a worked example's candidate."""
    result = call(str(DATA / f"{name}.ttl"), "--candidate", name, *COMMON, *arguments)
    assert result.return_value == 0, result.output
    assert result.stderr == "itss-kg: not signed: it proves nothing until the issuer signs it\n"
    return json.loads(result.stdout)


# Open Badges


def test_an_open_badge() -> None:
    badge = written("consulting-l5", "--issuer-name", "Example KK")
    assert badge["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert badge["issuer"] == {"id": ISSUER, "type": ["Profile"], "name": "Example KK"}
    assert badge["validFrom"] == ISSUED
    assert badge["name"] == "Consulting Sales, Level 5"
    assert badge["description"].startswith("This file was written without a signature.")
    assert "proof" not in badge
    subject = badge["credentialSubject"]
    assert set(subject) == {"id", "type", "achievement"}, "no name unless it is asked for"
    assert subject["id"] == f"{PERSON}consulting-l5"
    achievement = subject["achievement"]
    assert (achievement["achievementType"], achievement["humanCode"]) == ("Achievement", "consulting-L5")
    assert len(achievement["criteria"]["narrative"].splitlines()) == 7
    assert [one["targetUrl"].removeprefix(f"{SALES}consulting-L5") for one in achievement["alignment"]] == [
        "",
        "-scope",
        "-track-record",
        "-complexity",
        "-size",
        "-specialty",
        "-succession",
        "-development",
    ]
    evidence = {one["name"].rpartition(": ")[2]: one["narrative"] for one in badge["evidence"]}
    assert evidence == {
        "scope": "Records that show it: 3.",
        "track record": "Records that show it: 6.",
        "complexity": "Records that show it: 6.",
        "size": "Records that show it: 2.",
        "specialty": "Records that show it: 1.",
        "succession of expertise": "Records that show it: 3.",
        "development of subordinates": "Records that show it: 1.",
    }


def test_a_badge_aligns_with_items_of_the_case_package(reading: Reading) -> None:
    items = {item["uri"]: item for item in as_case(reading)["CFItems"]}
    for one in written("consulting-l5")["credentialSubject"]["achievement"]["alignment"]:
        found = items[one["targetUrl"]]
        assert (one["targetName"], one["targetCode"]) == (found["abbreviatedStatement"], found["humanCodingScheme"])
        assert (one["targetType"], one["targetFramework"]) == ("CFItem", as_case(reading)["CFDocument"]["title"])


def test_a_badge_in_japanese() -> None:
    badge = written("consulting-l5", "--lang", "ja", "--with-name")
    assert badge["name"] == "訪問型コンサルティングセールス レベル5"
    assert badge["description"].startswith("このファイルは署名なしで出力された。")
    assert badge["credentialSubject"]["identifier"][0]["identityHash"] == "高橋 由美"
    assert badge["credentialSubject"]["achievement"]["inLanguage"] == "ja"
    assert badge["evidence"][0]["narrative"] == "これを示す記録：3件。"


def test_the_examination_is_the_evidence_where_the_level_rests_on_it() -> None:
    badge = written("examination", "--level", "media-L3")
    assert [one["name"] for one in badge["evidence"]] == ["Applied Information Technology Engineer Examination"]
    assert [one["targetUrl"] for one in badge["credentialSubject"]["achievement"]["alignment"]] == [f"{SALES}media-L3"]
    assert "passed the examination" in badge["credentialSubject"]["achievement"]["description"]
    claim = written("examination", "--level", "media-L3", *ELM)["hasClaim"]
    assert claim["provenBy"]["title"]["ja"] == "応用情報技術者試験"
    assert "learningOutcome" not in claim["specifiedBy"]


# ELM


def test_an_elm_claim() -> None:
    person = written("consulting-l5", *ELM)
    assert (person["id"], person["type"]) == (f"{PERSON}consulting-l5", "Person")
    assert set(person) == {"@context", "id", "type", "hasClaim"}
    claim = person["hasClaim"]
    assert claim["type"] == "LearningAchievement"
    assert claim["title"] == {"en": "Consulting Sales, Level 5", "ja": "訪問型コンサルティングセールス レベル5"}
    assert claim["additionalNote"]["noteLiteral"]["en"].startswith("This file was written without a signature.")
    body = claim["awardedBy"]["awardingBody"]
    assert (body["id"], body["legalName"]) == (ISSUER, {"en": "Example KK"})
    country = body["location"]["address"]["countryCode"]["id"]
    assert country == "http://publications.europa.eu/resource/authority/country/JPN"
    assert claim["awardedBy"]["awardingDate"] == ISSUED
    assert claim["provenBy"]["grade"]["noteLiteral"] == {"en": "Level 5", "ja": "レベル5"}
    assert claim["specifiedBy"]["id"] == f"{SALES}consulting-L5"
    assert [local_name(one["id"]) for one in claim["specifiedBy"]["learningOutcome"]] == [
        f"consulting-L5-{kind}"
        for kind in ("scope", "track-record", "complexity", "size", "specialty", "succession", "development")
    ]


def test_a_name_keeps_its_language(tmp_path: Path) -> None:
    path = tmp_path / "record.ttl"
    text = (DATA / "examination.ttl").read_text(encoding="utf-8")
    path.write_text(text.replace('"林 葵"@ja , "Aoi Hayashi"@en', '"林 葵"@ja'), encoding="utf-8")
    arguments = (str(path), "--candidate", "examination", "--level", "media-L3", *COMMON, *ELM, "--with-name")
    assert json.loads(call(*arguments).stdout)["fullName"] == {"ja": "林 葵"}


@pytest.mark.parametrize("name", ["consulting-l5", "product-l4", "examination"])
@pytest.mark.parametrize("form", [(), ELM])
def test_no_term_is_lost_when_a_credential_is_read(name: str, form: tuple[str, ...]) -> None:
    level = ("--level", "media-L3") if name == "examination" else ()
    document = written(name, *form, *level, "--with-name", "--with-records")
    read = expanded(document)
    assert statements(read) == statements(document) > 0
    assert [one for one in names(read) if "://" not in one and not one.startswith("urn:uuid:")] == []


# what is asked for, and nothing else


def test_records_are_named_only_where_that_is_asked_for() -> None:
    without, named = written("consulting-l5"), written("consulting-l5", "--with-records")
    assert all("id" not in one for one in without["evidence"])
    shown = {one["id"]: one["narrative"] for one in named["evidence"] if "id" in one}
    assert len(shown) == 14
    assert shown[f"{PERSON}consulting-l5-k0"] == "Shows: Consulting Sales, Level 5: succession of expertise."
    for form in ((), ELM):
        text = json.dumps(written("consulting-l5", *form), ensure_ascii=False)
        assert not re.findall(r"consulting-l5-[a-z]\d|example\.org/project", text)
        assert "Takahashi" not in text
        assert "高橋" not in text


def test_who_judged_an_equivalence_is_never_named() -> None:
    text = (DATA / "judged-equivalent.ttl").read_text(encoding="utf-8")
    assert "person:assessor-3" in text
    for form in ((), ELM):
        result = call(str(DATA / "judged-equivalent.ttl"), "--candidate", "judged-equivalent", *COMMON, *form, "--with-records")
        assert result.return_value == 0, result.output
        assert "judged-equivalent-m" in result.stdout
        assert "assessor" not in result.stdout


def test_another_identifier_for_the_holder() -> None:
    for form in ((), ELM):
        text = json.dumps(written("consulting-l5", *form, "--subject", "did:example:holder"))
        assert "did:example:holder" in text
        assert f"{PERSON}consulting-l5" not in text


# levels that are not attained


@pytest.mark.parametrize("form", [(), ELM])
def test_no_credential_of_a_level_that_is_not_attained(form: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "badge.json"
    arguments = (str(DATA / "consulting-l5.ttl"), "--candidate", "consulting-l5", "--level", "consulting-L6", *COMMON, *form)
    result = call(*arguments, "-o", str(path))
    assert (result.return_value, result.stdout, path.exists()) == (1, "", False)
    assert result.stderr.splitlines() == [
        f"itss-kg: {PERSON}consulting-l5 does not attain consulting-L6, so there is no credential",
        "itss-kg: unmet: scope, track-record 1/3, size, specialty, succession 3/4; "
        "see `itss-kg explain … --level consulting-L6`",
    ]


def test_no_credential_where_no_level_is_attained() -> None:
    result = call(str(DATA / "team.ttl"), "--candidate", "team-kato", *COMMON)
    assert (result.return_value, result.stdout) == (1, "")
    assert result.stderr == f"itss-kg: {PERSON}team-kato attains no level, so there is no credential; see `itss-kg assess`\n"


def test_a_level_below_the_one_attained_may_be_attested() -> None:
    assert written("consulting-l5", "--level", "consulting-L4")["name"] == "Consulting Sales, Level 4"


WRONG = [
    ((), ("--level", "consulting-L9"), "consulting has no level L9"),
    ((), ("--issuer", "Example KK"), "the issuer 'Example KK' is no IRI"),
    ((), ("--subject", "me"), "the holder 'me' is no IRI"),
    ((), ("--date", "yesterday"), "'yesterday' is no date"),
    ((), ("--date", "2026-04-01T09:00:00"), "has no time zone"),
    ((), ("--candidate", "nobody"), "no candidate 'nobody'"),
    (ELM, ("--issuer-country", "Japan"), "'Japan' is no country"),
    (("--format", "elm"), (), "give --issuer-name and --issuer-country"),
]


@pytest.mark.parametrize(("form", "wrong", "says"), WRONG)
def test_wrong_calls(form: tuple[str, ...], wrong: tuple[str, ...], says: str) -> None:
    result = call(str(DATA / "consulting-l5.ttl"), "--candidate", "consulting-l5", *COMMON, *form, *wrong)
    assert isinstance(result.exception, ItssError)
    assert says in str(result.exception)
    assert result.stdout == ""


def test_several_levels_ask_for_one_of_them() -> None:
    result = call(str(DATA / "examination.ttl"), "--candidate", "examination", *COMMON)
    assert isinstance(result.exception, CallError)
    assert "consulting-L3, product-L3, media-L3; name one with --level" in str(result.exception)


def test_a_candidate_without_a_name_or_an_iri(tmp_path: Path) -> None:
    path = tmp_path / "record.ttl"
    path.write_text(
        "@prefix itss: <https://w3id.org/itss-kg/ns#> . [] a itss:Candidate ; itss:passedExamination itss:AppliedITEE .",
        encoding="utf-8",
    )
    graph = read_candidates([str(path)])
    (person,) = graph.subjects_all()
    arguments = (str(path), "--candidate", person, "--level", "media-L3", *COMMON)
    assert "give one such as" in str(call(*arguments).exception)
    held = (*arguments, "--subject", "did:example:1")
    assert json.loads(call(*held).stdout)["credentialSubject"]["id"] == "did:example:1"
    assert "has no rdfs:label to take the name from" in str(call(*held, "--with-name").exception)


def test_a_candidate_who_is_only_called_something_in_the_file_needs_an_identifier(tmp_path: Path) -> None:
    path = tmp_path / "record.ttl"
    path.write_text(
        "@prefix itss: <https://w3id.org/itss-kg/ns#> . <#me> a itss:Candidate ; itss:passedExamination itss:AppliedITEE .",
        encoding="utf-8",
    )
    arguments = (str(path), "--candidate", "me", "--level", "media-L3", *COMMON)
    assert "only 'me': say who holds it with --subject" in str(call(*arguments).exception)
    held = (*arguments, "--subject", "did:example:1")
    assert "itss-kg/input" not in call(*held).stdout
    strict = call(*held, "--strict")
    assert (strict.return_value, strict.stdout) == (1, "")
    assert strict.stderr.splitlines()[-1].startswith("itss-kg: no credential was written")


# laws


def award(graph: Graph, person: str, indicator: Indicator, reading: Reading, **more: Any) -> Award | None:
    return attained(graph, person, indicator, reading, issuer=ISSUER, issued=ISSUED, issuer_name="KK", country="JPN", **more)


@cache
def sampled(category: str) -> tuple[Reading, Graph]:
    reading = Reading(load(*([SECOND] if category == "second" else [])))
    found = sample(reading.standard, 24, seed=11, faults=0.1)
    return reading, Graph(triple for record in found for triple in record.triples)


@pytest.mark.parametrize("category", ["sales", "second"])
def test_a_credential_exists_where_assess_gives_the_level_and_nowhere_else(category: str) -> None:
    reading, graph = sampled(category)
    given_out = 0
    for verdict in assess(graph, reading):
        for indicator in reading.standard.ladder(verdict.field):
            found = award(graph, verdict.candidate, indicator, reading, with_name=False, records=True)
            holds = verdict.level is not None and verdict.level >= indicator.level.number
            assert (found is not None) == holds, (verdict.candidate, indicator.key)
            if found is None:
                continue
            given_out += 1
            assert found.basis in ("record", "examination")
            if indicator is verdict.attained:
                assert found.basis == verdict.basis
            kinds = [item.criterion.kind for item in found.met]
            assert kinds == ([item.kind for item in indicator.criteria] if found.basis == "record" else [])
            assert all(item.count >= len(item.records) > 0 for item in found.met)
            for language in LANGUAGES:
                for document in (as_open_badge(found, language), as_elm(found, language)):
                    read = expanded(document)
                    assert statements(read) == statements(document)
    assert given_out > 20


def test_a_language_or_time_that_is_none_is_refused(reading: Reading) -> None:
    graph = read_candidates([str(DATA / "consulting-l5.ttl")])
    person, indicator = f"{PERSON}consulting-l5", reading.standard.find_indicator("consulting-L5")
    held = award(graph, person, indicator, reading)
    assert held is not None
    calls = (
        lambda: list(quality(graph, reading.standard, "fr")),
        lambda: as_case(reading, "fr"),
        lambda: as_open_badge(held, "fr"),
        lambda: as_elm(held, "fr"),
    )
    for one in calls:
        with pytest.raises(CallError, match="unknown language 'fr': expected one of en, ja"):
            one()
    with pytest.raises(CallError, match="'yesterday' is no date"):
        attained(graph, person, indicator, reading, issuer=ISSUER, issued="yesterday")


def test_identifiers_depend_on_who_what_and_when(reading: Reading) -> None:
    graph = read_candidates([str(DATA / "consulting-l5.ttl")])
    person, fields = f"{PERSON}consulting-l5", {"issuer": ISSUER, "issued": ISSUED, "subject": f"{PERSON}consulting-l5"}
    levels = [reading.standard.find_indicator(key) for key in ("consulting-L5", "consulting-L4")]
    variants = [fields, {**fields, "issuer": "https://other.example/"}, {**fields, "issued": "2026-04-02T00:00:00Z"}]
    variants.append({**fields, "subject": "did:example:1"})
    found = [attained(graph, person, level, reading, **values) for level in levels for values in variants]
    badges = [as_open_badge(one)["id"] for one in found if one]
    assert len(set(badges)) == len(badges) == 8
    again = attained(graph, person, levels[0], reading, **fields)
    assert again is not None
    assert as_open_badge(again)["id"] == badges[0]


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1900, 1, 2), datetime(9990, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_a_time_of_issue_is_the_same_moment_in_utc(moment: datetime, minutes: int) -> None:
    local = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    said = issue_time(local.isoformat())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said)
    assert datetime.fromisoformat(said) == local


def test_the_time_of_issue_is_now_where_none_is_given() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert before <= datetime.fromisoformat(issue_time(None)) <= datetime.now(UTC)
    assert issue_time("2026-04-01") == issue_time("2026-04-01T09:00:00+09:00") == ISSUED
