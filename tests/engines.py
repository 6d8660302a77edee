"""SHACL engines that know nothing of this project, behind one call: which shapes fail at which candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path

from itss_kg.graph import Graph
from itss_kg.records import write
from itss_kg.sampling import Record

Failures = frozenset[tuple[str, str]]  # focus node and named shape


def as_ntriples(graph: Graph | Iterable[tuple]) -> str:
    stream = StringIO()
    write([Record("", list(graph))], stream, "nt")
    return stream.getvalue()


def merged(folder: Path) -> str:
    """All level shapes as one document; each file's prefixes hold for what follows it."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.ttl")))


def pyshacl(data: str, shapes: str) -> Failures:
    import pyshacl
    import rdflib

    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    graph = rdflib.Graph().parse(data=data, format="nt")
    _, report, _ = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(data=shapes, format="turtle"), meta_shacl=False)
    results = report.objects(None, sh.result)
    return frozenset((str(report.value(node, sh.focusNode)), str(report.value(node, sh.sourceShape))) for node in results)


def shacl(data: str, shapes: str) -> Failures:
    import shacl

    report = shacl.Shapes.from_turtle(shapes).validate_text(data, format="ntriples")
    return frozenset((_bare(item.focus_node), _bare(item.source_shape or "")) for item in report.results)


def shacl_rust(data: str, shapes: str) -> Failures:
    import shacl_rust

    report = shacl_rust.validate(data, shapes, data_format="nt", shapes_format="turtle")
    return frozenset((_bare(item["focusNode"]), _bare(item["sourceShape"])) for item in report["results"])


def shifty(data: str, shapes: str) -> Failures:
    import rdflib
    import shifty

    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    graph = rdflib.Graph().parse(data=data, format="nt")
    _, report, _ = shifty.validate(graph, shacl_graph=rdflib.Graph().parse(data=shapes, format="turtle"))
    results = report.objects(None, sh.result)
    return frozenset((str(report.value(node, sh.focusNode)), str(report.value(node, sh.sourceShape))) for node in results)


def _bare(term: str) -> str:
    return term.removeprefix("<").removesuffix(">")


ENGINES: dict[str, Callable[[str, str], Failures]] = {
    "pyshacl": pyshacl,
    "shacl": shacl,
    "shacl-rust": shacl_rust,
    "shifty": shifty,
}
