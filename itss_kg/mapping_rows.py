"""Links as rows for people and programs: found by what is linked or what it is linked to, and written in several forms."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from itss_kg.errors import CallError, nearest
from itss_kg.frameworks import Frameworks
from itss_kg.mappings import framework_of
from itss_kg.namespaces import ITSS, local_name
from itss_kg.sssom import Mapping, MappingSet
from itss_kg.standard import Standard

__all__ = ["RELATIONS", "Link", "as_csv", "as_json", "as_markdown", "as_table", "find", "links_of", "merged"]

RELATIONS = {
    "en": {
        "exactMatch": "the same as",
        "closeMatch": "close to",
        "broadMatch": "narrower than",
        "narrowMatch": "broader than",
        "relatedMatch": "related to",
        "not": "rejected, not {}",
        "none": "nothing found",
    },
    "ja": {
        "exactMatch": "同一",
        "closeMatch": "近い",
        "broadMatch": "より狭い",
        "narrowMatch": "より広い",
        "relatedMatch": "関連する",
        "not": "不採用（「{}」ではない）",
        "none": "該当なし",
    },
}


@dataclass(frozen=True)
class Link:
    """One mapping as a row: what is linked, how, to what (with its code, where it has one), by which set."""

    mapping_set: str
    mapping: Mapping
    framework: str
    code: str

    @property
    def concept(self) -> str:
        """What it is linked to, for people: its code and name, the code left out where the name says it."""
        label = self.mapping["object_label"]
        return " ".join(part for part in ("" if self.code in label.split() else self.code, label) if part)

    def relation(self, language: str = "en") -> str:
        """How subject and object are related, read from the subject."""
        words = RELATIONS[language]
        if self.mapping.unlinked:
            return words["none"]
        name = local_name(self.mapping.predicate)
        word = words.get(name, name)
        return words["not"].format(word) if self.mapping.negated else word


def links_of(sets: Iterable[MappingSet], frameworks: Frameworks) -> Iterator[Link]:
    """The mappings of the sets as rows, in their order."""
    for item in sets:
        for row in item.mappings:
            concept = frameworks.by_iri.get(row.object)
            yield Link(item.iri, row, framework_of(row, frameworks), concept.code if concept else "")


def find(links: Sequence[Link], term: str, standard: Standard, prefixes: dict[str, str]) -> list[Link]:
    """The links of a thing of the standard, or to a concept, by short name, prefixed name, IRI, code or name.

    Raises:
        CallError: there is no such thing or concept.
    """
    prefix, _, local = term.partition(":")
    whole = prefixes[prefix] + local if prefix in prefixes else term
    found = [item for item in links if _names(item) & {whole, whole.lower()}]
    if found:
        return found
    try:
        iri = standard.find_term(term)
    except CallError:
        names = sorted({name for item in links for name in _names(item) if "://" not in name})
        said = "give a thing of the standard such as consulting-L5, a concept's code, name or IRI, or a command (--help)"
        raise CallError(f"{term!r} is nothing that is linked: {said}{nearest(term, names)}") from None
    return [item for item in links if item.mapping.subject == iri]


def _names(item: Link) -> set[str]:
    row = item.mapping
    names = (
        {row.object, row["object_label"].lower(), item.code, item.code.lower(), local_name(row.object)}
        if not row.unlinked
        else set()
    )
    return (names | {row.subject, row["subject_label"].lower(), local_name(row.subject)}) - {""}


def as_json(links: Sequence[Link], standard: Standard, language: str = "en") -> list[dict[str, Any]]:
    """The rows as JSON has them; `relation` is said in the language, and so is the subject's name."""
    return [
        {
            "subject": item.mapping.subject,
            "subject_label": standard.label(item.mapping.subject, language),
            "relation": item.relation(language),
            "predicate": item.mapping.predicate,
            "negated": item.mapping.negated,
            "object": None if item.mapping.unlinked else item.mapping.object,
            "object_label": item.mapping["object_label"] or None,
            "code": item.code or None,
            "framework": item.framework or None,
            "version": item.mapping["object_source_version"] or None,
            "confidence": float(item.mapping["confidence"]) if item.mapping["confidence"] else None,
            "comment": item.mapping["comment"],
            "justification": item.mapping["mapping_justification"],
            "author": item.mapping["author_label"] or None,
            "date": item.mapping["mapping_date"] or None,
            "mapping_set": item.mapping_set,
        }
        for item in links
    ]


