"""What a mapping says of a level of another framework: how far each of the level's attributes is covered, and by what.

Which attributes those are is declared with the framework (`data/frameworks/`). A set has a column for each, which it finds by
the property that the column stands for; a cell reads `whole by scope, specialty`, `part by scope` or `none`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from itss_kg.frameworks import Frameworks, LevelAttribute
from itss_kg.namespaces import ITSS
from itss_kg.sssom import Mapping, MappingSet

__all__ = ["Covered", "compares", "covered", "gaps_column"]


class Covered(NamedTuple):
    """How far an attribute is covered (`whole`, `part` or `none`), by which kinds of criterion, as which column says."""

    attribute: LevelAttribute
    column: str
    how: str
    by: tuple[str, ...]


def compares(mapping_set: MappingSet, frameworks: Frameworks) -> bool:
    """Whether the set compares levels: it has a column for an attribute of any framework's levels."""
    meanings = {meaning for scheme in frameworks.schemes for meaning in scheme.attributes.values()}
    return any(item.meaning in meanings for item in mapping_set.extensions)


def covered(row: Mapping, mapping_set: MappingSet, frameworks: Frameworks) -> Iterator[Covered]:
    """What the mapping says of each attribute of the level that it links to, as far as the set has a column for it."""
    for attribute in frameworks.asked_at(row.object):
        column = mapping_set.column_of(frameworks.scheme(attribute.scheme).attributes[attribute.attribute])
        if column:
            how, _, by = row[column].partition(" by ")
            yield Covered(attribute, column, how, tuple(kind.strip() for kind in by.split(",") if kind.strip()))


def gaps_column(mapping_set: MappingSet) -> str:
    """The column that says what the level asks and the indicator does not, or the empty string."""
    return mapping_set.column_of(ITSS.leavesOpen)
