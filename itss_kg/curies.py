"""CURIEs and IRIs, each from the other by prefixes; several in one cell are parted by bars, as SSSOM/TSV has them."""

from __future__ import annotations

from itss_kg.errors import InputError

__all__ = ["Contraction", "Expansion"]


class Expansion:
    """CURIEs to IRIs; what is none, or has no declared prefix, stays."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes

    def __call__(self, value: str) -> str:
        """The IRI of a CURIE, or those of several."""
        parts = value.split("|")
        return "|".join(self._one(part) for part in parts)

    def _one(self, value: str) -> str:
        prefix, sign, local = value.partition(":")
        return self.prefixes[prefix] + local if sign and prefix in self.prefixes else value


class Contraction:
    """IRIs to CURIEs, by the longest base that fits."""

    def __init__(self, prefixes: dict[str, str], source: str) -> None:
        self.prefixes = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self.source = source

    def __call__(self, value: str) -> str:
        """The CURIE of an IRI, or those of several; raises InputError where no base fits."""
        return "|".join(self._one(part) for part in value.split("|"))

    def _one(self, value: str) -> str:
        for prefix, base in self.prefixes:
            if value.startswith(base):
                return f"{prefix}:{value[len(base) :]}"
        raise InputError(f"<{value}> has no prefix; add one to the curie_map", source=self.source)
