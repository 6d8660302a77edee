"""Demands as SHACL Core shapes: one file an indicator, one named property shape a criterion.

Counting over two steps (projects over engagements) needs a word. SHACL Core cannot tie a project back to the engagement
through which this candidate reached it, so where more than one is asked for, both are counted: the engagements that meet their
condition and lead to a fitting project, and the different fitting projects. For records whose engagements are well formed (one
candidate, field and project; the candidate shapes report it) the two together say exactly what R4 says; `validate` mends
others first, so that its verdicts are exact for every record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from itss_kg.demand import ANYTHING, AllOf, AnyOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, Stated, all_of, any_of, bare
from itss_kg.errors import OntologyError
from itss_kg.graph import literal
from itss_kg.namespaces import ITSS, OWL, PREFIXES, RDF, RDFS, SH, local_name
from itss_kg.prose import Prose
from itss_kg.reading import Reading
from itss_kg.standard import LANGUAGES, Criterion, Indicator, Standard
from itss_kg.turtle import Writer

__all__ = ["level_shapes", "list_shapes", "shape_iri"]

Rows = list[tuple[str, str]]


def shape_iri(thing: str) -> str:
    """The IRI of the shape of a criterion or indicator: the same last part, in the `shapes/` folder of its namespace."""
    name = local_name(thing)
    return f"{thing[: -len(name)]}shapes/{name}"


def claimant_class(standard: Standard, indicator: Indicator) -> str:
    """The class that a claim of the indicator places a candidate in, by its `owl:hasValue` restriction.

    Raises:
        OntologyError: the ontology defines none.
    """
    for restriction in standard.graph.subjects(OWL.hasValue, indicator.iri):
        if ITSS.claims in standard.graph.objects(restriction, OWL.onProperty):
            for cls in standard.graph.subjects(OWL.equivalentClass, restriction):
                return cls
    raise OntologyError(f"no class is equivalent to the restriction itss:claims owl:hasValue {indicator.key}")


def level_shapes(reading: Reading, indicator: Indicator) -> str:
    """The Turtle document with the shapes of one indicator."""
    return _Document(reading, indicator).text()


@dataclass
class _Document:
    reading: Reading
    indicator: Indicator
    blocks: list[str] = field(default_factory=list)
    names: dict[object, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        home = self.indicator.iri[: -len(local_name(self.indicator.iri))]
        own = {local_name(home): home, "shape": f"{home}shapes/"}
        self.writer = Writer({key: PREFIXES[key] for key in ("itss", "rdfs", "sh", "xsd")} | own)
        self.prose = {language: Prose(self.reading.standard, language) for language in LANGUAGES}

    def text(self) -> str:
        criteria = self.indicator.criteria
        target = claimant_class(self.reading.standard, self.indicator)
        rows: Rows = [
            (RDF.type, self.writer.term(SH.NodeShape)),
            (RDFS.label, self._both(self.indicator.iri)),
            (RDFS.seeAlso, self.writer.term(self.indicator.iri)),
            (SH.targetClass, self.writer.term(target)),
            (SH.property, self.writer.many(shape_iri(item.iri) for item in criteria)),
        ]
        main = self.writer.block(shape_iri(self.indicator.iri), rows)
        for item in criteria:
            self._criterion(item)
        return self.writer.header() + "\n" + main + "\n" + "\n".join(self.blocks)

    def _criterion(self, item: Criterion) -> None:
        demand = self.reading.claimed(self.indicator, item)
        name = shape_iri(item.iri)
        own = self.reading.own(self.indicator, item)
        by_examination = [ITSS.R11] if self.indicator.examinations else []
        rows: Rows = [
            (RDF.type, self.writer.term(SH.PropertyShape)),
            (RDFS.label, self._both(item.iri)),
            (RDFS.seeAlso, self.writer.many((item.iri, *item.rules, *by_examination))),
            *self._on_candidate(demand, name),
            (SH.severity, self.writer.term(SH.Violation)),
            (SH.message, self.writer.many(literal(prose.shall(self.indicator, own), key) for key, prose in self.prose.items())),
        ]
        self.blocks.append(self.writer.block(name, rows))

    def _both(self, iri: str) -> str:
        return self.writer.many(literal(prose.label(iri), language) for language, prose in self.prose.items())

    def _on_candidate(self, demand: Demand, name: str) -> Rows:
        """A demand on the candidate as a property shape.

        A count is one already. Anything else is asked of the candidate itself: a property shape needs a path, and a
        zero-or-one path over a property that nothing ever has reaches the candidate and nothing else.
        """
        inner = bare(demand)
        if isinstance(inner, AtLeast):
            counts = list(self._counts(inner, name))
            if len(counts) == 1:
                return counts[0]
        return [
            (SH.path, f"[ {self.writer.term(SH.zeroOrOnePath)} {self.writer.term(ITSS.itself)} ]"),
            (SH.qualifiedMinCount, "1"),
            (SH.qualifiedValueShape, self.writer.term(self._node(inner, f"{name}-demand"))),
        ]

    def _node(self, demand: Demand, name: str) -> str:
        """The IRI of a node shape for a demand; the same demand has one shape in a file, named after what states it."""
        inner = bare(demand)
        if inner not in self.names:
            iri = self._free(self._stated_name(demand) or name, name)
            self.names[inner] = iri
            rows = self._rows(inner, iri)
            self.blocks.append(self.writer.block(iri, [(RDF.type, self.writer.term(SH.NodeShape)), *rows]))
        return self.names[inner]

    def _free(self, wanted: str, other: str) -> str:
        name = wanted if wanted not in self.taken else other
        self.taken.add(name)
        return name

    def _stated_name(self, demand: Demand) -> str | None:
        """The name that a shape takes from the thing that states its demand: a demand on a project says so."""
        if not isinstance(demand, Stated) or demand.source in ITSS:
            return None
        types = self.reading.standard.graph.objects(demand.source, RDF.type)
        on_project = ITSS.KeyPerformanceIndicator in types or self.reading.standard.graph.subjects(
            ITSS.hasCriterion, demand.source
        )
        name = local_name(demand.source) + ("-project" if on_project else "")
        # another indicator's file may hold a shape of this name, and the two must stay apart when files are merged
        own = self.indicator.key
        return shape_iri(self.indicator.iri) + (name[len(own) :] if name.startswith(own) else f"-via-{name}")

    def _rows(self, demand: Demand, name: str) -> Rows:
        match bare(demand):
            case OneOf(values) | RankFrom(_, values):
                return [(SH["in"], self.writer.items(values))]
            case NumberFrom(minimum, strictly):
                return [(SH.minExclusive if strictly else SH.minInclusive, str(minimum))]
            case AllOf(parts):
                return self._conjunction(parts, name)
            case AnyOf() as choice:
                return self._disjunction(choice, name)
            case AtLeast() as count:
                return [(SH.property, self.writer.many(self._properties(count, name)))]
        return []

    def _disjunction(self, demand: AnyOf, name: str) -> Rows:
        flat = bare(any_of(_alternatives(demand)))
        parts = flat.parts if isinstance(flat, AnyOf) else (flat,)
        options = [self._node(part, f"{name}-{number}") for number, part in enumerate(parts, start=1)]
        return [(SH["or"], self.writer.items(options))]

    def _conjunction(self, parts: tuple[Demand, ...], name: str) -> Rows:
        properties: list[str] = []
        nodes: list[str] = []
        for number, part in enumerate(parts, start=1):
            inner = bare(part)
            if isinstance(inner, AtLeast):
                properties.extend(self._properties(inner, f"{name}-{number}"))
            else:
                nodes.append(self._node(part, f"{name}-{number}"))
        rows: Rows = []
        if properties:
            rows.append((SH.property, self.writer.many(properties)))
        if nodes:
            rows.append((SH.node, self.writer.many(nodes)))
        return rows

    def _properties(self, demand: AtLeast, name: str) -> Iterator[str]:
        for number, rows in enumerate(self._counts(demand, name)):
            key = (demand, number)
            if key not in self.names:
                iri = f"{name}-count" if number == 0 else f"{name}-count-{number + 1}"
                self.names[key] = iri
                self.blocks.append(self.writer.block(iri, [(RDF.type, self.writer.term(SH.PropertyShape)), *rows]))
            yield self.names[key]

    def _counts(self, demand: AtLeast, name: str) -> Iterator[Rows]:
        first, *rest = demand.steps
        if not rest:
            yield [(SH.path, self.writer.term(first.path)), *self._qualified(demand.count, first.where, f"{name}-value")]
            return
        through = [step.where for step in demand.steps[:-1]]
        last = demand.steps[-1]
        if demand.count == 1 or any(where != ANYTHING for where in through):
            nested = all_of([first.where, AtLeast(1, tuple(rest))])
            qualified = self._qualified(demand.count, nested, f"{name}-{local_name(first.path)}")
            yield [(SH.path, self.writer.term(first.path)), *qualified]
        if demand.count > 1:
            path = self.writer.items(step.path for step in demand.steps)
            yield [(SH.path, path), *self._qualified(demand.count, last.where, f"{name}-{local_name(last.path)}")]

    def _qualified(self, count: int, where: Demand, name: str) -> Rows:
        inner = bare(where)
        if inner == ANYTHING:
            return [(SH.minCount, str(count))]
        if count == 1 and isinstance(inner, OneOf) and len(inner.values) == 1:
            return [(SH.hasValue, self.writer.term(inner.values[0]))]
        return [(SH.qualifiedMinCount, str(count)), (SH.qualifiedValueShape, self.writer.term(self._node(where, name)))]


def _alternatives(demand: Demand) -> Iterator[Demand]:
    """What may be chosen, whoever states the choice."""
    inner = bare(demand)
    if isinstance(inner, AnyOf):
        for part in inner.parts:
            yield from _alternatives(part)
    else:
        yield demand


def list_shapes(reading: Reading) -> str:
    """The Turtle document with the shapes that hold records to what the job categories define: fields, indicators, items."""
    standard = reading.standard
    writer = Writer({key: PREFIXES[key] for key in ("itss", "rdfs", "sales", "sh")})
    blocks = [block for iri, allowed in _listed(standard) for block in _list_shape(standard, writer, iri, allowed)]
    return writer.header() + "\n" + "\n".join(blocks)


def _listed(standard: Standard) -> Iterator[tuple[str, list[str]]]:
    """Each property whose values a job category defines, with these."""
    graph = standard.graph
    for predicate in (
        ITSS.inField,
        ITSS.claims,
        ITSS.judgedEquivalentTo,
        ITSS.hasComplexity,
        ITSS.inArea,
        ITSS.activityKind,
    ):
        wanted = set(graph.nodes(predicate, RDFS.range))
        yield predicate, standard.ordered(iri for cls in wanted for iri in graph.instances(cls))


def _list_shape(standard: Standard, writer: Writer, predicate: str, allowed: list[str]) -> Iterator[str]:
    """A node shape on whatever has the property, and its property shape: a finding is the subject's, whose value is wrong."""
    name = local_name(predicate)
    label, ja = standard.label(predicate), standard.label(predicate, "ja")
    kind = standard.graph.node(predicate, RDFS.range) or predicate
    thing, thing_ja = standard.label(kind), standard.label(kind, "ja")
    message = f"The value of '{label}' (itss:{name}) shall be a {thing} that the standard defines."
    message_ja = f"「{ja}」（itss:{name}）の値は、標準が定める{thing_ja}であること。"
    titles = writer.many([literal(f"values of {label}", "en"), literal(f"{ja}の値", "ja")])
    shape = f"{ITSS.base}{name}-list-shape"
    yield writer.block(
        f"{ITSS.base}{name}-use-list-shape",
        [
            (RDF.type, writer.term(SH.NodeShape)),
            (RDFS.label, titles),
            (SH.targetSubjectsOf, writer.term(predicate)),
            (SH.property, writer.term(shape)),
        ],
    )
    yield writer.block(
        shape,
        [
            (RDF.type, writer.term(SH.PropertyShape)),
            (RDFS.label, titles),
            (RDFS.seeAlso, writer.term(predicate)),
            (SH.path, writer.term(predicate)),
            (SH["in"], writer.items(allowed)),
            (SH.severity, writer.term(SH.Violation)),
            (SH.message, writer.many([literal(message, "en"), literal(message_ja, "ja")])),
        ],
    )
