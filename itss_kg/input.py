"""Files and streams of RDF read into a graph, in whatever syntax they come."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from itss_kg.compressed import Unpacked, inner_name
from itss_kg.errors import CallError, InputError, nearest
from itss_kg.graph import Graph, Triple, narrow, renamed
from itss_kg.input_files import BY_SUFFIX, FORMATS, expand, suffix
from itss_kg.namespaces import OWL, local_name
from itss_kg.parsing import quads, shown_name

__all__ = ["FORMATS", "expand", "read_candidates", "read_ontology", "read_triples"]

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
    for quad in quads(name, data, form):
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
