"""Compressed files, known by their ending, read as what is in them."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import IO, Any, cast

from itss_kg.errors import CallError, InputError

__all__ = ["Unpacked", "inner_name"]

_ENDINGS = (".gz", ".zst")
_BLOCK = 1 << 13  # compressed bytes at once: a few may stand for very many


def inner_name(name: str) -> str | None:
    """The name without the ending that says how the file is compressed; `None` where none does."""
    path = Path(name)
    return str(path.with_suffix("")) if path.suffix.lower() in _ENDINGS else None


class Unpacked:
    """A stream of the bytes in a compressed file.

    Raises:
        CallError: what reads it is not installed.
        InputError: it cannot be opened.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        try:
            if name.lower().endswith(".zst"):
                self._stream: _Frames | IO[bytes] = _Frames(name)
            else:
                self._stream = cast("IO[bytes]", gzip.open(name))  # noqa: SIM115  # whoever opens this closes it
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", source=name) from None

    def __enter__(self) -> Unpacked:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    @property
    def place(self) -> int:
        """How far the compressed file is read, in bytes of its own."""
        packed: Any = self._stream.fileobj if isinstance(self._stream, gzip.GzipFile) else self._stream
        return int(packed.tell())

    def read(self, size: int) -> bytes:
        """At least so many bytes of zstd, at most of gzip; none at the end.

        Raises:
            InputError: it is cut short, damaged, or something else than its name says.
        """
        try:
            return self._stream.read(size)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise InputError(f"cannot be decompressed ({error})", source=self._name) from None

    def whole(self) -> bytes:
        """All that is left.

        Raises:
            InputError: as for `read`.
        """
        return b"".join(iter(lambda: self.read(1 << 20), b""))


class _Frames:
    """The bytes in the frames of a zstd file: one that was cut short is an error, which the library's own readers pass over.

    Raises:
        OSError: it cannot be read.
    """

    def __init__(self, name: str) -> None:
        try:
            import zstandard
        except ImportError:
            raise CallError(f"{name}: reading zstd needs zstandard: pip install 'itss-kg[bulk]'") from None
        self._library = zstandard
        self._stream = Path(name).open("rb")  # noqa: SIM115  # whoever opens this closes it
        self._frame: Any = None  # the library's object, while a frame is read
        self._rest = b""

    def close(self) -> None:
        self._stream.close()

    def tell(self) -> int:
        """How far the file is read."""
        return self._stream.tell()

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
        frame = self._frame or self._library.ZstdDecompressor().decompressobj()
        try:
            found: bytes = frame.decompress(block)
        except self._library.ZstdError as error:
            raise OSError(str(error)) from None
        self._rest = frame.unused_data if frame.eof else b""
        self._frame = None if frame.eof else frame
        return found
