"""One candidate's record out of an input of any size: passes over its pieces, each of which keeps what belongs to the record.

A record is the statements about the candidate and about all that the links of `Plan.links` lead to, with the names of what
these statements speak of. It mostly lies in one piece; the second pass sees that nothing was passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.batch import code, columns_of, statements_of, unordered_candidates
from itss_kg.bulk.batch_rows import graph_of, iri, nt
from itss_kg.bulk.packing import unpacked
from itss_kg.candidate_names import find_candidate
from itss_kg.graph import Graph
from itss_kg.namespaces import NAMING

if TYPE_CHECKING:
    from itss_kg.bulk.lines import Statements
    from itss_kg.bulk.plan import Plan
    from itss_kg.bulk.sources import Piece

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["record_of"]


def record_of(pieces: Callable[[], Iterable[Piece]], wanted: str, plan: Plan) -> tuple[str, Graph]:
    """The IRI of a candidate, and the record.

    Args:
        pieces: gives the input, as often as it is asked for.
        wanted: the IRI, or its last part where that is unique.
        plan: of the standard.

    Raises:
        CallError: there is no such candidate, or there are several.
        InputError: something in the input is wrong.
    """
    person = find_candidate(wanted, _candidates(pieces(), plan))
    record = _Record(nt(person) if not person.startswith("_:") else person, plan)
    while record.grown:
        record.begin()
        for piece in pieces():
            record.add(_statements(piece, plan))
    return person, graph_of(pl.concat(record.rows).unique(maintain_order=True))


def _statements(piece: Piece, plan: Plan) -> Statements:
    if piece.form == "packed":
        return statements_of(unpacked(piece.packed(), plan, piece.name), plan)
    return piece.statements()


def _candidates(pieces: Iterable[Piece], plan: Plan) -> set[str]:
    found: set[str] = set()
    for piece in pieces:
        columns = columns_of(code(_statements(piece, plan), plan), plan)
        found.update(columns.terms.gather(unordered_candidates(columns)).to_list())
    return set(map(iri, found))


class _Record:
    """What is known of a record after some passes; `grown` says that the last one led to nodes not known before."""

    def __init__(self, person: str, plan: Plan) -> None:
        self.rows: list[pl.DataFrame] = []
        self.grown = True
        self._links = plan.links
        self._nodes = {person}
        self._shown: set[str] = set()

    def begin(self) -> None:
        self.rows = []
        self.grown = False

    def add(self, found: Statements) -> None:
        """Take from a piece what belongs to the record."""
        links = np.array([name[1:-1] in self._links for name in found.properties], bool)
        names = np.array([name[1:-1] in NAMING for name in found.properties], bool)
        node = ~found.terms.str.starts_with('"').to_numpy()
        inside = found.terms.is_in(list(self._nodes)).to_numpy()
        leading = links[found.predicate] & node[found.object]
        count = -1
        while count != (count := int(inside.sum())):
            inside[found.object[leading & inside[found.subject]]] = True
        about = inside[found.subject]
        shown = found.terms.is_in(list(self._shown)).to_numpy()
        shown[found.object[about]] = True
        shown &= node
        self._learn(self._nodes, found.terms.filter(inside))
        self._learn(self._shown, found.terms.filter(shown))
        self.rows.append(found.frame(np.flatnonzero(about | (shown[found.subject] & names[found.predicate]))))

    def _learn(self, known: set[str], terms: pl.Series) -> None:
        fresh = set(terms.to_list()) - known
        known |= fresh
        self.grown = self.grown or bool(fresh)
