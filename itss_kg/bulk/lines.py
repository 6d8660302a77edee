"""N-Triples and N-Quads by the column: lines that are plainly canonical are cut apart, all others go to the parser.

A canonical line means the same to any parser (`canonical`), so no parser need read it. Whatever else a line holds (comments,
escapes, other white space, rare IRIs, mistakes) is left to pyoxigraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from itss_kg.errors import InputError
from itss_kg.graph import narrow
from itss_kg.records import nt_term

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyoxigraph as ox

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["COLUMNS", "TERM", "Statements", "grouped", "parsed"]

COLUMNS = ("subject", "predicate", "object")
# a pattern of what a column of Parquet may hold: one term, whether or not a parser would take it
TERM = r'^\s*(?:<[^<>"]*>|_:[^\s<>"]+|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^<>"]*>)?)\s*$'
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

    @cached_property
    def by_property(self) -> tuple[Column, Column]:
        """The places of the statements with each property, one after another, and where each property's start and end."""
        return grouped(self.predicate, len(self.properties))

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

    def save(self, path: Path) -> None:
        """Write the triples to a file: one row, a list for each part."""
        numbers = {"subject": self.subject, "predicate": self.predicate, "object": self.object}
        lists = {name: pl.Series(column.astype(np.uint32)).implode() for name, column in numbers.items()}
        properties = pl.Series(self.properties, dtype=pl.String)
        pl.DataFrame({"terms": self.terms.implode(), "properties": properties.implode(), **lists}).write_ipc(path)

    @classmethod
    def load(cls, path: Path) -> Statements:
        """What `save` wrote."""
        row = pl.read_ipc(path)
        numbers = (row[name][0].to_numpy().astype(np.int64) for name in COLUMNS)
        return cls(row["terms"][0], row["properties"][0].to_list(), *numbers)

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


def grouped(numbers: Column, many: int) -> tuple[Column, Column]:
    """The places of each of so many numbers, in their order, one after another, and where each number's start and end."""
    order = np.argsort(numbers.astype(np.uint16 if many < 1 << 16 else np.int64), kind="stable")  # short numbers sort fastest
    return order, np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=many))])


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
    scanned = None if data.startswith(_BOM) else _scanned(data, form)
    if scanned is None:
        return Statements.of(_slow(data.split(b"\n"), form, source, first_line()))
    found, left = scanned
    if not left:
        return found
    try:
        slow = _slow(left, form, source, None)
    except InputError:
        slow = _slow(data.split(b"\n"), form, source, first_line())  # again with line numbers, to say where it is wrong
    return Statements.of(pl.concat([found.frame(), slow]))


def _scanned(data: bytes, form: str) -> tuple[Statements, list[bytes]] | None:
    """The statements of the canonical lines, and the other lines, but not those that say nothing; `None` if it is no UTF-8."""
    from itss_kg.bulk.scanning import joined, scan  # takes a while to load

    signs = np.frombuffer(data, np.uint8)
    scanned = scan(signs, quads=form == "nquads")
    terms = _texts(joined(signs, scanned.starts, scanned.lengths))
    if terms is None:
        return None
    others = (data[start:end] for start, end in scanned.left.tolist())
    said = [line for line in others if not re.match(rb"[ \t\r]*(#[^\r]*\r*)?$", line)]
    properties = terms.gather(scanned.properties).to_list()
    return Statements(terms, properties, scanned.subjects, scanned.predicates, scanned.objects), said


def _texts(lines: Column) -> pl.Series | None:
    """The lines as text, if that is what they are."""
    if not len(lines):
        return pl.Series([], dtype=pl.String)
    nowhere = "\x00"  # stands in no canonical term, so that a line is one field
    try:
        return pl.read_csv(
            lines.tobytes(), has_header=False, separator=nowhere, quote_char=None, schema={"line": pl.String}, encoding="utf8"
        )["line"]
    except pl.exceptions.PolarsError:
        return None


def _in_order(values: pl.Series) -> pl.Series:
    """The dictionary of a categorical column, by number."""
    names = values.unique()
    order = names.to_physical().to_numpy()
    places = np.empty(len(names), np.int64)
    places[order] = np.arange(len(names))
    return names.cast(pl.String).gather(places)


def _slow(lines: list[bytes], form: str, source: str, first_line: int | None) -> pl.DataFrame:
    """Through the parser: all at once or, where the number of the first line is known, one by one to say where it is wrong."""
    import pyoxigraph as ox

    kind = ox.RdfFormat.N_QUADS if form == "nquads" else ox.RdfFormat.N_TRIPLES
    rows: list[tuple[str, str, str]] = []
    try:
        for quad in ox.parse(b"\n".join(lines), format=kind):
            told = nt_term(narrow(quad.object)) if isinstance(quad.object, ox.Triple) else str(quad.object)
            rows.append((str(quad.subject), str(quad.predicate), told))
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
