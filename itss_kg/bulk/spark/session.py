"""The Spark session of a run, and what its errors mean to the person who called."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

from itss_kg.bulk.spark.chunks import MALFORMED, Source
from itss_kg.bulk.spark.sources import line_number, plain
from itss_kg.errors import CallError, InputError, ItssError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["session", "translated"]

_MASTER = re.compile(r"local(\[[^\]]+\])?|local-cluster\[.+\]|yarn|(spark|k8s)://.+")
_QUIET = Path(__file__).with_name("log4j2.properties")


@contextmanager
def session(master: str | None) -> Iterator[SparkSession]:
    """A session on a cluster, ended at the end; one that is there already is used and left.

    Without a master, it is what Spark's own configuration says, or all cores of this machine. On this machine nothing listens
    but on the loopback address, and there is no web page.

    Raises:
        CallError: PySpark or Java is missing, or the cluster cannot be reached, or its name is none.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise CallError("--engine spark needs PySpark; install it with: pip install 'itss-kg[spark]'") from None
    if master is not None and not _MASTER.fullmatch(master):
        raise CallError(f"--master {master}: name a cluster such as spark://host:7077, yarn or k8s://host, or local[4]")
    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    with _without_logs():
        with _undisturbed():
            spark = _started(master)
        try:
            yield spark
        finally:
            with _undisturbed(), suppress(Exception):  # nothing is left to be done with it, whatever it says
                spark.stop()


@contextmanager
def _without_logs() -> Iterator[None]:
    """py4j logs what it raises as well, interruptions among it."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait: between its start and its session, or half ended, Java would be left behind.

    What deals with them is the same afterwards: what PySpark puts there asks Java first, which answers with tracebacks.
    """
    if current_thread() is not main_thread():
        yield
        return
    came: list[int] = []
    waiting = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda sent, _: came.append(sent)) for number in waiting}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for sent in came[:1]:
            signal.raise_signal(sent)


def _started(master: str | None) -> SparkSession:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("itss-kg assess").config(
        "spark.ui.showConsoleProgress", str(sys.stderr.isatty()).lower()
    )
    if master is not None:
        builder = builder.master(master)
    if master is None or master.startswith("local"):
        builder = builder.config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.driver.host", "127.0.0.1")
    if "SPARK_CONF_DIR" not in os.environ:
        builder = builder.config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={_QUIET.as_uri()}")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pandas' version, which nothing here uses
            return builder.getOrCreate()
    except Exception as error:  # whatever Java says
        text = str(error)
        if "JAVA_GATEWAY_EXITED" in text or "JAVA_HOME" in text:
            raise CallError("Spark did not start: it needs Java 17 or later, by JAVA_HOME or in the path") from None
        if "stopped SparkContext" in text:
            raise CallError(f"{master} took no application: is a master there, of this version of Spark?") from None
        raise CallError(f"Spark did not start on {master or 'this machine'}: {_gist(text)}") from None


@contextmanager
def translated(spark: SparkSession, sources: dict[int, Source]) -> Iterator[None]:
    """Errors of Spark's workers as this package's.

    Raises:
        InputError: a line is malformed, or the input changed while it was read.
        CallError: the workers cannot do what they are told.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (PySparkException, Py4JError) as error:
        raise _meaning(str(error), spark, sources) from None


def _meaning(text: str, spark: SparkSession, sources: dict[int, Source]) -> ItssError:
    malformed = re.search(re.escape(MALFORMED) + r"(\{.*?\})\s*$", text, re.MULTILINE)
    if malformed:
        said = json.loads(malformed[1])
        source = next(source for source in sources.values() if source.place == said["place"])
        line = bytes.fromhex(said["text"])
        shown = line.decode("utf-8", "backslashreplace").strip()
        return InputError(
            f"{said['message']}; the line is: {shown}", source=plain(source.name), line=line_number(spark, source, line)
        )
    if "itss-kg-changed" in text:
        return InputError(
            "the input changed while it was read; run it again", source=" ".join(plain(s.name) for s in sources.values())
        )
    if "PATH_ALREADY_EXISTS" in text:
        return CallError("the output is there already, perhaps of another run at the same time; name a folder that is not")
    if "CANNOT_MERGE_SCHEMAS" in text:
        names = " ".join(plain(source.name) for source in sources.values() if source.form == "parquet")
        return InputError("these Parquet files have columns of one name and different types; write them alike", source=names)
    damaged = re.search(r"FAILED_READ_FILE.*? reading file (\S+?)\.?\s", text)
    if damaged:
        gone = "FILE_NOT_EXIST" in damaged[0]
        said = "is not there any more" if gone else "cannot be read to its end; is it damaged, or cut short?"
        return InputError(said, source=plain(damaged[1]))
    missing = re.search(r"ModuleNotFoundError: No module named '(\w+)", text)
    if missing:
        return CallError(
            f"the cluster's Python has no {missing[1]}; install itss-kg[spark] on its machines or send an environment along"
            " (docs/scale.md), and say which Python with PYSPARK_PYTHON"
        )
    return CallError(f"Spark gave up: {_gist(text)}")


def _gist(text: str) -> str:
    """Of what Java or a worker's Python wrote the line that says what was wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    plain = re.compile(r"(?!org\.apache\.spark\.SparkException)[\w.$]*(Error|Exception): .")
    said = [line for line in lines if plain.match(line)]
    return (said or [line for line in lines if ": " in line] or lines or ["for no reason given"])[0].removeprefix(": ")
