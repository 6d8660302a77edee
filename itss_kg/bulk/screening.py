"""Which nodes of a piece of records an engine has to look at: those that a shape might find something at, and no others.

What is found at a node rests on what its links lead to and, where shapes look back, on what leads to it. So a piece decides
about a node by itself unless the way leads to another piece, which shows when all pieces were seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from itss_kg.bulk.conforming import Conforming, Linked
from itss_kg.bulk.looks import Query
from itss_kg.bulk.mending import PLAIN
from itss_kg.bulk.shape_plan import ShapePlan
from itss_kg.bulk.suspects import Suspects
from itss_kg.namespaces import ITSS, RDF, RDFS

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["Screen", "linked_nodes"]


@dataclass(frozen=True)
class Screen:
    """What tells the nodes of a piece apart.

    `asked` are the SPARQL constraints, `classes` those that a claim places its claimant in, `own` the properties that only
    candidates have, `numeric` those whose values are to be numbers. `vocabulary` finds what is not understood,
    wherever it stands.
    """

    plan: ShapePlan
    asked: tuple[Query, ...]
    classes: dict[str, tuple[str, ...]]
    own: tuple[str, ...]
    numeric: frozenset[str]
    vocabulary: Suspects | None = None

    def suspects(self, piece: Linked) -> Column:
        """For each node whether a shape might find something at it."""
        claims = self._claims(piece)
        if self._classes_of_its_own(piece):
            return np.ones(piece.size, bool)
        placed: dict[str, Column] = {}
        for claimants, claim in zip(*claims, strict=True):
            for name in self.classes[claim]:
                placed[name] = placed.get(name, np.zeros(piece.size, bool)) | piece.marked(claimants)
        conforming = Conforming(self.plan, piece)
        found = conforming.suspects(placed)
        for query in self.asked:
            found |= self._asked(query, piece, conforming.aimed(query.targets))
        claimants = np.zeros(piece.size, bool)
        for members in placed.values():
            claimants |= members
        return found | (claimants & self._to_mend(piece))

    def candidates(self, piece: Linked) -> Column:
        """The candidates: what is typed so, and what has a property that only candidates have."""
        typed, kinds = piece.edges(RDF.type)
        found = piece.marked(typed[kinds == piece.places([f"<{ITSS.Candidate}>"]).get(f"<{ITSS.Candidate}>", -1)])
        for name in self.own:
            found[piece.edges(name)[0]] = True
        return np.flatnonzero(found)

    def _claims(self, piece: Linked) -> tuple[list[Column], list[str]]:
        """The claimants of each claim that is one of the standard's, and the claim."""
        starts, ends = piece.edges(ITSS.claims)
        places = piece.places([f"<{claim}>" for claim in self.classes])
        return [starts[ends == place] for place in places.values()], [term[1:-1] for term in places]

    def claims(self, piece: Linked) -> tuple[Column, list[str]]:
        """Each claimant of a claim of the standard's, and the claim."""
        claimants, claims = self._claims(piece)
        names = [claim for who, claim in zip(claimants, claims, strict=True) for _ in range(len(who))]
        return np.concatenate([np.zeros(0, np.int64), *claimants]), names

    def _classes_of_its_own(self, piece: Linked) -> bool:
        """Whether the records place somebody among the claimants, order classes, or use the property that nothing has."""
        if RDFS.subClassOf in piece.properties or ITSS.itself in piece.properties:
            return True
        names = {f"<{name}>" for classes in self.classes.values() for name in classes}
        places = list(piece.places(sorted(names)).values())
        return bool(np.isin(piece.edges(RDF.type)[1], places).any())

    def _asked(self, query: Query, piece: Linked, aimed: Column) -> Column:
        if query.known:
            start, allowed = query.known
            unknown = [name for name in piece.properties if name.startswith(start) and name not in allowed]
            return aimed & piece.marked(np.concatenate([np.zeros(0, np.int64), *(piece.edges(name)[0] for name in unknown)]))
        if query.pair:
            link, *keys = query.pair
            return aimed & _alike(piece, link, keys, exactly_one=False)
        return aimed

    def _to_mend(self, piece: Linked) -> Column:
        """Who has, or is led to, a doubtful number, or engagements that are not one for each field and project."""
        found = _alike(piece, ITSS.hasEngagement, [ITSS.inField, ITSS.onProject], exactly_one=True)
        for name in self.numeric:
            starts, ends = piece.edges(name)
            texts = piece.terms.gather(ends)
            found |= linked_nodes(piece, piece.marked(starts[~texts.str.contains(PLAIN).to_numpy()]), back=True)
        return found


def linked_nodes(piece: Linked, marked: Column, *, back: bool) -> Column:
    """The nodes that links lead to from the marked ones, or `back` from which links lead to those, and those themselves."""
    found = marked
    while True:
        more = found.copy()
        for name in piece.properties:
            near, far = piece.edges(name)[::-1] if back else piece.edges(name)
            more[far.compress(found.take(near))] = True
        if np.array_equal(more, found):
            return found
        found = more


def _alike(piece: Linked, link: str, keys: list[str], *, exactly_one: bool) -> Column:
    """The nodes with two values of a property that agree in all keys, and those where a value has no single value of a key.

    Args:
        piece: the statements.
        link: the property.
        keys: properties of its values.
        exactly_one: whether to count a value without any value of a key among the latter.
    """
    starts, values = piece.edges(link)
    found = np.zeros(piece.size, bool)
    whole = np.ones(len(values), bool)
    key = starts
    for name in keys:
        owners, ends = piece.edges(name)
        many = np.bincount(owners, minlength=piece.size).take(values)
        odd = many > 1 if not exactly_one else many != 1
        found[starts.compress(odd)] = True
        end = np.zeros(piece.size, np.int64)
        end[owners] = ends
        if exactly_one:
            found[starts.compress(piece.literal.take(end.take(values)))] = True
        whole &= many == 1
        key = np.unique(key * piece.size + end.take(values), return_inverse=True)[1].reshape(-1)
    rows = key.compress(whole)
    if len(rows):
        found[starts.compress(whole)[np.bincount(rows).take(rows) > 1]] = True
    return found
