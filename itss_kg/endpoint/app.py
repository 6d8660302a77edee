"""The endpoint as a web application: its addresses, who may see what, and problems as RFC 9457."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from itss_kg.catalogue import bind, load_questions
from itss_kg.endpoint.description import listed, openapi, service_description, void
from itss_kg.endpoint.observation import Log, Metrics
from itss_kg.endpoint.page import page
from itss_kg.endpoint.pool import Bounds, Pool, Reply
from itss_kg.endpoint.protocol import EXTENSIONS, GRAPH_TYPES, ROW_TYPES, Asked, ProblemError, asked, negotiate
from itss_kg.errors import CallError, nearest
from itss_kg.standard import Standard
from itss_kg.store import GRAPHS, PUBLIC

__all__ = ["Access", "application"]

_WHOLE = 1024 * 1024  # bytes: an answer up to this size is sent with its length, a longer one as it comes
_LOOK = 0.5  # seconds between looks whether the client is still there
# a question with one of these tags looks at records or verdicts
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]


@dataclass(frozen=True)
class Access:
    """Who may see what: `token` opens the graphs of people; without one they are open on loopback only."""

    token: str | None = None
    loopback: bool = True
    request_bytes: int = 1024 * 1024
    origins: tuple[str, ...] = ()

    def visible(self, header: str | None) -> Sequence[str] | None:
        """The graphs that a request may see by its Authorization header, `None` for all.

        Raises:
            ProblemError: 401, the token is not the right one.
        """
        if self.token is None:
            return None if self.loopback else PUBLIC
        if header is None:
            return PUBLIC
        if hmac.compare_digest(header.encode(), f"Bearer {self.token}".encode()):
            return None
        raise ProblemError(401, "the token is not the right one", headers={"WWW-Authenticate": "Bearer"})


def application(
    folder: Path,
    standard: Standard,
    access: Access,
    bounds: Bounds | None = None,
    services: frozenset[str] = frozenset(),
    log: Callable[[str], object] | None = None,
) -> Starlette:
    """The ASGI application that serves a store's folder, read-only.

    Args:
        folder: of the store.
        standard: gives the questions' parameters their allowed values.
        access: who may see what.
        bounds: on time, size and number; those of `Bounds` by default.
        services: hosts that SERVICE may ask.
        log: takes a line of JSON for each request, never with a query, a parameter or a person; standard error by default.
    """
    endpoint = _Endpoint(folder, standard, access, bounds or Bounds(), services)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await endpoint.pool.warm()
        yield
        await endpoint.pool.close()

    middleware = [Middleware(Log, metrics=endpoint.metrics, log=log or (lambda line: print(line, file=sys.stderr)))]  # noqa: T201  # the log
    if access.loopback:  # a page elsewhere cannot pose as this machine
        middleware.append(Middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK))
    if access.origins:
        methods = ["GET", "POST"]
        middleware.append(
            Middleware(
                CORSMiddleware, allow_origins=list(access.origins), allow_methods=methods, allow_headers=["Authorization"]
            )
        )
    middleware.append(Middleware(GZipMiddleware, minimum_size=1024))
    handlers: dict[Any, Any] = {ProblemError: _problem, HTTPException: _http_problem, Exception: _fault}
    return Starlette(routes=endpoint.routes(), lifespan=lifespan, middleware=middleware, exception_handlers=handlers)


class _Endpoint:
    def __init__(self, folder: Path, standard: Standard, access: Access, bounds: Bounds, services: frozenset[str]) -> None:
        self.standard = standard
        self.access = access
        self.questions = load_questions()
        self.pool = Pool(folder, bounds, services)
        self.metrics = Metrics()

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/sparql", self.sparql, methods=["GET", "POST"]),
            Route("/sparql/", self.sparql, methods=["GET", "POST"]),
            Route("/questions", self.listed),
            Route("/questions/{name}", self.question),
            Route("/openapi.json", self.openapi),
            Route("/.well-known/void", self.void),
            Route("/.well-known/sparql-examples", self.examples),
            Route("/health", self.health),
            Route("/metrics", self.measured),
        ]

    async def sparql(self, request: Request) -> Response:
        """The query operation; without a query, the service description."""
        visible = self._visible(request)
        wanted = asked(
            request.method,
            request.scope["query_string"],
            request.headers.get("Content-Type", ""),
            await self._body(request),
        )
        if wanted is None:
            self._negotiated(request, {"text/turtle": "text/turtle"}, browser=True)
            text = service_description(_address(request), visible if visible is not None else tuple(GRAPHS))
            return Response(text, media_type="text/turtle")
        accept = request.headers.get("Accept")
        return await self._answered(request, wanted, negotiate(accept, ROW_TYPES), negotiate(accept, GRAPH_TYPES), visible)

    async def question(self, request: Request) -> Response:
        """A question of the catalogue: its parameters in the address, its format by extension or Accept; `.rq` is its file."""
        visible = self._visible(request)
        name, _, extension = request.path_params["name"].partition(".")
        found = self.questions.get(name)
        if found is None:
            raise ProblemError(
                404, f"no question {name!r} in the catalogue{nearest(name, self.questions)}; /questions lists them"
            )
        if extension == "rq":
            return Response(found.text, media_type="application/sparql-query")
        if visible is not None and found.personal:
            said = "this question is about people; ask it with the token"
            raise ProblemError(401, said, headers={"WWW-Authenticate": "Bearer"})
        kind = self._kind(request, extension)
        given = list(request.query_params.multi_items())
        if len({key for key, _ in given}) < len(given):
            raise ProblemError(400, "a parameter is given twice")
        try:
            text = bind(found, dict(given), self.standard)
        except CallError as error:
            raise ProblemError(400, str(error)) from None
        return await self._answered(request, Asked(text), kind, kind, visible)

    async def listed(self, request: Request) -> Response:
        """The questions, with the addresses at which they are answered."""
        return JSONResponse([listed(item, _address(request)) for item in self.questions.values()])

    async def home(self, _: Request) -> Response:
        """A page for people: a form for a query, and the questions as links."""
        return HTMLResponse(
            page(self.questions),
            headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"},
        )

    async def openapi(self, _: Request) -> Response:
        """OpenAPI of the questions."""
        return JSONResponse(openapi(self.questions, self.standard, version("itss-kg")))

    async def void(self, request: Request) -> Response:
        """VoID, with the sizes of the graphs that may be seen."""
        visible = self._visible(request)
        text = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        reply = await self.pool.ask(Asked(text), ROW_TYPES["application/json"], None, visible)
        found = json.loads(b"".join([part async for part in reply.content]))["results"]["bindings"]
        sizes = {row["g"]["value"]: int(row["n"]["value"]) for row in found}
        shown = {name: sizes[iri] for name, iri in GRAPHS.items() if iri in sizes}
        return Response(void(_address(request), shown), media_type="text/turtle")

    async def examples(self, request: Request) -> Response:
        """The catalogue as RDF, where editors look for examples."""
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPHS['catalogue']}> {{ ?s ?p ?o }} }}"
        kind = self._negotiated(request, GRAPH_TYPES, browser=True)
        return await self._answered(request, Asked(text), None, kind, PUBLIC)

    async def health(self, _: Request) -> Response:
        """Whether a query is answered."""
        reply = await self.pool.ask(Asked("ASK {}"), ROW_TYPES["application/json"], None, PUBLIC)
        await _response(reply, {})
        return JSONResponse({"status": "ok"})

    async def measured(self, _: Request) -> Response:
        """Metrics in the text format of Prometheus."""
        for name in ("running", "waiting", "stopped"):
            getattr(self.metrics, name).set(getattr(self.pool, name))
        return PlainTextResponse(generate_latest(self.metrics.registry), media_type="text/plain; version=0.0.4")

    def _visible(self, request: Request) -> Sequence[str] | None:
        return self.access.visible(request.headers.get("Authorization"))

    def _kind(self, request: Request, extension: str) -> str:
        if not extension:
            return self._negotiated(request, ROW_TYPES)
        if EXTENSIONS.get(extension) not in ROW_TYPES.values():
            known = ", ".join(f".{key}" for key, kind in EXTENSIONS.items() if kind in ROW_TYPES.values())
            raise ProblemError(404, f"no format .{extension} of an answer: there are {known}, and .rq for the query")
        return EXTENSIONS[extension]

    def _negotiated(self, request: Request, offers: dict[str, str], *, browser: bool = False) -> str:
        accept = request.headers.get("Accept")
        kind = negotiate(accept, offers)
        if kind is None and browser and "text/html" in (accept or ""):
            return next(iter(offers.values()))
        if kind is None:
            raise ProblemError(406, f"none of the formats that the request accepts is here: there are {', '.join(offers)}")
        return kind

    async def _body(self, request: Request) -> bytes:
        content = b""
        async for part in request.stream():
            content += part
            if len(content) > self.access.request_bytes:
                raise ProblemError(413, f"the request has more than {self.access.request_bytes} bytes")
        return content

    async def _answered(
        self, request: Request, wanted: Asked, rows: str | None, graph: str | None, visible: Sequence[str] | None
    ) -> Response:
        if rows is None and graph is None:
            known = ", ".join(dict.fromkeys([*ROW_TYPES, *GRAPH_TYPES]))
            raise ProblemError(406, f"none of the formats that the request accepts is here: there are {known}")
        mark = hashlib.sha256(repr((self.pool.state(), wanted, rows, graph, visible)).encode()).hexdigest()[:32]
        headers = {"ETag": f'W/"{mark}"', "Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        if visible is not None:
            headers["Itss-Kg-Graphs"] = " ".join(visible)

        async def run() -> Response:
            return await _response(await self.pool.ask(wanted, rows, graph, visible), headers)

        work = asyncio.ensure_future(run())
        while not work.done():
            await asyncio.wait({work}, timeout=_LOOK)
            if not work.done() and await request.is_disconnected():
                work.cancel()  # which ends the query
                raise ProblemError(503, "the client has gone")
        return work.result()


async def _response(reply: Reply, headers: dict[str, str]) -> Response:
    """A short answer whole, a long one as it comes; one that breaks off closes the connection: no client takes it for whole."""
    first: list[bytes] = []
    size = 0
    async for part in reply.content:
        first.append(part)
        size += len(part)
        if size > _WHOLE:
            break
    else:
        return Response(b"".join(first), media_type=_typed(reply.kind), headers=headers)

    async def parts() -> AsyncIterator[bytes]:
        try:
            for part in first:
                yield part
            async for part in reply.content:
                yield part
        finally:
            await reply.content.aclose()

    return StreamingResponse(parts(), media_type=_typed(reply.kind), headers=headers)


def _typed(kind: str) -> str:
    return f"{kind}; charset=utf-8"


def _address(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101  # registered for it
    title = HTTPStatus(error.status).phrase
    body = {"type": "about:blank", "title": title, "status": error.status, "detail": error.detail, **error.more}
    return JSONResponse(body, error.status, error.headers, "application/problem+json")


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for it
    return await _problem(request, ProblemError(error.status_code, error.detail, headers=error.headers))


async def _fault(request: Request, _: Exception) -> Response:
    return await _problem(
        request, ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; the log says where")
    )
