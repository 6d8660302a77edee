"""What in the records the standard's vocabulary does not account for, found without a SHACL engine while assessing.

The ontology's own declarations are the measure: declared terms, properties with one value only, datatypes. The candidate shapes
say more; these findings are what an assessment must not pass over in silence.
"""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from itss_kg.graph import Graph, Literal, Term, number, shown
from itss_kg.namespaces import ITSS, OWL, RDF, RDFS, RELATIVE_BASE, XSD, curie, local_name
from itss_kg.standard import Standard, known_language

__all__ = ["Known", "QualityFinding", "other_namespace", "quality", "where"]

_FRACTIONS = (XSD.decimal, XSD.double, XSD.float)  # datatypes of numbers that may have one
_COMPARED = 20  # names, at most, that a misspelled one is compared with letter by letter


@dataclass(frozen=True)
class QualityFinding:
    """Something in a record that was not understood, or that contradicts itself; `subject` is where it stands.

    `node` is the node itself, which for people is called after the way to it where it is blank; `several` the property whose
    values contradict each other, if that is it.
    """

    subject: str
    message: str
    node: str = field(default="", compare=False)
    several: str = field(default="", compare=False)


def quality(graph: Graph, standard: Standard, language: str = "en", known: Known | None = None) -> Iterator[QualityFinding]:
    """The findings of a whole graph, ordered by subject; a blank node is named by the way that leads to it.

    Args:
        graph: the records.
        standard: whose vocabulary they use.
        language: of the messages.
        known: what an earlier call was given, to use it again.

    Raises:
        CallError: the language is not one of `LANGUAGES`.
    """
    known = known or Known(standard, language)
    for subject in sorted(graph.subjects_all()):
        if subject.startswith(RELATIVE_BASE):
            yield QualityFinding(subject, known.say("relative", name=subject.removeprefix(RELATIVE_BASE)), subject)
        for predicate, terms in graph.row(subject).items():
            if len(terms) > 1 and known.has_one_value(predicate):
                yield QualityFinding(where(subject, graph), known.several(predicate, terms), subject, predicate)
            for message in known.check(predicate, terms):
                yield QualityFinding(where(subject, graph), message, subject)


def other_namespace(graph: Graph, standard: Standard) -> str | None:
    """The namespace that records use, most often, for names of the standard's vocabulary, where it is not the standard's."""
    known = {local_name(iri) for iri in standard.graph.subjects_all() if iri.startswith(ITSS.base)}
    used: Counter[str] = Counter()
    for _, predicate, term in graph:
        iri = term if predicate == RDF.type and isinstance(term, str) else predicate
        if local_name(iri) in known and not iri.startswith(ITSS.base):
            used[iri[: -len(local_name(iri))]] += 1
    return min(used, key=lambda base: (-used[base], base), default=None)


def where(node: str, graph: Graph) -> str:
    """The node's IRI; for a blank node that of the nearest named one which leads to it, and the properties on the way."""
    steps: list[str] = []
    seen: set[str] = set()
    while node.startswith("_:") and node not in seen:
        seen.add(node)
        owner = next(((s, p) for s, p, o in _owners(node, graph)), None)
        if owner is None:
            break
        node = owner[0]
        steps.append(local_name(owner[1]))
    return " › ".join([node, *reversed(steps)])


def _owners(node: str, graph: Graph) -> Iterator[tuple[str, str, Term]]:
    for predicate in (ITSS.onProject, ITSS.hasEngagement, ITSS.responsibleFor, ITSS.hasSpecialty, ITSS.hasSuccession):
        yield from ((subject, predicate, node) for subject in graph.subjects(predicate, node))
    yield from ((subject, ITSS.hasDevelopment, node) for subject in graph.subjects(ITSS.hasDevelopment, node))


_SAID = {
    "en": {
        "relative": "is only called {name!r}; give it a whole IRI, e.g. https://example.org/person/1",
        "several": "{name} has {count} values that contradict each other: {values}",
        "text": "{name} has the text {value}, where it links to another thing",
        "unknown": "unknown term {name}{nearest}",
        "other": "{name} is {value}, which is no {kind}",
        "nearest": "; did you mean {name}?",
        "no-number": "{name} is {value}, which is no number; write a plain number such as 12",
        "quoted": "{name} is the text {value}; write the number without quotes",
        "whole": "{name} is {value}, where a whole number such as 12 is asked for",
        "least": "{name} is {value}; it cannot be less than {least}",
        "above": "{name} is {value}; it must be more than {least}",
    },
    "ja": {
        "relative": "識別子が「{name}」だけです。https://example.org/person/1 のような完全なIRIにしてください",
        "several": "{name} に互いに矛盾する値が{count}個あります：{values}",
        "text": "{name} の値が文字列 {value} です。他のものへのリンクが必要です",
        "unknown": "未知の語 {name}{nearest}",
        "other": "{name} の値 {value} は{kind}ではありません",
        "nearest": "（{name} のことではありませんか）",
        "no-number": "{name} の値 {value} は数ではありません。12 のような数を書いてください",
        "quoted": "{name} の値 {value} は文字列です。引用符を外して数として書いてください",
        "whole": "{name} の値 {value} は整数ではありません。12 のような整数を書いてください",
        "least": "{name} の値 {value} は {least} 以上でなければなりません",
        "above": "{name} の値 {value} は {least} より大きくなければなりません",
    },
}


