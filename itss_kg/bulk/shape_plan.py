"""SHACL Core shapes flattened for columns: each different constraint once, after those that it is made of.

What a shape asks is a tree of tests. Two shapes that ask the same are one test, so that it is worked out once. Whatever is not
known here becomes a test of which nothing is certain (`Unknown`), never one that passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from itss_kg.bulk.looks import Targets
from itss_kg.bulk.shape_tests import (
    All,
    Among,
    Any,
    Back,
    Bound,
    Count,
    Datatype,
    Either,
    Kind,
    Link,
    Maybe,
    Not,
    Path,
    Row,
    Test,
    Unknown,
    Values,
)
from itss_kg.errors import OntologyError
from itss_kg.graph import Graph, Literal, number
from itss_kg.input import read_triples
from itss_kg.namespaces import RDF, RDFS, SH, XSD
from itss_kg.records import nt_term

__all__ = ["ShapePlan", "shape_plan"]


_SAID = (SH.severity, SH.message, SH.name, SH.description, SH.order, SH.group, SH.path, SH.sparql)
_TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
_BOUNDS = (SH.minInclusive, SH.minExclusive, SH.maxInclusive, SH.maxExclusive)
_COUNTS = (SH.minCount, SH.maxCount, SH.qualifiedValueShape, SH.qualifiedMinCount, SH.qualifiedMaxCount)


@dataclass(frozen=True)
class ShapePlan:
    """The tests in an order in which each comes after its parts, and which of them each group of targets is to conform to."""

    tests: tuple[Test, ...]
    aimed: tuple[tuple[Targets, int], ...]


def shape_plan(documents: Iterable[str]) -> ShapePlan:
    """The plan of shapes in Turtle or N-Triples; constraints in SPARQL are left out (see `looks.Query`).

    Raises:
        OntologyError: a shape is aimed at single nodes, or is a class itself.
    """
    builder = _Builder(Graph(read_triples("shapes.ttl", "\n".join(documents).encode())))
    aimed = tuple(builder.aimed())
    return ShapePlan(tuple(builder.tests), aimed)


class _Builder:
    def __init__(self, graph: Graph) -> None:
        self.tests: list[Test] = []
        self._graph = graph
        self._places: dict[Test, int] = {}
        self._shapes: dict[str, int] = {}
        self._open: set[str] = set()

    def aimed(self) -> Iterator[tuple[Targets, int]]:
        for shape in sorted(self._graph.subjects_all()):
            targets = Targets(*(tuple(self._graph.nodes(shape, name)) for name in _TARGETS))
            row = self._graph.row(shape)
            implicit = (SH.path in row or SH.NodeShape in row.get(RDF.type, ())) and RDFS.Class in row.get(RDF.type, ())
            if SH.targetNode in row or SH.target in row or implicit:
                raise OntologyError(f"{shape} is aimed at nodes in a way that no batch of records can decide")
            if any(name in row for name in _TARGETS):
                yield targets, self._shape(shape)

    def _place(self, test: Test) -> int:
        if test not in self._places:
            self._places[test] = len(self.tests)
            self.tests.append(test)
        return self._places[test]

    def _all(self, parts: Iterable[int]) -> int:
        """The test of several at once; what one of them asks of several is asked for with the others."""
        flat: dict[int, None] = {}
        for part in parts:
            test = self.tests[part]
            flat.update(dict.fromkeys(test.parts if isinstance(test, All) else (part,)))
        return next(iter(flat)) if len(flat) == 1 else self._place(All(tuple(flat)))

    def _shape(self, shape: str) -> int:
        """The test of a shape; one that leads back to itself is not known."""
        if shape in self._open:
            return self._place(Unknown())
        if shape not in self._shapes:
            self._open.add(shape)
            self._shapes[shape] = self._all(self._constraints(shape))
            self._open.remove(shape)
        return self._shapes[shape]

    def _constraints(self, shape: str) -> Iterator[int]:
        graph, row = self._graph, self._graph.row(shape)
        if Literal("true", XSD.boolean) in row.get(SH.deactivated, ()):
            return
        path = self._path(graph.node(shape, SH.path)) if SH.path in row else None
        if SH.path in row and path is None:
            yield self._place(Unknown())
            return
        for name, terms in row.items():
            if name in _SAID or name in _TARGETS or name in _COUNTS or name not in SH:
                continue
            if path is not None and name == SH.hasValue:
                yield from (self._place(Count(path, self._place(Among((nt_term(term),))), 1)) for term in terms)
                continue
            for test in self._of_value(name, terms):
                if path is None or self.tests[test] == Unknown():  # which may also ask for values that are not there
                    yield test
                else:
                    yield self._place(Values(path, test))
        if path is not None:
            yield from self._counts(shape, path)

    def _of_value(self, name: str, terms: list[Literal | str]) -> Iterator[int]:
        """The tests of one value that a constraint component makes."""
        graph = self._graph
        nodes = [str(term) for term in terms if isinstance(term, str)]
        if name in (SH.node, SH.property):
            yield from map(self._shape, nodes)
        elif name in (SH["and"], SH["or"]):
            for head in nodes:
                parts = tuple(self._shape(str(item)) for item in graph.items(head))
                yield self._all(parts) if name == SH["and"] else self._place(Any(parts))
        elif name == SH["not"]:
            yield from (self._place(Not(self._shape(node))) for node in nodes)
        elif name == SH.nodeKind:
            yield from (self._place(Kind(node)) for node in nodes)
        elif name == SH.datatype:
            yield from (self._place(Datatype(node)) for node in nodes)
        elif name == SH.hasValue:
            yield from (self._place(Among((nt_term(term),))) for term in terms)
        elif name == SH["in"]:
            yield from (self._place(Among(tuple(map(nt_term, graph.items(head))))) for head in nodes)
        elif name in _BOUNDS:
            yield from (self._bound(name, term) for term in terms)
        elif name != SH.deactivated:
            yield self._place(Unknown())

    def _bound(self, name: str, term: Literal | str) -> int:
        value = number(term)
        return self._place(Bound(name, value) if isinstance(value, Decimal) else Unknown())

    def _counts(self, shape: str, path: Path) -> Iterator[int]:
        graph = self._graph
        anything = self._place(All(()))
        least, most = graph.integer(shape, SH.minCount), graph.integer(shape, SH.maxCount)
        if least is not None or most is not None:
            yield self._place(Count(path, anything, least or 0, most))
        wanted = graph.node(shape, SH.qualifiedValueShape)
        if wanted is not None:
            if SH.qualifiedValueShapesDisjoint in graph.row(shape):
                yield self._place(Unknown())
            least, most = graph.integer(shape, SH.qualifiedMinCount), graph.integer(shape, SH.qualifiedMaxCount)
            yield self._place(Count(path, self._shape(wanted), least or 0, most))

    def _path(self, node: str | None) -> Path | None:
        """The path; `None` where it is of a kind that columns do not follow."""
        graph = self._graph
        if node is None:
            return None
        row = graph.row(node)
        if not node.startswith("_:"):
            return Link(node)
        if RDF.first in row:
            return self._several(Row, graph.items(node))
        if SH.alternativePath in row:
            return self._several(Either, graph.items(graph.node(node, SH.alternativePath)))
        if SH.zeroOrOnePath in row:
            step = self._path(graph.node(node, SH.zeroOrOnePath))
            return None if step is None else Maybe(step)
        back = graph.node(node, SH.inversePath)
        return Back(back) if back is not None and not back.startswith("_:") else None

    def _several(self, kind: type[Row | Either], items: Iterable[Literal | str]) -> Path | None:
        steps = [self._path(str(item)) for item in items]
        return None if None in steps else kind(tuple(step for step in steps if step is not None))
