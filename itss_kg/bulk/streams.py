"""Files of any syntax as a stream of statements; those that no piece can be cut from, made into N-Quads while they are read.

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
from itss_kg.namespaces import RDFS
from itss_kg.parsing import Utf8, byte_order_mark, quads, streamed

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["Blocks", "Source", "Text", "is_large", "json_cut", "numbered", "opened", "statements", "texts"]

_LARGE = 8 << 20  # bytes
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
    """A file that is being read, and whether it is not so large that its blank nodes cannot be numbered."""

    text: Utf8 | Blocks
    stream: Unpacked | IO[bytes]
    lasting: bool

    @property
    def taken(self) -> int:
        """How many bytes of the file, as it is on disk, were read."""
        return self.stream.place if isinstance(self.stream, Unpacked) else self.text.taken


def is_large(name: str) -> bool:
    """Whether what a file holds, unpacked, is so large that it is not kept in memory; standard input may be."""
    if name == "-" or Path(name).stat().st_size > _LARGE:
        return True
    if inner_name(name) is None:
        return False
    size = 0
    with opened(name) as stream:
        while size <= _LARGE and (block := stream.read(_BLOCK)):
            size += len(block)
    return size > _LARGE


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
            yield Text(part, source.taken - before, source.lasting)
            before = source.taken


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
            yield streamed(name, text, lambda: [data]), Source(text, stream, len(data) <= _LARGE)
            return
        form = format_of(name, input_format, b"")
        if cut := json_cut(name, form):
            read = Blocks(name, stream, _PART)
            parts = (quads(name, data, form, line) for data, line in cut(read))
            yield chain.from_iterable(parts), Source(read, stream, lasting=False)
        else:
            text = Utf8(name, stream, form)
            yield streamed(name, text, lambda: _again(name)), Source(text, stream, not is_large(name))


def json_cut(name: str, form: str) -> Cut | None:
    """How to cut a large file of JSON records; other JSON, and what is not large, is read whole."""
    if form == "jsonlines" and is_large(name):
        return whole_lines
    if form != "jsonld" or name == "-" or not is_large(name):
        return None
    with opened(name) as stream:
        return cut_between if is_array(next(iter(Blocks(name, stream, _BLOCK)), b"")) else None


class Blocks:
    """A file in blocks of so many bytes, without its byte order mark.

    Raises:
        InputError: the text begins as no UTF-8 text does.
    """

    def __init__(self, name: str, stream: Unpacked | IO[bytes], size: int) -> None:
        self._name = name
        self._stream = stream
        self._size = size
        self._read = 0

    @property
    def taken(self) -> int:
        """How many bytes of the file, as it is on disk, were read."""
        return self._stream.place if isinstance(self._stream, Unpacked) else self._read

    def __iter__(self) -> Iterator[bytes]:
        while block := self._stream.read(self._size):
            mark = byte_order_mark(self._name, block) if self._read == 0 else 0
            self._read += len(block)
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
        stream: Unpacked | IO[bytes] = Unpacked(name) if inner_name(name) else Path(name).open("rb")  # noqa: SIM115  # closed below
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", source=name) from None
    with stream:
        yield stream


def _again(name: str) -> Iterable[bytes]:
    if Path(name).is_file():  # a pipe gives nothing twice
        with opened(name) as stream:
            yield from iter(lambda: stream.read(_BLOCK), b"")


def numbered(found: Iterable[ox.Quad], prefix: str = "") -> Iterator[ox.Quad]:
    """The statements with blank nodes named by the prefix and their order, and terms as `graph.narrow` has them."""
    import pyoxigraph as ox

    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def named(term: ox.BlankNode) -> ox.BlankNode:
        return names.setdefault(term, ox.BlankNode(f"{prefix}n{len(names) + 1}"))

    for quad in found:
        subject, value = quad.subject, quad.object
        if isinstance(value, ox.Triple):
            value = ox.Literal(str(value), datatype=ox.NamedNode(RDFS.Resource))
        elif isinstance(value, ox.Literal) and value.direction is not None:
            value = ox.Literal(value.value, language=value.language)
        elif isinstance(subject, ox.NamedNode) and not isinstance(value, ox.BlankNode):
            yield quad
            continue
        subject = named(subject) if isinstance(subject, ox.BlankNode) else subject
        value = named(value) if isinstance(value, ox.BlankNode) else value
        yield ox.Quad(subject, quad.predicate, value, quad.graph_name)
