"""The engine of many machines, on a real Ray cluster of two nodes on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="ray is not installed: the extra `ray` has it")
pytestmark = pytest.mark.slow

from ray.cluster_utils import Cluster  # noqa: E402

from benchmarks.score_runs import content  # noqa: E402
from gatewise.service.bulk.engines.engine import PartLeftOut  # noqa: E402
from gatewise.service.bulk.engines.ray_cluster import RayCluster  # noqa: E402
from tests.cli.command import run_script  # noqa: E402
from tests.service.bulk.fatal_part import EngineWithFatalPart  # noqa: E402
from tests.service.bulk.files import frame, run  # noqa: E402
from tests.service.bulk.processes import driver, until  # noqa: E402

ROWS, PART_ROWS = 4000, 25


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Two nodes of one core each; the driver connects to the first."""
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    nodes.add_node(num_cpus=1)
    nodes.wait_for_nodes()
    monkeypatch.setenv("RAY_ADDRESS", nodes.address)
    yield nodes
    nodes.shutdown()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 4,000 reviews, some of them blank."""
    path = tmp_path_factory.mktemp("many") / "reviews.csv"
    frame(ROWS, bad=range(11, ROWS, 101)).to_csv(path, index=False)
    return path


def arguments(source: Path, out: Path, model: Path) -> list[str]:
    return [
        str(source), "--out", str(out), "--model", str(model), "--keep", "id",
        "--part-rows", str(PART_ROWS), "--summary",
    ]  # fmt: skip


def test_a_run_whose_node_dies_has_the_bytes_of_the_local_engine(
    tmp_path: Path, many: Path, model: Path, cluster: Cluster
) -> None:
    local, out = tmp_path / "local", tmp_path / "out"
    assert run_script("score", *arguments(many, local, model)).status == 0
    (node,) = cluster.worker_nodes
    with driver(*arguments(many, out, model), "--engine", "ray") as process:
        until(lambda: len(list(out.glob("part-*"))) >= 20)
        cluster.remove_node(node, allow_graceful=False)
        _, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors.decode()
    assert content(out) == content(local)


def test_a_part_that_kills_its_actor_three_times_is_left_out(
    tmp_path: Path, reviews: Path, model: Path, cluster: Cluster
) -> None:
    scored = run(
        reviews,
        tmp_path / "out",
        model,
        engine=EngineWithFatalPart(RayCluster(2)),
        keep=("id",),
        part_rows=100,
    )
    expected = PartLeftOut(1, 100, f"{reviews}, line 102", f"{reviews}, line 201")
    assert scored.outcome.left_out == [expected]
    assert [int(row["id"]) for row in scored.rows] == [*range(1000, 1100), *range(1200, 1300)]
