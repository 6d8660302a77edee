"""Where results go: standard output, or a file that appears whole or not at all.

Whoever reads no further ends the writing and nothing else: what the command found still gives its exit status.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from itss_kg.errors import InputError

__all__ = ["BOM", "emit", "emit_file", "is_stream", "leave_pipe", "mode_for", "write_whole"]


BOM = "\ufeff"  # by which spreadsheet programs know UTF-8


def emit(parts: Iterable[str], target: Path | None) -> None:
    """Write text, whole or piece by piece, to a file, or to standard output where none is named."""
    parts = [parts] if isinstance(parts, str) else parts
    if target is None:
        try:
            sys.stdout.writelines(parts)
            sys.stdout.flush()
        except BrokenPipeError:
            leave_pipe()
    elif is_stream(target):
        with target.open("w", encoding="utf-8") as stream:  # a pipe or a device holds no half-written file
            stream.writelines(parts)
    else:
        write_whole(target.resolve(), parts)


def emit_file(whole: Path) -> None:
    """Write what is in a file to standard output."""
    sys.stdout.flush()
    try:
        with whole.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_pipe()


def is_stream(target: Path) -> bool:
    """Whether the name is that of a pipe or a device, which is written to and not replaced."""
    return target.exists() and not target.is_file() and not target.is_dir()


def mode_for(target: Path) -> int:
    """The permissions of what takes the place of a file: those of that one, or what the system gives a new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def write_whole(target: Path, parts: Iterable[str]) -> None:
    """Write a UTF-8 file with LF line ends by way of a temporary one beside it, so that nobody ever sees half of it.

    Raises:
        InputError: the folder does not exist or cannot be written to.
    """
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", source=str(target)) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.writelines([parts] if isinstance(parts, str) else parts)
        temporary.chmod(mode_for(target))
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError(f"cannot be written ({error.strerror})", source=str(target)) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def leave_pipe() -> None:
    """Whoever read the output has had enough, which is no error: what else is written goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
