"""What the documents show is what the program does; every link leads somewhere; every command and name is documented."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

import itss_kg
from itss_kg.cli import cli
from itss_kg.commands.lazy import LazyCommands
from tests.documents import ROOT, SHOWN, renewed

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", SHOWN)
def test_every_command_prints_what_the_document_shows(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "```console\n$ itss-kg" in text
    assert renewed(text) == text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(("language", "suffix"), [("turtle", "ttl"), ("json", "json")])
def test_the_records_shown_attain_what_they_claim(language: str, suffix: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    path = tmp_path / f"record.{suffix}"
    path.write_text(text.split(f"```{language}\n")[1].split("```")[0], encoding="utf-8")
    graph = itss_kg.read_candidates([str(path)])
    reading = itss_kg.Reading(itss_kg.load())
    assert [verdict.level for verdict in itss_kg.assess(graph, reading)] == [3, None, None]
    assert itss_kg.validate(graph, reading).conforms
    assert list(itss_kg.quality(graph, reading.standard)) == []


def test_every_command_is_in_the_reference_and_has_an_example() -> None:
    reference = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in cli.commands:
        section = reference.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert f"$ itss-kg {name}" in section


def test_each_command_is_one_that_its_module_offers() -> None:
    offered = [
        (name.replace("_", "-"), path.stem)
        for path in (ROOT / "itss_kg" / "commands").glob("*.py")
        for name, command in vars(import_module(f"itss_kg.commands.{path.stem}")).items()
        if isinstance(command, click.Command) and name in import_module(f"itss_kg.commands.{path.stem}").__all__
    ]
    assert isinstance(cli.commands, LazyCommands)
    assert sorted(cli.commands.modules.items()) == sorted(offered)
    assert [command.name for command in cli.commands.values()] == list(cli.commands)


def test_every_public_name_is_in_the_reference() -> None:
    reference = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", reference, re.MULTILINE) == itss_kg.__all__


def test_the_public_names_are_those_of_their_modules_and_stay_functions() -> None:
    """A submodule of the same name would hide a function once it is imported; so none has one."""
    listed = [name for names in itss_kg._HOMES.values() for name in names]
    assert sorted(listed) == sorted(itss_kg.__all__)
    assert not {path.stem for path in (ROOT / "itss_kg").glob("*.py")} & set(itss_kg.__all__)
    for name in itss_kg.__all__:
        assert getattr(itss_kg, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'asess'"):
        _ = itss_kg.asess


def test_the_packages_own_example() -> None:
    assert doctest.testmod(itss_kg) == (0, 6)


QUICK = "import itss_kg.cli, sys; itss_kg.cli.cli.main(['compare', 'consulting', '5', '6'], standalone_mode=False)"
HEAVY = ("rdflib", "pyshacl", "owlrl", "rich", "numpy", "itss_kg.commands.assessment")


def test_a_comparison_waits_for_no_heavy_library() -> None:
    check = f"{QUICK}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
