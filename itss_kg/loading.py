"""What goes into a store: the standard, its shapes, catalogue and links, people's records, and the verdicts on them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from itss_kg.assessment import Verdict, assess
from itss_kg.catalogue import Parameter, Question, load_questions
from itss_kg.graph import Graph, Term, Triple, literal
from itss_kg.input import expand, read_candidates, read_triples
from itss_kg.mappings import about, link_triples, load_sets
from itss_kg.namespaces import DCTERMS, PREFIXES, RDF, RDFS, SCHEMA, SH
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.reports import report_text
from itss_kg.shapes import level_shapes
from itss_kg.store import KnowledgeStore, named_after, stable_blank_nodes
from itss_kg.validation import Report, form_shapes
from itss_kg.verdicts import as_turtle

__all__ = [
    "catalogue_triples",
    "keep",
    "kept_report",
    "load_records",
    "load_standard",
    "records_of",
    "report_triples",
    "verdict_triples",
    "write_verdicts",
]

Told = Callable[[int, int], None]

_CATALOGUE = "https://w3id.org/itss-kg/question/"
_FORMS = {"select": SH.SPARQLSelectExecutable, "ask": SH.SPARQLAskExecutable, "construct": SH.SPARQLConstructExecutable}


def load_standard(store: KnowledgeStore, reading: Reading) -> dict[str, int]:
    """Put the standard, its shapes, the catalogue and the links in the place of what the store has; the size of each."""
    return {
        "standard": store.replace("standard", reading.standard.graph),
        "shapes": store.replace("shapes", _shape_triples(reading)),
        "catalogue": store.replace("catalogue", catalogue_triples(load_questions())),
        "mappings": store.replace("mappings", link_triples(about(load_sets(), reading.standard))),
    }


def _shape_triples(reading: Reading) -> Iterator[Triple]:
    documents = [*form_shapes(reading), *(level_shapes(reading, item) for item in reading.standard.indicators)]
    for text in documents:
        yield from stable_blank_nodes(read_triples("shapes.ttl", text.encode()), text.encode())


def catalogue_triples(questions: dict[str, Question]) -> Iterator[Triple]:
    """The catalogue as RDF, in the vocabulary of the SIB SPARQL examples: so the questions can be asked about, too."""
    for question in questions.values():
        iri = _CATALOGUE + question.name
        yield iri, RDF.type, SH.SPARQLExecutable
        yield iri, RDF.type, _FORMS.get(question.form, SH.SPARQLExecutable)
        yield iri, SH[question.form], literal(question.text)
        yield iri, DCTERMS.identifier, literal(question.name)
        for language, text in question.title.items():
            yield iri, RDFS.label, literal(text, language)
        for language, text in question.question.items():
            yield iri, RDFS.comment, literal(text, language)
        for tag in question.tags:
            yield iri, SCHEMA.keywords, literal(tag)
        for parameter in question.parameters:
            yield from _parameter_triples(iri, parameter)


def _parameter_triples(question: str, parameter: Parameter) -> Iterator[Triple]:
    iri = f"{question}/{parameter.name}"
    yield question, SH.parameter, iri
    yield iri, RDF.type, SH.Parameter
    yield iri, DCTERMS.identifier, literal(parameter.name)
    for language, text in parameter.about.items():
        yield iri, RDFS.label, literal(text, language)
    if parameter.default is not None:
        yield iri, SH.defaultValue, literal(str(parameter.default))
    if parameter.allowed:
        yield (
            iri,
            SH["class"] if parameter.type == "iri" else SH.path,
            PREFIXES["itss"] + parameter.allowed.removeprefix("itss:"),
        )


def load_records(
    store: KnowledgeStore,
    names: Sequence[str],
    input_format: str | None = None,
    told: Told = lambda *_: None,
    *,
    replace: bool = False,
    parts: Mapping[str, Graph] | None = None,
) -> tuple[dict[str, int], int]:
    """Add the records of files to the candidates, all files or none; the statements of each, and how many were new.

    A file loaded again adds nothing: its blank nodes are named after its content. But what a corrected file no longer says
    stays, unless the files take the place of all records that are there (`replace`), and of the report on them. `told` is
    called after each file with its size in bytes and its statements. `parts` has what `input.read_candidates` gave of each
    file, where that was read already; standard input can be read but once.
    """
    whole = Graph()
    sizes: dict[str, int] = {}
    for name in expand(names):
        part = read_candidates([name], input_format) if parts is None else parts[name]
        once = not Path(name).is_file()  # standard input, or a pipe
        source = "\n".join(sorted(map(repr, part))).encode() if once else Path(name).read_bytes()
        whole.update(_called_after(part, named_after(hashlib.sha256(source).hexdigest())))
        sizes[name] = len(part)
        told(0 if name == "-" else Path(name).stat().st_size, len(part))
    if not replace:
        return sizes, store.add("candidates", whole)
    known = set(store.triples("candidates"))
    store.replace("candidates", whole)
    store.replace("report", ())
    return sizes, len(set(store.triples("candidates")) - known)  # as the store spells them


def _called_after(part: Graph, prefix: str) -> Iterator[Triple]:
    """The triples of one file with blank nodes called by a prefix of its own, and numbered as they are."""

    def called(term: Term) -> Term:
        return f"_:{prefix}{term.removeprefix('_:f1')}" if isinstance(term, str) and term.startswith("_:") else term

    for subject, predicate, term in part:
        yield str(called(subject)), predicate, called(term)


def records_of(store: KnowledgeStore) -> Graph:
    """The records of all candidates of the store."""
    return Graph(store.triples("candidates"))


def write_verdicts(store: KnowledgeStore, reading: Reading, language: str = "en", told: Told = lambda *_: None) -> int:
    """Assess all candidates of the store and put the verdicts in the place of the previous ones; how many there are.

    `told` is called for each verdict.
    """
    graph = records_of(store)
    verdicts = []
    for verdict in assess(graph, reading, language):
        verdicts.append(verdict)
        told(1, 1)
    keep(store, verdicts, graph, reading)
    return len(verdicts)


def keep(store: KnowledgeStore, verdicts: Sequence[Verdict], graph: Graph, reading: Reading) -> None:
    """Put verdicts on the records of a graph in the place of the previous ones."""
    store.replace("assessments", verdict_triples(verdicts, graph, reading))


def verdict_triples(verdicts: Sequence[Verdict], graph: Graph, reading: Reading) -> Iterator[Triple]:
    """What verdicts on the records of a graph say, as statements."""
    return read_triples("verdicts.ttl", as_turtle(verdicts, graph, reading).encode())


def report_triples(report: Report, graph: Graph, reading: Reading) -> Iterator[Triple]:
    """A validation report of the records of a graph, as statements."""
    return kept_report(report_text(report, "ttl", Prose(reading.standard), graph))


def kept_report(turtle: str) -> Iterator[Triple]:
    """A validation report in Turtle, as statements."""
    return stable_blank_nodes(read_triples("report.ttl", turtle.encode()), turtle.encode())
