"""The Kubernetes manifests are valid, restricted, and in step with the service."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from gatewise.service.engine.metrics import Metrics
from gatewise.service.settings import ENV_PREFIX, Settings
from tests.delivery.conftest import ROOT
from tests.delivery.metric_names import metric_names

FOLDER = ROOT / "deploy" / "kubernetes"
MANIFESTS = sorted(set(FOLDER.glob("*.yaml")) - {FOLDER / "kustomization.yaml"})
OLDEST = "1.31"


def read(name: str) -> dict[str, Any]:
    """A manifest by its name, parsed."""
    parsed: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    return parsed


@pytest.fixture
def pod() -> dict[str, Any]:
    """The specification of the pods."""
    spec: dict[str, Any] = read("deployment")["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_is_valid_and_has_no_unknown_field(path: Path, version: str) -> None:
    kubernetes_validate.validate(yaml.safe_load(path.read_text()), version, strict=True)


def test_the_kustomization_has_every_manifest() -> None:
    assert sorted(read("kustomization")["resources"]) == [path.name for path in MANIFESTS]


def test_the_settings_exist() -> None:
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert read("configmap")["data"].keys() <= known


def test_the_settings_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in read("configmap")["data"].items():
        monkeypatch.setenv(name, value)
    assert Settings().workers == 1


def test_the_port_is_that_of_the_service(pod: dict[str, Any]) -> None:
    [port] = pod["containers"][0]["ports"]
    assert str(port["containerPort"]) == read("configmap")["data"]["GATEWISE_PORT"]
    assert port["name"] == read("service")["spec"]["ports"][0]["targetPort"]


def test_a_pod_is_killed_only_after_its_requests_could_end(pod: dict[str, Any]) -> None:
    pause = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    shutdown = int(read("configmap")["data"]["GATEWISE_SHUTDOWN_SECONDS"])
    assert pod["terminationGracePeriodSeconds"] > pause + shutdown


def test_a_pod_has_no_rights_that_it_does_not_need(pod: dict[str, Any]) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_user_is_that_of_the_image(pod: dict[str, Any]) -> None:
    user = pod["securityContext"]["runAsUser"]
    assert f"useradd --uid {user} " in (ROOT / "Dockerfile").read_text()


def test_all_selectors_find_the_pods() -> None:
    labels = read("deployment")["spec"]["template"]["metadata"]["labels"]
    assert read("deployment")["spec"]["selector"]["matchLabels"] == labels
    assert read("service")["spec"]["selector"] == labels
    assert read("poddisruptionbudget")["spec"]["selector"]["matchLabels"] == labels
    assert read("networkpolicy")["spec"]["podSelector"]["matchLabels"] == labels


def test_the_metric_of_the_autoscaler_exists() -> None:
    metrics = read("horizontalpodautoscaler")["spec"]["metrics"]
    names = {metric["pods"]["metric"]["name"] for metric in metrics if metric["type"] == "Pods"}
    assert names <= metric_names(Metrics()).keys()
