"""A real HDFS of this machine's own processes, on the loopback address, and a command that tests Spark's runs on it:

    python -m tests.hdfs FOLDER

FOLDER holds the jars of a Hadoop with its servers. PySpark 2.4 still brings them along: its archive (`pip download --no-deps
pyspark==2.4.8`, which may want `pypandoc<1.8` as a constraint) has them in `deps/jars`. None of them is part of this project.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

_HDFS = "org.apache.hadoop.hdfs.server"
JARS = "ITSS_KG_HADOOP_JARS"
_LEFT_OUT = ("hive", "jersey", "spark")  # of other versions than Hadoop's servers know
# Hadoop 2 looks into what later Javas close
_OPEN = [
    f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.lang", "java.util", "java.nio", "java.net", "sun.nio.ch")
]
# of what writes there: lines, and records, lie across blocks, and a copy of each is on both data nodes
CLIENT = {
    "spark.hadoop.dfs.blocksize": str(1 << 16),
    "spark.hadoop.dfs.replication": "2",
    "spark.task.maxFailures": "4",  # as Spark has it: a data node that is lost may be one
}


def jars_or_skip() -> Path:
    """The folder with the jars, where one was named."""
    found = os.environ.get(JARS)
    if not found:
        pytest.skip(f"no Hadoop servers: {JARS} names no folder with their jars (see tests/hdfs.py)")
    return Path(found)


@dataclass
class Hdfs:
    """`address` is the file system's, `nodes` are the processes that keep its blocks."""

    address: str
    nodes: list[subprocess.Popen[bytes]]

    def kill(self, node: int) -> None:
        """At once."""
        os.killpg(self.nodes[node].pid, signal.SIGKILL)
        self.nodes[node].wait()


@contextmanager
def hdfs(java: str, jars: Path, folder: Path, nodes: int = 2) -> Iterator[Hdfs]:
    """A name node, and data nodes of which each has a copy of every block."""
    for name in ("hdfs", "datanode"):  # pages that nobody looks at, but that the servers look for
        (folder / "pages" / "webapps" / name / "WEB-INF").mkdir(parents=True)
        (folder / "pages" / "webapps" / name / "WEB-INF" / "web.xml").write_text("<web-app/>")
    address = f"hdfs://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        if not any(jars.glob("hadoop-hdfs-*.jar")):
            pytest.fail(f"{jars}: no jar of Hadoop's servers in it")
        needed = (str(jar) for jar in sorted(jars.glob("*.jar")) if not jar.name.startswith(_LEFT_OUT))
        path = ":".join([str(folder / "pages"), *needed])
        command = [java, "-Xmx256m", "-XX:+UseSerialGC", *_OPEN, "-cp"]
        name_node = [*command, f"{_configured(folder / 'name', address)}:{path}", f"{_HDFS}.namenode.NameNode"]
        subprocess.run([*name_node, "-format", "-force"], check=True, capture_output=True)
        stack.enter_context(server(name_node, folder / "name.log"))
        host, port = address.removeprefix("hdfs://").split(":")
        wait_for_port(host, int(port))
        found = []
        for number in range(nodes):
            place = _configured(folder / f"data-{number}", address)
            data_node = [*command, f"{place}:{path}", f"{_HDFS}.datanode.DataNode"]
            found.append(stack.enter_context(server(data_node, folder / f"data-{number}.log")))
        yield Hdfs(address, found)


def _configured(folder: Path, address: str) -> Path:
    """A folder with the settings of one server."""
    folder.mkdir()
    settings = {
        "fs.defaultFS": address,
        "hadoop.tmp.dir": str(folder),
        "hadoop.http.filter.initializers": "",
        "dfs.permissions.enabled": "false",
        "dfs.webhdfs.enabled": "false",
        "dfs.namenode.fs-limits.min-block-size": "1024",
        "dfs.namenode.safemode.extension": "0",
        "dfs.namenode.http-address": "127.0.0.1:0",
        "dfs.datanode.address": "127.0.0.1:0",
        "dfs.datanode.http.address": "127.0.0.1:0",
        "dfs.datanode.ipc.address": "127.0.0.1:0",
    }
    rows = "".join(
        f"<property><name>{name}</name><value>{escape(value)}</value></property>" for name, value in settings.items()
    )
    for name in ("core-site.xml", "hdfs-site.xml"):
        (folder / name).write_text(f"<configuration>{rows}</configuration>")
    (folder / "log4j.properties").write_text(
        "log4j.rootLogger=WARN,c\nlog4j.appender.c=org.apache.log4j.ConsoleAppender\n"
        "log4j.appender.c.layout=org.apache.log4j.SimpleLayout\n"
    )
    return folder


@contextmanager
def server(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # what it keeps is nobody's
            process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_for_port(host: str, port: int) -> None:
    for _ in range(600):
        with socket.socket() as asked:
            if asked.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at {host}:{port}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hdfs", description="Test Spark's runs on a real HDFS.")
    parser.add_argument("folder", type=Path, help="where the jars of Hadoop's servers are")
    environment = os.environ | {JARS: str(parser.parse_args().folder.resolve())}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-k", "hdfs", "tests/test_storage.py"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
