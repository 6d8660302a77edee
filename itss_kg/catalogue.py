"""The question catalogue: ready SPARQL queries with their headers, and the binding of parameters as RDF terms.

A question is one file, `queries/<name>.rq`. Lines that begin with `#+` are its header, in YAML: the decorators that grlc reads
(summary, description, tags, method, pagination, defaults) and this catalogue's own (question, parameters, columns, example). A
parameter is a variable by the convention of grlc: `?_field_iri` is the parameter `field`, an IRI; `?_from_integer` is `from`.

A question that asks a second endpoint too is known by its SERVICE clause, and is answered where that host is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from itss_kg.errors import CallError, OntologyError, nearest
from itss_kg.graph import Literal, Term, literal
from itss_kg.namespaces import ITSS, PREFIXES, XSD, local_name
from itss_kg.resources import bundled
from itss_kg.standard import Standard

__all__ = [
    "FEDERATED",
    "Parameter",
    "Question",
    "allowed_values",
    "bind",
    "blanked",
    "keywords",
    "load_questions",
]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where there is one: six times as fast

# what SPARQL's grammar lets stand where a variable could be: IRIs, strings and comments hide question marks
_TOKEN = re.compile(
    r"""(?P<escape>\\.)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<long>\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*''')
    |(?P<short>"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    |(?P<comment>\#[^\n\r]*)
    |(?P<variable>[?$](?P<name>\w+))""",
    re.VERBOSE | re.DOTALL,
)
_SERVICE = re.compile(r"\bSERVICE\s+(?:SILENT\s+)?[?$](?P<name>\w+)", re.IGNORECASE)
_PARAMETER = re.compile(r"_(?P<name>[A-Za-z]+(?:_[A-Za-z]+)*)_(?P<type>iri|integer|decimal|string)")

# what is said of a question that asks a second endpoint, wherever questions are listed
FEDERATED = {
    "en": "It asks a second endpoint, whose host must be allowed: --allow-service HOST.",
    "ja": "別のエンドポイントにも問い合わせる。そのホストを --allow-service HOST で許可する必要がある。",
}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question. `allowed` is, where the header names one, the class whose members it may be, or, of a number,
    the property whose values it may be. `asked` says that it is the address of an endpoint that the question asks."""

    name: str
    type: str
    variable: str
    about: Mapping[str, str]
    allowed: str | None
    default: str | int | None
    asked: bool = False


_PERSONAL_TAGS = frozenset({"people", "assessments", "projects", "candidate", "records", "validation"})


@dataclass(frozen=True)
class Question:
    """One question of the catalogue; texts are by language, `columns` by variable and language."""

    name: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, Mapping[str, str]]
    example: str
    tags: tuple[str, ...]
    text: str

    @property
    def form(self) -> str:
        """`select`, `ask`, `construct` or `describe`."""
        found = re.search(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", self.text, re.MULTILINE)
        return found[1].lower() if found else "select"

    @property
    def personal(self) -> bool:
        """Whether it is about people's records and what was found in them."""
        return not _PERSONAL_TAGS.isdisjoint(self.tags)

    @property
    def about_a_report(self) -> bool:
        """Whether it asks what a validation found."""
        return "sh:result" in self.text

    @property
    def federated(self) -> bool:
        """Whether it asks a second endpoint."""
        return "SERVICE" in keywords(self.text)


def load_questions(folder: Path | None = None) -> dict[str, Question]:
    """The questions of a folder by name, in the order of their names; of the bundled catalogue where none is named.

    Raises:
        OntologyError: a header is missing, is no YAML, or does not fit its query.
    """
    place = folder or bundled("queries")
    return {path.stem: read_question(path) for path in sorted(place.glob("*.rq"))}


def read_question(path: Path) -> Question:
    """One question from its file."""
    text = path.read_text(encoding="utf-8")
    head = "\n".join(line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+"))
    try:
        header = yaml.load(head, Loader=_LOADER) or {}  # noqa: S506  # both loaders are safe ones
        return _question(path.stem, header, text)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise OntologyError(f"{path}: the header does not fit ({type(error).__name__}: {error})") from None


def _question(name: str, header: dict[str, Any], text: str) -> Question:
    declared = header.get("parameters") or {}
    used = {match["name"]: match for match in map(_PARAMETER.fullmatch, _variables(text)) if match}
    asked = {match["name"] for match in _SERVICE.finditer(without_header(text))}
    if set(declared) != set(used):
        raise KeyError(f"parameters declared {sorted(declared)}, in the query {sorted(used)}")
    return Question(
        name=name,
        title={"en": header["summary"], "ja": header["summary-ja"]},
        question=header["question"],
        parameters=tuple(_parameter(key, used[key], declared[key], asked) for key in declared),
        columns=header.get("columns") or {},
        example=header["example"],
        tags=tuple(header["tags"]),
        text=text,
    )


def _parameter(name: str, match: re.Match[str], given: dict[str, Any], asked: set[str]) -> Parameter:
    about = {key: given[key] for key in ("en", "ja")}
    return Parameter(name, match["type"], match[0], about, given.get("values"), given.get("default"), match[0] in asked)


def _variables(text: str) -> Iterator[str]:
    yield from dict.fromkeys(match["name"] for match in _TOKEN.finditer(text) if match["variable"])


def keywords(text: str) -> set[str]:
    """The bare words of a query in upper case, without what stands in IRIs, strings, comments, names and variables."""
    spelt = re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", lambda found: chr(int(found[1] or found[2], 16)), text)
    found: set[str] = set()
    for form in (text, spelt):  # a parser may read code point escapes before anything else
        bare = re.sub(r"[\w.-]*:[\w.%-]*", " ", _TOKEN.sub(" ", form))
        found.update(word.upper() for word in re.findall(r"[A-Za-z]+", bare))
    return found


def without_header(text: str) -> str:
    """The query without the lines of comment that it begins with, such as a header."""
    return re.sub(r"\A(?:#[^\n\r]*[\n\r]+)+", "", text)


def blanked(text: str) -> str:
    """The query with everything that is no keyword of its own blanked out, each sign in its place."""
    return _TOKEN.sub(lambda match: " " * len(match[0]), text)


def bind(question: Question, values: Mapping[str, str], standard: Standard) -> str:
    """The query with every parameter replaced by an RDF term, written as a term: no value can be anything but one.

    Args:
        question: the question asked.
        values: by parameter name; what is not given has its default.
        standard: gives the allowed values and their short names.

    Raises:
        CallError: an unknown name, a missing value, or one that is not allowed; the message lists what is.
    """
    names = [parameter.name for parameter in question.parameters]
    for name in values:
        if name not in names:
            known = f"its parameters are {', '.join(names)}" if names else "it has no parameters"
            raise CallError(f"{question.name}: unknown parameter {name!r}: {known}{nearest(name, names)}")
    terms = {item.variable: _text(_term(question, item, values.get(item.name), standard)) for item in question.parameters}

    def replace(match: re.Match[str]) -> str:
        return terms.get(match["name"] or "", match[0])

    return _TOKEN.sub(replace, question.text)


def _term(question: Question, parameter: Parameter, value: str | None, standard: Standard) -> Term:
    given = value if value is not None else parameter.default
    if given is None:
        raise CallError(f"{question.name}: the parameter {parameter.name} is needed: {_allowed_text(parameter, standard)}")
    if any("\ud800" <= sign <= "\udfff" for sign in str(given)):
        raise CallError(f"{question.name}: {parameter.name} is not text in UTF-8")
    if parameter.type == "string":
        return literal(str(given))
    if parameter.type in ("integer", "decimal"):
        return _number(question, parameter, str(given), standard)
    return _iri(question, parameter, str(given), standard)


def _number(question: Question, parameter: Parameter, given: str, standard: Standard) -> Literal:
    allowed = _allowed_numbers(parameter.allowed, standard) if parameter.allowed else None
    try:
        value = int(given) if parameter.type == "integer" else Decimal(given)
        if allowed is None or value in allowed:
            return literal(value)
        raise CallError(f"{question.name}: {parameter.name} is one of {', '.join(map(str, allowed))}, not {given}")
    except (ValueError, InvalidOperation):
        kind = "a whole number" if parameter.type == "integer" else "a number"
        raise CallError(f"{question.name}: {parameter.name} is {kind}, not {given!r}") from None


def _iri(question: Question, parameter: Parameter, given: str, standard: Standard) -> str:
    if parameter.allowed is None:
        prefix, _, name = given.partition(":")
        if prefix in PREFIXES:
            given = PREFIXES[prefix] + name
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+", given):
            raise CallError(f"{question.name}: {parameter.name} is an IRI such as {_sample(parameter)}, not {given!r}")
        if parameter.asked and not re.match(r"https?://[^/?#]", given):
            raise CallError(f"{question.name}: {parameter.name} is an address such as {_sample(parameter)}, not {given!r}")
        return given
    allowed = _allowed(parameter.allowed, standard)
    short = given.rpartition(":")[2] if "://" not in given else given
    for name, iri in allowed.items():
        if short.lower() in (name.lower(), iri.lower(), local_name(iri).lower()):
            return iri
    listed = ", ".join(allowed)
    raise CallError(f"{question.name}: {parameter.name} is one of {listed}, not {given!r}{nearest(short, allowed)}")


def _sample(parameter: Parameter) -> str | int:
    return parameter.default or "https://example.org/person/1"


def _allowed_numbers(predicate: str, standard: Standard) -> list[int]:
    """The values that a property has anywhere in the standard."""
    iri = ITSS.base + predicate.removeprefix("itss:")
    found = {standard.graph.integer(subject, iri) for subject in standard.graph.subjects_all()}
    return sorted(value for value in found if value is not None)


def _allowed(cls: str, standard: Standard) -> dict[str, str]:
    """The members of a class by short name, in the standard's order."""
    iri = ITSS.base + cls.removeprefix("itss:")
    found = standard.ordered(standard.graph.instances(iri))
    return {standard.graph.text(item, ITSS.key) or local_name(item): item for item in found}


def allowed_values(parameter: Parameter, standard: Standard) -> list[str] | list[int]:
    """What a parameter may be, as short names or numbers in the standard's order; empty where anything of its type may be."""
    if parameter.allowed is None:
        return []
    return (
        list(_allowed(parameter.allowed, standard))
        if parameter.type == "iri"
        else _allowed_numbers(parameter.allowed, standard)
    )


def _allowed_text(parameter: Parameter, standard: Standard) -> str:
    if parameter.allowed is not None and parameter.type == "iri":
        return f"one of {', '.join(_allowed(parameter.allowed, standard))}"
    return {"iri": "an IRI", "integer": "a whole number", "decimal": "a number", "string": "a text"}[parameter.type]


def _text(term: Term) -> str:
    """The term in SPARQL."""
    if isinstance(term, str):
        return f"<{term}>"
    escaped = term.lexical.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    # Virtuoso holds a text typed xsd:string for another than the plain one, which in RDF 1.1 is the same
    return f'"{escaped}"' if term.datatype == XSD.string else f'"{escaped}"^^<{term.datatype}>'
