"""Files of records cut into pieces that can be read by themselves, whatever their format and compression."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import polars as pl

from itss_kg.bulk.cutting import Cut, whole_lines
from itss_kg.bulk.lines import COLUMNS, TERM, Statements, parsed
from itss_kg.bulk.streams import Blocks, json_cut, opened, texts
from itss_kg.compressed import inner_name
from itss_kg.errors import InputError
from itss_kg.input import expand, format_of
from itss_kg.namespaces import ITSS
from itss_kg.parsing import byte_order_mark, quads, shown_name

__all__ = ["PACKED", "Piece", "all_have_triples", "pieces"]

PACKED = ("terms", "properties", "start", "property", "end", "candidates", "findings")
_Terms = TypeVar("_Terms", pl.Series, pl.Expr)
_LINED = ("ntriples", "nquads")
_JSON = ("jsonlines", "jsonld")
_DENSE = 8  # JSON takes so much more memory while it is worked on
_MARK = 3  # bytes at the start that say how a text is written
_NEAR = 1 << 16  # bytes within which a file is rather cut where a record starts
_CANDIDATE = f"<{ITSS.Candidate}>".encode()
_AT_ODDS = ["  ", "\t", ".#", ". #"]  # one of these is in a line where a column holds no term, or more than one
_ROWS = 500_000  # triples a piece, where rows are counted and not bytes


@dataclass(frozen=True)
class Piece:
    """Part of a file: whole lines (`start` to `end` in bytes, or `data`), rows of Parquet, or triples read already.

    `place` is the file's place in the input, after which its blank nodes are named; with 0 they keep their names. `line` is
    the number of the first line, where it is known; `weight` how many bytes of the input it stands for; `alone` says that its
    file is the whole input, `lasting` that it would be the same in another run.
    """

    name: str
    place: int
    form: str
    start: int = 0
    end: int = 0
    data: bytes | pl.DataFrame | None = None
    line: int | None = None
    weight: int = 0
    alone: bool = False
    lasting: bool = True

    def statements(self) -> Statements:
        """The triples.

        Raises:
            InputError: a line is malformed, or the columns are not those of triples.
        """
        if self.form == "parquet":
            return self._apart(
                _triples(pl.scan_parquet(self.name).slice(self.start, self.end - self.start), self.name, self.start)
            )
        if isinstance(self.data, pl.DataFrame):
            return self._apart(Statements.of(self.data))
        if self.form in _JSON:
            import pyoxigraph as ox

            found = quads(self.name, self._bytes(), self.form, self._first_line())
            return self._apart(parsed(ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b"", "nquads", self.name))
        return self._apart(parsed(self._bytes(), self.form, self.name, self._first_line))

    def packed(self) -> pl.DataFrame:
        """The row of a packed file; its blank nodes are those of that file, where there are others."""
        row = _collected(pl.scan_parquet(self.name).slice(self.start, 1), self.name)
        return row if self.alone else row.with_columns(pl.col("terms").list.eval(pl.element().pipe(self._renamed)))

    def _renamed(self, terms: _Terms) -> _Terms:
        return terms if self.place == 0 else terms.str.replace(r"^_:", f"_:f{self.place}x")

    def _bytes(self) -> bytes:
        if isinstance(self.data, bytes):
            return self.data
        with Path(self.name).open("rb") as stream:
            stream.seek(self.start)
            return stream.read(self.end - self.start)

    def _first_line(self) -> int:
        if self.line is not None:
            return self.line
        with Path(self.name).open("rb") as stream:
            return 1 + sum(stream.read(min(1 << 24, self.start - at)).count(b"\n") for at in range(0, self.start, 1 << 24))

    def _apart(self, found: Statements) -> Statements:
        """Blank nodes named after their file, so that those of different files stay apart."""
        if not found.terms.str.starts_with("_:").any():
            return found
        return replace(found, terms=self._renamed(found.terms))


def pieces(names: Sequence[str], input_format: str | None, size: int, *, apart: bool = True) -> Iterator[Piece]:
    """The input in pieces of about so many bytes, in its order; blank nodes of different files stay `apart`, or are the same.

    Raises:
        InputError: a file is missing, of unknown format, empty, or cannot be read.
    """
    files = expand(names)
    for number, name in enumerate(files, 1):
        place = number if apart else 0
        path = Path(name)
        if path.suffix.lower() == ".parquet":
            yield from _of_parquet(name, place, alone=len(files) == 1)
            continue
        form = None if name == "-" and input_format is None else format_of(name, input_format, b"")
        if form in _LINED and inner_name(name) is None and path.is_file():
            yield from _of_file(name, place, form, size)
        elif form in _LINED:
            yield from _of_stream(name, place, form, size)
        elif cut := json_cut(name, form or ""):
            yield from _of_stream(name, place, form or "", size // _DENSE, cut)
        else:
            yield from _of_texts(name, place, input_format, size)


def all_have_triples(found: Mapping[str, int]) -> None:
    """Make sure that each file gave some.

    Raises:
        InputError: one gave none.
    """
    for name, triples in found.items():
        if triples == 0:
            raise _empty(name)


def _empty(name: str) -> InputError:
    return InputError("no triples in it; is it empty, or of another format than its name says?", source=name)


def _of_texts(name: str, place: int, input_format: str | None, size: int) -> Iterator[Piece]:
    found = False
    for text in texts(name, input_format, size):
        found = True
        yield Piece(shown_name(name), place, "nquads", data=text.data, line=1, weight=text.weight, lasting=text.lasting)
    if not found:
        raise _empty(shown_name(name))


def _of_file(name: str, place: int, form: str, size: int) -> Iterator[Piece]:
    try:
        with Path(name).open("rb") as stream:
            whole = stream.seek(0, 2)
            stream.seek(0)
            start = byte_order_mark(name, stream.read(_MARK))
            if start == whole:
                raise _empty(name)
            while start < whole:
                stream.seek(min(start + size, whole))
                stream.readline()
                end = stream.tell() + _before_a_candidate(stream.read(_NEAR))
                yield Piece(name, place, form, start, end, weight=end - start)
                start = end
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", source=name) from None


def _before_a_candidate(block: bytes) -> int:
    """Where in whole lines the next record seems to start; a record that is cut apart takes longer, and that is all."""
    return block.rfind(b"\n", 0, max(block.find(_CANDIDATE), 0)) + 1


def _of_stream(name: str, place: int, form: str, size: int, cut: Cut = whole_lines) -> Iterator[Piece]:
    if name == "-" and sys.platform != "win32":
        signal.siginterrupt(signal.SIGINT, True)  # Polars has waiting for input go on after Ctrl-C
    with opened(name) as stream:
        name = shown_name(name)
        blocks, before = Blocks(name, stream, size), 0
        line = 0
        for data, line in cut(blocks):
            yield Piece(name, place, form, data=data, line=line, weight=blocks.taken - before)
            before = blocks.taken
        if not line:
            raise _empty(name)


def _of_parquet(name: str, place: int, *, alone: bool) -> Iterator[Piece]:
    try:
        columns = pl.read_parquet_schema(name)
        rows = int(pl.scan_parquet(name).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as Parquet ({str(error).splitlines()[0]})", source=name) from None
    weight = Path(name).stat().st_size
    if rows == 0:
        raise _empty(name)
    if set(PACKED) <= set(columns):
        for row in range(rows):
            yield Piece(name, place, "packed", row, row + 1, weight=weight // rows, alone=alone)
        return
    if {"terms", "properties"} <= set(columns):
        raise InputError("was packed by an earlier version; pack it again", source=name)
    if not set(COLUMNS) <= set(columns):
        raise InputError(f"has the columns {', '.join(columns)}; of triples they are {', '.join(COLUMNS)}", source=name)
    for start in range(0, rows, _ROWS):
        end = min(start + _ROWS, rows)
        yield Piece(name, place, "parquet", start, end, weight=weight * (end - start) // rows)


def _triples(rows: pl.LazyFrame, name: str, first: int) -> Statements:
    """Terms of Parquet, from a row on, read as the lines that they would be in N-Triples."""
    found = rows.select(
        pl.concat_str([*(pl.col(column).cast(pl.String) for column in COLUMNS), pl.lit(".")], separator=" ").alias("line")
    )
    lines = _collected(found, name)["line"]
    if lines.null_count():
        raise InputError("has rows without a subject, predicate or object", source=name)
    _one_term_each(rows, lines, name, first)
    return parsed("\n".join(lines).encode(), "ntriples", name, lambda: first + 1)


def _one_term_each(rows: pl.LazyFrame, lines: pl.Series, name: str, first: int) -> None:
    """See that each column of each row is one term: what else there is would be read as other lines, or as a comment.

    Raises:
        InputError: one is not.
    """
    broken = lines.str.contains("[\r\n]").arg_true()
    if len(broken):
        raise InputError("has a term that holds an end of line", source=f"{name}: row {first + broken[0] + 1}")
    begun = lines.str.starts_with("<") | lines.str.starts_with("_:")
    odd = (lines.str.contains_any(_AT_ODDS) | ~begun).arg_true()
    if not len(odd):
        return
    terms = _collected(rows.select(COLUMNS).with_row_index("place").filter(pl.col("place").is_in(odd.implode())), name)
    for column in COLUMNS:
        wrong = terms.filter(~pl.col(column).cast(pl.String).str.contains(TERM))
        if wrong.height:
            what = f"its {column} is no term of N-Triples: {wrong[column][0]!r}"
            raise InputError(what, source=f"{name}: row {first + wrong['place'][0] + 1}")


def _collected(rows: pl.LazyFrame, name: str) -> pl.DataFrame:
    try:
        return rows.collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as Parquet ({str(error).splitlines()[0]})", source=name) from None
