"""Provenance to the character: where the standard states a thing, and the words that stand there.

    text = read_text(Path("itss-v3-2008-sales.txt"))
    for passage, words in cite(graph, "https://w3id.org/itss-kg/sales/consulting-L5-size", text):
        print(passage.section, passage.start, words)

The ontology holds spans and digests, never the words. Positions count Unicode code points of the decoded text, its newlines
as they stand; so nothing here may normalise the text before it is counted. `text_check` proves the ontology against the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from itss_kg.errors import InputError, OntologyError
from itss_kg.graph import Graph
from itss_kg.namespaces import ITSS, OA, RDF, curie

__all__ = ["Passage", "cite", "digest_of", "passages", "passages_of", "read_text", "words_of"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the standard's text: the end is exclusive, the indicator `None` outside the indicators' sheets."""

    iri: str
    start: int
    end: int
    sha256: str
    section: str
    indicator: str | None
    furniture: bool
    subjects: tuple[str, ...]

    def within(self, other: Passage) -> bool:
        """Whether the other passage holds this one."""
        return other.start <= self.start and self.end <= other.end


def read_text(path: Path) -> str:
    """The text with its newlines as they stand in the file."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise InputError("there is no such file; give the path of the standard's text", source=str(path)) from None
    except IsADirectoryError:
        raise InputError("this is a directory; give the file in it that holds the standard's text", source=str(path)) from None
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8; give the standard's text as plain text in UTF-8"
        raise InputError(message, source=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); give a file that can", source=str(path)) from None


def passages(graph: Graph) -> tuple[Passage, ...]:
    """Every passage, furniture included, in the order of the text; a passage comes before those inside it."""
    iris = {*graph.instances(ITSS.Passage), *graph.instances(ITSS.Furniture)}
    return _ordered(graph, iris)


def passages_of(graph: Graph, iri: str) -> tuple[Passage, ...]:
    """The passages that state one thing, in the order of the text."""
    return _ordered(graph, graph.nodes(iri, ITSS.statedIn))


def cite(graph: Graph, iri: str, text: str) -> list[tuple[Passage, str]]:
    """The passages that state one thing, each with its words, once its digest shows that the words are those meant."""
    found = passages_of(graph, iri)
    for passage in found:
        if digest_of(passage, text) != passage.sha256:
            raise InputError(
                f"the text has other words at {passage.start} to {passage.end} than {curie(passage.iri)} was made for; "
                "give the standard's text as published, its newlines unchanged"
            )
    return [(passage, words_of(passage, text)) for passage in found]


def _ordered(graph: Graph, iris: Iterable[str]) -> tuple[Passage, ...]:
    return tuple(sorted((_passage(graph, iri) for iri in iris), key=lambda each: (each.start, -each.end, each.iri)))


def _passage(graph: Graph, iri: str) -> Passage:
    selector = graph.node(iri, OA.hasSelector)
    start = graph.integer(selector, OA.start) if selector else None
    end = graph.integer(selector, OA.end) if selector else None
    sha256 = graph.text(iri, ITSS.sha256)
    if start is None or end is None:
        raise OntologyError(f"{curie(iri)} has no place in the text; give it an oa:hasSelector with oa:start and oa:end")
    if sha256 is None:
        raise OntologyError(f"{curie(iri)} has no digest; give it an itss:sha256")
    return Passage(
        iri,
        start,
        end,
        sha256,
        section=graph.text(iri, ITSS.inSection) or "",
        indicator=graph.node(iri, ITSS.inIndicator),
        furniture=ITSS.Furniture in graph.nodes(iri, RDF.type),
        subjects=tuple(sorted(graph.subjects(ITSS.statedIn, iri))),
    )


def words_of(passage: Passage, text: str) -> str:
    """The characters of the text that a passage spans."""
    return text[passage.start : passage.end]


def digest_of(passage: Passage, text: str) -> str:
    """The digest of the characters that a passage spans in a text, to hold against its own."""
    return hashlib.sha256(words_of(passage, text).encode("utf-8")).hexdigest()
