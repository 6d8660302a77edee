"""Which files the names, folders and patterns stand for that a command is given, and which formats their endings name."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from itss_kg.compressed import inner_name
from itss_kg.errors import InputError

__all__ = ["BY_SUFFIX", "FORMATS", "expand", "suffix"]

FORMATS = {
    "turtle": (".ttl", ".turtle"),
    "ntriples": (".nt",),
    "nquads": (".nq",),
    "trig": (".trig",),
    "rdfxml": (".rdf", ".xml", ".owl"),
    "jsonld": (".jsonld", ".json"),
    "jsonlines": (".jsonl", ".ndjson"),
}
BY_SUFFIX = {suffix: name for name, suffixes in FORMATS.items() for suffix in suffixes}


def expand(patterns: Sequence[str | Path]) -> list[str]:
    """The files that names, folders and glob patterns stand for, in a stable order; `-` stands for standard input.

    A folder stands for all files within, also in its folders that are not hidden; of hidden files, and those that begin with
    an underscore, for those whose ending names a format.

    Raises:
        InputError: a pattern matches nothing, a folder is empty or unreadable, or standard input is named twice.
    """
    found: list[str] = []
    for pattern in [patterns] if isinstance(patterns, str) else map(str, patterns):
        for name in [pattern] if pattern == "-" or Path(pattern).exists() else _matching(pattern):
            found.extend(_within(name) if name != "-" and Path(name).is_dir() else [name])
    if found.count("-") > 1:
        raise InputError("standard input can be read only once", source="-")
    # a file named in two ways is one: its blank nodes would count twice
    unique: dict[str, str] = {}
    for name in found:
        unique.setdefault(name if name == "-" else str(Path(name).resolve()), name)
    return list(unique.values())


def _matching(pattern: str) -> list[str]:
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  # a pattern may be absolute, which Path.glob refuses
    if matches:
        return matches
    if "://" in pattern:
        raise InputError("is an address, which only `assess --engine spark` reads", source=pattern)
    what = "matches no file" if glob.has_magic(pattern) else "no such file"
    raise InputError(f"{what}; give RDF files, a pattern in quotes, or - for standard input", source=pattern)


def _within(folder: str) -> list[str]:
    found: list[str] = []
    seen = {os.path.realpath(folder)}
    for place, inner, names in os.walk(folder, onerror=_unreadable, followlinks=True):
        further = {
            os.path.realpath(f"{place}/{name}"): name for name in sorted(inner, reverse=True) if not name.startswith(".")
        }
        inner[:] = sorted(name for path, name in further.items() if path not in seen)  # a link may lead back
        seen.update(further)
        records = [name for name in names if not name.startswith((".", "_")) or suffix(name) in (*BY_SUFFIX, ".parquet")]
        found.extend(str(Path(place) / name) for name in records)
    if not found:
        raise InputError("no file of records is in this folder", source=folder)
    for name in found:
        if Path(name).exists() and not Path(name).is_file():
            raise InputError("is no file, but stands in a folder that is to be read", source=name)
    return sorted(found)


def _unreadable(error: OSError) -> None:
    raise InputError(f"cannot be read ({error.strerror})", source=str(error.filename)) from None


def suffix(name: str) -> str:
    """The ending that names a format; that of what is compressed is not."""
    return Path(inner_name(name) or name).suffix.lower()
