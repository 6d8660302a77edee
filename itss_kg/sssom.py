"""Mapping sets in SSSOM/TSV: read, and written again, nothing lost (https://mapping-commons.github.io/sssom/, version 1.0).

A set is a file: a header in YAML behind `#`, then a table whose columns are slots of the model or extensions that the header
defines. Identifiers are CURIEs in the file and IRIs here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from itss_kg.curies import Contraction, Expansion
from itss_kg.errors import InputError
from itss_kg.namespaces import OWL, RDF, RDFS, SEMAPV, SKOS, SSSOM, XSD
from itss_kg.sssom_slots import ENTITIES, MULTIPLE, PROPAGATED, SET_ENTITIES

__all__ = ["BUILT_IN", "NO_TERM", "Extension", "Mapping", "MappingSet", "read_set", "write_set"]

NO_TERM = SSSOM.NoTermFound
BUILT_IN = {
    "linkml": "https://w3id.org/linkml/",
    "owl": OWL.base,
    "rdf": RDF.base,
    "rdfs": RDFS.base,
    "semapv": SEMAPV.base,
    "skos": SKOS.base,
    "sssom": SSSOM.base,
    "xsd": XSD.base,
}
_URI = BUILT_IN["linkml"] + "Uriorcurie"


@dataclass(frozen=True)
class Extension:
    """A slot that a set defines for itself; `meaning` is the IRI of the property that it stands for, `type` of its datatype."""

    name: str
    meaning: str
    type: str

    @property
    def entity(self) -> bool:
        """Whether its values are identifiers."""
        return self.type.lower() == _URI.lower()


@dataclass(frozen=True)
class Mapping:
    """One mapping: its slots by name, identifiers as IRIs, empty ones left out; `line` is where it stands in its file."""

    slots: dict[str, str]
    line: int = field(default=0, compare=False)

    def __getitem__(self, slot: str) -> str:
        return self.slots.get(slot, "")

    @property
    def subject(self) -> str:
        """The IRI of what is linked."""
        return self["subject_id"]

    @property
    def object(self) -> str:
        """The IRI of what it is linked to, or `NO_TERM`."""
        return self["object_id"]

    @property
    def predicate(self) -> str:
        """The IRI of the relation."""
        return self["predicate_id"]

    @property
    def negated(self) -> bool:
        """Whether the mapping says that the relation does not hold."""
        return self["predicate_modifier"] == "Not"

    @property
    def unlinked(self) -> bool:
        """Whether the mapping says that nothing was found."""
        return NO_TERM in (self.object, self.subject)

    @property
    def holds(self) -> bool:
        """Whether the mapping says that subject and object are related: neither negated nor an absence."""
        return not self.negated and not self.unlinked

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one mapping of a set from another, whatever is said about it."""
        names = ("subject_id", "predicate_id", "predicate_modifier", "object_id", "mapping_justification", "object_source")
        return tuple(self[name] for name in names)


@dataclass(frozen=True)
class MappingSet:
    """A mapping set: what its header says beside prefixes and extensions, and its mappings; `source` is its file's name."""

    metadata: dict[str, Any]
    prefixes: dict[str, str]
    extensions: tuple[Extension, ...]
    mappings: tuple[Mapping, ...]
    columns: tuple[str, ...] = field(default=(), compare=False)
    source: str = field(default="", compare=False)

    @property
    def iri(self) -> str:
        """The set's identifier."""
        return str(self.metadata.get("mapping_set_id", ""))

    @property
    def title(self) -> str:
        """The set's title, or its identifier."""
        return str(self.metadata.get("mapping_set_title") or self.iri)

    def extension(self, name: str) -> Extension | None:
        """The extension of that name."""
        return next((item for item in self.extensions if item.name == name), None)

    def column_of(self, meaning: str) -> str:
        """The name of the extension that stands for that property, or the empty string."""
        return next((item.name for item in self.extensions if item.meaning == meaning), "")

    def listed(self, slot: str) -> tuple[str, ...]:
        """The values of a slot of the header that may have several; identifiers as IRIs."""
        found = self.metadata.get(slot, ())
        return tuple(map(str, found if isinstance(found, list | tuple) else [found]))

    def in_order(self) -> MappingSet:
        """The same set with mappings and slots in an order of their own, to be compared with another."""
        several = MULTIPLE | {item.name for item in self.extensions}
        metadata = {
            slot: sorted(self.listed(slot)) if slot in several else str(value) for slot, value in sorted(self.metadata.items())
        }
        return replace(self, metadata=metadata, mappings=tuple(sorted(self.mappings, key=lambda item: item.key)))


def read_set(text: str, source: str = "") -> MappingSet:
    """A mapping set from SSSOM/TSV. A CURIE with an undeclared prefix stays as it is, for the checks to find.

    Slots that may stand in the header for all mappings are given to each, where no mapping has its own.

    Raises:
        InputError: there is no header, it is no YAML, or the table is none, with the line.
    """
    if text.startswith("\ufeff"):
        raise InputError("begins with a byte order mark, which SSSOM/TSV must not; save it as UTF-8 without one", source=source)
    lines = text.split("\n")
    size = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = _header(lines[:size], source)
    prefixes = header.pop("curie_map", None) or {}
    if not isinstance(prefixes, dict) or not all(isinstance(base, str) for base in prefixes.values()):
        raise InputError("curie_map must give each prefix an IRI", source=source)
    expand = Expansion({**BUILT_IN, **prefixes})
    extensions = tuple(
        sorted(_extensions(header.pop("extension_definitions", None) or [], expand), key=lambda item: item.meaning)
    )
    metadata = {slot: _expanded(slot, value, extensions, expand) for slot, value in header.items()}
    columns, rows = _table(lines[size:], size, source)
    entities = ENTITIES | {item.name for item in extensions if item.entity}
    mappings = []
    for line, cells in rows:
        filled = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
        mappings.append(Mapping({name: expand(cell) if name in entities else cell for name, cell in filled.items()}, line))
    for slot in PROPAGATED & set(metadata):
        if not any(slot in item.slots for item in mappings):
            value = str(metadata.pop(slot))
            mappings = [Mapping({**item.slots, slot: value}, item.line) for item in mappings]
            columns = (*columns, slot) if slot not in columns else columns
    return MappingSet(metadata, dict(prefixes), extensions, tuple(mappings), columns, source)


