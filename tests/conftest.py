"""The standard, read once for all tests that only look at it."""

from __future__ import annotations

import gc

import pytest

from itss_kg import Reading, Standard, load


@pytest.fixture(scope="session")
def standard() -> Standard:
    return load()


@pytest.fixture(scope="session")
def reading(standard: Standard) -> Reading:
    return Reading(standard)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of Spark come first: so one process runs them all, and one cluster is started."""
    items.sort(key=lambda item: "test_spark" not in item.nodeid)


def pytest_collection_finish() -> None:
    """What the tests share is there to stay: looking through it for garbage again and again takes some 7 % of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
