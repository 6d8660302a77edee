"""How commands about one candidate find the record: among few, in a large file, or in a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from itss_kg.candidate_names import find_candidate
from itss_kg.commands.filling import are_large
from itss_kg.commands.options import not_an_input, records_of, say_quality
from itss_kg.errors import CallError, InputError

if TYPE_CHECKING:
    from itss_kg.data_quality import QualityFinding
    from itss_kg.graph import Graph
    from itss_kg.reading import Reading

__all__ = ["one_record"]

_PIECE = 32 << 20


def one_record(
    data: tuple[str, ...],
    input_format: str | None,
    store: Path | None,
    candidate: str,
    reading: Reading,
    lang: str,
    output: Path | None,
) -> tuple[str, Graph, list[QualityFinding]]:
    """The candidate's IRI, a graph with the record, and what in it was not understood, which is said.

    Of few records, all are in the graph, and what is not understood is said of all.

    Raises:
        CallError: there is no such candidate, or there are several; or files and a store are named.
        InputError: a file or the store cannot be read, or has no candidates.
    """
    from itss_kg.assessment import candidates

    if store is not None:
        if data:
            raise CallError("DATA and --store do not go together; load the data into the store with `itss-kg load`")
        person, graph = _of_store(store, candidate, reading)
    elif not data:
        raise CallError("name the files of records, - for standard input, or a store with --store")
    elif are_large(data):
        person, graph = _of_files(data, input_format, candidate, reading, output)
    else:
        graph = records_of(data, input_format, reading, output)
        findings = say_quality(graph, reading, lang)
        return find_candidate(candidate, candidates(graph, reading)), graph, findings
    return person, graph, say_quality(graph, reading, lang)


def _of_store(folder: Path, candidate: str, reading: Reading) -> tuple[str, Graph]:
    from itss_kg.bulk.plan import Plan
    from itss_kg.store import KnowledgeStore
    from itss_kg.store_records import record_in

    if not folder.is_dir():
        raise InputError("no such store; make one with `itss-kg load DATA… --store DIR`", source=str(folder))
    return record_in(KnowledgeStore(folder, read_only=True), candidate, reading, Plan(reading).links)


def _of_files(
    data: tuple[str, ...], input_format: str | None, candidate: str, reading: Reading, output: Path | None
) -> tuple[str, Graph]:
    from itss_kg.bulk.one_record import record_of
    from itss_kg.bulk.plan import Plan
    from itss_kg.bulk.sources import pieces

    not_an_input(data, output)
    return record_of(lambda: pieces(data, input_format, _PIECE), candidate, Plan(reading))
