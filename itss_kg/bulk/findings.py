"""What was not understood in the records of a part, in a file of its own, as rows of subject and message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from itss_kg.data_quality import QualityFinding

__all__ = ["Row", "read", "rows_of", "say_once", "write"]

Row = dict[str, str]


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


def say_once(folder: Path, before: Iterable[int], numbers: Sequence[int]) -> int:
    """Take out of what some parts have found what one of them or of those before has said; how much is left.

    What several candidates share comes to several parts, and a piece may have seen by itself what shows again when pieces are
    brought together.
    """
    found = {number: read(folder, number) for number in numbers}
    fresh = {_key(row) for rows in found.values() for row in rows}
    for number in before if fresh else ():
        fresh.difference_update(map(_key, read(folder, number)))
    left = len(fresh)
    for number, rows in found.items():
        kept = []
        for row in rows:
            if _key(row) in fresh:
                fresh.remove(_key(row))
                kept.append(row)
        if len(kept) < len(rows):
            write(folder, number, kept)
    return left


def _key(row: Row) -> tuple[str, str]:
    return row["subject"], row["message"]


def _file(folder: Path, number: int) -> Path:
    return folder / f"findings-{number:06}"
