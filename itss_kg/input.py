"""Files and streams of RDF read into a graph, in whatever syntax they come."""

from __future__ import annotations

import glob
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itss_kg.errors import CallError, InputError, nearest
from itss_kg.graph import Graph, narrow
from itss_kg.namespaces import OWL, local_name
from itss_kg.resources import bundled

if TYPE_CHECKING:
    import pyoxigraph

__all__ = ["FORMATS", "expand", "read_candidates", "read_ontology"]

FORMATS = {
    "turtle": (".ttl", ".turtle"),
    "ntriples": (".nt",),
    "nquads": (".nq",),
    "trig": (".trig",),
    "rdfxml": (".rdf", ".xml", ".owl"),
    "jsonld": (".jsonld", ".json"),
}
_BY_SUFFIX = {suffix: name for name, suffixes in FORMATS.items() for suffix in suffixes}
CONTEXT_IRI = "https://w3id.org/itss-kg/context.jsonld"


def expand(patterns: Sequence[str]) -> list[str]:
    """The files that names and glob patterns stand for, in a stable order; `-` stands for standard input.

    Raises:
        InputError: a pattern matches nothing, a name is no file, or standard input is named twice.
    """
    found: list[str] = []
    for pattern in patterns:
        if pattern == "-" or Path(pattern).exists():
            found.append(pattern)
            continue
        matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  # a pattern may be absolute, which Path.glob refuses
        if not matches:
            what = "matches no file" if glob.has_magic(pattern) else "no such file"
            raise InputError(f"{what}; give RDF files, a pattern in quotes, or - for standard input", source=pattern)
        found.extend(match for match in matches if not Path(match).is_dir())
    unique = list(dict.fromkeys(found))
    if found.count("-") > 1:
        raise InputError("standard input can be read only once", source="-")
    return unique


def read_candidates(names: Sequence[str], input_format: str | None = None) -> Graph:
    """One graph of everything in the files, of whatever named graph; blank nodes of different files stay apart.

    Args:
        names: paths, glob patterns or `-`.
        input_format: a key of `FORMATS`, overriding what the file name says; needed for standard input other than Turtle.

    Raises:
        InputError: a file is missing, a directory, empty, of unknown format, or does not parse (with line and column).
    """
    graph = Graph()
    for name in expand(names):
        before = len(graph)
        for quad in _quads(name, _read(name), _format(name, input_format)):
            graph.add(narrow(quad.subject), quad.predicate.value, narrow(quad.object))  # type: ignore[arg-type]  # subjects are never literals
        if len(graph) == before and not _adds_nothing_new(name, input_format):
            raise InputError("no triples in it; is it empty, or of another format than its name says?", source=_shown(name))
    return graph


def read_ontology(paths: Sequence[Path], fallback: Path) -> tuple[Graph, tuple[Path, ...]]:
    """The triples of ontology files and all that they import, with the files read.

    An import's last part names the file: it is looked for beside the importing file, then in the folder `fallback`.
    """
    graph = Graph()
    read: dict[str, Path] = {}
    waiting = [Path(path) for path in paths]
    while waiting:
        path = waiting.pop(0)
        if path.name in read:
            continue
        read[path.name] = path
        fresh = Graph()
        for quad in _quads(str(path), _read(str(path)), _format(str(path), None)):
            fresh.add(narrow(quad.subject), quad.predicate.value, narrow(quad.object))  # type: ignore[arg-type]  # as above
        graph.update(fresh)
        for ontology in fresh.instances(OWL.Ontology):
            for target in fresh.nodes(ontology, OWL.imports):
                waiting.append(_imported(target, path, fallback))
    return graph, tuple(read.values())


def _imported(iri: str, importer: Path, fallback: Path) -> Path:
    name = f"{local_name(iri)}.ttl"
    for folder in (importer.parent, fallback):
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"imports {iri}, but {name} is neither beside it nor bundled", source=str(importer))


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name


def _format(name: str, asked: str | None) -> str:
    if asked is not None:
        if asked not in FORMATS:
            raise CallError(f"unknown input format {asked!r}: expected one of {', '.join(FORMATS)}{nearest(asked, FORMATS)}")
        return asked
    if name == "-":
        return "turtle"
    suffix = Path(name).suffix.lower()
    if suffix not in _BY_SUFFIX:
        raise InputError(
            f"the ending {suffix or '(none)'} names no RDF format; known are {' '.join(_BY_SUFFIX)}, or say --input-format",
            source=name,
        )
    return _BY_SUFFIX[suffix]


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if path.is_dir():
        raise InputError("is a directory; name its files, e.g. with a pattern such as 'folder/*.ttl'", source=name)
    try:
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
    }
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        message = "not UTF-8 text; is it a binary file?"
        raise InputError(message, source=_shown(name), line=line, column=error.start - start + 1) from None
    if form == "jsonld":
        data = _with_context(name, data)
    base = "https://w3id.org/itss-kg/input/" if name == "-" else Path(name).resolve().as_uri()
    try:
        yield from ox.parse(data, format=formats[form], base_iri=base, rename_blank_nodes=True)
    except SyntaxError as error:
        place = (error.lineno, error.offset)
        if error.lineno is None and form == "rdfxml":
            place = _xml_position(data)
        raise InputError(_plain(error), source=_shown(name), line=place[0], column=place[1]) from None


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


def _with_context(name: str, data: bytes) -> bytes:
    """JSON without a context of its own, or with ours by name, gets the context that ships with the package."""
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", source=_shown(name), line=error.lineno, column=error.colno) from None
    if isinstance(document, list):
        document = {"@graph": document}
    elif not isinstance(document, dict):
        raise InputError("a JSON record is an object or an array of objects", source=_shown(name), line=1, column=1)
    elif "@context" in document and not _names_ours(document["@context"]):
        return data
    context = json.loads(bundled("ontology", "context.jsonld").read_bytes())["@context"]
    return json.dumps({**document, "@context": _replace_ours(document.get("@context"), context)}).encode()


def _names_ours(context: Any) -> bool:  # JSON
    return context == CONTEXT_IRI or (isinstance(context, list) and CONTEXT_IRI in context)


def _replace_ours(given: Any, ours: dict[str, Any]) -> Any:  # JSON
    if isinstance(given, list):
        return [ours if part == CONTEXT_IRI else part for part in given]
    return ours


def _adds_nothing_new(name: str, input_format: str | None) -> bool:
    """Whether a file that added no triple does hold some: the same file under another name is no empty file."""
    if name == "-":
        return False
    return any(True for _ in _quads(name, _read(name), _format(name, input_format)))
