"""The names that the code refers to. Everything else about the vocabulary is read from the ontology."""

from __future__ import annotations

__all__ = [
    "CONTEXT_IRI",
    "DCTERMS",
    "ITSS",
    "NAMING",
    "OA",
    "OWL",
    "PAV",
    "PREFIXES",
    "PROV",
    "RDF",
    "RDFS",
    "RELATIVE_BASE",
    "SCHEMA",
    "SEMAPV",
    "SH",
    "SKOS",
    "SSSOM",
    "XSD",
    "curie",
    "local_name",
]


class Vocabulary:
    """The IRIs of one vocabulary; a name that was not listed raises, so that a misspelt term is never looked up in vain."""

    def __init__(self, base: str, names: str) -> None:
        self.base = base
        self._names = frozenset(names.split())

    def __getattr__(self, name: str) -> str:
        if name not in self._names:
            raise AttributeError(f"{self.base} has no {name} here")
        return self.base + name

    __getitem__ = __getattr__  # for names that are words of Python, e.g. SH["in"]

    def __contains__(self, iri: str) -> bool:
        return iri.startswith(self.base)


ITSS = Vocabulary(
    "https://w3id.org/itss-kg/ns#",
    """JobCategory SpecialtyField Level KeyPerformanceIndicator Criterion BusinessCriterion ProfessionalCriterion ScopeCriterion
    TrackRecordCriterion ComplexityCriterion SizeCriterion SpecialtyCriterion SuccessionCriterion DevelopmentCriterion
    ExaminationRemark SizeBand Measure MeasureRange ReadingRule Erratum Passage Furniture ItemList ListItem SegmentKind
    InvestmentPhase PhaseActivity Alternative ScopeAlternative SizeAlternative SegmentDemand
    Candidate Engagement Project MarketSegment SpecialtyRecord SuccessionRecord DevelopmentRecord
    hasEngagement responsibleFor hasSpecialty hasSuccession hasDevelopment passedExamination claims inField onProject performed
    peakPersonnel annualContractValue hasComplexity metExpectation segmentKind employees judgedEquivalentTo judgedBy inArea
    guidance contribution activityKind method
    ofCategory ofField atLevel hasCriterion hasRemark requiresTask requiresExpectation hasActivity hasAlternative
    demandsSegments minimumSegments acceptsKind minimumEmployees employeesBelow admitsEquivalent minimumTimes minimumLeading
    leadingLevel otherLevel minimumFactors requiresFactor choosesFrom inBand hasRange ofMeasure atLeast below minimumGuidance
    minimumContribution minimumKinds examination givesLevel levelNumber nextLevel rank countsAs
    statedIn sha256 inSection inIndicator concerns appliesRule printed readAs evidence
    Assessment Verdict Shortfall ofCandidate attainedLevel attainedIndicator basis nextIndicator meets hasShortfall
    ofCriterion required found RecordBasis ExaminationBasis
    R11 itself key position pluralLabel counter unit recordedAs decidedBy japaneseLabelFrom VerifiedSource
    ProjectTranslation coversClass LevelAttribute attributeOf coveredAs levelAsks leavesOpen definedAt""",
)
RDF = Vocabulary("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "type first rest nil langString Property")
RDFS = Vocabulary(
    "http://www.w3.org/2000/01/rdf-schema#",
    "label domain range subClassOf subPropertyOf seeAlso comment Datatype Class Literal Resource",
)
OWL = Vocabulary(
    "http://www.w3.org/2002/07/owl#",
    """Ontology imports Class ObjectProperty DatatypeProperty AnnotationProperty FunctionalProperty onDatatype withRestrictions
    onProperty hasValue equivalentClass versionInfo unionOf Axiom annotatedSource annotatedProperty annotatedTarget
    NamedIndividual""",
)
XSD = Vocabulary(
    "http://www.w3.org/2001/XMLSchema#",
    "string integer decimal double float boolean date dateTime anyURI minInclusive minExclusive nonNegativeInteger",
)
SKOS = Vocabulary(
    "http://www.w3.org/2004/02/skos/core#",
    """Concept ConceptScheme member inScheme definition notation note prefLabel exactMatch closeMatch
    broadMatch narrowMatch relatedMatch""",
)
DCTERMS = Vocabulary(
    "http://purl.org/dc/terms/",
    """identifier title description license source date publisher creator created issued isPartOf modified rights
    rightsHolder""",
)
PAV = Vocabulary("http://purl.org/pav/", "authoredBy")
OA = Vocabulary("http://www.w3.org/ns/oa#", "hasSource hasSelector start end TextPositionSelector SpecificResource")
PROV = Vocabulary("http://www.w3.org/ns/prov#", "Activity Entity wasGeneratedBy wasDerivedFrom used endedAtTime")
SH = Vocabulary(
    "http://www.w3.org/ns/shacl#",
    """ValidationReport ValidationResult conforms result focusNode resultPath resultSeverity resultMessage sourceShape
    sourceConstraintComponent value Violation Warning Info NodeShape PropertyShape targetClass property path severity message
    zeroOrOnePath qualifiedMinCount qualifiedValueShape in or and minInclusive minExclusive minCount hasValue name
    targetSubjectsOf node SPARQLExecutable SPARQLSelectExecutable SPARQLAskExecutable SPARQLConstructExecutable select ask
    construct describe parameter Parameter defaultValue class nodeKind IRI inversePath alternativePath targetObjectsOf
    sparql declare prefix namespace PrefixDeclaration description order group deactivated not datatype maxCount maxInclusive
    maxExclusive qualifiedMaxCount qualifiedValueShapesDisjoint target targetNode BlankNode Literal BlankNodeOrIRI
    BlankNodeOrLiteral IRIOrLiteral""",
)

SSSOM = Vocabulary("https://w3id.org/sssom/", "Mapping MappingSet mappings ExtensionDefinition NoTermFound NegatedPredicate")
SEMAPV = Vocabulary("https://w3id.org/semapv/vocab/", "ManualMappingCuration")
SCHEMA = Vocabulary("https://schema.org/", "keywords")

PREFIXES = {
    "dcterms": DCTERMS.base,
    "itss": ITSS.base,
    "oa": OA.base,
    "owl": OWL.base,
    "prov": PROV.base,
    "rdf": RDF.base,
    "rdfs": RDFS.base,
    "schema": SCHEMA.base,
    "sales": "https://w3id.org/itss-kg/sales/",
    "sh": SH.base,
    "skos": SKOS.base,
    "sssom": SSSOM.base,
    "xsd": XSD.base,
}

CONTEXT_IRI = "https://w3id.org/itss-kg/context.jsonld"
NAMING = (RDFS.label, DCTERMS.title)  # what says how a thing is called
RELATIVE_BASE = "https://w3id.org/itss-kg/input/"  # not a file's own IRI, which would tell where on whose machine it was


def local_name(iri: str) -> str:
    """The part of an IRI after its last `#`, `/` or `:`."""
    return iri.replace("#", "/").replace(":", "/").rstrip("/").rpartition("/")[2]


def curie(iri: str) -> str:
    """The IRI with a well-known prefix where one fits, else the IRI in angle brackets."""
    for prefix, base in PREFIXES.items():
        if iri.startswith(base) and iri[len(base) :].replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{iri[len(base) :]}"
    return iri if iri.startswith("_:") else f"<{iri}>"
