"""A demand held against a node of a record: whether it is met, and the proof of it either way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, Stated, Step
from itss_kg.graph import Graph, Literal, Term, number

__all__ = ["Element", "Evaluator", "Proof", "Reached"]


@dataclass(frozen=True)
class Proof:
    """What was found for a demand at a node.

    `parts` are the proofs of the parts of an all-of or any-of (and of what is stated); `elements` are, for an at-least, all
    that stand at the end of its steps, whether they count or not; `found` is how many different ones count.
    """

    demand: Demand
    node: Term
    met: bool
    parts: tuple[Proof, ...] = ()
    elements: tuple[Element, ...] = ()
    found: int | None = None


@dataclass(frozen=True)
class Reached:
    """One node on the way along the steps of an at-least, with the proof of that step's condition."""

    path: str
    node: Term
    proof: Proof


@dataclass(frozen=True)
class Element:
    """A way along all steps of an at-least; it counts where every condition on the way is met."""

    trail: tuple[Reached, ...]

    @property
    def node(self) -> Term:
        """What stands at the end."""
        return self.trail[-1].node

    @property
    def met(self) -> bool:
        """Whether every condition on the way is met."""
        return all(reached.proof.met for reached in self.trail)


class Evaluator:
    """Holds demands against one graph, which must not change meanwhile; remembers what it found at shared nodes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[tuple[int, Term], bool] = {}
        self._kept: list[Demand] = []

    def meets(self, demand: Demand, node: Term) -> bool:
        """Whether the node meets the demand; stops as soon as that is known."""
        match demand:
            case Stated():
                return self._remembered(demand, node)
            case AllOf():
                return all(self.meets(part, node) for part in demand.parts)
            case AnyOf():
                return any(self.meets(part, node) for part in demand.parts)
            case AtLeast():
                return self._reaches(demand, node)
            case _:
                return _value_meets(demand, node)

    def _remembered(self, demand: Stated, node: Term) -> bool:
        key = (id(demand), node)
        if key not in self._known:
            self._kept.append(demand)  # an id stays its own only as long as its object lives
            self._known[key] = self.meets(demand.demand, node)
        return self._known[key]

    def _reaches(self, demand: AtLeast, node: Term) -> bool:
        if not isinstance(node, str):
            return False
        ends: set[Term] = set()
        for end in self._ends(node, demand.steps):
            ends.add(end)
            if len(ends) >= demand.count:
                return True
        return demand.count <= 0

    def _ends(self, node: str, steps: tuple[Step, ...]) -> Iterator[Term]:
        step, rest = steps[0], steps[1:]
        for term in self.graph.objects(node, step.path):
            if self.meets(step.where, term):
                if not rest:
                    yield term
                elif isinstance(term, str):
                    yield from self._ends(term, rest)

    def prove(self, demand: Demand, node: Term) -> Proof:
        """The whole proof, of what is met and of what is not."""
        match demand:
            case Stated():
                inner = self.prove(demand.demand, node)
                return Proof(demand, node, inner.met, (inner,), found=inner.found)
            case AllOf():
                parts = tuple(self.prove(part, node) for part in demand.parts)
                return Proof(demand, node, all(part.met for part in parts), parts)
            case AnyOf():
                parts = tuple(self.prove(part, node) for part in demand.parts)
                return Proof(demand, node, any(part.met for part in parts), parts)
            case AtLeast():
                elements = tuple(Element(trail) for trail in self._trails(node, demand.steps))
                found = len({element.node for element in elements if element.met})
                return Proof(demand, node, found >= demand.count, elements=elements, found=found)
            case _:
                return Proof(demand, node, _value_meets(demand, node))

    def _trails(self, node: Term, steps: tuple[Step, ...]) -> Iterator[tuple[Reached, ...]]:
        if not isinstance(node, str):
            return
        step, rest = steps[0], steps[1:]
        for term in self.graph.objects(node, step.path):
            reached = Reached(step.path, term, self.prove(step.where, term))
            if not rest:
                yield (reached,)
            for further in self._trails(term, rest) if rest else ():
                yield (reached, *further)


def _value_meets(demand: OneOf | RankFrom | NumberFrom, node: Term) -> bool:
    if isinstance(demand, NumberFrom):
        value = number(node) if isinstance(node, Literal) else None
        if value is None:
            return False
        return value > demand.minimum if demand.strictly else value >= demand.minimum
    return node in demand.values
