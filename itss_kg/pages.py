"""The documents that are derived from the ontology: a page for each indicator, the rules, the model's diagram."""

from __future__ import annotations

from collections.abc import Iterator

from itss_kg.graph import Graph
from itss_kg.namespaces import ITSS, OWL, RDF, RDFS, curie, local_name
from itss_kg.prose import Prose
from itss_kg.provenance import passages_of
from itss_kg.reading import Reading
from itss_kg.standard import LANGUAGES, Criterion, Indicator, Standard

__all__ = ["pages"]


def pages(reading: Reading) -> Iterator[tuple[str, str]]:
    """Each page: its path under docs/, and its Markdown."""
    prose = {language: Prose(reading.standard, language) for language in LANGUAGES}
    for indicator in reading.standard.indicators:
        yield f"indicators/{indicator.field.key}-l{indicator.level.number}.md", _indicator(indicator, reading, prose)
    yield "indicators/README.md", _index(reading.standard, prose["en"], prose["ja"])
    yield "rules.md", _rules(reading.standard, prose)
    yield "model.md", _model(reading.standard)
    yield "values.md", _values(reading.standard)


def _index(standard: Standard, en: Prose, ja: Prose) -> str:
    lines = ["# The indicators", "", "| Field | 専門分野 | Levels |", "| --- | --- | --- |"]
    for item in standard.fields:
        links = " · ".join(f"[{i.level.number}]({item.key}-l{i.level.number}.md)" for i in standard.ladder(item))
        lines.append(f"| {en.label(item.iri)} | {ja.label(item.iri)} | {links} |")
    return "\n".join(lines) + "\n"


def _indicator(indicator: Indicator, reading: Reading, prose: dict[str, Prose]) -> str:
    en, ja = prose["en"], prose["ja"]
    title = f"# {en.label(indicator.iri)} · {ja.label(indicator.iri)}"
    about = reading.standard.definition(indicator.field.iri)
    lines = [title, "", f"`{indicator.key}` · <{indicator.iri}>", "", f"{en.label(indicator.field.iri)}: {about}", ""]
    for item in indicator.criteria:
        lines.extend(_criterion(indicator, item, reading, prose))
    for examination, remark in indicator.examinations:
        name = en.label(examination)
        lines += [
            "## examination · 試験",
            "",
            f"Whoever passed the {name} ({ja.label(examination)}) holds this level (R11).",
            "",
        ]
        lines += [_cited(remark, reading.standard.graph), ""]
    return "\n".join(lines)


def _criterion(indicator: Indicator, item: Criterion, reading: Reading, prose: dict[str, Prose]) -> Iterator[str]:
    standard, own = reading.standard, reading.own(indicator, item)
    yield from (f"## {item.kind} · {prose['ja'].label(item.type)}", "")
    for words in prose.values():
        yield from (f"- {words.shall(indicator, own)}",)
    rules = ", ".join(f"[{local_name(rule)}](../rules.md#{local_name(rule).lower()})" for rule in item.rules)
    yield from ("", f"Rules: {rules}. {_cited(item.iri, standard.graph)}", "")
    for erratum in _errata(item, standard):
        read = standard.graph.text(erratum, ITSS.readAs, "en")
        printed = standard.graph.text(erratum, ITSS.printed)
        yield from (f"Erratum: “{printed}” — {prose['en'].label(erratum)}; read as {read}.", "")


def _cited(iri: str, graph: Graph) -> str:
    spans = ", ".join(f"{passage.start}–{passage.end}" for passage in passages_of(graph, iri))
    return f"In the standard's text: characters {spans}." if spans else ""


def _errata(item: Criterion, standard: Standard) -> list[str]:
    things = (item.iri, *standard.graph.nodes(item.iri, ITSS.hasAlternative))
    return standard.ordered({erratum for thing in things for erratum in standard.graph.subjects(ITSS.concerns, thing)})


def _rules(standard: Standard, prose: dict[str, Prose]) -> str:
    lines = [
        "# How the standard is read · 読み方の規則",
        "",
        "Each rule decides how the text becomes a verdict, and is cited by",
        "what it decides.",
        "",
    ]
    for rule in standard.rules():
        key = local_name(rule)
        lines += [f'## <a id="{key.lower()}"></a>{key}: {prose["en"].label(rule)} · {prose["ja"].label(rule)}', ""]
        lines += [standard.definition(rule, "en") or "", "", standard.definition(rule, "ja") or "", ""]
        lines += [f"Evidence: {standard.graph.text(rule, ITSS.evidence) or ''}", ""]
    lines += [
        "# Errata of the English text · 英語版の誤記",
        "",
        "| Printed | What it is | Read as | Rule |",
        "| --- | --- | --- | --- |",
    ]
    for erratum in standard.ordered(standard.graph.instances(ITSS.Erratum)):
        rules = ", ".join(local_name(rule) for rule in standard.graph.nodes(erratum, ITSS.appliesRule))
        printed = standard.graph.text(erratum, ITSS.printed)
        read = standard.graph.text(erratum, ITSS.readAs, "en")
        lines.append(f"| {printed} | {prose['en'].label(erratum)} | {read} | {rules} |")
    return "\n".join(lines) + "\n"


