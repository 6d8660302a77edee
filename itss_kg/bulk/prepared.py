"""What every process needs that reads lines, loaded once for all of them: the code that cuts them apart.

For the process that others are forked off (`processes`), and for no other to import. Nothing in here may start a thread, for
none goes along with a fork; Polars does, and comes later.
"""

from __future__ import annotations

import gc

__all__: list[str] = []


def _load() -> None:
    import numpy as np

    from itss_kg.bulk.scanning import joined, scan

    line = np.frombuffer(b"<a:b> <a:b> <a:b> .\n", np.uint8)
    found = scan(line, quads=False)
    joined(line, found.starts, found.lengths)


gc.disable()  # what is loaded is there to stay; looking through it again and again takes as long as loading it
_load()
