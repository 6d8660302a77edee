"""The query operation of the SPARQL 1.1 Protocol: what a request asks, and the format in which it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

__all__ = ["EXTENSIONS", "GRAPH_TYPES", "ROW_TYPES", "Asked", "ProblemError", "asked", "negotiate"]

# media types by what a client may ask for; the first is what it gets where it does not say
ROW_TYPES = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "application/xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
}
GRAPH_TYPES = {
    "text/turtle": "text/turtle",
    "application/turtle": "text/turtle",  # what SPARQLWrapper asks for
    "application/n-triples": "application/n-triples",
    "application/rdf+xml": "application/rdf+xml",
    "application/ld+json": "application/ld+json",
}
EXTENSIONS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"


class ProblemError(Exception):
    """A request that is answered with an HTTP error; becomes a problem document (RFC 9457)."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: int | str | None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = {key: value for key, value in more.items() if value is not None}


@dataclass(frozen=True)
class Asked:
    """A query with the dataset that the protocol names, as IRIs; none named means that the query's own dataset holds."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def asked(method: str, query_string: bytes, content_type: str, body: bytes) -> Asked | None:
    """What a request asks (SPARQL 1.1 Protocol, 2.1): by GET, by POST of a form, or by POST of the query itself.

    `None` where a GET asks nothing, which is answered with the service description. Other parameters mean nothing here.

    Raises:
        ProblemError: 400 for no query, several, an update, or what is not UTF-8; 415 for another kind of body.
    """
    pairs = _pairs(query_string)
    if method != "POST":
        return _asked(pairs) if any(name in ("query", "update") for name, _ in pairs) else None
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    if kind not in (_FORM, _DIRECT):
        raise ProblemError(415, f"send {_FORM} or {_DIRECT}, not {kind or 'a body without a Content-Type'}")
    charset = parameters.lower().replace('"', "").partition("charset=")[2].strip()
    if charset not in ("", "utf-8", "utf8"):
        raise ProblemError(400, f"send the query in UTF-8, not {charset}")
    if kind == _FORM:
        return _asked([*pairs, *_pairs(body)])
    try:
        return _asked([*pairs, ("query", body.decode("utf-8"))])
    except UnicodeDecodeError:
        raise ProblemError(400, "the query is not UTF-8") from None


def _pairs(form: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(form.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=512)
    except UnicodeDecodeError:
        raise ProblemError(400, "a parameter is not percent-encoded UTF-8") from None
    except ValueError:
        raise ProblemError(400, "too many parameters") from None


def _asked(pairs: list[tuple[str, str]]) -> Asked:
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in pairs):
        raise ProblemError(400, "this endpoint only answers queries; nothing is updated")
    queries = [value for name, value in pairs if name == "query"]
    if len(queries) != 1:
        raise ProblemError(400, f"give one parameter query, not {len(queries)}")
    graphs = (
        tuple(dict.fromkeys(value for name, value in pairs if name == wanted))
        for wanted in ("default-graph-uri", "named-graph-uri")
    )
    return Asked(queries[0], *graphs)


def negotiate(accept: str | None, offers: Mapping[str, str]) -> str | None:
    """The offer that an Accept header likes best (RFC 9110, 12.5.1), the first of equals; `None` where it likes none."""
    if not accept or not accept.strip():
        return next(iter(offers.values()))
    ranges = [_range(part) for part in accept.split(",")]
    best: tuple[float, str] | None = None
    for name, given in offers.items():
        fitting = [(len(kind) - 2 * kind.count("*"), quality) for kind, quality in ranges if _fits(kind, name)]
        quality = max(fitting)[1] if fitting else 0.0  # the most specific range decides
        if quality > 0 and (best is None or quality > best[0]):
            best = quality, given
    return best[1] if best else None


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (item.strip().lower() for item in part.split(";"))
    quality = next((item[2:] for item in parameters if item.startswith("q=")), "1")
    try:
        return kind, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return kind, 0.0


def _fits(kind: str, name: str) -> bool:
    return kind in ("*/*", name) or (kind.endswith("/*") and name.startswith(kind[:-1]))
