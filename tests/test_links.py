"""The bundled links: what they are, that each check finds what it is for, and that shapes say the same of the graph."""

from __future__ import annotations

import csv
import dataclasses
import re
from collections import Counter
from pathlib import Path

import pyshacl
import pytest
import rdflib
import yaml

from itss_kg import CallError, Standard, load
from itss_kg.frameworks import load_frameworks
from itss_kg.mapping_checks import CHECKS, REQUIRED, check
from itss_kg.mapping_rows import merged
from itss_kg.mapping_shapes import shape_findings
from itss_kg.mapping_structure import coverage
from itss_kg.mapping_turtle import as_turtle
from itss_kg.mappings import about, link_triples, linkable, load_sets
from itss_kg.namespaces import ITSS, OWL, RDF, RDFS, SKOS, local_name
from itss_kg.sssom import MappingSet, read_file, read_set

ROOT = Path(__file__).parent.parent
MAPPINGS = ROOT / "data" / "mappings"
FRAMEWORKS = load_frameworks()
SECOND = Path(__file__).parent / "fixtures" / "second-category.ttl"
CROSSWALK = ROOT.parent / "shared" / "reference" / "crosswalk.tsv"
SHAPES = ROOT / "shapes" / "mappings.ttl"


def rows_of(path: Path) -> list[dict[str, str]]:
    """A table read by csv alone, without what this project reads sets by."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


# What is linked


@pytest.mark.parametrize(
    ("name", "held", "rejected", "unlinked"),
    [
        ("esco", 105, 17, 9),
        ("isco", 18, 6, 0),
        ("onet", 21, 7, 0),
        ("sfia", 44, 12, 14),
        ("ecf", 37, 3, 15),
        ("sfia-levels", 12, 7, 0),
        ("ecf-levels", 12, 5, 0),
        ("eqf-levels", 12, 7, 0),
    ],
)
def test_how_many_judgements_a_set_holds(name: str, held: int, rejected: int, unlinked: int) -> None:
    rows = rows_of(MAPPINGS / f"{name}.sssom.tsv")
    assert Counter(
        "rejected" if row["predicate_modifier"] else "unlinked" if row["object_id"] == "sssom:NoTermFound" else "held"
        for row in rows
    ) == Counter({"held": held, "rejected": rejected, "unlinked": unlinked})
    for row in rows:
        empty = {column for column in REQUIRED if not row[column]}
        assert empty <= ({"object_label"} if row["object_id"] == "sssom:NoTermFound" else set()), row


def test_predicates_used() -> None:
    rows = [row for path in MAPPINGS.glob("*.sssom.tsv") for row in rows_of(path) if not row["predicate_modifier"]]
    assert Counter(row["predicate_id"] for row in rows if row["object_id"] != "sssom:NoTermFound") == {
        "skos:relatedMatch": 235,
        "skos:closeMatch": 14,
        "skos:broadMatch": 8,
        "skos:narrowMatch": 4,
    }
    indicators = {row["predicate_id"] for row in rows if re.search(r"-L\d$", row["subject_id"])}
    assert indicators == {"skos:relatedMatch"}, "an indicator is an entry criterion"


def test_the_known_false_friends_are_rejected() -> None:
    rejected = {
        (row["subject_id"], row["object_label"])
        for path in MAPPINGS.glob("*.sssom.tsv")
        for row in rows_of(path)
        if row["predicate_modifier"] == "Not"
    }
    assert {
        ("sales:consulting", "sales engineer"),
        ("sales:product", "sales engineer"),
        ("sales:consulting", "door to door seller"),
        ("sales:product", "computer and accessories specialised seller"),
        ("sales:consulting", "Consultancy"),
        ("sales:product", "Product management"),
        ("sales:product", "Product/Service Planning"),
        ("sales:media", "Channel Management"),
    } <= rejected
    assert {(f"itss:Level{n}", label) for n, label in enumerate(SFIA_LEVELS, 1)} <= rejected
    assert {(f"itss:Level{n}", f"e-Competence level e-{n}") for n in range(1, 6)} <= rejected
    assert {(f"itss:Level{n}", f"Level {n}") for n in range(1, 8)} <= rejected


SFIA_LEVELS = (
    "Follow",
    "Assist",
    "Apply",
    "Enable",
    "Ensure, advise",
    "Initiate, influence",
    "Set strategy, inspire, mobilise",
)


BESIDE = {  # the level beside which each indicator stands by content
    "sfia-levels": "3 4 5 5 6 3 4 5 5 3 4 5",
    "ecf-levels": "e-2 e-3 e-3 e-4 e-4 e-2 e-3 e-3 e-4 e-1 e-3 e-3",
    "eqf-levels": "4 5 6 6 7 4 5 6 6 3 5 6",
}


@pytest.mark.parametrize("name", BESIDE)
def test_beside_which_level_each_indicator_stands(name: str) -> None:
    rows = [row for row in rows_of(MAPPINGS / f"{name}.sssom.tsv") if not row["predicate_modifier"]]
    assert [row["subject_id"] for row in rows] == [
        f"sales:{field}-L{level}"
        for field, top in {"consulting": 7, "product": 6, "media": 5}.items()
        for level in range(3, top + 1)
    ]
    assert [row["object_id"].partition(":")[2] for row in rows] == BESIDE[name].split()
    assert max(float(row["confidence"]) for row in rows) <= 0.6, "nothing published bears it out"


def test_a_higher_indicator_stands_beside_no_lower_level() -> None:
    for name in BESIDE:
        levels: dict[str, list[str]] = {}
        for row in rows_of(MAPPINGS / f"{name}.sssom.tsv"):
            if not row["predicate_modifier"]:
                levels.setdefault(row["subject_id"].partition("-L")[0], []).append(row["object_id"])
        assert all(found == sorted(found) for found in levels.values())


def test_everything_that_can_be_linked_is_spoken_of(standard: Standard) -> None:
    items = {
        ITSS.base + name
        for name in (
            "JobCategory",
            "SpecialtyField",
            "ComplexityFactor",
            "SpecialtyArea",
            "SuccessionActivity",
            "DevelopmentMethod",
            "Examination",
            "ProjectTask",
        )
    }
    indicators = {ITSS.KeyPerformanceIndicator}
    undertaken = {item.iri.rpartition("/")[2]: set(item.listed("ext_covers")) for item in load_sets()}
    assert undertaken == {
        "esco": items | indicators,
        "sfia": items,
        "ecf": items,
        "isco": {ITSS.JobCategory, ITSS.SpecialtyField} | indicators,
        "onet": {ITSS.JobCategory, ITSS.SpecialtyField} | indicators,
        "sfia-levels": indicators,
        "ecf-levels": indicators,
        "eqf-levels": indicators,
    }
    assert len(linkable(sorted(items), standard)) == 1 + 3 + 14 + 10 + 7 + 3 + 1 + 3
    listed = {iri for name in ("ListItem", "Examination", "ProjectTask") for iri in members(standard, ITSS.base + name)}
    spoken = {iri for item in load_sets() for iri in coverage(item, standard)}
    assert listed <= spoken
    for item in load_sets():
        assert set(coverage(item, standard).values()) <= {"linked", "unlinked"}


def members(standard: Standard, cls: str) -> set[str]:
    classes = {cls, *standard.graph.subjects(RDFS.subClassOf, cls)}
    return {iri for name in classes for iri in standard.graph.subjects(RDF.type, name)}


# What stands for the frameworks is what the reference has


def test_the_concepts_are_those_of_the_reference() -> None:
    schemes = {
        "ESCO occupation": "esco-occupations",
        "ESCO skill": "esco-skills",
        "ISCO-08 (ESCO URI)": "isco",
        "O*NET-SOC 2019": "onet",
        "SFIA 9": "sfia-skills",
        "SFIA 9 level": "sfia-levels",
        "e-CF 3.0": "ecf",
        "e-CF profile": "ecf-profiles",
    }
    with CROSSWALK.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if row["framework"] in schemes]
    expected = []
    for row in rows:
        scheme = schemes[row["framework"]]
        rdf = re.search(r"RDF IRI ([^\s;]+)", row["note"])
        levels = re.search(r"^levels \S+ \(([\d,]+)\)", row["note"])
        between = re.match(r"levels e-(\d)\.\.e-(\d)", row["note"])
        expected.append(
            (
                scheme,
                row["id"],
                rdf[1] if rdf else row["uri"],
                row["label"],
                row["uri"] if rdf else "",
                tuple(levels[1].split(","))
                if levels
                else tuple(f"e-{n}" for n in range(int(between[1]), int(between[2]) + 1))
                if between
                else (),
            )
        )
    found = [dataclasses.astuple(item) for item in FRAMEWORKS.concepts if item.scheme not in SEEN_ELSEWHERE]
    assert len(found) == 180
    own = "https://w3id.org/itss-kg/ecf/"
    assert [(*row[:2], "" if row[2].startswith(own) else row[2], *row[3:]) for row in found] == expected
    assert all(row[2].endswith(row[1].replace(" ", "-")) for row in found if row[2].startswith(own))


SEEN_ELSEWHERE = ("ecf-levels", "eqf-levels")


def test_levels_that_the_reference_does_not_have_are_those_seen_in_public_copies() -> None:
    """The EQF's are what xsd/ams/cv/eqf.xsd of european-commission-empl/European-Learning-Model has at commit 9d7c5d2."""
    page = "https://europass.europa.eu/en/description-eight-eqf-levels"
    own = "https://w3id.org/itss-kg/ecf/level/3.0/"
    assert [dataclasses.astuple(item) for item in FRAMEWORKS.concepts if item.scheme in SEEN_ELSEWHERE] == [
        *(("ecf-levels", f"e-{n}", f"{own}e-{n}", f"e-Competence level e-{n}", "", ()) for n in range(1, 6)),
        *(("eqf-levels", str(n), f"http://data.europa.eu/snb/eqf/{n}", f"Level {n}", page, ()) for n in range(1, 9)),
    ]
    assert {item.key for item in FRAMEWORKS.schemes if item.seen} == set(SEEN_ELSEWHERE)
    assert all("://" in copy or "github.com/" in copy for item in FRAMEWORKS.schemes for copy in item.seen)
    assert "these are this project's" in FRAMEWORKS.scheme("ecf-levels").rights
    assert FRAMEWORKS.scheme("eqf-levels").see_also == "http://data.europa.eu/snb/eqf/25831c2"


