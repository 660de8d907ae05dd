"""A run that was stopped goes on where it stopped, and ends with the same bytes."""

import json
import os
import random
import shlex
import shutil
import time
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import below, is_alive, kill, workers_of
from benchmarks.score_runs import content
from gatewise.models.artifact.artifact import save_artifact
from gatewise.models.errors import ArtifactError, ResumeError
from gatewise.service.bulk.directory import OutputDirectory
from gatewise.service.bulk.engines.engine import PartDone, PartLeftOut
from gatewise.service.bulk.engines.pool import LocalPool
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.parts import Part
from tests.cli.command import SCRIPT, run_python, run_script
from tests.models.artifacts import small_artifact
from tests.service.bulk.fatal_part import EngineWithFatalPart
from tests.service.bulk.files import frame, run
from tests.service.bulk.processes import driver, kill_after_parts, until

ROWS, PART_ROWS = 2000, 25
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


class PoolWithKilledWriter:
    """The local pool, with a file that a worker was writing when it was killed."""

    def run(self, job: Job, parts: Iterator[Part]) -> Iterator[PartDone | PartLeftOut]:
        yield from LocalPool(2).run(job, parts)
        (job.out / ".parts" / "part-000000.json.1.partial").write_text("{")


class PoolThatFails(PoolWithKilledWriter):
    """The same, and then the disk is full."""

    def run(self, job: Job, parts: Iterator[Part]) -> Iterator[PartDone | PartLeftOut]:
        yield from super().run(job, parts)
        raise OSError(ENOSPC, os.strerror(ENOSPC))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 2,000 reviews, some of them blank."""
    path = tmp_path_factory.mktemp("many") / "reviews.csv"
    frame(ROWS, bad=range(11, ROWS, 101)).to_csv(path, index=False)
    return path


def arguments(source: Path, out: Path, model: Path) -> list[str]:
    return [
        str(source), "--out", str(out), "--model", str(model), "--keep", "id", "--workers", "2",
        "--part-rows", str(PART_ROWS), "--summary", "--by", "product",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def uninterrupted(
    tmp_path_factory: pytest.TempPathFactory, many: Path, model: Path
) -> dict[str, bytes]:
    """The bytes of every file of a run that was not stopped."""
    out = tmp_path_factory.mktemp("whole") / "out"
    outcome = run_script("score", *arguments(many, out, model))
    assert outcome.status == 0
    return content(out)


def kill_and_resume(source: Path, out: Path, model: Path, moments: list[int]) -> None:
    """Kill the driver after given numbers of parts, one after the other, then let it finish."""
    for count in moments:
        with driver(*arguments(source, out, model)) as process:
            kill_after_parts(process, out, count)
        assert not (out / "_SUCCESS").exists()
    assert run_script("score", *arguments(source, out, model)).status == 0


@pytest.mark.slow
def test_a_killed_driver_is_resumed_to_the_same_bytes(
    tmp_path: Path, many: Path, model: Path, uninterrupted: dict[str, bytes]
) -> None:
    kill_and_resume(many, tmp_path / "out", model, [1, 30])
    assert content(tmp_path / "out") == uninterrupted


@pytest.mark.slow
def test_a_driver_killed_at_24_random_moments_loses_and_doubles_no_row(
    tmp_path: Path, many: Path, model: Path, uninterrupted: dict[str, bytes]
) -> None:
    chance = random.Random(0)  # noqa: S311
    kills = 0
    while kills < 24:
        moments = sorted(chance.sample(range(ROWS // PART_ROWS - 8), 6))
        out = tmp_path / f"out-{kills}"
        kill_and_resume(many, out, model, moments)
        assert content(out) == uninterrupted
        kills += len(moments)


def score_while_workers_are_killed(
    source: Path, out: Path, model: Path, *, kills: int, seed: int
) -> int:
    """Kill random workers at random moments while a file is scored, until the run ends.

    Returns:
        The number of workers that were killed.
    """
    chance, killed = random.Random(seed), 0  # noqa: S311
    with driver(*arguments(source, out, model)) as process:
        until(lambda: any(out.glob("part-*")))
        while process.poll() is None and killed < kills:
            if workers := sorted(workers_of(process.pid)):
                kill(chance.choice(workers))
                killed += 1
            time.sleep(chance.uniform(0, 0.4))
        process.wait()
    return killed


@pytest.mark.slow
@needs_proc
def test_a_killed_worker_is_replaced_and_its_part_scored_again(
    tmp_path: Path, many: Path, model: Path, uninterrupted: dict[str, bytes]
) -> None:
    assert score_while_workers_are_killed(many, tmp_path / "out", model, kills=2, seed=0)
    assert content(tmp_path / "out") == uninterrupted


@pytest.mark.slow
@needs_proc
def test_20_workers_killed_at_random_moments_lose_and_double_no_row(
    tmp_path: Path, many: Path, model: Path, uninterrupted: dict[str, bytes]
) -> None:
    killed = 0
    while killed < 20:
        out = tmp_path / f"out-{killed}"
        killed += score_while_workers_are_killed(many, out, model, kills=8, seed=killed)
        # A part may have been hit three times and be left out: the same command scores it.
        assert run_script("score", *arguments(many, out, model)).status == 0
        assert content(out) == uninterrupted


@needs_proc
@pytest.mark.slow
def test_workers_end_when_their_driver_is_killed(tmp_path: Path, many: Path, model: Path) -> None:
    with driver(*arguments(many, tmp_path / "out", model)) as process:
        until(lambda: any((tmp_path / "out").glob("part-*")))
        started = below({process.pid})
        kill(process.pid)
    assert started
    until(lambda: not any(map(is_alive, started)))


def test_what_a_killed_worker_was_writing_is_not_left(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    run(reviews, tmp_path / "whole", model, part_rows=100)
    run(reviews, tmp_path / "out", model, engine=PoolWithKilledWriter(), part_rows=100)
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def test_what_a_killed_worker_was_writing_is_not_left_by_a_run_that_fails(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    with pytest.raises(OSError, match="No space left"):
        run(reviews, tmp_path / "out", model, engine=PoolThatFails(), part_rows=100)
    assert not list((tmp_path / "out").rglob("*.partial"))


def test_a_part_that_kills_its_worker_three_times_is_left_out_and_recorded(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    out = tmp_path / "out"
    scored = run(
        reviews, out, model, engine=EngineWithFatalPart(LocalPool(2)), keep=("id",), part_rows=100
    )
    expected = PartLeftOut(1, 100, f"{reviews}, line 102", f"{reviews}, line 201")
    assert scored.outcome.left_out == [expected]
    assert [int(row["id"]) for row in scored.rows] == [*range(1000, 1100), *range(1200, 1300)]
    record = json.loads((out / ".parts" / "part-000001.left-out.json").read_text())
    assert (record["rows"], record["first"]) == (100, f"{reviews}, line 102")
    assert not (out / "_SUCCESS").exists()


def test_a_part_that_was_left_out_is_scored_by_the_next_run(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    options: dict[str, Any] = {"keep": ("id",), "part_rows": 100}
    run(reviews, tmp_path / "whole", model, **options)
    run(reviews, tmp_path / "out", model, engine=EngineWithFatalPart(LocalPool(2)), **options)
    resumed = run(reviews, tmp_path / "out", model, **options)
    assert resumed.outcome.left_out == []
    assert content(tmp_path / "out") == content(tmp_path / "whole")


@pytest.mark.slow
def test_a_run_on_a_full_disk_is_resumed_to_the_same_bytes(
    tmp_path: Path, many: Path, model: Path, uninterrupted: dict[str, bytes]
) -> None:
    # No file may have more than 2 KB, which is less than a part has. That of the weights has more,
    # too: the workers then have weights of their own.
    words = shlex.join([str(SCRIPT), "score", *arguments(many, tmp_path / "out", model)])
    full = run_python(
        "import subprocess, sys; sys.exit(subprocess.call(['bash', '-c', sys.argv[1]]))",
        f"ulimit -f 2; exec {words}",
    )
    assert full.status == 1
    assert full.errors.splitlines()[-1].endswith(": File too large")
    assert len(full.errors.splitlines()) == 1
    assert not list((tmp_path / "out").rglob("*.partial"))
    assert run_script("score", *arguments(many, tmp_path / "out", model)).status == 0
    assert content(tmp_path / "out") == uninterrupted


def test_a_run_that_is_complete_scores_nothing_again(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    run(reviews, tmp_path / "out", model)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("part-*")}
    again = run(reviews, tmp_path / "out", model)
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert again.outcome.statistics.total.rows == 300


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        ({"keep": ("id",)}, r'--keep \[\] instead of \["id"\]'),
        ({"format": "csv"}, '--format "parquet" instead of "csv"'),
        ({"max_tokens": 7}, "--max-tokens 20000 instead of 7"),
    ],
)
def test_a_run_with_other_options_into_the_same_place_is_refused(
    tmp_path: Path, reviews: Path, model: Path, options: dict[str, Any], difference: str
) -> None:
    run(reviews, tmp_path / "out", model)
    before = content(tmp_path / "out")
    with pytest.raises(ResumeError, match=difference):
        run(reviews, tmp_path / "out", model, **options)
    assert content(tmp_path / "out") == before


def test_a_run_with_other_input_or_model_is_refused(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    run(reviews, tmp_path / "out", model)
    changed = tmp_path / "reviews.csv"
    changed.write_bytes(reviews.read_bytes().replace(b"boring", b"BORING", 1))
    with pytest.raises(ResumeError, match=r"another content of reviews\.csv"):
        run(changed, tmp_path / "out", model)
    other = tmp_path / "other"
    save_artifact(small_artifact(seed=1), other)
    with pytest.raises(ResumeError, match="another model"):
        run(reviews, tmp_path / "out", other)


def test_a_directory_with_other_files_is_refused(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ResumeError, match="has files that are not of gatewise score"):
        run(reviews, tmp_path, model)


def test_a_directory_that_another_run_is_writing_to_is_refused(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    with (
        OutputDirectory(tmp_path / "out", "parquet").opened({}),
        pytest.raises(ResumeError, match="is in use by another gatewise score"),
    ):
        run(reviews, tmp_path / "out", model)


def test_a_model_that_cannot_be_loaded_is_an_error(
    tmp_path: Path, reviews: Path, model: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(model, broken)
    (broken / "tokenizer.json").write_text("{}")
    with pytest.raises(ArtifactError, match=r"tokenizer\.json"):
        run(reviews, tmp_path / "out", broken)
