"""The documents about links: a page for each framework with its reasons, a map and tables, and a page that leads to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from itss_kg.frameworks import Frameworks, load_frameworks
from itss_kg.link_map import drawn
from itss_kg.mapping_levels import covered, gaps_column
from itss_kg.mapping_rows import Link, links_of
from itss_kg.mapping_structure import coverage
from itss_kg.namespaces import ITSS, RDF, local_name
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.sssom import MappingSet
from itss_kg.standard import Indicator, Standard

__all__ = ["link_pages"]

_COVERED = {"whole": "as a whole", "part": "in part", "none": "not at all"}


def link_pages(reading: Reading, sets: Sequence[MappingSet]) -> Iterator[tuple[str, str]]:
    """Each file under docs/links/: its name, and its text."""
    frameworks = load_frameworks()
    links = list(links_of(sets, frameworks))
    keys = [key for key in frameworks.keys if any(item.framework == key for item in links)]
    for key in keys:
        own = [item for item in links if item.framework == key]
        title = f"{_category(reading.standard)} and {frameworks.reasons[key].title}"
        yield f"{key}.svg", drawn(own, reading.standard, frameworks, title)
        yield f"{key}.md", "\n".join(_page(key, own, sets, reading, frameworks)) + "\n"
    yield "README.md", "\n".join(_index(keys, links, sets, reading.standard, frameworks)) + "\n"


def _category(standard: Standard) -> str:
    return "ITSS " + " and ".join(standard.label(iri) for iri in standard.ordered(standard.graph.instances(ITSS.JobCategory)))


def _index(
    keys: Sequence[str], links: Sequence[Link], sets: Sequence[MappingSet], standard: Standard, frameworks: Frameworks
) -> Iterator[str]:
    yield from (f"# {_category(standard)} and other frameworks", "", "How the links are meant: [Links](../linking.md).")
    yield from ("", "| Framework | Linked | Rejected | Nothing found |", "| --- | --- | --- | --- |")
    for key in keys:
        own = [item.mapping for item in links if item.framework == key]
        counts = (sum(row.holds for row in own), sum(row.negated for row in own), sum(row.unlinked for row in own))
        yield f"| [{frameworks.reasons[key].title}]({key}.md) | {' | '.join(map(str, counts))} |"
    yield from ("", "## What no framework covers", "")
    linked = {item.mapping.subject for item in links if item.mapping.holds}
    spoken = dict.fromkeys(iri for item in sets for iri in coverage(item, standard))
    yield from (f"- {standard.label(iri)}" for iri in spoken if iri not in linked)


def _page(
    key: str, links: Sequence[Link], sets: Sequence[MappingSet], reading: Reading, frameworks: Frameworks
) -> Iterator[str]:
    said, standard = frameworks.reasons[key], reading.standard
    yield from (f"# {_category(standard)} and {said.title}", "", said.about, "", said.reasons.strip(), "")
    yield from ("## Map", "", f"![What is linked, how, and what was rejected]({key}.svg)", "")
    own = [item for item in sets if item.iri in {link.mapping_set for link in links}]
    yield from ("## Sources", "", "| List | Version | Rights |", "| --- | --- | --- |")
    for scheme in frameworks.schemes:
        if scheme.framework == key:
            yield f"| {scheme.title} | {scheme.version} | {scheme.rights} |"
    seen = [(scheme.title, copy) for scheme in frameworks.schemes if scheme.framework == key for copy in scheme.seen]
    if seen:
        yield from ("", "Seen in these public copies:", "", *(f"- {title}: {copy}" for title, copy in seen))
    yield from (
        "",
        "Mapping sets: " + ", ".join(f"`data/mappings/{_name(item)}.sssom.tsv` (<{item.iri}>)" for item in own) + ".",
        "",
    )
    by_iri = {item.iri: item for item in own}
    compared = [item for item in links if item.mapping.holds and item.mapping[gaps_column(by_iri[item.mapping_set])]]
    if compared:
        yield from _comparison(compared, by_iri, reading, frameworks)
    yield from _tables([item for item in links if item not in compared], standard)


def _name(item: MappingSet) -> str:
    return local_name(item.iri)


def _tables(links: Sequence[Link], standard: Standard) -> Iterator[str]:
    groups = {
        "Linked": [item for item in links if item.mapping.holds],
        "Considered and rejected": [item for item in links if item.mapping.negated],
        "Nothing found": [item for item in links if item.mapping.unlinked],
    }
    for title, found in groups.items():
        if not found:
            continue
        yield from (f"## {title}", "")
        for kind in dict.fromkeys(_kind(item, standard) for item in found):
            yield from (f"### {kind}", "")
            yield from _table([item for item in found if _kind(item, standard) == kind], standard, title)
            yield ""


def _kind(item: Link, standard: Standard) -> str:
    types = standard.graph.nodes(item.mapping.subject, RDF.type)
    return next((standard.label(cls) for cls in types if cls in ITSS), "other")


def _table(links: Sequence[Link], standard: Standard, title: str) -> Iterator[str]:
    if title == "Nothing found":
        yield from ("| Of the standard | Why |", "| --- | --- |")
        yield from (_row(standard.label(item.mapping.subject), item.mapping["comment"]) for item in links)
        return
    yield from ("| Of the standard | Relation | Concept | Confidence | Why |", "| --- | --- | --- | --- | --- |")
    for item in links:
        row = item.mapping
        yield _row(
            standard.label(row.subject), item.relation(), f"[{item.concept}]({row.object})", row["confidence"], row["comment"]
        )


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _comparison(
    links: Sequence[Link], sets: Mapping[str, MappingSet], reading: Reading, frameworks: Frameworks
) -> Iterator[str]:
    """For each indicator what the other level asks beside what the indicator asks, derived from the ontology."""
    yield from ("## Levels beside levels", "", "| Indicator | Level by content | Left open |", "| --- | --- | --- |")
    for item in links:
        label = reading.standard.label(item.mapping.subject)
        yield _row(label, item.concept, item.mapping[gaps_column(sets[item.mapping_set])])
    yield ""
    prose = Prose(reading.standard)
    indicators = {item.iri: item for item in reading.standard.indicators}
    for item in links:
        indicator = indicators[item.mapping.subject]
        level = item.concept if "level" in item.concept.lower() else f"level {item.concept}"
        beside = f"{frameworks.reasons[item.framework].title} {level}"
        yield from (f"### {reading.standard.label(indicator.iri)} beside {beside}", "", item.mapping["comment"], "")
        yield from ("| Attribute | The level asks | Shown | The indicator asks |", "| --- | --- | --- | --- |")
        for said in covered(item.mapping, sets[item.mapping_set], frameworks):
            asks = "; ".join(_asked(indicator, kind, reading, prose) for kind in said.by)
            yield _row(said.attribute.label, said.attribute.asks, _COVERED[said.how], asks or "–")
        gaps = item.mapping[gaps_column(sets[item.mapping_set])]
        yield from ("", f"Left open: {gaps}. Confidence {item.mapping['confidence']}.", "")


def _asked(indicator: Indicator, kind: str, reading: Reading, prose: Prose) -> str:
    criterion = indicator.criterion(kind)
    return f"**{kind}**: {prose.phrase(reading.own(indicator, criterion), lists=False)}" if criterion else ""
