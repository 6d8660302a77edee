"""Tables and lists as people read them: verdicts, levels, comparisons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from itss_kg.namespaces import ITSS
from itss_kg.prose import Prose
from itss_kg.terminal import plain, plain_box, text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from itss_kg.assessment import Verdict
    from itss_kg.difference import Comparison
    from itss_kg.graph import Graph
    from itss_kg.reading import Reading

__all__ = ["comparison", "levels", "verdicts"]

_WORDS = {
    "en": {
        "candidate": "Candidate",
        "field": "Field",
        "level": "Level",
        "basis": "Basis",
        "next": "Next",
        "unmet": "Unmet for the next level (found/required)",
        "untouched": "no records in this field",
        "record": "record",
        "examination": "examination",
        "top": "top of the field",
        "same": "The same: {kinds}",
        "equivalent": "Worded differently, met by the same records: {kinds}",
        "summary": "Candidates: {people:,}. Levels: {levels}",
        "kind": "Criterion",
        "none": "none",
        "absent": "–",
    },
    "ja": {
        "candidate": "候補者",
        "field": "専門分野",
        "level": "レベル",
        "basis": "根拠",
        "next": "次",
        "unmet": "次のレベルで満たしていない基準（確認数/必要数）",
        "untouched": "この分野の記録なし",
        "record": "実績",
        "examination": "試験",
        "top": "最上位",
        "same": "同じ基準：{kinds}",
        "equivalent": "表現は異なるが同じ記録で満たされる基準：{kinds}",
        "summary": "候補者{people:,}名。レベル：{levels}",
        "kind": "基準",
        "none": "なし",
        "absent": "–",
    },
}


def verdicts(found: Sequence[Verdict], graph: Graph, prose: Prose) -> str:
    """The table of verdicts, and how many hold which level."""
    from rich.table import Table

    from itss_kg.explanation import name_of

    words = _WORDS[prose.language]
    table = Table(box=plain_box(), header_style="bold", pad_edge=False)
    for key in ("candidate", "field", "level", "basis", "next", "unmet"):
        table.add_column(words[key], overflow="fold")
    previous = None
    for verdict in found:
        name = "" if verdict.candidate == previous else name_of(verdict.candidate, prose, graph)
        previous = verdict.candidate
        level = "–" if verdict.level is None else f"[green]{verdict.level}[/green]"
        upper = f"{verdict.next.level.number}" if verdict.next else words["top"]
        short = [prose.kind(u.kind) + ("" if u.required is None else f" {u.found}/{u.required}") for u in verdict.unmet]
        said = "[yellow]" + ", ".join(short) + "[/yellow]" if _touches(verdict, graph) else f"[dim]{words['untouched']}[/dim]"
        basis = words[verdict.basis] if verdict.basis else ""
        field = verdict.field.key if prose.language == "en" else prose.label(verdict.field.iri)
        table.add_row(plain(name), field, level, basis, upper, said)
    return text(table, _summary(found, words))


def _touches(verdict: Verdict, graph: Graph) -> bool:
    """Whether anything in the record is in the verdict's field."""
    nodes = [node for row in graph.row(verdict.candidate).values() for node in row if isinstance(node, str)]
    return verdict.level is not None or any(verdict.field.iri in graph.nodes(node, ITSS.inField) for node in nodes)


def _summary(found: Sequence[Verdict], words: dict[str, str]) -> str:
    people = len({verdict.candidate for verdict in found})
    counts = Counter(f"{verdict.field.key}-L{verdict.level}" for verdict in found if verdict.level is not None)
    shown = ", ".join(f"{name}: {number}" for name, number in sorted(counts.items())) or words["none"]
    return words["summary"].format(people=people, levels=shown)


def comparison(found: Comparison, prose: Prose) -> str:
    """What differs between two indicators, kind by kind, and what is the same; plain text, quick to start."""
    from itss_kg.difference import sentence

    words = _WORDS[prose.language]
    lines = [f"{prose.label(found.a.iri)} → {prose.label(found.b.iri)}"]
    for kind in dict.fromkeys(item.kind for item in found.differences):
        lines.append(f"  {prose.kind(kind)}")
        lines.extend(f"    - {sentence(item, prose)}" for item in found.differences if item.kind == kind)
    if found.same:
        lines.append(words["same"].format(kinds=prose.words("items").join(prose.kind(kind) for kind in found.same)))
    if found.equivalent:
        lines.append(words["equivalent"].format(kinds=prose.words("items").join(prose.kind(kind) for kind in found.equivalent)))
    return "\n".join(lines) + "\n"


def levels(reading: Reading, prose: Prose) -> str:
    """For each field, its levels side by side, criterion by criterion."""
    from rich.table import Table

    from itss_kg.brief import brief

    tables: list[RenderableType] = []
    for item in reading.standard.fields:
        ladder = reading.standard.ladder(item)
        table = Table(title=prose.label(item.iri), box=plain_box(), title_justify="left", title_style="bold", show_lines=True)
        table.add_column(_WORDS[prose.language]["kind"], style="bold")
        for indicator in ladder:
            table.add_column(prose.label(indicator.level.iri), overflow="fold")
        for kind in reading.standard.kinds:
            found = [(indicator, indicator.criterion(kind)) for indicator in ladder]
            cells = [brief(reading.own(owner, one), prose) if one else _WORDS[prose.language]["absent"] for owner, one in found]
            table.add_row(prose.kind(kind), *(plain(cell) for cell in cells))
        tables.append(table)
    return text(*tables)
