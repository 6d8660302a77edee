"""The smallest additions to a record that would meet a demand.

An addition is a statement that the record does not hold yet. Records are only added to: a recorded number is never altered, a
property that has one value gets no second one. Existing projects and records are completed where that takes fewer statements
than new ones. The search weighs every way to complete a record against a new one, tries the parts of a demand in both orders
(a project added for one part may serve the next), and then drops whatever turned out not to be needed: so no smaller part of
what it proposes would do. A judgement of equivalence is never proposed (R8): it is a person's to make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from itss_kg.demand import AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, Stated, Step, bare
from itss_kg.evaluate import Element, Evaluator, Proof
from itss_kg.graph import Graph, Term, Triple, literal
from itss_kg.namespaces import ITSS, OWL, RDF
from itss_kg.standard import Standard

__all__ = ["NEW", "Addition", "additions", "record_of", "statements"]


@dataclass(frozen=True)
class Addition:
    """One statement to add; `choices` are the other values that would do as well, `new` says that its subject is new too."""

    subject: str
    predicate: str
    value: Term
    choices: tuple[str, ...] = ()
    at_least: bool = False
    new: bool = False

    @property
    def of_new(self) -> bool:
        """Whether it belongs to a record that is made; another criterion may add to one that is made already."""
        return self.new or self.subject.startswith(NEW)


Plan = tuple[Addition, ...]

NEW = "_:new"  # what the names of records to be made begin with
_NEAREST = 12  # records that are weighed for completion, those that miss least; more of them only cost time


def record_of(graph: Graph, candidate: str, stop: Graph) -> Graph:
    """The part of a graph that a candidate's statements reach, without what the standard itself describes."""
    found = Graph()
    waiting = [candidate]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        for predicate, terms in graph.row(node).items():
            for term in terms:
                found.add(node, predicate, term)
                if isinstance(term, str) and term not in seen and predicate != RDF.type and not stop.row(term):
                    seen.add(term)
                    waiting.append(term)
    return found


def additions(standard: Standard, graph: Graph, candidate: str, demands: Iterable[Demand]) -> Plan | None:
    """The smallest additions to a candidate's record that would meet all the demands.

    Returns:
        The additions, none where the demands are met already; `None` where no addition could meet them.
    """
    record = record_of(graph, candidate, standard.graph)
    goal = AllOf(tuple(demands))
    plans = []
    for backwards, fresh in product((False, True), repeat=2):
        plan = _Planner(standard, backwards=backwards, fresh_first=fresh).plan(goal, candidate, record)
        if plan is not None:
            plans.append(_pruned(plan, goal, candidate, record))
    return min(plans, key=len, default=None)


def _pruned(plan: Plan, goal: Demand, candidate: str, record: Graph) -> Plan:
    """The plan without any statement that the goal can do without."""
    kept = list(plan)
    for item in reversed(plan):
        fewer = [other for other in kept if other is not item]
        if Evaluator(_with(record, fewer)).meets(goal, candidate):
            kept = fewer
    return tuple(kept)


def _with(record: Graph, plan: Iterable[Addition]) -> Graph:
    whole = Graph(record)
    whole.update(statements(plan))
    return whole


def statements(plan: Iterable[Addition]) -> Iterator[Triple]:
    """The triples of a plan."""
    for item in plan:
        yield item.subject, item.predicate, item.value


