"""Which candidates' records differ from the prepared ones by more than the claimant's type (see `materialise.prepared`)."""

from __future__ import annotations

import polars as pl

from itss_kg.bulk.batch_rows import BatchRows, nt
from itss_kg.namespaces import ITSS, RDF, XSD

__all__ = ["PLAIN", "candidates_to_mend", "given_types"]

# surely well formed; what else there may be is left to the one place that decides
PLAIN = rf'^"(?:[+-]?[0-9]+"\^\^<{XSD.base}(?:integer|decimal)>|[+-]?[0-9]+\.[0-9]+"\^\^<{XSD.base}decimal>)$'


def candidates_to_mend(rows: BatchRows, numeric: frozenset[str]) -> pl.Series:
    """Those with a doubtful number, or with engagements that are not one for each field and project; rather one too many."""
    numbers = rows.of_any(numeric)
    doubtful = numbers.filter(~pl.col("object").str.contains(PLAIN))["subject"].unique()
    by_number = rows.reaching(doubtful) if len(doubtful) else doubtful
    return pl.concat([by_number, _by_engagement(rows)]).unique().alias("subject")


def _by_engagement(rows: BatchRows) -> pl.Series:
    owned = rows.of(ITSS.hasEngagement).select(pl.col("subject").alias("candidate"), pl.col("object").alias("subject"))
    for name in (ITSS.inField, ITSS.onProject):
        owned = owned.join(rows.of(name).select("subject", pl.col("object").alias(name)), on="subject", how="left")
    key = pl.struct("candidate", ITSS.inField, ITSS.onProject)
    wrong = pl.any_horizontal(
        *(pl.col(name).is_null() | pl.col(name).str.starts_with('"') for name in (ITSS.inField, ITSS.onProject)),
        key.is_duplicated(),
        pl.struct("candidate", "subject").is_duplicated(),
    )
    return owned.filter(wrong)["candidate"].alias("subject")


def given_types(rows: BatchRows, classes: frozenset[str]) -> bool:
    """Whether the records themselves place somebody among the claimants, or use the property that nothing has."""
    placed = rows.of(RDF.type)["object"].is_in([nt(name) for name in classes])
    return bool(placed.any()) or ITSS.itself in rows.by_predicate
