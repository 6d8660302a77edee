"""One batch of whole records checked: what one process does, again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from itss_kg.bulk.batch_rows import BatchRows, frame_of, graph_of, iri, nt, ntriples
from itss_kg.bulk.looks import Looks, Query
from itss_kg.bulk.mending import candidates_to_mend, given_types
from itss_kg.bulk.shared_nodes import Spill, subclasses
from itss_kg.engines import Check, engine
from itss_kg.materialise import numeric_properties, prepared
from itss_kg.namespaces import ITSS, RDF, RDFS
from itss_kg.prose import Prose
from itss_kg.reports import told
from itss_kg.results import Result, Told
from itss_kg.standard import load
from itss_kg.validation import of_claims

__all__ = ["Checked", "Checker", "Plan", "Shapes"]


@dataclass(frozen=True)
class Shapes:
    """The shapes sorted out, and what the standard says about claims.

    `form` has the core shapes of the records' form alone, `levels` those of the indicators; `classes` are those that a claim
    places its claimant in, `own` the properties that only candidates have, `owners` the indicator of each criterion.
    """

    looks: Looks
    form: str
    levels: str
    classes: dict[str, tuple[str, ...]]
    own: tuple[str, ...]
    owners: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """What every process is told.

    `telling` is the language in which a reader is told what was found, or `None` where nobody reads it.
    """

    shapes: Shapes
    ontology: tuple[Path, ...]
    engine: str
    telling: str | None
    folder: Path


@dataclass(frozen=True)
class Checked:
    """What was found in a batch; `held` is the part of it that the batch cannot decide alone."""

    found: list[Told]
    held: list[Told]
    candidates: list[str]
    claims: list[tuple[str, str]]
    classes: pl.DataFrame
    statements: int


class Checker:
    """Checks batches. The shapes are compiled once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._shapes = plan.shapes
        self._standard = load(*plan.ontology)
        self._numeric = numeric_properties(self._standard)
        self._types = frozenset(cls for classes in plan.shapes.classes.values() for cls in classes)
        self._relevant = frozenset({*plan.shapes.looks.relevant, RDFS.subClassOf})
        self._queries = _Queries(plan.shapes.looks.asked)
        self._spill = Spill(plan.folder, plan.shapes.looks, names=plan.telling is not None)
        self._engines: dict[str, Check] = {}
        claims = [(nt(claim), nt(cls)) for claim, classes in plan.shapes.classes.items() for cls in classes]
        self._placed = pl.DataFrame(claims, schema={"object": pl.String, "class": pl.String}, orient="row")

    def check(self, number: int, frame: pl.DataFrame) -> Checked:
        """Everything that the shapes find in a batch.

        Args:
            number: the batch's own, in the order of the input.
            frame: statements as terms of N-Triples in the columns subject, predicate and object. The batch holds every
                statement about whatever the links of its own candidates lead to.
        """
        rows = BatchRows(frame)
        self._spill.add(number, rows)
        stated = rows.of(ITSS.claims).filter(pl.col("object").is_in([nt(name) for name in self._shapes.classes]))
        claims = [(iri(claimant), iri(claim)) for claimant, _, claim in stated.iter_rows()]
        results = {*of_claims(self._core(rows), set(claims), self._shapes.owners), *self._asked(rows)}
        held = {item for item in results if item.shape in self._shapes.looks.held}
        typed = rows.of(RDF.type).filter(pl.col("object") == nt(ITSS.Candidate))["subject"]
        people = pl.concat([typed, rows.of_any(self._shapes.own)["subject"]]).unique()
        return Checked(
            self._tell(results - held, rows),
            self._tell(held, rows),
            [iri(node) for node in people.to_list()],
            claims,
            subclasses(rows),
            len(frame),
        )

    def _engine(self, shapes: str) -> Check:
        texts = {"queries": self._shapes.looks.queries, "form": self._shapes.form, "levels": self._shapes.levels}
        if shapes not in self._engines:
            self._engines[shapes] = engine(self._plan.engine, [texts.get(shapes, self._shapes.looks.core)])
        return self._engines[shapes]

    def _core(self, rows: BatchRows) -> Iterator[Result]:
        """The results of SHACL Core.

        A record that needs no mending is prepared by stating what its claims place it in, which no shape of its form sees:
        form and claims are checked at once. Claimants whose records need more are checked against the levels by themselves.
        """
        relevant = rows.of_any(self._relevant)
        claimants = rows.of(ITSS.claims).join(self._placed, on="object")
        if RDFS.subClassOf in rows.by_predicate or given_types(rows, self._types):
            yield from self._engine("form")(ntriples(relevant))
            yield from self._engine("levels")(self._prepared(rows.frame))
            return
        to_mend = candidates_to_mend(rows, self._numeric)
        plain = claimants.filter(~pl.col("subject").is_in(to_mend.implode()))
        types = plain.select("subject", pl.lit(nt(RDF.type)).alias("predicate"), pl.col("class").alias("object"))
        yield from self._engine("all")(ntriples(pl.concat([relevant, types])))
        mended = to_mend.filter(to_mend.is_in(claimants["subject"].implode()))
        if len(mended):
            kept = set(map(iri, mended.to_list()))
            found = self._engine("levels")(self._prepared(rows.reached(mended)))
            yield from (item for item in found if item.focus in kept)

    def _prepared(self, frame: pl.DataFrame) -> bytes:
        return ntriples(frame_of(prepared(graph_of(frame), self._standard, self._shapes.classes)))

    def _asked(self, rows: BatchRows) -> Iterator[Result]:
        """The results of SPARQL, which is asked only about nodes that it could find something at."""
        nodes = self._queries.suspects(rows)
        if not len(nodes):
            return
        near = rows.about(nodes)
        ends = pl.concat([near["subject"], near["object"]]).unique()
        leading = rows.frame.filter(pl.col("object").is_in(nodes.implode()))
        whole = pl.concat([rows.about(ends), leading, subclasses(rows)]).unique(maintain_order=True)
        wanted = set(map(iri, nodes.to_list()))
        yield from (item for item in self._engine("queries")(ntriples(whole)) if item.focus in wanted)

    def _tell(self, results: Iterable[Result], rows: BatchRows) -> list[Told]:
        items = sorted(results, key=lambda item: item.focus)
        if self._plan.telling is None or not items:
            return [Told(item, item.focus) for item in items]
        foci = pl.Series([item.focus if item.focus.startswith("_:") else nt(item.focus) for item in items], dtype=pl.String)
        unmet = foci.filter(pl.Series([item.criterion is not None for item in items]))
        about = pl.concat([rows.about(foci), rows.reached(unmet), rows.leading(foci)]).unique(maintain_order=True)
        return list(told(items, Prose(self._standard, self._plan.telling), graph_of(about)))


