"""N-Triples and N-Quads by the column: lines that are plainly canonical are cut apart, all others go to the parser.

A line is canonical where one pattern matches the whole of it: absolute IRIs of plain signs, single spaces, literals without
escapes, language tags of two small letters. Such a line means the same to any parser, so no parser need read it. Whatever
else a line holds (comments, escapes, other white space, rare IRIs, mistakes) is left to pyoxigraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyoxigraph as ox

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["COLUMNS", "Statements", "parsed"]

COLUMNS = ("subject", "predicate", "object")
_SIGN = r"[A-Za-z0-9/?:@!$&'()*+,;=._~-]"
_IRI = rf"<[a-z][a-z0-9]*:(?://[A-Za-z0-9.-]+(?:[/?]{_SIGN}*)?|[A-Za-z0-9]{_SIGN}*)(?:#{_SIGN}*)?>"
_NODE = rf"(?:{_IRI}|_:[A-Za-z0-9]+)"
_TERM = rf'{_NODE}|"[^"\\\r\n]*"(?:@[a-z][a-z]|\^\^{_IRI})?'
_PATTERNS = {"subject": rf"^{_NODE}$", "predicate": rf"^{_IRI}$", "object": rf"^(?:{_TERM})$"}
_GRAPH = rf" {_NODE}$"
_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"
_NOWHERE = "\x00"  # a sign that stands in no line that goes the fast way, so that a line is one field
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Statements:
    """Triples by number: `subject` and `object` are places in `terms`, `predicate` in `properties`, as N-Triples has it."""

    terms: pl.Series
    properties: list[str]
    subject: Column
    predicate: Column
    object: Column

    def __len__(self) -> int:
        return len(self.subject)

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Statements:
        """Those of a frame with three columns of terms."""
        names = pl.Categorical(pl.Categories.random())  # goes with the last column that uses it
        runs = frame["subject"].rle_id()
        # subjects mostly stand together, so that one of each run is looked up
        subjects = frame["subject"].filter(runs.diff().fill_null(1) != 0).cast(names)
        objects = frame["object"].cast(names)
        predicates = frame["predicate"].cast(pl.Categorical(pl.Categories.random()))
        return cls(
            _in_order(pl.concat([subjects, objects])),
            _in_order(predicates).to_list(),
            subjects.to_physical().to_numpy()[runs.to_numpy()] if len(subjects) else subjects.to_physical().to_numpy(),
            predicates.to_physical().to_numpy(),
            objects.to_physical().to_numpy(),
        )

    def frame(self, rows: Column | None = None) -> pl.DataFrame:
        """The triples, or those at some places, as a frame of terms."""
        chosen = slice(None) if rows is None else rows
        properties = pl.Series(self.properties, dtype=pl.String)
        parts = (
            self.terms.gather(self.subject[chosen]),
            properties.gather(self.predicate[chosen]),
            self.terms.gather(self.object[chosen]),
        )
        return pl.DataFrame(dict(zip(COLUMNS, parts, strict=True)))


def parsed(data: bytes, form: str, source: str, first_line: Callable[[], int] = lambda: 1) -> Statements:
    """The triples of whole lines, not in their order.

    Args:
        data: lines of N-Triples or N-Quads, whose graph names are left out.
        form: `ntriples` or `nquads`.
        source: what errors call the file.
        first_line: gives the number of the first line, for errors.

    Raises:
        InputError: a line is malformed; the message says which.
    """
    lines = _lines(data)
    if lines is None:
        return Statements.of(_slow(data.split(b"\n"), form, source, first_line()))
    cut = _cut(lines, form)
    found = Statements.of(cut)
    wrong = _wrong(found)
    if wrong is None:
        return found
    rest = lines.filter(pl.Series(wrong))
    rest = rest.filter(rest.str.contains(r"^\s*[^#\s]"))  # not empty, no comment
    try:
        slow = _slow([line.encode() for line in rest], form, source, None)
    except InputError:
        slow = _slow(data.split(b"\n"), form, source, first_line())  # again with line numbers, to say where it is wrong
    return Statements.of(pl.concat([cut.filter(pl.Series(~wrong)), slow]))


def _lines(data: bytes) -> pl.Series | None:
    """The lines, without the end of line; `None` where they cannot be had as columns: they are no UTF-8, say."""
    if _NOWHERE.encode() in data or data.startswith(_BOM):
        return None
    if not data.strip():
        return pl.Series([], dtype=pl.String)
    try:
        found = pl.read_csv(
            data, has_header=False, separator=_NOWHERE, quote_char=None, schema={"line": pl.String}, encoding="utf8"
        )
    except pl.exceptions.PolarsError:
        return None
    lines = found["line"].drop_nulls()
    return lines.str.strip_suffix("\r") if b"\r" in data else lines


def _cut(lines: pl.Series, form: str) -> pl.DataFrame:
    """Cut the lines at the first two spaces and before the full stop at the end, whether that fits them or not."""
    frame = lines.str.splitn(" ", 3).struct.unnest()
    frame.columns = list(COLUMNS)
    # without its full stop the object cannot be right, nor can the line: a space at its end says so
    stopped = pl.when(pl.col("object").str.ends_with(" .")).then(pl.col("object").str.strip_suffix(" .")).otherwise(pl.lit(" "))
    # what is not there at all is no term either
    frame = frame.with_columns(stopped.alias("object")).with_columns(pl.all().fill_null(" "))
    if form == "nquads":
        frame = frame.with_columns(_without_graph(frame["object"]))
    return frame


def _without_graph(objects: pl.Series) -> pl.Series:
    """The objects without the graph's name, where what stands before it is an object by itself."""
    named = objects.str.contains(_GRAPH)
    cut = objects.str.replace(_GRAPH, "")
    return cut.zip_with(named & cut.str.contains(_PATTERNS["object"]), objects)


