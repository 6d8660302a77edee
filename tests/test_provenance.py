from __future__ import annotations

import doctest
import os
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pyoxigraph
import pytest

from itss_kg import provenance, text_check
from itss_kg.errors import InputError, OntologyError
from itss_kg.graph import Graph, Term, Triple, literal, narrow
from itss_kg.namespaces import ITSS, OA, RDF, SKOS, local_name
from itss_kg.provenance import cite, passages, passages_of, read_text
from itss_kg.resources import bundled
from itss_kg.text_check import Finding, check, numbers_in

ROOT = Path(__file__).resolve().parent.parent
SALES = "https://w3id.org/itss-kg/sales/"
STANDARD = Path(os.environ.get("ITSS_KG_STANDARD", ROOT.parent / "shared" / "standard" / "itss-v3-2008-sales.txt"))


@pytest.fixture(scope="module")
def graph() -> Graph:
    found = Graph()
    for name in ("itss-core", "itss-sales", "itss-sales-text"):
        for quad in pyoxigraph.parse(path=str(ROOT / "ontology" / f"{name}.ttl"), format=pyoxigraph.RdfFormat.TURTLE):
            found.add(str(narrow(quad.subject)), quad.predicate.value, narrow(quad.object))
    return found


@pytest.fixture(scope="module")
def text() -> str:
    if not STANDARD.is_file():
        pytest.fail(f"{STANDARD} does not exist; set ITSS_KG_STANDARD to the standard's text")
    return read_text(STANDARD)


def without(graph: Graph, gone: Callable[[str, str, Term], bool]) -> Graph:
    return Graph(triple for triple in graph if not gone(*triple))


def with_value(graph: Graph, subject: str, predicate: str, value: Term) -> Graph:
    changed = without(graph, lambda s, p, _: (s, p) == (subject, predicate))
    changed.add(subject, predicate, value)
    return changed


def with_triples(graph: Graph, *triples: Triple) -> Graph:
    return Graph([*graph, *triples])


def rules_and_subjects(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(each.rule, each.subject.removeprefix(SALES)) for each in findings}


def only(graph: Graph, name: str) -> provenance.Passage:
    (passage,) = passages_of(graph, SALES + name)
    return passage


# The ontology and the standard's text as they are


def test_text_and_ontology_agree(graph: Graph, text: str) -> None:
    assert check(graph, text) == []


def test_every_passage_is_found(graph: Graph) -> None:
    found = passages(graph)
    assert len(found) == 706
    assert sum(each.furniture for each in found) == 80
    assert sum(len(each.subjects) for each in found) == sum(predicate == ITSS.statedIn for _, predicate, _ in graph) == 666
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert len({(each.start, each.end) for each in found}) == len(found)


def test_sections_are_the_headings_of_the_standard(graph: Graph) -> None:
    assert Counter(each.section for each in passages(graph)) == {
        "Outline of Job Category and Key Performance Indicator": 3,
        "Description of Job Category": 18,
        "Key Performance Indicator": 24,
        "Business Contribution": 12,
        "Responsibilities": 138,
        "Complexity": 128,
        "Size": 89,
        "Professional Contribution": 283,
        "Remarks": 11,
    }


def test_names_are_positions_and_spans_are_tight(graph: Graph, text: str) -> None:
    for each in passages(graph):
        words = text[each.start : each.end]
        assert local_name(each.iri) == f"text-{each.start}-{each.end}"
        assert words == words.strip()
        assert graph.nodes(each.iri, OA.hasSelector) == [f"{SALES}chars-{each.start}-{each.end}"]
        assert graph.nodes(each.iri, OA.hasSource) == ["https://w3id.org/itss-kg/source/itss-v3-2008-sales"]


def test_no_selector_or_passage_is_left_over(graph: Graph) -> None:
    found = passages(graph)
    assert len(graph.instances(OA.TextPositionSelector)) == len(found)
    assert {term for _, predicate, term in graph if predicate == ITSS.statedIn} == {x.iri for x in found if x.subjects}


def test_errata_point_at_what_was_printed(graph: Graph, text: str) -> None:
    errata = graph.instances(ITSS.Erratum)
    assert len(errata) >= 11
    for erratum in errata:
        printed = graph.text(erratum, ITSS.printed) or ""
        for passage, words in cite(graph, erratum, text):
            assert " ".join(words.split()) in printed, passage.iri


