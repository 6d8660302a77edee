"""Which candidate a person at the keyboard means."""

from __future__ import annotations

from collections.abc import Collection

from itss_kg.errors import CallError, nearest
from itss_kg.namespaces import local_name

__all__ = ["find_candidate"]

_FEW = 10_000  # candidates among whom to look for a name that is like the one given


def find_candidate(wanted: str, people: Collection[str]) -> str:
    """The candidate of that IRI or last part.

    Raises:
        CallError: there is none, or there are several.
    """
    name = wanted.removeprefix("<").removesuffix(">")
    if name in people:
        return name
    found = sorted(person for person in people if local_name(person) == name.rpartition(":")[2])
    if len(found) == 1:
        return found[0]
    if found:
        raise CallError(f"{wanted!r} is the last part of several candidates: {', '.join(found)}; give the IRI")
    like = (nearest(name, people) or nearest(name, map(local_name, people))) if len(people) <= _FEW else ""
    example = f", e.g. {min(people)}" if people else ""
    raise CallError(f"no candidate {wanted!r} in the input, which has {len(people)}{like or example}")
