"""Files of the syntaxes that cannot be cut at the end of a line, made into N-Quads while they are read.

A parser names blank nodes without a label anew each time. In a file that is not large they are numbered instead, so that they
are called the same in each run; in a large one, that would need memory for every one of them.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from itss_kg.bulk.cutting import Cut, cut_between, is_array, whole_lines
from itss_kg.compressed import Unpacked, inner_name
from itss_kg.errors import InputError
from itss_kg.input import format_of
from itss_kg.parsing import Utf8, byte_order_mark, quads, streamed

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["Blocks", "Source", "Text", "is_large", "json_cut", "numbered", "opened", "statements", "texts"]

_LARGE = 8 << 20  # bytes on disk
_STATEMENT = 128  # bytes that one takes on the average
_BLOCK = 1 << 20
_PART = 4 << 20  # bytes of JSON at once


@dataclass(frozen=True)
class Text:
    """N-Quads, how many bytes of the file they stand for, and whether another run would name blank nodes so again."""

    data: bytes
    weight: int
    lasting: bool


@dataclass(frozen=True)
class Source:
    """A text that is being read, and whether it is not so large that its blank nodes cannot be numbered."""

    text: Utf8 | Blocks
    lasting: bool


def is_large(name: str) -> bool:
    """Whether a file is so large that what it holds is not kept in memory; standard input may be."""
    return name == "-" or Path(name).stat().st_size > _LARGE


def texts(name: str, input_format: str | None, size: int) -> Iterator[Text]:
    """What a file says, in texts of about so many bytes; none where it says nothing.

    Raises:
        InputError: it cannot be read, or is not of the format that its name says.
    """
    import pyoxigraph as ox

    with statements(name, input_format) as (found, source):
        if source.lasting:
            found = numbered(found)
        before = 0
        while part := ox.serialize(islice(found, max(1, size // _STATEMENT)), format=ox.RdfFormat.N_QUADS):
            yield Text(part, source.text.taken - before, source.lasting)
            before = source.text.taken


@contextmanager
def statements(name: str, input_format: str | None) -> Iterator[tuple[Iterator[ox.Quad], Source]]:
    """What a file says, and how far it is read.

    Raises:
        InputError: as for `texts`.
    """
    with opened(name) as stream:
        if name == "-" and input_format is None:  # what it looks like is to be seen first
            data = b"".join(iter(lambda: stream.read(_BLOCK), b""))
            text = Utf8(name, io.BytesIO(data), format_of(name, None, data))
            yield streamed(name, text, lambda: [data]), Source(text, len(data) <= _LARGE)
            return
        form = format_of(name, input_format, b"")
        if cut := json_cut(name, form):
            read = Blocks(name, stream, _PART)
            parts = (quads(name, data, form, line) for data, line in cut(read))
            yield chain.from_iterable(parts), Source(read, lasting=False)
        else:
            text = Utf8(name, stream, form)
            yield streamed(name, text, lambda: _again(name)), Source(text, not is_large(name))


def json_cut(name: str, form: str) -> Cut | None:
    """How to cut a large file of JSON records; other JSON, and what is not large, is read whole."""
    if form == "jsonlines" and is_large(name):
        return whole_lines
    if form != "jsonld" or name == "-" or not is_large(name):
        return None
    with opened(name) as stream:
        return cut_between if is_array(next(iter(Blocks(name, stream, _BLOCK)), b"")) else None


class Blocks:
    """A file in blocks of so many bytes, without its byte order mark; `taken` counts the bytes read.

    Raises:
        InputError: the text begins as no UTF-8 text does.
    """

    def __init__(self, name: str, stream: Unpacked | IO[bytes], size: int) -> None:
        self.taken = 0
        self._name = name
        self._stream = stream
        self._size = size

    def __iter__(self) -> Iterator[bytes]:
        while block := self._stream.read(self._size):
            mark = byte_order_mark(self._name, block) if self.taken == 0 else 0
            self.taken += len(block)
            yield block[mark:]


@contextmanager
def opened(name: str) -> Iterator[Unpacked | IO[bytes]]:
    """The bytes of a file, unpacked, or of standard input.

    Raises:
        InputError: there are none to be had.
    """
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with Unpacked(name) if inner_name(name) else Path(name).open("rb") as stream:
            yield stream
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", source=name) from None


def _again(name: str) -> Iterable[bytes]:
    if name != "-":
        with opened(name) as stream:
            yield from iter(lambda: stream.read(_BLOCK), b"")


def numbered(found: Iterable[ox.Quad], prefix: str = "") -> Iterator[ox.Quad]:
    """The statements with blank nodes named by the prefix and their order, as `graph.renamed` does."""
    import pyoxigraph as ox

    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def named(term: ox.BlankNode) -> ox.BlankNode:
        return names.setdefault(term, ox.BlankNode(f"{prefix}n{len(names) + 1}"))

    for quad in found:
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
            subject = named(subject) if isinstance(subject, ox.BlankNode) else subject
            value = named(value) if isinstance(value, ox.BlankNode) else value
            yield ox.Quad(subject, quad.predicate, value, quad.graph_name)
        else:
            yield quad
