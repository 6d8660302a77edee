"""Everything that is generated, from the ontology: written where it belongs, or compared with what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from itss_kg.context import context
from itss_kg.errors import CallError
from itss_kg.link_pages import link_pages
from itss_kg.mapping_turtle import as_turtle
from itss_kg.mappings import about, link_triples, load_sets
from itss_kg.output import write_whole
from itss_kg.pages import pages
from itss_kg.reading import Reading
from itss_kg.reference import commands, interface, questions
from itss_kg.shapes import level_shapes, list_shapes

__all__ = ["build", "generated", "stale"]

_FOLDERS = ("shapes/levels", "docs/indicators", "docs/links")


def generated(reading: Reading, root: Path | None = None) -> Iterator[tuple[str, str]]:
    """Each generated file: its path from the project's root, and its text; of the mapping sets at that root, or the bundled."""
    sources = " and ".join(f"ontology/{path.name}" for path in reading.standard.sources[:1]) or "the ontology"
    mark = f"GENERATED from {sources} by `itss-kg build` — edit that, run this"
    for indicator in reading.standard.indicators:
        name = f"shapes/levels/{indicator.field.key}-l{indicator.level.number}.ttl"
        yield name, f"# {mark}\n{level_shapes(reading, indicator)}"
    yield "shapes/lists.ttl", f"# {mark}\n{list_shapes(reading)}"
    yield "ontology/context.jsonld", context(reading.standard)
    for name, text in pages(reading):
        yield f"docs/{name}", f"<!-- {mark} -->\n{text}"
    sets = load_sets(root / "data" / "mappings") if root else load_sets()
    links = as_turtle(link_triples(sets), sets)
    for name, text in link_pages(reading, tuple(about(sets, reading.standard))):
        yield (
            f"docs/links/{name}",
            f"<!-- GENERATED from data/mappings by `itss-kg build` — edit the sets, run this -->\n{text}",
        )
    yield "data/mappings/links.ttl", f"# GENERATED from data/mappings by `itss-kg build` — edit the sets, run this\n{links}"
    yield "docs/questions.md", f"<!-- GENERATED from queries by `itss-kg build` — edit these, run this -->\n{questions()}"
    own = "GENERATED from itss_kg by `itss-kg build` — edit the code's own words, run this"
    for name, text in (("commands.md", commands()), ("api.md", interface())):
        yield f"docs/{name}", f"<!-- {own} -->\n{text}"


def build(reading: Reading, root: Path) -> list[Path]:
    """Write what differs from what stands there, remove generated files of indicators that are no more; say which.

    Raises:
        CallError: the root is no checkout of the project.
    """
    changed: list[Path] = []
    for path, text in _targets(reading, root):
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
        changed.append(path)
    return changed


def stale(reading: Reading, root: Path) -> list[Path]:
    """The generated files that differ from what the ontology says now, are missing, or should not be there."""
    return [path for path, _ in _targets(reading, root)]


def _is_generated(path: Path) -> bool:
    """Whether a file says of itself that it was generated: what people wrote is never removed."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        return "GENERATED from" in stream.readline()


def _targets(reading: Reading, root: Path) -> Iterator[tuple[Path, str | None]]:
    if not (root / "ontology").is_dir():
        raise CallError(f"{root} has no folder ontology/; run the build at the top of a checkout, or name one with --root")
    expected = {root / name: text for name, text in generated(reading, root)}
    for path, text in expected.items():
        if not path.is_file() or path.read_bytes() != text.encode("utf-8"):
            yield path, text
    for folder in _FOLDERS:
        for path in sorted((root / folder).glob("*")):
            if path.is_file() and path not in expected and _is_generated(path):
                yield path, None
