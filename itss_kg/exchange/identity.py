"""Identifiers that depend on nothing but what they identify, so that the same thing has the same one on every run."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

__all__ = ["urn", "uuid"]

_NAMESPACE = uuid5(NAMESPACE_URL, "https://w3id.org/itss-kg/exchange/")


def uuid(*names: str) -> str:
    """The version 5 UUID (RFC 9562) of the names, in that order."""
    return str(uuid5(_NAMESPACE, "\n".join(names)))


def urn(*names: str) -> str:
    """The same as an IRI."""
    return f"urn:uuid:{uuid(*names)}"