def test_identifiers_are_formed_as_their_schemes_say() -> None:
    for item in FRAMEWORKS.concepts:
        scheme = FRAMEWORKS.scheme(item.scheme)
        assert FRAMEWORKS.scheme_of(item.iri) == scheme
        assert scheme.well_formed(item.iri), item
        assert not scheme.well_formed(item.iri + "x")
    assert FRAMEWORKS.keys == ("esco", "isco", "onet", "sfia", "ecf", "eqf")


def test_the_levels_compared_have_each_attribute_once() -> None:
    declared = {item.key: item.attributes for item in FRAMEWORKS.schemes if item.attributes}
    assert declared == {
        key: {name: ITSS.base + f"covers{name.capitalize()}" for name in names.split()}
        for key, names in {
            "sfia-levels": "autonomy influence complexity",
            "ecf-levels": "autonomy complexity behaviour",
            "eqf-levels": "knowledge skills responsibility",
        }.items()
    }
    found = Counter((item.scheme, item.level, item.attribute) for item in FRAMEWORKS.attributes)
    assert found == {
        (item.scheme, item.code, name): 1
        for item in FRAMEWORKS.concepts
        if item.scheme in declared
        for name in declared[item.scheme]
    }
    assert len({item.asks for item in FRAMEWORKS.attributes}) == len(found) == 7 * 3 + 5 * 3 + 8 * 3
    for level in (item for item in FRAMEWORKS.concepts if item.scheme in declared):
        assert [item.attribute for item in FRAMEWORKS.asked_at(level.iri)] == list(declared[level.scheme])
    assert FRAMEWORKS.asked_at("https://rdf.sfia-online.org/9/skills/SALE") == FRAMEWORKS.asked_at("https://example.org/") == ()


