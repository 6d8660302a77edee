"""How the standard is read: each criterion of the ontology becomes a demand, by the reading rules R1 to R12.

This is the only reading. No number, list or choice of the standard stands here: they come from the ontology.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from itss_kg.demand import ANYTHING, AllOf, AtLeast, Demand, NumberFrom, OneOf, RankFrom, Stated, Step, all_of, any_of, at_least
from itss_kg.errors import OntologyError
from itss_kg.graph import number
from itss_kg.namespaces import ITSS, OWL, RDF, RDFS, XSD, local_name
from itss_kg.standard import Criterion, Field, Indicator, Standard

__all__ = ["Reading"]


class Reading:
    """The demands of a standard's criteria; each is read once and kept."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self._graph = standard.graph
        self._demands: dict[str, Demand] = {}
        self._own: dict[str, Stated] = {}

    def demand(self, indicator: Indicator, criterion: Criterion) -> Demand:
        """What a candidate must show to meet a criterion, by R3 also through the same criterion of a higher level."""
        if criterion.iri not in self._demands:
            higher = self._at_or_above(indicator, criterion.kind)
            self._demands[criterion.iri] = any_of(self.own(owner, item) for owner, item in higher)
        return self._demands[criterion.iri]

    @cached_property
    def demands(self) -> dict[str, Demand]:
        """The demand of every criterion, by its IRI, in the standard's order."""
        return {item.iri: self.demand(owner, item) for owner in self.standard.indicators for item in owner.criteria}

    def claimed(self, indicator: Indicator, criterion: Criterion) -> Demand:
        """What a claim of the indicator needs of one criterion: its demand or, by R11, the examination that gives the level."""
        passed = [
            Stated(remark, (ITSS.base + "R11",), at_least(1, ITSS.passedExamination, OneOf((examination,))))
            for examination, remark in indicator.examinations
        ]
        return any_of([self.demand(indicator, criterion), *passed])

    def own(self, indicator: Indicator, criterion: Criterion) -> Stated:
        """What the criterion itself asks for, without R3."""
        if criterion.iri not in self._own:
            self._own[criterion.iri] = self._read(indicator, criterion)
        return self._own[criterion.iri]

    def alternatives(self, indicator: Indicator, criterion: Criterion) -> dict[str, Demand]:
        """The demand of each alternative of a scope (on the candidate) or of a size (on one project), by its IRI."""
        if criterion.type == ITSS.ScopeCriterion:
            return {iri: self._alternative(indicator.field, iri) for iri in self._alternatives(criterion.iri)}
        if criterion.type == ITSS.SizeCriterion:
            return {iri: self._size_alternative(indicator, iri) for iri in self._alternatives(criterion.iri)}
        return {}

    def _read(self, indicator: Indicator, criterion: Criterion) -> Stated:
        readers = {
            ITSS.ScopeCriterion: self._scope,
            ITSS.TrackRecordCriterion: self._track_record,
            ITSS.ComplexityCriterion: self._complexity,
            ITSS.SizeCriterion: self._size,
            ITSS.SpecialtyCriterion: self._specialty,
            ITSS.SuccessionCriterion: self._succession,
            ITSS.DevelopmentCriterion: self._development,
        }
        if criterion.type not in readers:
            raise OntologyError(f"{criterion.iri} is a {local_name(criterion.type)}, for which there is no reading")
        return Stated(criterion.iri, criterion.rules, readers[criterion.type](indicator, criterion))

    def _at_or_above(self, indicator: Indicator, kind: str) -> list[tuple[Indicator, Criterion]]:
        found: list[tuple[Indicator, Criterion]] = []
        for owner in self.standard.ladder(indicator.field):
            item = owner.criterion(kind)
            if item is not None and owner.level.number >= indicator.level.number:
                found.append((owner, item))
        return found

    # scope: R1, R7, R8

    def _scope(self, indicator: Indicator, criterion: Criterion) -> Demand:
        alternatives = list(self.alternatives(indicator, criterion).values())
        if self._graph.text(criterion.iri, ITSS.admitsEquivalent) == "true":
            alternatives.append(self._equivalent(indicator, criterion))
        return any_of(alternatives)

    def _alternative(self, field: Field, alternative: str) -> Demand:
        demands = self.standard.ordered(self._graph.nodes(alternative, ITSS.demandsSegments))
        return Stated(alternative, (ITSS.base + "R7",), all_of(self._segments(field, item) for item in demands))

    def _segments(self, field: Field, demand: str) -> Demand:
        accepted = self._graph.nodes(demand, ITSS.acceptsKind)
        where = [
            at_least(1, ITSS.inField, OneOf((field.iri,))),
            at_least(1, ITSS.segmentKind, OneOf(self._counting_as(accepted))),
        ]
        floor = self._graph.integer(demand, ITSS.minimumEmployees)
        if floor is not None:
            where.append(at_least(1, ITSS.employees, NumberFrom(floor)))
        return at_least(self.standard.number_of(demand, ITSS.minimumSegments), ITSS.responsibleFor, all_of(where))

    def _counting_as(self, kinds: list[str]) -> tuple[str, ...]:
        """The kinds that are asked for and then, by R7, every other kind that counts as one of them."""
        found = self.standard.ordered(kinds)
        for kind in found:
            wider = self.standard.ordered(self._graph.subjects(ITSS.countsAs, kind))
            found.extend(item for item in wider if item not in found)
        return tuple(found)

    def _equivalent(self, indicator: Indicator, criterion: Criterion) -> Demand:
        judged = tuple(item.iri for _, item in self._at_or_above(indicator, criterion.kind))
        where = [
            at_least(1, ITSS.inField, OneOf((indicator.field.iri,))),
            at_least(1, ITSS.judgedEquivalentTo, OneOf(judged)),
            at_least(1, ITSS.judgedBy),
        ]
        return Stated(ITSS.judgedEquivalentTo, (ITSS.base + "R8",), at_least(1, ITSS.responsibleFor, all_of(where)))

    # projects: R1 to R6

    def counted(self, field: Field, count: int, where: Demand = ANYTHING) -> AtLeast:
        """At least so many projects that count for the field (R4) and of which `where` holds."""
        tasks = self.standard.ordered(self._graph.nodes(field.category, ITSS.requiresTask))
        expectations = self.standard.ordered(self._graph.nodes(field.category, ITSS.requiresExpectation))
        part = all_of(
            [at_least(1, ITSS.inField, OneOf((field.iri,))), *(at_least(1, ITSS.performed, OneOf((task,))) for task in tasks)]
        )
        met = [at_least(1, ITSS.metExpectation, OneOf((item,))) for item in expectations]
        return AtLeast(count, (Step(ITSS.hasEngagement, part), Step(ITSS.onProject, all_of([*met, where]))))

    def _track_record(self, indicator: Indicator, criterion: Criterion) -> Demand:
        times = self.standard.number_of(criterion.iri, ITSS.minimumTimes)
        others = self._project_level(indicator.field, self.standard.node_of(criterion.iri, ITSS.otherLevel))
        every = self.counted(indicator.field, times, others)
        leading = self._graph.node(criterion.iri, ITSS.leadingLevel)
        if leading is None:
            return every
        least = self.standard.number_of(criterion.iri, ITSS.minimumLeading)
        # both parts stay as stated, even where the level of the others implies the leading one's
        return AllOf((every, self.counted(indicator.field, least, self._project_level(indicator.field, leading))))

    def _project_level(self, field: Field, level: str) -> Demand:
        """What a project must show to meet a level of the field (R5): its complexity and its size, by R3 also higher ones."""
        for indicator in self.standard.ladder(field):
            if indicator.level.iri == level:
                parts = []
                for kind_of in (ITSS.ComplexityCriterion, ITSS.SizeCriterion):
                    item = next((one for one in indicator.criteria if one.type == kind_of), None)
                    if item is not None:
                        parts.append(self._project(indicator, item))
                return Stated(indicator.iri, (ITSS.base + "R5",), all_of(parts))
        raise OntologyError(f"a track record of {field.key} names {local_name(level)}, of which the field has no indicator")

    def _project(self, indicator: Indicator, criterion: Criterion) -> Demand:
        """The complexity or size criterion as a demand on one project, by R3 also that of a higher level."""
        read = self._factors if criterion.type == ITSS.ComplexityCriterion else self._sizes
        return any_of(Stated(item.iri, (), read(owner, item)) for owner, item in self._at_or_above(indicator, criterion.kind))

    def _complexity(self, indicator: Indicator, criterion: Criterion) -> Demand:
        return self.counted(indicator.field, 1, Stated(criterion.iri, (), self._factors(indicator, criterion)))

    def _size(self, indicator: Indicator, criterion: Criterion) -> Demand:
        return self.counted(indicator.field, 1, Stated(criterion.iri, (), self._sizes(indicator, criterion)))

    def _factors(self, _: Indicator, criterion: Criterion) -> Demand:
        items = self._list(criterion.iri)
        required = self.standard.ordered(self._graph.nodes(criterion.iri, ITSS.requiresFactor))
        least = at_least(self.standard.number_of(criterion.iri, ITSS.minimumFactors), ITSS.hasComplexity, OneOf(items))
        return all_of([least, *(at_least(1, ITSS.hasComplexity, OneOf((item,))) for item in required)])

    def _sizes(self, indicator: Indicator, criterion: Criterion) -> Demand:
        return any_of(self.alternatives(indicator, criterion).values())

    def _size_alternative(self, indicator: Indicator, alternative: str) -> Demand:
        band = Stated(
            self.standard.node_of(alternative, ITSS.inBand),
            (ITSS.base + "R1", ITSS.base + "R2"),
            self._band(self.standard.node_of(alternative, ITSS.inBand)),
        )
        more = self._graph.integer(alternative, ITSS.minimumFactors)
        if more is None:
            return Stated(alternative, (), band)
        source = next((item for item in indicator.criteria if item.type == ITSS.ComplexityCriterion), None)
        if source is None:
            raise OntologyError(f"{alternative} counts complexity factors, but {indicator.key} has no list of them")
        factors = at_least(more, ITSS.hasComplexity, OneOf(self._list(source.iri)))
        return Stated(alternative, (ITSS.base + "R6",), all_of([band, factors]))

    def _band(self, band: str) -> Demand:
        ranges = self._graph.nodes(band, ITSS.hasRange)
        ordered = sorted(ranges, key=lambda item: self.standard.position(self.standard.node_of(item, ITSS.ofMeasure)))
        return any_of(self._range(item) for item in ordered)

    def _range(self, item: str) -> Demand:
        """R1: the lower bound alone; without one, any recorded value that the measure's property allows."""
        recorded = self.standard.node_of(self.standard.node_of(item, ITSS.ofMeasure), ITSS.recordedAs)
        floor = self._graph.integer(item, ITSS.atLeast)
        if floor is not None:
            return at_least(1, recorded, NumberFrom(floor))
        return Stated(item, (ITSS.base + "R1",), at_least(1, recorded, self._allowed(recorded)))

    def _allowed(self, recorded: str) -> Demand:
        """The least value that the property's declared range allows."""
        for datatype in self._graph.nodes(recorded, RDFS.range):
            for facet in self._graph.items(self._graph.node(datatype, OWL.withRestrictions)):
                for predicate, strictly in ((XSD.minInclusive, False), (XSD.minExclusive, True)):
                    for term in self._graph.objects(str(facet), predicate):
                        value = number(term)
                        if isinstance(value, Decimal):
                            return NumberFrom(int(value) if value == int(value) else value, strictly)
        raise OntologyError(f"{recorded} declares no least value in its rdfs:range, which a range without a floor needs")

    # professional contribution: R9, R10

    def _specialty(self, _: Indicator, criterion: Criterion) -> Demand:
        where: list[Demand] = [at_least(1, ITSS.inArea, OneOf(self._list(criterion.iri)))]
        for asked, recorded in ((ITSS.minimumGuidance, ITSS.guidance), (ITSS.minimumContribution, ITSS.contribution)):
            rank = self._graph.node(criterion.iri, asked)
            if rank is not None:
                where.append(at_least(1, recorded, self._rank_from(rank)))
        return at_least(1, ITSS.hasSpecialty, all_of(where))

    def _rank_from(self, minimum: str) -> RankFrom:
        floor = self.standard.number_of(minimum, ITSS.rank)
        scale = [iri for cls in self._graph.nodes(minimum, RDF.type) if cls in ITSS for iri in self._graph.instances(cls)]
        reached = [(self.standard.number_of(iri, ITSS.rank), iri) for iri in scale]
        return RankFrom(minimum, tuple(iri for rank, iri in sorted(reached) if rank >= floor))

    def _succession(self, _: Indicator, criterion: Criterion) -> Demand:
        return self._kinds(criterion, ITSS.hasSuccession, ITSS.activityKind)

    def _development(self, _: Indicator, criterion: Criterion) -> Demand:
        return self._kinds(criterion, ITSS.hasDevelopment, ITSS.method)

    def _kinds(self, criterion: Criterion, record: str, kind: str) -> Demand:
        least = self._graph.integer(criterion.iri, ITSS.minimumKinds)
        return AtLeast(
            least if least is not None else 1, (Step(record, ANYTHING), Step(kind, OneOf(self._list(criterion.iri))))
        )

    # reading the ontology

    def _alternatives(self, criterion: str) -> list[str]:
        found = self.standard.ordered(self._graph.nodes(criterion, ITSS.hasAlternative))
        if not found:
            raise OntologyError(f"{criterion} has no itss:hasAlternative")
        return found

    def _list(self, criterion: str) -> tuple[str, ...]:
        items = self.standard.members(self.standard.node_of(criterion, ITSS.choosesFrom))
        if not items:
            raise OntologyError(f"the list that {criterion} chooses from has no skos:member")
        return items
