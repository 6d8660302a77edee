"""How `assess` is done on a Spark cluster: its options, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from itss_kg.errors import CallError

__all__ = ["assess_on_cluster", "cluster_options"]

Function = TypeVar("Function", bound=Callable[..., Any])


def cluster_options(function: Function) -> Function:
    """The options of a run on a cluster."""
    return click.option("--master", help="With --engine spark: the cluster, e.g. spark://host:7077, yarn or local[4].")(
        function
    )


def assess_on_cluster(
    data: tuple[str, ...],
    master: str | None,
    output: Path | str | None,
    form: str,
    lang: str,
    ontology: tuple[Path, ...],
    findings: Path | None,
    *,
    bom: bool,
) -> int:
    """Assess files that a cluster can read, and write a folder of Parquet files; how many findings there are.

    Raises:
        CallError: PySpark is not installed, or the options do not go together.
    """
    from itss_kg.commands.options import reading_of
    from itss_kg.commands.outcome import said, told

    if not data:
        raise CallError("--engine spark reads files, folders, patterns or addresses that the cluster can read; name some")
    if form not in ("text", "parquet"):
        raise CallError(f"--engine spark writes a folder of Parquet files, and not --format {form}")
    if output is None:
        raise CallError("--engine spark writes a folder of Parquet files; name it with -o")
    try:
        from itss_kg.bulk.spark.run import assess_on_spark
    except ImportError as error:
        raise CallError(f"this needs {error.name}: pip install 'itss-kg[spark]'") from None
    reading, _ = reading_of(ontology, lang)
    summary = assess_on_spark(data, master, str(output), reading, lang, findings=findings, bom=bom)
    click.echo(told(summary, lang, hint=findings is None), err=True, nl=False)
    click.echo(said(summary, lang), nl=False)
    return summary.found