class Known:
    """What the standard's ontology declares, and what it says of the values of its properties; `homes` are its namespaces."""

    def __init__(self, standard: Standard, language: str) -> None:
        self._standard = standard
        self._graph = standard.graph
        self._language = known_language(language)
        self._said = _SAID[language]
        self._lists: dict[str, frozenset[Term]] = {}
        self.homes = {iri[: -len(local_name(iri))] for iri in (*(item.iri for item in standard.indicators), ITSS.key)}
        self._close: dict[str, str] = {}
        self._names = {local_name(iri): iri for iri in standard.graph.subjects_all() if self._ours(iri)}

    def say(self, key: str, **parts: object) -> str:
        """The message in the language asked for."""
        return self._said[key].format(**parts)

    def declared(self, iri: str) -> bool:
        """Whether the ontology says anything of it."""
        return bool(self._graph.row(iri))

    def types(self, iri: str) -> list[Term]:
        """What the ontology says it is."""
        return self._graph.objects(iri, RDF.type)

    def _ours(self, term: Term) -> bool:
        return isinstance(term, str) and term[: -len(local_name(term))] in self.homes

    def check(self, predicate: str, terms: list[Term]) -> Iterator[str]:
        """What is wrong with each of the values of one property of one subject."""
        if predicate == RDF.type or not self._ours(predicate):
            yield from self._undeclared(predicate, terms if predicate == RDF.type else [])
            return
        yield from self._undeclared(predicate, terms)
        if not self._graph.row(predicate):
            return
        types = self._graph.objects(predicate, RDF.type)
        name = curie(predicate)
        if OWL.DatatypeProperty in types:
            yield from (message for term in terms for message in self._number(predicate, term))
        elif OWL.ObjectProperty in types:
            yield from (self.say("text", name=name, value=shown(term)) for term in terms if isinstance(term, Literal))
            yield from self._other(predicate, terms)

    def has_one_value(self, predicate: str) -> bool:
        """Whether two values of the property contradict each other."""
        return OWL.FunctionalProperty in self.types(predicate)

    def listed(self, predicate: str) -> frozenset[Term]:
        """The values of a property of which the standard has a list; none where it has not."""
        if predicate not in self._lists:
            ranges = self._graph.nodes(predicate, RDFS.range)
            self._lists[predicate] = frozenset(iri for kind in ranges for iri in self._graph.instances(kind))
        return self._lists[predicate]

    def _other(self, predicate: str, terms: list[Term]) -> Iterator[str]:
        """Values that are not in the list: a verdict passes over them, and the reason is often another namespace."""
        allowed = self.listed(predicate)
        for term in terms if allowed else ():
            if not isinstance(term, str) or term in allowed:
                continue
            if self.declared(term) or term.startswith("_:"):
                kind = self._standard.label(self._graph.nodes(predicate, RDFS.range)[0], self._language)
                yield self.say("other", name=curie(predicate), value=curie(term), kind=kind)
            elif not self._ours(term):
                yield self.say("unknown", name=curie(term), nearest=self._nearest(local_name(term)))

    def several(self, predicate: str, terms: list[Term]) -> str:
        """What is said of values of a property that has but one."""
        names = [shown(term) for term in terms]
        if len(set(names)) < len(names):  # they differ in the datatype alone
            names = [shown(term, plainly=False) for term in terms]
        values = ", ".join(sorted(names))
        return self.say("several", name=curie(predicate), count=len(terms), values=values)

    def _undeclared(self, predicate: str, terms: list[Term]) -> Iterator[str]:
        for term in (predicate, *terms):
            if isinstance(term, str) and self._ours(term) and not self._graph.row(term):
                yield self.say("unknown", name=curie(term), nearest=self._nearest(local_name(term)))

    def _nearest(self, name: str) -> str:
        if name not in self._close:  # a misspelling mostly comes many times
            shared = Counter(known for pair in _pairs(name) for known in self._with_pair.get(pair, ()))
            likely = sorted(shared, key=lambda known: (-shared[known] / (len(known) + len(name)), known))[:_COMPARED]
            close = difflib.get_close_matches(name, likely, n=1, cutoff=0.6)
            self._close[name] = self.say("nearest", name=curie(self._names[close[0]])) if close else ""
        return self._close[name]

    @cached_property
    def _with_pair(self) -> dict[str, list[str]]:
        """The names with each pair of letters: to compare a name with all of them would take longer than all else."""
        found: dict[str, list[str]] = {}
        for name in self._names:
            for pair in _pairs(name):
                found.setdefault(pair, []).append(name)
        return found

    def _number(self, predicate: str, term: Term) -> Iterator[str]:
        for declared in self._graph.nodes(predicate, RDFS.range):
            base = self._graph.node(declared, OWL.onDatatype) or declared
            if base not in (XSD.integer, XSD.decimal):
                continue
            parts = {"name": curie(predicate), "value": shown(term)}
            value = number(term)
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                yield self.say("quoted" if _is_quoted(term) else "no-number", **parts)
            elif base == XSD.integer and isinstance(term, Literal) and not term.lexical.lstrip("+-").isdigit():
                yield self.say("whole", **parts)
            elif base == XSD.integer and isinstance(term, Literal) and term.datatype in _FRACTIONS:
                yield self.say("whole", name=curie(predicate), value=shown(term, plainly=False))
            else:
                yield from self._facets(declared, value, parts)

    def _facets(self, declared: str, value: Decimal | float, parts: dict[str, str]) -> Iterator[str]:
        """What the declared range says of how small the number may be."""
        for facet in self._graph.items(self._graph.node(declared, OWL.withRestrictions)):
            for predicate, key in ((XSD.minInclusive, "least"), (XSD.minExclusive, "above")):
                for least in map(number, self._graph.objects(str(facet), predicate)):
                    if least is not None and (value < least or (key == "above" and value == least)):
                        yield self.say(key, least=least, **parts)


def _pairs(name: str) -> set[str]:
    return {name[place : place + 2] for place in range(len(name) - 1)}


def _is_quoted(term: Term) -> bool:
    return isinstance(term, Literal) and number(term._replace(datatype=XSD.decimal)) is not None