def test_an_erratum_stands_where_what_it_concerns_stands(graph: Graph) -> None:
    for erratum in graph.instances(ITSS.Erratum):
        concerned = {
            graph.node(each.iri, ITSS.inIndicator)
            for x in graph.nodes(erratum, ITSS.concerns)
            for each in passages_of(graph, x)
        }
        assert {each.indicator for each in passages_of(graph, erratum)} == concerned, erratum


# Citing


@pytest.mark.parametrize(
    ("name", "section", "length", "first", "last"),
    [
        ("job-category", "Description of Job Category", 330, "Concludes", "customers"),
        ("consulting-L7-complexity", "Complexity", 165, "Has", "required.)."),
        ("consulting-L7-size-smaller-band", "Size", 203, "Project", "criteria"),
        ("consulting-L5-track-record", "Responsibilities", 309, "Has", "above)."),
        ("consulting-L6-scope-sub-industry", "Responsibilities", 29, "whole", "sub-industries"),
        ("product-L4-development", "Professional Contribution", 55, "Develops", "etc.)"),
        ("media-L3-track-record", "Responsibilities", 253, "Has", "Level3)"),
        ("media-L3-examination", "Remarks", 155, "By", "level."),
        ("media-L4", "Key Performance Indicator", 39, "Specialty", "4"),
    ],
)
def test_cite_gives_the_words_of_the_span(
    graph: Graph, text: str, name: str, section: str, length: int, first: str, last: str
) -> None:
    passage, words = cite(graph, SALES + name, text)[0]
    assert (passage.section, len(words), words.split()[0], words.split()[-1]) == (section, length, first, last)
    assert (passage.end - passage.start, text.index(words, passage.start)) == (length, passage.start)


def test_a_shared_item_is_cited_from_every_sheet_that_lists_it(graph: Graph, text: str) -> None:
    cited = cite(graph, SALES + "complexity-new-reference", text)
    assert [local_name(passage.indicator or "") for passage, _ in cited] == [
        *(f"consulting-L{level}" for level in (7, 6, 5, 4, 3)),
        *(f"product-L{level}" for level in (6, 5, 4, 3)),
        *(f"media-L{level}" for level in (5, 4)),
    ]
    assert Counter(words.split()[0] for _, words in cited) == {"Be": 8, "To": 3}


def test_a_span_keeps_the_newlines_it_runs_over(graph: Graph, text: str) -> None:
    assert [words.count("\n") for _, words in cite(graph, SALES + "consulting-L7-size-smaller-band", text)] == [2]


def test_what_stands_nowhere_is_not_cited(graph: Graph, text: str) -> None:
    assert cite(graph, SALES + "no-such-thing", text) == []


@pytest.mark.parametrize("wrong", [str.upper, lambda text: text.replace("\n", "\r\n"), lambda _: ""])
def test_another_text_is_not_cited(graph: Graph, text: str, wrong: Callable[[str], str]) -> None:
    with pytest.raises(InputError, match=r"sales:text-\d+-\d+ was made for; give the standard's text as published"):
        cite(graph, SALES + "consulting-L5-size", wrong(text))


# Reading the text


def test_newlines_are_read_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "standard.txt"
    path.write_bytes("a\r\nbé\n".encode())
    assert read_text(path) == "a\r\nbé\n"


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.txt: there is no such file; give") as caught:
        read_text(tmp_path / "absent.txt")
    assert caught.value.source == str(tmp_path / "absent.txt")


def test_a_directory_is_not_a_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"this is a directory; give"):
        read_text(tmp_path)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "standard.txt"
    path.write_bytes("売上".encode("shift_jis"))
    with pytest.raises(InputError, match=r"standard\.txt: byte 0 is not UTF-8; give"):
        read_text(path)


def test_what_the_system_will_not_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(.+\); give"):
        read_text(tmp_path / ("x" * 5000))


# Passages that lack what they need


