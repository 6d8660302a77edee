"""What is noted of each request: a line of the log, and metrics for Prometheus."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import MutableHeaders

from itss_kg.endpoint.protocol import ProblemError

__all__ = ["Log", "Metrics"]


class Metrics:
    """Counts and times, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["route", "status"]
        self.requests = Counter("itss_kg_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "itss_kg_request_seconds", "Seconds to the end of the answer", ["route"], registry=self.registry
        )
        self.running = Gauge("itss_kg_queries_running", "Queries at work", registry=self.registry)
        self.waiting = Gauge("itss_kg_queries_waiting", "Queries waiting for a place", registry=self.registry)
        self.stopped = Gauge("itss_kg_queries_ended", "Queries ended before they were done", registry=self.registry)


class Log:
    """A line of JSON and the metrics for each request: of the address only the route, for queries may name people."""

    def __init__(self, app: Any, metrics: Metrics, log: Callable[[str], object]) -> None:
        self.app = app
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        """Pass the request on, and note what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        seen = {"status": 0, "bytes": 0, "whole": False}

        async def counted(message: Any) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
                seen["whole"] = not message.get("more_body", False)
            await send(message)

        fault: str | None = None
        try:
            await self.app(scope, receive, counted)
        except BaseException as error:
            if seen["status"] and isinstance(error.__cause__, ProblemError):
                fault = error.__cause__.detail  # an answer that is broken off: the server closes the connection
            else:
                fault = type(error).__name__
                raise
        finally:
            route = getattr(scope.get("route"), "path", "none")
            took = time.perf_counter() - start
            self.metrics.requests.labels(route, str(seen["status"])).inc()
            self.metrics.seconds.labels(route).observe(took)
            entry = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "method": scope["method"], "route": route}
            entry |= seen | {"milliseconds": round(took * 1e3, 1)} | ({"fault": fault} if fault else {})
            self.log(json.dumps(entry))
