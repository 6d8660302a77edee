"""Chance that falls the same way for the same seed, on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import TypeVar

from itss_kg.graph import Literal
from itss_kg.namespaces import XSD
from itss_kg.recipe import Rung

__all__ = ["Dice"]

T = TypeVar("T")


class Dice:
    """Choices and numbers. Of Python's random methods only `random` is used: the others may change between versions."""

    def __init__(self, seed: int, ladders: Mapping[str, tuple[int, ...]], decimals: Collection[str]) -> None:
        self.random = Random(seed).random  # noqa: S311  # invented data, no secret
        self._ladders = ladders
        self._decimals = decimals

    def one(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self.random() * len(items))]

    def early(self, items: Sequence[T]) -> T:
        """One of the items, an early one more often."""
        chance = self.random()
        return items[int(chance * chance * len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """So many different ones of the items, in any order; all where they are fewer."""
        left = list(items)
        return [left.pop(int(self.random() * len(left))) for _ in range(min(count, len(left)))]

    def number(self, rung: Rung) -> Literal:
        """A number from a threshold up: exactly at it, just below the next one, somewhere between, or well above."""
        ladder = self._ladders.get(rung.path, (1,))
        place = min(rung.place, len(ladder) - 1)
        low = ladder[place]
        high = ladder[place + 1] if place + 1 < len(ladder) else 4 * low + 8
        chance = self.random()
        if chance < 0.12:
            value = low
        elif chance < 0.2:
            value = high - 1
        else:
            spread = self.random()
            value = low + int((high - low) * spread * spread * (1 if chance < 0.93 else 3))
            value = max(
                low, value - value % 10 ** max(0, len(str(value)) - 2)
            )  # as people state numbers: two digits, then zeros
        if rung.path in self._decimals and self.random() < 0.05:
            return Literal(f"{value}.0", XSD.decimal)
        return Literal(str(value), XSD.integer)
