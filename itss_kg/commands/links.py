"""Commands about links: what the standard corresponds to in other frameworks, and sets of such judgements of one's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itss_kg.commands.options import bom_option, common, formats, reading_of, write_out
from itss_kg.errors import CallError, InputError, nearest

if TYPE_CHECKING:
    from itss_kg.frameworks import Frameworks
    from itss_kg.mapping_structure import Finding
    from itss_kg.sssom import MappingSet
    from itss_kg.standard import Standard

__all__ = ["links"]


class _Listing(click.Group):
    """A group whose word may be left out: what follows is then a term to list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


_framework = click.option("--framework", help="Only links to this framework: esco, isco, onet, sfia, ecf or eqf.")
_store = click.option("--store", type=click.Path(path_type=Path), help="A store, whose own mappings are taken along.")


@click.group(cls=_Listing, subcommand_metavar="[TERM | COMMAND] [OPTIONS]")
def links() -> None:
    """What corresponds to the standard in ESCO, ISCO-08, O*NET, SFIA, the e-CF and the EQF, and why.

    Examples: itss-kg links consulting-L5; itss-kg links SALE; itss-kg links --framework esco --format csv; itss-kg links check
    """


@links.command(name="list")
@click.argument("term", required=False)
@_framework
@click.option("--why", is_flag=True, help="Show the reason of each, as it is shown for a term.")
@_store
@formats("table", "csv", "json", "md")
@bom_option
@common
def listing(
    term: str | None,
    framework: str | None,
    why: bool,
    store: Path | None,
    form: str,
    output: Path | None,
    bom: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """The links of a thing of the standard, or to a concept; all of them where no term is given. The word may be left out.

    Examples: itss-kg links list area-customer-relationships; itss-kg links list D.7 --framework ecf
    """
    from itss_kg import mapping_rows

    standard, frameworks, sets = _all(ontology, lang, store)
    found = list(mapping_rows.links_of(sets, frameworks))
    if term is not None:
        prefixes = {prefix: base for item in sets for prefix, base in item.prefixes.items()}
        found = mapping_rows.find(found, term, standard, prefixes)
    if framework is not None:
        found = [item for item in found if item.framework == _known(framework, frameworks)]
    if not found:
        click.echo("itss-kg: no mapping set says anything of that", err=True)
    if form == "json":
        rows = mapping_rows.as_json(found, standard, lang)
        write_out(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", output)
    elif form == "table":
        write_out(mapping_rows.as_table(found, standard, lang, reasons=why or term is not None), output)
    else:
        writer = mapping_rows.as_csv if form == "csv" else mapping_rows.as_markdown
        write_out(writer(found, standard, lang), output, bom=bom and form == "csv")
    return 0


@links.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@formats("text", "json")
@common
def check(files: tuple[Path, ...], form: str, output: Path | None, lang: str, ontology: tuple[Path, ...]) -> int:
    """Check mapping sets, the bundled ones or files of your own: columns, identifiers, names, contradictions, coverage, shapes.

    Example: itss-kg links check data/mappings/esco.sssom.tsv
    """
    standard, frameworks, shipped = _all(ontology, lang, None)
    given = tuple(_read(path) for path in files)
    sets = given or shipped
    found = _findings(sets, standard, frameworks, () if not given else _others(shipped, given))
    if form == "json":
        write_out(json.dumps([vars(item) for item in found], ensure_ascii=False, indent=1) + "\n", output)
    else:
        write_out("".join(f"{item}\n" for item in found), output)
    size = sum(len(item.mappings) for item in sets)
    click.echo(f"{len(sets)} mapping sets, {size} mappings checked, {len(found)} findings", err=True)
    return 1 if found else 0


@links.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--store", required=True, type=click.Path(path_type=Path), help="The folder of a store made by `itss-kg load`.")
@common
def importing(file: Path, store: Path, lang: str, ontology: tuple[Path, ...]) -> int:
    """Check a mapping set of your own and put it into a store, apart from the bundled ones, in the place of an earlier version.

    Example: itss-kg links import own.sssom.tsv --store knowledge
    """
    from itss_kg.mapping_store import keep_set, own_sets
    from itss_kg.store import KnowledgeStore

    standard, frameworks, shipped = _all(ontology, lang, None)
    _there(store)
    given = _read(file)
    whole = KnowledgeStore(store)
    earlier = tuple(item for item in own_sets(whole) if item.iri != given.iri)
    found = _findings((given,), standard, frameworks, (*earlier, *shipped))
    if found:
        click.echo("\n".join(map(str, found)), err=True)
        raise InputError(f"nothing was imported: {len(found)} findings, above", source=str(file))
    replaced = keep_set(whole, given, frameworks)
    whole.settle()
    links_made = sum(item.holds for item in given.mappings)
    done = {"mapping_set": given.iri, "mappings": len(given.mappings), "links": links_made, "replaced": replaced}
    click.echo(json.dumps(done, ensure_ascii=False, indent=1))
    return 0


@links.command()
@formats("sssom", "ttl", "json", "csv")
@click.option("--set", "names", multiple=True, metavar="NAME", help="Only this mapping set, e.g. esco; may be repeated.")
@_store
@common
def export(
    form: str, names: tuple[str, ...], store: Path | None, output: Path | None, lang: str, ontology: tuple[Path, ...]
) -> int:
    """Write the mapping sets for other tools: as SSSOM/TSV, as Turtle with SKOS and SSSOM, as JSON or CSV.

    Example: itss-kg links export --format ttl --set esco -o esco.ttl
    """
    from itss_kg import mapping_rows
    from itss_kg.mapping_turtle import as_turtle
    from itss_kg.mappings import link_triples
    from itss_kg.sssom import write_set

    standard, frameworks, sets = _all(ontology, lang, store)
    if names:
        sets = tuple(_named(name, sets) for name in dict.fromkeys(names))
    if form == "sssom":
        write_out(write_set(mapping_rows.merged(sets)), output)
    elif form == "ttl":
        write_out(as_turtle(link_triples(sets, frameworks), sets), output)
    else:
        rows = list(mapping_rows.links_of(sets, frameworks))
        text = json.dumps(mapping_rows.as_json(rows, standard, lang), ensure_ascii=False, indent=1) + "\n"
        write_out(mapping_rows.as_csv(rows, standard, lang) if form == "csv" else text, output)
    return 0


def _all(ontology: tuple[Path, ...], lang: str, store: Path | None) -> tuple[Standard, Frameworks, tuple[MappingSet, ...]]:
    """The standard, the frameworks, and the sets about the standard: the bundled ones and those of a store."""
    from itss_kg.frameworks import load_frameworks
    from itss_kg.mapping_store import own_sets
    from itss_kg.mappings import about, load_sets
    from itss_kg.store import KnowledgeStore

    reading, _ = reading_of(ontology, lang)
    own: tuple[MappingSet, ...] = ()
    if store is not None:
        _there(store)
        own = own_sets(KnowledgeStore(store, read_only=True))
    return reading.standard, load_frameworks(), (*about(load_sets(), reading.standard), *own)


def _there(store: Path) -> None:
    if not store.is_dir():
        raise InputError("no such store; make one with `itss-kg load --store DIR`", source=str(store))


def _read(path: Path) -> MappingSet:
    from itss_kg.sssom import read_file, read_set

    return read_set(sys.stdin.read(), "-") if str(path) == "-" else read_file(path)


def _findings(
    sets: tuple[MappingSet, ...], standard: Standard, frameworks: Frameworks, beside: tuple[MappingSet, ...]
) -> list[Finding]:
    """What the checks find and, where they find nothing, what the shapes find."""
    from itss_kg.mapping_checks import check as checked
    from itss_kg.mapping_shapes import shape_findings

    return checked(sets, standard, frameworks, beside) or shape_findings(sets, frameworks)


def _others(shipped: tuple[MappingSet, ...], given: tuple[MappingSet, ...]) -> tuple[MappingSet, ...]:
    """The bundled sets but those of which a file is a version."""
    return tuple(item for item in shipped if item.iri not in {own.iri for own in given})


def _named(name: str, sets: tuple[MappingSet, ...]) -> MappingSet:
    for item in sets:
        if name in (item.iri, item.iri.rpartition("/")[2]):
            return item
    short = [item.iri.rpartition("/")[2] for item in sets]
    raise CallError(f"no mapping set {name!r}: there are {', '.join(short)}{nearest(name, short)}")


def _known(framework: str, frameworks: Frameworks) -> str:
    if framework.lower() not in frameworks.keys:
        known = ", ".join(frameworks.keys)
        raise CallError(f"unknown framework {framework!r}: expected one of {known}{nearest(framework, frameworks.keys)}")
    return framework.lower()