@pytest.mark.parametrize(
    ("predicate", "lack"),
    [(OA.hasSelector, "has no place"), (OA.start, "has no place"), (OA.end, "has no place"), (ITSS.sha256, "has no digest")],
)
def test_an_incomplete_passage_is_named(graph: Graph, predicate: str, lack: str) -> None:
    passage = only(graph, "consulting-L5-size")
    owners = {passage.iri, passage.iri.replace("text-", "chars-")}
    broken = without(graph, lambda s, p, _: s in owners and p == predicate)
    with pytest.raises(OntologyError, match=f"sales:{local_name(passage.iri)} {lack}"):
        passages(broken)


# Findings: digests, range, coverage


def test_a_changed_digit_shows_in_every_passage_that_holds_it(graph: Graph, text: str) -> None:
    passage = only(graph, "consulting-L5-size-band")
    at = text.index("10", passage.start)
    findings = check(graph, text[:at] + "2" + text[at + 1 :])
    holding = {each.iri.removeprefix(SALES) for each in passages(graph) if each.start <= at < each.end}
    assert len(holding) == 2
    assert rules_and_subjects(findings) == {("digest", each) for each in holding} | {
        ("numbers", "consulting-L5-size"),
        ("numbers", "consulting-L5-size-band"),
        ("numbers", "size-medium-personnel"),
    }


def test_a_digest_finding_gives_the_digest_of_the_text(graph: Graph, text: str) -> None:
    passage = only(graph, "media-L5-specialty")
    (finding,) = check(with_value(graph, passage.iri, ITSS.sha256, literal("0" * 64)), text)
    assert (finding.rule, finding.subject) == ("digest", passage.iri)
    assert finding.message.endswith(f"has the digest {passage.sha256}")


def test_a_span_beyond_the_text_is_out_of_range(graph: Graph, text: str) -> None:
    last = only(graph, "erratum-media-L3-examination")
    findings = check(graph, text[: last.start])
    assert {each.subject for each in findings if each.rule == "range"} == {
        last.iri,
        only(graph, "media-L3-examination").iri,
    }


def test_an_empty_span_is_out_of_range(graph: Graph, text: str) -> None:
    passage = only(graph, "media-L5-specialty")
    findings = check(with_value(graph, passage.iri.replace("text-", "chars-"), OA.end, literal(passage.start)), text)
    assert ("range", passage.iri.removeprefix(SALES)) in rules_and_subjects(findings)


def test_words_of_a_removed_passage_are_uncovered(graph: Graph, text: str) -> None:
    passage = only(graph, "product-L5-complexity")
    findings = check(without(graph, lambda s, _, o: passage.iri in (s, o)), text)
    coverage = [each for each in findings if each.rule == "coverage"]
    assert [each.subject for each in coverage] == ["line 245"]
    assert coverage[0].message.startswith(f"no passage holds, from {passage.start}: 'Has experience")
    assert rules_and_subjects(findings) - {("coverage", "line 245")} == {
        ("stated", "product-L5-complexity"),
        ("numbers", "product-L5-complexity"),
    }


def test_words_between_passages_are_uncovered_line_by_line(graph: Graph, text: str) -> None:
    findings = check(graph, text + "more\n□\n  and more\n")
    assert [(each.rule, each.subject, each.message.partition(": ")[2]) for each in findings] == [
        ("coverage", "line 446", "'more'"),
        ("coverage", "line 448", "'and more'"),
    ]


# Findings: numbers


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "expected"),
    [
        (
            "consulting-L7-scope-sub-industries-segments",
            ITSS.minimumSegments,
            4,
            "consulting-L7-scope consulting-L7-scope-sub-industries",
        ),
        (
            "consulting-L7-scope-sub-industries-segments",
            ITSS.minimumSegments,
            1,
            "consulting-L7-scope consulting-L7-scope-sub-industries",
        ),
        ("consulting-L7-scope-industry-segments", ITSS.minimumSegments, 2, "consulting-L7-scope consulting-L7-scope-industry"),
        ("product-L5-scope-companies-segments", ITSS.minimumEmployees, 5001, "product-L5-scope product-L5-scope-companies"),
        (
            "consulting-L3-scope-organizations-segments",
            ITSS.employeesBelow,
            999,
            "consulting-L3-scope consulting-L3-scope-organizations",
        ),
        ("product-L6-track-record", ITSS.minimumTimes, 2, "product-L6-track-record"),
        ("product-L6-track-record", ITSS.minimumLeading, 2, "product-L6-track-record"),
        ("media-L3-complexity", ITSS.minimumFactors, 1, "media-L3-complexity"),
        ("media-L5-size-smaller-band", ITSS.minimumFactors, 5, "media-L5-size media-L5-size-smaller-band"),
        ("media-L4-succession", ITSS.minimumKinds, 2, "media-L4-succession"),
        (
            "size-very-large-contract-value",
            ITSS.atLeast,
            100,
            "consulting-L7-size consulting-L7-size-band size-very-large-contract-value",
        ),
    ],
)
def test_a_changed_number_shows_at_its_criterion(
    graph: Graph, text: str, subject: str, predicate: str, value: int, expected: str
) -> None:
    findings = check(with_value(graph, SALES + subject, predicate, literal(value)), text)
    assert rules_and_subjects(findings) == {("numbers", each) for each in expected.split()}


