"""Files of triples as Spark finds them, and their lines as a data frame."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING
from urllib.parse import unquote

from itss_kg.bulk.lines import COLUMNS, TERM
from itss_kg.bulk.spark.chunks import Source
from itss_kg.errors import CallError, InputError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, DataFrameReader, SparkSession

__all__ = ["escaped", "found", "line_number", "lines", "plain", "without_triples"]

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
    from pyspark.sql import functions as F  # noqa: N812

    if "-" in names:
        raise CallError("a cluster cannot read standard input; name files that all its machines can read")
    listed = sorted({path for name in names for path in _listed(spark, name)})
    forms = {path: _form(path) for path in listed}  # names say what they hold, of empty files too
    if not listed:
        raise InputError("no files in it", source=" ".join(names))
    files = _reader(spark).format("binaryFile").load([escaped(path) for path in listed])
    rows = files.select(_path().alias("path"), F.xxhash64(_path()).alias("file")).collect()
    sources: dict[int, Source] = {}
    for place, row in enumerate(sorted(rows, key=lambda row: str(row.path)), 1):
        if row.file in sources and sources[row.file].name != row.path:
            raise InputError("the names of this file and another have the same hash; rename it", source=row.path)
        sources[row.file] = Source(row.path, _form(row.path), place)
    empty = sorted({plain(path) for path in forms} - {plain(source.name) for source in sources.values()})
    if empty:
        raise without_triples(empty[0])
    return sources


def without_triples(name: str) -> InputError:
    """The error that there are none in a file."""
    return InputError("no triples in it; is it empty, or of another format than its name says?", source=plain(name))


def _listed(spark: SparkSession, name: str) -> Iterator[str]:
    """The files that a name stands for: one that is there is itself, whatever signs of patterns are in it.

    Raises:
        InputError: there are none; or one has a name that Spark's readers pass over in silence.
    """
    from py4j.protocol import Py4JJavaError

    java = spark._jvm
    assert java is not None  # noqa: S101  # a classic session has one
    try:
        path = java.org.apache.hadoop.fs.Path(name)
        system = path.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
        waiting = [system.getFileStatus(path)] if system.exists(path) else list(system.globStatus(path) or ())
    except Py4JJavaError as error:
        raise InputError(f"cannot be looked for ({error.java_exception.getMessage()})", source=name) from None
    if not waiting:
        raise InputError("no such file or folder", source=name)
    while waiting:
        status = waiting.pop()
        if status.isDirectory():
            waiting.extend(system.listStatus(status.getPath()))
            continue
        last = str(status.getPath().getName())
        if not last.startswith(("_", ".")):
            yield str(status.getPath().toString())
        elif last.lower().endswith(tuple(end for endings in _FORMS.values() for end in endings)):
            what = "begins with _ or ., and Spark reads no such files; rename it"
            raise InputError(what, source=plain(str(status.getPath().toString())))


def plain(name: str) -> str:
    """A file's name for people: a local one without its scheme, and without the signs that stand for others in an address."""
    return re.sub("^file:/+", "/", unquote(name))


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
    """Leaves out nothing, whatever the cluster is used to."""
    return spark.read.options(ignoreCorruptFiles="false", ignoreMissingFiles="false")


def lines(spark: SparkSession, sources: dict[int, Source]) -> DataFrame:
    """The lines of the files as bytes, each with its end, and with the number of its file; triples of Parquet as such lines."""
    from pyspark.sql import functions as F  # noqa: N812

    frames = [
        frame.select(F.xxhash64(_path()).alias("file"), F.concat(line, F.lit(b"\n")).alias("line"))
        for frame, line in _read(spark, list(sources.values()))
    ]
    return reduce(lambda one, other: one.unionAll(other), frames)


def _read(spark: SparkSession, sources: Sequence[Source]) -> list[tuple[DataFrame, Column]]:
    from pyspark.sql import functions as F  # noqa: N812

    made: list[tuple[DataFrame, Column]] = []
    text = [escaped(unquote(source.name)) for source in sources if source.form != "parquet"]
    if text:
        frame = _reader(spark).text(text, lineSep="\n")
        made.append((frame, F.col("value").cast("binary")))
    tables = [escaped(unquote(source.name)) for source in sources if source.form == "parquet"]
    if tables:
        frame = _reader(spark).option("mergeSchema", "true").parquet(*tables)
        if not set(COLUMNS) <= set(frame.columns):
            raise InputError(
                f"Parquet of triples has the columns {', '.join(COLUMNS)}; here are {', '.join(frame.columns)}",
                source=" ".join(map(plain, tables)),
            )
        whole = F.concat(*(part for name in COLUMNS for part in (F.col(name).cast("string"), F.lit(" "))), F.lit("."))
        wrong = F.concat(F.lit("a term that is null, none, or holds an end of line: "), F.to_json(F.struct(*COLUMNS)))
        # what would be read as a comment, or as columns that are shifted; few lines are looked at so closely
        several = whole.rlike(r"\.[ \t]*#|  |\t|^ ") & ~reduce(and_, (F.col(name).rlike(TERM) for name in COLUMNS))
        line = F.when(whole.isNull() | whole.rlike("[\r\n]") | several, wrong).otherwise(whole)
        made.append((frame, line.cast("binary")))
    return made


def line_number(spark: SparkSession, source: Source, text: bytes) -> int | None:
    """The number of the first such line (or row, of Parquet) of a file."""
    from pyspark.sql import functions as F  # noqa: N812

    frame, line = _read(spark, [source])[0]
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


def escaped(path: str) -> str:
    """The path with the signs of patterns taken as they are."""
    return "".join(f"\\{sign}" if sign in "*?[]{}\\" else sign for sign in path)
