"""What the endpoint says of itself: the service description, VoID, and OpenAPI of the catalogue's questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from itss_kg.catalogue import FEDERATED, Parameter, Question, allowed_values
from itss_kg.endpoint.protocol import EXTENSIONS, ROW_TYPES
from itss_kg.namespaces import PREFIXES
from itss_kg.standard import Standard
from itss_kg.store import GRAPHS

__all__ = ["listed", "openapi", "service_description", "void"]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_VOID = "http://rdfs.org/ns/void#"
_FORMAT_NAMES = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)


def service_description(address: str, visible: Sequence[str]) -> str:
    """The service description (SPARQL 1.1 Service Description) in Turtle."""
    formats = " , ".join(f"<{_FORMATS}{name}>" for name in _FORMAT_NAMES)
    graphs = " , ".join(f"[ sd:name <{GRAPHS[name]}> ]" for name in visible)
    return f"""@prefix sd: <{_SD}> .

<{address}/sparql> a sd:Service ;
    sd:endpoint <{address}/sparql> ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:feature sd:UnionDefaultGraph ;
    sd:resultFormat {formats} ;
    sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ; sd:namedGraph {graphs} ] .
"""


def void(address: str, sizes: Mapping[str, int]) -> str:
    """The VoID description in Turtle: `sizes` are the triples of each graph that may be seen."""
    subsets = "".join(
        f'\n<{GRAPHS[name]}> a void:Dataset ; dcterms:title "{name}" ; void:triples {size} .' for name, size in sizes.items()
    )
    members = " , ".join(f"<{GRAPHS[name]}>" for name in sizes)
    return f"""@prefix void: <{_VOID}> .
@prefix dcterms: <{PREFIXES["dcterms"]}> .

<{address}/.well-known/void> a void:DatasetDescription ; dcterms:title "VoID of this endpoint" .
<{address}/dataset> a void:Dataset ;
    dcterms:title "itss-kg" ;
    void:sparqlEndpoint <{address}/sparql> ;
    void:vocabulary <{PREFIXES["itss"]}> ;
    void:triples {sum(sizes.values())} ;
    void:subset {members} .{subsets}
"""


def openapi(questions: Mapping[str, Question], standard: Standard, version: str) -> dict[str, Any]:
    """OpenAPI 3.1: a path for each question, its parameters with their allowed values and defaults."""
    paths: dict[str, Any] = {"/sparql": _sparql()}
    for item in questions.values():
        paths[f"/questions/{item.name}.{{extension}}"] = {"get": _operation(item, standard)}
    about = "Read-only SPARQL endpoint over the Sales indicators of ITSS V3 and the records loaded."
    info = {"title": "itss-kg", "version": version, "description": about}
    problem = {"type": "object", "properties": {"title": {"type": "string"}, "status": {"type": "integer"}}}
    problem["properties"] |= {"detail": {"type": "string"}}  # type: ignore[operator]  # a mapping, as written above
    security = {"token": {"type": "http", "scheme": "bearer"}}
    components = {"schemas": {"Problem": problem}, "securitySchemes": security}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components, "security": [{}, {"token": []}]}


def listed(item: Question, at: str) -> dict[str, Any]:
    """A question as the list of all has it; `at` is the address of the server."""
    return {
        "name": item.name,
        "title": dict(item.title),
        "question": dict(item.question),
        "parameters": [one.name for one in item.parameters],
        "federated": item.federated,
        "address": f"{at}/questions/{item.name}",
    }


def _operation(item: Question, standard: Standard) -> dict[str, Any]:
    extension = {"type": "string", "enum": [key for key, kind in EXTENSIONS.items() if kind in ROW_TYPES.values()]}
    parameters = [{"name": "extension", "in": "path", "required": True, "schema": extension}]
    parameters += [_parameter(one, standard) for one in item.parameters]
    return {
        "operationId": item.name,
        "summary": item.title["en"],
        "description": f"{item.question['en']} {FEDERATED['en']}" if item.federated else item.question["en"],
        "tags": list(item.tags),
        "parameters": parameters,
        "responses": _responses(),
    }


def _parameter(one: Parameter, standard: Standard) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": {"integer": "integer", "decimal": "number"}.get(one.type, "string")}
    allowed = allowed_values(one, standard)
    if allowed:
        schema["enum"] = allowed
    if one.default is not None:
        schema["default"] = one.default
    needed = one.default is None
    return {"name": one.name, "in": "query", "required": needed, "description": one.about["en"], "schema": schema}


def _sparql() -> dict[str, Any]:
    query = {"name": "query", "in": "query", "schema": {"type": "string"}, "description": "a SPARQL 1.1 query"}
    about = "SPARQL 1.1 Protocol, query operation; also by POST. Without a query: the service description."
    return {"get": {"operationId": "sparql", "summary": about, "parameters": [query], "responses": _responses()}}


def _responses() -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    rows: dict[str, Any] = {kind: {} for kind in dict.fromkeys(EXTENSIONS.values())}
    return {
        "200": {"description": "the answer", "content": rows},
        "default": {"description": "what was wrong", "content": problem},
    }