def test_the_message_has_both_numbers(graph: Graph, text: str) -> None:
    (finding,) = check(with_value(graph, SALES + "consulting-L7-succession", ITSS.minimumKinds, literal(6)), text)
    assert finding.message == "only the text has 5; only the ontology has 6"


@pytest.mark.parametrize(
    ("subject", "predicate"),
    [
        ("consulting-L6-track-record", ITSS.otherLevel),
        ("consulting-L6-track-record", ITSS.leadingLevel),
        ("consulting-L6", ITSS.atLevel),
    ],
)
def test_a_changed_level_shows(graph: Graph, text: str, subject: str, predicate: str) -> None:
    findings = check(with_value(graph, SALES + subject, predicate, ITSS.base + "Level4"), text)
    assert rules_and_subjects(findings) == {("numbers", subject)}


def test_a_number_that_the_ontology_lacks_shows(graph: Graph, text: str) -> None:
    lacking = without(graph, lambda s, p, _: (s, p) == (SALES + "media-L4-track-record", ITSS.minimumLeading))
    assert check(lacking, text) == [
        Finding("numbers", SALES + "media-L4-track-record", "only the text has 1; only the ontology has none")
    ]


def test_numbers_changed_between_alternatives_show(graph: Graph, text: str) -> None:
    companies, organizations = (f"{SALES}consulting-L5-scope-{each}-segments" for each in ("companies", "organizations"))
    swapped = with_value(graph, companies, ITSS.minimumSegments, literal(5))
    swapped = with_value(swapped, organizations, ITSS.minimumSegments, literal(3))
    assert rules_and_subjects(check(swapped, text)) == {
        ("numbers", "consulting-L5-scope-companies"),
        ("numbers", "consulting-L5-scope-organizations"),
    }


def test_numbers_changed_between_measures_show(graph: Graph, text: str) -> None:
    persons, value = (SALES + f"size-small-{each}" for each in ("personnel", "contract-value"))
    swapped = with_value(graph, persons, ITSS.below, graph.objects(value, ITSS.below)[0])
    swapped = with_value(swapped, value, ITSS.below, graph.objects(persons, ITSS.below)[0])
    assert rules_and_subjects(check(swapped, text)) == {("numbers", local_name(persons)), ("numbers", local_name(value))}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", []),
        ("two or more of Two", [2, 2]),
        ("with10 than100 Level3 Level \n5.", [10, 100, 3, 5]),
        ("less than100 million, and 1 billion yen", [10**8, 10**9]),
        ("1,000 or more of Level 6, others", [1000, 6]),
        ("either one of these, Either\none or more", []),
        ("one part", [1]),
        ("someone often tenfold", []),
        ("three thousand", [3000]),
    ],
)
def test_numbers_are_read_from_words_and_figures(words: str, expected: list[int]) -> None:
    assert numbers_in(words) == Counter(map(Decimal, expected))


# Findings: what is stated, furniture, lists, sheets


@pytest.mark.parametrize(
    "name",
    [
        "job-category",
        "phase-management-strategy",
        "activity-business-strategy",
        "media",
        "product-L4-development",
        "product-L6-scope-industry",
        "product-L6-scope-industry-segments",
        "complexity-global-advanced",
        "consulting-L3-examination",
        "erratum-equal-segment",
    ],
)
def test_what_no_passage_states_shows(graph: Graph, text: str, name: str) -> None:
    silent = without(graph, lambda s, p, _: (s, p) == (SALES + name, ITSS.statedIn))
    assert ("stated", name) in rules_and_subjects(check(silent, text))


