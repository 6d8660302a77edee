"""Reading zstd files: one that was cut short is an error, which the library's own readers pass over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import zstandard

__all__ = ["Frames"]

_BLOCK = 1 << 13  # compressed bytes at once: a few may stand for very many


class Frames:
    """The bytes in the frames of a file.

    Raises:
        OSError: it cannot be read.
    """

    def __init__(self, name: str) -> None:
        self._stream = Path(name).open("rb")  # noqa: SIM115  # whoever opens this closes it
        self._frame: Any = None  # the library's object, while a frame is read
        self._rest = b""

    def __enter__(self) -> Frames:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int) -> bytes:
        """At least so many bytes, where there are so many.

        Raises:
            EOFError: the file ends within a frame.
            OSError: it holds something else.
        """
        found: list[bytes] = []
        length = 0
        while length < size:
            block = self._rest or self._stream.read(_BLOCK)
            if not block:
                if self._frame is not None:
                    raise EOFError("the file was cut short")
                break
            found.append(self._decompressed(block))
            length += len(found[-1])
        return b"".join(found)

    def _decompressed(self, block: bytes) -> bytes:
        frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
        try:
            found: bytes = frame.decompress(block)
        except zstandard.ZstdError as error:
            raise OSError(str(error)) from None
        self._rest = frame.unused_data if frame.eof else b""
        self._frame = None if frame.eof else frame
        return found
