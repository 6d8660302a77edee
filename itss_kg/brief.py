"""Demands in the few words that a table cell holds."""

from __future__ import annotations

from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, Stated, bare
from itss_kg.namespaces import ITSS, RDF
from itss_kg.prose import Prose

__all__ = ["brief"]

_WORDS = {
    "en": {
        "or": " or\n",
        "and": " + ",
        "times": "{n} × {what}",
        "of": "{n} of {all}",
        "them": "of these {what}",
        "any": "any size",
        "judged": "equivalent",
    },
    "ja": {
        "or": " または\n",
        "and": " ＋ ",
        "times": "{what} を{n}件",
        "of": "{all}項目中{n}項目以上",
        "them": "うち{what}",
        "any": "規模不問",
        "judged": "同等のもの",
    },
}


def brief(demand: Demand, prose: Prose) -> str:
    """The demand, much shortened: lists become their length, and what every demand has in common is left out."""
    words = _WORDS[prose.language]
    match demand:
        case Stated(source, _, inner):
            types = prose.standard.graph.nodes(source, RDF.type)
            if source == ITSS.judgedEquivalentTo:
                return words["judged"]
            if ITSS.KeyPerformanceIndicator in types:
                return prose.label(prose.standard.graph.node(source, ITSS.atLevel) or source)
            return words["any"] if ITSS.MeasureRange in types else brief(inner, prose)
        case AnyOf(parts):
            return words["or"].join(dict.fromkeys(brief(part, prose) for part in parts))
        case AllOf(parts) if len(parts) > 1 and all(_counts_projects(part) for part in parts):
            first, *others = (brief(part, prose) for part in parts)
            return f"{first} ({', '.join(words['them'].format(what=other) for other in others)})"
        case AllOf(parts):
            return words["and"].join(dict.fromkeys(text for part in parts if (text := brief(part, prose))))
        case AtLeast() as count:
            return _count(count, prose)
        case RankFrom(minimum, _):
            return prose.label(minimum)
        case NumberFrom(minimum, _):
            return f"≥ {minimum:,}"
    return ""


def _counts_projects(part: Demand) -> bool:
    inner = bare(part)
    return isinstance(inner, AtLeast) and inner.steps[0].path == ITSS.hasEngagement


def _count(demand: AtLeast, prose: Prose) -> str:
    words = _WORDS[prose.language]
    last = bare(demand.steps[-1].where)
    if demand.steps[0].path == ITSS.responsibleFor:
        return words["times"].format(n=demand.count, what=_segments(last, prose))
    if demand.steps[0].path == ITSS.hasEngagement:
        what = brief(last, prose)
        return words["times"].format(n=demand.count, what=what) if _of_level(last, prose) else what
    if isinstance(last, OneOf):
        return _items(demand, last, prose)
    inner = brief(last, prose)
    unit = _unit(demand.steps[0].path, prose)
    return f"{inner} {unit}" if unit and inner else inner


def _items(demand: AtLeast, items: OneOf, prose: Prose) -> str:
    path = demand.steps[-1].path
    if path in (ITSS.metExpectation, ITSS.performed, ITSS.inField, ITSS.inArea):
        return ""
    if len(items.values) == 1:
        return prose.label(items.values[0])
    return _WORDS[prose.language]["of"].format(n=demand.count, all=len(items.values))


def _segments(where: Demand, prose: Prose) -> str:
    parts = where.parts if isinstance(where, AllOf) else (where,)
    shown: list[str] = []
    for part in map(bare, parts):
        asked = bare(part.steps[0].where) if isinstance(part, AtLeast) else None
        if isinstance(asked, OneOf) and isinstance(part, AtLeast) and part.steps[0].path == ITSS.segmentKind:
            shown.append(" / ".join(prose.label(kind) for kind in asked.values))
        elif isinstance(asked, NumberFrom):
            shown.append(brief(asked, prose))
    return " ".join(shown)


def _of_level(where: Demand, prose: Prose) -> bool:
    """Whether projects of a level are asked for, which a track record counts."""
    parts = where.parts if isinstance(where, AllOf) else (where,)
    indicators = prose.standard.graph.instances(ITSS.KeyPerformanceIndicator)
    return any(isinstance(part, Stated) and part.source in indicators for part in parts)


def _unit(path: str, prose: Prose) -> str:
    for measure in prose.standard.graph.subjects(ITSS.recordedAs, path):
        return prose.standard.graph.text(measure, ITSS.unit, prose.language) or ""
    return ""
