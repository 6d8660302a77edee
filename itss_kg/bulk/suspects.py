"""What in a piece of records the standard's vocabulary does not account for: found by the column, said by `data_quality`.

Only the subjects that look wrong are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.bulk.lines import Statements
from itss_kg.data_quality import Known, QualityFinding, quality, where
from itss_kg.graph import Graph, Term, Triple, literal
from itss_kg.input import read_triples
from itss_kg.namespaces import OWL, RDF, RELATIVE_BASE, XSD
from itss_kg.standard import Standard

if TYPE_CHECKING:
    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["Suspects", "term_of"]

_REMEMBERED = 100_000
_COUNTED = rf'^"[1-9][0-9]*"\^\^<{XSD.integer}>$'


class Suspects:
    """Looks through statements for what is to be looked at closely."""

    def __init__(self, standard: Standard, language: str) -> None:
        self._standard = standard
        self._language = language
        self._known = Known(standard, language)
        self._terms = {f"<{iri}>" for iri in standard.graph.subjects_all()}
        self._odd_values: dict[tuple[str, str], bool] = {}
        self._homes = tuple(f"<{home}" for home in self._known.homes)

    def findings(self, found: Statements) -> list[QualityFinding]:
        """What `data_quality.quality` finds in the records."""
        order, bounds = found.by_property
        wrong = np.zeros(len(found.terms), bool)
        ours = self._ours(found.terms)
        unknown = _marked([number for name, number in ours.items() if name not in self._terms], len(found.terms))
        no_node = unknown | found.terms.str.starts_with('"').to_numpy()
        for name, start, end in zip(found.properties, bounds, bounds[1:], strict=False):
            if name.startswith(self._homes) or name == f"<{RDF.type}>":
                self._mark(wrong, found, name[1:-1], order[start:end], ours, (unknown, no_node))
        wrong |= found.terms.str.starts_with(f"<{RELATIVE_BASE}").to_numpy()
        if not wrong.any():
            return []
        named = set(found.terms.gather(np.flatnonzero(wrong)).to_list())
        said = quality(_graph(found, wrong), self._standard, self._language, self._known)
        return [item for item in said if (item.node if item.node.startswith("_:") else f"<{item.node}>") in named]

    def contradictions(self, found: Statements, nodes: Column) -> list[QualityFinding]:
        """What shows when pieces are brought together alone: several values of a property that has but one, of marked nodes."""
        order, bounds = found.by_property
        wrong = np.zeros(len(found.terms), bool)
        paths = [name[1:-1] for name in found.properties]
        single = [self._known.has_one_value(path) for path in paths]
        for place in np.flatnonzero(single):
            rows = order[bounds[place] : bounds[place + 1]]
            wrong[_with_several(found.subject[rows], found.object[rows], len(wrong))] = True
        wrong &= nodes
        if not wrong.any():
            return []
        graph = _graph(found, wrong)
        return [
            QualityFinding(where(subject, graph), self._known.several(path, terms), subject, path)
            for subject in sorted(graph.subjects_all())
            for path, terms in graph.row(subject).items()
            if len(terms) > 1 and self._known.has_one_value(path)
        ]

    def _ours(self, terms: pl.Series) -> dict[str, int]:
        """The terms in the namespaces of the standard, with their numbers."""
        ours = terms.is_null()
        for home in self._homes:
            ours |= terms.str.starts_with(home)
        numbers = np.flatnonzero(ours.to_numpy())
        return dict(zip(terms.gather(numbers).to_list(), numbers.tolist(), strict=True))

    def _mark(
        self, wrong: Column, found: Statements, path: str, rows: Column, ours: dict[str, int], marks: tuple[Column, Column]
    ) -> None:
        """Mark the subjects whose values of one property are to be looked at."""
        subjects, objects = found.subject[rows], found.object[rows]
        if path != RDF.type and not self._known.declared(path):
            wrong[subjects] = True
            return
        unknown, no_node = marks
        types = self._known.types(path)
        leads = OWL.ObjectProperty in types
        if leads and (allowed := self._known.listed(path)):
            suspect = ~_marked([ours[name] for iri in allowed if (name := f"<{iri}>") in ours], len(wrong))[objects]
        else:
            suspect = (no_node if leads else unknown)[objects]
        if OWL.DatatypeProperty in types and not leads:
            suspect |= self._odd(path, found.terms, objects)[objects]
        wrong[subjects[suspect]] = True
        if self._known.has_one_value(path):
            wrong[_with_several(subjects, objects, len(wrong))] = True

    def _odd(self, path: str, terms: pl.Series, objects: Column) -> Column:
        """Which of the terms are values of a property that do not fit its declared range."""
        found = np.zeros(len(terms), bool)
        found[objects] = True
        numbers = np.flatnonzero(found)
        found[:] = False
        values = terms.gather(numbers)
        # where one is allowed every greater whole number is: the ontology's facets are lower bounds
        plain = values.str.contains(_COUNTED) if not any(self._known.check(path, [literal(1)])) else values.is_null()
        rest = np.flatnonzero(~plain.to_numpy())
        for place, text in zip(rest, values.gather(rest), strict=True):
            found[numbers[place]] = self._is_odd(path, text)
        return found

    def _is_odd(self, path: str, text: str) -> bool:
        if len(self._odd_values) > _REMEMBERED:
            self._odd_values.clear()
        key = path, text
        if key not in self._odd_values:  # a value mostly comes many times
            self._odd_values[key] = any(self._known.check(path, [term_of(text)]))
        return self._odd_values[key]


def _marked(numbers: list[int], size: int) -> Column:
    found = np.zeros(size, bool)
    found[numbers] = True
    return found


def _with_several(subjects: Column, objects: Column, size: int) -> Column:
    """The subjects of several different objects; `size` is how many nodes there are."""
    seen = np.zeros(size, bool)
    seen[subjects] = True
    if np.count_nonzero(seen) == len(subjects):
        return subjects[:0]
    pairs = np.unique(subjects.astype(np.int64) * size + objects) // size
    return np.asarray(pairs[1:][pairs[1:] == pairs[:-1]])


def _graph(found: Statements, wrong: Column) -> Graph:
    """What is said of the marked nodes and, of those without a name, the way that leads to them from one with a name."""
    rows = wrong[found.subject]
    seen, nodes = wrong.copy(), np.flatnonzero(wrong)
    while len(nodes := nodes[found.terms.gather(nodes).str.starts_with("_:").to_numpy()]):
        blank = np.zeros(len(seen), bool)
        blank[nodes] = True
        arriving = blank[found.object]
        rows |= arriving
        nodes = np.unique(found.subject[arriving])
        nodes = nodes[~seen[nodes]]
        seen[nodes] = True
    return Graph(_triples(found.frame(np.flatnonzero(rows))))


def term_of(text: str) -> Term:
    """The term that N-Triples writes so."""
    if text.startswith("<"):
        return text[1:-1]
    if text.startswith("_:"):
        return text
    return next(_parsed(f"<urn:x> <urn:x> {text} ."))[2]


def _parsed(lines: str) -> Iterator[Triple]:
    return read_triples("records.nt", lines.encode())


def _triples(frame: pl.DataFrame) -> Iterator[Triple]:
    yield from _parsed("".join(f"{s} {p} {o} .\n" for s, p, o in frame.iter_rows()))
