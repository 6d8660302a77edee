"""RDF texts through the parser, from memory or as a stream, with errors that say what is wrong and where."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from itss_kg.errors import InputError
from itss_kg.json_input import lines_with_context, with_context
from itss_kg.namespaces import CONTEXT_IRI, RELATIVE_BASE

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["Readable", "Utf8", "byte_order_mark", "quads", "shown_name", "streamed"]

_BOM = b"\xef\xbb\xbf"
_ENTITY = b"<!ENTITY"
_BLOCK = 1 << 20
_NO_TEXT = "not UTF-8 text; is it a binary file, or saved as Shift_JIS? Save it as UTF-8"


class Readable(Protocol):
    """What bytes can be read from: about so many, none at the end."""

    def read(self, size: int, /) -> bytes:
        """As `io.RawIOBase` has it."""


def quads(name: str, data: bytes, form: str, first_line: int = 1) -> Iterator[pyoxigraph.Quad]:
    """The statements of a document, or of a part of JSON Lines or of an array of JSON.

    Args:
        name: what errors call it, `-` for standard input.
        data: the text, which may begin with a byte order mark.
        form: a key of `input_files.FORMATS`.
        first_line: the number of the first line of a part.

    Raises:
        InputError: it is no text of this format; with line and column.
    """
    yield from streamed(name, Utf8(name, io.BytesIO(data), form, first_line), lambda: [data], first_line)


def streamed(name: str, text: Utf8, again: Callable[[], Iterable[bytes]], first_line: int = 1) -> Iterator[pyoxigraph.Quad]:
    """The statements of a text of any length, as it is read; JSON is read to its end.

    Args:
        name: as for `quads`.
        text: the text.
        again: gives its bytes once more, or none, to find out where XML is broken.
        first_line: as for `quads`.

    Raises:
        InputError: as for `quads`.
    """
    import pyoxigraph as ox

    formats = {
        "turtle": ox.RdfFormat.TURTLE,
        "ntriples": ox.RdfFormat.N_TRIPLES,
        "nquads": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
        "rdfxml": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
        "jsonlines": ox.RdfFormat.JSON_LD,
    }
    given = text.whole() if text.form in ("jsonld", "jsonlines") else b""
    rewritten: bytes | Utf8 = text
    if text.form == "jsonld":
        rewritten = with_context(shown_name(name), given, first_line)
    elif text.form == "jsonlines":
        rewritten = lines_with_context(shown_name(name), given, first_line)
    try:
        yield from ox.parse(rewritten, format=formats[text.form], base_iri=RELATIVE_BASE)  # type: ignore[arg-type]  # only read
    except SyntaxError as error:
        line, column = (error.lineno, error.offset) if rewritten is text else (None, None)
        if text.form == "rdfxml" and line is None:
            line, column = _xml_position(again())
        elif text.form == "jsonlines":
            line = next((at for at, one in enumerate(given.split(b"\n"), first_line) if _is_at_fault(one)), None)
        raise InputError(_plain(error), source=shown_name(name), line=line, column=column) from None


class Utf8:
    """A stream of UTF-8 without its byte order mark; `taken` counts the bytes that were read from what it is made of.
    `first_line` is the number of the first line, where the stream is a part of something.

    Raises:
        InputError: what is read next is no UTF-8, or XML with entities of its own.
    """

    def __init__(self, name: str, stream: Readable, form: str, first_line: int = 1) -> None:
        self.form = form
        self.taken = 0
        self._name = name
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._block = b""
        self._at = 0  # where in the block reading goes on
        self._tail = b""  # of the blocks before
        self._lines = first_line - 1  # that ended before
        self._column = 0  # bytes since

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes, none at the end."""
        while self._at == len(self._block):  # one may be a byte order mark and nothing else
            self._next()
            if not self._block:
                return b""
        start = self._at
        self._at = len(self._block) if size < 0 else min(len(self._block), start + size)
        return self._block[start : self._at]

    def whole(self) -> bytes:
        """All that is left."""
        return b"".join(iter(self.read, b""))

    def _next(self) -> None:
        block = self._stream.read(_BLOCK)
        self._see_to(block)
        self._at = byte_order_mark(self._name, block) if self.taken == 0 else 0
        self.taken += len(block)
        self._block = block

    def _see_to(self, block: bytes) -> None:
        if self.taken == 0:
            byte_order_mark(self._name, block)  # before what it says of a text that is none
        waiting = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise self._no_text(block, error.start - waiting) from None
        if self.form == "rdfxml" and _ENTITY in self._tail + block:
            what = "declares XML entities, which can grow without bound; write them out"
            raise InputError(what, source=shown_name(self._name))
        self._tail = block[1 - len(_ENTITY) :]
        self._lines += block.count(b"\n")
        last = block.rfind(b"\n")
        self._column = len(block) - last - 1 if last >= 0 else self._column + len(block)

    def _no_text(self, block: bytes, place: int) -> InputError:
        """The error at a place of a block, or before it."""
        last = block.rfind(b"\n", 0, max(place, 0))
        line = self._lines + block.count(b"\n", 0, max(place, 0)) + 1
        column = place - last if last >= 0 else self._column + place + 1
        return InputError(_NO_TEXT, source=shown_name(self._name), line=line, column=column)


def shown_name(name: str) -> str:
    """What messages call an input."""
    return "standard input" if name == "-" else name


def byte_order_mark(name: str, start: bytes) -> int:
    """How many bytes at the start of a text are a byte order mark.

    Raises:
        InputError: the text begins as no UTF-8 text does.
    """
    for sign, kind, ending in ((b"\x1f\x8b", "gzip", ".gz"), (b"\x28\xb5\x2f\xfd", "zstd", ".zst")):
        if start.startswith(sign):
            or_else = "" if name == "-" else f", or give its name the ending {ending}"
            raise InputError(f"is compressed ({kind}); decompress it first{or_else}", source=shown_name(name))
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("is saved as UTF-16; save it as UTF-8", source=shown_name(name))
    return len(_BOM) if start.startswith(_BOM) else 0


def _is_at_fault(line: bytes) -> bool:
    """Whether the parser refuses a line of JSON Lines, which it has refused among all."""
    import pyoxigraph as ox

    try:
        for _ in ox.parse(lines_with_context("", line), format=ox.RdfFormat.JSON_LD, base_iri=RELATIVE_BASE):
            pass
    except SyntaxError:
        return True
    return False


def _plain(error: SyntaxError) -> str:
    text = re.sub(r"^Parser error (at|on|between|from) .*?: (?=\S)", "", str(error.msg))
    text = re.sub(r" \(line \d+\)$", "", text)
    if "LoadDocumentCallback" in text:
        return f"names a JSON-LD context on the network, and nothing is fetched; write it out, or name {CONTEXT_IRI}"
    return text


def _xml_position(blocks: Iterable[bytes]) -> tuple[int | None, int | None]:
    """Where the XML itself breaks, which the RDF/XML parser does not always say."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1
    return None, None
