"""Two replicas behind HAProxy: a real one, with the configuration of `deploy/haproxy`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.balancer import CONFIGURATION, balanced, requests_of, send_while_one_is_killed
from benchmarks.reviews import packaged_reviews
from gatewise.models.artifact.location import releases

HAPROXY = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
needs_haproxy = pytest.mark.skipif(HAPROXY is None, reason="HAProxy is not installed")
REQUESTS = 200
REPLICAS = {"GATEWISE_REPLICA_1": "127.0.0.1:1", "GATEWISE_REPLICA_2": "127.0.0.1:2"}


@needs_haproxy
@pytest.mark.parametrize("replicas", [REPLICAS, {}], ids=["listed", "found by DNS"])
def test_the_configuration_is_valid(replicas: dict[str, str]) -> None:
    outcome = subprocess.run(
        [str(HAPROXY), "-c", "-f", str(CONFIGURATION)],
        env={"GATEWISE_BALANCER_BIND": "127.0.0.1:9", **replicas},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr


@needs_haproxy
@pytest.mark.slow
def test_no_request_is_lost_when_a_replica_is_killed() -> None:
    requests = requests_of(packaged_reviews(40))
    with balanced(releases()["imdb-gru-256"]) as service:
        tally = send_while_one_is_killed(service, requests, total=REQUESTS)
        assert service.replicas[0].process.wait(timeout=10) != 0
    assert (tally.number(), tally.total) == (REQUESTS, REQUESTS)


@pytest.fixture(scope="module")
def override(root: Path) -> dict[str, Any]:
    """What is added to the Compose file, parsed."""

    class Loader(yaml.SafeLoader):
        """A loader that knows Compose's tag for a list that is emptied."""

    def empty(_loader: Loader, _node: yaml.SequenceNode) -> list[str]:
        return []

    Loader.add_constructor("!reset", empty)
    text = (root / "deploy" / "compose.haproxy.yml").read_text()
    parsed: dict[str, Any] = yaml.load(text, Loader)  # noqa: S506 - a safe loader
    return parsed


def test_the_addition_is_valid_by_the_compose_specification(
    override: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "compose.json"
    file.write_text(json.dumps(override))
    validate = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    outcome = subprocess.run([*validate, file], capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout


def test_in_compose_the_balancer_mounts_the_configuration(
    override: dict[str, Any], root: Path
) -> None:
    [mount] = override["services"]["balancer"]["volumes"]
    source, target, mode = mount.split(":")
    assert (root / source).resolve() == CONFIGURATION.resolve()
    assert (target, mode) == ("/usr/local/etc/haproxy/haproxy.cfg", "ro")


def test_in_compose_only_the_balancer_is_published(override: dict[str, Any]) -> None:
    assert override["services"]["api"]["ports"] == []
    assert override["services"]["balancer"]["ports"]
