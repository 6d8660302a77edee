"""All that was not understood in records, as a table in a file: CSV, or JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from itss_kg.errors import CallError
from itss_kg.output import BOM, emit

__all__ = ["check_name", "write_findings"]

_COLUMNS = ("subject", "message")
_ENDINGS = (".csv", ".jsonl")


def check_name(target: Path) -> None:
    """See that a file's name says its format.

    Raises:
        CallError: it does not.
    """
    if target.suffix.lower() not in _ENDINGS:
        raise CallError(f"--findings {target}: the ending says the format; name it {target.stem}.csv or {target.stem}.jsonl")


def write_findings(found: Iterable[tuple[str, str]], target: Path, *, bom: bool = False) -> None:
    """Write the subject and message of each finding, whole or not at all; where there is none, CSV has its head alone.

    `bom` has CSV begin with a byte order mark.
    """
    if target.suffix.lower() == ".csv":
        emit(chain([BOM], _csv(found)) if bom else _csv(found), target)
    else:
        emit(_jsonl(found), target)


def _csv(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    for row in chain([_COLUMNS], found):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(row)
        yield text.getvalue()


def _jsonl(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    for row in found:
        yield json.dumps(dict(zip(_COLUMNS, row, strict=True)), ensure_ascii=False) + "\n"
