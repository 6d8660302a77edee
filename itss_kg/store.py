"""The embedded store: named graphs of a pyoxigraph store, in memory or in a folder, each replaced or added to as a whole.

A load is written to a graph of its own first and moved into its place by one update, which Oxigraph carries out in one
transaction. Whatever ends the process before that, kill -9 included, leaves the store as it was: a half-written graph is in no
dataset that queries see, and the next load drops it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itss_kg.errors import CallError, InputError
from itss_kg.graph import Literal, Term, Triple, narrow, renamed

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["GRAPHS", "PERSONAL", "PUBLIC", "KnowledgeStore"]

_HOME = "https://w3id.org/itss-kg/graph/"
GRAPHS = {
    name: _HOME + name
    for name in ("standard", "shapes", "catalogue", "mappings", "own-mappings", "candidates", "assessments", "report")
}
# people's records, and what an organization links for itself: shown only to whoever may see them
PERSONAL = ("own-mappings", "candidates", "assessments", "report")
PUBLIC = tuple(name for name in GRAPHS if name not in PERSONAL)
_MESSAGE = 160  # signs; a parser's list of what it expected runs to pages
_STAGING = _HOME + "staging"


class KnowledgeStore:
    """The named graphs of `GRAPHS`, on disk where a folder is named, else in memory.

    Raises:
        InputError: the folder cannot be opened as a store, e.g. because another process writes to it.
    """

    def __init__(self, folder: Path | None = None, *, read_only: bool = False) -> None:
        import pyoxigraph as ox

        self._ox = ox
        try:
            if folder is None:
                self.store = ox.Store()
            elif read_only:
                self.store = ox.Store.read_only(str(folder))
            else:
                self.store = ox.Store(str(folder))
        except OSError as error:
            raise InputError(f"cannot be opened as a store ({error})", source=str(folder)) from None

    def replace(self, name: str, triples: Iterable[Triple]) -> int:
        """Put the triples in the place of what the named graph holds; its size afterwards."""
        self._stage(triples)
        self.store.update(f"MOVE SILENT <{_STAGING}> TO <{self._iri(name)}>")
        return self.size(name)

    def add(self, name: str, triples: Iterable[Triple]) -> int:
        """Add the triples to the named graph; how many were new."""
        before = self.size(name)
        self._stage(triples)
        self.store.update(f"ADD SILENT <{_STAGING}> TO <{self._iri(name)}> ; DROP SILENT GRAPH <{_STAGING}>")
        return self.size(name) - before

    def settle(self) -> None:
        """Put the store in order for reading: who opens it need not read again what was written last."""
        self.store.optimize()
        self.store.flush()

    def size(self, name: str) -> int:
        """How many triples the named graph holds."""
        rows = self.store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{self._iri(name)}> {{ ?s ?p ?o }} }}")
        return int(next(iter(rows))["n"].value)  # type: ignore[arg-type]  # a count is one row

    def triples(self, name: str) -> Iterator[Triple]:
        """The triples of the named graph in our own terms."""
        for quad in self.store.quads_for_pattern(None, None, None, self._ox.NamedNode(self._iri(name))):
            yield narrow(quad.subject), quad.predicate.value, narrow(quad.object)  # type: ignore[misc]  # subjects are no literals

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        visible: Sequence[str] | None = None,
        services: frozenset[str] = frozenset(),
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Answer a query over the union of the graphs, which each also have their name.

        Args:
            text: the query; the well-known prefixes need no declaration.
            default_graphs: IRIs; where any graph is named here or in `named_graphs`, these and those alone are the dataset.
            named_graphs: IRIs, likewise. Without either, the query's own FROM clauses hold where it has any.
            visible: names of `GRAPHS`; nothing else of the store can be seen, whatever the query names.
            services: hosts, with their port where they have one, that SERVICE may ask.

        Raises:
            CallError: the query does not parse (with line and column), calls another service, or chooses graphs by FROM where
                only some may be seen.
        """
        from itss_kg.namespaces import PREFIXES, RELATIVE_BASE

        words = refuse_service(text, services)
        seen = list(GRAPHS.values()) if visible is None else [self._iri(name) for name in visible]
        dataset: dict[str, list[str]] = {"default_graph": seen, "named_graphs": seen}
        union = False
        if default_graphs or named_graphs:
            dataset = {"default_graph": list(default_graphs), "named_graphs": list(named_graphs)}
            if visible is not None:
                dataset = {key: [iri for iri in iris if iri in seen] for key, iris in dataset.items()}
        elif "FROM" in words:
            if visible is not None:
                raise CallError("the query chooses graphs by FROM; without a token, name them as default-graph-uri instead")
            dataset = {}
        elif visible is None and not self.store.contains_named_graph(self._ox.NamedNode(_STAGING)):
            dataset, union = {}, True  # the same graphs, which Oxigraph reads far faster as all that there are
        graphs: dict[str, Any] = {key: [self._ox.NamedNode(iri) for iri in iris] for key, iris in dataset.items()}
        try:
            return self.store.query(text, base_iri=RELATIVE_BASE, prefixes=PREFIXES, use_default_graph_as_union=union, **graphs)
        except SyntaxError as error:
            said = " ".join(str(error.msg).split())
            raise CallError(f"the query does not parse: {said[:_MESSAGE]}{'…' * (len(said) > _MESSAGE)}") from None

    def _iri(self, name: str) -> str:
        if name not in GRAPHS:
            raise CallError(f"unknown graph {name!r}: expected one of {', '.join(GRAPHS)}")
        return GRAPHS[name]

    def _stage(self, triples: Iterable[Triple]) -> None:
        graph = self._ox.NamedNode(_STAGING)
        self.store.update(f"DROP SILENT GRAPH <{_STAGING}>")
        self.store.bulk_extend(
            self._ox.Quad(self._subject(s), self._ox.NamedNode(p), self._term(o), graph) for s, p, o in triples
        )

    def _subject(self, node: str) -> ox.NamedNode | ox.BlankNode:
        return self._ox.BlankNode(node[2:]) if node.startswith("_:") else self._ox.NamedNode(node)

    def _term(self, term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(term, Literal):
            if term.language:
                return self._ox.Literal(term.lexical, language=term.language)
            return self._ox.Literal(term.lexical, datatype=self._ox.NamedNode(term.datatype))
        return self._subject(term)


def refuse_service(text: str, services: frozenset[str] = frozenset()) -> set[str]:
    """Nothing outside is asked but the services allowed; the words of the query.

    Raises:
        CallError: the query has a SERVICE clause that names another host, or none.
    """
    from itss_kg.catalogue import keywords, without_header

    words = keywords(text)
    if "SERVICE" not in words:
        return words
    if not services:
        said = "the query asks another service (SERVICE), which is not allowed"
        raise CallError(f"{said}; whoever runs this may allow its host by --allow-service HOST")
    # only the plainest spelling is let through: every mention of the word is followed by an address with an allowed host
    asked = without_header(text)  # a header's sentences may have the word
    named = re.findall(r"SERVICE\s+(?:SILENT\s+)?<https?://([^/?#<>\s\\]*)[^<>\s\\]*>", asked, re.IGNORECASE)
    if len(named) != len(re.findall("SERVICE", asked, re.IGNORECASE)) or "\\" in text:
        raise CallError("write what SERVICE asks as a whole address in angle brackets, and the word nowhere else")
    for host in named:
        if host not in services:
            raise CallError(f"SERVICE may ask {', '.join(sorted(services))}, not {host}")
    return words


def stable_blank_nodes(triples: Iterable[Triple], source: bytes) -> Iterator[Triple]:
    """The triples with blank nodes named after the source's digest and their order: reading it again names them the same."""
    return renamed(triples, f"f{hashlib.sha256(source).hexdigest()[:16]}")
