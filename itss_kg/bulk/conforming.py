"""Which nodes conform to SHACL shapes, for all nodes of a piece of records at once.

It tells which nodes an engine need not look at, and so errs on one side: a test has two columns, the nodes that certainly
conform and those that may. Where a literal is written out of the ordinary, or a constraint is not known, a node may conform
and is not certain to; `sh:not` and `sh:maxCount` turn the two round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk import shape_tests as of
from itss_kg.bulk.columns import CLOSE, further, literal_of
from itss_kg.bulk.lines import Statements, grouped
from itss_kg.bulk.shape_plan import ShapePlan
from itss_kg.graph import number
from itss_kg.namespaces import RDF, SH, XSD

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]
    Pairs = tuple[Column, Column]

__all__ = ["Conforming", "Linked", "Truth"]

# surely well formed; of others nothing is certain
_PLAIN = {
    XSD.integer: rf'^"[+-]?[0-9]{{1,15}}"\^\^<{XSD.integer}>$',
    XSD.decimal: rf'^"[+-]?[0-9]{{1,15}}(\.[0-9]{{1,15}})?"\^\^<{XSD.decimal}>$',
}


class Linked:
    """The statements of a piece by property, each once, with the nodes numbered."""

    def __init__(self, found: Statements) -> None:
        self.terms = found.terms
        self.size = len(found.terms)
        order, bounds = grouped(found.predicate, len(found.properties))
        subjects, objects = found.subject[order].astype(np.int64), found.object[order].astype(np.int64)
        names = [text[1:-1] for text in found.properties]
        self._edges = {
            name: self.distinct(subjects[start:end], objects[start:end])
            for name, start, end in zip(names, bounds, bounds[1:], strict=False)
        }

    def distinct(self, starts: Column, ends: Column) -> Pairs:
        """Each pair once, in the order of both."""
        keys = np.sort(starts * self.size + ends)
        fresh = np.ones(len(keys), bool)
        fresh[1:] = keys[1:] != keys[:-1]
        starts, ends = np.divmod(keys.compress(fresh), max(self.size, 1))
        return starts, ends

    @property
    def properties(self) -> Sequence[str]:
        """The properties that occur."""
        return tuple(self._edges)

    def edges(self, name: str) -> Pairs:
        """The subjects and objects of a property."""
        nothing = np.zeros(0, np.int64)
        return self._edges.get(name, (nothing, nothing))

    def marked(self, nodes: Column) -> Column:
        """A truth value for each node: whether it is one of these."""
        found = np.zeros(self.size, bool)
        found[nodes] = True
        return found

    def places(self, terms: Sequence[str]) -> dict[str, int]:
        """The numbers of those of some terms that occur."""
        wanted = pl.DataFrame({"term": terms}, schema={"term": pl.String}).unique()
        found = pl.DataFrame({"term": self.terms}).with_row_index("number").join(wanted, on="term")
        return dict(zip(found["term"].to_list(), found["number"].to_list(), strict=True))

    @cached_property
    def literal(self) -> Column:
        """Which nodes are literals, or triples in the place of one, which are no IRIs either."""
        return np.asarray((self.terms.str.starts_with('"') | self.terms.str.starts_with("<<")).to_numpy())

    @cached_property
    def blank(self) -> Column:
        """Which nodes are blank."""
        return np.asarray(self.terms.str.starts_with("_:").to_numpy())


@dataclass(frozen=True)
class Truth:
    """The nodes that certainly conform, and those that may; where all is certain, both are the same column."""

    surely: Column
    maybe: Column


class Conforming:
    """The tests of a plan held against the nodes of a piece; each is worked out when it is asked for, and once."""

    def __init__(self, plan: ShapePlan, piece: Linked) -> None:
        self._plan = plan
        self._piece = piece
        self._known: dict[int, Truth] = {}
        self._pairs: dict[of.Path, Pairs] = {}
        named = {term for test in plan.tests if isinstance(test, of.Among) for term in test.terms}
        named |= {f"<{name}>" for targets, _ in plan.aimed for name in targets.classes}
        self._places = piece.places(sorted(named))

    def suspects(self, classes: dict[str, Column]) -> Column:
        """The nodes that a shape is aimed at and to which they do not certainly conform.

        Args:
            classes: further members of classes than those that are stated.
        """
        found = np.zeros(self._piece.size, bool)
        for targets, test in self._plan.aimed:
            aimed = self.aimed(targets)
            for name in targets.classes:
                if name in classes:
                    aimed |= classes[name]
            if aimed.any():
                found |= aimed & ~self._truth(test).surely
        return found

    def aimed(self, targets: Any) -> Column:
        """The nodes among some targets."""
        found = np.zeros(self._piece.size, bool)
        typed, kinds = self._piece.edges(RDF.type)
        for name in targets.classes:
            place = self._places.get(f"<{name}>")
            if place is not None:
                found[typed[kinds == place]] = True
        for name in targets.subjects:
            found[self._piece.edges(name)[0]] = True
        for name in targets.objects:
            found[self._piece.edges(name)[1]] = True
        return found

    def _truth(self, place: int) -> Truth:
        if place not in self._known:
            self._known[place] = self._worked_out(self._plan.tests[place])
        return self._known[place]

    def _worked_out(self, test: of.Test) -> Truth:
        piece = self._piece
        match test:
            case of.All(parts):
                return self._joined(parts, np.logical_and, True)
            case of.Any(parts):
                return self._joined(parts, np.logical_or, False)
            case of.Not(part):
                inner = self._truth(part)
                return _exact(~inner.surely) if inner.surely is inner.maybe else Truth(~inner.maybe, ~inner.surely)
            case of.Among(terms):
                return _exact(piece.marked(np.array([self._places[term] for term in terms if term in self._places], np.int64)))
            case of.Kind(name):
                return _exact(self._of_kind(name))
            case of.Datatype(name):
                return Truth(self._plain(name), piece.literal)
            case of.Bound():
                return Truth(self._bounded(test), piece.literal)
            case of.Values(path, part):
                starts, ends = self._along(path)
                return self._each(self._truth(part), lambda truth: ~piece.marked(starts.compress(~truth.take(ends))))
            case of.Count(path, part):
                return self._counted(test, *self._along(path), self._truth(part))
        return Truth(np.zeros(piece.size, bool), np.ones(piece.size, bool))

    def _joined(self, parts: Sequence[int], how: Any, empty: bool) -> Truth:
        truths = [self._truth(part) for part in parts]
        if not truths:
            return _exact(np.full(self._piece.size, empty))
        surely = how.reduce([truth.surely for truth in truths])
        certain = all(truth.surely is truth.maybe for truth in truths)
        return _exact(surely) if certain else Truth(surely, how.reduce([truth.maybe for truth in truths]))

    @staticmethod
    def _each(truth: Truth, work: Any) -> Truth:
        surely = work(truth.surely)
        return _exact(surely) if truth.surely is truth.maybe else Truth(surely, work(truth.maybe))

    def _counted(self, test: of.Count, starts: Column, ends: Column, truth: Truth) -> Truth:
        size = self._piece.size
        least, most = test.least, test.most

        def number_of(conforming: Column) -> Column:
            return np.bincount(starts.compress(conforming.take(ends)), minlength=size)

        fewest = number_of(truth.surely)
        highest = fewest if truth.surely is truth.maybe else number_of(truth.maybe)
        surely, maybe = fewest >= least, highest >= least
        if most is not None:
            surely, maybe = surely & (highest <= most), maybe & (fewest <= most)
        return _exact(surely) if highest is fewest else Truth(surely, maybe)

    def _of_kind(self, name: str) -> Column:
        literal, blank = self._piece.literal, self._piece.blank
        kinds = {"IRI": ~literal & ~blank, "BlankNode": blank, "Literal": literal}
        return np.asarray(np.logical_or.reduce([kinds[one] for one in name.removeprefix(SH.base).split("Or")]))

    def _plain(self, datatype: str) -> Column:
        """The literals that certainly have the datatype."""
        found = np.zeros(self._piece.size, bool)
        if datatype in _PLAIN:
            found[self._numeric] = self._texts.str.contains(_PLAIN[datatype]).to_numpy()
        return found

    @cached_property
    def _numeric(self) -> Column:
        """The literals that look like numbers of which something is certain."""
        literals = np.flatnonzero(self._piece.literal)
        ends = f'"^^<{XSD.integer}>', f'"^^<{XSD.decimal}>'
        texts = self._piece.terms.gather(literals)
        return np.asarray(literals[(texts.str.ends_with(ends[0]) | texts.str.ends_with(ends[1])).to_numpy()])

    @cached_property
    def _texts(self) -> pl.Series:
        return self._piece.terms.gather(self._numeric)

    @cached_property
    def _values(self) -> Column:
        texts = self._texts
        plain = texts.str.contains(_PLAIN[XSD.integer]) | texts.str.contains(_PLAIN[XSD.decimal])
        values = texts.str.extract(r'^"\+?([^"]*)"').zip_with(plain, pl.Series([None], dtype=pl.String))
        return np.asarray(values.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy())

    def _bounded(self, test: of.Bound) -> Column:
        """The numbers that are certainly within the bound; those close to it are compared as they are written."""
        bound = float(test.value)
        upper, strictly = test.component in (SH.maxInclusive, SH.maxExclusive), test.component.endswith("Exclusive")
        with np.errstate(invalid="ignore"):
            within = self._values < bound if upper else self._values > bound
            close = np.abs(self._values - bound) <= CLOSE * max(1.0, abs(bound))
        for place in np.flatnonzero(close):
            value = number(literal_of(self._texts[int(place)]))
            assert value is not None  # noqa: S101  # it is plain
            within[place] = (value != test.value or not strictly) and (value <= test.value if upper else value >= test.value)
        found = np.zeros(self._piece.size, bool)
        found[self._numeric[within]] = True
        return found

    def _along(self, path: of.Path) -> Pairs:
        """Each node with each node that the path leads to."""
        if path not in self._pairs:
            self._pairs[path] = self._followed(path)
        return self._pairs[path]

    def _followed(self, path: of.Path) -> Pairs:
        piece = self._piece
        match path:
            case of.Link(name):
                return piece.edges(name)
            case of.Back(name):
                starts, ends = piece.edges(name)
                return ends, starts
            case of.Maybe(step):
                every = np.arange(piece.size)
                starts, ends = self._along(step)
                return (
                    piece.distinct(np.concatenate([every, starts]), np.concatenate([every, ends]))
                    if len(starts)
                    else (every, every)
                )
            case of.Either(ways):
                pairs = [self._along(way) for way in ways]
                return piece.distinct(np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs]))
            case of.Row(steps):
                way = list(self._along(steps[0]))
                for step in steps[1:]:
                    way = further(way, *self._along(step))[:: len(way)]
                return piece.distinct(*way)
        raise TypeError(path)


def _exact(column: Column) -> Truth:
    return Truth(column, column)
