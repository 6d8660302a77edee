"""What every process needs, loaded once for all of them.

For the process that others are forked off (`processes`), and for no other to import. Nothing in here may start a thread, for
none goes along with a fork; Polars does, and comes later.
"""

from __future__ import annotations

import gc
import signal
from importlib import import_module

__all__: list[str] = []

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the one that started them ends them
gc.disable()  # what is loaded is there to stay; looking through it again and again takes as long as loading it
_NEEDED_BY_OTHERS = ("click", "hashlib", "importlib.metadata", "zoneinfo")  # the command line, and Polars
_NEEDED = ("numpy", "itss_kg.assessment", "itss_kg.data_quality", "itss_kg.prose", "itss_kg.records")
for _name in (*_NEEDED_BY_OTHERS, *_NEEDED):
    import_module(_name)
