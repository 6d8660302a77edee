"""The endpoint's page for people."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from itss_kg.catalogue import FEDERATED, Question

__all__ = ["page"]


def page(questions: Mapping[str, Question]) -> str:
    """A form for a query, and the questions as links; it needs no script."""
    rows = "\n".join(
        f'<li><a href="questions/{escape(item.name)}.csv">{escape(item.title["en"])}</a> · {escape(item.title["ja"])} '
        f'(<a href="questions/{escape(item.name)}.rq">query</a>){" " + escape(FEDERATED["en"]) if item.federated else ""}</li>'
        for item in questions.values()
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>itss-kg</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
textarea {{ width: 100%; height: 12rem; font: 14px/1.4 ui-monospace, monospace; box-sizing: border-box }}
</style></head><body>
<h1>itss-kg</h1>
<p>A SPARQL 1.1 endpoint, read-only: <code>/sparql</code>. <a href="openapi.json">OpenAPI</a> ·
<a href=".well-known/void">VoID</a> · <a href="sparql">service description</a> · <a href="metrics">metrics</a></p>
<form action="sparql" method="get"><label for="query">A query of your own; the answer is JSON or Turtle.</label>
<textarea id="query" name="query">SELECT ?field WHERE {{ ?field a itss:SpecialtyField }} ORDER BY ?field</textarea>
<p><button>Ask</button></p></form>
<h2>Questions of the catalogue</h2>
<ul>
{rows}
</ul></body></html>
"""