def test_no_description_of_a_framework_is_held() -> None:
    described = yaml.safe_load((ROOT / "data" / "frameworks" / "frameworks.yaml").read_text(encoding="utf-8"))
    assert all(item["rights"] for item in described.values())
    assert max(len(item.label) for item in FRAMEWORKS.concepts) < 100


# The checks


def test_the_bundled_sets_are_faultless(standard: Standard) -> None:
    sets = load_sets()
    assert check(sets, standard, FRAMEWORKS) == []
    assert shape_findings(sets, FRAMEWORKS) == []


MEDIA = "sales:media\tSales via Media\t"
CURATED = "semapv:ManualMappingCuration"
# For each check: the set, what is changed in its text, and a part of what is then said.
MUTATIONS: dict[str, list[tuple[str, str, str, str]]] = {
    "header": [
        ("isco", "#license: https://creativecommons.org/licenses/by/4.0/\n", "", "the header has no license"),
        ("isco", "#license: https://creat", "#license: creat", "license must be a whole IRI"),
        ("isco", "#mapping_set_id: https://w3id.org/itss-kg/mappings/isco\n", "", "the header has no mapping_set_id"),
        ("isco", "#  sales: ", "#  skos: https://example.org/\n#  sales: ", "the prefix skos is SSSOM's own"),
    ],
    "columns": [
        ("isco", "\tmapping_justification\t", "\tjustification\t", "there is no column mapping_justification"),
        ("isco", "\tconfidence\tcomment\n", "\tconfidence\tremark\n", "the column remark is no slot"),
        ("isco", "#license: ", "#licence: a\n#license: ", "licence in the header is no slot"),
        ("sfia-levels", "\text_influence\t", "\text_weight\t", "there is no column for influence <"),
        ("sfia-levels", "\text_gaps\n", "\text_holes\n", "there is no column for what is left open <"),
        ("ecf-levels", "\text_behaviour\t", "\text_manner\t", "there is no column for behaviour <"),
        ("eqf-levels", "\text_gaps\n", "\text_holes\n", "there is no column for what is left open <"),
        ("eqf-levels", "itss:coversSkills", "itss:coversInfluence", "there is no column for skills <"),
    ],
    "filled": [
        (
            "isco",
            f"\t{CURATED}\titss-kg project, mapping curator\tframework:isco\t08\t2026-11-25\t0.7\t",
            "\t\titss-kg project, mapping curator\tframework:isco\t08\t2026-11-25\t0.7\t",
            "mapping_justification is empty",
        ),
        ("isco", "Considered and rejected: gives information; sells nothing.", "no", "the comment must say why"),
    ],
    "identifiers": [
        ("isco", "isco:C5244", "ilo:C5244", "object_id 'ilo:C5244' is no CURIE"),
        (
            "isco",
            "\tisco:C5244\tContact centre salespersons\t",
            "\tisco:5244\tContact centre salespersons\t",
            "is not formed like",
        ),
        (
            "esco",
            "esco-occupation:0ededdc2-",
            "esco-occupation:0ededdc-",
            "is not formed like an identifier of ESCO occupations 1.1",
        ),
    ],
    "subjects": [
        (
            "isco",
            f"{MEDIA}skos:relatedMatch\t\tisco:C5244",
            "sales:medium\tSales via Media\tskos:relatedMatch\t\tisco:C5244",
            "is nothing that the standard describes",
        )
    ],
    "subject-labels": [
        ("isco", MEDIA, "sales:media\tSales through Media\t", "is not what the standard calls it: 'Sales via Media'")
    ],
    "object-labels": [
        ("isco", "\tContact centre salespersons\t", "\tCall centre salespersons\t", "calls it: 'Contact centre salespersons'"),
        (
            "isco",
            "isco:C5244\tContact centre salespersons",
            "isco:C5245\tService station attendants",
            "is not among the concepts",
        ),
        ("ecf", "\tsssom:NoTermFound\t\t", "\tsssom:NoTermFound\tnothing\t", "there is no object_label"),
    ],
    "sources": [
        (
            "isco",
            "framework:isco\t08\t2026-11-25\t0.5\tSells ICT; ",
            "framework:esco\t08\t2026-11-25\t0.5\tSells ICT; ",
            "object_source must be",
        ),
        (
            "isco",
            "framework:isco\t08\t2026-11-25\t0.5\tSells ICT; ",
            "framework:isco\t88\t2026-11-25\t0.5\tSells ICT; ",
            "must be '08', not '88'",
        ),
        ("ecf", "framework:ecf\t", "framework:efc\t", "is no framework that is held here"),
    ],
    "predicates": [
        ("isco", "skos:broadMatch", "owl:sameAs", "is none of the mapping relations of SKOS"),
        ("isco", "\tNot\t", "\tNo\t", "predicate_modifier is Not or empty, not 'No'"),
        ("ecf", "skos:relatedMatch\t\tsssom:NoTermFound", "skos:relatedMatch\tNot\tsssom:NoTermFound", "is not negated"),
        (
            "isco",
            "Sales via Media, Level 3\tskos:relatedMatch",
            "Sales via Media, Level 3\tskos:exactMatch",
            "no occupation, skill or level is the same",
        ),
    ],
    "justifications": [("isco", CURATED, "skos:related", "is no term of SEMAPV")],
    "confidences": [
        ("isco", "\t0.7\t", "\t1.7\t", "confidence is a number from 0 to 1, not '1.7'"),
        ("isco", "\t0.7\t", "\thigh\t", "not 'high'"),
        ("isco", "\t0.7\t", "\tnan\t", "not 'nan'"),
    ],
    "dates": [
        ("isco", "\t2026-11-25\t0.7\t", "\t2026-11-31\t0.7\t", "mapping_date is a day such as 2026-01-31, not '2026-11-31'")
    ],
    "comparisons": [
        ("sfia-levels", "whole by specialty\t", "quite\t", "ext_autonomy is 'whole by …'"),
        (
            "sfia-levels",
            "whole by specialty\t",
            "whole by succession\t",
            "'succession', which is no criterion of consulting-L3",
        ),
        ("sfia-levels", "whole by specialty\t", "none by specialty\t", "or 'none', not 'none by specialty'"),
        ("ecf-levels", "part by specialty, scope\t", "\t", "ext_autonomy is 'whole by …'"),
        ("ecf-levels", "part by specialty, complexity\t", "partly\t", "ext_behaviour is 'whole by …'"),
        ("eqf-levels", "none\tpart by", "none\tpart by succession, ", "'succession', which is no criterion of consulting-L3"),
        ("eqf-levels", "\tnone\tpart by", "\tno\tpart by", "ext_knowledge is 'whole by …'"),
        (
            "eqf-levels",
            "\tknowledge, apart from its use; oversight of the routine work of others; "
            "all of it, where the examination alone gives the level\n",
            "\t\n",
            "ext_gaps must say what the level asks and the indicator does not",
        ),
    ],
    "duplicates": [
        (
            "isco",
            "isco:C3322\tCommercial sales representatives",
            "isco:C2434\tInformation and communications technology sales professionals",
            "is judged already in",
        ),
        ("isco", "mappings/isco\n", "mappings/esco\n", "the identifier <https://w3id.org/itss-kg/mappings/esco> is that of"),
    ],
    "contradictions": [
        (
            "isco",
            "skos:closeMatch\tNot\tisco:C5243",
            "skos:closeMatch\t\tisco:C5243\tDoor to door salespersons\tsemapv:ManualMappingCuration\t"
            "itss-kg project, mapping curator\tframework:isco\t08\t2026-11-25\t0.95\tBoth visit customers to sell things.\n"
            "sales:consulting\tConsulting Sales by Visiting Customers\tskos:closeMatch\tNot\tisco:C5243",
            "is denied in",
        ),
        (
            "sfia",
            "sales:succession-book\tpublication of a book\tskos:closeMatch\tNot\t",
            "sales:succession-book\tpublication of a book\tskos:closeMatch\t\t",
            "so that something was found",
        ),
    ],
    "cycles": [
        (
            "ecf",
            "sales:job-category\tSales\tskos:relatedMatch\t\tecf:D.7\tSales Management",
            "itss:Coaching\tcoaching\tskos:narrowMatch\t\tecf:D.9\tPersonnel Development",
            "and by the other mappings the other way round",
        ),
    ],
    "coverage": [
        (
            "ecf",
            "itss:AppliedITEE\tApplied Information Technology Engineer Examination\t",
            "itss:Level7\tLevel 7\t",
            "nothing is said of <https://w3id.org/itss-kg/ns#AppliedITEE>",
        ),
        (
            "ecf",
            "#- itss:Examination",
            "#- itss:Exam",
            "<https://w3id.org/itss-kg/ns#Exam> is no class that the standard describes",
        ),
    ],
}
# What a change must break besides.
ALSO = {
    "columns": {"filled", "predicates", "justifications", "comparisons"},
    "header": {"subjects", "identifiers", "predicates"},
    "identifiers": {"object-labels", "sources"},
    "subjects": {"coverage"},
    "object-labels": {"contradictions"},
    "sources": {"contradictions"},
    "predicates": {"contradictions", "cycles"},
    "cycles": {"duplicates", "coverage"},
    "duplicates": {"coverage"},
}  # fmt: skip


