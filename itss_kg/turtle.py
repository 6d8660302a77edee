"""Turtle written by hand-shaped rules: one resource a block, stable to the byte, whatever order the triples came in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from itss_kg.graph import Literal, Term
from itss_kg.namespaces import RDF, XSD

__all__ = ["Writer"]

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Writer:
    """Terms and blocks as Turtle, with the given prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(sorted(prefixes.items()))

    def header(self) -> str:
        """The prefix declarations."""
        return "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in self.prefixes.items())

    def term(self, term: Term) -> str:
        """One term."""
        if isinstance(term, Literal):
            return self._literal(term)
        if term == RDF.type:
            return "a"
        if term.startswith("_:"):
            return term
        for prefix, base in self.prefixes.items():
            if term.startswith(base) and _LOCAL.fullmatch(term[len(base) :]):
                return f"{prefix}:{term[len(base) :]}"
        return f"<{term}>"

    def many(self, terms: Iterable[Term]) -> str:
        """Objects of one predicate."""
        return " , ".join(self.term(term) for term in terms)

    def items(self, terms: Iterable[Term]) -> str:
        """An RDF list."""
        return "( " + " ".join(self.term(term) for term in terms) + " )"

    def block(self, subject: str, rows: Iterable[tuple[str, str]]) -> str:
        """One resource: predicates with their objects, which are Turtle already."""
        lines = " ;\n".join(f"  {self.term(predicate)} {objects}" for predicate, objects in rows)
        return f"{self.term(subject)}\n{lines} .\n"

    def _literal(self, term: Literal) -> str:
        if term.datatype == XSD.integer and re.fullmatch(r"[+-]?\d+", term.lexical):
            return term.lexical
        if term.datatype == XSD.boolean and term.lexical in ("true", "false"):
            return term.lexical
        text = "".join(_ESCAPES.get(sign, sign) for sign in term.lexical)
        if term.language:
            return f'"{text}"@{term.language}'
        return f'"{text}"' if term.datatype == XSD.string else f'"{text}"^^{self.term(term.datatype)}'
