"""Files of triples as Spark finds them, and their lines as a data frame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import unquote

from itss_kg.bulk.lines import COLUMNS
from itss_kg.bulk.spark.chunks import Source
from itss_kg.errors import CallError, InputError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, DataFrameReader, SparkSession

__all__ = ["found", "line_number", "lines", "plain"]

_PACKED = ("", ".gz", ".bz2")  # what Hadoop unpacks without native libraries
_FORMS = {
    "ntriples": tuple(f".nt{end}" for end in _PACKED),
    "nquads": tuple(f".nq{end}" for end in _PACKED),
    "parquet": (".parquet",),
}


def found(spark: SparkSession, names: Sequence[str]) -> dict[int, Source]:
    """The files that paths, folders, patterns and addresses stand for, by a number that Spark can work out for each row.

    Raises:
        CallError: standard input is named.
        InputError: a name stands for nothing, or a file's name does not say what it holds.
    """
    from pyspark.errors import AnalysisException
    from pyspark.sql import functions as F  # noqa: N812

    if "-" in names:
        raise CallError("a cluster cannot read standard input; name files that all its machines can read")
    try:
        files = _reader(spark).format("binaryFile").load(list(names))
    except AnalysisException as error:
        raise InputError(_reason(error), source=" ".join(names)) from None
    rows = files.select(_path().alias("path"), F.xxhash64(_path()).alias("file")).collect()
    sources: dict[int, Source] = {}
    for place, row in enumerate(sorted(rows, key=lambda row: str(row.path)), 1):
        if row.file in sources and sources[row.file].name != row.path:
            raise InputError("the names of this file and another have the same hash; rename it", source=row.path)
        sources[row.file] = Source(row.path, _form(row.path), place)
    listed = {plain(name): _form(name) for name in files.inputFiles()}  # names say what they hold, of empty files too
    if not listed:
        raise InputError("no files in it", source=" ".join(names))
    empty = sorted(listed.keys() - {plain(source.name) for source in sources.values()})
    if empty:
        raise InputError("no triples in it; is it empty?", source=empty[0])
    return sources


def plain(name: str) -> str:
    """A file's name for people: a local one without its scheme, and without the signs that stand for others in an address."""
    return re.sub("^file:/+", "/", unquote(name))


def _reason(error: Exception) -> str:
    text = str(error)
    return "no such file or folder" if "PATH_NOT_FOUND" in text else " ".join(text.split("\n")[0].split())


def _form(path: str) -> str:
    for form, endings in _FORMS.items():
        if path.lower().endswith(endings):
            return form
    known = " ".join(end for endings in _FORMS.values() for end in endings)
    raise InputError(f"the name does not say that it holds triples; Spark reads {known}", source=plain(path))


def _path() -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    return F.col("_metadata.file_path")


def _reader(spark: SparkSession) -> DataFrameReader:
    """Reads folders in folders, and leaves out nothing, whatever the cluster is used to."""
    return spark.read.options(recursiveFileLookup="true", ignoreCorruptFiles="false", ignoreMissingFiles="false")


def lines(spark: SparkSession, names: Sequence[str], sources: dict[int, Source]) -> DataFrame:
    """The lines of the files as bytes, each with its end, and with the number of its file; triples of Parquet as such lines."""
    from pyspark.sql import functions as F  # noqa: N812

    frames = [
        frame.select(F.xxhash64(_path()).alias("file"), F.concat(line, F.lit(b"\n")).alias("line"))
        for frame, line in _read(spark, names, sources)
    ]
    return reduce(lambda one, other: one.unionAll(other), frames)


def _read(spark: SparkSession, names: Sequence[str], sources: dict[int, Source]) -> list[tuple[DataFrame, Column]]:
    from pyspark.sql import functions as F  # noqa: N812

    forms = {source.form for source in sources.values()}
    made: list[tuple[DataFrame, Column]] = []
    text = [end.removeprefix(".") for form, ends in _FORMS.items() if form in forms - {"parquet"} for end in ends]
    if text:
        pattern = f"*.{{{','.join(text)}}}"
        frame = _reader(spark).option("pathGlobFilter", _any_case(pattern)).text(list(names), lineSep="\n")
        made.append((frame, F.col("value").cast("binary")))
    if "parquet" in forms:
        frame = _reader(spark).option("pathGlobFilter", _any_case("*.parquet")).option("mergeSchema", "true").parquet(*names)
        if not set(COLUMNS) <= set(frame.columns):
            raise InputError(
                f"Parquet of triples has the columns {', '.join(COLUMNS)}; here are {', '.join(frame.columns)}",
                source=" ".join(names),
            )
        whole = F.concat(*(part for name in COLUMNS for part in (F.col(name).cast("string"), F.lit(" "))), F.lit("."))
        wrong = F.concat(F.lit("a term that is null or holds an end of line: "), F.to_json(F.struct(*COLUMNS)))
        line = F.when(whole.isNull() | whole.rlike("[\r\n]"), wrong).otherwise(whole)
        made.append((frame, line.cast("binary")))
    return made


def _any_case(pattern: str) -> str:
    """The pattern for names in capitals, too, which glob filters tell apart."""
    return "".join(f"[{sign}{sign.upper()}]" if sign.isalpha() else sign for sign in pattern)


def line_number(spark: SparkSession, source: Source, text: bytes) -> int | None:
    """The number of the first such line (or row, of Parquet) of a file."""
    from pyspark.sql import functions as F  # noqa: N812

    frame, line = _read(spark, [_escaped(unquote(source.name))], {0: source})[0]
    rows = frame.select(
        line.alias("line"),
        F.struct(F.col("_metadata.file_block_start").alias("block"), F.monotonically_increasing_id().alias("id")).alias(
            "place"
        ),
    )
    first = rows.where(F.col("line") == F.lit(text)).agg(F.min("place").alias("place")).collect()[0].place
    if first is None:
        return None
    before = (F.col("place.block") < first.block) | ((F.col("place.block") == first.block) & (F.col("place.id") <= first.id))
    return int(rows.where(before).count())


def _escaped(path: str) -> str:
    """The path with the signs of patterns taken as they are."""
    return "".join(f"\\{sign}" if sign in "*?[]{}\\" else sign for sign in path)
