"""Servers that tests start on this machine: Oxigraph's, Virtuoso, and our own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from itss_kg.store import GRAPHS, KnowledgeStore

VIRTUOSO = shutil.which("virtuoso-t")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], address: str, folder: Path | None = None, **environment: str) -> Iterator[str]:
    """The command's process, from when the address answers until the end."""
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                urlopen(address, timeout=5).close()  # noqa: S310  # our own server
                break
            except (URLError, OSError):
                assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
                time.sleep(0.05)
        else:
            raise AssertionError(f"{command[0]} does not answer")
        yield address
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def oxigraph(store: Path) -> Iterator[str]:
    """The Oxigraph server on a store; yields its query address."""
    port = free_port()
    bind = ["--location", str(store), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    server = str(Path(sys.executable).parent / "oxigraph")
    with running([server, "serve-read-only", *bind], f"http://127.0.0.1:{port}/"):
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def itss_kg(*arguments: str, **environment: str) -> Iterator[str]:
    """`itss-kg serve` with these arguments; yields its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "itss_kg", "serve", "--port", str(port), "--quiet", *arguments]
    with running(command, f"{address}/health", **environment):
        yield address


_SETTINGS = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ThreadsPerQuery = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = {rows}
"""

# without these, Virtuoso asks no other endpoint
_FEDERATE = ('GRANT SELECT ON DB.DBA.SPARQL_SINV_2 TO "SPARQL";', 'GRANT EXECUTE ON DB.DBA.SPARQL_SINV_IMP TO "SPARQL";')


@contextmanager
def virtuoso(store: Path, folder: Path, rows: int = 100_000) -> Iterator[str]:
    """Virtuoso with the graphs of a store, giving at most so many rows an answer; yields its query address."""
    assert VIRTUOSO, "Virtuoso is needed: apt-get install virtuoso-opensource-7-bin"
    ports = {"sql": free_port(), "http": free_port()}
    (folder / "virtuoso.ini").write_text(_SETTINGS.format(folder=folder, rows=rows, **ports), encoding="utf-8")
    command = [VIRTUOSO, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    source = KnowledgeStore(store, read_only=True)
    load = []
    for name, iri in GRAPHS.items():
        path = folder / f"{name}.nt"
        path.write_bytes(_ntriples(source, name))
        load.append(f"DB.DBA.TTLP_MT(file_to_string_output('{path}'), '', '{iri}', 0);")
    with running(command, f"http://127.0.0.1:{ports['http']}/sparql", folder):
        script = "\n".join([*load, *_FEDERATE, "checkpoint;", "exit;"])
        isql = ["isql-vt", f"127.0.0.1:{ports['sql']}", "dba", "dba"]
        done = subprocess.run(isql, input=script, capture_output=True, text=True, check=True)
        assert "Error" not in done.stdout + done.stderr, done.stdout + done.stderr
        yield f"http://127.0.0.1:{ports['http']}/sparql"


def _ntriples(source: KnowledgeStore, name: str) -> bytes:
    import pyoxigraph as ox

    quads = source.store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPHS[name]))
    return ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""
