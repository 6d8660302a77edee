"""The embedded store: named graphs of a pyoxigraph store, in memory or in a folder, each replaced or added to as a whole.

What is only added goes in by Oxigraph's bulk loader, which makes all of it visible at once. Where statements also go, the
new ones are written to a graph of their own first, and one update, which is one transaction, takes the old away and puts them
there. Whatever ends the process before that, kill -9 included, leaves the store as it was: a half-written graph is in no
dataset that queries see, and the next load drops it.

A statement stands in one graph: the first of `GRAPHS` that says it. Oxigraph gives what stands in two graphs twice when asked
for their union, so a record that repeats a label of the standard would be counted twice.
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
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})
_MESSAGE = 160  # signs; a parser's list of what it expected runs to pages
_STAGING = (_HOME + "staging/new", _HOME + "staging/old")


class KnowledgeStore:
    """The named graphs of `GRAPHS`, on disk where a folder is named, else in memory.

    Raises:
        InputError: the folder cannot be opened as a store, e.g. because another process writes to it, or holds other things.
    """

    def __init__(self, folder: Path | None = None, *, read_only: bool = False) -> None:
        import pyoxigraph as ox

        self._ox = ox
        if folder is not None and not read_only and (strange := _strange(folder)):
            raise InputError(f"holds {strange} and is no store; name a folder of its own", source=str(folder))
        try:
            if folder is None:
                self.store = ox.Store()
            elif read_only:
                self.store = ox.Store.read_only(str(folder))
            else:
                self.store = ox.Store(str(folder))
        except (OSError, RuntimeError) as error:  # as of files that are no store's
            raise InputError(f"cannot be opened as a store ({error})", source=str(folder)) from None

    def replace(self, name: str, triples: Iterable[Triple]) -> int:
        """Put the triples in the place of what the named graph holds; its size afterwards."""
        fresh = dict.fromkeys(triples)
        gone: dict[Triple, None] = {}
        for triple in self.triples(name):
            if triple in fresh:
                del fresh[triple]
            else:
                gone[triple] = None
        self.exchange(name, gone, fresh)
        return self.size(name)

    def exchange(self, name: str, gone: dict[Triple, None], fresh: dict[Triple, None]) -> int:
        """Take some triples from the named graph and put others there, in one transaction; how many of these were new."""
        graph = self._node(name)
        # what is left may be there in another spelling: Oxigraph keeps numbers and dates as values
        for triple in list(fresh) if gone else ():
            quad = self._quad(triple, graph)
            for same in self.store.quads_for_pattern(quad.subject, quad.predicate, quad.object, graph):
                gone.pop(_triple(same), None)
                fresh.pop(triple, None)
        if not gone:
            return self.add(name, fresh)
        new, old = _STAGING
        drop = f"DROP SILENT GRAPH <{new}> ; DROP SILENT GRAPH <{old}>"
        written, repeated = self._apart(name, fresh)
        left = self.size(name) - len(gone)
        self.store.update(drop)
        self.store.bulk_extend(
            self._ox.Quad(quad.subject, quad.predicate, quad.object, self._ox.NamedNode(new)) for quad in written
        )
        self.store.bulk_extend(self._quad(triple, self._ox.NamedNode(old)) for triple in gone)
        away = f"DELETE {{ GRAPH <{self._iri(name)}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{old}> {{ ?s ?p ?o }} }}"
        self.store.update(f"{away} ; ADD SILENT <{new}> TO <{self._iri(name)}> ; {drop}")
        self._remove(repeated)
        return self.size(name) - left

    def add(self, name: str, triples: Iterable[Triple]) -> int:
        """Add the triples to the named graph; how many were new, a number or date in whatever spelling being one."""
        new, repeated = self._apart(name, triples)
        before = self.size(name)
        self.store.bulk_extend(new)
        self._remove(repeated)
        return self.size(name) - before

    def _apart(self, name: str, triples: Iterable[Triple]) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """What of the triples is to be written to the graph, and where the same is then to be taken from later graphs."""
        graph = self._node(name)
        earlier = {self._node(other) for other in list(GRAPHS)[: list(GRAPHS).index(name)]}
        new: list[ox.Quad] = []
        repeated: list[ox.Quad] = []
        for triple in dict.fromkeys(triples):
            quad = self._quad(triple, graph)
            found = list(self.store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None))
            if all(other.graph_name != graph and other.graph_name not in earlier for other in found):
                new.append(quad)
                repeated.extend(found)
        return new, repeated

    def _remove(self, quads: Iterable[ox.Quad]) -> None:
        for quad in quads:
            self.store.remove(quad)

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
            yield _triple(quad)

    def about(self, name: str, node: str) -> Iterator[Triple]:
        """The triples of the named graph about a node; none about what is no name of a node."""
        try:
            subject = self._subject(node)
        except ValueError:
            return
        yield from map(_triple, self.store.quads_for_pattern(subject, None, None, self._node(name)))

    def subjects(self, name: str, path: str, node: str | None = None) -> Iterator[str]:
        """The subjects of the triples of the named graph with a property, and a node as its value where one is given."""
        value = None if node is None else self._subject(node)
        for quad in self.store.quads_for_pattern(None, self._ox.NamedNode(path), value, self._node(name)):
            yield str(narrow(quad.subject))

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
        elif visible is None and not any(self.store.contains_named_graph(self._ox.NamedNode(graph)) for graph in _STAGING):
            dataset, union = {}, True  # the same graphs, which Oxigraph reads far faster as all that there are
        graphs: dict[str, Any] = {key: [self._ox.NamedNode(iri) for iri in iris] for key, iris in dataset.items()}
        try:
            return self.store.query(text, base_iri=RELATIVE_BASE, prefixes=PREFIXES, use_default_graph_as_union=union, **graphs)
        except SyntaxError as error:
            if words & _UPDATES:
                raise CallError("this is an update, and only queries are answered") from None
            said = " ".join(str(error.msg).split())
            raise CallError(f"the query does not parse: {said[:_MESSAGE]}{'…' * (len(said) > _MESSAGE)}") from None

    def _iri(self, name: str) -> str:
        if name not in GRAPHS:
            raise CallError(f"unknown graph {name!r}: expected one of {', '.join(GRAPHS)}")
        return GRAPHS[name]

    def _quad(self, triple: Triple, graph: ox.NamedNode) -> ox.Quad:
        subject, predicate, term = triple
        return self._ox.Quad(self._subject(subject), self._ox.NamedNode(predicate), self._term(term), graph)

    def _node(self, name: str) -> ox.NamedNode:
        return self._ox.NamedNode(self._iri(name))

    def _subject(self, node: str) -> ox.NamedNode | ox.BlankNode:
        return self._ox.BlankNode(node[2:]) if node.startswith("_:") else self._ox.NamedNode(node)

    def _term(self, term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if isinstance(term, Literal):
            if term.language:
                return self._ox.Literal(term.lexical, language=term.language)
            return self._ox.Literal(term.lexical, datatype=self._ox.NamedNode(term.datatype))
        return self._subject(term)


def _strange(folder: Path) -> str | None:
    """A file or folder in it that no store has, where there is no store yet."""
    if not folder.is_dir() or (folder / "CURRENT").exists():
        return None
    of_a_store = re.compile(r"LOCK|LOG.*|IDENTITY|(MANIFEST|OPTIONS)-.*|.*\.(log|sst|dbtmp)")
    names = sorted(path.name for path in folder.iterdir())
    return next((name for name in names if not of_a_store.fullmatch(name)), None)


def _triple(quad: ox.Quad) -> Triple:
    return narrow(quad.subject), quad.predicate.value, narrow(quad.object)  # type: ignore[return-value]  # subjects are no literals


def refuse_service(text: str, services: frozenset[str] = frozenset()) -> set[str]:
    """Nothing outside is asked but the services allowed; the words of the query.

    Raises:
        CallError: the query has a SERVICE clause that names another host, or none.
    """
    from itss_kg.catalogue import keywords, without_header

    words = keywords(text)
    if "SERVICE" not in words:
        return words
    # only the plainest spelling is let through: every mention of the word is followed by an address with an allowed host
    asked = without_header(text)  # a header's sentences may have the word
    named = re.findall(r"SERVICE\s+(?:SILENT\s+)?<https?://([^/?#<>\s\\]*)[^<>\s\\]*>", asked, re.IGNORECASE)
    plain = len(named) == len(re.findall("SERVICE", asked, re.IGNORECASE)) and "\\" not in text
    if not services:
        shown = plain and all(re.fullmatch(r"[\w.:\[\]-]+", host) for host in named)
        options = " ".join(f"--allow-service {host}" for host in (sorted(set(named)) if shown else ["HOST"]))
        said = "the query asks another endpoint (SERVICE), which is not allowed"
        raise CallError(f"{said}; whoever runs this may allow it: {options}")
    if not plain:
        raise CallError("write what SERVICE asks as a whole address in angle brackets, and the word nowhere else")
    for host in named:
        if host not in services:
            raise CallError(f"SERVICE may ask {', '.join(sorted(services))}, not {host}")
    return words


def stable_blank_nodes(triples: Iterable[Triple], source: bytes) -> Iterator[Triple]:
    """The triples with blank nodes named after the source's digest and their order: reading it again names them the same."""
    return renamed(triples, named_after(hashlib.sha256(source).hexdigest()))


def named_after(digest: str) -> str:
    """What the names of blank nodes begin with that come from a source of some digest."""
    return f"f{digest[:16]}"
