"""Validation reports as people and programs read them: text, Turtle, JSON-LD, CSV, JUnit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree

from itss_kg.errors import CallError, nearest
from itss_kg.graph import Graph, Literal, Term
from itss_kg.namespaces import PREFIXES, RDF, SH, curie, local_name
from itss_kg.prose import Prose
from itss_kg.turtle import Writer
from itss_kg.validation import SEVERITIES, Report, Result

__all__ = ["REPORT_FORMATS", "report_text"]

_WORDS = {
    "en": {
        "nothing": "Nothing was checked: no candidates in the input.",
        "checked": "Candidates checked: {candidates:,}, claims checked: {claims:,}. Found: {counts}.",
        "form-only": "No candidate claims an indicator, so only the form of the records was checked.",
        "Violation": "violations {number:,}",
        "Warning": "warnings {number:,}",
        "Info": "notes {number:,}",
        "comma": ", ",
        "conforms": "Everything conforms.",
        "more": "… and {number:,} more results (--limit).",
    },
    "ja": {
        "nothing": "検査対象なし：入力に候補者がありません。",
        "checked": "候補者{candidates:,}名、申告{claims:,}件を検査：{counts}。",
        "form-only": "達成度指標の申告がないため、記録の形式のみを検査しました。",
        "Violation": "違反{number:,}件",
        "Warning": "警告{number:,}件",
        "Info": "注記{number:,}件",
        "comma": "、",
        "conforms": "すべて適合しています。",
        "more": "…ほか{number:,}件（--limit）。",
    },
}


_ONE = {
    "en": {"Violation": "Violation", "Warning": "Warning", "Info": "Note"},
    "ja": {"Violation": "違反", "Warning": "警告", "Info": "注記"},
}


def report_text(report: Report, form: str, prose: Prose, graph: Graph, limit: int | None = None) -> str:
    """The report in a format of `REPORT_FORMATS`; `graph` is what was checked, `limit` how many results to list.

    Raises:
        CallError: there is no such format.
    """
    writers = {"text": _plain, "ttl": _turtle, "jsonld": _jsonld, "csv": _csv, "junit": _junit}
    if form not in writers:
        raise CallError(f"unknown report format {form!r}: expected one of {', '.join(writers)}{nearest(form, writers)}")
    return writers[form](report, prose, graph, limit)


REPORT_FORMATS = ("text", "ttl", "jsonld", "csv", "junit")


def summary(report: Report, language: str) -> str:
    """How much was checked and what was found, in one or two sentences; that nothing was checked is said."""
    words = _WORDS[language]
    if not report.candidates and not report.results:
        return words["nothing"]
    counts = words["comma"].join(words[name].format(number=number) for name, number in report.counts().items())
    lines = [words["checked"].format(candidates=report.candidates, claims=len(report.claims), counts=counts)]
    if not report.claims:
        lines.append(words["form-only"])
    if report.conforms:
        lines.append(words["conforms"])
    return " ".join(lines)


def _listed(report: Report, limit: int | None) -> tuple[Result, ...]:
    return report.results if limit is None else report.results[:limit]


def _plain(report: Report, prose: Prose, graph: Graph, limit: int | None) -> str:
    lines: list[str] = []
    shown = _listed(report, limit)
    found = _shortfalls(shown, prose, graph)
    for focus, results in groupby(shown, key=lambda item: item.focus):
        lines.append(_shown(focus, graph, prose))
        for item in results:
            value = "" if item.value is None or item.value == focus else f" [{_value(item.value)}]"
            said = found.get((item.focus, item.criterion)) or item.message(prose.language)
            lines.append(f"  {_ONE[prose.language][item.severity]}: {said}{value}")
            lines.append(f"      {curie(item.shape)}")
    if len(shown) < len(report.results):
        lines.append(_WORDS[prose.language]["more"].format(number=len(report.results) - len(shown)))
    if lines:
        lines.append("")
    return "\n".join([*lines, summary(report, prose.language)]) + "\n"


def _shortfalls(results: Iterable[Result], prose: Prose, graph: Graph) -> dict[tuple[str, str | None], str]:
    """For each unmet criterion what was found: a SHACL engine says only that too few values conform."""
    from itss_kg.assessment import shortfall, unmet_sentence
    from itss_kg.evaluate import Evaluator
    from itss_kg.reading import Reading

    reading, evaluator = Reading(prose.standard), Evaluator(graph)
    owners = {item.iri: (owner, item) for owner in prose.standard.indicators for item in owner.criteria}
    said: dict[tuple[str, str | None], str] = {}
    for result in results:
        if result.criterion in owners:
            owner, item = owners[result.criterion]
            proof = evaluator.prove(reading.own(owner, item), result.focus)
            said[result.focus, item.iri] = unmet_sentence(owner, proof.demand, shortfall(proof, item), prose)
    return said


def _shown(node: str, graph: Graph, prose: Prose) -> str:
    from itss_kg.explanation import name_of

    name = name_of(node, prose, graph)
    return f"{node} — {name.rpartition(' (')[0]}" if name.endswith(")") else node


def _value(term: Term) -> str:
    return f'"{term.lexical}"' if isinstance(term, Literal) else curie(term)


def _turtle(report: Report, _: Prose, __: Graph, limit: int | None) -> str:
    writer = Writer({key: PREFIXES[key] for key in ("itss", "rdf", "rdfs", "sales", "sh", "xsd")})
    shown = _listed(report, limit)
    names = [f"_:result{number}" for number, _ in enumerate(shown, start=1)]
    rows = [(RDF.type, writer.term(SH.ValidationReport)), (SH.conforms, str(report.conforms).lower())]
    if names:
        rows.append((SH.result, writer.many(names)))
    blocks = [writer.block("_:report", rows)]
    blocks.extend(writer.block(name, _result_rows(writer, item)) for name, item in zip(names, shown, strict=True))
    return writer.header() + "\n" + "\n".join(blocks)


def _result_rows(writer: Writer, item: Result) -> list[tuple[str, str]]:
    rows = [
        (RDF.type, writer.term(SH.ValidationResult)),
        (SH.focusNode, writer.term(item.focus)),
        (SH.resultSeverity, writer.term(SH[item.severity])),
        (SH.sourceShape, writer.term(item.shape)),
        (SH.sourceConstraintComponent, writer.term(item.component)),
    ]
    if item.path:
        rows.append((SH.resultPath, item.path))
    if item.value is not None:
        rows.append((SH.value, writer.term(item.value)))
    if item.messages:
        rows.append((SH.resultMessage, writer.many(item.messages)))
    return rows


def _jsonld(report: Report, prose: Prose, graph: Graph, limit: int | None) -> str:
    import rdflib

    whole = rdflib.Graph().parse(data=_turtle(report, prose, graph, limit), format="turtle")
    context = {key: PREFIXES[key] for key in ("itss", "sales", "sh", "xsd")}
    return str(whole.serialize(format="json-ld", context=context, auto_compact=False, sort_keys=True)) + "\n"


def _csv(report: Report, prose: Prose, _: Graph, limit: int | None) -> str:
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["focus", "severity", "message", "path", "value", "shape", "criterion", "component"])
    for item in _listed(report, limit):
        value = "" if item.value is None else item.value.lexical if isinstance(item.value, Literal) else item.value
        row = [item.focus, item.severity, item.message(prose.language), item.path, value, item.shape]
        table.writerow([*row, item.criterion or "", local_name(item.component)])
    return stream.getvalue()


def _junit(report: Report, prose: Prose, graph: Graph, _: int | None) -> str:
    """A test case for each candidate's claim and one for the form of each record, as build servers show them."""
    from itss_kg.assessment import candidates
    from itss_kg.reading import Reading

    cases = [(claimant, f"claims {local_name(claim)}", claim) for claimant, claim in report.claims]
    by_focus: dict[tuple[str, str], list[Result]] = {}
    owners = {item.iri: owner.iri for owner in prose.standard.indicators for item in owner.criteria}
    for item in report.results:
        by_focus.setdefault((item.focus, owners.get(item.criterion or "", "")), []).append(item)
    people = candidates(graph, Reading(prose.standard))
    others = sorted({focus for focus, claim in by_focus if not claim} - set(people))
    cases.extend((node, "form", "") for node in (*people, *others))
    failed = sum(any(item.severity == SEVERITIES[0] for item in by_focus.get((node, claim), [])) for node, _, claim in cases)
    suite = ElementTree.Element("testsuite", name="itss-kg validate", tests=str(len(cases)), failures=str(failed))
    for node, name, claim in sorted(cases):
        case = ElementTree.SubElement(suite, "testcase", classname=node, name=name)
        found = by_focus.get((node, claim), [])
        grave = [item for item in found if item.severity == SEVERITIES[0]]
        if grave:
            failure = ElementTree.SubElement(case, "failure", type=local_name(grave[0].shape), message=f"{len(grave)} results")
            failure.text = "\n".join(item.message(prose.language) for item in grave)
        mild = [item for item in found if item.severity != SEVERITIES[0]]
        if mild:
            ElementTree.SubElement(case, "system-out").text = "\n".join(item.message(prose.language) for item in mild)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
