"""An explanation as people read it: what is missing first, then the proof, criterion by criterion and record by record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from itss_kg.completion import NEW
from itss_kg.namespaces import RDFS, local_name
from itss_kg.prose import Prose
from itss_kg.terminal import plain, text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.tree import Tree

    from itss_kg.completion import Addition
    from itss_kg.evaluate import Proof
    from itss_kg.explanation import CriterionExplanation, Explanation
    from itss_kg.graph import Graph

__all__ = ["addition_lines", "explanation"]

_WORDS = {
    "en": {
        "attained": "attained",
        "not": "not attained",
        "by-exam": "attained by the examination ({name}); by the record:",
        "through": "met through {iri} (R3)",
        "shall": "Shall",
        "place": "Standard: characters {places}",
        "rules": "Rules: {rules}",
        "by": "Met by:",
        "misses": "falls short in:",
        "fulfils": "fulfils:",
        "missing": "The smallest additions that would attain the level",
        "complete": "Nothing is missing.",
        "hopeless": "No additions to this record would attain the level.",
        "new": "a new {thing}",
        "or-more": "{value} or more",
        "one-of": "{value} (or another of the {number} that would do)",
        "colon": ": ",
    },
    "ja": {
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
        "colon": "：",
    },
}


def explanation(found: Explanation, graph: Graph, prose: Prose, *, full: bool = False) -> str:
    """What is missing, then the proof tree of one candidate and indicator; `full` writes out met criteria as well."""
    from rich.tree import Tree

    from itss_kg.explanation import name_of

    words = _WORDS[prose.language]
    state = f"[green]✓ {words['attained']}[/green]" if found.attained else f"[red]✗ {words['not']}[/red]"
    person = plain(name_of(found.candidate, prose, graph))
    tree = Tree(f"[bold]{person}[/bold] — [bold]{plain(prose.label(found.indicator.iri))}[/bold]: {state}")
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

    branch.add(f"[dim]{words['shall']}{words['colon']}{plain(item.shall)}[/dim]")
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
            branch.add(f"{words['by']} " + plain(prose.words("items").join(shown)))
        return
    for proof, demand, said in several:
        title = f"{_mark(proof.met)} {plain(prose.phrase(said, lists=False))} ({proof.found}/{demand.count})"
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
        line = f"{_mark(element.met)} {plain(name_of(element.node, prose, graph))}"
        if misses:
            line += f" — [red]{words['misses']}[/red] " + plain(" | ".join(misses))
        if fulfils:
            line += f" — [green]{words['fulfils']}[/green] [dim]" + plain(" | ".join(fulfils)) + "[/dim]"
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
        if not item.subject.startswith(NEW):
            lines.extend(_addition(item, found, graph, prose, 0))
    return lines


def _addition(item: Addition, found: Explanation, graph: Graph, prose: Prose, depth: int) -> list[str]:
    from itss_kg.explanation import name_of

    words = _WORDS[prose.language]
    value = name_of(item.value, prose, graph)
    if isinstance(item.value, str) and item.value.startswith(NEW):
        kind = prose.standard.graph.node(item.predicate, RDFS.range)
        value = words["new"].format(thing=prose.label(kind) if kind else "?")
    elif item.at_least:
        value = words["or-more"].format(value=f"{int(float(value)):,}")
    elif len(item.choices) > 1:
        value = words["one-of"].format(value=value, number=len(item.choices))
    owner = "" if item.of_new or item.subject == found.candidate else f"{plain(name_of(item.subject, prose, graph))}: "
    lines = [f"{'    ' * depth}+ {owner}{plain(prose.label(item.predicate))}: {plain(value)}"]
    for other in found.missing or ():
        if other.subject == item.value:
            lines.extend(_addition(other, found, graph, prose, depth + 1))
    return lines
