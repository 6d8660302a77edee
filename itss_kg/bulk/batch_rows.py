"""A batch of statements by the column, looked up by predicate."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from itss_kg.bulk.looks import Targets
from itss_kg.graph import Graph
from itss_kg.input import read_triples
from itss_kg.namespaces import RDF, RDFS
from itss_kg.records import nt_term

__all__ = ["SCHEMA", "BatchRows", "frame_of", "graph_of", "iri", "nt", "ntriples"]

SCHEMA = {"subject": pl.String(), "predicate": pl.String(), "object": pl.String()}
_NODE = pl.Series("node", [], dtype=pl.String)


def nt(name: str) -> str:
    """An IRI as a term of N-Triples."""
    return f"<{name}>"


def iri(term: str) -> str:
    """The node that a term of N-Triples stands for, as results name it: of a literal, its text."""
    if term.startswith('"'):
        literal = next(iter(read_triples("term.nt", f"<urn:x> <urn:x> {term} .".encode())))[2]
        return literal if isinstance(literal, str) else literal.lexical
    return term if term.startswith("_:") else term[1:-1]


def ntriples(frame: pl.DataFrame) -> bytes:
    """The statements as lines."""
    lines = frame.select(pl.concat_str("subject", "predicate", "object", pl.lit("."), separator=" ").str.join("\n")).item()
    return f"{lines}\n".encode() if lines else b""


def graph_of(frame: pl.DataFrame) -> Graph:
    """The statements as a graph."""
    return Graph(read_triples("batch.nt", ntriples(frame)))


def frame_of(graph: Graph) -> pl.DataFrame:
    """The statements as terms of N-Triples, in the columns subject, predicate and object."""
    rows = [(nt_term(subject), nt_term(predicate), nt_term(term)) for subject, predicate, term in graph]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


class BatchRows:
    """The statements of one batch; names are IRIs, terms are as N-Triples writes them."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame.select(pl.col(name).cast(pl.String) for name in SCHEMA)
        parts = self.frame.partition_by("predicate", as_dict=True)
        self.by_predicate = {str(key[0])[1:-1]: part for key, part in parts.items()}

    def of(self, name: str) -> pl.DataFrame:
        """The statements with a predicate."""
        found = self.by_predicate.get(name)
        return self.frame.clear() if found is None else found

    def of_any(self, names: Iterable[str]) -> pl.DataFrame:
        """The statements with any of the predicates."""
        return pl.concat([self.frame.clear(), *(self.by_predicate[name] for name in names if name in self.by_predicate)])

    def about(self, nodes: pl.Series) -> pl.DataFrame:
        """The statements whose subject is among the nodes."""
        return self.frame.filter(pl.col("subject").is_in(nodes.implode()))

    def targets(self, wanted: Targets) -> pl.Series:
        """The nodes that a shape with these targets is aimed at; all where the batch has classes of its own."""
        if RDFS.subClassOf in self.by_predicate:
            return pl.concat([self.frame["subject"], self.frame["object"]]).unique().alias("node")
        typed = self.of(RDF.type)
        found = [typed.filter(pl.col("object").is_in([nt(name) for name in wanted.classes]))["subject"]]
        found.append(self.of_any(wanted.subjects)["subject"])
        found.append(self.of_any(wanted.objects)["object"])
        return pl.concat([_NODE, *(series.alias("node") for series in found)]).unique()

    def reached(self, roots: pl.Series) -> pl.DataFrame:
        """The statements about the nodes and whatever any link leads to from them."""
        return self.about(self._spread(roots, "subject", "object"))

    def reaching(self, nodes: pl.Series) -> pl.Series:
        """The nodes, and those from which any link leads to them."""
        return self._spread(nodes, "object", "subject")

    def leading(self, nodes: pl.Series) -> pl.DataFrame:
        """The statements by which what has no name is found: the ways to those of the nodes from one that has a name."""
        found, fresh = [self.frame.clear()], nodes
        seen = nodes.clear()
        while len(fresh := fresh.filter(fresh.str.starts_with("_:") & ~fresh.is_in(seen.implode())).unique()):
            seen = pl.concat([seen, fresh])
            found.append(self.frame.filter(pl.col("object").is_in(fresh.implode())))
            fresh = found[-1]["subject"].alias(fresh.name)
        return pl.concat(found)

    def _spread(self, start: pl.Series, near: str, far: str) -> pl.Series:
        found = fresh = start.unique()
        while len(fresh):
            ends = self.frame.filter(pl.col(near).is_in(fresh.implode()))[far].unique()
            fresh = ends.filter(~ends.is_in(found.implode()))
            found = pl.concat([found, fresh.alias(found.name)])
        return found
