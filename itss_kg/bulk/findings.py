"""What was not understood in the records of a part, in a file of its own, as rows of subject, message and node."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from itss_kg.data_quality import QualityFinding

__all__ = ["Row", "read", "rows_of", "say_once", "write"]

Row = dict[str, str]
_REMEMBERED = 1 << 20


def rows_of(findings: Iterable[QualityFinding]) -> list[Row]:
    """Findings as rows."""
    return [asdict(item) for item in findings]


def write(folder: Path, number: int, rows: Sequence[Row]) -> None:
    """Keep what was found in a part."""
    _file(folder, number).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def read(folder: Path, number: int) -> list[Row]:
    """What `write` kept."""
    rows: list[Row] = json.loads(_file(folder, number).read_text(encoding="utf-8"))
    return rows


def say_once(folder: Path, numbers: Iterable[int]) -> int:
    """Take out of what each part has found what a part before has said of the same node; how much is left of all.

    What several candidates share comes to several parts, and a piece may have seen by itself what shows again when pieces are
    brought together. Where very much is found, all that is beyond so much may be said again.
    """
    said: set[tuple[str, str]] = set()
    left = 0
    for number in numbers:
        rows = read(folder, number)
        fresh = [row for row in rows if _key(row) not in said]
        if len(fresh) < len(rows):
            write(folder, number, fresh)
        left += len(fresh)
        if len(said) < _REMEMBERED:
            said.update(map(_key, fresh))
    return left


def _key(row: Row) -> tuple[str, str]:
    return row.get("node") or row["subject"], row["message"]


def _file(folder: Path, number: int) -> Path:
    return folder / f"findings-{number:06}"
