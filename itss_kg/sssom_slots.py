"""The slots of SSSOM 1.0: which there are, what values each has, and the property that it is in RDF.

`LATER` are those of SSSOM 1.1, which are understood as texts.
"""

from __future__ import annotations

from itss_kg.namespaces import DCTERMS, OWL, PAV, PROV, RDF, RDFS, SKOS, SSSOM

__all__ = [
    "DATES",
    "ENTITIES",
    "LINKS",
    "MULTIPLE",
    "NUMBERS",
    "PROPAGATED",
    "PROPERTIES",
    "SET_ENTITIES",
    "SET_SLOTS",
    "SLOTS",
    "TYPES",
]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SLOTS = _names(
    """subject_id subject_label subject_category predicate_id predicate_label predicate_modifier object_id object_label
    object_category mapping_justification author_id author_label reviewer_id reviewer_label creator_id creator_label license
    subject_type subject_source subject_source_version object_type object_source object_source_version predicate_type
    mapping_provider mapping_source mapping_cardinality mapping_tool mapping_tool_version mapping_date publication_date
    confidence curation_rule curation_rule_text subject_match_field object_match_field match_string subject_preprocessing
    object_preprocessing similarity_score similarity_measure see_also issue_tracker_item other comment"""
)
SET_SLOTS = _names(
    """mapping_set_id mapping_set_version mapping_set_source mapping_set_title mapping_set_description creator_id creator_label
    license subject_type subject_source subject_source_version object_type object_source object_source_version predicate_type
    mapping_provider mapping_tool mapping_tool_version mapping_date publication_date subject_match_field object_match_field
    subject_preprocessing object_preprocessing similarity_measure curation_rule curation_rule_text see_also issue_tracker
    other comment"""
)
LATER = _names(
    "record_id sssom_version cardinality_scope review_date reviewer_agreement mapping_tool_id mapping_set_confidence"
)
ENTITIES = _names(
    """subject_id predicate_id object_id mapping_justification author_id reviewer_id creator_id subject_source object_source
    mapping_source curation_rule subject_match_field object_match_field subject_preprocessing object_preprocessing
    issue_tracker_item"""
)
SET_ENTITIES = ENTITIES & SET_SLOTS
LINKS = frozenset({"license", "mapping_provider", "mapping_set_source", "issue_tracker", "see_also"})
DATES = frozenset({"mapping_date", "publication_date"})
NUMBERS = frozenset({"confidence", "similarity_score"})
MULTIPLE = _names(
    """author_id author_label reviewer_id reviewer_label creator_id creator_label see_also curation_rule curation_rule_text
    subject_match_field object_match_field match_string subject_preprocessing object_preprocessing mapping_set_source"""
)
PROPAGATED = _names(
    """mapping_date mapping_provider mapping_tool mapping_tool_version object_match_field object_preprocessing object_source
    object_source_version object_type subject_match_field subject_preprocessing subject_source subject_source_version
    subject_type predicate_type similarity_measure curation_rule curation_rule_text"""
)
# what stands for a value of an enumeration in RDF
TYPES = {
    "owl class": OWL.Class,
    "owl object property": OWL.ObjectProperty,
    "owl data property": OWL.base + "DataProperty",  # as SSSOM has it
    "owl annotation property": OWL.AnnotationProperty,
    "owl named individual": OWL.NamedIndividual,
    "skos concept": SKOS.Concept,
    "rdfs class": RDFS.Class,
    "rdfs datatype": RDFS.Datatype,
    "rdfs literal": RDFS.Literal,
    "rdfs resource": RDFS.Resource,
    "rdf property": RDF.Property,
    "composed entity expression": SSSOM.base + "ComposedEntityExpression",
}
_OWN = {
    "subject_id": OWL.annotatedSource,
    "predicate_id": OWL.annotatedProperty,
    "object_id": OWL.annotatedTarget,
    "author_id": PAV.authoredBy,
    "comment": RDFS.comment,
    "creator_id": DCTERMS.creator,
    "license": DCTERMS.license,
    "mapping_date": DCTERMS.created,
    "mapping_set_description": DCTERMS.description,
    "mapping_set_source": PROV.wasDerivedFrom,
    "mapping_set_title": DCTERMS.title,
    "mapping_set_version": OWL.versionInfo,
    "publication_date": DCTERMS.issued,
    "see_also": RDFS.seeAlso,
}
PROPERTIES = {slot: _OWN.get(slot, SSSOM.base + slot) for slot in sorted(SLOTS | SET_SLOTS)}
