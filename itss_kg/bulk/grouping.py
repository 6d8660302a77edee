"""Rows dealt out to files by the hash of a column, so that what belongs together is in memory together, a part at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

__all__ = ["Dealt"]

Schema = Mapping[str, Any]


class Dealt:
    """Rows in files, by the hash of one column."""

    def __init__(self, folder: Path, parts: int, writer: int = 0) -> None:
        self._folder = folder
        self._parts = parts
        self._writer = writer
        self.written = 0
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, frame: pl.DataFrame, column: str) -> None:
        """Deal rows out by the hash of a column."""
        if frame.is_empty():
            return
        self.written += 1
        where = (frame[column].hash() % self._parts).alias("part")
        for (part,), rows in frame.with_columns(where).partition_by("part", as_dict=True, include_key=False).items():
            rows.write_ipc(self._folder / f"{part:04}-{self._writer:06}-{self.written:06}.arrow", compression="lz4")

    def files(self, part: int, columns: Iterable[str] | Schema) -> Iterator[pl.DataFrame]:
        """The rows of a part, file by file; columns without a type hold text."""
        for path in sorted(self._folder.glob(f"{part:04}-*.arrow")):
            yield pl.read_ipc(path, columns=list(columns))

    def read(self, part: int, columns: Iterable[str] | Schema) -> pl.DataFrame:
        """All rows of a part; columns without a type hold text."""
        schema = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, pl.String)
        return pl.concat([pl.DataFrame(schema=schema), *self.files(part, schema)])
