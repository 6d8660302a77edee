"""Verdicts of a part written in the form asked for; parts written one after another are the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl

from itss_kg.namespaces import ITSS, OWL, PROV, RDF, RDFS, XSD
from itss_kg.standard import Standard

__all__ = ["EVIDENT", "FORMATS", "header", "text_of"]

EVIDENT = ("nt", "ttl")  # forms that say which criteria are met and what shows it
_HOME = "https://w3id.org/itss-kg/verdict/"
_ASSESSMENT = f"{_HOME}assessment"


def header(form: str, standard: Standard) -> str:
    """What stands before the verdicts in a form of `FORMATS`."""
    if form == "csv":
        return "candidate,field,level,basis,next_level,unmet,messages\n"
    if form not in EVIDENT:
        return ""
    used = [(_ASSESSMENT, PROV.used, f"<{iri}>") for iri in sorted(standard.graph.instances(OWL.Ontology))]
    return "".join(_lines([(_ASSESSMENT, RDF.type, f"<{ITSS.Assessment}>"), *used]))


def text_of(frame: pl.DataFrame, form: str, standard: Standard, path: Path) -> None:
    """Write a frame of `rows.SCHEMA` to a file, in a form of `FORMATS`."""
    FORMATS[form](frame, standard, path)


def _jsonl(frame: pl.DataFrame, _: Standard, path: Path) -> None:
    """The contract's rows, one a line."""
    upper = pl.when(pl.col("next_level").is_not_null()).then(pl.struct(level=pl.col("next_level"), unmet=pl.col("unmet")))
    frame.select("candidate", "field", "level", "basis", upper.alias("next")).write_ndjson(path)


def _csv(frame: pl.DataFrame, _: Standard, path: Path) -> None:
    part = pl.element().struct.field
    kind, message = (part(name).cast(pl.String) for name in ("kind", "message"))
    counted = pl.format("{} ({}/{})", kind, part("found"), part("required"))
    short = pl.when(part("required").is_null()).then(kind).otherwise(counted)
    unmet = pl.col("unmet").list.eval(short).list.join("; ")
    messages = pl.col("unmet").list.eval(message).list.join(" | ")
    unmet, messages = (pl.when(text != "").then(text) for text in (unmet, messages))  # an empty cell has no quotes
    table = frame.select("candidate", "field", "level", "basis", "next_level", unmet.alias("unmet"), messages.alias("messages"))
    table.write_csv(path, include_header=False, quote_style="necessary")


def _ntriples(frame: pl.DataFrame, standard: Standard, path: Path) -> None:
    """The verdicts as RDF, with the statements that `verdicts.as_turtle` makes, of a frame with the columns of `evidence`."""
    import hashlib

    fields = {item.key: item.iri for item in standard.fields}
    places = {(item.field.key, item.level.number): item for item in standard.indicators}
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for candidate, field, level, basis, following, unmet, met, used in frame.iter_rows():
            name = f"{_HOME}{hashlib.sha256(f'{candidate} {fields[field]}'.encode()).hexdigest()[:32]}"
            rows = [
                (name, RDF.type, f"<{ITSS.Verdict}>"),
                (name, ITSS.ofCandidate, candidate if candidate.startswith("_:") else f"<{candidate}>"),
                (name, ITSS.inField, f"<{fields[field]}>"),
                (name, PROV.wasGeneratedBy, f"<{_ASSESSMENT}>"),
                *((name, ITSS.meets, f"<{iri}>") for iri in met),
                *((name, PROV.wasDerivedFrom, node) for node in used),
            ]
            if level is not None:
                rows += [
                    (name, ITSS.attainedLevel, f"<{places[field, level].level.iri}>"),
                    (name, ITSS.attainedIndicator, f"<{places[field, level].iri}>"),
                    (name, ITSS.basis, f"<{ITSS.RecordBasis if basis == 'record' else ITSS.ExaminationBasis}>"),
                ]
            if following is not None:
                rows.append((name, ITSS.nextIndicator, f"<{places[field, following].iri}>"))
            for one in unmet or ():
                short = f"{name}-{one['kind']}"
                rows += [
                    (name, ITSS.hasShortfall, f"<{short}>"),
                    (short, RDF.type, f"<{ITSS.Shortfall}>"),
                    (short, ITSS.ofCriterion, f"<{one['criterion']}>"),
                    (short, RDFS.label, _literal(one["message"])),
                ]
                for key, path_of in (("required", ITSS.required), ("found", ITSS.found)):
                    if one[key] is not None:
                        rows.append((short, path_of, f'"{one[key]}"^^<{XSD.integer}>'))
            stream.writelines(_lines(rows))


def _lines(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield from (f"<{s}> <{p}> {o} .\n" for s, p, o in rows)


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


FORMATS: dict[str, Callable[[pl.DataFrame, Standard, Path], None]] = {
    "jsonl": _jsonl,
    "json": _jsonl,
    "csv": _csv,
    "nt": _ntriples,
    "ttl": _ntriples,
}