def _in_order(values: pl.Series) -> pl.Series:
    """The dictionary of a categorical column, by number."""
    names = values.unique()
    order = names.to_physical().to_numpy()
    places = np.empty(len(names), np.int64)
    places[order] = np.arange(len(names))
    return names.cast(pl.String).gather(places)


def _wrong(found: Statements) -> Column | None:
    """Which rows are not three terms of canonical form; `None` where all are. Each different term is looked at once."""
    properties = pl.Series(found.properties, dtype=pl.String)
    bad = ~properties.str.contains(_PATTERNS["predicate"]).fill_null(value=False).to_numpy()
    wrong = bad[found.predicate] if bad.any() else None
    for places, column in ((found.subject, "subject"), (found.object, "object")):
        used = np.zeros(len(found.terms), bool)
        used[places] = True
        numbers = np.flatnonzero(used)
        terms = found.terms.gather(numbers)
        right = terms.str.contains(_PATTERNS[column]) & ~terms.str.ends_with(_STRING)
        if not right.all():
            bad = np.zeros(len(found.terms), bool)
            bad[numbers[~right.to_numpy()]] = True
            wrong = bad[places] if wrong is None else wrong | bad[places]
    return wrong


def _slow(lines: list[bytes], form: str, source: str, first_line: int | None) -> pl.DataFrame:
    """Through the parser: all at once or, where the number of the first line is known, one by one to say where it is wrong."""
    import pyoxigraph as ox

    kind = ox.RdfFormat.N_QUADS if form == "nquads" else ox.RdfFormat.N_TRIPLES
    rows: list[tuple[str, str, str]] = []
    try:
        rows.extend(
            (str(quad.subject), str(quad.predicate), str(quad.object)) for quad in ox.parse(b"\n".join(lines), format=kind)
        )
    except SyntaxError as error:
        for number, line in enumerate(lines, first_line or 1):
            _parse_line(line, kind, source, number)
        raise InputError(" ".join(str(error.msg).split()), source=source) from None
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _parse_line(line: bytes, kind: ox.RdfFormat, source: str, number: int) -> None:
    import pyoxigraph as ox

    try:
        line.decode("utf-8")
        for _ in ox.parse(line, format=kind):
            pass
    except UnicodeDecodeError as error:
        message = "not UTF-8 text; is it a binary file, or saved as Shift_JIS? Save it as UTF-8"
        raise InputError(message, source=source, line=number, column=error.start + 1) from None
    except SyntaxError as error:
        said = re.sub(r"^Parser error (at|on|between|from) .*?: (?=\S)", "", " ".join(str(error.msg).split()))
        raise InputError(said, source=source, line=number, column=error.offset) from None
