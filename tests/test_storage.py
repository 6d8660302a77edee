"""Spark's runs over storage of a cluster's: what `test_spark` shows of a stand-in, and losses.

`python -m tests.hdfs` makes a real HDFS for them, `python -m tests.object_store` an object store.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from itss_kg import Reading, Standard
from itss_kg.bulk.spark.run import Limits, assess_on_spark
from itss_kg.errors import CallError, InputError
from itss_kg.sampling import sample
from tests.engines import as_ntriples
from tests.hdfs import CLIENT, hdfs, jars_or_skip
from tests.object_store import connector_or_skip, object_store
from tests.spark_cluster import Cluster, cluster, java_or_skip, session
from tests.test_spark import disorder, expected, written

PEOPLE = 1500


@dataclass
class Storage:
    """`lose` takes away a part of it that it has to do without."""

    address: str
    settings: dict[str, str]
    lose: Callable[[], None]


@contextmanager
def _hdfs(java: str, folder: Path) -> Iterator[Storage]:
    with hdfs(java, jars_or_skip(), folder) as files:
        yield Storage(files.address, CLIENT, lambda: files.kill(0))


@contextmanager
def _object_store(_java: str, folder: Path) -> Iterator[Storage]:
    connector_or_skip()
    with object_store(folder) as (address, settings):
        yield Storage(address, settings | {"spark.task.maxFailures": "4"}, lambda: None)


@dataclass
class Place:
    """A cluster that reads from and writes to a storage; `system` is Hadoop's client of it."""

    cluster: Cluster
    storage: Storage
    system: Any
    java: Any

    @property
    def address(self) -> str:
        return self.storage.address

    def put(self, local: Path, name: str) -> str:
        """Copy a file or folder there; its address."""
        address = f"{self.address}/{name}"
        self.system.copyFromLocalFile(self.java.Path(str(local)), self.java.Path(address))
        return address

    def brought(self, address: str, local: Path) -> Path:
        """A folder copied from there."""
        self.system.copyToLocalFile(False, self.java.Path(address), self.java.Path(str(local)), True)
        return local

    def has(self, address: str) -> bool:
        return bool(self.system.exists(self.java.Path(address)))


@pytest.fixture(scope="module", params=[_hdfs, _object_store], ids=["hdfs", "object_store"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("storage")
    for name in ("storage", "spark", "driver"):
        (folder / name).mkdir()
    with (
        request.param(java_or_skip(), folder / "storage") as storage,
        cluster(folder / "spark") as machines,
        session(machines.master, folder / "driver", storage.settings) as spark,
    ):
        hadoop = spark._jvm.org.apache.hadoop.fs
        at = hadoop.Path(storage.address)
        yield Place(machines, storage, at.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf()), hadoop)
        gc.collect()  # what stands for Java's objects lets them go while Java is still there to be told


@pytest.fixture(scope="module")
def records(standard: Standard) -> str:
    return as_ntriples([triple for record in sample(standard, PEOPLE, seed=12, faults=0.1) for triple in record.triples])


def test_the_rows_are_those_of_one_machine(place: Place, records: str, reading: Reading, tmp_path: Path) -> None:
    """Files of each kind, in folders with spaces, brackets and 部門 in their names, cut into blocks of 64 KiB."""
    disorder(records, tmp_path / "data")
    data, output = place.put(tmp_path / "data", "data of 2026"), f"{place.address}/the verdicts"
    summary = assess_on_spark([data], None, output, reading, limits=Limits(chunk=1 << 18))
    assert summary.candidates == PEOPLE
    assert written(place.brought(output, tmp_path / "verdicts")).equals(expected(records, reading))
    with pytest.raises(CallError, match=r"/the verdicts is there already"):
        assess_on_spark([data], None, output, reading)


def test_a_malformed_line_in_a_later_block_is_named(place: Place, records: str, reading: Reading, tmp_path: Path) -> None:
    rows = records.splitlines()
    rows.insert(54321, "<urn:x:s> <urn:x:p> 池田 .")
    (tmp_path / "bad.nt").write_text("\n".join(rows), encoding="utf-8")
    data, output = place.put(tmp_path / "bad.nt", "bad.nt"), f"{place.address}/none"
    with pytest.raises(InputError, match=rf"^{data}:54322: .*the line is: <urn:x:s> <urn:x:p> 池田 \.$"):
        assess_on_spark([data], None, output, reading)
    with pytest.raises(InputError, match=rf"^{place.address}/missing/\*\.nt: no such file or folder"):
        assess_on_spark([f"{place.address}/missing/*.nt"], None, output, reading)
    assert not place.has(output)


def test_a_worker_and_a_part_of_the_storage_killed_half_way_change_nothing(
    place: Place, records: str, reading: Reading, tmp_path: Path
) -> None:
    """HDFS loses a data node with one of two copies of each block, an object store nothing; the worker has chunks."""
    disorder(records, tmp_path / "data")
    data, output = place.put(tmp_path / "data", "once more"), f"{place.address}/in spite of it"
    worker = place.cluster.workers[0]
    before = worker.kept()
    finished = Event()
    killed: list[bool] = []

    def kill() -> None:
        while not finished.wait(0.01):
            if worker.kept() - before:
                place.storage.lose()
                worker.kill()
                killed.append(not finished.is_set())
                return

    killer = Thread(target=kill)
    killer.start()
    try:
        summary = assess_on_spark([data], None, output, reading, limits=Limits(chunk=1 << 18))
    finally:
        finished.set()
        killer.join()
    assert killed == [True], "the run was over before anything was killed"
    assert summary.candidates == PEOPLE
    assert written(place.brought(output, tmp_path / "verdicts")).equals(expected(records, reading))
