"""The Compose file is valid by Compose's own schema, restricted, and in step with the image."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gatewise.service.settings import ENV_PREFIX, Settings
from tests.delivery.dockerfile import Dockerfile

SERVICES = ("api", "train")


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    """The Compose file, parsed."""
    parsed: dict[str, Any] = yaml.safe_load((root / "docker-compose.yml").read_text())
    return parsed


def mounts(service: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """Map each named volume of a service to where it is mounted, and whether for reading only."""
    split = [entry.split(":") for entry in service["volumes"] if isinstance(entry, str)]
    return {name: (target, "ro" in options) for name, target, *options in split}


def test_the_file_is_valid_by_the_compose_specification(root: Path) -> None:
    validate = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    outcome = subprocess.run(
        [*validate, "docker-compose.yml"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_read_only_and_gain_no_rights(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(entry.startswith("/tmp:") for entry in service["tmpfs"])  # noqa: S108
    assert "user" not in service, "the image's own user, which is not root, must stay"


@pytest.mark.parametrize("name", SERVICES)
def test_services_have_limits(compose: dict[str, Any], name: str) -> None:
    assert {"mem_limit", "pids_limit"} <= compose["services"][name].keys()


@pytest.mark.parametrize(("name", "target"), [("api", "serve"), ("train", "train")])
def test_services_are_built_from_a_stage_of_the_dockerfile(
    compose: dict[str, Any], dockerfile: Dockerfile, name: str, target: str
) -> None:
    assert compose["services"][name]["build"] == {"context": ".", "target": target}
    assert target in [stage.name for stage in dockerfile.stages]


def test_the_health_check_is_the_images_own(
    compose: dict[str, Any], dockerfile: Dockerfile
) -> None:
    kind, *command = compose["services"]["api"]["healthcheck"]["test"]
    assert kind == "CMD"
    assert command == dockerfile["serve"].last("HEALTHCHECK").command


def test_the_api_is_published_to_this_machine_alone_by_default(compose: dict[str, Any]) -> None:
    assert compose["services"]["api"]["ports"] == ["${GATEWISE_PUBLISH:-127.0.0.1:8000}:8000"]


def test_the_api_runs_at_most_as_many_inferences_as_it_has_cores(compose: dict[str, Any]) -> None:
    api = compose["services"]["api"]
    assert api["environment"]["GATEWISE_CONCURRENCY"].endswith(f":-{api['cpus']}}}")


def test_only_real_settings_are_passed(compose: dict[str, Any], dockerfile: Dockerfile) -> None:
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert compose["services"]["api"]["environment"].keys() <= known
    assert dockerfile["serve"].environment.keys() <= known


def test_every_setting_is_passed_but_those_the_readme_names(compose: dict[str, Any]) -> None:
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields}
    left_out = {"GATEWISE_HOST", "GATEWISE_TELEMETRY"}
    assert known - compose["services"]["api"]["environment"].keys() == left_out


def test_a_model_that_is_not_chosen_is_not_set(compose: dict[str, Any]) -> None:
    assert compose["services"]["api"]["environment"]["GATEWISE_MODEL"] is None


def test_the_directory_of_keys_is_mounted_for_reading_only_if_it_is_set(
    compose: dict[str, Any],
) -> None:
    [mount] = [entry for entry in compose["services"]["api"]["volumes"] if isinstance(entry, dict)]
    assert mount == {
        "type": "bind",
        "source": "${GATEWISE_KEYS:-/dev/null}",
        "target": "/keys",
        "read_only": True,
    }


def test_the_documented_file_of_keys_lies_in_the_mounted_directory(root: Path) -> None:
    guide = (root / "docs" / "how-to" / "keys.md").read_text()
    assert "GATEWISE_KEYS=./keys" in guide
    assert "GATEWISE_API_KEYS_FILE=/keys/api" in guide


def test_training_starts_only_on_request(compose: dict[str, Any]) -> None:
    assert compose["services"]["train"]["profiles"] == ["train"]
    assert "profiles" not in compose["services"]["api"]


def test_the_api_can_read_what_training_writes(compose: dict[str, Any]) -> None:
    written = mounts(compose["services"]["train"])["artifacts"]
    read = mounts(compose["services"]["api"])["artifacts"]
    assert written == ("/artifacts", False)
    assert read == ("/artifacts", True)


def test_training_writes_onto_its_volumes(compose: dict[str, Any], dockerfile: Dockerfile) -> None:
    train = compose["services"]["train"]
    out = Path(train["command"][train["command"].index("--out") + 1])
    cache = Path(dockerfile["train"].environment["HF_HOME"])
    volumes = {Path(target) for target, _ in mounts(train).values()}
    assert out.parent in volumes
    assert cache in volumes


def test_new_volumes_belong_to_the_user_of_both_images(
    compose: dict[str, Any], dockerfile: Dockerfile
) -> None:
    for name in SERVICES:
        [created] = [run for run in dockerfile["runtime"].all("RUN") if "install" in run.words]
        assert {target for target, _ in mounts(compose["services"][name]).values()} <= set(
            created.words
        )
        assert "--owner=gatewise" in created.words


def test_every_volume_is_declared(compose: dict[str, Any]) -> None:
    used = {volume for name in SERVICES for volume in mounts(compose["services"][name])}
    assert used == compose["volumes"].keys()
