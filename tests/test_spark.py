"""The verdicts from Spark are those of the embedded engine, row by row, however the input lies."""

from __future__ import annotations

import bz2
import gc
import gzip
import random
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from itss_kg import Graph, Reading, Standard
from itss_kg.bulk import lines
from itss_kg.bulk.batch import candidates_of, code, columns_of
from itss_kg.bulk.judging import judge_all
from itss_kg.bulk.plan import Plan
from itss_kg.bulk.rows import Rows
from itss_kg.bulk.spark.run import Limits, SparkSummary, assess_on_spark
from itss_kg.bulk.spark.session import translated
from itss_kg.cli import cli
from itss_kg.data_quality import quality
from itss_kg.errors import CallError, InputError
from itss_kg.input import read_triples
from itss_kg.sampling import sample
from tests.engines import as_ntriples
from tests.spark_cluster import Cluster, cluster, java_or_skip, session
from tests.webhdfs import webhdfs

PEOPLE = 240
HERE = "https://example.org/person/"

UNMET: Any = pl.Struct(
    {"kind": pl.String, "criterion": pl.String, "required": pl.Int32, "found": pl.Int32, "message": pl.String}
)
TEXT: dict[str, Any] = {
    "candidate": pl.String,
    "field": pl.String,
    "level": pl.Int8,
    "basis": pl.String,
    "next_level": pl.Int8,
    "unmet": pl.List(UNMET),
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The runs of these tests find the session on the cluster and use it."""
    java_or_skip()
    folder = tmp_path_factory.mktemp("spark")
    (folder / "driver").mkdir()
    with cluster(folder) as found, session(found.master, folder / "driver"):
        yield found
        gc.collect()  # what stands for Java's objects lets them go while Java is still there to be told


@pytest.fixture(scope="module")
def records(standard: Standard) -> str:
    """Each three candidates share their projects."""
    text = as_ntriples([triple for record in sample(standard, PEOPLE, seed=11, faults=0.1) for triple in record.triples])
    return re.sub(r"(?<=/project/)\d+", lambda match: str(int(match[0]) // 5), text)


def expected(text: str, reading: Reading, language: str = "en") -> pl.DataFrame:
    plan = Plan(reading)
    columns = columns_of(code(lines.parsed(text.encode(), "ntriples", "all"), plan), plan)
    return ordered(Rows(plan, language).frame(columns, judge_all(columns, candidates_of(columns))))


def written(folder: Path) -> pl.DataFrame:
    assert (folder / "_SUCCESS").is_file()
    frame = pl.read_parquet(str(folder / "*.parquet"))
    assert dict(frame.schema) == TEXT
    return ordered(frame)


def ordered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.cast(TEXT).sort("candidate", "field")


def run(data: Path, output: Path, reading: Reading, findings: Path | None = None, **limits: Any) -> SparkSummary:
    return assess_on_spark([str(data)], None, str(output), reading, limits=Limits(**limits), findings=findings)


@pytest.mark.usefixtures("spark")
def test_what_lies_together_is_judged_where_it_lies(records: str, standard: Standard, reading: Reading, tmp_path: Path) -> None:
    (tmp_path / "all.nt").write_text(records, encoding="utf-8")
    summary = run(tmp_path / "all.nt", tmp_path / "verdicts", reading)
    frame = expected(records, reading)
    assert written(tmp_path / "verdicts").equals(frame)
    assert (summary.candidates, summary.shared) == (PEOPLE, 0)
    assert summary.triples == len(records.splitlines())
    held = frame.drop_nulls("level").group_by("field", "level").len()
    assert dict(summary.levels) == {f"{field}-L{level}": count for field, level, count in held.iter_rows()}
    findings = quality(Graph(read_triples("all.nt", records.encode())), standard)
    assert summary.found == len(list(findings)) > 0
    lacking = frame.explode("unmet").unnest("unmet").drop_nulls("criterion").group_by("criterion").len()
    assert dict(summary.obstacles) == dict(lacking.iter_rows())


@pytest.mark.usefixtures("spark")
def test_shared_projects_reach_over_chunks(records: str, reading: Reading, tmp_path: Path) -> None:
    """Chunks of a few candidates: those within one are judged there, those at its ends are gathered."""
    (tmp_path / "all.nt").write_text(records, encoding="utf-8")
    summary = run(tmp_path / "all.nt", tmp_path / "verdicts", reading, chunk=1 << 17)
    assert summary.shared is not None
    assert 10 < summary.shared < PEOPLE
    assert written(tmp_path / "verdicts").equals(expected(records, reading))


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("names", [1 << 20, 0], ids=["known", "too many to say"])
def test_lines_in_any_order_of_any_file_give_the_same(
    records: str, standard: Standard, reading: Reading, tmp_path: Path, names: int
) -> None:
    """Shuffled over files of each kind, in folders; with doubled lines, CRLF, escapes, comments and empty lines.

    What is wrong twice is said once, and of values that contradict each other all are said, whichever chunks have them.
    """
    data = tmp_path / "data of 2026"
    disorder(records, data)
    said = sorted((item.subject, item.message) for item in quality(Graph(read_triples("all.nt", records.encode())), standard))
    assert any("has 3 values that contradict each other" in message for _, message in said)
    summary = run(data, tmp_path / "verdicts", reading, tmp_path / "findings.csv", names=names, chunk=1 << 17)
    assert summary.shared is None if names == 0 else summary.shared and summary.shared > PEOPLE
    assert written(tmp_path / "verdicts").equals(expected(records, reading))
    assert (summary.found, sorted(pl.read_csv(tmp_path / "findings.csv").iter_rows())) == (len(said), said)
    assert (len(summary.findings), set(summary.findings) - set(said)) == (100, set())


def disorder(records: str, folder: Path) -> None:
    rows = records.splitlines()
    rows += rows[::50]
    random.Random(3).shuffle(rows)  # noqa: S311  # disorder, not secrecy
    parts = [rows[place::5] for place in range(5)]
    inner = folder / "部門 [a]"
    inner.mkdir(parents=True)
    (folder / "one.nt").write_text("\r\n".join(parts[0]) + "\r\n", encoding="utf-8", newline="")
    escaped = "\n".join(["# a comment", "", *(line.replace("itss-kg", "\\u0069tss-kg") for line in parts[1])])
    (inner / "two.nt.gz").write_bytes(gzip.compress(escaped.encode()))
    (inner / "three.NT").write_text("\n".join("  " + line.replace("> <", "> \t<") for line in parts[2]), encoding="utf-8")
    quads = "\n".join(line.removesuffix(" .") + " <urn:x:graph> ." for line in parts[3])
    (folder / "four.nq.bz2").write_bytes(bz2.compress(quads.encode()))
    terms = [line.removesuffix(" .").split(" ", 2) for line in parts[4]]
    pl.DataFrame(terms, schema=["subject", "predicate", "object"], orient="row").write_parquet(folder / "five.parquet")


@pytest.mark.usefixtures("spark")
def test_blank_nodes_of_different_files_are_different(records: str, reading: Reading, tmp_path: Path) -> None:
    """Parts of records, and one candidate in three, are blank nodes: those of one file are not those of another."""
    nameless = re.sub(rf"<{HERE}(\d+-\w+|\d+[147])>", lambda match: f"_:n{match[1].replace('-', '')}", records)
    parts = [[], []]
    for line in nameless.splitlines(keepends=True):
        parts[(1 if "#Engagement>" in line else 0)].append(line)
    for name, part in zip("ab", parts, strict=True):
        (tmp_path / f"{name}.nt").write_text("".join(part), encoding="utf-8")
    run(tmp_path / "*.nt", tmp_path / "verdicts", reading)
    frame = written(tmp_path / "verdicts")
    apart = "".join("".join(part).replace("_:", f"_:f{place}x") for place, part in enumerate(parts, 1))
    assert frame.equals(expected(apart, reading))
    assert frame["candidate"].str.starts_with("_:f1xn").sum() == PEOPLE // 10 * 3 * 3


@pytest.mark.usefixtures("spark")
def test_a_malformed_line_is_named_and_nothing_is_written(records: str, reading: Reading, tmp_path: Path) -> None:
    rows = records.splitlines()
    rows.insert(5432, f"<{HERE}1> <urn:x:p> 池田 .")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bad.nt").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "data" / "good.nt").write_text(records, encoding="utf-8")
    with pytest.raises(InputError, match=rf"bad\.nt:5433: .*; the line is: <{HERE}1> <urn:x:p> 池田 \.$"):
        run(tmp_path / "data", tmp_path / "verdicts", reading)
    assert not (tmp_path / "verdicts").exists()


@pytest.mark.usefixtures("spark")
def test_a_file_system_of_hadoop_is_read_and_written(records: str, reading: Reading, tmp_path: Path) -> None:
    """Neither is on a disk that the workers see; names have spaces, brackets and 部門 in them."""
    data = tmp_path / "data of 2026"
    (data / "部門 [a]").mkdir(parents=True)
    rows = records.splitlines(keepends=True)
    (data / "one.nt").write_text("".join(rows[::2]), encoding="utf-8")
    (data / "部門 [a]" / "two.nt.gz").write_bytes(gzip.compress("".join(rows[1::2]).encode()))
    with webhdfs(tmp_path) as address:
        summary = assess_on_spark([f"{address}/data of 2026"], None, f"{address}/the verdicts", reading)
        assert written(tmp_path / "the verdicts").equals(expected(records, reading))
        assert summary.candidates == PEOPLE
        with pytest.raises(CallError, match="is there already"):
            assess_on_spark([f"{address}/data of 2026/*.nt"], None, f"{address}/the verdicts", reading)
        bad = tmp_path / "部門 of 2026" / "bad.nt"
        bad.parent.mkdir()
        bad.write_text(f"{records.splitlines()[0]}\n<{HERE}1> <urn:x:p> 池田 .\n", encoding="utf-8")
        with pytest.raises(InputError, match=rf"{address}/部門 of 2026/bad\.nt:2: .*the line is: <{HERE}1>"):
            assess_on_spark([f"{address}/部門 of 2026"], None, f"{address}/others", reading)
    assert not (tmp_path / "others").exists()


@pytest.mark.usefixtures("spark")
def test_a_file_that_went_meanwhile_is_said_to_be_gone() -> None:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    said = "[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error while reading file hdfs://h/of%202026/a.nt. It does not exist."
    found = SparkSession.getActiveSession()
    assert found is not None
    with pytest.raises(InputError, match=r"^hdfs://h/of 2026/a\.nt: is not there any more$"), translated(found, {}):
        raise PySparkException(said)


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("odd", ['"x" .\n<urn:x:s> <urn:x:p> "y"', '"x" . # no value'])
def test_more_than_a_term_in_parquet_is_malformed(odd: str, reading: Reading, tmp_path: Path) -> None:
    terms = {"subject": ["<urn:x:s>"] * 2, "predicate": ["<urn:x:p>"] * 2, "object": ['"sec. #1  x"', odd]}
    pl.DataFrame(terms).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"t\.parquet:2: .*holds an end of line"):
        run(tmp_path / "t.parquet", tmp_path / "verdicts", reading)


@pytest.mark.usefixtures("spark")
def test_what_cannot_be_read_or_written_is_said(reading: Reading, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.nt: no such file or folder"):
        run(tmp_path / "missing.nt", tmp_path / "verdicts", reading)
    with pytest.raises(CallError, match=r'Spark gave up: .*No FileSystem for scheme "x"'):
        assess_on_spark([str(tmp_path)], None, "x://host/verdicts", reading)
    with pytest.raises(CallError, match="standard input"):
        assess_on_spark(["-"], None, str(tmp_path / "verdicts"), reading)
    (tmp_path / "people.ttl").write_text("")
    with pytest.raises(InputError, match=r"people\.ttl: the name does not say that it holds triples; Spark reads \.nt "):
        run(tmp_path / "people.ttl", tmp_path / "verdicts", reading)
    (tmp_path / "none.nt").write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n")
    with pytest.raises(InputError, match="no candidates"):
        run(tmp_path / "none.nt", tmp_path / "verdicts", reading)
    (tmp_path / "cut.nt.gz").write_bytes(gzip.compress(random.Random(1).randbytes(1 << 16))[: 1 << 15])  # noqa: S311  # no secret
    with pytest.raises(InputError, match=r"cut\.nt\.gz: cannot be read to its end"):
        run(tmp_path / "cut.nt.gz", tmp_path / "verdicts", reading)
    assert not (tmp_path / "verdicts").exists()
    with pytest.raises(CallError, match="is there already"):
        run(tmp_path / "none.nt", tmp_path, reading)
    assert (tmp_path / "none.nt").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--master", "local[1]"], "--master goes with --engine spark"),
        (["--engine", "spark", "--master", "here", "-o", "out"], "--master here: name a cluster such as"),
        (["--engine", "spark", "--update", "http://e/u", "--jobs", "2"], "does not go with --update, --jobs"),
        (["--engine", "spark", "--memory", "2G"], "does not go with --memory"),
        (["--engine", "spark", "--resume", "-o", "out"], "does not go with --resume"),
        (["--engine", "spark"], "writes a folder of Parquet files; name it with -o"),
        (["--engine", "spark", "--format", "csv", "-o", "out"], "writes a folder of Parquet files, and not --format csv"),
        (["-o", "hdfs://host/out"], "only --engine spark writes to an address"),
    ],
)
def test_options_that_do_not_go_together(options: list[str], said: str) -> None:
    with pytest.raises(CallError, match=said):
        CliRunner().invoke(cli, ["assess", "people.nt", *options], catch_exceptions=False, standalone_mode=False)


def test_a_worker_killed_half_way_changes_nothing(records: str, reading: Reading, spark: Cluster, tmp_path: Path) -> None:
    """It is killed, with its executor, once it keeps chunks that later stages need; it takes those along."""
    disorder(records, tmp_path / "data")
    worker = spark.workers[0]
    before = worker.kept()
    finished = Event()
    lost: list[set[Path]] = []

    def kill() -> None:
        while not finished.wait(0.01):
            if found := worker.kept() - before:
                worker.kill()
                if not finished.is_set():
                    lost.append(found)
                return

    killer = Thread(target=kill)
    killer.start()
    try:
        command = [
            "assess",
            str(tmp_path / "data"),
            "--engine",
            "spark",
            "--master",
            spark.master,
            "-o",
            str(tmp_path / "verdicts"),
        ]
        result = CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False)
    finally:
        finished.set()
        killer.join()
    assert (result.exit_code, result.stdout.count(f"Candidates: {PEOPLE} (")) == (0, 1)
    assert "to look at before relying on the verdicts\n" in result.stderr
    assert lost, "the run was over before a worker was killed"
    assert written(tmp_path / "verdicts").equals(expected(records, reading))


@pytest.mark.usefixtures("spark")
def test_a_name_that_is_there_is_no_pattern(records: str, reading: Reading, tmp_path: Path) -> None:
    rows = records.splitlines(keepends=True)
    (tmp_path / "in" / "more").mkdir(parents=True)
    for name, part in (("a1.nt", rows[::3]), ("a[1].nt", rows[1::3]), ("more/b{c,d}.nt", rows[2::3])):
        (tmp_path / "in" / name).write_text("".join(part), encoding="utf-8")
    (tmp_path / "in" / "_SUCCESS").touch()
    names = [str(tmp_path / "in" / name) for name in ("a1.nt", "a[1].nt", "more")]
    for place, data in enumerate((names, [str(tmp_path / "i*"), str(tmp_path / "in" / "a*.nt")])):
        output = tmp_path / f"out [{place}]"
        summary = assess_on_spark(data, None, str(output), reading)
        assert pl.concat([pl.read_parquet(path, glob=False) for path in output.glob("*.parquet")]).height == 3 * PEOPLE
        assert (summary.candidates, summary.triples) == (PEOPLE, len(rows))


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("name", ["_b.nt", ".b.nt.gz", "inner/_b.parquet"])
def test_a_file_that_spark_would_pass_over_is_an_error(name: str, records: str, reading: Reading, tmp_path: Path) -> None:
    (tmp_path / "in" / "inner").mkdir(parents=True)
    for each in ("a.nt", name):
        (tmp_path / "in" / each).write_text(records, encoding="utf-8")
    with pytest.raises(InputError, match=rf"{re.escape(name)}: begins with _ or \., and Spark reads no such files"):
        run(tmp_path / "in", tmp_path / "verdicts", reading)


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize(
    ("name", "data"),
    [("c.nt", b"# nothing\n\n"), ("c.nt.gz", gzip.compress(b"", mtime=0)), ("c.nt.bz2", b"<a:b> <a:b> <a:b> .")],
)
def test_a_file_without_triples_among_others_is_an_error(
    name: str, data: bytes, records: str, reading: Reading, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.nt").write_text(records, encoding="utf-8")
    (tmp_path / "in" / name).write_bytes(data)
    with pytest.raises(InputError, match=rf"{re.escape(name)}: no triples in it"):
        run(tmp_path / "in", tmp_path / "verdicts", reading)
    assert not (tmp_path / "verdicts").exists()