def test_an_indicator_without_a_heading_shows(graph: Graph, text: str) -> None:
    silent = without(graph, lambda s, p, _: (s, p) == (SALES + "media-L3", ITSS.statedIn))
    rules = {each.rule for each in check(silent, text) if each.subject == SALES + "media-L3"}
    assert rules == {"stated", "numbers"}


def test_furniture_that_states_something_shows(graph: Graph, text: str) -> None:
    furniture = next(each for each in passages(graph) if each.furniture)
    spoken = with_triples(graph, (SALES + "job-category", ITSS.statedIn, furniture.iri))
    assert rules_and_subjects(check(spoken, text)) == {("furniture", furniture.iri.removeprefix(SALES))}


def test_a_passage_that_states_nothing_shows(graph: Graph, text: str) -> None:
    furniture = next(each for each in passages(graph) if each.furniture)
    retyped = with_value(graph, furniture.iri, RDF.type, ITSS.Passage)
    assert rules_and_subjects(check(retyped, text)) == {("furniture", furniture.iri.removeprefix(SALES))}


def test_a_list_without_a_printed_item_shows(graph: Graph, text: str) -> None:
    item = SALES + "succession-patent"
    short = without(
        graph, lambda s, p, o: (s, p, o) == (SALES + "complexity-list-media", SKOS.member, SALES + "complexity-new-reference")
    )
    assert rules_and_subjects(check(short, text)) == {("members", f"media-L{level}-complexity") for level in (5, 4)}
    unprinted = next(each for each in passages_of(graph, item) if each.indicator == SALES + "product-L6")
    findings = check(without(graph, lambda s, _, o: unprinted.iri in (s, o)), text)
    assert rules_and_subjects(findings) == {("members", "product-L6-succession")}
    assert findings[0].message == "only in the ontology does sales:succession-patent stand in sales:succession-list"


@pytest.mark.parametrize("indicator", ["consulting-L6", None])
def test_a_passage_said_to_stand_in_another_sheet_shows(graph: Graph, text: str, indicator: str | None) -> None:
    passage = only(graph, "consulting-L5-specialty")
    moved = without(graph, lambda s, p, _: (s, p) == (passage.iri, ITSS.inIndicator))
    if indicator:
        moved.add(passage.iri, ITSS.inIndicator, SALES + indicator)
    assert rules_and_subjects(check(moved, text)) == {
        ("sheet", passage.iri.removeprefix(SALES)),
        ("sheet", "consulting-L5-specialty"),
    }


def test_a_criterion_stated_in_another_sheet_shows(graph: Graph, text: str) -> None:
    other = only(graph, "consulting-L5-development")
    strayed = with_triples(graph, (SALES + "consulting-L6-development", ITSS.statedIn, other.iri))
    assert rules_and_subjects(check(strayed, text)) == {("sheet", "consulting-L6-development")}


def test_a_passage_across_two_sheets_shows(graph: Graph, text: str) -> None:
    passage = only(graph, "consulting-L5-development")
    across = with_value(graph, passage.iri.replace("text-", "chars-"), OA.end, literal(only(graph, "consulting-L4").end))
    (finding,) = [each for each in check(across, text) if each.rule == "sheet"]
    assert finding.message == "it runs from the sheet of sales:consulting-L5 into the sheet of sales:consulting-L4"


# The module itself


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(text_check) == (0, 1)


@pytest.mark.parametrize("module", [provenance, text_check])
def test_public_names_are_listed(module: ModuleType) -> None:
    own = {name for name, each in vars(module).items() if getattr(each, "__module__", "") == module.__name__}
    assert {name for name in own if not name.startswith("_")} == set(module.__all__)


def test_every_individual_of_all_ontologies_is_labelled_in_both_languages() -> None:
    import pyoxigraph

    store = pyoxigraph.Store()
    for name in ("itss-core", "itss-sales", "itss-sales-text"):
        store.load(path=str(bundled("ontology", f"{name}.ttl")))
    query = bundled("queries", "hygiene", "labels.rq").read_text(encoding="utf-8")
    assert [str(row) for row in store.query(query)] == []
