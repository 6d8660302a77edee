"""JSON records as JSON-LD: with the context that ships with the package, where they have none of their own."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from decimal import Decimal
from typing import Any

from itss_kg.errors import InputError
from itss_kg.namespaces import CONTEXT_IRI, XSD
from itss_kg.plain_json import json_faults
from itss_kg.resources import bundled

__all__ = ["lines_with_context", "with_context"]


def with_context(source: str, data: bytes) -> bytes:
    """JSON without a context of its own, or with ours by name, gets the context that ships with the package.

    Raises:
        InputError: it is no JSON, no record, or has what cannot be understood.
    """
    document = _json(source, data)
    context = _context()
    if isinstance(document, list):
        _see_to_faults(source, document, context)
        return json.dumps({"@graph": document, "@context": context}).encode()
    if not isinstance(document, dict):
        raise InputError("a JSON record is an object or an array of objects", source=source, line=1, column=1)
    if _has_its_own(document):
        return data
    _see_to_faults(source, _bare(document), context)
    return json.dumps({**document, "@context": _replace_ours(document.get("@context"), context)}).encode()


def lines_with_context(source: str, data: bytes) -> bytes:
    """JSON Lines, a document in each line, as one document; each line gets the context as in `with_context`.

    Raises:
        InputError: as there, with the line.
    """
    context = _context()
    plain: list[Any] = []
    others: list[Any] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        document = _json(source, line, number)
        if not isinstance(document, dict):
            raise InputError("a line of JSON Lines is one object", source=source, line=number, column=1)
        if _has_its_own(document):
            others.append(json.loads(line))
            continue
        _see_to_faults(source, _bare(document), context, number)
        if isinstance(document.get("@context"), list):
            others.append({**document, "@context": _replace_ours(document["@context"], context)})
        else:
            plain.append(_bare(document))  # for all of these the context is read but once
    return json.dumps([{"@context": context, "@graph": plain}, *others]).encode()


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


def _json(source: str, data: bytes, first_line: int = 1) -> Any:  # JSON
    def decimal(text: str) -> dict[str, str]:
        """A number with a fraction as it is written: JSON-LD would make a double of it, `1.5E0`, and Turtle does not."""
        if not math.isfinite(float(text)):
            line = first_line - 1 + _line_of(text, data)
            raise InputError(f"the number {text} is beyond measure", source=source, line=line)
        return {"@value": f"{Decimal(text):f}", "@type": XSD.decimal}

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        if twice:
            where = next((f" ({key}: {value})" for key, value in pairs if key in ("id", "@id")), "")
            message = f"the key {twice[0]!r} stands twice in one object{where}; write its values as one list"
            raise InputError(message, source=source)
        return dict(pairs)

    try:
        return json.loads(data, parse_float=decimal, parse_constant=decimal, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        line = first_line - 1 + error.lineno
        raise InputError(f"not JSON: {error.msg}", source=source, line=line, column=error.colno) from None
    except RecursionError:
        raise InputError("JSON nested too deeply for a record", source=source) from None
    except ValueError as error:
        raise InputError(f"not JSON that can be read: {error}", source=source) from None


def _line_of(text: str, data: bytes) -> int:
    """The line on which a number first stands."""
    found = re.search(rb"(?<![\w.+-])" + re.escape(text.encode()) + rb"(?![\w.+-])", data)
    return data.count(b"\n", 0, found.start()) + 1 if found else 1


def _names_ours(context: Any) -> bool:  # JSON
    return context == CONTEXT_IRI or (isinstance(context, list) and CONTEXT_IRI in context)


def _replace_ours(given: Any, ours: dict[str, Any]) -> Any:  # JSON
    if isinstance(given, list):
        return [ours if part == CONTEXT_IRI else part for part in given]
    return ours
