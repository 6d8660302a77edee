"""Demands and what was found, in sentences: English or Japanese.

The words for things come from the ontology's labels; what stands here is how the parts of the algebra are put together.
"""

from __future__ import annotations

from collections.abc import Iterable

from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, Stated, bare
from itss_kg.namespaces import ITSS, RDF
from itss_kg.standard import Indicator, Standard, known_language

__all__ = ["Prose"]

_WORDS = {
    "en": {
        "shall": "{indicator}: the candidate shall {phrase}{also}.",
        "or-examination": "; or have passed the {examination}",
        "unmet": "{indicator}: the candidate shall {phrase}; {found}.",
        "count": "{found} of {required} found",
        "count-of": "'{part}': {found} of {required} found",
        "nothing": "nothing in the record meets this",
        "place": "In the standard's text: characters {spans}",
        "none": "nothing recorded",
        "asked": "; asked for: {asked}",
        "short": "{short} short of {floor}",
        "or": "; or ",
        "choice": " or ",
        "either": " or ",
        "and": ", and ",
        "comma": ", ",
        "items": "; ",
        "segments": "be responsible for at least {n} {kinds}{employees}",
        "staff": " with {floor:,} employees or more",
        "staff-each": " with {floor:,} employees or more each",
        "equivalent": "be responsible for a market segment that a named person judged equivalent to this scope or a higher one",
        "projects": "have at least {n} {thing} in {field} with {tasks} performed and {expectations} met, {where}",
        "counted": "have at least {n} counted {thing} in {field} {where}",
        "of-them": "at least {n} of them {where}",
        "level": "of the complexity and size of {indicator} or above",
        "factors": "showing at least {n} of the {plural}{items}",
        "factor": "showing the {one} '{item}'",
        "number": "{measure} of at least {floor:,} {unit}",
        "recorded": "any recorded {measure}",
        "band": "with {ranges}",
        "specialty": "have one {thing} with {conditions}",
        "area": "one of the {plural}{items}",
        "rank": "{property} '{rank}' or higher",
        "kinds": "have a record of at least {n} of the {plural}{items}",
        "list": " ({items})",
        "other": "have at least {n} '{thing}'{where}",
    },
    "ja": {
        "shall": "{indicator}：候補者は、{phrase}{also}こと。",
        "or-examination": "、または{examination}に合格している",
        "unmet": "{indicator}：候補者は、{phrase}こと（{found}）。",
        "count": "必要数{required}に対し確認数{found}",
        "count-of": "「{part}」が必要数{required}に対し確認数{found}",
        "nothing": "該当する記録なし",
        "place": "標準の本文：文字位置 {spans}",
        "none": "記録なし",
        "asked": "（求められるもの：{asked}）",
        "short": "{floor}に{short}不足",
        "or": "、または",
        "choice": "・",
        "either": "または",
        "and": "、かつ",
        "comma": "・",
        "items": "、",
        "segments": "{kinds}を{n}{counter}以上担当する{employees}",
        "staff": "（従業員{floor:,}名以上）",
        "staff-each": "（それぞれ従業員{floor:,}名以上）",
        "equivalent": "このレベル以上の担当範囲と同等であると特定の者が判断した市場セグメントを担当する",
        "projects": "{field}において{tasks}を実施し{expectations}を満たした{thing}で、{where}ものが{n}{counter}以上ある",
        "counted": "{field}の算入{thing}で、{where}ものが{n}{counter}以上ある",
        "of-them": "うち{n}{counter}以上は{where}",
        "level": "{indicator}以上の複雑性とサイズを満たす",
        "factors": "{one}{items}のうち{n}{counter}以上に該当する",
        "factor": "{one}「{item}」に該当する",
        "number": "{measure}{floor:,}{unit}以上",
        "recorded": "{measure}（値は問わない）",
        "band": "{ranges}に該当する",
        "specialty": "{conditions}を満たす{thing}がある",
        "area": "{one}{items}のいずれか",
        "rank": "{property}が「{rank}」以上",
        "kinds": "{one}{items}のうち{n}{counter}以上の実績がある",
        "list": "（{items}）",
        "other": "「{thing}」が{n}件以上ある{where}",
    },
}


