"""An object store of this machine's own, on the loopback address, and a command that tests Spark's runs on it:

    python -m tests.object_store FOLDER

It is moto's, which speaks the protocol of S3 (`pip install 'moto[s3,server]'`). FOLDER holds Hadoop's connector and its client:
`hadoop-aws-*.jar` and `aws-java-sdk-bundle-*.jar`, or `bundle-*.jar` from Hadoop 3.4 on. The archive of sagemaker_pyspark 1.4.5
on PyPI has those of Hadoop 3.3.1 in `deps/jars` (`pip download --no-deps --no-binary :all: sagemaker_pyspark`). None of them is
part of this project.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.hdfs import free_port, server, wait_for_port

JARS = "ITSS_KG_S3_JARS"
_NEEDED = ("hadoop-aws-*.jar", "*bundle-*.jar")
_BUCKET = "records"


def connector_or_skip() -> list[Path]:
    """The jars of the connector, where a folder with them was named."""
    named = os.environ.get(JARS)
    if not named:
        pytest.skip(f"no connector to an object store: {JARS} names no folder with its jars (see tests/object_store.py)")
    return _connector(Path(named))


def _connector(folder: Path) -> list[Path]:
    found = [sorted(folder.glob(pattern)) for pattern in _NEEDED]
    if not all(found):
        pytest.fail(f"{folder}: not all of {', '.join(_NEEDED)} in it")
    return [jars[-1] for jars in found]


@contextmanager
def object_store(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of an empty bucket, and what Spark is to be told of its store."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with server(command, folder / "store.log"):
        wait_for_port("127.0.0.1", port)
        with urlopen(Request(f"http://127.0.0.1:{port}/{_BUCKET}", method="PUT")) as answer:
            assert answer.status == 200
        yield f"s3a://{_BUCKET}", {f"spark.hadoop.fs.s3a.{name}": value for name, value in _settings(port).items()}


def _settings(port: int) -> dict[str, str]:
    return {
        "endpoint": f"http://127.0.0.1:{port}",
        "access.key": "anybody",
        "secret.key": "anything",
        "path.style.access": "true",
        "connection.ssl.enabled": "false",
        "aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        # what Hadoop 3.4 and later write with units, which the connector of an earlier one does not know
        "threads.keepalivetime": "60",
        "connection.establish.timeout": "5000",
        "connection.timeout": "200000",
        "connection.ttl": "300000",
        "multipart.purge.age": "86400",
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.object_store", description="Test Spark's runs on an object store.")
    parser.add_argument("folder", type=Path, help="where the jars of Hadoop's connector to S3 are")
    folder = parser.parse_args().folder.resolve()
    jars = ",".join(map(str, _connector(folder)))
    # the driver's Java, too, has to have them from its start
    environment = os.environ | {JARS: str(folder), "PYSPARK_SUBMIT_ARGS": f"--jars {jars} pyspark-shell"}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-k", "object_store", "tests/test_storage.py"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
