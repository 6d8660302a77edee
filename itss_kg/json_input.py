"""JSON records as JSON-LD: with the context that ships with the package, where they have none of their own."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from itss_kg.errors import InputError
from itss_kg.namespaces import CONTEXT_IRI
from itss_kg.plain_json import json_faults
from itss_kg.resources import bundled

__all__ = ["with_context"]


def with_context(source: str, data: bytes) -> bytes:
    """JSON without a context of its own, or with ours by name, gets the context that ships with the package."""
    document = _json(source, data)
    if isinstance(document, list):
        document = {"@graph": document}
    elif not isinstance(document, dict):
        raise InputError("a JSON record is an object or an array of objects", source=source, line=1, column=1)
    elif "@context" in document and not _names_ours(document["@context"]):
        return data
    context = json.loads(bundled("ontology", "context.jsonld").read_bytes())["@context"]
    wrong = list(json_faults({key: value for key, value in document.items() if key != "@context"}, context))
    if wrong:
        more = f" (and {len(wrong) - 1} more like it)" if len(wrong) > 1 else ""
        raise InputError(f"{wrong[0]}{more}", source=source)
    return json.dumps({**document, "@context": _replace_ours(document.get("@context"), context)}).encode()


def _json(source: str, data: bytes) -> Any:  # JSON
    def refuse(text: str) -> float:
        value = float(text)
        if value - value != 0:
            raise InputError(f"the number {text} is beyond measure", source=source)
        return value

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        if twice:
            raise InputError(f"the key {twice[0]!r} stands twice in one object; write its values as one list", source=source)
        return dict(pairs)

    try:
        return json.loads(data, parse_float=refuse, parse_constant=refuse, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", source=source, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise InputError("JSON nested too deeply for a record", source=source) from None
    except ValueError as error:
        raise InputError(f"not JSON that can be read: {error}", source=source) from None


def _names_ours(context: Any) -> bool:  # JSON
    return context == CONTEXT_IRI or (isinstance(context, list) and CONTEXT_IRI in context)


def _replace_ours(given: Any, ours: dict[str, Any]) -> Any:  # JSON
    if isinstance(given, list):
        return [ours if part == CONTEXT_IRI else part for part in given]
    return ours
