"""Graphs of a store too large for memory: added from files of N-Triples and written to them, a statement at a time.

Blank nodes keep the names that they have in the file.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from itss_kg.graph import Triple, narrow
from itss_kg.store import GRAPHS, KnowledgeStore

__all__ = ["add_file", "replace_by_file", "write_file"]

_LARGE = "candidates"  # the one graph of which others come after and that is not small
_SHARE = 1 << 26  # bytes of lines that are compared at once
_SHARES = 100  # files that are open at once
_OFTEN = 1 << 14

Told = Callable[[int, int], None]


def add_file(store: KnowledgeStore, name: str, path: Path, told: Told = lambda *_: None) -> int:
    """Add the statements of a file to the named graph, all at once; how many were new.

    `told` is called with how many statements were read since the last call, twice.
    """
    before = store.size(name)
    quads = _new(store, name, (quad.triple for quad in _told(ox.parse(path=path, format=ox.RdfFormat.N_TRIPLES), told)))
    store.store.bulk_extend(quads)
    for other in list(GRAPHS)[list(GRAPHS).index(name) + 1 :]:
        if store.size(other):
            for quad in _shared(store, name, other):
                store.store.remove(quad)
    return store.size(name) - before


def replace_by_file(store: KnowledgeStore, name: str, path: Path, told: Told = lambda *_: None) -> int:
    """Put the statements of a file in the place of what the named graph holds, in one transaction; how many were new.

    What differs is kept in memory meanwhile, and nothing else.
    """
    if not store.size(name):
        return add_file(store, name, path, told)
    with tempfile.TemporaryDirectory(prefix="itss-kg-") as folder:
        known = Path(folder) / "known.nt"
        write_file(store, name, known)
        gone, fresh = (_triples(lines) for lines in _differences(known, path, Path(folder)))
    return store.exchange(name, gone, fresh)


def write_file(store: KnowledgeStore, name: str, path: Path) -> None:
    """Write the named graph to a file."""
    store.store.dump(path, ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(GRAPHS[name]))


def _told(found: Iterable[ox.Quad], told: Told) -> Iterator[ox.Quad]:
    number = 0
    for number, quad in enumerate(found, 1):
        if number % _OFTEN == 0:
            told(_OFTEN, _OFTEN)
        yield quad
    told(number % _OFTEN, number % _OFTEN)


def _new(store: KnowledgeStore, name: str, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    """The statements as those of the graph, but for those that stand in an earlier one."""
    graph = ox.NamedNode(GRAPHS[name])
    earlier = [ox.NamedNode(GRAPHS[other]) for other in list(GRAPHS)[: list(GRAPHS).index(name)]]
    large = ox.NamedNode(GRAPHS[_LARGE])
    subjects = {
        quad.subject for other in earlier if other != large for quad in store.store.quads_for_pattern(None, None, None, other)
    }
    subject, elsewhere = None, False
    for triple in triples:
        if triple.subject != subject:  # mostly that of the statement before
            subject = triple.subject
            elsewhere = subject in subjects or (
                large in earlier and next(store.store.quads_for_pattern(subject, None, None, large), None) is not None
            )
        if not (elsewhere and any(_in(triple, other) in store.store for other in earlier)):
            yield _in(triple, graph)


def _shared(store: KnowledgeStore, name: str, other: str) -> list[ox.Quad]:
    """The statements of another graph that the named one has, too."""
    both = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{GRAPHS[name]}> {{ ?s ?p ?o }} GRAPH <{GRAPHS[other]}> {{ ?s ?p ?o }} }}"
    rows: Any = store.store.query(both)
    return [ox.Quad(row["s"], row["p"], row["o"], ox.NamedNode(GRAPHS[other])) for row in rows]


def _in(triple: ox.Triple, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _differences(one: Path, other: Path, folder: Path) -> tuple[list[bytes], list[bytes]]:
    """The lines that only one of two files of any length has, and those that only the other has."""
    shares = min(_SHARES, (one.stat().st_size + other.stat().st_size) // _SHARE + 1)
    dealt = [_dealt(path, folder / name, shares) for name, path in (("one", one), ("other", other))]
    only: tuple[list[bytes], list[bytes]] = [], []
    for pair in zip(*dealt, strict=True):
        first, second = (set(path.read_bytes().splitlines()) for path in pair)
        only[0].extend(first - second)
        only[1].extend(second - first)
    return only


def _dealt(source: Path, folder: Path, shares: int) -> list[Path]:
    """The lines of a file in several, each where its content says."""
    folder.mkdir()
    paths = [folder / str(share) for share in range(shares)]
    streams = [path.open("wb") for path in paths]
    try:
        with source.open("rb") as lines:
            for line in lines:
                streams[zlib.crc32(line) % shares].write(line)
    finally:
        for stream in streams:
            stream.close()
    return paths


def _triples(lines: list[bytes]) -> dict[Triple, None]:
    parsed = ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_TRIPLES)
    return {(str(narrow(quad.subject)), quad.predicate.value, narrow(quad.object)): None for quad in parsed}
