"""What was not understood in the records of a part, in a file of its own, as rows of the parts of a `QualityFinding`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from itss_kg.data_quality import QualityFinding

__all__ = ["Row", "read", "rows_of", "say_once", "told", "write"]

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


def told(folder: Path, numbers: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Subject and message of all that was found in some parts."""
    for number in numbers:
        yield from ((row["subject"], row["message"]) for row in read(folder, number))


def say_once(folder: Path, pieces: Sequence[int], together: Sequence[int]) -> int:
    """Take out of what each part has found what is said of the same node elsewhere; how much is left of all.

    What several candidates share comes to several parts; and of values that contradict each other a piece may have seen some,
    where all show when pieces are brought together. Where very much is found, all that is beyond so much may be said again.

    Args:
        folder: where the parts are.
        pieces: parts made of a piece each.
        together: parts made of what was brought together.
    """
    whole: set[tuple[str, str]] = set()
    for number in together:
        if len(whole) < _REMEMBERED:
            whole.update(map(_place, read(folder, number)))
    said: set[tuple[str, str]] = set()
    left = 0
    for numbers, told_better in ((pieces, whole), (together, frozenset())):
        for number in numbers:
            rows = read(folder, number)
            fresh = [row for row in rows if _key(row) not in said and _place(row) not in told_better]
            if len(fresh) < len(rows):
                write(folder, number, fresh)
            left += len(fresh)
            if len(said) < _REMEMBERED:
                said.update(map(_key, fresh))
    return left


def _key(row: Row) -> tuple[str, str]:
    return row.get("node") or row["subject"], row["message"]


def _place(row: Row) -> tuple[str, str]:
    """The node and property whose values contradict each other."""
    return row.get("node", ""), row.get("several", "")


def _file(folder: Path, number: int) -> Path:
    return folder / f"findings-{number:06}"
