"""What in a plain JSON record JSON-LD would drop without a word: found before it does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["json_faults"]

_WORDS = (
    "direction",
    "graph",
    "id",
    "included",
    "index",
    "language",
    "list",
    "nest",
    "none",
    "reverse",
    "set",
    "type",
    "value",
)
_KEYWORDS = frozenset(f"@{word}" for word in ("context", *_WORDS))
_UNFIT = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def json_faults(document: Any, context: dict[str, Any], path: str = "") -> Iterator[str]:  # JSON
    """Each part of a record that is no statement: what it is, where, and what would do.

    Args:
        document: the JSON without its context.
        context: the terms that the record may use.
        path: where the document stands, for the messages.
    """
    if isinstance(document, list):
        for number, item in enumerate(document, start=1):
            yield from _member(item, context, f"{path}[{number}]")
    elif isinstance(document, dict):
        for key, value in document.items():
            yield from _entry(key, value, context, f"{path}.{key}" if path else key)


def _member(item: Any, context: dict[str, Any], path: str) -> Iterator[str]:  # JSON
    if isinstance(item, dict):
        yield from json_faults(item, context, path)
    else:
        yield f"{path}: {_shown(item)} is no record; a record is an object in braces"


def _entry(key: str, value: Any, context: dict[str, Any], path: str) -> Iterator[str]:  # JSON
    if key in ("@graph", "@included"):
        yield from json_faults(value if isinstance(value, list) else [value], context, path)
    elif key in ("id", "@id"):
        yield from _identifier(value, path)
    elif key.startswith("@") and key not in _KEYWORDS:
        yield f"{path}: {key!r} is no word of JSON-LD, which passes it over; write it without the @"
    elif _UNFIT.search(key):
        yield f"{path}: {key!r} is no name of a property; names have no spaces or quotes"
    elif not key.startswith("@"):
        links = key == "type" or (isinstance(context.get(key), dict) and context[key].get("@type") == "@vocab")
        for item in value if isinstance(value, list) else [value]:
            yield from _value(item, links, context, path)


def _identifier(value: Any, path: str) -> Iterator[str]:  # JSON
    if not isinstance(value, str) or not value or _UNFIT.search(value):
        yield f"{path}: {_shown(value)} is no identifier; write an IRI without spaces, e.g. https://example.org/person/1"


def _value(item: Any, links: bool, context: dict[str, Any], path: str) -> Iterator[str]:  # JSON
    if isinstance(item, dict):
        yield from json_faults(item, context, path)
    elif isinstance(item, list):
        yield f"{path}: a list within a list says nothing; write one list"
    elif item is None:
        return  # JSON's way to say that nothing is known
    elif links and (not isinstance(item, str) or not item or _UNFIT.search(item)):
        yield f"{path}: {_shown(item)} names no thing; write a name such as 'sales:consulting' or 'Discovery', or an IRI"


def _shown(value: Any) -> str:  # JSON
    return repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
