"""Lines of N-Triples and N-Quads cut into numbered terms, one pass over the bytes.

Each different term is looked at once (`canonical`) and numbered; a line that is not three terms of canonical form, single
spaces and a full stop is left for the parser. `compiled` does the work; arrays grow in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from itss_kg.bulk.canonical import MOVES, ROLES, UNWANTED
from itss_kg.bulk.compiled import SHORTEST, cut, joined, table_of

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["Scanned", "joined", "scan"]


@dataclass(frozen=True)
class Scanned:
    """Lines cut apart.

    `subjects`, `predicates` and `objects` have a row for each line of canonical form: numbers of terms but, for the predicate,
    a place in `properties`, which has the number of the term. `starts` and `lengths` say where in the data each term is,
    `left` where each line starts and ends that is left for the parser.
    """

    subjects: Column
    predicates: Column
    objects: Column
    properties: Column
    starts: Column
    lengths: Column
    left: Column


def scan(data: Column, *, quads: bool) -> Scanned:
    """Cut lines apart.

    Args:
        data: the bytes of whole lines.
        quads: whether a line may name a graph, which is left out.
    """
    automaton = MOVES.reshape(-1), ROLES, UNWANTED
    most = len(data) // SHORTEST + 1
    rows = tuple(np.empty(most, np.int32) for _ in range(3))
    left = np.empty((1 << 10, 2), np.int64)
    kinds = (np.int64, np.int32, np.uint64, np.uint8, np.int32, np.int32)
    terms = [*(np.empty(1 << 14, kind) for kind in kinds), np.empty((1 << 14, 2), np.int32)]
    made = np.zeros(5, np.int64)
    while made[0] < len(data):
        table = table_of(terms[2][: made[2]], 4 * len(terms[0]))
        cut(data, quads, automaton, made, (*rows, left), (*terms, table))
        if made[2] + 3 > len(terms[0]):
            terms = [np.concatenate([column, np.empty_like(column)]) for column in terms]
        if made[4] == len(left):
            left = np.concatenate([left, np.empty_like(left)])
    subjects, predicates, objects = (column[: made[1]].copy() for column in rows)
    starts, lengths, *_, properties, _ = terms
    return Scanned(subjects, predicates, objects, properties[: made[3]], starts[: made[2]], lengths[: made[2]], left[: made[4]])
