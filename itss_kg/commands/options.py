"""What commands have in common: the options, the standard, the records, and where output goes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from click.core import ParameterSource

from itss_kg.errors import CallError, InputError, without_candidates

if TYPE_CHECKING:
    from itss_kg.assessment import Verdict
    from itss_kg.data_quality import QualityFinding
    from itss_kg.graph import Graph
    from itss_kg.prose import Prose
    from itss_kg.reading import Reading
    from itss_kg.remote import Endpoint

__all__ = [
    "bom_option",
    "common",
    "formats",
    "input_format_option",
    "keep_verdicts",
    "not_an_input",
    "one_source",
    "reading_of",
    "records",
    "records_of",
    "say_quality",
    "server",
    "stored",
    "target",
    "write_out",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_NO_FORMATS = ("txt", "log", "out")  # endings that say nothing of a format


def common(function: Function) -> Function:
    """The options of every command that reads the standard."""
    language = click.option("--lang", type=click.Choice(["en", "ja"]), default="en", show_default=True, help="Language.")
    ontology = click.option(
        "--ontology",
        multiple=True,
        type=click.Path(path_type=Path),
        envvar="ITSS_KG_ONTOLOGY",
        help="A job category's ontology instead of the bundled Sales; may be repeated.  [env: ITSS_KG_ONTOLOGY]",
    )
    return language(ontology(function))


bom_option = click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for spreadsheet programs.")
input_format_option = click.option(
    "--input-format", help="turtle, ntriples, nquads, trig, rdfxml, jsonld or jsonlines, whatever the file's name."
)


def records(function: Function) -> Function:
    """The options of every command that reads records."""
    argument = click.argument("data", nargs=-1, required=True)
    return argument(input_format_option(function))


class _Output(click.Path):
    """A path; for `assess` also an address such as hdfs://host/folder, which stays text: as a path it would lose a stroke."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # as click has it
        if isinstance(value, str) and "://" in value and ctx is not None and ctx.command.name == "assess":
            return value
        found = super().convert(value, param, ctx)
        if isinstance(found, Path):
            if found.suffix.lower() in (".gz", ".zst", ".bz2"):
                raise CallError(f"{found}: nothing is written compressed; name it {found.stem}")
            if not found.parent.is_dir():  # which else would show when all is done
                raise InputError("cannot be written (No such file or directory)", source=str(found))
        return found


target = click.option("-o", "--output", type=_Output(path_type=Path), help="Write to this file, whole or not at all.")


def formats(*known: str) -> Callable[[Function], Function]:
    """The options --format and --output; a format that is not named is that of the output's ending, else the first known."""

    def options(function: Function) -> Function:
        @wraps(function)
        def chosen(*arguments: Any, form: str, output: Path | str | None, **named: Any) -> Any:
            if click.get_current_context().get_parameter_source("form") is ParameterSource.DEFAULT and output is not None:
                form = by_ending(output, known) or form
            return function(*arguments, form=form, output=output, **named)

        kinds = click.Choice(known)
        help_text = "Format; else that of the output's ending."
        choice = click.option("--format", "form", type=kinds, default=known[0], show_default=True, help=help_text)
        return choice(target(cast("Function", chosen)))

    return options


def by_ending(output: Path | str, known: Iterable[str]) -> str | None:
    """The format that the ending of an output names; where it names another one, it is said that this one is not written."""
    ending = Path(str(output)).suffix.lower().removeprefix(".")
    if ending in known:
        return ending
    if ending not in ("", *_NO_FORMATS) and not {"text", "table"}.isdisjoint(known):
        formats = ", ".join(known)
        click.echo(f"itss-kg: {output}: the ending .{ending} names none of the formats ({formats}); see --format", err=True)
    return None


def reading_of(ontology: tuple[Path, ...], lang: str) -> tuple[Reading, Prose]:
    """The standard of the ontologies named, read, and its sentences in the language."""
    from itss_kg.prose import Prose
    from itss_kg.reading import Reading
    from itss_kg.standard import load

    standard = load(*ontology)
    return Reading(standard), Prose(standard, lang)


def records_of(data: tuple[str, ...], input_format: str | None, reading: Reading, output: Path | None = None) -> Graph:
    """The records of the files.

    Raises:
        CallError: the output is one of the inputs.
        InputError: a file cannot be read, or there are no candidates.
    """
    from itss_kg.assessment import candidates
    from itss_kg.data_quality import other_namespace
    from itss_kg.input import read_candidates
    from itss_kg.namespaces import ITSS

    not_an_input(data, output)
    graph = read_candidates(data, input_format)
    if not candidates(graph, reading):
        other = other_namespace(graph, reading.standard)
        hint = f"; its terms are in <{other}>, those of the standard in <{ITSS.base}>" if other else ""
        raise without_candidates(" ".join(data), len(graph), hint)
    return graph


