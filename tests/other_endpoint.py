"""A second endpoint on this machine, for the questions that ask one: Oxigraph's server on `fixtures/other-endpoint.ttl`."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from itss_kg.catalogue import Question
from tests import servers

SAID = Path(__file__).parent / "fixtures" / "other-endpoint.ttl"


@cache
def address() -> str:
    """Its query address; it is started by who asks first, and ends with the process."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(TemporaryDirectory())) / "store"
    store = ox.Store(str(folder))
    store.bulk_load(path=str(SAID))
    store.flush()
    del store
    return stack.enter_context(servers.oxigraph(folder))


def host() -> str:
    """Its host and port, as `--allow-service` names it."""
    return address().split("/")[2]


def asked(question: Question) -> dict[str, str]:
    """The value by which a question that asks a second endpoint asks this one; nothing for all others."""
    return {item.name: address() for item in question.parameters if item.asked}
