"""How far each shape looks, from which follows what a batch of whole records can decide by itself.

A shape that looks along properties is decided by the records it starts from, which a batch holds whole. One that looks back
(`sh:inversePath`: whose engagement is this?) depends on whoever points to its node, perhaps from another batch. SPARQL is
slow in every engine, so it is asked only about nodes that a query could be about.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from itss_kg.errors import OntologyError
from itss_kg.graph import Graph, Literal, Triple
from itss_kg.input import read_triples
from itss_kg.namespaces import PREFIXES, RDF, SH
from itss_kg.records import write
from itss_kg.sampling import Record

__all__ = ["Looks", "Query", "Targets", "looks"]

_TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
_ABOUT = "SELECT DISTINCT $this ?path WHERE { $this ?path ?any . "
_KNOWN = re.compile(
    re.escape(_ABOUT) + r"FILTER \( STRSTARTS\(STR\(\?path\), STR\((\w*:)\)\) \) FILTER \( \?path NOT IN \( ([^()]*) \) \) \}"
)
_PAIR = re.compile(
    r"SELECT DISTINCT \$this \((\S+) AS \?path\) \?value WHERE \{ "
    r"\$this \1 \?value , \?other \. FILTER \( \?value != \?other \) "
    r"\?value (\S+) \?(\w+) ; (\S+) \?(\w+) \. \?other \2 \?\3 ; \4 \?\5 \. \}"
)


@dataclass(frozen=True)
class Targets:
    """What places a node among the targets of a shape."""

    classes: tuple[str, ...]
    subjects: tuple[str, ...]
    objects: tuple[str, ...]

    def __or__(self, other: Targets) -> Targets:
        ours = (self.classes, self.subjects, self.objects)
        theirs = (other.classes, other.subjects, other.objects)
        return Targets(*(tuple(dict.fromkeys((*a, *b))) for a, b in zip(ours, theirs, strict=True)))


@dataclass(frozen=True)
class Query:
    """A SPARQL constraint and which nodes it may say something about; where neither is known, about any target.

    `known`: nodes with a property that begins with the first and is none of the others. `pair`: nodes with two values of the
    first property that agree in both of the others.
    """

    shape: str
    targets: Targets
    known: tuple[str, frozenset[str]] | None = None
    pair: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Looks:
    """The shapes sorted out, as N-Triples.

    `core` is all but SPARQL, `backward` those that look back, `queries` those with SPARQL. Results of the shapes `held` are
    certain only where a batch has every statement that leads to the node by a property of `incoming`. By `links` a node becomes
    the business of shapes, which then look at all that is said of it.
    """

    core: str
    backward: str
    queries: str
    held: frozenset[str]
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    targets: Targets
    asked: tuple[Query, ...]
    relevant: frozenset[str]
    links: tuple[str, ...]


def looks(documents: Iterable[str]) -> Looks:
    """Sort out the shapes of Turtle documents.

    Raises:
        OntologyError: a shape that looks back looks further than one step, so that no batch could decide it.
    """
    graph = Graph(read_triples("shapes.ttl", "\n".join(documents).encode()))
    units = [unit for shape in _targeted(graph) for unit in _units(graph, shape)]
    backward = [unit for unit in units if any(SH.inversePath in graph.row(node) for node in unit.nodes)]
    incoming, outgoing, targets = dict[str, None](), {RDF.type: None}, Targets((), (), ())
    for unit in backward:
        for node in unit.nodes:
            _one_step(graph, unit.source, node, incoming, outgoing)
        targets |= unit.targets
    queries = [unit for unit in units if any(SH.sparql in graph.row(node) for node in unit.nodes)]
    return Looks(
        core=_text(triple for triple in graph if triple[1] != SH.sparql),
        backward=_text(triple for unit in backward for triple in unit.triples),
        queries=_text(triple for unit in queries for triple in (*unit.triples, *_declared(graph))),
        held=frozenset(unit.source for unit in backward),
        incoming=tuple(dict.fromkeys((*incoming, *targets.objects))),
        outgoing=tuple(dict.fromkeys((*outgoing, *targets.subjects))),
        targets=targets,
        asked=tuple(_query(graph, unit) for unit in queries),
        relevant=frozenset(_predicates(graph)),
        links=tuple(sorted({name for unit in units for name in unit.targets.objects} | set(incoming))),
    )


@dataclass(frozen=True)
class _Unit:
    """What yields results of one source shape for one set of targets."""

    source: str
    targets: Targets
    nodes: tuple[str, ...]
    triples: tuple[Triple, ...]


def _targeted(graph: Graph) -> list[str]:
    return sorted(node for node in graph.subjects_all() if any(name in graph.row(node) for name in _TARGETS))


def _units(graph: Graph, shape: str) -> Iterator[_Unit]:
    """The constraints of the shape itself, and each of its property shapes."""
    targets = Targets(*(tuple(graph.nodes(shape, name)) for name in _TARGETS))
    head = [(shape, name, term) for name, terms in graph.row(shape).items() for term in terms if name in (*_TARGETS, RDF.type)]
    for source in (shape, *graph.nodes(shape, SH.property)):
        start = [] if source == shape else [(shape, SH.property, source)]
        skipped = (*_TARGETS, SH.property) if source == shape else ()
        nodes = list(_closure(graph, source, skipped))
        rows = [(node, name, term) for node in nodes for name, terms in graph.row(node).items() for term in terms]
        own = [triple for triple in rows if triple[0] != shape or triple[1] not in skipped]
        yield _Unit(source, targets, tuple(nodes), (*head, *start, *own))


def _closure(graph: Graph, start: str, skipped: tuple[str, ...]) -> Iterator[str]:
    waiting, seen = [start], set[str]()
    while waiting:
        node = waiting.pop()
        if node in seen or not graph.row(node):
            continue
        seen.add(node)
        yield node
        for name, terms in graph.row(node).items():
            if (name in SH or name in RDF) and not (node == start and name in skipped) and name != RDF.type:
                waiting.extend(term for term in terms if isinstance(term, str))


def _one_step(graph: Graph, source: str, node: str, incoming: dict[str, None], outgoing: dict[str, None]) -> None:
    """Note the properties that a path of the shape follows, each one step from the node."""
    for path in graph.nodes(node, SH.path):
        for step in graph.items(graph.node(path, SH.alternativePath)) or [path]:
            back = graph.node(str(step), SH.inversePath)
            if back is not None and not back.startswith("_:"):
                incoming[back] = None
            elif back is None and not str(step).startswith("_:"):
                outgoing[str(step)] = None
            else:
                raise OntologyError(f"{source} looks back along a path of several steps, which no batch of records can decide")
        for inner in _closure(graph, node, (SH.path,)):
            if inner != node and SH.path in graph.row(inner):
                raise OntologyError(f"{source} looks back and then further, which no batch of records can decide")


def _declared(graph: Graph) -> Iterator[Triple]:
    """The prefixes that queries use."""
    for node in graph.subjects_all():
        if any(name in graph.row(node) for name in (SH.declare, SH.prefix)):
            yield from ((node, name, term) for name, terms in graph.row(node).items() for term in terms)


def _query(graph: Graph, unit: _Unit) -> Query:
    texts = (term.lexical for node in unit.nodes for term in graph.objects(node, SH.select) if isinstance(term, Literal))
    words = " ".join(next(texts).split())
    if known := _KNOWN.fullmatch(words):
        return Query(unit.source, unit.targets, known=(_whole(known[1]), frozenset(map(_whole, known[2].split(" , ")))))
    if pair := _PAIR.fullmatch(words):
        return Query(unit.source, unit.targets, pair=(_whole(pair[1]), _whole(pair[2]), _whole(pair[4])))
    return Query(unit.source, unit.targets)


def _whole(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def _predicates(graph: Graph) -> Iterator[str]:
    """Every property that a shape without SPARQL can follow or is aimed by."""
    yield RDF.type
    for name in (SH.targetSubjectsOf, SH.targetObjectsOf, SH.path, SH.inversePath, SH.zeroOrOnePath):
        for node in graph.subjects_all():
            yield from (term for term in graph.nodes(node, name) if not term.startswith("_:"))
    for node in graph.subjects_all():
        for path in (*graph.nodes(node, SH.path), *graph.nodes(node, SH.alternativePath)):
            yield from (str(term) for term in graph.items(path) if not str(term).startswith("_:"))


def _text(triples: Iterable[Triple]) -> str:
    stream = io.StringIO()
    write([Record("", list(Graph(triples)))], stream, "nt")
    return stream.getvalue()