def test_every_check_has_a_mutation() -> None:
    assert sorted(MUTATIONS) == sorted(CHECKS)


@pytest.mark.parametrize(("name", "place"), [(name, place) for name, cases in MUTATIONS.items() for place in range(len(cases))])
def test_a_check_finds_what_it_is_for(name: str, place: int, standard: Standard) -> None:
    owner, old, new, said = MUTATIONS[name][place]
    path = MAPPINGS / f"{owner}.sssom.tsv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    changed = read_set(text.replace(old, new, 1), str(path))
    found = check([changed if item.source == str(path) else item for item in load_sets()], standard, FRAMEWORKS)
    assert said in "\n".join(item.message for item in found if item.check == name), found
    assert {item.check for item in found} <= {name} | ALSO.get(name, set()), found
    assert {item.source for item in found} <= {str(path), str(MAPPINGS / "sfia.sssom.tsv")}
    assert all(str(item).startswith(f"{item.source}:{item.line}: ") for item in found)


def test_of_an_attribute_that_a_level_does_not_have_nothing_is_said(standard: Standard) -> None:
    """Also where one set compares with the levels of several frameworks, each by its own attributes."""
    whole = dataclasses.replace(merged(load_sets()), source="all.sssom.tsv")
    assert check([whole], standard, FRAMEWORKS) == []
    place = next(
        n for n, row in enumerate(whole.mappings) if row.holds and row.object.startswith("http://data.europa.eu/snb/eqf/")
    )
    row = whole.mappings[place]
    wrong = dataclasses.replace(row, slots={**row.slots, "ext_influence": "part by scope"}, line=9)
    changed = dataclasses.replace(whole, mappings=(*whole.mappings[:place], wrong, *whole.mappings[place + 1 :]))
    assert [str(item) for item in check([changed], standard, FRAMEWORKS)] == [
        "all.sssom.tsv:9: ext_influence is no attribute of what is linked to, so nothing may be said of it here: "
        "'part by scope' [comparisons]"
    ]


