"""A SPARQL server that the user named, asked through SPARQLWrapper; its answers are those of the embedded store."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

from itss_kg.catalogue import blanked, without_header
from itss_kg.errors import CallError, InputError
from itss_kg.namespaces import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["Endpoint"]

_BUSY = (429, 503)
_SURE = 64  # rows: no server cuts an answer as short as this
_BOOLEAN = {"1": "true", "0": "false"}
_MESSAGE = 280  # signs of what a server says of a query


@dataclass(frozen=True)
class Endpoint:
    """A server's query endpoint.

    `user` and `password` are sent as HTTP Basic, or as Digest where `digest` says so; `token` as a bearer token. `timeout` is
    in seconds, for each try; a server that says it is busy (429, 503) is asked again up to `retries` times, after as long as it
    says or a growing while.
    An ordered SELECT without a LIMIT is asked for in pages of `page` rows. `update_url` is where the server takes updates;
    `default_graphs` are the graphs asked about, where not all of the server's are.
    """

    url: str
    user: str | None = None
    password: str | None = None
    token: str | None = None
    timeout: int = 60
    retries: int = 3
    page: int = 4_096  # twice as much is what Virtuoso sorts by default
    default_graphs: tuple[str, ...] = ()
    update_url: str | None = None
    digest: bool = False

    def query(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | Any:  # triples come as a list
        """Answer a query.

        Raises:
            CallError: the server says that the query is wrong, or refuses it.
            InputError: the server cannot be reached, stays busy, or answers what is no SPARQL result.
        """
        import pyoxigraph as ox

        # SPARQLWrapper takes the first word such as "add" for the kind of the query, in a header's sentences too
        text = without_header(text)
        paged = _can_be_paged(text)
        text = with_prefixes(text)
        first = f"{text}\nLIMIT {self.page}" if paged else text
        body, kind = self._asked(first)
        try:
            if "json" in kind:
                document = json.loads(body)
                if "results" in document:
                    self._complete(document, text if paged else None)
                return ox.parse_query_results(json.dumps(document).encode(), format=ox.QueryResultsFormat.JSON)
            return list(ox.parse(body, format=ox.RdfFormat.N_TRIPLES if "n-triples" in kind else ox.RdfFormat.TURTLE))
        except (SyntaxError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"answered what is no SPARQL result ({kind}: {error})", source=self.url) from None

    def update(self, text: str) -> None:
        """Carry out an update at `update_url`.

        Raises:
            CallError: the server refuses it.
            InputError: the server cannot be reached.
        """
        self._asked(text, update=True)

    def _complete(self, document: Any, text: str | None) -> None:  # SPARQL results in JSON
        """The pages after the first one, of the query if it has an order; each boolean by its name, which Virtuoso numbers."""
        rows = document["results"]["bindings"]
        fresh = rows
        while text is not None and len(fresh) > _SURE:  # a server may cut a page shorter than it was asked to
            body, _ = self._asked(f"{text}\nLIMIT {self.page} OFFSET {len(rows)}")
            fresh = json.loads(body)["results"]["bindings"]
            rows.extend(fresh)
        for row in rows:
            for term in row.values():
                if term.get("datatype") == PREFIXES["xsd"] + "boolean":
                    term["value"] = _BOOLEAN.get(term["value"], term["value"])

    def _cut(self, response: Any, text: str) -> None:  # an HTTP response
        """Nothing is lost in silence: Virtuoso says in a header when it gave fewer rows than there are.

        Raises:
            InputError: it did, and the query has no order by which the rest could be asked for.
        """
        most = response.headers.get("X-SPARQL-MaxRows")
        if most and "LIMIT" not in blanked(text).upper():
            said = f"gives at most {most} rows, and there are more; add ORDER BY, so that they can be asked for in pages"
            raise InputError(said, source=self.url)

    def _asked(self, text: str, *, update: bool = False) -> tuple[bytes, str]:
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException, Unauthorized

        for attempt in range(self.retries + 1):
            try:
                response = self._wrapper(text, update).query().response
                self._cut(response, text)
                return response.read(), response.headers.get("Content-Type", "").lower()
            except Unauthorized:
                raise self._refused_access() from None
            except SPARQLWrapperException as error:
                said = " ".join(str(error.args[0] if error.args else error).split())[:_MESSAGE]
                raise CallError(f"{self.url}: the query was refused: {said}") from None
            except HTTPError as error:
                if error.code not in _BUSY or attempt == self.retries:
                    raise self._refusal(error) from None
                time.sleep(_pause(error, attempt))
            except OSError as error:  # of which URLError is one
                raise InputError(f"cannot be reached ({getattr(error, 'reason', error)})", source=self.url) from None
        raise InputError("stays busy", source=self.url)

    def _wrapper(self, text: str, update: bool) -> Any:  # SPARQLWrapper's own type
        from SPARQLWrapper import ASK, DIGEST, JSON, POST, SELECT, TURTLE, SPARQLWrapper

        wrapper = SPARQLWrapper((self.update_url or self.url) if update else self.url, agent="itss-kg")
        wrapper.setMethod(POST)
        wrapper.setTimeout(self.timeout)
        if self.token:
            wrapper.addCustomHttpHeader("Authorization", f"Bearer {self.token}")
        elif self.user is not None:
            wrapper.setCredentials(self.user, self.password or "")
            if self.digest:
                wrapper.setHTTPAuth(DIGEST)
        wrapper.setQuery(text)
        for graph in self.default_graphs if not update else ():
            wrapper.addParameter("default-graph-uri", graph)
        wrapper.setReturnFormat(JSON if wrapper.queryType in (SELECT, ASK) else TURTLE)
        return wrapper

    def _refused_access(self) -> CallError:
        return CallError(f"{self.url}: access refused; give the user or token that may ask")

    def _refusal(self, error: HTTPError) -> Exception:
        said = " ".join(error.read(_MESSAGE).decode("utf-8", "replace").split())
        if error.code in _BUSY:
            return InputError(f"stays busy (HTTP {error.code})", source=self.url)
        if error.code in (401, 403):
            return self._refused_access()
        return CallError(f"{self.url}: the query was refused (HTTP {error.code}): {said}")


def _can_be_paged(text: str) -> bool:
    """Whether the query is a SELECT that orders its rows and leaves their number open."""
    body, _, end = blanked(text).upper().rpartition("}")
    form = re.search(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", body)
    words = set(re.findall(r"[A-Z]+", end))
    return form is not None and form[1] == "SELECT" and "ORDER" in words and not words & {"LIMIT", "OFFSET", "VALUES"}


def with_prefixes(text: str) -> str:
    """The query with the well-known prefixes that it uses and does not declare, on its own first line."""
    declared = {name.lower() for name in re.findall(r"PREFIX\s+([\w-]*):", text, re.IGNORECASE)}
    missing = [name for name in PREFIXES if name not in declared and re.search(rf"(?<![\w-]){name}:", text)]
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in missing) + text


def _pause(error: HTTPError, attempt: int) -> float:
    asked = error.headers.get("Retry-After", "")
    return min(float(asked), 30.0) if asked.isdigit() else 0.5 * 2**attempt
