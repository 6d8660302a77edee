"""Files and streams of RDF read into a graph, in whatever syntax they come."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from itss_kg.compressed import Unpacked, inner_name
from itss_kg.errors import CallError, InputError, nearest
from itss_kg.graph import Graph, Triple, narrow, renamed
from itss_kg.input_files import BY_SUFFIX, FORMATS, expand, suffix
from itss_kg.json_input import lines_with_context, with_context
from itss_kg.namespaces import CONTEXT_IRI, OWL, RELATIVE_BASE, local_name

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["FORMATS", "byte_order_mark", "expand", "read_candidates", "read_ontology", "read_triples", "shown_name"]

_BOM = b"\xef\xbb\xbf"


def read_candidates(names: Sequence[str | Path], input_format: str | None = None) -> Graph:
    """One graph of everything in the files, of whatever named graph; blank nodes of different files stay apart.

    Args:
        names: paths of files and folders, glob patterns or `-`.
        input_format: a key of `FORMATS`, overriding what the file name says; needed for standard input other than Turtle.

    Raises:
        InputError: a file is missing, empty, of unknown format, or does not parse (with line and column).
    """
    graph = Graph()
    for place, name in enumerate(expand(names)):
        data = _read(name)
        # by file and order: apart from file to file, and the same on every run
        found = list(renamed(_triples(name, data, format_of(name, input_format, data)), f"f{place + 1}"))
        if not found:
            raise InputError("no triples in it; is it empty, or of another format than its name says?", source=shown_name(name))
        graph.update(found)
    return graph


def _triples(name: str, data: bytes, form: str) -> Iterator[Triple]:
    for quad in _quads(name, data, form):
        yield narrow(quad.subject), quad.predicate.value, narrow(quad.object)  # type: ignore[misc]  # subjects are no literals


def read_triples(name: str, data: bytes) -> Iterator[Triple]:
    """The triples of a document whose name says its format; the name is also what errors call it."""
    yield from _triples(name, data, format_of(name, None, data))


def read_ontology(paths: Sequence[Path], fallback: Path) -> tuple[Graph, tuple[Path, ...]]:
    """The triples of ontology files and all that they import, with the files read.

    An import's last part names the file: it is looked for beside the importing file, then in the folder `fallback`.
    """
    graph = Graph()
    read: dict[str, Path] = {}
    waiting = [Path(path) for path in paths]
    while waiting:
        path = waiting.pop(0)
        key = str(path.resolve())
        if key in read:
            continue
        read[key] = path
        fresh = Graph()
        fresh.update(read_triples(str(path), _read(str(path))))
        graph.update(fresh)
        for ontology in fresh.instances(OWL.Ontology):
            imported = [_imported(target, path, fallback) for target in fresh.nodes(ontology, OWL.imports)]
            have = {one.name for one in (*read.values(), *waiting)}
            waiting.extend(one for one in imported if one.name not in have)
    return graph, tuple(read.values())


def _imported(iri: str, importer: Path, fallback: Path) -> Path:
    name = f"{local_name(iri)}.ttl"
    for folder in (importer.parent, fallback):
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"imports {iri}, but {name} is neither beside it nor bundled", source=str(importer))


def shown_name(name: str) -> str:
    """What messages call an input."""
    return "standard input" if name == "-" else name


def format_of(name: str, asked: str | None, data: bytes) -> str:
    if asked is not None:
        form = BY_SUFFIX.get(f".{asked.lower()}", asked.lower())  # nt is ntriples, as elsewhere
        if form not in FORMATS:
            raise CallError(f"unknown input format {asked!r}: expected one of {', '.join(FORMATS)}{nearest(asked, FORMATS)}")
        return form
    if name == "-":
        return _sniffed(data)
    ending = suffix(name)
    if ending not in BY_SUFFIX:
        if ending == ".parquet":
            raise InputError(
                "Parquet is read by `assess`, `pack` and `validate`, with --engine columns or shacl if one is said; "
                "for others make an RDF file of it",
                source=name,
            )
        raise InputError(
            f"the ending {ending or '(none)'} names no RDF format; known are {' '.join(BY_SUFFIX)}, "
            "each also with .gz or .zst; or say --input-format",
            source=name,
        )
    return BY_SUFFIX[ending]


def _sniffed(data: bytes) -> str:
    """What standard input looks like: JSON and XML show themselves, anything else is Turtle, which N-Triples is too."""
    data = data.removeprefix(_BOM).lstrip()
    if data.startswith(b"<?xml"):
        return "rdfxml"
    if data.startswith(b"{"):
        lines = [line for line in data.splitlines() if line.strip()]
        several = len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines)
        return "jsonlines" if several and not _is_json(data) else "jsonld"
    return "jsonld" if data.startswith(b"[") and _is_json(data) else "turtle"


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    try:
        if inner_name(name) is not None:
            with Unpacked(name) as stream:
                return stream.whole()
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", source=name) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", source=name) from None


def _quads(name: str, data: bytes, form: str) -> Iterator[pyoxigraph.Quad]:
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
    data = _utf8(name, data)
    if form == "rdfxml" and b"<!ENTITY" in data:
        raise InputError("declares XML entities, which can grow without bound; write them out", source=shown_name(name))
    given = data
    rewritten = {"jsonld": with_context, "jsonlines": lines_with_context}.get(form)
    if rewritten:
        data = rewritten(shown_name(name), data)
    try:
        yield from ox.parse(data, format=formats[form], base_iri=RELATIVE_BASE)
    except SyntaxError as error:
        place = (None, None) if rewritten else (error.lineno, error.offset)
        if error.lineno is None and form == "rdfxml":
            place = _xml_position(data)
        if form == "jsonlines":
            place = next((number for number, line in enumerate(given.split(b"\n"), 1) if _is_at_fault(line)), None), None
        raise InputError(_plain(error), source=shown_name(name), line=place[0], column=place[1]) from None


def _is_at_fault(line: bytes) -> bool:
    """Whether the parser refuses a line of JSON Lines, which it has refused among all."""
    import pyoxigraph as ox

    try:
        for _ in ox.parse(lines_with_context("", line), format=ox.RdfFormat.JSON_LD, base_iri=RELATIVE_BASE):
            pass
    except SyntaxError:
        return True
    return False


def _utf8(name: str, data: bytes) -> bytes:
    """The text without a byte order mark, if it is UTF-8.

    Raises:
        InputError: it is not; the message says what it looks like.
    """
    mark = byte_order_mark(name, data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = "not UTF-8 text; is it a binary file, or saved as Shift_JIS? Save it as UTF-8"
        raise InputError(message, source=shown_name(name), line=line, column=column) from None
    return data[mark:]


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


def _plain(error: SyntaxError) -> str:
    text = re.sub(r"^Parser error (at|on|between|from) .*?: (?=\S)", "", str(error.msg))
    text = re.sub(r" \(line \d+\)$", "", text)
    if "LoadDocumentCallback" in text:
        return f"names a JSON-LD context on the network, and nothing is fetched; write it out, or name {CONTEXT_IRI}"
    return text


def _xml_position(data: bytes) -> tuple[int | None, int | None]:
    """Where the XML itself breaks, which the RDF/XML parser does not always say."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return error.lineno, error.offset + 1
    return None, None