def read_file(path: Path) -> MappingSet:
    """A mapping set from a file.

    Raises:
        InputError: the file cannot be read as UTF-8, or is no mapping set.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", source=str(path)) from None
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 (byte {error.start}); SSSOM/TSV is", source=str(path)) from None
    return read_set(text.replace("\r\n", "\n"), str(path))


def write_set(mapping_set: MappingSet) -> str:
    """The set as SSSOM/TSV. Nothing is condensed into the header, so that every mapping says all that holds of it.

    Raises:
        InputError: an identifier has no prefix.
    """
    contract = Contraction({**BUILT_IN, **mapping_set.prefixes}, mapping_set.source or mapping_set.iri)
    header: dict[str, Any] = {"curie_map": dict(sorted(mapping_set.prefixes.items()))}
    for slot, value in mapping_set.metadata.items():
        header[slot] = _contracted(slot, value, mapping_set.extensions, contract)
    if mapping_set.extensions:
        header["extension_definitions"] = [
            {"slot_name": item.name, "property": contract(item.meaning), "type_hint": contract(item.type)}
            for item in sorted(mapping_set.extensions, key=lambda item: item.meaning)
        ]
    shown = yaml.safe_dump(header, allow_unicode=True, sort_keys=False, width=10**6, default_flow_style=False)
    stream = io.StringIO()
    stream.writelines(f"#{line}\n" for line in shown.splitlines())
    table = csv.writer(stream, delimiter="\t", lineterminator="\n")
    columns = mapping_set.columns or tuple(dict.fromkeys(name for item in mapping_set.mappings for name in item.slots))
    table.writerow(columns)
    entities = ENTITIES | {item.name for item in mapping_set.extensions if item.entity}
    for item in mapping_set.mappings:
        table.writerow([contract(item[name]) if name in entities and item[name] else item[name] for name in columns])
    return stream.getvalue()


def _header(lines: list[str], source: str) -> dict[str, Any]:
    if not lines:
        raise InputError("has no header: SSSOM/TSV begins with lines of YAML behind #", source=source, line=1)
    inner = [line[1:] for line in lines]
    if all(line.startswith(" ") for line in inner if line.strip()):
        inner = [line[1:] for line in inner]
    try:
        # every scalar is read as text: a date or a number is written as it was read
        found = yaml.load("\n".join(inner), Loader=yaml.BaseLoader)  # noqa: S506  # it makes nothing but texts
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "not understood"
        raise InputError(f"the header is no YAML: {said}", source=source, line=mark.line + 1 if mark else None) from None
    if not isinstance(found, dict):
        raise InputError("the header must give slots their values, e.g. #license: https://…", source=source, line=1)
    return found


def _extensions(definitions: Any, expand: Expansion) -> Iterator[Extension]:  # what YAML gives
    """By the specification a definition without a name or property is ignored; the checks say so."""
    for item in definitions if isinstance(definitions, list) else []:
        if isinstance(item, dict) and item.get("slot_name") and item.get("property"):
            yield Extension(item["slot_name"], expand(item["property"]), expand(item.get("type_hint") or "xsd:string"))


def _entity(slot: str, extensions: Iterable[Extension]) -> bool:
    return slot in SET_ENTITIES or any(item.name == slot and item.entity for item in extensions)


def _expanded(slot: str, value: Any, extensions: tuple[Extension, ...], expand: Expansion) -> Any:  # what YAML gives
    if not _entity(slot, extensions):
        return value
    return [expand(str(item)) for item in value] if isinstance(value, list) else expand(str(value))


def _contracted(slot: str, value: Any, extensions: tuple[Extension, ...], contract: Contraction) -> Any:  # likewise
    if not _entity(slot, extensions):
        return list(value) if isinstance(value, tuple) else value
    return [contract(item) for item in value] if isinstance(value, list | tuple) else contract(value)


def _table(lines: list[str], above: int, source: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    reader = csv.reader(iter([line + "\n" for line in lines]), delimiter="\t", strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        columns = tuple(next(reader, []))
        line = above + reader.line_num
        for cells in reader:
            if any(cells):
                rows.append((line + 1, cells))
            line = above + reader.line_num
    except csv.Error as error:
        raise InputError(f"the table is broken: {error}", source=source, line=above + reader.line_num) from None
    if len(set(columns)) < len(columns) or not all(columns):
        raise InputError("each column needs a name of its own", source=source, line=above + 1)
    for line, cells in rows:
        if len(cells) != len(columns):
            said = f"{len(cells)} cells where there are {len(columns)} columns; cells are parted by tabs"
            raise InputError(said, source=source, line=line)
    return columns, rows
