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

from itss_kg.graph import Graph, Literal, Term, number
from itss_kg.namespaces import ITSS, OWL, RDF, RDFS, RELATIVE_BASE, XSD, curie, local_name
from itss_kg.standard import Standard

__all__ = ["Known", "QualityFinding", "quality", "where"]

_COMPARED = 20  # names, at most, that a misspelled one is compared with letter by letter


@dataclass(frozen=True)
class QualityFinding:
    """Something in a record that was not understood, or that contradicts itself; `subject` is where it stands.

    `node` is the node itself, which for people is called after the way to it where it is blank.
    """

    subject: str
    message: str
    node: str = field(default="", compare=False)


def quality(graph: Graph, standard: Standard, language: str = "en", known: Known | None = None) -> Iterator[QualityFinding]:
    """The findings of a whole graph, ordered by subject; a blank node is named by the way that leads to it.

    Args:
        graph: the records.
        standard: whose vocabulary they use.
        language: of the messages.
        known: what an earlier call was given, to use it again.
    """
    known = known or Known(standard, language)
    for subject in sorted(graph.subjects_all()):
        if subject.startswith(RELATIVE_BASE):
            yield QualityFinding(subject, known.say("relative", name=subject.removeprefix(RELATIVE_BASE)), subject)
        for predicate, terms in graph.row(subject).items():
            for message in known.check(predicate, terms):
                yield QualityFinding(where(subject, graph), message, subject)


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
        self._graph = standard.graph
        self._said = _SAID[language]
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
        """What is wrong with the values of one property of one subject."""
        if predicate == RDF.type or not self._ours(predicate):
            yield from self._undeclared(predicate, terms if predicate == RDF.type else [])
            return
        yield from self._undeclared(predicate, terms)
        if not self._graph.row(predicate):
            return
        types = self._graph.objects(predicate, RDF.type)
        name = curie(predicate)
        if OWL.FunctionalProperty in types and len(terms) > 1:
            yield self.several(predicate, terms)
        if OWL.DatatypeProperty in types:
            yield from (message for term in terms for message in self._number(predicate, term))
        elif OWL.ObjectProperty in types:
            yield from (self.say("text", name=name, value=_shown(term)) for term in terms if isinstance(term, Literal))

    def several(self, predicate: str, terms: list[Term]) -> str:
        """What is said of values of a property that has but one."""
        values = ", ".join(sorted(_shown(term) for term in terms))
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
            self._close[name] = f"; did you mean {curie(self._names[close[0]])}?" if close else ""
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
            parts = {"name": curie(predicate), "value": _shown(term)}
            value = number(term)
            if value is None or not math.isfinite(value):
                yield self.say("quoted" if _is_quoted(term) else "no-number", **parts)
            elif base == XSD.integer and isinstance(term, Literal) and not term.lexical.lstrip("+-").isdigit():
                yield self.say("whole", **parts)
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


def _shown(term: Term) -> str:
    if isinstance(term, Literal):
        return f'"{term.lexical}"'
    return curie(term)
