"""What in a piece of records the standard's vocabulary does not account for: found by the column, said by `data_quality`.

Only the subjects that look wrong are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from itss_kg.data_quality import Known, QualityFinding, quality
from itss_kg.graph import Graph, Term, Triple, literal
from itss_kg.input import read_triples
from itss_kg.namespaces import OWL, RDF, XSD
from itss_kg.standard import Standard

__all__ = ["Suspects"]

_COUNTED = rf'^"[1-9][0-9]*"\^\^<{XSD.integer}>$'


class Suspects:
    """Looks through frames as `lines.parsed` gives them."""

    def __init__(self, standard: Standard, language: str) -> None:
        self._standard = standard
        self._language = language
        self._known = Known(standard, language)
        self._terms = pl.Series([f"<{iri}>" for iri in standard.graph.subjects_all()], dtype=pl.String)
        self._homes = tuple(f"<{home}" for home in self._known.homes)

    def findings(self, frame: pl.DataFrame) -> list[QualityFinding]:
        """What `data_quality.quality` finds in the records of the frame."""
        wrong = [self._of_property(frame, name) for name in frame["predicate"].unique()]
        subjects = pl.concat([series for series in wrong if series is not None] or [pl.Series([], dtype=pl.String)]).unique()
        if subjects.is_empty():
            return []
        rows = frame.filter(frame["subject"].cast(pl.String).is_in(subjects.implode()))
        blank = subjects.filter(subjects.str.starts_with("_:"))
        owners = frame.filter(frame["object"].cast(pl.String).is_in(blank.implode())) if len(blank) else frame.clear()
        named = set(subjects.to_list())
        found = quality(Graph([*_triples(rows), *_triples(owners)]), self._standard, self._language)
        return [
            item for item in found if f"<{item.subject}>" in named or " › " in item.subject or item.subject.startswith("_:")
        ]

    def _of_property(self, frame: pl.DataFrame, name: str) -> pl.Series | None:
        """The subjects whose values of one property are to be looked at."""
        ours = name.startswith(self._homes)
        if not ours and name != f"<{RDF.type}>":
            return None
        rows = frame.filter(pl.col("predicate") == name)
        if not self._known.declared(name[1:-1]) and ours:
            return rows["subject"].cast(pl.String)
        different = rows["object"].unique()
        wrong = different.filter(self._suspect(name[1:-1], different.cast(pl.String)))
        found = [rows.filter(rows["object"].is_in(wrong.implode()))["subject"].cast(pl.String)] if len(wrong) else []
        if OWL.FunctionalProperty in self._known.types(name[1:-1]):
            pairs = rows.select("subject", "object").unique()["subject"]
            found.append(pairs.filter(pairs.is_duplicated()).cast(pl.String))
        return pl.concat(found) if found else None

    def _suspect(self, path: str, values: pl.Series) -> pl.Series:
        """Which of the values may be wrong: those that are none of the vocabulary's, no links, or no plain numbers."""
        types = self._known.types(path)
        ours = values.is_null()
        for home in self._homes:
            ours |= values.str.starts_with(home)
        wrong = ours & ~values.is_in(self._terms.implode())
        if OWL.ObjectProperty in types:
            wrong |= values.str.starts_with('"')
        elif OWL.DatatypeProperty in types:
            # where one is allowed every greater whole number is: the ontology's facets are lower bounds
            plain = values.str.contains(_COUNTED) if not any(self._known.check(path, [literal(1)])) else values.is_null()
            rest = values.filter(~plain)
            odd = pl.Series([text for text in rest if any(self._known.check(path, [_term(text)]))], dtype=pl.String)
            wrong |= values.is_in(odd.implode())
        return wrong


def _term(text: str) -> Term:
    if text.startswith("<"):
        return text[1:-1]
    if text.startswith("_:"):
        return text
    return next(_parsed(f"<urn:x> <urn:x> {text} ."))[2]


def _parsed(lines: str) -> Iterator[Triple]:
    return read_triples("records.nt", lines.encode())


def _triples(frame: pl.DataFrame) -> Iterator[Triple]:
    strings = frame.select(pl.all().cast(pl.String))
    yield from _parsed("".join(f"{s} {p} {o} .\n" for s, p, o in strings.iter_rows()))
