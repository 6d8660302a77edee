"""A drawing of links: what is linked on the left, what it is linked to on the right, a line for each judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from itss_kg.frameworks import Frameworks
from itss_kg.mapping_rows import Link
from itss_kg.namespaces import ITSS, RDF, SKOS
from itss_kg.standard import Standard

__all__ = ["drawn"]

_ROW, _GAP, _TOP, _LEFT, _RIGHT, _WIDTH = 21, 16, 96, 680, 950, 1600
_FONT = "font-family='system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif'"
_ARROW = (
    "<defs><marker id='broader' viewBox='0 0 10 10' refX='9' refY='5' markerWidth='7' markerHeight='7'"
    " orient='auto-start-reverse'><path d='M0 0 10 5 0 10z' fill='#1f5fbf'/></marker></defs>"
)
_REJECTED = "rejected"
_STYLES = {
    SKOS.closeMatch: ("#0b6e4f", "2.4", "", "close"),
    SKOS.broadMatch: ("#1f5fbf", "1.8", "", "narrower or broader (the arrow points to the broader)"),
    SKOS.relatedMatch: ("#8a8f98", "1", "", "related"),
    _REJECTED: ("#b3261e", "1.1", "5 4", "considered and rejected"),
}
_STYLES[SKOS.narrowMatch] = _STYLES[SKOS.broadMatch]


class _Column(NamedTuple):
    """Where each thing stands, what heads the groups, and how far down the column reaches."""

    places: dict[str, float]
    heads: list[tuple[str, float]]
    bottom: float


def drawn(links: Sequence[Link], standard: Standard, frameworks: Frameworks, title: str) -> str:
    """The links as an SVG document, the same for the same links."""
    judged = [item for item in links if not item.mapping.unlinked]
    subjects = list(dict.fromkeys(item.mapping.subject for item in links))
    left = _column(subjects, lambda iri: _kind(iri, standard))
    right = _column(_in_order_of_lines(judged, left.places, frameworks), lambda iri: _scheme(iri, frameworks))
    height = max(left.bottom, right.bottom) + _ROW
    linked = {item.mapping.subject for item in judged if item.mapping.holds}
    absent = {item.mapping.subject for item in links if item.mapping.unlinked} - linked
    subjects_named = {iri: standard.label(iri) + (" – nothing found" if iri in absent else "") for iri in subjects}
    concepts_named = {item.mapping.object: item.concept for item in judged}
    size = f"viewBox='0 0 {_WIDTH} {height:g}' width='{_WIDTH}' height='{height:g}'"
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img' {_FONT}>",
        f"<title>{escape(title)}</title>",
        _ARROW,
        f"<rect width='{_WIDTH}' height='{height:g}' fill='#ffffff'/>",
        f"<text x='24' y='34' font-size='20' font-weight='600' fill='#1c1f24'>{escape(title)}</text>",
        *_legend(),
        *(line for item in _faint_first(judged) for line in _line(item, left.places, right.places)),
        *_texts(left, subjects_named, _LEFT - 10, "end", set(subjects) - linked),
        *_texts(right, concepts_named, _RIGHT + 10, "start", set()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _column(things: Sequence[str], group: Callable[[str], str]) -> _Column:
    places: dict[str, float] = {}
    heads: list[tuple[str, float]] = []
    y, current = float(_TOP), None
    groups = list(dict.fromkeys(group(iri) for iri in things))
    for iri in sorted(things, key=lambda item: groups.index(group(item))):
        if group(iri) != current:
            current = group(iri)
            y += _GAP
            heads.append((current, y))
            y += _ROW
        places[iri] = y
        y += _ROW
    return _Column(places, heads, y)


def _in_order_of_lines(judged: Sequence[Link], places: dict[str, float], frameworks: Frameworks) -> list[str]:
    """The concepts, each as high as what it is linked to on the average, so that fewer lines cross; levels in their order."""
    heights: dict[str, list[float]] = {}
    for item in judged:
        heights.setdefault(item.mapping.object, []).append(places[item.mapping.subject])
    levels = {item.key for item in frameworks.schemes if item.attributes}
    codes = {item.iri: item.code for item in frameworks.concepts if item.scheme in levels}
    return sorted(heights, key=lambda iri: (iri not in codes, codes.get(iri, ""), sum(heights[iri]) / len(heights[iri]), iri))


def _faint_first(judged: Iterable[Link]) -> list[Link]:
    """What matters most is drawn last, above the rest."""
    order = [SKOS.relatedMatch, _REJECTED, SKOS.broadMatch, SKOS.narrowMatch, SKOS.closeMatch]
    return sorted(judged, key=lambda item: order.index(_style(item)))


def _style(item: Link) -> str:
    return (
        _REJECTED if item.mapping.negated else item.mapping.predicate if item.mapping.predicate in _STYLES else SKOS.closeMatch
    )


def _line(item: Link, left: dict[str, float], right: dict[str, float]) -> Iterator[str]:
    colour, width, dashes, _ = _STYLES[_style(item)]
    a, b = left[item.mapping.subject] - 4, right[item.mapping.object] - 4
    bend = (_RIGHT - _LEFT) / 2
    path = f"M{_LEFT} {a:g}C{_LEFT + bend:g} {a:g} {_RIGHT - bend:g} {b:g} {_RIGHT} {b:g}"
    more = f" stroke-dasharray='{dashes}'" if dashes else ""
    if not item.mapping.negated and item.mapping.predicate == SKOS.broadMatch:
        more += " marker-end='url(#broader)'"
    if not item.mapping.negated and item.mapping.predicate == SKOS.narrowMatch:
        more += " marker-start='url(#broader)'"
    yield f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='{width}'{more}/>"


def _texts(column: _Column, names: dict[str, str], x: int, anchor: str, faint: set[str]) -> Iterator[str]:
    place = f"x='{x}' text-anchor='{anchor}'"
    for head, y in column.heads:
        yield f"<text {place} y='{y:g}' font-size='12' font-weight='600' fill='#5b616b'>{escape(head)}</text>"
    for iri, y in column.places.items():
        colour = "#767c85" if iri in faint else "#1c1f24"
        yield f"<text {place} y='{y:g}' font-size='13' fill='{colour}'>{escape(names[iri])}</text>"


def _legend() -> Iterator[str]:
    x = 24
    for key in (SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch, _REJECTED):
        colour, width, dashes, words = _STYLES[key]
        more = (f" stroke-dasharray='{dashes}'" if dashes else "") + (
            " marker-end='url(#broader)'" if key == SKOS.broadMatch else ""
        )
        yield f"<path d='M{x} 60h44' stroke='{colour}' stroke-width='{width}' fill='none'{more}/>"
        yield f"<text x='{x + 54}' y='64' font-size='13' fill='#1c1f24'>{escape(words)}</text>"
        x += 84 + 7 * len(words)


def _kind(iri: str, standard: Standard) -> str:
    return next((standard.label(cls) for cls in standard.graph.nodes(iri, RDF.type) if cls in ITSS), "")


def _scheme(iri: str, frameworks: Frameworks) -> str:
    found = frameworks.scheme_of(iri)
    return found.full_title if found else ""
