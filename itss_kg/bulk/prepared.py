"""What every process of a run needs, loaded once for all of them: the code for lines, and the standard's own plan.

Nothing in here may start a thread, for processes are forked off the one that loads it; Polars does, and comes later.
"""

from __future__ import annotations

import gc
from functools import lru_cache
from pathlib import Path

import numpy as np

from itss_kg.bulk.plan import Plan
from itss_kg.bulk.scanning import joined, scan
from itss_kg.reading import Reading
from itss_kg.standard import load

__all__ = ["plan_of"]


@lru_cache(1)
def plan_of(ontology: tuple[Path, ...]) -> Plan:
    """The plan of the standard in some ontology files."""
    return Plan(Reading(load(*ontology)))


def _load() -> None:
    line = np.frombuffer(b"<a:b> <a:b> <a:b> .\n", np.uint8)
    found = scan(line, quads=False)
    joined(line, found.starts, found.lengths)
    plan_of(())
    gc.collect()
    gc.freeze()  # it is there to stay: no need to look through it again


_load()