class _Queries:
    """Which nodes SPARQL constraints are worth asking about, found by the column."""

    def __init__(self, asked: tuple[Query, ...]) -> None:
        self._known = [query for query in asked if query.known]
        self._pairs = [query for query in asked if query.pair]
        self._others = [query for query in asked if not query.known and not query.pair]

    def suspects(self, rows: BatchRows) -> pl.Series:
        found = [self._unknown(rows), *(_paired(rows, query) for query in self._pairs)]
        found += [rows.targets(query.targets) for query in self._others]
        return pl.concat([series.alias("node") for series in found]).unique()

    def _unknown(self, rows: BatchRows) -> pl.Series:
        """Nodes that have a property which a shape aimed at them does not know; each shape is one bit."""
        targets = [query.targets for query in self._known]
        classes = {nt(name): self._bits(name in one.classes for one in targets) for one in targets for name in one.classes}
        kind = pl.col("object").replace_strict(classes, default=0, return_dtype=pl.Int64)
        found = [rows.of(RDF.type).select(pl.col("subject").alias("node"), kind.alias("aimed"), _NONE.alias("objecting"))]
        if RDFS.subClassOf in rows.by_predicate:
            every = pl.lit(self._bits(True for _ in targets), pl.Int64)
            found.append(rows.frame.select(pl.col("subject").alias("node"), every.alias("aimed"), _NONE.alias("objecting")))
        for name, part in rows.by_predicate.items():
            aimed = self._bits(name in one.subjects for one in targets)
            objecting = self._bits(_objects(query, name) for query in self._known)
            bits = (pl.lit(aimed, pl.Int64).alias("aimed"), pl.lit(objecting, pl.Int64).alias("objecting"))
            if aimed or objecting:
                found.append(part.select(pl.col("subject").alias("node"), *bits))
            led_to = self._bits(name in one.objects for one in targets)
            if led_to:
                bits = (pl.lit(led_to, pl.Int64).alias("aimed"), _NONE.alias("objecting"))
                found.append(part.select(pl.col("object").alias("node"), *bits))
        merged = pl.concat(found).group_by("node").agg(pl.col("aimed", "objecting").bitwise_or())
        return merged.filter((pl.col("aimed") & pl.col("objecting")) != 0)["node"]

    @staticmethod
    def _bits(flags: Iterable[bool]) -> int:
        return sum(1 << place for place, flag in enumerate(flags) if flag)


_NONE = pl.lit(0, pl.Int64)


def _objects(query: Query, name: str) -> bool:
    start, allowed = query.known or ("", frozenset())
    return name.startswith(start) and name not in allowed


def _paired(rows: BatchRows, query: Query) -> pl.Series:
    """Nodes with two values that agree in two properties."""
    link, *keys = query.pair or ("",)
    found = rows.of(link).select("subject", pl.col("object").alias("value")).unique()
    for key in keys:
        values = rows.of(key).select(pl.col("subject").alias("value"), pl.col("object").alias(key)).unique()
        found = found.join(values, on="value")
    return found.filter(found.select("subject", *keys).is_duplicated())["subject"].unique()
