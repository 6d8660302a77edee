"""The Sales indicators of ITSS V3 as a knowledge graph: records are assessed, explained, validated and compared.

>>> import itss_kg
>>> standard = itss_kg.load()
>>> [indicator.key for indicator in standard.indicators][:2]
['consulting-L3', 'consulting-L4']
>>> reading = itss_kg.Reading(standard)
>>> graph = itss_kg.read_candidates([itss_kg.bundled("data", "candidates", "consulting-l5.ttl")])
>>> [(verdict.field.key, verdict.level) for verdict in itss_kg.assess(graph, reading)]
[('consulting', 5), ('product', None), ('media', None)]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from itss_kg.assessment import Unmet, Verdict, assess, candidates
    from itss_kg.completion import Addition, additions
    from itss_kg.data_quality import quality
    from itss_kg.difference import Comparison, Difference, compare
    from itss_kg.errors import CallError, InputError, ItssError, OntologyError
    from itss_kg.exchange.attainment import Award, attained
    from itss_kg.exchange.case import as_case
    from itss_kg.exchange.ctdl_asn import as_ctdl_asn
    from itss_kg.exchange.elm import as_elm
    from itss_kg.exchange.open_badges import as_open_badge
    from itss_kg.exchange.schema_org import as_schema_org
    from itss_kg.explanation import Explanation, explain
    from itss_kg.graph import Graph, Literal
    from itss_kg.input import read_candidates
    from itss_kg.prose import Prose
    from itss_kg.reading import Reading
    from itss_kg.resources import bundled
    from itss_kg.sampling import sample
    from itss_kg.standard import Criterion, Field, Indicator, Level, Standard, load
    from itss_kg.validation import Report, Result, validate

_HOMES = {
    "completion": ("Addition", "additions"),
    "assessment": ("Unmet", "Verdict", "assess", "candidates"),
    "difference": ("Comparison", "Difference", "compare"),
    "errors": ("CallError", "InputError", "ItssError", "OntologyError"),
    "exchange.attainment": ("Award", "attained"),
    "exchange.case": ("as_case",),
    "exchange.ctdl_asn": ("as_ctdl_asn",),
    "exchange.elm": ("as_elm",),
    "exchange.open_badges": ("as_open_badge",),
    "exchange.schema_org": ("as_schema_org",),
    "explanation": ("Explanation", "explain"),
    "graph": ("Graph", "Literal"),
    "input": ("read_candidates",),
    "prose": ("Prose",),
    "data_quality": ("quality",),
    "reading": ("Reading",),
    "resources": ("bundled",),
    "sampling": ("sample",),
    "standard": ("Criterion", "Field", "Indicator", "Level", "Standard", "load"),
    "validation": ("Report", "Result", "validate"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # the names are those of the table above, checked by a test
    "Addition",
    "Award",
    "CallError",
    "Comparison",
    "Criterion",
    "Difference",
    "Explanation",
    "Field",
    "Graph",
    "Indicator",
    "InputError",
    "ItssError",
    "Level",
    "Literal",
    "OntologyError",
    "Prose",
    "Reading",
    "Report",
    "Result",
    "Standard",
    "Unmet",
    "Verdict",
    "additions",
    "as_case",
    "as_ctdl_asn",
    "as_elm",
    "as_open_badge",
    "as_schema_org",
    "assess",
    "attained",
    "bundled",
    "candidates",
    "compare",
    "explain",
    "load",
    "quality",
    "read_candidates",
    "sample",
    "validate",
]


def __getattr__(name: str) -> Any:
    """A public name, whose module is imported only now: a comparison need not wait for a validator."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'itss_kg' has no attribute {name!r}")
    return getattr(import_module(f"itss_kg.{_HOME_OF[name]}"), name)