class Prose:
    """Sentences in one language.

    Raises:
        CallError: the language is not one of `LANGUAGES`.
    """

    def __init__(self, standard: Standard, language: str = "en") -> None:
        self.standard = standard
        self.language = known_language(language)
        self._words = _WORDS[language]

    def label(self, iri: str) -> str:
        """The label of a thing."""
        return self.standard.label(iri, self.language)

    def kind(self, kind: str) -> str:
        """A kind of criterion as people of the language call it; in English its short name is a word already."""
        return kind if self.language == "en" else self.standard.kind(kind, self.language)

    def shall(self, indicator: Indicator, demand: Demand) -> str:
        """The sentence that says what a candidate shall show, lists written out."""
        by = self._names((examination for examination, _ in indicator.examinations), "comma")
        also = self._say("or-examination", examination=by) if by else ""
        return self._say("shall", indicator=self.label(indicator.iri), phrase=self.phrase(demand, lists=True), also=also)

    def unmet(self, indicator: Indicator, asked: Demand, counted: tuple[int, int] | None, part: Demand | None = None) -> str:
        """The sentence that says what a record lacks for what is `asked`.

        `counted` is what is required and what was found, `part` of which part of the demand, where it is not the whole.
        """
        found = self._say("count", required=counted[0], found=counted[1]) if counted else self._say("nothing")
        if counted and part is not None:
            found = self._say("count-of", part=self._part(part), required=counted[0], found=counted[1])
        phrase = self.phrase(asked, lists=False)
        return self._say("unmet", indicator=self.label(indicator.iri), phrase=phrase, found=found)

    def _part(self, part: Demand) -> str:
        """A part of a conjunction by itself: the projects among "them", or what one project shows."""
        return (
            self._projects(bare(part), False, "of-them") if _over(part, ITSS.hasEngagement) else self.phrase(part, lists=False)
        )

    def phrase(self, demand: Demand, *, lists: bool = True) -> str:
        """A demand as a phrase that a sentence can hold; `lists` writes out the items that may be chosen."""
        match demand:
            case Stated():
                return self._stated(demand, lists)
            case AllOf():
                return self._conjunction(demand, lists)
            case AnyOf():
                return self._words["or"].join(self.phrase(part, lists=lists) for part in demand.parts)
            case AtLeast():
                return self._count(demand, lists)
            case OneOf():
                return self._names(demand.values, "choice")
            case RankFrom():
                return self.label(demand.minimum)
            case NumberFrom():
                return f"{demand.minimum:,}"

    def words(self, key: str) -> str:
        """A fixed phrase of this language."""
        return self._words[key]

    def number(self, value: float) -> str:
        """A number as people write it."""
        return f"{value:,}"

    def _say(self, word: str, **parts: object) -> str:
        return self._words[word].format(**parts)

    def _names(self, iris: Iterable[str], between: str) -> str:
        names = [self.label(iri) for iri in iris]
        return self._words[between].join(names)

    def _stated(self, demand: Stated, lists: bool) -> str:
        types = self.standard.graph.nodes(demand.source, RDF.type)
        if demand.source == ITSS.judgedEquivalentTo:
            return self._say("equivalent")
        if ITSS.KeyPerformanceIndicator in types:
            return self._say("level", indicator=self.label(demand.source))
        if ITSS.MeasureRange in types:
            return self._say("recorded", measure=self._measure(_path(demand.demand))[0])
        if ITSS.SizeBand in types:
            ranges = demand.demand.parts if isinstance(demand.demand, AnyOf) else (demand.demand,)
            return self._say("band", ranges=self._words["either"].join(self.phrase(part) for part in ranges))
        return self.phrase(demand.demand, lists=lists)

    def _conjunction(self, demand: AllOf, lists: bool) -> str:
        """The parts joined; of several demands on projects, those after the first speak of "them"."""
        first, *others = demand.parts or (demand,)
        if others and all(_over(part, ITSS.hasEngagement) for part in demand.parts):
            return self._words["and"].join(
                [self.phrase(first, lists=lists), *(self._projects(part, lists, "of-them") for part in map(bare, others))]
            )
        return self._words["and"].join(self.phrase(part, lists=lists) for part in demand.parts)

    def _count(self, demand: AtLeast, lists: bool) -> str:
        path = demand.steps[0].path
        if path == ITSS.responsibleFor:
            return self._segments(demand)
        if path == ITSS.hasEngagement:
            return self._projects(demand, lists)
        if path == ITSS.hasSpecialty:
            return self._specialty(demand, lists)
        last = bare(demand.steps[-1].where)
        if isinstance(last, NumberFrom):
            measure, unit = self._measure(path)
            return self._say("number", measure=measure, floor=last.minimum, unit=unit)
        if isinstance(last, OneOf):
            return self._items(demand, last, "factors" if len(demand.steps) == 1 else "kinds", lists)
        where = self.phrase(last, lists=lists)
        return self._say("other", n=demand.count, thing=self.label(path), where=where and f": {where}")

    def _segments(self, demand: AtLeast) -> str:
        kinds = self._values(demand, ITSS.segmentKind)
        floor = next((part.minimum for part in self._leaves(demand, ITSS.employees) if isinstance(part, NumberFrom)), None)
        staff = self._say("staff" if demand.count == 1 else "staff-each", floor=floor) if floor is not None else ""
        plural = demand.count > 1
        names = [self._plural(kind) if plural and self.language == "en" else self.label(kind) for kind in kinds]
        counter = self.standard.graph.text(kinds[0], ITSS.counter) if len(kinds) == 1 else None
        joined = self._words["comma"].join(names[:-1]) + (self._words["choice"] if len(names) > 1 else "") + names[-1]
        return self._say("segments", n=demand.count, kinds=joined, employees=staff, counter=counter or "件")

    def _projects(self, demand: Demand, lists: bool, word: str = "") -> str:
        assert isinstance(demand, AtLeast)  # noqa: S101  # callers looked at the path
        part, project = demand.steps[0].where, demand.steps[-1].where
        tasks = [item.values[0] for item in self._inner(part, ITSS.performed) if isinstance(item, OneOf)]
        met = [item.values[0] for item in self._inner(project, ITSS.metExpectation) if isinstance(item, OneOf)]
        field = next(item.values[0] for item in self._inner(part, ITSS.inField) if isinstance(item, OneOf))
        rest = [item for item in _parts(project) if not _over(item, ITSS.metExpectation)]
        return self._say(
            word or ("projects" if lists and tasks and met else "counted"),
            n=demand.count,
            thing=self._plural(ITSS.Project) if self.language == "en" and demand.count > 1 else self.label(ITSS.Project),
            field=self.label(field),
            tasks=self._names(tasks, "comma"),
            expectations=self._names(met, "comma"),
            where=self._words["and"].join(self.phrase(item, lists=lists) for item in rest),
            counter=self.standard.graph.text(ITSS.Project, ITSS.counter),
        )

    def _specialty(self, demand: AtLeast, lists: bool) -> str:
        conditions: list[str] = []
        for part in _parts(demand.steps[-1].where):
            inner = bare(part)
            asked = bare(inner.steps[-1].where) if isinstance(inner, AtLeast) else inner
            if isinstance(asked, RankFrom):
                conditions.append(self._say("rank", property=self.label(_path(inner)), rank=self.label(asked.minimum)))
            elif isinstance(asked, OneOf):
                conditions.append(self._items(inner, asked, "area", lists))
        joined = self._words["and"].join(conditions)
        return self._say("specialty", conditions=joined, thing=self.label(ITSS.SpecialtyRecord))

    def _items(self, demand: Demand, items: OneOf, word: str, lists: bool) -> str:
        count = demand.count if isinstance(demand, AtLeast) else 1
        cls = self._class(items.values[0])
        one = self.label(cls)
        if len(items.values) == 1 and word == "factors":
            return self._say("factor", one=one, item=self.label(items.values[0]))
        listed = self._say("list", items=self._names(items.values, "items")) if lists else ""
        counter = self.standard.graph.text(cls, ITSS.counter) or ""
        return self._say(word, n=count, one=one, plural=self._plural(cls), items=listed, counter=counter)

    def _class(self, item: str) -> str:
        types = [cls for cls in self.standard.graph.nodes(item, RDF.type) if cls in ITSS]
        return types[0] if types else item

    def _plural(self, iri: str) -> str:
        return self.standard.graph.text(iri, ITSS.pluralLabel) or self.label(iri)

    def _measure(self, path: str) -> tuple[str, str]:
        for measure in self.standard.graph.subjects(ITSS.recordedAs, path):
            return self.label(measure), self.standard.graph.text(measure, ITSS.unit, self.language) or ""
        return self.label(path), ""

    def _values(self, demand: AtLeast, path: str) -> tuple[str, ...]:
        return next((item.values for item in self._leaves(demand, path) if isinstance(item, OneOf)), ())

    def _leaves(self, demand: AtLeast, path: str) -> list[Demand]:
        return self._inner(demand.steps[-1].where, path)

    def _inner(self, where: Demand, path: str) -> list[Demand]:
        """What the parts of a condition ask of the values of one property."""
        found = [bare(part) for part in _parts(where) if _over(part, path)]
        return [bare(part.steps[-1].where) for part in found if isinstance(part, AtLeast)]


def _parts(where: Demand) -> tuple[Demand, ...]:
    inner = bare(where)
    return inner.parts if isinstance(inner, AllOf) else (where,)


def _over(part: Demand, path: str) -> bool:
    inner = bare(part)
    return isinstance(inner, AtLeast) and inner.steps[0].path == path


def _path(demand: Demand) -> str:
    inner = bare(demand)
    return inner.steps[0].path if isinstance(inner, AtLeast) else ""