def test_a_set_that_compares_nothing_may_link_to_a_level(standard: Standard) -> None:
    path = MAPPINGS / "eqf-levels.sssom.tsv"
    whole = read_file(path)
    columns = tuple(name for name in whole.columns if not name.startswith("ext_"))
    rows = [dataclasses.replace(row, slots={name: row[name] for name in columns if row[name]}) for row in whole.mappings]
    bare = dataclasses.replace(whole, extensions=(), mappings=tuple(rows), columns=columns)
    bare.metadata.pop("ext_covers")
    assert check([bare], standard, FRAMEWORKS) == []


def test_a_set_beside_others_may_judge_a_pair_again_but_not_affirm_what_is_rejected(standard: Standard) -> None:
    text = (MAPPINGS / "isco.sssom.tsv").read_text(encoding="utf-8").replace("mappings/isco\n", "mappings/own\n")
    own = read_set(text, "own.sssom.tsv")
    assert check([own], standard, FRAMEWORKS, load_sets()) == []
    friend = read_set(text.replace("skos:closeMatch\tNot\tisco:C5243", "skos:closeMatch\t\tisco:C5243"), "own.sssom.tsv")
    found = check([friend], standard, FRAMEWORKS, load_sets())
    assert {item.check for item in found} == {"contradictions"}
    assert "goods sold at private homes" in found[0].message
    assert f"is denied in {MAPPINGS / 'isco.sssom.tsv'}:" in found[0].message


