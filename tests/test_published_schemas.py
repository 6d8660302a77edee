"""Exports held against the schemas, shapes, vocabularies and contexts that their formats publish, where these are at hand."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rdflib

from itss_kg import Reading, as_case, as_ctdl_asn, as_elm, as_open_badge, as_schema_org, attained, load
from itss_kg.input import read_candidates
from itss_kg.resources import ROOT, bundled
from itss_kg.standard import LANGUAGES
from tests import servers
from tests.published import CONTEXTS, as_ntriples, expanded, published, published_text
from tests.schemas import SOURCES, bring
from tests.test_exchange import CATEGORIES

ROW = re.compile(r"^\| `(.+)` \| \[(.+)\]\(https://github\.com/\2\) \| `(.+)` \| `([0-9a-f]{40})` \|$", re.MULTILINE)
ELM = rdflib.Namespace("http://data.europa.eu/snb/model/elm/")


@pytest.fixture(scope="module", params=CATEGORIES)
def any_reading(request: pytest.FixtureRequest) -> Reading:
    return Reading(load(*CATEGORIES[request.param]))


@cache
def credentials() -> dict[str, dict[str, Any]]:
    """Credentials of every sort: of records and of an examination, with names and records and without, in both languages."""
    reading = Reading(load())
    found = {}
    for name, key in (("consulting-l7", "consulting-L7"), ("product-l4", "product-L4"), ("examination", "media-L3")):
        graph = read_candidates([str(bundled("data", "candidates", f"{name}.ttl"))])
        indicator = reading.standard.find_indicator(key)
        for more in (False, True):
            award = attained(
                graph,
                f"https://example.org/person/{name}",
                indicator,
                reading,
                issuer="https://issuer.example/",
                issued="2026-04-01T00:00:00Z",
                issuer_name="Example KK",
                country="JPN",
                with_name=more,
                records=more,
            )
            assert award is not None
            for language in LANGUAGES:
                found[f"badge {key} {more} {language}"] = as_open_badge(award, language)
            found[f"claim {key} {more}"] = as_elm(award)
    return found


def test_the_document_says_where_each_schema_is_from() -> None:
    rows = ROW.findall((ROOT / "docs" / "exports.md").read_text(encoding="utf-8"))
    assert rows == [(one.name, one.repository, one.path, one.commit) for one in SOURCES]
    named = re.findall(r'"([\w.-]+\.(?:json|jsonld|ttl))"', Path(__file__).read_text(encoding="utf-8"))
    used = {*named, *(theirs for theirs, _ in CONTEXTS.values())}
    assert used == {one.name for one in SOURCES}


def test_only_the_very_file_is_brought(tmp_path: Path) -> None:
    source = SOURCES[0]
    served = tmp_path / "served"
    place = served / source.repository / source.commit / source.path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"{}")
    port = servers.free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(served)]
    with servers.running(command, f"http://127.0.0.1:{port}/") as address:
        with pytest.raises(SystemExit, match="its digest is another"):
            bring(source, tmp_path, address)
        assert not (tmp_path / source.name).exists()
        bring(source._replace(sha256=hashlib.sha256(b"{}").hexdigest()), tmp_path, address)
    assert (tmp_path / source.name).read_bytes() == b"{}"
    with pytest.raises(SystemExit, match="no address of the web"):
        bring(source, tmp_path, served.as_uri())


def faults(document: Any, schema: Any, validator: Any) -> list[str]:
    checker = validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in checker.iter_errors(document)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_case_packages_conform_to_the_json_schema_of_1edtech(any_reading: Reading, language: str) -> None:
    schema = published("case_v1p1_cfpackage-jsonschema1.json")
    package = as_case(any_reading, language)
    assert faults(package, schema, jsonschema.Draft201909Validator) == []
    del package["CFItems"][3]["fullStatement"]
    package["CFAssociations"][0]["associationType"] = "isNephewOf"
    assert len(faults(package, schema, jsonschema.Draft201909Validator)) == 2, "the schema finds what is wrong"


def test_badges_conform_to_the_json_schema_of_1edtech() -> None:
    schema = published("ob_v3p0_achievementcredential_schema.json")
    badges = {name: found for name, found in credentials().items() if name.startswith("badge")}
    assert len(badges) == 12
    for name, badge in badges.items():
        assert faults(badge, schema, jsonschema.Draft201909Validator) == [], name
    wrong = json.loads(json.dumps(badge))
    del wrong["credentialSubject"]["achievement"]["criteria"]
    wrong["validFrom"] = 7
    assert len(faults(wrong, schema, jsonschema.Draft201909Validator)) == 2, "the schema finds what is wrong"


def test_claims_conform_to_the_shapes_of_the_european_learning_model() -> None:
    """The application profile of European Digital Credentials, with its controlled vocabularies."""
    from pyshacl import validate

    shapes = rdflib.Graph()
    for name in ("EDC-generic-no-cv.ttl", "EDC-generic-full.ttl"):
        shapes.parse(data=published_text(name), format="turtle")
    claims = {name: found for name, found in credentials().items() if name.startswith("claim")}
    assert len(claims) == 6
    for name, claim in claims.items():
        graph = rdflib.Graph().parse(data=as_ntriples(claim), format="nt")
        assert (None, rdflib.RDF.type, ELM.LearningAchievement) in graph
        conforms, _, text = validate(graph, shacl_graph=shapes)
        assert conforms, f"{name}\n{text}"
    for lost in (ELM.awardingBody, ELM.countryCode, ELM.grade, ELM.hasClaim, rdflib.DCTERMS.title):
        less = rdflib.Graph()
        for triple in graph:
            if triple[1] != lost:
                less.add(triple)
        assert not validate(less, shacl_graph=shapes)[0], f"the shapes ask for {lost}"


def test_every_term_of_a_claim_is_one_of_the_european_learning_model() -> None:
    model = rdflib.Graph().parse(data=published_text("ELM.ttl"), format="turtle")
    for claim in credentials().values():
        if "hasClaim" in claim:
            graph = rdflib.Graph().parse(data=as_ntriples(claim), format="nt")
            used = {term for triple in graph for term in triple if str(term).startswith(str(ELM))}
            assert len(used) > 10
            assert all((term, None, None) in model for term in used)


LATER = {"ceasn:competencyLabel", "ceasn:dateModified", "asn:hasProgressionLevel", "asn:hasProgressionModel"}


def test_ctdl_asn_conforms_to_the_json_schemas_of_credential_engine(reading: Reading) -> None:
    """Its JSON Schemas are of 2019: terms that the vocabulary got later are left out, as is the http of the context's address.

    There a category is a list of language maps; by the context, which has the last word on how JSON-LD is read, it is one.
    """
    schemas = {
        "ceasn:CompetencyFramework": published("ctdlasn-competency_framework.json"),
        "ceasn:Competency": published("ctdlasn-competency.json"),
    }
    checked = 0
    for node in as_ctdl_asn(reading)["@graph"]:
        schema = schemas.get(str(node["@type"]))
        if schema is not None:
            then = {name: value for name, value in node.items() if name not in LATER}
            if "ceasn:competencyCategory" in then:
                then["ceasn:competencyCategory"] = [then["ceasn:competencyCategory"]]
            assert faults(then, schema, jsonschema.Draft4Validator) == [], node["@id"]
            checked += 1
    assert checked == 1 + (1 + 3 + 12 + 6 * 12 - 12 + 9 + 9 + 3)


def test_ctdl_asn_uses_each_term_where_its_vocabulary_has_it(any_reading: Reading) -> None:
    described = {term["@id"]: term for term in published("ctdlasn-vocabulary.json")["@graph"]}
    for node in as_ctdl_asn(any_reading)["@graph"]:
        kinds = {node["@type"]} if isinstance(node["@type"], str) else set(node["@type"])
        assert kinds <= set(described)
        for name in node:
            if not name.startswith("@"):
                assert kinds & set(described[name]["schema:domainIncludes"]), (kinds, name)


def test_schema_org_uses_each_term_where_its_vocabulary_has_it(any_reading: Reading) -> None:
    described = {term["@id"]: term for term in published("schemaorg-all-https.jsonld")["@graph"]}

    def named(term: dict[str, Any], key: str) -> list[str]:
        value = term.get(key, [])
        return [one["@id"] for one in (value if isinstance(value, list) else [value])]

    def above(kind: str) -> set[str]:
        return {kind}.union(*map(above, named(described[kind], "rdfs:subClassOf")))

    def check(node: dict[str, Any]) -> None:
        kinds = [node["@type"]] if isinstance(node["@type"], str) else node["@type"]
        wider = set().union(*(above(f"schema:{kind}") for kind in kinds))
        for name, value in node.items():
            if not name.startswith("@"):
                assert wider & set(named(described[f"schema:{name}"], "schema:domainIncludes")), (kinds, name)
                for one in value if isinstance(value, list) else [value]:
                    if isinstance(one, dict) and "@type" in one:
                        check(one)

    for node in as_schema_org(any_reading)["@graph"]:
        check(node)


@pytest.mark.parametrize("address", CONTEXTS)
def test_our_statement_of_the_terms_is_that_of_the_published_context(address: str, reading: Reading) -> None:
    documents = [as_ctdl_asn(reading), as_schema_org(reading), *credentials().values()]
    using = [one for one in documents if address in one["@context"]]
    assert using
    for document in using:
        assert expanded(document) == expanded(document, of_others=True)
