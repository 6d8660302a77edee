"""What a candidate attains, as what a credential may attest: the indicator, on what basis, and which records show it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from itss_kg.assessment import assess, candidates, evidence
from itss_kg.errors import CallError
from itss_kg.evaluate import Evaluator
from itss_kg.exchange.framework import Texts, labels, say, title
from itss_kg.graph import Graph, Literal
from itss_kg.namespaces import ITSS, RDFS, RELATIVE_BASE, local_name
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.standard import LANGUAGES, Criterion, Indicator

__all__ = ["WORDS", "Award", "Met", "attained", "issue_time"]

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_COUNTRY = re.compile(r"[A-Z]{3}")

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "about": "As this project reads the standard, the record of the holder attains this indicator.",
        "by-examination": "The holder passed the examination that counts as the minimum capability of this level.",
        "unsigned": "This file was written without a signature. Unless the issuer has signed it since, it proves nothing.",
        "met-by": "Records that show it: {count}.",
        "of": "{criterion}. {said}",
        "shows": "Shows: {criteria}.",
        "records": "Records: {records}",
        "assessment": "Assessment of the record against {indicator}",
    },
    "ja": {
        "about": "本プロジェクトによる標準の読み方において、保持者の記録はこの達成度指標に到達している。",
        "by-examination": "保持者は、このレベルの最低限の能力とみなされる試験に合格した。",
        "unsigned": "このファイルは署名なしで出力された。発行者がその後に署名していないかぎり、何も証明しない。",
        "met-by": "これを示す記録：{count}件。",
        "of": "{criterion}。{said}",
        "shows": "示す基準：{criteria}。",
        "records": "記録：{records}",
        "assessment": "{indicator}に対する記録の評価",
    },
}


@dataclass(frozen=True)
class Met:
    """A criterion that is met, what it asks for, and how many records show it; `records` are those that have an IRI."""

    criterion: Criterion
    label: Texts
    shall: Texts
    count: int
    records: tuple[str, ...]


@dataclass(frozen=True)
class Award:
    """A level attained, by one candidate in one field, and who says so when.

    `basis` is `record` or `examination`; `met` is empty where the basis is an examination. `subject` is the IRI of the
    holder, `name` what to call them, in its language, empty where that was not asked for; `issued` is a UTC time, `country`
    an ISO 3166 three-letter code. `records` says whether the records that show it are named.
    """

    indicator: Indicator
    framework: Texts
    label: Texts
    level: Texts
    basis: str
    examination: Texts
    met: tuple[Met, ...]
    subject: str
    name: Texts
    issuer: str
    issuer_name: str | None
    country: str | None
    issued: str
    records: bool

    def about(self, language: str) -> str:
        """What the credential says, in a sentence."""
        if self.basis == "record":
            return WORDS[language]["about"]
        return f"{WORDS[language]['by-examination']} ({say(self.examination, language)})"


def issue_time(given: str | None) -> str:
    """A time of issue as UTC to the second, e.g. `2026-04-01T00:00:00Z`: the one given (a date is its first second), or now.

    Raises:
        CallError: it is no ISO 8601 date or time, or a time without its zone.
    """
    try:
        found = datetime.fromisoformat(given) if given is not None else datetime.now(UTC)
    except ValueError:
        raise CallError(f"{given!r} is no date: write 2026-04-01, or 2026-04-01T09:00:00+09:00") from None
    if found.tzinfo is None:
        if given is not None and len(given) > len("2026-04-01"):
            raise CallError(f"{given!r} has no time zone: write {given}Z for UTC, or {given}+09:00")
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def attained(
    graph: Graph,
    candidate: str,
    indicator: Indicator,
    reading: Reading,
    *,
    issuer: str,
    issued: str,
    issuer_name: str | None = None,
    country: str | None = None,
    subject: str | None = None,
    with_name: bool = False,
    records: bool = False,
    language: str = "en",
) -> Award | None:
    """What a credential of the indicator would attest, or `None` where `assess` does not give the candidate that level.

    Args:
        graph: the records.
        candidate: the candidate's IRI.
        indicator: the level of a field to attest.
        reading: the standard, read.
        issuer: the IRI of who issues the credential.
        issued: the time of issue, as `issue_time` takes it.
        issuer_name: what the issuer is called.
        country: the issuer's country, e.g. `JPN`.
        subject: the IRI that identifies the holder, where it is not the candidate's own.
        with_name: whether to give the holder's name.
        records: whether to name the records that show each criterion.
        language: which of the holder's names to give.

    Raises:
        CallError: an IRI, the time or the country is not one, or the name is asked for and the record has none.
    """
    issued = issue_time(issued)
    holder = subject or candidate
    for what, iri in (("the issuer", issuer), ("the holder", holder)):
        if iri.startswith("_:") or not _IRI.fullmatch(iri):
            raise CallError(f"{what} {iri!r} is no IRI: give one such as https://example.org/id or did:example:1")
    if holder.startswith(RELATIVE_BASE):
        raise CallError(f"the record calls the candidate only {local_name(candidate)!r}: say who holds it with --subject IRI")
    if country is not None and not _COUNTRY.fullmatch(country):
        raise CallError(f"{country!r} is no country: give the three letters of ISO 3166, e.g. JPN")
    name = _name(graph, candidate, language) if with_name else {}
    verdict = next(item for item in assess(graph, reading, only=[candidate]) if item.field == indicator.field)
    if verdict.level is None or verdict.level < indicator.level.number:
        return None
    standard = reading.standard
    evaluator = Evaluator(graph)
    passed = graph.objects(candidate, ITSS.passedExamination)
    above = (one for one in standard.ladder(indicator.field) if one.level.number >= indicator.level.number)
    examination = next((name for one in above for name, _ in one.examinations if name in passed), None)
    by_record = all(evaluator.meets(reading.demand(indicator, item), candidate) for item in indicator.criteria)
    by_examination = examination is not None and not by_record
    return Award(
        indicator,
        framework=title(standard),
        label=labels(standard.graph, indicator.iri),
        level=labels(standard.graph, indicator.level.iri),
        basis="examination" if by_examination else "record",
        examination=labels(standard.graph, examination) if examination else {},
        met=() if by_examination else _met(candidate, indicator, evaluator, reading),
        subject=holder,
        name=name,
        issuer=issuer,
        issuer_name=issuer_name,
        country=country,
        issued=issued,
        records=records,
    )


def _name(graph: Graph, candidate: str, language: str) -> Texts:
    stated = [term for term in graph.objects(candidate, RDFS.label) if isinstance(term, Literal)]
    if not stated:
        raise CallError(f"the record of {candidate} has no rdfs:label to take the name from")
    found = next((term for term in stated if term.language == language), stated[0])
    return {found.language or language: found.lexical}


def _met(candidate: str, indicator: Indicator, evaluator: Evaluator, reading: Reading) -> tuple[Met, ...]:
    graph = reading.standard.graph
    prose = {language: Prose(reading.standard, language) for language in LANGUAGES}
    people = set(candidates(evaluator.graph, reading))
    found = []
    for item in indicator.criteria:
        demand, own = reading.demand(indicator, item), reading.own(indicator, item)
        if evaluator.meets(demand, candidate):
            shown = {node for node in evidence(evaluator.prove(demand, candidate)) if isinstance(node, str)}
            records = sorted(node for node in shown - people if _is_record(node, evaluator.graph))
            shall = {language: words.shall(indicator, own) for language, words in prose.items()}
            named = tuple(node for node in records if not node.startswith(("_:", RELATIVE_BASE)))
            found.append(Met(item, labels(graph, item.iri), shall, len(records), named))
    return tuple(found)


def _is_record(node: str, graph: Graph) -> bool:
    """Whether the records describe it: not a value of the standard, nor a person who is only named as having judged."""
    return any(predicate in ITSS for predicate in graph.row(node))
