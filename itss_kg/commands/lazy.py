"""A group of commands each of which is loaded when it is called, so that no call waits for what the others need."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """Takes its commands from modules.

    Args:
        modules: for each module of this package the names of its commands; there they stand with underscores for hyphens.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, tuple[str, ...]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.modules = {name: module for module, names in modules.items() for name in names}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all, of those not loaded, too."""
        return sorted({*super().list_commands(ctx), *self.modules})

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but with all names to choose from when there is no such command."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.list_commands(ctx), ctx=ctx) from error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; it is loaded now."""
        if cmd_name not in self.commands and cmd_name in self.modules:
            module = import_module(f"{__package__}.{self.modules[cmd_name]}")
            self.add_command(getattr(module, cmd_name.replace("-", "_")))
        return super().get_command(ctx, cmd_name)
