"""What every process of a run needs, loaded once for all of them: the code for lines, and the standard's own plan.

For the process that others are forked off (`processes`), and for no other to import. Nothing in here may start a thread, for
none goes along with a fork; Polars does, and comes later.
"""

from __future__ import annotations

import gc

import numpy as np

from itss_kg.bulk.plan import plan_of
from itss_kg.bulk.scanning import joined, scan

__all__: list[str] = []


def _load() -> None:
    line = np.frombuffer(b"<a:b> <a:b> <a:b> .\n", np.uint8)
    found = scan(line, quads=False)
    joined(line, found.starts, found.lengths)
    plan_of(())
    gc.collect()
    gc.freeze()  # it is there to stay: no need to look through it again


_load()
