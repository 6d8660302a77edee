"""Commands about the project: what is generated, and a walk through it all."""

from __future__ import annotations

from pathlib import Path

import click

from itss_kg.commands.options import common, reading_of

__all__ = ["build", "demo"]


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where something is stale.")
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The checkout to build; here by default.")
@common
def build(check: bool, root: Path, lang: str, ontology: tuple[Path, ...]) -> int:
    """Regenerate all that is derived from the ontology: level shapes, value lists, JSON-LD context, documents.

    Example: itss-kg build --check
    """
    from itss_kg.build import build as run
    from itss_kg.build import stale

    own = root / "ontology" / "itss-sales.ttl"
    reading, _ = reading_of(ontology or ((own,) if own.is_file() else ()), lang)
    changed = stale(reading, root) if check else run(reading, root)
    for path in changed:
        click.echo(f"{'stale' if check else 'written'}: {path}")
    click.echo("up to date" if not changed else f"{len(changed)} files", err=True)
    return 1 if check and changed else 0


@click.command()
@common
def demo(lang: str, ontology: tuple[Path, ...]) -> int:
    """A walk through the commands on the bundled records.

    Example: itss-kg demo
    """
    from itss_kg.demo import walk

    return walk(click.get_current_context().find_root().command, lang, ontology)
