"""Records in disorder, for tests that hold two ways of checking to each other: anything may point to anything."""

from __future__ import annotations

from hypothesis import strategies as st

from itss_kg.graph import Graph, Literal, Term, Triple
from itss_kg.namespaces import ITSS, PREFIXES, RDF, RDFS, XSD

EX = "https://example.org/"
SALES = PREFIXES["sales"]
NAMES = ("a", "b", "c", "e1", "e2", "e3", "p1", "p2", "m", "s", "a-engagement1")
NODES = [*(f"{EX}{name}" for name in NAMES), "_:x", "_:y.z-1"]
# what stands where a node should: some read like the name of one, some like one another
TEXTS = [Literal("text"), Literal("text", RDF.langString, "en"), Literal(f"{EX}p1"), Literal("7", XSD.integer), Literal("7")]
LINKS = ("hasEngagement", "onProject", "responsibleFor", "hasSpecialty", "hasSuccession", "hasDevelopment")
CLASSES = ("Candidate", "Engagement", "Project", "MarketSegment", "SpecialtyRecord", "SuccessionRecord", "DevelopmentRecord")
VALUES: dict[str, list[Term]] = {
    ITSS.inField: [f"{SALES}consulting", f"{SALES}media", f"{EX}other", Literal("consulting")],
    ITSS.claims: [f"{SALES}consulting-L3", f"{SALES}media-L3", f"{SALES}product-L6", f"{EX}none"],
    ITSS.performed: [ITSS.base + name for name in ("Discovery", "Proposal", "Contract", "Nothing")],
    ITSS.metExpectation: [ITSS.base + "Quality", ITSS.base + "Cost"],
    ITSS.peakPersonnel: [
        *(Literal(text, XSD.integer) for text in ("12", "0", "many", " 7", "３")),
        *(Literal("12", XSD.decimal), Literal("1e3", XSD.double), Literal("12"), Literal("12", XSD.nonNegativeInteger)),
    ],
    ITSS.annualContractValue: [Literal("100000000", XSD.integer), Literal("1.5", XSD.decimal), Literal("x", XSD.decimal)],
    ITSS.employees: [Literal("4000", XSD.integer), Literal("1", XSD.integer)],
    ITSS.segmentKind: [ITSS.base + "Company", ITSS.base + "Industry"],
    ITSS.judgedBy: [f"{EX}judge", f"{EX}a"],
    ITSS.judgedEquivalentTo: [f"{SALES}consulting-L3-scope"],
    ITSS.hasComplexity: [f"{SALES}complexity-fierce-competition", Literal('hard\n\\ "quoted" <_:x>')],
    ITSS.passedExamination: [ITSS.base + "AppliedITEE"],
    ITSS.base + "misspelt": [Literal("_:x"), f"{EX}p1"],
    ITSS.base + "itself": [f"{EX}a"],
    RDFS.label: [Literal("山田 太郎", RDF.langString, "ja"), Literal("Taro", RDF.langString, "en")],
    RDF.type: [*(ITSS.base + name for name in CLASSES), f"{EX}Sub", f"{SALES}consulting-L3-claimant", f"{EX}Claimant"],
    RDFS.subClassOf: [],
}
SUBCLASSES: list[Triple] = [
    (f"{EX}Sub", RDFS.subClassOf, ITSS.Engagement),
    (f"{EX}Claimant", RDFS.subClassOf, f"{SALES}consulting-L3-claimant"),
]
_node = st.sampled_from(NODES)
_link = st.tuples(_node, st.sampled_from(LINKS).map(ITSS.base.__add__), _node | st.sampled_from(TEXTS))
_valued = st.sampled_from([name for name, terms in VALUES.items() if terms]).flatmap(
    lambda name: st.tuples(_node, st.just(name), st.sampled_from(VALUES[name]))
)
_sane = st.tuples(_node, st.just(RDF.type), st.sampled_from(VALUES[RDF.type][: len(CLASSES)]))
disorder = st.lists(st.one_of(_link, _link, _valued, _sane) | st.sampled_from(SUBCLASSES), min_size=1, max_size=40).map(Graph)
