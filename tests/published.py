"""The published schemas, shapes, vocabularies and JSON-LD contexts that exports are held against, and a loader of contexts.

None of them is part of this project. They are looked for in `../shared/schemas`, or in the folder that ITSS_KG_SCHEMAS names;
the tests that need them are skipped, with that reason, where they are not there. `python -m tests.schemas FOLDER` brings them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from itss_kg.resources import ROOT

FOLDER = Path(os.environ.get("ITSS_KG_SCHEMAS", ROOT.parent / "shared" / "schemas"))
OWN = Path(__file__).parent / "fixtures" / "contexts"

CONTEXTS = {  # address: the published file, and our own statement of the terms that the exports use
    "https://www.w3.org/2018/credentials/v1": ("credentials-v1.jsonld", "credentials-v1.json"),
    "https://www.w3.org/ns/credentials/v2": ("credentials-v2.jsonld", "credentials-v2.json"),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": ("ob-v3p0-3.0.3.json", "open-badges.json"),
    "http://data.europa.eu/snb/model/context/edc-ap": ("edc-ap-context.jsonld", "elm.json"),
    "https://credreg.net/ctdlasn/schema/context/json": ("ctdlasn-context.json", "ctdl-asn.json"),
    "https://schema.org": ("schemaorgcontext.jsonld", "schema-org.json"),
}


@cache
def published(name: str) -> Any:
    """A published JSON document; the test is skipped where it is not there."""
    return json.loads(published_text(name))


@cache
def published_text(name: str) -> str:
    """A published file; the test is skipped where it is not there."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{path} is not there: python -m tests.schemas FOLDER brings the published schemas and tests against them")
    return path.read_text(encoding="utf-8")


def own(name: str) -> Any:
    """One of the contexts written for these tests."""
    return json.loads((OWN / name).read_text(encoding="utf-8"))


def expanded(document: dict[str, Any], *, of_others: bool = False) -> list[dict[str, Any]]:
    """The document expanded by a JSON-LD processor, offline: by our own statement of the terms, or by the published ones."""
    from pyld import jsonld

    return jsonld.expand(document, {"documentLoader": loader(of_others)})


def as_ntriples(document: dict[str, Any]) -> str:
    """The document as N-Triples, by the published contexts: N-Quads of the default graph alone."""
    from pyld import jsonld

    return jsonld.to_rdf(document, {"documentLoader": loader(True), "format": "application/n-quads"})


def loader(of_others: bool) -> Callable[[str, Any], dict[str, Any]]:
    def load(address: str, _: Any = None) -> dict[str, Any]:
        theirs, ours = CONTEXTS[address]
        return {"contextUrl": None, "documentUrl": address, "document": published(theirs) if of_others else own(ours)}

    return load


def statements(node: Any) -> int:
    """How many times a document or its expansion says something of a node: its types and its properties, not its identifier.

    A language map is one statement with its property; a value object says nothing further.
    """
    if isinstance(node, list):
        return sum(statements(one) for one in node)
    if not isinstance(node, dict) or "@value" in node or (node and set(node) <= {"en", "ja"}):
        return 0
    said = sum(name not in ("@context", "@graph", "@list", "@id", "id") for name in node)
    return said + sum(statements(value) for name, value in node.items() if name != "@context")


def names(node: Any) -> set[str]:
    """Every property, type and identifier of an expanded document."""
    if isinstance(node, list):
        return set().union(*map(names, node))
    if not isinstance(node, dict) or "@value" in node:
        return set()
    found = {name for name in node if not name.startswith("@")} | {
        *node.get("@type", ()),
        *([node["@id"]] if "@id" in node else []),
    }
    return found.union(*map(names, node.values()))