def one_source(
    data: tuple[str, ...], input_format: str | None, store: Path | None, reading: Reading, output: Path | None
) -> Graph:
    """The records of files or those of a store.

    Raises:
        CallError: both are named, or neither.
    """
    if store is not None and data:
        raise CallError("DATA and --store do not go together; load the data into the store with `itss-kg load`")
    if store is None and not data:
        raise CallError("name the files of records, - for standard input, or a store with --store")
    return stored(store, reading) if store else records_of(data, input_format, reading, output)


def not_an_input(data: tuple[str, ...], *outputs: Path | None) -> None:
    """See that no input is written over, and no output over another.

    Raises:
        CallError: an output is one of the inputs, or another output.
    """
    from itss_kg.input import expand

    if not any(outputs):
        return
    taken = {Path(name).resolve() for name in expand(data) if name != "-"}
    written: set[Path] = set()
    for output in filter(None, outputs):
        if output.resolve() in taken:
            raise CallError(f"{output} is one of the inputs, which would be lost; write to another file")
        if output.resolve() in written:
            raise CallError(f"{output} is named twice, for what does not go into one file")
        written.add(output.resolve())


def stored(folder: Path, reading: Reading) -> Graph:
    """The candidates of a store.

    Raises:
        InputError: there is no such store, or it has no candidates.
    """
    from itss_kg.assessment import candidates
    from itss_kg.graph import Graph
    from itss_kg.store import KnowledgeStore

    if not folder.is_dir():
        raise InputError("no such store; make one with `itss-kg load DATA… --store DIR`", source=str(folder))
    graph = Graph(KnowledgeStore(folder, read_only=True).triples("candidates"))
    if not candidates(graph, reading):
        raise InputError("no candidates in this store; load some with `itss-kg load`", source=str(folder))
    return graph


def keep_verdicts(folder: Path, verdicts: list[Verdict], graph: Graph, reading: Reading) -> None:
    """Put the verdicts into the store in the place of the previous ones, in one transaction."""
    from itss_kg.loading import keep
    from itss_kg.store import KnowledgeStore

    keep(KnowledgeStore(folder), verdicts, graph, reading)


def server(
    url: str,
    timeout: int,
    store: Path | None,
    data: tuple[str, ...],
    default_graphs: tuple[str, ...] = (),
    update_url: str | None = None,
) -> Endpoint:
    """The server that the options name; who asks it comes from the environment.

    Raises:
        CallError: the options do not go together, or an address is none.
    """
    from itss_kg.remote import Endpoint

    if store is not None or data:
        raise CallError("--endpoint does not go together with --store or data: the server has data of its own")
    for option, address in (("--endpoint", url), ("--update", update_url)):
        if address is not None and not address.startswith(("http://", "https://")):
            raise CallError(f"{option} {address}: give a server's address, e.g. http://127.0.0.1:7878/query")
    user, password, token, scheme = (
        os.environ.get(f"ITSS_KG_ENDPOINT_{name}") for name in ("USER", "PASSWORD", "TOKEN", "AUTH")
    )
    if scheme not in (None, "basic", "digest"):
        raise CallError(f"ITSS_KG_ENDPOINT_AUTH={scheme}: it is basic or digest")
    return Endpoint(
        url,
        user,
        password,
        token,
        timeout,
        default_graphs=default_graphs,
        update_url=update_url,
        digest=scheme == "digest",
    )


def say_quality(graph: Graph, reading: Reading, lang: str) -> list[QualityFinding]:
    """Say on standard error what in the records was not understood."""
    from itss_kg.data_quality import quality

    found = list(quality(graph, reading.standard, lang))
    for item in found:
        click.echo(f"itss-kg: quality: {item.subject}: {item.message}", err=True)
    if found:
        said = {"en": "{} to look at before relying on the verdicts", "ja": "判定を用いる前に確認すべき事項：{}件"}
        click.echo(f"itss-kg: quality: {said[lang].format(len(found))}", err=True)
    return found


def write_out(parts: Iterable[str], output: Path | None, *, bom: bool = False) -> None:
    """Write a result, whole or piece by piece, to a file or to standard output; `bom` has it begin with a byte order mark."""
    from itss_kg.output import BOM, emit

    parts = [parts] if isinstance(parts, str) else parts
    emit(chain([BOM], parts) if bom else parts, output)
