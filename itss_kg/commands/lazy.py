"""Commands each of which is loaded when it is asked for, so that no call waits for what the others need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click

__all__ = ["LazyCommands"]


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name.

    Args:
        modules: for each module of this package the names of its commands; there they stand with underscores for hyphens.
    """

    def __init__(self, modules: Mapping[str, tuple[str, ...]]) -> None:
        self.modules = {name: module for module, names in modules.items() for name in names}
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module = import_module(f"{__package__}.{self.modules[name]}")
            self._loaded[name] = getattr(module, name.replace("-", "_"))
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        self.modules.pop(name, None)
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        yield from {**self.modules, **self._loaded}

    def __len__(self) -> int:
        return len({**self.modules, **self._loaded})
