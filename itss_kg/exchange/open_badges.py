"""A level attained as an Open Badges 3.0 credential (1EdTech), not signed: for an issuer to look at, and to sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from itss_kg.exchange.attainment import WORDS, Award
from itss_kg.exchange.framework import say
from itss_kg.exchange.identity import urn
from itss_kg.standard import known_language

__all__ = ["as_open_badge"]

_CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]


def as_open_badge(award: Award, language: str = "en") -> dict[str, Any]:
    """The `OpenBadgeCredential`, in one language, as Open Badges texts are; the same award gives the same document.

    Its alignments name the indicator and its criteria by the IRIs that they have as items of the CASE package.

    Raises:
        CallError: the language is not one of `LANGUAGES`.
    """
    words = WORDS[known_language(language)]
    key = (award.issuer, award.subject, award.indicator.iri, award.issued)
    subject: dict[str, Any] = {"id": award.subject, "type": ["AchievementSubject"]}
    for name in award.name.values():
        identity = {"type": "IdentityObject", "hashed": False, "identityType": "name", "identityHash": name}
        subject["identifier"] = [identity]
    issuer: dict[str, Any] = {"id": award.issuer, "type": ["Profile"]}
    if award.issuer_name:
        issuer["name"] = award.issuer_name
    return {
        "@context": _CONTEXTS,
        "id": urn("open-badge", language, *key),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": issuer,
        "validFrom": award.issued,
        "name": say(award.label, language),
        "description": words["unsigned"],
        "credentialSubject": {**subject, "achievement": _achievement(award, language)},
        "evidence": list(_evidence(award, language)),
    }


def _achievement(award: Award, language: str) -> dict[str, Any]:
    title = say(award.framework, language)
    asked = [f"- {item.shall[language]}" for item in award.met] or [f"- {say(award.examination, language)}"]
    targets = [(award.label, award.indicator.iri, award.indicator.key)]
    targets += [(item.label, item.criterion.iri, f"{award.indicator.key}-{item.criterion.kind}") for item in award.met]
    alignment = [
        {
            "type": ["Alignment"],
            "targetName": say(label, language),
            "targetUrl": iri,
            "targetCode": code,
            "targetFramework": title,
            "targetType": "CFItem",
        }
        for label, iri, code in targets
    ]
    return {
        "id": urn("achievement", language, award.issuer, award.indicator.iri),
        "type": ["Achievement"],
        "achievementType": "Achievement",
        "name": say(award.label, language),
        "description": award.about(language),
        "criteria": {"narrative": "\n".join(asked)},
        "humanCode": award.indicator.key,
        "inLanguage": language,
        "alignment": alignment,
    }


def _evidence(award: Award, language: str) -> Iterator[dict[str, Any]]:
    """One entry a criterion, with how many records show it; then, where they are named, one a record."""
    words = WORDS[language]
    if award.basis == "examination":
        yield {"type": ["Evidence"], "name": say(award.examination, language), "narrative": words["by-examination"]}
    for item in award.met:
        count = words["met-by"].format(count=item.count)
        yield {"type": ["Evidence"], "name": say(item.label, language), "narrative": count}
    if award.records:
        for record in sorted({record for item in award.met for record in item.records}):
            shown = [say(item.label, language) for item in award.met if record in item.records]
            narrative = words["shows"].format(criteria="; ".join(shown))
            yield {"id": record, "type": ["Evidence"], "name": record, "narrative": narrative}
