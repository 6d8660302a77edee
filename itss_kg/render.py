"""What people read on a terminal: tables and trees, in colour where the output is one."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from itss_kg.namespaces import ITSS, RDFS, local_name
from itss_kg.prose import Prose

if TYPE_CHECKING:
    from rich.box import Box
    from rich.console import Console, RenderableType
    from rich.tree import Tree

    from itss_kg.assessment import Verdict
    from itss_kg.completion import Addition
    from itss_kg.difference import Comparison
    from itss_kg.evaluate import Proof
    from itss_kg.explanation import CriterionExplanation, Explanation
    from itss_kg.graph import Graph
    from itss_kg.reading import Reading

__all__ = ["comparison", "explanation", "levels", "text", "verdicts"]

_PLAIN_WIDTH = 110
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
        "attained": "attained",
        "not": "not attained",
        "by-exam": "attained by the examination ({name}); by the record:",
        "through": "met through {iri} (R3)",
        "shall": "Shall",
        "place": "Standard: characters {places}",
        "rules": "Rules: {rules}",
        "by": "Met by:",
        "misses": "misses:",
        "fulfils": "fulfils:",
        "missing": "The smallest additions that would attain the level",
        "complete": "Nothing is missing.",
        "hopeless": "No additions to this record would attain the level.",
        "new": "a new {thing}",
        "or-more": "{value} or more",
        "one-of": "{value} (or another of the {number} that would do)",
        "same": "The same: {kinds}",
        "equivalent": "Worded differently, met by the same records: {kinds}",
        "summary": "Candidates: {people:,}. Levels: {levels}",
        "kind": "Criterion",
        "none": "none",
        "colon": ": ",
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
        "attained": "到達",
        "not": "未到達",
        "by-exam": "試験（{name}）により到達。実績による判定：",
        "through": "{iri} により充足（R3）",
        "shall": "要件",
        "place": "標準：文字位置 {places}",
        "rules": "規則：{rules}",
        "by": "充足する記録：",
        "misses": "不足：",
        "fulfils": "充足：",
        "missing": "このレベルに到達するための最小の追加",
        "complete": "不足はありません。",
        "hopeless": "この記録への追加だけでは到達できません。",
        "new": "新しい{thing}",
        "or-more": "{value}以上",
        "one-of": "{value}（ほか、該当する{number}項目のいずれでも可）",
        "same": "同じ基準：{kinds}",
        "equivalent": "表現は異なるが同じ記録で満たされる基準：{kinds}",
        "summary": "候補者{people:,}名。レベル：{levels}",
        "kind": "基準",
        "none": "なし",
        "colon": "：",
        "absent": "–",
    },
}


def text(*parts: RenderableType) -> str:
    """What the terminal shall show, as a string; colour codes only where standard output is a terminal."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    stream = io.StringIO()
    width = None if terminal else _PLAIN_WIDTH
    console: Console = Console(
        file=stream, force_terminal=terminal, width=width or Console().width, highlight=False, emoji=False
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


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
        short = [_kind(u.kind, prose) + ("" if u.required is None else f" {u.found}/{u.required}") for u in verdict.unmet]
        said = "[yellow]" + ", ".join(short) + "[/yellow]" if _touches(verdict, graph) else f"[dim]{words['untouched']}[/dim]"
        basis = words[verdict.basis] if verdict.basis else ""
        field = verdict.field.key if prose.language == "en" else prose.label(verdict.field.iri)
        table.add_row(_plain(name), field, level, basis, upper, said)
    return text(table, _summary(found, words))


def _kind(kind: str, prose: Prose) -> str:
    """A kind of criterion as people of the language call it; in English its key is a word already."""
    if prose.language == "en":
        return kind
    return next((prose.label(item.type) for i in prose.standard.indicators for item in i.criteria if item.kind == kind), kind)


def _touches(verdict: Verdict, graph: Graph) -> bool:
    """Whether anything in the record is in the verdict's field."""
    nodes = [node for row in graph.row(verdict.candidate).values() for node in row if isinstance(node, str)]
    return verdict.level is not None or any(verdict.field.iri in graph.nodes(node, ITSS.inField) for node in nodes)


def _summary(found: Sequence[Verdict], words: dict[str, str]) -> str:
    people = len({verdict.candidate for verdict in found})
    counts = Counter(f"{verdict.field.key}-L{verdict.level}" for verdict in found if verdict.level is not None)
    shown = ", ".join(f"{name}: {number}" for name, number in sorted(counts.items())) or words["none"]
    return words["summary"].format(people=people, levels=shown)


def explanation(found: Explanation, graph: Graph, prose: Prose, *, full: bool = False) -> str:
    """What is missing, then the proof tree of one candidate and indicator; `full` writes out met criteria as well."""
    from rich.tree import Tree

    from itss_kg.explanation import name_of

    words = _WORDS[prose.language]
    state = f"[green]✓ {words['attained']}[/green]" if found.attained else f"[red]✗ {words['not']}[/red]"
    person = _plain(name_of(found.candidate, prose, graph))
    tree = Tree(f"[bold]{person}[/bold] — [bold]{_plain(prose.label(found.indicator.iri))}[/bold]: {state}")
    if found.examination:
        tree.add(words["by-exam"].format(name=prose.label(found.examination)))
    for item in found.criteria:
        _criterion_branch(tree.add(_criterion_title(item, prose)), item, graph, prose, words, full=full or not item.met)
    return text(*_missing(found, graph, prose, words), "", tree)


def _criterion_title(item: CriterionExplanation, prose: Prose) -> str:
    counted = f" ({item.found}/{item.required})" if item.required is not None else ""
    return f"{_mark(item.met)} [bold]{prose.label(item.criterion.type)}[/bold]{counted}"


def _criterion_branch(
    branch: Tree, item: CriterionExplanation, graph: Graph, prose: Prose, words: dict[str, str], *, full: bool
) -> None:
    from itss_kg.explanation import counts, name_of

    branch.add(f"[dim]{words['shall']}{words['colon']}{_plain(item.shall)}[/dim]")
    rules = ", ".join(local_name(rule) for rule in item.criterion.rules)
    places = ", ".join(f"{passage.start}–{passage.end}" for passage in item.passages)
    place = words["place"].format(places=places) + "; " if places else ""
    branch.add(f"[dim]{place}{words['rules'].format(rules=rules)}[/dim]")
    if item.through:
        branch.add(words["through"].format(iri=local_name(item.through)))
    several = list(counts(item.proof))
    if not full:
        shown = dict.fromkeys(name_of(one.node, prose, graph) for proof, _, _ in several for one in proof.elements if one.met)
        if shown:
            branch.add(f"{words['by']} " + _plain(prose.words("items").join(shown)))
        return
    for proof, demand, said in several:
        title = f"{_mark(proof.met)} {_plain(prose.phrase(said, lists=False))} ({proof.found}/{demand.count})"
        node = branch.add(title) if len(several) > 1 else branch
        for line in _records(proof, graph, prose, words):
            node.add(line)


def _mark(met: bool) -> str:
    return "[green]✓[/green]" if met else "[red]✗[/red]"


def _records(proof: Proof, graph: Graph, prose: Prose, words: dict[str, str]) -> Iterable[str]:
    """A line for each record that a count looks at: what it misses, and by how much, before what it fulfils."""
    from itss_kg.explanation import findings, name_of

    for element in proof.elements:
        shown = [finding for reached in element.trail for finding in findings(reached.proof, prose, graph)]
        misses = dict.fromkeys(finding.text for finding in shown if not finding.met)
        fulfils = dict.fromkeys(finding.text for finding in shown if finding.met)
        line = f"{_mark(element.met)} {_plain(name_of(element.node, prose, graph))}"
        if misses:
            line += f" — [red]{words['misses']}[/red] " + _plain(" | ".join(misses))
        if fulfils:
            line += f" — [green]{words['fulfils']}[/green] [dim]" + _plain(" | ".join(fulfils)) + "[/dim]"
        yield line


def _missing(found: Explanation, graph: Graph, prose: Prose, words: dict[str, str]) -> Iterable[RenderableType]:
    if found.missing is None:
        yield words["hopeless"]
        return
    if not found.missing:
        yield words["complete"]
        return
    yield f"[bold]{words['missing']}{words['colon']}[/bold]"
    yield from (f"  {line}" for line in addition_lines(found, graph, prose))


def addition_lines(found: Explanation, graph: Graph, prose: Prose) -> list[str]:
    """The additions, those of a new record indented under the statement that makes it."""
    lines: list[str] = []
    for item in found.missing or ():
        if not item.subject.startswith("_:new"):
            lines.extend(_addition(item, found, graph, prose, 0))
    return lines


def _addition(item: Addition, found: Explanation, graph: Graph, prose: Prose, depth: int) -> list[str]:
    from itss_kg.explanation import name_of

    words = _WORDS[prose.language]
    value = name_of(item.value, prose, graph)
    if isinstance(item.value, str) and item.value.startswith("_:new"):
        kind = prose.standard.graph.node(item.predicate, RDFS.range)
        value = words["new"].format(thing=prose.label(kind) if kind else "?")
    elif item.at_least:
        value = words["or-more"].format(value=f"{int(float(value)):,}")
    elif len(item.choices) > 1:
        value = words["one-of"].format(value=value, number=len(item.choices))
    owner = "" if item.new or item.subject == found.candidate else f"{_plain(name_of(item.subject, prose, graph))}: "
    lines = [f"{'    ' * depth}+ {owner}{_plain(prose.label(item.predicate))}: {_plain(value)}"]
    for other in found.missing or ():
        if other.subject == item.value:
            lines.extend(_addition(other, found, graph, prose, depth + 1))
    return lines


def comparison(found: Comparison, prose: Prose) -> str:
    """What differs between two indicators, kind by kind, and what is the same; plain text, quick to start."""
    from itss_kg.difference import sentence

    words = _WORDS[prose.language]
    lines = [f"{prose.label(found.a.iri)} → {prose.label(found.b.iri)}"]
    for kind in dict.fromkeys(item.kind for item in found.differences):
        lines.append(f"  {_kind(kind, prose)}")
        lines.extend(f"    - {sentence(item, prose)}" for item in found.differences if item.kind == kind)
    if found.same:
        lines.append(words["same"].format(kinds=prose.words("items").join(_kind(kind, prose) for kind in found.same)))
    if found.equivalent:
        lines.append(
            words["equivalent"].format(kinds=prose.words("items").join(_kind(kind, prose) for kind in found.equivalent))
        )
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
            table.add_row(_kind(kind, prose), *(_plain(cell) for cell in cells))
        tables.append(table)
    return text(*tables)


def _plain(words: str) -> str:
    from rich.markup import escape

    return escape(words)


def plain_box() -> Box:
    """The box of every table: a line under the head alone."""
    from rich import box

    return box.SIMPLE_HEAD