class _Planner:
    def __init__(self, standard: Standard, *, backwards: bool, fresh_first: bool) -> None:
        self._standard = standard
        self._backwards = backwards
        self._fresh_first = fresh_first
        self._count = 0

    def plan(self, demand: Demand, node: str, record: Graph) -> Plan | None:
        """What to add so that the node meets the demand."""
        if Evaluator(record).meets(demand, node):
            return ()
        if isinstance(demand, Stated) and demand.source == ITSS.judgedEquivalentTo:
            return None
        match bare(demand):
            case AllOf(parts):
                return self._all(parts, node, record)
            case AnyOf(parts):
                plans = [plan for part in parts if (plan := self.plan(part, node, record)) is not None]
                return min(plans, key=len, default=None)
            case AtLeast() as count:
                return self._more(count, node, record)
        return None

    def _all(self, parts: tuple[Demand, ...], node: str, record: Graph) -> Plan | None:
        done: Plan = ()
        whole = record
        for part in reversed(parts) if self._backwards else parts:
            plan = self.plan(part, node, whole)
            if plan is None:
                return None
            done = (*done, *plan)
            whole = _with(whole, plan) if plan else whole
        return done

    def _more(self, demand: AtLeast, node: str, record: Graph) -> Plan | None:
        """Enough of the cheapest completions of what is there, and of new records, to reach the count."""
        if len(demand.steps) == 1 and isinstance(bare(demand.steps[0].where), OneOf | RankFrom | NumberFrom):
            return self._values(demand, node, record)
        done: Plan = ()
        whole = record
        while not Evaluator(whole).meets(demand, node):
            options = [] if self._fresh_first else list(self._completions(demand, node, whole))
            fresh = self._chain(demand.steps, node, whole, _counting(demand, node, whole))
            if fresh is not None:
                options.append(fresh)
            if not options and self._fresh_first:
                options = list(self._completions(demand, node, whole))
            if not options:
                return None
            best = min(options, key=len)
            done = (*done, *best)
            whole = _with(whole, best)
        return done

    def _completions(self, demand: AtLeast, node: str, record: Graph) -> Iterator[Plan]:
        """For each way along the steps that does not count yet, what would make it count."""
        counting = _counting(demand, node, record)
        open_ones = [one for one in Evaluator(record).prove(demand, node).elements if one.node not in counting]
        for element in sorted(open_ones, key=_distance)[:_NEAREST]:
            done: Plan | None = ()
            whole = record
            for step, reached in zip(demand.steps, element.trail, strict=True):
                plan = self.plan(step.where, reached.node, whole) if isinstance(reached.node, str) else None
                if plan is None or done is None:
                    done = None
                    break
                done = (*done, *plan)
                whole = _with(whole, plan)
            if done:
                yield done

    def _chain(self, steps: tuple[Step, ...], node: str, record: Graph, counting: frozenset[Term]) -> Plan | None:
        """A new record at the end of the steps, with new ones on the way there; a value that counts already adds nothing."""
        first, *rest = steps
        if self._full(node, first.path, record):
            return None
        where = bare(first.where)
        if isinstance(where, OneOf | RankFrom | NumberFrom):
            return self._values(AtLeast(1, (first,)), node, record, counting)
        new = self._new_node()
        link = Addition(node, first.path, new, new=True)
        plan = self.plan(first.where, new, _with(record, (link,)))
        if plan is None:
            return None
        done = (link, *(self._marked(item, new) for item in plan))
        if not rest:
            return done
        further = self._chain(tuple(rest), new, _with(record, done), counting)
        return None if further is None else (*done, *(self._marked(item, new) for item in further))

    @staticmethod
    def _marked(item: Addition, new: str) -> Addition:
        if item.subject != new or item.new:
            return item
        return Addition(item.subject, item.predicate, item.value, item.choices, item.at_least, new=True)

    def _new_node(self) -> str:
        self._count += 1
        return f"{NEW}{self._count}"

    def _values(self, demand: AtLeast, node: str, record: Graph, counting: frozenset[Term] = frozenset()) -> Plan | None:
        """Values of one property that are not recorded yet."""
        path, where = demand.steps[0].path, bare(demand.steps[0].where)
        if self._full(node, path, record):
            return None
        if isinstance(where, NumberFrom):
            least = where.minimum + 1 if where.strictly else where.minimum
            return (Addition(node, path, literal(least), at_least=True),)
        if not isinstance(where, OneOf | RankFrom):
            return None
        have = record.objects(node, path)
        free = [value for value in where.values if value not in have and value not in counting]
        wanted = demand.count - sum(value in have for value in where.values)
        if len(free) < wanted:
            return None
        return tuple(Addition(node, path, value, tuple(free)) for value in free[:wanted])

    def _full(self, node: str, path: str, record: Graph) -> bool:
        """Whether a property that can have one value only has one."""
        single = OWL.FunctionalProperty in self._standard.graph.objects(path, RDF.type)
        return single and bool(record.objects(node, path))


def _distance(element: Element) -> int:
    """How many single demands a record misses, which says how far it is from counting."""
    return sum(_missed(reached.proof) for reached in element.trail)


def _missed(proof: Proof) -> int:
    if proof.met:
        return 0
    if isinstance(proof.demand, AnyOf):
        return min(map(_missed, proof.parts), default=1)
    return sum(map(_missed, proof.parts)) if proof.parts else 1


def _counting(demand: AtLeast, node: str, record: Graph) -> frozenset[Term]:
    return frozenset(element.node for element in Evaluator(record).prove(demand, node).elements if element.met)
