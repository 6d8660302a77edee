"""Stores that tests ask."""

from __future__ import annotations

from collections.abc import Sequence

from itss_kg import Reading
from itss_kg.loading import load_records, load_standard, write_verdicts
from itss_kg.store import KnowledgeStore


def temporary_store(reading: Reading, names: Sequence[str] = ()) -> KnowledgeStore:
    """A store in memory with the standard and, where files are named, their records and the verdicts on them."""
    store = KnowledgeStore()
    load_standard(store, reading)
    if names:
        load_records(store, names)
        write_verdicts(store, reading)
    return store
