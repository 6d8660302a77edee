"""The command reference and the API reference, written from the code's own help texts and docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

__all__ = ["commands", "interface", "questions"]


def commands() -> str:
    """A section for each command: what it does, an example, its arguments and options."""
    import click

    from itss_kg.cli import cli

    lines = ["# Commands", "", inspect.cleandoc(cli.help or ""), ""]
    # with the program's own settings: click keeps a command's help option as it was first made
    context = click.Context(cli, info_name="itss-kg", **cli.context_settings)
    for name in sorted(cli.commands):
        lines.extend(_section(name, cli.commands[name], context))
    return "\n".join(lines)


def _section(name: str, command: Any, parent: Any) -> Iterator[str]:  # click's command and context
    """A command, and after it those that it groups."""
    context = type(parent)(command, info_name=name.rpartition(" ")[2], parent=parent)
    *paragraphs, last = inspect.cleandoc(command.help or "").split("\n\n")
    about, example = (" ".join(paragraphs), last) if last.startswith("Example") else (" ".join([*paragraphs, last]), "")
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield from (f"## {name}", "", " ".join(about.split()), "", "```", " ".join(usage.split()), "```", "")
    if example:
        shown = " ".join(example.partition(": ")[2].split()).split(";")
        yield from ("```console", *(f"$ {one.strip()}" for one in shown), "```", "")
    options = list(_options(command, context))
    if options:
        yield from ("| Option | Meaning |", "| --- | --- |", *options, "")
    for inner in sorted(getattr(command, "commands", {})):
        yield from _section(f"{name} {inner}", command.commands[inner], context)


def _options(command: Any, context: Any) -> Iterator[str]:  # click's command and context
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record:
            option, meaning = (" ".join(part.split()).replace("|", "\\|") for part in record)
            yield f"| `{option}` | {meaning} |"


def questions() -> str:
    """A section for each question of the catalogue: what it asks, in both languages, its parameters, columns and an example."""
    from itss_kg.catalogue import FEDERATED, load_questions

    lines = ["# The questions", "", "Ready questions in SPARQL, one file each in `queries/`; `itss-kg query` asks them.", ""]
    for item in load_questions().values():
        lines += [f"## {item.name}", "", f"{item.question['en']}", "", f"{item.question['ja']}", ""]
        if item.federated:
            lines += [f"{FEDERATED['en']} · {FEDERATED['ja']}", ""]
        lines += ["```sh", item.example, "```", ""]
        if item.parameters:
            lines += ["| Parameter | Meaning | Default |", "| --- | --- | --- |"]
            lines += [f"| `{p.name}` | {p.about['en']} · {p.about['ja']} | {p.default or ''} |" for p in item.parameters]
            lines.append("")
        if item.columns:
            lines += ["| Column | Meaning |", "| --- | --- |"]
            lines += [f"| `{name}` | {about['en']} · {about['ja']} |" for name, about in item.columns.items()]
            lines.append("")
    return "\n".join(lines)


def interface() -> str:
    """A section for each public name of the package: its signature and what its docstring says."""
    import itss_kg

    lines = ["# Python API", "", *_docstring(itss_kg), ""]
    for name in itss_kg.__all__:
        thing = getattr(itss_kg, name)
        lines += [f"## {name}", "", f"`from itss_kg import {name}` · defined in `{thing.__module__}`", ""]
        lines += ["```python", f"{name}{_signature(thing)}", "```", "", *_docstring(thing), ""]
        if inspect.isclass(thing):
            lines.extend(_members(thing))
    return "\n".join(lines)


def _members(cls: type) -> Iterator[str]:
    for name, member in sorted(vars(cls).items()):
        target = getattr(member, "func", None) or getattr(member, "fget", None) or member
        if not name.startswith("_") and inspect.isfunction(target) and target.__doc__:
            shown = name if target is not member else f"{name}{_signature(target)}"
            yield f"- `{shown}` — {' '.join(inspect.cleandoc(target.__doc__).split())}"
    yield ""


def _signature(thing: Any) -> str:  # a function or class
    try:
        return str(inspect.signature(thing))
    except (TypeError, ValueError):
        return "(…)"


def _docstring(thing: Any) -> list[str]:  # whatever has a docstring
    text = inspect.cleandoc(thing.__doc__ or "")
    lines: list[str] = []
    for line in text.split("\n"):
        lines.append(f"    {line}" if line.startswith(">>>") else line)
    return lines
