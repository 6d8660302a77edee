"""The command that packs records for reading by the column."""

from __future__ import annotations

from pathlib import Path

import click

from itss_kg.commands.columns import findings_option, load_options, options_of, run_files
from itss_kg.commands.options import common, input_format_option
from itss_kg.commands.outcome import said, told
from itss_kg.errors import CallError
from itss_kg.output import is_stream

__all__ = ["pack"]


@click.command()
@click.argument("data", nargs=-1, required=True)
@input_format_option
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write, NAME.parquet.")
@load_options
@findings_option
@common
def pack(
    data: tuple[str, ...],
    input_format: str | None,
    output: Path,
    memory: int,
    jobs: int | None,
    resume: bool,
    findings: Path | None,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """Put records into a columnar file, from which `assess` runs again in a fraction of the time.

    Example: itss-kg pack data/candidates/*.ttl -o records.parquet
    """
    if output.suffix != ".parquet":
        name = output.name.partition(".")[0] or "records"
        raise CallError(f"{output}: what is packed is known by its ending; name it {name}.parquet")
    if is_stream(output):
        raise CallError(f"{output}: is no file, which records can be read from again")
    options = options_of(data, memory, jobs, input_format, lang, ontology, resume=resume, findings=findings)
    summary = run_files(data, output, "packed", options)
    click.echo(told(summary, lang, hint=findings is None) + said(summary, lang), err=True, nl=False)
    return 0
