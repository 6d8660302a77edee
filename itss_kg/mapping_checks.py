"""What must hold of mapping sets, each check by its name: of a set's header, of each row, and of all sets together.

The sssom library's own validator lets pass a missing justification, licence or set identifier (seen in its version 0.4.21); so
the columns are checked here.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from itss_kg.frameworks import FRAMEWORK, Frameworks
from itss_kg.mapping_levels import compares, covered, gaps_column
from itss_kg.mapping_structure import STRUCTURE, Finding, Together
from itss_kg.mappings import is_indicator_or_criterion
from itss_kg.namespaces import ITSS, RDFS, SEMAPV, SKOS
from itss_kg.sssom import BUILT_IN, NO_TERM, Mapping, MappingSet
from itss_kg.sssom_slots import ENTITIES, LATER, SET_SLOTS, SLOTS
from itss_kg.standard import Standard

__all__ = ["CHECKS", "REQUIRED", "check"]

REQUIRED = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "author_label",
    "object_source",
    "object_source_version",
    "mapping_date",
    "confidence",
    "comment",
)
_HEADER = ("mapping_set_id", "mapping_set_title", "mapping_set_version", "license")
PREDICATES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>\"{}|^`\\]+")
_REASON = 24  # columns on a screen, of which 漢字 and かな take two: a comment shorter than this gives no reason


@dataclass(frozen=True)
class _About:
    mapping_set: MappingSet
    standard: Standard
    frameworks: Frameworks


def check(
    sets: Sequence[MappingSet], standard: Standard, frameworks: Frameworks, beside: Sequence[MappingSet] = ()
) -> list[Finding]:
    """What is wrong with the sets, in the order of files and lines; all of it, not the first alone.

    Args:
        sets: checked one by one, and together for what no set shows by itself.
        standard: what the subjects must be things of.
        frameworks: what the objects are called and how they are identified.
        beside: sets that hold already, which these must not contradict or run in a circle with.
    """
    found: list[Finding] = []
    for item in sets:
        about = _About(item, standard, frameworks)
        for name, header_check in HEADER_CHECKS.items():
            found.extend(Finding(item.source, 1, name, message) for message in header_check(about))
        for row in item.mappings:
            for name, row_check in ROW_CHECKS.items():
                found.extend(Finding(item.source, row.line, name, message) for message in row_check(row, about))
    for structural in STRUCTURE.values():
        found.extend(structural(Together(tuple(sets), tuple(beside), standard, frameworks)))
    return sorted(set(found), key=lambda item: (item.source, item.line, item.check, item.message))


def _header(about: _About) -> Iterator[str]:
    metadata = about.mapping_set.metadata
    for slot in _HEADER:
        if not metadata.get(slot):
            yield f"the header has no {slot}"
    for slot in ("mapping_set_id", "license"):
        if metadata.get(slot) and not _IRI.fullmatch(str(metadata[slot])):
            yield f"{slot} must be a whole IRI, not {metadata[slot]!r}"
    for prefix, base in about.mapping_set.prefixes.items():
        if BUILT_IN.get(prefix, base) != base:
            yield f"the prefix {prefix} is SSSOM's own and stands for {BUILT_IN[prefix]}"
        if not _IRI.fullmatch(base):
            yield f"the prefix {prefix} must stand for an IRI, not {base!r}"


def _columns(about: _About) -> Iterator[str]:
    mapping_set = about.mapping_set
    for slot in REQUIRED:
        if slot not in mapping_set.columns:
            yield f"there is no column {slot}"
    extensions = {item.name for item in mapping_set.extensions}
    for name in mapping_set.columns:
        if name not in SLOTS | extensions and name not in LATER:
            yield f"the column {name} is no slot of SSSOM 1.0 and not among the extension_definitions"
    for name in mapping_set.metadata:
        if name not in SET_SLOTS | extensions and name not in LATER:
            yield f"{name} in the header is no slot of SSSOM 1.0 and not among the extension_definitions"
    yield from _attribute_columns(about)


def _attribute_columns(about: _About) -> Iterator[str]:
    """Where levels are compared there is a column for each attribute that their frameworks declare, and one for the rest."""
    mapping_set = about.mapping_set
    if not compares(mapping_set, about.frameworks):
        return
    found = (about.frameworks.scheme_of(row.object) for row in mapping_set.mappings)
    for scheme in dict.fromkeys(item.key for item in found if item):
        for attribute, meaning in about.frameworks.scheme(scheme).attributes.items():
            if mapping_set.column_of(meaning) not in mapping_set.columns:
                yield f"there is no column for {attribute} <{meaning}>, an attribute of {scheme}"
    if gaps_column(mapping_set) not in mapping_set.columns:
        yield f"there is no column for what is left open <{ITSS.leavesOpen}>"


def _filled(row: Mapping, about: _About) -> Iterator[str]:
    for slot in REQUIRED:
        if slot in about.mapping_set.columns and not row[slot] and not (slot == "object_label" and row.unlinked):
            yield f"{slot} is empty"
    if row["comment"] and sum(1 + (east_asian_width(sign) in "WF") for sign in row["comment"]) < _REASON:
        yield f"the comment must say why, in a sentence; {row['comment']!r} does not"


def _identifiers(row: Mapping, about: _About) -> Iterator[str]:
    for slot in sorted(ENTITIES & set(row.slots)):
        for value in row[slot].split("|"):
            if not _IRI.fullmatch(value):
                yield f"{slot} {value!r} is no CURIE with a prefix of the curie_map"
    scheme = about.frameworks.scheme_of(row.object)
    if scheme and not scheme.well_formed(row.object):
        yield f"object_id <{row.object}> is not formed like an identifier of {scheme.title} {scheme.version}"
    if NO_TERM in [row[slot] for slot in ENTITIES - {"subject_id", "object_id"}]:
        yield "sssom:NoTermFound may only stand for a subject or an object"


def _subjects(row: Mapping, about: _About) -> Iterator[str]:
    if row.subject and row.subject not in about.standard.described:
        yield f"subject_id <{row.subject}> is nothing that the standard describes"


def _subject_labels(row: Mapping, about: _About) -> Iterator[str]:
    graph = about.standard.graph
    labels = [graph.text(row.subject, RDFS.label, language) for language in ("en", "ja")]
    if row["subject_label"] and any(labels) and row["subject_label"] not in labels:
        yield f"subject_label {row['subject_label']!r} is not what the standard calls it: {labels[0]!r}"


def _object_labels(row: Mapping, about: _About) -> Iterator[str]:
    if row.unlinked:
        if row["object_label"]:
            yield "where nothing was found there is no object_label"
        return
    concept = about.frameworks.by_iri.get(row.object)
    scheme = about.frameworks.scheme_of(row.object)
    if concept and row["object_label"] and concept.label != row["object_label"]:
        yield f"object_label {row['object_label']!r} is not what the framework calls it: {concept.label!r}"
    if scheme and not concept and scheme.well_formed(row.object):
        yield f"object_id <{row.object}> is not among the concepts of {scheme.title} {scheme.version} that are held here"


def _sources(row: Mapping, about: _About) -> Iterator[str]:
    schemes = about.frameworks.schemes
    scheme = about.frameworks.scheme_of(row.object)
    named = row["object_source"]
    if named.startswith(FRAMEWORK) and named not in {FRAMEWORK + key for item in schemes for key in (item.key, item.framework)}:
        yield f"object_source <{named}> is no framework that is held here"
    if scheme and named and named != scheme.iri:
        yield f"object_source must be <{scheme.iri}>, which the object is of"
    if scheme and row["object_source_version"] and row["object_source_version"] != scheme.version:
        yield f"object_source_version must be {scheme.version!r}, not {row['object_source_version']!r}"


def _predicates(row: Mapping, about: _About) -> Iterator[str]:
    if row.predicate and row.predicate not in PREDICATES:
        yield f"predicate_id <{row.predicate}> is none of the mapping relations of SKOS"
    if row["predicate_modifier"] not in ("", "Not"):
        yield f"predicate_modifier is Not or empty, not {row['predicate_modifier']!r}"
    if row.negated and row.unlinked:
        yield "an absence (sssom:NoTermFound) is not negated"
    if row.holds and row.predicate == SKOS.exactMatch and is_indicator_or_criterion(row.subject, about.standard):
        yield "an indicator or criterion is what must be shown to enter a level; no occupation, skill or level is the same"


def _justifications(row: Mapping, about: _About) -> Iterator[str]:
    del about
    value = row["mapping_justification"]
    if value and not re.fullmatch(re.escape(SEMAPV.base) + r"[A-Z][A-Za-z]+", value):
        yield f"mapping_justification <{value}> is no term of SEMAPV, such as semapv:ManualMappingCuration"


def _confidences(row: Mapping, about: _About) -> Iterator[str]:
    del about
    text = row["confidence"]
    try:
        value = float(text) if text else 0.0
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        yield f"confidence is a number from 0 to 1, not {text!r}"


def _dates(row: Mapping, about: _About) -> Iterator[str]:
    del about
    try:
        if row["mapping_date"]:
            datetime.datetime.strptime(row["mapping_date"], "%Y-%m-%d")  # a day, of no time zone
    except ValueError:
        yield f"mapping_date is a day such as 2026-01-31, not {row['mapping_date']!r}"


def _comparisons(row: Mapping, about: _About) -> Iterator[str]:
    """Of a comparison of levels: each attribute of the level is covered as a whole, in part or not, by criteria that the
    indicator has; of attributes that only other levels have nothing is said, and of what is left open something."""
    indicator = next((item for item in about.standard.indicators if item.iri == row.subject), None)
    if not row.holds or indicator is None or not compares(about.mapping_set, about.frameworks):
        return
    kinds = {item.kind for item in indicator.criteria}
    there = about.mapping_set.columns  # a column that is not there is found once, in the header
    said = [item for item in covered(row, about.mapping_set, about.frameworks) if item.column in there]
    for item in said:
        if item.how not in ("whole", "part", "none") or (item.how == "none") == bool(item.by):
            yield f"{item.column} is 'whole by …', 'part by …' (kinds of criterion) or 'none', not {row[item.column]!r}"
        for kind in sorted(set(item.by) - kinds):
            yield f"{item.column} names {kind!r}, which is no criterion of {indicator.key}"
    meanings = {meaning for scheme in about.frameworks.schemes for meaning in scheme.attributes.values()}
    columns = {item.name for item in about.mapping_set.extensions if item.meaning in meanings}
    for name in sorted(columns - {item.column for item in said}):
        if row[name]:
            yield f"{name} is no attribute of what is linked to, so nothing may be said of it here: {row[name]!r}"
    gaps = gaps_column(about.mapping_set)
    if said and gaps in there and not row[gaps]:
        yield f"{gaps} must say what the level asks and the indicator does not"


HEADER_CHECKS: dict[str, Callable[[_About], Iterator[str]]] = {"header": _header, "columns": _columns}
ROW_CHECKS: dict[str, Callable[[Mapping, _About], Iterator[str]]] = {
    "filled": _filled,
    "identifiers": _identifiers,
    "subjects": _subjects,
    "subject-labels": _subject_labels,
    "object-labels": _object_labels,
    "sources": _sources,
    "predicates": _predicates,
    "justifications": _justifications,
    "confidences": _confidences,
    "dates": _dates,
    "comparisons": _comparisons,
}
CHECKS = (*HEADER_CHECKS, *ROW_CHECKS, *STRUCTURE)
