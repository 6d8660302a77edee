"""Spark's runs over a real HDFS, as `python -m tests.hdfs` makes them: what `test_spark` shows of a stand-in, and losses."""

from __future__ import annotations

import gc
from collections.abc import Iterator
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
from tests.hdfs import CLIENT, Hdfs, hdfs, jars_or_skip
from tests.spark_cluster import Cluster, cluster, java_or_skip, session
from tests.test_spark import disorder, expected, written

PEOPLE = 1500


@dataclass
class Place:
    """A cluster that reads from and writes to an HDFS; `system` is Hadoop's client of it."""

    cluster: Cluster
    hdfs: Hdfs
    system: Any
    java: Any

    def put(self, local: Path, name: str) -> str:
        """Copy a file or folder there; its address."""
        address = f"{self.hdfs.address}/{name}"
        self.system.copyFromLocalFile(self.java.Path(str(local)), self.java.Path(address))
        return address

    def brought(self, address: str, local: Path) -> Path:
        """A folder copied from there."""
        self.system.copyToLocalFile(False, self.java.Path(address), self.java.Path(str(local)), True)
        return local

    def has(self, address: str) -> bool:
        return bool(self.system.exists(self.java.Path(address)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    jars, java = jars_or_skip(), java_or_skip()
    folder = tmp_path_factory.mktemp("hdfs")
    for name in ("hdfs", "spark", "driver"):
        (folder / name).mkdir()
    with (
        hdfs(java, jars, folder / "hdfs") as files,
        cluster(folder / "spark") as machines,
        session(machines.master, folder / "driver", CLIENT) as spark,
    ):
        hadoop = spark._jvm.org.apache.hadoop.fs
        at = hadoop.Path(files.address)
        yield Place(machines, files, at.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf()), hadoop)
        gc.collect()  # what stands for Java's objects lets them go while Java is still there to be told


@pytest.fixture(scope="module")
def records(standard: Standard) -> str:
    return as_ntriples([triple for record in sample(standard, PEOPLE, seed=12, faults=0.1) for triple in record.triples])


def test_the_rows_are_those_of_one_machine(place: Place, records: str, reading: Reading, tmp_path: Path) -> None:
    """Files of each kind, in folders with spaces, brackets and 部門 in their names, cut into blocks of 64 KiB."""
    disorder(records, tmp_path / "data")
    data, output = place.put(tmp_path / "data", "data of 2026"), f"{place.hdfs.address}/the verdicts"
    summary = assess_on_spark([data], None, output, reading, limits=Limits(chunk=1 << 18))
    assert summary.candidates == PEOPLE
    assert written(place.brought(output, tmp_path / "verdicts")).equals(expected(records, reading))
    with pytest.raises(CallError, match=r"/the verdicts is there already"):
        assess_on_spark([data], None, output, reading)


def test_a_malformed_line_in_a_later_block_is_named(place: Place, records: str, reading: Reading, tmp_path: Path) -> None:
    rows = records.splitlines()
    rows.insert(54321, "<urn:x:s> <urn:x:p> 池田 .")
    (tmp_path / "bad.nt").write_text("\n".join(rows), encoding="utf-8")
    data, output = place.put(tmp_path / "bad.nt", "bad.nt"), f"{place.hdfs.address}/none"
    with pytest.raises(InputError, match=rf"^{data}:54322: .*the line is: <urn:x:s> <urn:x:p> 池田 \.$"):
        assess_on_spark([data], None, output, reading)
    with pytest.raises(InputError, match=rf"^{place.hdfs.address}/missing/\*\.nt: no such file or folder"):
        assess_on_spark([f"{place.hdfs.address}/missing/*.nt"], None, output, reading)
    assert not place.has(output)


def test_a_worker_and_a_data_node_killed_half_way_change_nothing(
    place: Place, records: str, reading: Reading, tmp_path: Path
) -> None:
    """The data node has one of two copies of each block, the worker chunks that later stages need."""
    disorder(records, tmp_path / "data")
    data, output = place.put(tmp_path / "data", "once more"), f"{place.hdfs.address}/in spite of it"
    worker = place.cluster.workers[0]
    before = worker.kept()
    finished = Event()
    killed: list[bool] = []

    def kill() -> None:
        while not finished.wait(0.01):
            if worker.kept() - before:
                place.hdfs.kill(0)
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
