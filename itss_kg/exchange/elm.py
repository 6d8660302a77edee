"""A level attained as a claim of the European Learning Model 3: a person with a learning achievement."""

from __future__ import annotations

from typing import Any

from itss_kg.errors import CallError
from itss_kg.exchange.attainment import WORDS, Award
from itss_kg.exchange.framework import say
from itss_kg.exchange.identity import urn
from itss_kg.standard import LANGUAGES, known_language

__all__ = ["NEEDS", "as_elm"]

NEEDS = "an ELM claim names its awarding body and the country of it: give --issuer-name and --issuer-country"

_CONTEXTS = [
    "https://www.w3.org/2018/credentials/v1",  # which says what id and type are
    "http://data.europa.eu/snb/model/context/edc-ap",
]
_COUNTRIES = "http://publications.europa.eu/resource/authority/country"


def as_elm(award: Award, language: str = "en") -> dict[str, Any]:
    """The claim as JSON-LD of ELM's application profile for European Digital Credentials, in English and Japanese.

    The indicator is the specification of the achievement, by its own IRI, and each criterion an outcome of it. `language` is
    that of the issuer's name; the same award gives the same document.

    Raises:
        CallError: the issuer's name or country, which the model asks of every organization, is not given; or the language is
            not one of `LANGUAGES`.
    """
    known_language(language)
    if not award.issuer_name or not award.country:
        raise CallError(NEEDS)
    person: dict[str, Any] = {"id": award.subject, "type": "Person"}
    if award.name:
        person["fullName"] = dict(award.name)
    return {"@context": _CONTEXTS, **person, "hasClaim": _claim(award, language)}


def _claim(award: Award, language: str) -> dict[str, Any]:
    key = (award.issuer, award.subject, award.indicator.iri, award.issued)
    claim = urn("elm", *key)
    process = {"id": urn("elm", "awarding", *key), "type": "AwardingProcess"}
    awarded = {**process, "awardingBody": _organisation(award, language), "awardingDate": award.issued}
    outcomes = [{"id": item.criterion.iri, "type": "LearningOutcome", "title": dict(item.shall)} for item in award.met]
    specification = {"id": award.indicator.iri, "type": "LearningAchievementSpecification", "title": dict(award.label)}
    return {
        "id": claim,
        "type": "LearningAchievement",
        "title": dict(award.label),
        "description": {one: award.about(one) for one in LANGUAGES},
        "additionalNote": _note({one: WORDS[one]["unsigned"] for one in LANGUAGES}, "unsigned", *key),
        "awardedBy": awarded,
        "provenBy": {**_assessment(award, key), "awardedBy": process},
        "specifiedBy": {**specification, "learningOutcome": outcomes} if outcomes else specification,
    }


def _assessment(award: Award, key: tuple[str, ...]) -> dict[str, Any]:
    titles = {one: WORDS[one]["assessment"].format(indicator=say(award.label, one)) for one in LANGUAGES}
    found: dict[str, Any] = {
        "id": urn("elm", "assessment", *key),
        "type": "LearningAssessment",
        "title": titles if award.basis == "record" else dict(award.examination),
        "grade": _note(dict(award.level), "grade", *key),
    }
    if award.met:
        found["description"] = {one: "\n".join(_counts(award, one)) for one in LANGUAGES}
    records = sorted({record for item in award.met for record in item.records})
    if award.records and records:
        said = {one: WORDS[one]["records"].format(records=" ".join(records)) for one in LANGUAGES}
        found["additionalNote"] = _note(said, "records", *key)
    return found


def _counts(award: Award, language: str) -> list[str]:
    words = WORDS[language]
    counts = [(say(item.label, language), words["met-by"].format(count=item.count)) for item in award.met]
    return [words["of"].format(criterion=criterion, said=said) for criterion, said in counts]


def _note(said: dict[str, str], *names: str) -> dict[str, Any]:
    return {"id": urn("elm", "note", *names), "type": "Note", "noteLiteral": said}


def _organisation(award: Award, language: str) -> dict[str, Any]:
    scheme = {"id": _COUNTRIES, "type": "ConceptScheme"}
    country = {"id": f"{_COUNTRIES}/{award.country}", "type": "Concept", "inScheme": scheme}
    place = (award.issuer, award.country or "")
    address = {"id": urn("elm", "address", *place), "type": "Address", "countryCode": country}
    return {
        "id": award.issuer,
        "type": "Organisation",
        "legalName": {language: award.issuer_name},
        "location": {"id": urn("elm", "location", *place), "type": "Location", "address": address},
    }
