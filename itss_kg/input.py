"""Files and streams of RDF read into a graph, in whatever syntax they come."""

from __future__ import annotations

import glob
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from itss_kg.compressed import Unpacked, inner_name
from itss_kg.errors import CallError, InputError, nearest
from itss_kg.graph import Graph, Triple, narrow, renamed
from itss_kg.json_input import lines_with_context, with_context
from itss_kg.namespaces import CONTEXT_IRI, OWL, RELATIVE_BASE, local_name

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["FORMATS", "byte_order_mark", "expand", "read_candidates", "read_ontology", "read_triples", "shown_name"]

FORMATS = {
    "turtle": (".ttl", ".turtle"),
    "ntriples": (".nt",),
    "nquads": (".nq",),
    "trig": (".trig",),
    "rdfxml": (".rdf", ".xml", ".owl"),
    "jsonld": (".jsonld", ".json"),
    "jsonlines": (".jsonl", ".ndjson"),
}
_BOM = b"\xef\xbb\xbf"
_BY_SUFFIX = {suffix: name for name, suffixes in FORMATS.items() for suffix in suffixes}


def expand(patterns: Sequence[str]) -> list[str]:
    """The files that names, folders and glob patterns stand for, in a stable order; `-` stands for standard input.

    A folder stands for all files within, also in its folders that are not hidden; a hidden file counts where its ending names
    a format.

    Raises:
        InputError: a pattern matches nothing, a folder is empty, a name is no file, or standard input is named twice.
    """
    found: list[str] = []
    for pattern in patterns:
        if pattern != "-" and Path(pattern).is_dir():
            found.extend(_within(pattern))
            continue
        if pattern == "-" or Path(pattern).exists():
            found.append(pattern)
            continue
        matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  # a pattern may be absolute, which Path.glob refuses
        if not matches:
            what = "matches no file" if glob.has_magic(pattern) else "no such file"
            if "://" in pattern:
                raise InputError("is an address, which only `assess --engine spark` reads", source=pattern)
            raise InputError(f"{what}; give RDF files, a pattern in quotes, or - for standard input", source=pattern)
        found.extend(match for match in matches if not Path(match).is_dir())
    if found.count("-") > 1:
        raise InputError("standard input can be read only once", source="-")
    # a file named in two ways is one: its blank nodes would count twice
    unique: dict[str, str] = {}
    for name in found:
        unique.setdefault(name if name == "-" else str(Path(name).resolve()), name)
    return list(unique.values())


def _within(folder: str) -> list[str]:
    inner = sorted(path.relative_to(folder) for path in Path(folder).rglob("*") if path.is_file())
    seen = (path for path in inner if not any(part.startswith(".") for part in path.parts[:-1]))
    known = (*_BY_SUFFIX, ".parquet")
    found = [path for path in seen if not path.name.startswith((".", "_")) or _suffix(path.name) in known]
    if not found:
        raise InputError("no file of records is in this folder", source=folder)
    return [str(Path(folder) / path) for path in found]


def _suffix(name: str) -> str:
    """The ending that names a format; that of what is compressed is not."""
    return Path(inner_name(name) or name).suffix.lower()


def read_candidates(names: Sequence[str], input_format: str | None = None) -> Graph:
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
        form = _BY_SUFFIX.get(f".{asked.lower()}", asked.lower())  # nt is ntriples, as elsewhere
        if form not in FORMATS:
            raise CallError(f"unknown input format {asked!r}: expected one of {', '.join(FORMATS)}{nearest(asked, FORMATS)}")
        return form
    if name == "-":
        return _sniffed(data)
    suffix = _suffix(name)
    if suffix not in _BY_SUFFIX:
        if suffix == ".parquet":
            raise InputError(
                "Parquet is read by `assess`, `pack` and `validate`; for others make an RDF file of it",
                source=name,
            )
        raise InputError(
            f"the ending {suffix or '(none)'} names no RDF format; known are {' '.join(_BY_SUFFIX)}, "
            "each also with .gz or .zst; or say --input-format",
            source=name,
        )
    return _BY_SUFFIX[suffix]


def _sniffed(data: bytes) -> str:
    """What standard input looks like: JSON and XML show themselves, anything else is Turtle, which N-Triples is too."""
    start = data.lstrip()[:1]
    if data.lstrip().startswith(b"<?xml"):
        return "rdfxml"
    if start in (b"{", b"["):
        if _is_json(data):
            return "jsonld"
        if start == b"{":
            return "jsonlines" if _is_json(data.lstrip().partition(b"\n")[0]) else "jsonld"
    return "turtle"


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
    rewritten = {"jsonld": with_context, "jsonlines": lines_with_context}.get(form)
    if rewritten:
        data = rewritten(shown_name(name), data)
    try:
        yield from ox.parse(data, format=formats[form], base_iri=RELATIVE_BASE)
    except SyntaxError as error:
        place = (None, None) if rewritten else (error.lineno, error.offset)
        if error.lineno is None and form == "rdfxml":
            place = _xml_position(data)
        raise InputError(_plain(error), source=shown_name(name), line=place[0], column=place[1]) from None


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
    if start.startswith(b"\x1f\x8b"):
        or_else = "" if name == "-" else ", or give its name the ending .gz"
        raise InputError(f"is compressed (gzip); decompress it first{or_else}", source=shown_name(name))
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
