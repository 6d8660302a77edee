"""JSON records as JSON-LD: with the context that ships with the package, where they have none of their own."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, DecimalException
from typing import Any

from itss_kg.errors import InputError
from itss_kg.namespaces import CONTEXT_IRI, XSD
from itss_kg.plain_json import json_faults
from itss_kg.resources import bundled

__all__ = ["lines_with_context", "with_context"]

_PRECISE = 15  # digits that a double has whatever they are
_BEYOND = 308  # places before the point, or behind it, as of a double
_TOLD = ("id", "@id", "@context")  # of which `null` is a mistake, or says something


def with_context(source: str, data: bytes, first: int = 1) -> bytes:
    """JSON without a context of its own, or with ours by name, gets the context that ships with the package.

    `first` is the number of the first line.

    Raises:
        InputError: it is no JSON, no record, or has what cannot be understood.
    """
    with _not_too_deep(source):
        document = _json(source, data, first=first)
        if isinstance(document, list):
            context = _context()
            _see_to_faults(source, document, context)
            return json.dumps({"@graph": document, "@context": context}).encode()
        if not isinstance(document, dict):
            raise InputError("a JSON record is an object or an array of objects", source=source, line=first, column=1)
        return data if _has_its_own(document) else json.dumps(_with_ours(source, document, _context())).encode()


def lines_with_context(source: str, data: bytes, first: int = 1) -> bytes:
    """JSON Lines, a document in each line, as one document; each line gets the context as in `with_context`.

    `first` is the number of the first line.

    Raises:
        InputError: as there, with the line.
    """
    context = _context()
    plain: list[Any] = []
    others: list[Any] = []
    for number, line in enumerate(data.split(b"\n"), first):
        if not line.strip():
            continue
        with _not_too_deep(source, number):
            document = _json(source, line, number)
            if not isinstance(document, dict):
                raise InputError("a line of JSON Lines is one object", source=source, line=number, column=1)
            if _has_its_own(document):
                others.append(json.loads(line))
            elif isinstance(document.get("@context"), list):
                others.append(_with_ours(source, document, context, number))
            else:  # for all of these the context is read but once
                _see_to_faults(source, _bare(document), context, number)
                plain.append(_bare(document))
    with _not_too_deep(source):
        return json.dumps([{"@context": context, "@graph": plain}, *others]).encode()


@contextmanager
def _not_too_deep(source: str, line: int | None = None) -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise InputError("JSON nested too deeply for a record", source=source, line=line) from None


def _with_ours(source: str, document: dict[str, Any], context: Any, line: int | None = None) -> dict[str, Any]:
    _see_to_faults(source, _bare(document), context, line)
    return {**document, "@context": _replace_ours(document.get("@context"), context)}


def _context() -> Any:  # JSON
    return json.loads(bundled("ontology", "context.jsonld").read_bytes())["@context"]


def _has_its_own(document: dict[str, Any]) -> bool:
    return "@context" in document and not _names_ours(document["@context"])


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "@context"}


def _see_to_faults(source: str, document: Any, context: Any, line: int | None = None) -> None:  # JSON
    wrong = list(json_faults(document, context))
    if wrong:
        more = f" (and {len(wrong) - 1} more like it)" if len(wrong) > 1 else ""
        raise InputError(f"{wrong[0]}{more}", source=source, line=line)


def _json(source: str, data: bytes, line: int | None = None, first: int = 1) -> Any:  # JSON
    """A document, of which `line` is the number where it is but one line; `null` says nothing and is left out.

    Of several lines, `first` is the number of the first.
    """

    def number(text: str) -> dict[str, str] | int:
        """A number as it is written, where JSON-LD would make a double of it, `1.5E0`, and Turtle does not."""
        if len(text) <= _PRECISE and text.lstrip("-").isdigit():
            return int(text)
        try:
            value = Decimal(text)
        except DecimalException:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value.adjusted()) > _BEYOND:
            place = line or _line_of(text, data, first)
            raise InputError(f"the number {_cut(text)} is beyond measure", source=source, line=place)
        if value == value.to_integral_value():  # JSON knows no other difference between whole numbers and others
            return {"@value": f"{value:f}".partition(".")[0], "@type": XSD.integer}
        return {"@value": f"{value:f}", "@type": XSD.decimal}

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        if twice:
            where = next((f" ({key}: {value})" for key, value in pairs if key in ("id", "@id")), "")
            message = f"the key {twice[0]!r} stands twice in one object{where}; write its values as one list"
            raise InputError(message, source=source, line=line)
        return {key: _without_null(value) for key, value in pairs if value is not None or key in _TOLD}

    try:
        found = json.loads(data, parse_int=number, parse_float=number, parse_constant=number, object_pairs_hook=unique)
        if b"\\u" in data:
            json.dumps(found, ensure_ascii=False).encode()
        return found
    except UnicodeEncodeError:
        raise InputError(
            "a text holds half a letter (\\ud800 to \\udfff), as of one cut short", source=source, line=line
        ) from None
    except json.JSONDecodeError as error:
        place = error.lineno + first - 1 if line is None else line
        raise InputError(f"not JSON: {error.msg}", source=source, line=place, column=error.colno) from None
    except ValueError as error:
        raise InputError(f"not JSON that can be read: {error}", source=source, line=line) from None


def _without_null(value: Any) -> Any:  # JSON
    return [item for item in value if item is not None] if isinstance(value, list) else value


def _cut(text: str) -> str:
    return text if len(text) <= _PRECISE else f"{text[:_PRECISE]}…"


def _line_of(text: str, data: bytes, first: int) -> int:
    """The line on which a number first stands, where the first line has another."""
    found = re.search(rb"(?<![\w.+-])" + re.escape(text.encode()) + rb"(?![\w.+-])", data)
    return data.count(b"\n", 0, found.start()) + first if found else first


def _names_ours(context: Any) -> bool:  # JSON
    return context == CONTEXT_IRI or (isinstance(context, list) and CONTEXT_IRI in context)


def _replace_ours(given: Any, ours: dict[str, Any]) -> Any:  # JSON
    if isinstance(given, list):
        return [ours if part == CONTEXT_IRI else part for part in given]
    return ours