# The graph


def test_what_is_denied_or_absent_is_nowhere_said_directly() -> None:
    found = rdflib.Graph().parse(MAPPINGS / "links.ttl")
    denied = 0
    sssom = rdflib.Namespace("https://w3id.org/sssom/")
    for node in found.subjects(RDF_TYPE, sssom.Mapping):
        direct = tuple(
            found.value(node, rdflib.URIRef(OWL[name])) for name in ("annotatedSource", "annotatedProperty", "annotatedTarget")
        )
        held = (node, sssom.predicate_modifier, None) not in found and direct[2] != sssom.NoTermFound
        assert (direct in found) == held
        assert ((node, RDF_TYPE, rdflib.URIRef(OWL.Axiom)) in found) == held
        denied += not held
    assert denied == 64 + 38
    relations = [SKOS[name] for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")]
    assert sum(len(list(found.triples((None, rdflib.URIRef(iri), None)))) for iri in relations) == 261


RDF_TYPE = rdflib.URIRef(RDF.type)


def test_whatever_is_linked_has_a_name(standard: Standard) -> None:
    found = link_triples(load_sets())
    for item in load_sets():
        for row in item.mappings:
            if not row.unlinked:
                assert found.text(row.object, RDFS.label) == row["object_label"]
                assert found.text(row.subject, RDFS.label) is None, "the standard's own words stay in its own graph"
                assert row.subject in standard.described


LABEL, COMMENT = f"<{RDFS.label}>", f"<{RDFS.comment}>"
AUTHORED, LICENCE = "<http://purl.org/dc/terms/created>", "<http://purl.org/dc/terms/license>"
SHAPE_MUTATIONS = [  # a property whose values are taken away, what stands in their place, what is then said
    ("owl:annotatedSource", "", "must say what it links (owl:annotatedSource)"),
    ("owl:annotatedProperty", "owl:sameAs", "must say how (owl:annotatedProperty)"),
    ("owl:annotatedTarget", "", "must say what it links to"),
    ("sssom:mapping_justification", "", "must say how it was found"),
    ("sssom:confidence", "2e0", "must say how sure its author is"),
    (COMMENT, "'so'", "must say why"),
    (AUTHORED, "", "must say when it was judged"),
    ("sssom:author_label", "", "must say who judged it"),
    ("sssom:object_source", "", "must name the other framework"),
    ("sssom:object_source_version", "", "must say which version"),
    (LICENCE, "", "must have one licence"),
    ("sssom:mappings", "", "must have mappings"),
    (LABEL, "", "must have a name"),
    ("sssom:predicate_modifier", "sssom:NegatedPredicate ; a owl:Axiom", "is no statement"),
]


@pytest.mark.parametrize(("predicate", "instead", "said"), SHAPE_MUTATIONS)
def test_each_shape_finds_what_it_is_for(predicate: str, instead: str, said: str) -> None:
    data = rdflib.Graph().parse(data=as_turtle(link_triples([read_file(MAPPINGS / "isco.sssom.tsv")])), format="turtle")
    insert = f"INSERT {{ ?s {predicate} {instead} }} " if instead else ""
    prefixes = "PREFIX sssom: <https://w3id.org/sssom/> PREFIX owl: <http://www.w3.org/2002/07/owl#> "
    data.update(f"{prefixes} DELETE {{ ?s {predicate} ?o }} {insert} WHERE {{ ?s {predicate} ?o }}")
    conforms, report, _ = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(SHAPES), inference="none")
    assert not conforms
    assert said in " ".join(str(message) for message in report.objects(None, rdflib.SH.resultMessage))