def as_csv(links: Sequence[Link], standard: Standard, language: str = "en") -> str:
    """The same as CSV."""
    rows = as_json(links, standard, language)
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\r\n")
    table.writerow(rows[0] if rows else ())
    table.writerows(
        ["" if value is None else json.dumps(value) if isinstance(value, bool) else value for value in row.values()]
        for row in rows
    )
    return stream.getvalue()


def as_table(links: Sequence[Link], standard: Standard, language: str = "en", *, reasons: bool = False) -> str:
    """The rows as a table for people, a thing named where its rows begin; with the reason of each where wanted."""
    from rich.table import Table

    from itss_kg import terminal

    heads = {"en": ("Of the standard", "Relation", "Concept", "Sure"), "ja": ("標準の項目", "関係", "概念", "確度")}
    table = Table(box=terminal.plain_box(), header_style="bold", pad_edge=False)
    for name in heads[language]:
        table.add_column(name, overflow="fold")
    before = ""
    for item in links:
        row = item.mapping
        named = "" if row.subject == before else standard.label(row.subject, language)
        concept = "–" if row.unlinked else item.concept
        shown = f"{item.framework or local_name(item.mapping_set)}: {concept}"
        table.add_row(terminal.plain(named), item.relation(language), terminal.plain(shown), row["confidence"])
        if reasons:
            table.add_row("", "", f"[dim]{terminal.plain(row['comment'])}[/dim]", "")
        before = row.subject
    return terminal.text(table)


def as_markdown(links: Sequence[Link], standard: Standard, language: str = "en") -> str:
    """The rows as a table in Markdown, with their reasons."""
    lines = ["| Of the standard | Relation | Concept | Confidence | Why |", "| --- | --- | --- | --- | --- |"]
    for item in links:
        row = item.mapping
        concept = "–" if row.unlinked else f"[{item.concept}]({row.object})"
        cells = (standard.label(row.subject, language), item.relation(language), concept, row["confidence"], row["comment"])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _slots(item: MappingSet) -> Iterator[str]:
    return (name for row in item.mappings for name in row.slots)


def merged(sets: Sequence[MappingSet]) -> MappingSet:
    """Several sets as one, which says of which it is made; one set is itself.

    Raises:
        CallError: there is none, or two use a prefix for different things or have different licences.
    """
    if len(sets) == 1:
        return sets[0]
    prefixes: dict[str, str] = {}
    for item in sets:
        for prefix, base in item.prefixes.items():
            if prefixes.setdefault(prefix, base) != base:
                raise CallError(f"the prefix {prefix} stands for different things in the sets; export them one by one (--set)")
    if not sets:
        raise CallError("there are no mappings to export")
    licences = {str(item.metadata.get("license", "")) for item in sets}
    if len(licences) > 1:
        raise CallError("the sets have different licences; export them one by one (--set)")
    metadata: dict[str, Any] = {"mapping_set_id": "https://w3id.org/itss-kg/mappings/all", "mapping_set_title": "All links"}
    metadata["mapping_set_version"] = str(sets[0].metadata.get("mapping_set_version", ""))
    metadata["license"] = licences.pop()
    metadata["mapping_set_source"] = [item.iri for item in sets]
    extensions = {
        extension.name: extension for item in sets for extension in item.extensions if extension.meaning != ITSS.coversClass
    }
    columns = tuple(dict.fromkeys(name for item in sets for name in item.columns or _slots(item)))
    mappings = tuple(replace(row, line=0) for item in sets for row in item.mappings)
    return MappingSet(metadata, prefixes, tuple(sorted(extensions.values(), key=lambda item: item.meaning)), mappings, columns)
