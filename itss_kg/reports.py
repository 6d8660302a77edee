"""Validation reports as people and programs read them: text, Turtle, N-Triples, JSON-LD, CSV, JSON Lines, JUnit."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from xml.etree import ElementTree

from itss_kg.errors import CallError, nearest
from itss_kg.graph import Graph, Literal, Term, shown
from itss_kg.input import read_triples
from itss_kg.namespaces import PREFIXES, RDF, SH, curie, local_name
from itss_kg.prose import Prose
from itss_kg.records import nt_term
from itss_kg.results import SEVERITIES, Report, Result, Tally, Told
from itss_kg.turtle import Writer

__all__ = ["REPORT_FORMATS", "junit", "report_parts", "report_text", "summary", "told"]

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
        "checked": "候補者{candidates:,}名、主張{claims:,}件を検査：{counts}。",
        "form-only": "達成度指標の主張がないため、記録の形式のみを検査しました。",
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


REPORT_FORMATS = ("text", "ttl", "jsonld", "csv", "junit", "nt", "jsonl")


def report_text(
    report: Report, form: str, prose: Prose, graph: Graph, limit: int | None = None, at: str = SEVERITIES[0]
) -> str:
    """The report in a format of `REPORT_FORMATS`.

    Args:
        report: what was found.
        form: the format.
        prose: says it in a language.
        graph: what was checked.
        limit: how many results to list.
        at: the mildest severity that is a failure where the format has these.

    Raises:
        CallError: there is no such format.
    """
    from itss_kg.assessment import candidates
    from itss_kg.reading import Reading

    if form == "junit":
        return junit(report, candidates(graph, Reading(prose.standard)), prose, at)
    shown = report.results if limit is None else report.results[:limit]
    return "".join(report_parts(form, report.tally, told(shown, prose, graph), prose))


def report_parts(form: str, tally: Tally, found: Iterable[Told], prose: Prose) -> Iterator[str]:
    """The report in a format of `REPORT_FORMATS` other than `junit`, piece by piece; only `jsonld` is made as a whole.

    Args:
        form: the format.
        tally: the numbers of all results.
        found: the results to list, in order.
        prose: in whose language.

    Raises:
        CallError: there is no such format.
    """
    writers = {"text": _plain, "ttl": _turtle, "nt": _ntriples, "jsonld": _jsonld, "csv": _csv, "jsonl": _jsonl}
    if form not in writers:
        raise CallError(
            f"unknown report format {form!r}: expected one of {', '.join(REPORT_FORMATS)}{nearest(form, REPORT_FORMATS)}"
        )
    return writers[form](tally, found, prose)


def summary(tally: Tally, language: str) -> str:
    """How much was checked and what was found, in one or two sentences; that nothing was checked is said."""
    words = _WORDS[language]
    if not tally.candidates and tally.conforms:
        return words["nothing"]
    counts = words["comma"].join(words[name].format(number=number) for name, number in tally.counts.items())
    lines = [words["checked"].format(candidates=tally.candidates, claims=tally.claims, counts=counts)]
    if not tally.claims:
        lines.append(words["form-only"])
    if tally.conforms:
        lines.append(words["conforms"])
    return " ".join(lines)


def told(results: Iterable[Result], prose: Prose, graph: Graph) -> Iterator[Told]:
    """The results with the names of their nodes and, for each unmet criterion, what was found in the records of the graph.

    A SHACL engine says only that too few values conform.
    """
    from itss_kg.assessment import shortfall, unmet_sentence
    from itss_kg.evaluate import Evaluator
    from itss_kg.reading import Reading

    reading, evaluator = Reading(prose.standard), Evaluator(graph)
    owners = {item.iri: (owner, item) for owner in prose.standard.indicators for item in owner.criteria}
    for result in results:
        said = None
        if result.criterion in owners:
            owner, item = owners[result.criterion]
            proof = evaluator.prove(reading.own(owner, item), result.focus)
            said = unmet_sentence(owner, proof.demand, shortfall(proof, item), prose)
        yield Told(result, _heading(result.focus, graph, prose), said)


def _heading(node: str, graph: Graph, prose: Prose) -> str:
    from itss_kg.data_quality import where
    from itss_kg.explanation import name_of

    way = where(node, graph)
    if way != node:
        return f"{way} ({node})"
    name = name_of(node, prose, graph)
    return f"{node} — {name.rpartition(' (')[0]}" if name.endswith(")") else node


def _plain(tally: Tally, found: Iterable[Told], prose: Prose) -> Iterator[str]:
    listed = 0
    for _, items in groupby(found, key=lambda item: item.result.focus):
        for place, item in enumerate(items):
            result = item.result
            value = "" if result.value is None or result.value == result.focus else f" [{shown(result.value)}]"
            said = item.said or result.message(prose.language)
            heading = f"{item.heading}\n" if place == 0 else ""
            yield f"{heading}  {_ONE[prose.language][result.severity]}: {said}{value}\n      {curie(result.shape)}\n"
            listed += 1
    left = sum(tally.counts.values()) - listed
    more = _WORDS[prose.language]["more"].format(number=left) + "\n" if left else ""
    yield more + ("\n" if listed or left else "") + summary(tally, prose.language) + "\n"


def _turtle(tally: Tally, found: Iterable[Told], _: Prose) -> Iterator[str]:
    writer = Writer({key: PREFIXES[key] for key in ("itss", "rdf", "rdfs", "sales", "sh", "xsd")})
    rows = [(RDF.type, writer.term(SH.ValidationReport)), (SH.conforms, str(tally.conforms).lower())]
    yield writer.header() + "\n" + writer.block("_:report", rows)
    for number, item in enumerate(found, start=1):
        name = f"_:result{number}"
        yield f"\n_:report {writer.term(SH.result)} {name} .\n" + writer.block(name, _result_rows(writer, item.result))


def _ntriples(tally: Tally, found: Iterable[Told], prose: Prose) -> Iterator[str]:
    """The Turtle report a triple a line; the blank nodes of a path are named after the result."""
    header = ""
    for number, piece in enumerate(_turtle(tally, found, prose)):
        header = header or piece.partition("\n\n")[0] + "\n"
        named = set(re.findall(r"_:[\w.-]+", piece))
        names: dict[Term, str] = {}
        for triple in read_triples("report.ttl", (piece if number == 0 else header + piece).encode()):
            for term in (triple[0], triple[2]):
                if isinstance(term, str) and term.startswith("_:") and term not in named:
                    names.setdefault(term, f"_:result{number}-path{len(names) + 1}")
            yield " ".join(names.get(term) or nt_term(term) for term in triple) + " .\n"


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


def _jsonld(tally: Tally, found: Iterable[Told], prose: Prose) -> Iterator[str]:
    from itss_kg.materialise import to_rdflib

    lines = "".join(_ntriples(tally, found, prose)).encode()
    whole = to_rdflib(Graph(read_triples("report.nt", lines)))
    context = {key: PREFIXES[key] for key in ("itss", "sales", "sh", "xsd")}
    yield str(whole.serialize(format="json-ld", context=context, auto_compact=False, sort_keys=True)) + "\n"


_COLUMNS = ("focus", "severity", "message", "path", "value", "shape", "criterion", "component")


def _row(item: Result, language: str) -> list[str]:
    value = item.value or ""
    if isinstance(value, Literal):  # as it is, where that says what it is
        value = value.lexical if shown(value) == f'"{value.lexical}"' else shown(value)
    row = [item.focus, item.severity, item.message(language), item.path, value, item.shape]
    return [*row, item.criterion or "", local_name(item.component)]


def _csv(_: Tally, found: Iterable[Told], prose: Prose) -> Iterator[str]:
    for row in chain([_COLUMNS], (_row(item.result, prose.language) for item in found)):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow(row)
        yield stream.getvalue()


def _jsonl(_: Tally, found: Iterable[Told], prose: Prose) -> Iterator[str]:
    """An object a line, with what the table has; what there is none of is null."""
    for item in found:
        row = dict(zip(_COLUMNS, (value or None for value in _row(item.result, prose.language)), strict=True))
        yield json.dumps(row, ensure_ascii=False) + "\n"


def junit(report: Report, people: Sequence[str], prose: Prose, at: str = SEVERITIES[0]) -> str:
    """A test case for each candidate's claim and one for the form of each record, as build servers show them.

    What is of the severity `at` or graver is a failure.
    """
    failing = SEVERITIES[: SEVERITIES.index(at) + 1]
    cases = [(claimant, f"claims {local_name(claim)}", claim) for claimant, claim in report.claims]
    by_focus: dict[tuple[str, str], list[Result]] = {}
    owners = {item.iri: owner.iri for owner in prose.standard.indicators for item in owner.criteria}
    for item in report.results:
        by_focus.setdefault((item.focus, owners.get(item.criterion or "", "")), []).append(item)
    others = sorted({focus for focus, claim in by_focus if not claim} - set(people))
    cases.extend((node, "form", "") for node in (*people, *others))
    failed = sum(any(item.severity in failing for item in by_focus.get((node, claim), [])) for node, _, claim in cases)
    suite = ElementTree.Element("testsuite", name="itss-kg validate", tests=str(len(cases)), failures=str(failed))
    for node, name, claim in sorted(cases):
        case = ElementTree.SubElement(suite, "testcase", classname=node, name=name)
        found = by_focus.get((node, claim), [])
        grave = [item for item in found if item.severity in failing]
        if grave:
            failure = ElementTree.SubElement(case, "failure", type=local_name(grave[0].shape), message=f"{len(grave)} results")
            failure.text = "\n".join(item.message(prose.language) for item in grave)
        mild = [item for item in found if item.severity not in failing]
        if mild:
            ElementTree.SubElement(case, "system-out").text = "\n".join(item.message(prose.language) for item in mild)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