def _values(standard: Standard) -> str:
    """Every property of a record whose values are things of the standard, with these."""
    lines = ["# The values that a record may have · 記録に用いる値", ""]
    lines += ["For each property of a record the things that may be its value. In plain JSON they are written as shown.", ""]
    graph = standard.graph
    for predicate in sorted(graph.instances(OWL.ObjectProperty)):
        domains = set(_domains(predicate, graph)) & {ITSS[name] for name in _RECORD}
        found = [iri for cls in graph.nodes(predicate, RDFS.range) for iri in graph.instances(cls)]
        if domains and found:
            owners = ", ".join(sorted(local_name(domain) for domain in domains))
            lines += [f"## {local_name(predicate)}", "", f"{standard.definition(predicate)} Of: {owners}.", ""]
            lines += ["| Value | English | 日本語 |", "| --- | --- | --- |"]
            for iri in standard.ordered(found):
                lines.append(f"| `{_json_name(iri)}` | {standard.label(iri)} | {standard.label(iri, 'ja')} |")
            lines.append("")
    return "\n".join(lines)


def _json_name(iri: str) -> str:
    return local_name(iri) if iri in ITSS else curie(iri)


_RECORD = ("Candidate", "Engagement", "Project", "MarketSegment", "SpecialtyRecord", "SuccessionRecord", "DevelopmentRecord")


_CRITERIA = ("BusinessCriterion", "ProfessionalCriterion", "Criterion", "Alternative")
_DRAWN = {
    "A candidate's record": _RECORD,
    "The standard": (
        "JobCategory",
        "SpecialtyField",
        "InvestmentPhase",
        "KeyPerformanceIndicator",
        "Level",
        "ExaminationRemark",
    ),
    "What criteria state": (
        "Criterion",
        "BusinessCriterion",
        "ProfessionalCriterion",
        "ScopeCriterion",
        "ScopeAlternative",
        "SegmentDemand",
        "TrackRecordCriterion",
        "ComplexityCriterion",
        "SizeCriterion",
        "SizeAlternative",
        "SizeBand",
        "MeasureRange",
        "SpecialtyCriterion",
        "SuccessionCriterion",
        "DevelopmentCriterion",
    ),
}


def _model(standard: Standard) -> str:
    lines = ["# The model", "", "Drawn from the ontology's declarations of domains, ranges and subclasses.", ""]
    for title, classes in _DRAWN.items():
        diagram = _diagram(standard, {ITSS[name] for name in classes})
        lines += [f"## {title}", "", "```mermaid", "classDiagram", "  direction LR", *diagram, "```", ""]
    return "\n".join([*lines, *_terms(standard)])


def _diagram(standard: Standard, drawn: set[str]) -> Iterator[str]:
    """The properties of the classes drawn: numbers and texts inside the boxes, things as arrows; and what they are kinds of."""
    graph = standard.graph
    links: list[str] = []
    for predicate in sorted(graph.instances(OWL.ObjectProperty) + graph.instances(OWL.DatatypeProperty)):
        for domain in sorted(set(_domains(predicate, graph)) & drawn):
            target = graph.node(predicate, RDFS.range)
            if OWL.DatatypeProperty in graph.objects(predicate, RDF.type):
                base = local_name(graph.node(target, OWL.onDatatype) or target) if target else "any"
                yield f"  {local_name(domain)} : {base} {local_name(predicate)}"
            elif target and target in ITSS:
                links.append(f"  {local_name(domain)} --> {local_name(target)} : {local_name(predicate)}")
    yield from links
    parents = {ITSS[name] for name in _CRITERIA}
    for cls in sorted(drawn):
        for parent in graph.nodes(cls, RDFS.subClassOf):
            if parent in parents:
                yield f"  {local_name(parent)} <|-- {local_name(cls)}"


def _domains(predicate: str, graph: Graph) -> Iterator[str]:
    for domain in graph.nodes(predicate, RDFS.domain):
        union = graph.items(graph.node(domain, OWL.unionOf))
        yield from (item for item in (union or [domain]) if isinstance(item, str) and item in ITSS)


def _terms(standard: Standard) -> Iterator[str]:
    yield from ("## The terms", "", "| Term | English | 日本語 | Meaning |", "| --- | --- | --- | --- |")
    graph = standard.graph
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
        for term in sorted(iri for iri in graph.instances(kind) if iri in ITSS):
            meaning = standard.definition(term) or ""
            yield f"| `{local_name(term)}` | {standard.label(term)} | {standard.label(term, 'ja')} | {meaning} |"
    yield ""
