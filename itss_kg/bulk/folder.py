"""The folder beside an output in which a run keeps what is finished: for one run at a time, which may go on with it later."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from itss_kg.errors import CallError, InputError

__all__ = ["Asked", "begun", "folder_of", "piece_of", "stamped"]

_LOCK = "lock"
_SAID = "run.json"
_WORDS = {
    "version": "another version of itss-kg",
    "form": "another --format",
    "language": "another --lang",
    "input_format": "another --input-format",
    "ontology": "another --ontology",
    "files": "other files, or files that have changed",
    "piece": "pieces of another size",
}


@dataclass(frozen=True)
class Asked:
    """What a run was asked: all that its finished parts hang on, so that it must be the same for another to go on with them.

    `files` has the path, size and time of change of each; `piece` is how many bytes were worked on at once.
    """

    version: str
    form: str
    language: str
    input_format: str | None
    ontology: list[str]
    files: list[list[str | float]]
    piece: int


def folder_of(output: Path) -> Path:
    """Where a run to an output keeps its parts."""
    return output.with_name(f".{output.name}.parts")


def stamped(names: Sequence[str]) -> list[list[str | float]]:
    """The files among some names, for `Asked`."""
    paths = [Path(name).resolve() for name in names if Path(name).is_file()]
    return [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in paths]


@contextmanager
def begun(output: Path, asked: Asked, *, resume: bool) -> Iterator[Path]:
    """The folder of a run, empty or, where it is to go on, as it was left.

    It is removed at the end, and after an error in the input: once that is mended, nothing in it holds any more. Else it stays.

    Raises:
        InputError: the output is a folder, or there can be none beside it.
        CallError: another run is at work there; or there is nothing to resume, or what there is came from another run.
    """
    folder = folder_of(output)
    if output.is_dir():
        raise InputError("is a directory; name a file in it", source=str(output))
    if resume and not (folder / _SAID).exists():
        raise CallError(f"nothing to resume: there is no {folder}; run it without --resume")
    with _alone(folder, output):
        if resume:
            _compare(folder, asked)
        else:
            _empty(folder)
            (folder / _SAID).write_text(json.dumps(asdict(asked)), encoding="utf-8")
        try:
            yield folder
        except InputError:
            shutil.rmtree(folder)
            raise
        shutil.rmtree(folder)


def piece_of(output: Path) -> int | None:
    """The size of pieces of the run that was begun to an output, if there is one."""
    try:
        return int(json.loads((folder_of(output) / _SAID).read_text(encoding="utf-8"))["piece"])
    except (OSError, ValueError, KeyError):
        return None


def _compare(folder: Path, asked: Asked) -> None:
    before, now = json.loads((folder / _SAID).read_text(encoding="utf-8")), asdict(asked)
    differing = [word for name, word in _WORDS.items() if before.get(name) != now[name]]
    if differing:
        raise CallError(f"{folder} is of another run ({'; '.join(differing)}); without --resume it begins anew")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()


@contextmanager
def _alone(folder: Path, output: Path) -> Iterator[None]:
    """Hold the folder, which is made where there is none; the system lets it go when this process ends, however that ends."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)  # people's records are in it
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", source=str(folder.parent)) from None
    if sys.platform == "win32":  # which has no such lock
        yield
        return
    import fcntl

    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = os.fstat(lock.fileno()).st_nlink > 0  # else another run has just removed the folder
        except BlockingIOError:
            free = False
        if not free:
            raise CallError(f"another run is writing {output}; wait for its end, or name another file")
        yield