# A second job category


def test_sets_belong_to_a_standard_by_their_subjects() -> None:
    second = load(SECOND)
    shared = list(about(load_sets(), second))
    assert {local_name(item.iri) for item in shared} == {"ecf", "ecf-levels", "eqf-levels", "esco", "sfia", "sfia-levels"}
    assert all(row.subject.startswith(ITSS.base) for item in shared for row in item.mappings), "of the core, none of Sales"
    assert check(shared, second, FRAMEWORKS) == []
    field = second.fields[0]
    row = read_file(MAPPINGS / "isco.sssom.tsv").mappings[0]
    slots = {**row.slots, "subject_id": field.iri, "subject_label": second.label(field.iri)}
    own = MappingSet(
        {"mapping_set_id": "https://example.org/s", "mapping_set_title": "s", "mapping_set_version": "1", "license": "https://example.org/l"},
        {"ex": "https://example.org/"},
        (),
        (dataclasses.replace(row, slots=slots),),
        tuple(slots),
        "s.sssom.tsv",
    )  # fmt: skip
    assert check([own], second, FRAMEWORKS) == []
    kept = next(about([own, *load_sets()], second))
    assert (field.iri, SKOS.closeMatch, "http://data.europa.eu/esco/isco/C2434") in link_triples([kept])
    with pytest.raises(CallError, match="is no class that the standard describes"):
        linkable([ITSS.base + "Nothing"], second)


def test_local_names_are_those_of_the_sets() -> None:
    assert sorted(local_name(item.iri) for item in load_sets()) == [
        "ecf",
        "ecf-levels",
        "eqf-levels",
        "esco",
        "isco",
        "onet",
        "sfia",
        "sfia-levels",
    ]


REASONS = [
    ("どちらも顧客を維持する。", 0),
    ("どちらも顧客を維持。", 1),
    ("both keep the customers.", 0),
    ("both keep the customers", 1),
]


@pytest.mark.parametrize(("reason", "said"), REASONS)
def test_a_sentence_of_japanese_needs_half_as_many_signs(reason: str, said: int, standard: Standard) -> None:
    whole = read_file(MAPPINGS / "isco.sssom.tsv")
    first = dataclasses.replace(whole.mappings[0], slots={**whole.mappings[0].slots, "comment": reason})
    found = check([dataclasses.replace(whole, mappings=(first,))], standard, load_frameworks())
    assert sum("must say why" in item.message for item in found) == said
