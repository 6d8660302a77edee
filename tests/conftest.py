"""The standard, read once for all tests that only look at it."""

from __future__ import annotations

import pytest

from itss_kg import Reading, Standard, load


@pytest.fixture(scope="session")
def standard() -> Standard:
    return load()


@pytest.fixture(scope="session")
def reading(standard: Standard) -> Reading:
    return Reading(standard)
