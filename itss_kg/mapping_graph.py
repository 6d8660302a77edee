"""Mapping sets as RDF and back: the direct SKOS triples, and each mapping as a node that says who judged it, how and why.

As SSSOM has it (SSSOM/RDF): a mapping that is negated, or says that nothing was found, yields no direct triple. Other than
there, only what holds is an `owl:Axiom`, for OWL's are about statements that are there; each mapping is an `sssom:Mapping`.
Nodes have IRIs, made of what the mapping says, and the prefixes are kept, so that a set read back is the same set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from itss_kg.graph import Graph, Literal, Term, Triple, literal
from itss_kg.namespaces import OWL, RDF, SH, SSSOM, XSD
from itss_kg.sssom import Extension, Mapping, MappingSet
from itss_kg.sssom_slots import DATES, ENTITIES, LINKS, MULTIPLE, NUMBERS, PROPERTIES, TYPES

__all__ = ["mapping_iri", "sets_of", "triples_of"]

_SLOT_OF_TYPE = {iri: name for name, iri in TYPES.items()}
_PLAIN = XSD.string


def mapping_iri(mapping_set: MappingSet, item: Mapping) -> str:
    """The IRI of a mapping: the set's, and a digest of what tells the mapping from the others of its set."""
    digest = hashlib.sha256("\x1f".join(item.key).encode()).hexdigest()[:16]
    return f"{mapping_set.iri.rstrip('/')}/{digest}"


def triples_of(mapping_set: MappingSet) -> Iterator[Triple]:
    """The set and its mappings as statements, with the direct ones of those that hold."""
    own = mapping_set.iri
    yield own, RDF.type, SSSOM.MappingSet
    for prefix, base in mapping_set.prefixes.items():
        node = f"{own}/prefix/{prefix}"
        yield own, SH.declare, node
        yield node, RDF.type, SH.PrefixDeclaration
        yield node, SH.prefix, literal(prefix)
        yield node, SH.namespace, Literal(base, XSD.anyURI)
    for extension in mapping_set.extensions:
        node = f"{own}/extension/{extension.name}"
        yield own, SSSOM.base + "extension_definitions", node
        yield node, RDF.type, SSSOM.ExtensionDefinition
        yield node, SSSOM.base + "slot_name", literal(extension.name)
        yield node, SSSOM.base + "property", extension.meaning
        yield node, SSSOM.base + "type_hint", extension.type
    for slot in sorted(mapping_set.metadata):
        if slot != "mapping_set_id":
            for value in mapping_set.listed(slot):
                yield own, *_statement(slot, value, mapping_set)
    for item in mapping_set.mappings:
        yield from _mapping(mapping_set, item)


def _mapping(mapping_set: MappingSet, item: Mapping) -> Iterator[Triple]:
    node = mapping_iri(mapping_set, item)
    yield mapping_set.iri, SSSOM.mappings, node
    yield node, RDF.type, SSSOM.Mapping
    if item.holds:
        yield node, RDF.type, OWL.Axiom  # what OWL calls a statement about a statement that is there
        yield item.subject, item.predicate, item.object
    for slot, value in item.slots.items():
        for part in _parts(value) if slot in MULTIPLE else [value]:
            yield node, *_statement(slot, part, mapping_set)


def _statement(slot: str, value: str, mapping_set: MappingSet) -> tuple[str, Term]:
    extension = mapping_set.extension(slot)
    if extension:
        return extension.meaning, value if extension.entity else Literal(value, extension.type)
    predicate = PROPERTIES.get(slot, SSSOM.base + slot)
    if slot == "predicate_modifier":
        return predicate, SSSOM.NegatedPredicate if value == "Not" else literal(value)
    if slot in ENTITIES or slot in LINKS:
        return predicate, value
    if value in TYPES and slot.endswith("_type"):
        return predicate, TYPES[value]
    datatype = XSD.date if slot in DATES else XSD.double if slot in NUMBERS else _PLAIN
    return predicate, Literal(value, datatype)


def _parts(value: str) -> list[str]:
    """The values of a slot that may have several: parted by bars, a bar in a value behind a backslash."""
    parts, part, escaped = [""], "", False
    for sign in value:
        if escaped:
            part, escaped = (sign if sign in "|\\" else "\\" + sign), False
            parts[-1] += part
        elif sign == "\\":
            escaped = True
        elif sign == "|":
            parts.append("")
        else:
            parts[-1] += sign
    if escaped:
        parts[-1] += "\\"
    return parts


def sets_of(graph: Graph) -> Iterator[MappingSet]:
    """The mapping sets that a graph holds, in the order of their identifiers."""
    for own in sorted(graph.instances(SSSOM.MappingSet)):
        extensions = tuple(sorted(_extensions(graph, own), key=lambda item: item.meaning))
        slots = {iri: slot for slot, iri in PROPERTIES.items()} | {item.meaning: item.name for item in extensions}
        prefixes = {
            graph.text(node, SH.prefix) or "": graph.text(node, SH.namespace) or "" for node in graph.nodes(own, SH.declare)
        }
        metadata: dict[str, Any] = {"mapping_set_id": own}
        for predicate, terms in sorted(graph.row(own).items()):
            if predicate in slots:
                values = [_value(term) for term in terms]
                slot = slots[predicate]
                many = slot in MULTIPLE or slot in {item.name for item in extensions}
                metadata[slot] = sorted(values) if many else values[0]
        nodes = graph.nodes(own, SSSOM.mappings)
        yield MappingSet(metadata, prefixes, extensions, tuple(_read(graph, node, slots) for node in nodes)).in_order()


def _extensions(graph: Graph, own: str) -> Iterator[Extension]:
    for node in graph.nodes(own, SSSOM.base + "extension_definitions"):
        name = graph.text(node, SSSOM.base + "slot_name") or ""
        meaning = graph.node(node, SSSOM.base + "property") or ""
        yield Extension(name, meaning, graph.node(node, SSSOM.base + "type_hint") or _PLAIN)


def _read(graph: Graph, node: str, slots: dict[str, str]) -> Mapping:
    found: dict[str, str] = {}
    for predicate, terms in graph.row(node).items():
        slot = slots.get(predicate)
        if slot is not None:
            values = sorted(_value(term) for term in terms)
            found[slot] = "|".join(map(_escaped, values)) if slot in MULTIPLE else values[0]
    return Mapping(found)


def _value(term: Term) -> str:
    if isinstance(term, Literal):
        return term.lexical
    return "Not" if term == SSSOM.NegatedPredicate else _SLOT_OF_TYPE.get(term, term)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|")
