"""The command that serves a store over HTTP."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from pathlib import Path

import click

from itss_kg.commands.filling import fill
from itss_kg.commands.options import common, input_format_option, reading_of
from itss_kg.errors import CallError, InputError

__all__ = ["serve"]

_MIB = 1024 * 1024


@click.command()
@click.argument("data", nargs=-1)
@input_format_option
@click.option("--store", type=click.Path(path_type=Path), help="The folder of a store made by `itss-kg load`.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=7880, show_default=True, help="The port; 0 for any free one.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=30, show_default=True, help="Seconds a query may take.")
@click.option("--max-result", type=click.IntRange(min=1), default=256, show_default=True, help="MiB an answer may have.")
@click.option("--max-request", type=click.IntRange(min=1), default=1024, show_default=True, help="KiB a request may have.")
@click.option(
    "--memory", type=click.IntRange(min=0), default=4096, show_default=True, help="MiB a query may take; 0: no bound."
)
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Queries at work at once.")
@click.option("--long-workers", type=click.IntRange(min=0), default=2, show_default=True, help="Queries of over 1 s at once.")
@click.option("--cors", multiple=True, metavar="ORIGIN", help="A web origin whose pages may ask; may be repeated.")
@click.option("--allow-service", multiple=True, metavar="HOST[:PORT]", help="A host that SERVICE may ask; may be repeated.")
@click.option("--quiet", is_flag=True, help="No log of requests.")
@common
def serve(
    data: tuple[str, ...],
    input_format: str | None,
    store: Path | None,
    host: str,
    port: int,
    timeout: float,
    max_result: int,
    max_request: int,
    memory: int,
    workers: int,
    long_workers: int,
    cors: tuple[str, ...],
    allow_service: tuple[str, ...],
    quiet: bool,
    lang: str,
    ontology: tuple[Path, ...],
) -> int:
    """Serve a store, or the standard and the records named, as a read-only SPARQL endpoint and the questions as addresses.
    With ITSS_KG_SERVE_TOKEN in the environment, records and verdicts are shown only to who sends that bearer token. Beyond this
    machine they are never shown without one. It needs the extra `serve` of the package.

    Example: itss-kg serve data/candidates/team.ttl
    """
    try:
        import uvicorn

        from itss_kg.endpoint.app import Access, application
        from itss_kg.endpoint.pool import Bounds
    except ImportError as error:
        raise CallError(f"serve needs the package {error.name}; pip install 'itss-kg[serve]'") from None
    if "*" in cors:
        raise CallError("--cors names origins one by one, such as https://example.org; * would open it to every page")
    if store is not None and data:
        raise CallError("DATA and --store do not go together; load the data into the store with `itss-kg load`")
    if store is not None and not store.is_dir():
        raise InputError("no such store; make one with `itss-kg load DATA… --store DIR`", source=str(store))
    reading, _ = reading_of(ontology, lang)
    loopback = host == "localhost" or _is_loopback(host)
    token = os.environ.get("ITSS_KG_SERVE_TOKEN") or None
    if not loopback and token is None:
        click.echo("itss-kg: no ITSS_KG_SERVE_TOKEN is set, so records and verdicts are shown to nobody", err=True)
    access = Access(token, loopback, max_request * 1024, cors)
    bounds = Bounds(timeout=timeout, answer=max_result * _MIB, memory=memory * _MIB, quick=workers, slow=long_workers)
    with tempfile.TemporaryDirectory(prefix="itss-kg-") as folder:
        if store is None:
            store = Path(folder)
            fill(store, reading, data, input_format, lang, ontology).store.settle()
        log = (lambda _: None) if quiet else None
        app = application(store, reading.standard, access, bounds, frozenset(allow_service), log)
        config = uvicorn.Config(
            app, host=host, port=port, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        try:
            sock = config.bind_socket()
            # a short answer is two packets, of which the second would wait 40 ms for the first to be acknowledged
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.listen()  # who comes before the start is over waits
        except SystemExit:
            raise InputError(
                "is taken, or cannot be listened on; choose another --port or --host", source=f"{host}:{port}"
            ) from None
        click.echo(f"itss-kg: serving http://{_shown(host)}:{sock.getsockname()[1]}/ (end with Ctrl-C)", err=True)
        server.run([sock])
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
