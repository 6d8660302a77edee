"""Questions asked of a store: by name from the catalogue, or the user's own, with results in the formats people use."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from threading import Thread
from typing import TYPE_CHECKING, Any

from itss_kg.catalogue import keywords
from itss_kg.errors import CallError, InputError, nearest
from itss_kg.graph import Literal, Term, narrow, number
from itss_kg.namespaces import PREFIXES, curie
from itss_kg.store import KnowledgeStore

if TYPE_CHECKING:
    import pyoxigraph as ox

    from itss_kg.remote import Endpoint

    Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | list[Any]

__all__ = ["GRAPH_FORMATS", "ROW_FORMATS", "Answer", "ask"]

ROW_FORMATS = ("table", "csv", "tsv", "json", "xml", "md")
GRAPH_FORMATS = ("ttl", "nt", "jsonld")
_PATIENCE = 60.0  # seconds for which another endpoint is waited for


class Answer:
    """What a query answers: rows of a SELECT (`columns`, `rows`), `truth` of an ASK, or `triples` of a CONSTRUCT or DESCRIBE.

    `cut` says that there were more rows than the limit.
    """

    def __init__(
        self, result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | list[Any], limit: int | None = None
    ) -> None:
        import pyoxigraph as ox

        self.columns: tuple[str, ...] = ()
        self.rows: list[tuple[Term | None, ...]] = []
        self.truth: bool | None = None
        self.triples: list[Any] | None = None
        self.cut = False
        if isinstance(result, ox.QuerySolutions):
            self.columns = tuple(variable.value for variable in result.variables)
            found = (tuple(None if term is None else narrow(term) for term in row) for row in result)
            self.rows, self.cut = _limited(found, limit)
        elif isinstance(result, ox.QueryTriples | list):
            self.triples, self.cut = _limited(iter(result), limit)
        else:
            self.truth = bool(result)

    def dictionaries(self) -> list[dict[str, Any]]:
        """The rows as plain values: numbers as numbers, everything else as text, what is unbound as `None`."""
        return [dict(zip(self.columns, map(plain, row), strict=True)) for row in self.rows]

    def frame(self) -> Any:  # a pandas.DataFrame
        """The rows as a pandas data frame, which needs pandas installed."""
        import pandas as pd

        return pd.DataFrame(self.dictionaries(), columns=list(self.columns))

    def text(self, form: str, *, bom: bool = False) -> str:
        """The answer in a format of `ROW_FORMATS` or, for triples, of `GRAPH_FORMATS`.

        Raises:
            CallError: the format does not fit the answer.
        """
        known = GRAPH_FORMATS if self.triples is not None else ROW_FORMATS
        if form not in known:
            raise CallError(f"this answer has the formats {', '.join(known)}, not {form!r}{nearest(form, known)}")
        if self.triples is not None:
            return _graph(self.triples, form)
        writers = {
            "table": self._table,
            "csv": self._csv,
            "tsv": self._tsv,
            "json": self._json,
            "xml": self._xml,
            "md": self._md,
        }
        text = writers[form]()
        return "\ufeff" + text if bom and form == "csv" else text

    def _cells(self) -> Iterator[list[str]]:
        """The table's cells, a truth value being a table of one."""
        yield list(self.columns) if self.truth is None else ["answer"]
        if self.truth is not None:
            yield [str(self.truth).lower()]
        for row in self.rows:
            yield ["" if term is None else term.lexical if isinstance(term, Literal) else term for term in row]

    def _csv(self) -> str:
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\r\n").writerows(self._cells())
        return stream.getvalue()

    def _tsv(self) -> str:
        lines = ["\t".join(f"?{name}" for name in self.columns)]
        lines.extend("\t".join("" if term is None else str(_oxigraph(term)) for term in row) for row in self.rows)
        return "\n".join(lines if self.truth is None else [str(self.truth).lower()]) + "\n"

    def _json(self) -> str:
        if self.truth is not None:
            return json.dumps({"head": {}, "boolean": self.truth}) + "\n"
        rows = [
            {name: _json_term(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.rows
        ]
        document = {"head": {"vars": list(self.columns)}, "results": {"bindings": rows}}
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def _xml(self) -> str:
        from xml.etree import ElementTree

        root = ElementTree.Element("sparql", xmlns="http://www.w3.org/2005/sparql-results#")
        head = ElementTree.SubElement(root, "head")
        for name in self.columns:
            ElementTree.SubElement(head, "variable", name=name)
        if self.truth is not None:
            ElementTree.SubElement(root, "boolean").text = str(self.truth).lower()
        else:
            results = ElementTree.SubElement(root, "results")
            for row in self.rows:
                result = ElementTree.SubElement(results, "result")
                for name, term in zip(self.columns, row, strict=True):
                    if term is not None:
                        _xml_term(ElementTree.SubElement(result, "binding", name=name), term)
        ElementTree.indent(root)
        return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"

    def _md(self) -> str:
        head, *rows = [[cell.replace("|", "\\|").replace("\n", " ") for cell in cells] for cells in self._short()]
        lines = [head, ["---"] * len(head), *rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"

    def _table(self) -> str:
        from rich.table import Table

        from itss_kg import terminal

        head, *rows = self._short()
        table = Table(box=terminal.plain_box(), header_style="bold", pad_edge=False)
        for name in head:
            table.add_column(name, overflow="fold")
        for cells in rows:
            table.add_row(*(terminal.plain(cell) for cell in cells))
        return terminal.text(table)

    def _short(self) -> Iterator[list[str]]:
        """Cells with IRIs shortened by well-known prefixes."""
        for place, cells in enumerate(self._cells()):
            if place and self.truth is None:
                row = self.rows[place - 1]
                yield [curie(term) if isinstance(term, str) else cell for term, cell in zip(row, cells, strict=True)]
            else:
                yield cells


def ask(
    source: KnowledgeStore | Endpoint,
    text: str,
    limit: int | None = None,
    services: frozenset[str] = frozenset(),
    seconds: float | None = None,
) -> Answer:
    """Answer a query from the embedded store or a server, with at most so many rows.

    Args:
        source: what is asked.
        text: the query.
        limit: at most so many rows.
        services: hosts that the embedded store may ask by SERVICE; a server decides that for itself.
        seconds: for how long the embedded store is waited for; by default without end, unless it asks others.

    Raises:
        InputError: a host that SERVICE asks cannot be reached, or an answer is not there in time.
    """
    if not isinstance(source, KnowledgeStore):
        return Answer(source.query(text), limit)
    asking = services if "SERVICE" in keywords(text) else frozenset()
    if asking and seconds is None:
        seconds = _PATIENCE
    try:
        return _within(seconds, lambda: Answer(source.query(text, services=asking) if asking else source.query(text), limit))
    except OSError as error:  # of which TimeoutError is one
        said = str(error) or f"no answer within {seconds:g} s; --timeout says how long to wait"
        raise InputError(f"another endpoint cannot be asked ({said})" if asking else said) from None


def _within(seconds: float | None, work: Callable[[], Answer]) -> Answer:
    """What the work gives, if it does in time: Oxigraph is not to be interrupted, not by Ctrl-C either, so another thread asks.

    Raises:
        TimeoutError: it does not.
    """
    promise: Future[Answer] = Future()

    def run() -> None:
        try:
            promise.set_result(work())
        except BaseException as error:  # raised again where it is waited for
            # without its frames, for what Oxigraph gives has to end in the thread that it began in
            promise.set_exception(error.with_traceback(None))

    Thread(target=run, daemon=True).start()  # if it is not done, it ends with the process
    return promise.result(seconds)


def plain(term: Term | None) -> Any:  # a plain value
    """A term as a plain value."""
    if not isinstance(term, Literal):
        return term
    value = number(term)
    if value is None:
        return term.lexical
    return int(value) if value == int(value) and "." not in term.lexical else float(value)


def _triple(item: Any) -> ox.Triple:  # a triple, or the quad as which it was parsed
    import pyoxigraph as ox

    return item if isinstance(item, ox.Triple) else ox.Triple(item.subject, item.predicate, item.object)


def _limited(items: Iterator[Any], limit: int | None) -> tuple[list[Any], bool]:
    if limit is None:
        return list(items), False
    found = list(islice(items, limit))
    return found, next(items, None) is not None


def _oxigraph(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    import pyoxigraph as ox

    if isinstance(term, str):
        return ox.BlankNode(term[2:]) if term.startswith("_:") else ox.NamedNode(term)
    return (
        ox.Literal(term.lexical, language=term.language)
        if term.language
        else ox.Literal(term.lexical, datatype=ox.NamedNode(term.datatype))
    )


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, str):
        return {"type": "bnode", "value": term[2:]} if term.startswith("_:") else {"type": "uri", "value": term}
    found = {"type": "literal", "value": term.lexical}
    if term.language:
        return {**found, "xml:lang": term.language}
    return found if term.datatype == PREFIXES["xsd"] + "string" else {**found, "datatype": term.datatype}


def _xml_term(parent: Any, term: Term) -> None:  # an ElementTree element
    from xml.etree import ElementTree

    shown = _json_term(term)
    element = ElementTree.SubElement(parent, shown["type"])
    element.text = shown["value"]
    if "xml:lang" in shown:
        element.set("xml:lang", shown["xml:lang"])
    if "datatype" in shown:
        element.set("datatype", shown["datatype"])


def _graph(triples: Iterable[Any], form: str) -> str:
    import pyoxigraph as ox

    formats = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD}
    ordered = sorted((_triple(item) for item in triples), key=str)
    data = ox.serialize(ordered, format=formats[form], prefixes=PREFIXES if form != "nt" else None)
    return (data or b"").decode("utf-8")
