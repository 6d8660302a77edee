"""Invented candidates: the same on every run, streaming, well-formed unless asked otherwise, of every level."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest

from itss_kg.assessment import assess
from itss_kg.errors import CallError
from itss_kg.evaluate import Evaluator
from itss_kg.graph import Graph, Literal, narrow
from itss_kg.input import read_candidates
from itss_kg.namespaces import CONTEXT_IRI, ITSS, RDF
from itss_kg.reading import Reading
from itss_kg.records import RECORD_FORMATS, write
from itss_kg.sampling import FAULTS, Record, sample
from itss_kg.standard import Indicator, Standard, load
from itss_kg.validation import validate
from tests.test_cli import done

SECOND = Path(__file__).parent / "fixtures" / "second-category.ttl"

# What seed 7 gives. A change of the generator, or of the ontology that it draws from, changes this on purpose or by mistake.
DIGEST = "bfbd75daf597b8a6f41f31f5f2bf18d07dff6be958508c72fd43a01c75a37e1b"


def text(records: Iterable[Record], form: str = "nt") -> str:
    stream = StringIO()
    write(records, stream, form)
    return stream.getvalue()


def graph(records: Iterable[Record]) -> Graph:
    return Graph(triple for record in records for triple in record.triples)


def attained(records: Graph, reading: Reading) -> Iterator[tuple[str, Indicator]]:
    """Every indicator that a candidate attains, by the record or by an examination; without the proofs that a verdict has."""
    evaluator = Evaluator(records)
    for candidate in records.instances(ITSS.Candidate):
        passed = records.nodes(candidate, ITSS.passedExamination)
        for item in reading.standard.indicators:
            by_record = all(evaluator.meets(reading.demand(item, criterion), candidate) for criterion in item.criteria)
            if by_record or any(name in passed for name, _ in item.examinations):
                yield candidate, item


def unfounded(records: Graph, reading: Reading) -> set[tuple[str, str]]:
    """Who claims what without attaining it."""
    claims = {(node, claim) for node in records.instances(ITSS.Candidate) for claim in records.nodes(node, ITSS.claims)}
    return claims - {(candidate, item.iri) for candidate, item in attained(records, reading)}


# always the same


def test_a_seed_gives_the_same_bytes_everywhere(standard: Standard) -> None:
    assert hashlib.sha256(text(sample(standard, 200, seed=7)).encode()).hexdigest() == DIGEST


def test_another_seed_gives_another_sample(standard: Standard) -> None:
    assert text(sample(standard, 20, seed=1)) != text(sample(standard, 20, seed=2))


def test_a_longer_sample_starts_with_the_shorter(standard: Standard) -> None:
    assert text(islice(sample(standard, 1000, seed=3), 50)) == text(sample(standard, 50, seed=3))


# streaming


def test_the_first_record_comes_without_the_rest(standard: Standard) -> None:
    assert next(sample(standard, 10**12)).candidate.startswith("https://example.org/person/")


def test_memory_does_not_grow_with_the_sample(standard: Standard) -> None:
    class Sink(StringIO):
        def write(self, text: str) -> int:
            return len(text)

    def peak(count: int) -> int:
        tracemalloc.start()
        write(sample(standard, count, seed=1), Sink())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is read once
    assert peak(2500) < 1.3 * peak(1000)


def test_a_candidate_s_triples_are_together(standard: Standard) -> None:
    subjects = [triple[0] for record in sample(standard, 300, seed=2) for triple in record.triples]
    owners = [subject.rpartition("/")[2][:7] for subject in subjects if "/person/" in subject]
    assert owners == sorted(owners)


def test_candidates_share_projects(standard: Standard) -> None:
    used = Counter(
        str(term)
        for record in sample(standard, 300, seed=2, faults=0)
        for _, path, term in record.triples
        if path == ITSS.onProject
    )
    records = list(sample(standard, 300, seed=2, faults=0))
    described = Counter(triple[0] for record in records for triple in record.triples if triple[1:] == (RDF.type, ITSS.Project))
    assert max(used.values()) > 2
    assert set(described.values()) == {1}
    assert set(described) == set(used)


# what is in it


def test_every_level_of_every_field_occurs_and_no_level_too(standard: Standard, reading: Reading) -> None:
    records = graph(sample(standard, 5000, seed=1))
    found = list(attained(records, reading))
    tops = Counter({(candidate, item.field.key): item.key for candidate, item in found}.values())  # the last one is the highest
    assert set(tops) == {item.key for item in standard.indicators}
    own = set(_own_fields(records))
    reached = {(candidate, item.field.iri) for candidate, item in found}
    assert 0.25 < len(own - reached) / len(own) < 0.4


def _own_fields(records: Graph) -> Iterator[tuple[str, str]]:
    """The fields in which a candidate has a record at all."""
    for candidate in records.instances(ITSS.Candidate):
        for node in (*records.nodes(candidate, ITSS.hasEngagement), *records.nodes(candidate, ITSS.responsibleFor)):
            for field in records.nodes(node, ITSS.inField):
                yield candidate, field


def test_levels_rest_on_the_record_the_examination_and_judged_segments(standard: Standard, reading: Reading) -> None:
    records = graph(sample(standard, 150, seed=1, faults=0))
    assert {verdict.basis for verdict in assess(records, reading)} == {"record", "examination", None}
    judged = [node for node in records.instances(ITSS.MarketSegment) if records.objects(node, ITSS.judgedEquivalentTo)]
    assert judged
    assert all(records.nodes(node, ITSS.judgedBy) for node in judged)


def test_most_of_those_who_have_a_record_of_their_own_claim_a_level(standard: Standard) -> None:
    records = graph(sample(standard, 500, seed=1))
    claiming = [node for node in records.instances(ITSS.Candidate) if records.objects(node, ITSS.claims)]
    assert 250 < len(claiming) < 400


def test_numbers_stand_at_and_beside_the_thresholds(standard: Standard) -> None:
    records = graph(sample(standard, 2000, seed=1, faults=0))
    employees = {records.integer(node, ITSS.employees) for node in records.instances(ITSS.MarketSegment)}
    demands = [node for node in standard.graph.subjects_all() if standard.graph.objects(node, ITSS.minimumEmployees)]
    stated = {standard.graph.integer(node, ITSS.minimumEmployees) or 0 for node in demands}
    assert stated <= employees
    assert {number - 1 for number in stated if number > min(stated)} <= employees


# faults


def test_without_faults_every_record_conforms(standard: Standard, reading: Reading) -> None:
    records = graph(sample(standard, 100, seed=4, faults=0))
    assert [str(result) for result in validate(records, reading, "shacl").results] == []


def test_without_faults_every_claim_is_true(standard: Standard, reading: Reading) -> None:
    assert unfounded(graph(sample(standard, 2000, seed=5, faults=0)), reading) == set()


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_fault_is_found(kind: str, standard: Standard, reading: Reading) -> None:
    records = sample(standard, 300, seed=6, faults=1, kinds=[kind])
    if kind == "missing-judge":  # few have a segment that somebody judged
        records = (record for record in records if any(path == ITSS.judgedEquivalentTo for _, path, _ in record.triples))
    assert not validate(graph(islice(records, 5)), reading, "shacl").conforms


def test_the_share_of_faults_is_the_one_asked_for(standard: Standard, reading: Reading) -> None:
    records = graph(sample(standard, 1000, seed=8, faults=0.1, kinds=["unfounded-claim"]))
    faulty = {candidate for candidate, _ in unfounded(records, reading)}
    assert 70 < len(faulty) < 130


@pytest.mark.parametrize(
    ("call", "part"),
    [
        ({"count": -1}, "cannot make -1 candidates"),
        ({"count": 1, "faults": 2}, "from 0 to 1, not 2"),
        ({"count": 1, "kinds": ["zero-person"]}, "unknown fault 'zero-person'"),
    ],
)
def test_a_wrong_call_is_told_at_once(call: dict[str, int], part: str, standard: Standard) -> None:
    with pytest.raises(CallError, match=part):
        sample(standard, **call)


# formats


@pytest.mark.parametrize("form", RECORD_FORMATS)
def test_every_format_gives_the_same_graph(form: str, standard: Standard, tmp_path: Path) -> None:
    records = list(sample(standard, 120, seed=9, faults=0.5))
    path = tmp_path / f"sample.{form}"
    path.write_text(text(records, form), encoding="utf-8")
    assert set(read_candidates([str(path)])) == set(graph(records))


def test_every_candidate_is_a_line_of_json(standard: Standard) -> None:
    lines = [json.loads(line) for line in text(sample(standard, 50, seed=9, faults=0.5), "jsonl").splitlines()]
    assert len([line for line in lines if line.get("type") == "Candidate"]) == 50
    assert {line["@context"] for line in lines} == {CONTEXT_IRI}


def test_every_line_of_ntriples_is_one_triple(standard: Standard) -> None:
    lines = text(sample(standard, 100, seed=9, faults=0.5)).splitlines()
    assert all(len(list(ox.parse(line.encode(), format=ox.RdfFormat.N_TRIPLES))) == 1 for line in lines)


@pytest.mark.parametrize("form", ["nt", "ttl"])
def test_awkward_texts_survive(form: str) -> None:
    awkward = Literal('a "quoted" \\ back\nslash\r\tand 株式会社 \U0001f600')
    record = Record("https://example.org/x", [("https://example.org/x", "https://example.org/p", awkward)])
    parsed = ox.parse(text([record], form).encode(), format=ox.RdfFormat.N_TRIPLES if form == "nt" else ox.RdfFormat.TURTLE)
    assert [narrow(quad.object) for quad in parsed] == [awkward]


def test_json_is_plain_records(standard: Standard) -> None:
    document = json.loads(text(sample(standard, 30, seed=9, faults=0), "jsonld"))
    candidates = document["@graph"]
    assert [item["type"] for item in candidates] == ["Candidate"] * 30
    assert all(":" not in key for item in candidates for key in item if not key.startswith("@"))


def test_an_empty_sample_is_a_document_still(standard: Standard) -> None:
    assert text(sample(standard, 0)) == ""
    assert json.loads(text(sample(standard, 0), "jsonld"))["@graph"] == []


def test_an_unknown_format_is_refused(standard: Standard) -> None:
    with pytest.raises(
        CallError, match="unknown format 'tll' of records: expected one of nt, ttl, jsonld, jsonl; did you mean ttl"
    ):
        write(sample(standard, 1), StringIO(), "tll")


# another job category


def test_another_ontology_gives_another_sample() -> None:
    standard = load(SECOND)
    reading = Reading(standard)
    records = graph(sample(standard, 1500, seed=1, faults=0))
    tops = {(candidate, item.field.key): item.key for candidate, item in attained(records, reading)}
    assert set(tops.values()) == {item.key for item in standard.indicators}
    assert unfounded(records, reading) == set()
    assert not any("/sales/" in str(term) for triple in records for term in triple)
    assert [str(result) for result in validate(graph(sample(standard, 20, seed=1, faults=0)), reading).results] == []


@pytest.mark.parametrize("form", ["nt", "ttl", "jsonld", "jsonl"])
def test_the_ending_of_the_output_says_the_format(form: str, tmp_path: Path) -> None:
    assert done("sample", "3", "-o", str(tmp_path / f"r.{form}")) == ""
    assert (tmp_path / f"r.{form}").read_text(encoding="utf-8") == done("sample", "3", "--format", form)
