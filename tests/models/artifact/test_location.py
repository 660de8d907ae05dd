"""A model is found by directory, release name or Hub id, or an error states what to do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatewise.models.artifact.artifact import Artifact, load_artifact, save_artifact
from gatewise.models.artifact.location import DEFAULT_RELEASE, locate_model, releases
from gatewise.models.errors import ArtifactError, ArtifactMissingError, ModelDownloadError
from gatewise.models.predictor import Predictor
from tests.models.hub_server import SHA, Hub, serve_hub

ARTIFACT_FILES = {
    *("config.json", "model.safetensors", "tokenizer.json"),
    *("metrics.json", "gate_statistics.json", "README.md"),
}


@pytest.fixture(scope="module")
def files(artifact: Artifact, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a small model, by name."""
    directory = tmp_path_factory.mktemp("artifact")
    save_artifact(artifact, directory)
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.fixture
def hub(files: dict[str, bytes]) -> Iterator[Hub]:
    with serve_hub() as server:
        server.files["user/small"] = {**files, "optimizer.pt": b"x", "docs/notes.md": b"y"}
        yield server


def test_the_default_is_the_default_release() -> None:
    assert locate_model() == DEFAULT_RELEASE
    assert next(iter(releases())) == DEFAULT_RELEASE.name


@pytest.mark.parametrize("name", releases())
def test_a_release_is_found_by_its_name(name: str) -> None:
    assert locate_model(name) == locate_model(Path(name)) == releases()[name]
    assert load_artifact(locate_model(name)).weights.embedding.size


def test_an_existing_directory_takes_precedence_over_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(DEFAULT_RELEASE.name).mkdir()
    assert locate_model(DEFAULT_RELEASE.name).resolve() == tmp_path / DEFAULT_RELEASE.name


def test_an_existing_directory_takes_precedence_over_a_hub_id(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("user/small").mkdir(parents=True)
    assert locate_model("user/small", endpoint=hub.endpoint) == Path("user/small")
    assert hub.requests == 0


@pytest.mark.parametrize("name", ["imdb-gru-9", "imdb gru", Path("imdb-gru-9")])
def test_the_error_for_an_unknown_name_lists_the_releases(name: str | Path) -> None:
    with pytest.raises(ArtifactMissingError, match="imdb-gru-512, imdb-gru-256") as caught:
        locate_model(name)
    assert str(name) in str(caught.value)


@pytest.mark.parametrize("path", ["/no/such", "./runs/mine", "../mine", "a/b/c", Path("runs/mine")])
def test_a_missing_path_is_not_looked_up_on_the_hub(path: str | Path, hub: Hub) -> None:
    located = locate_model(path, endpoint=hub.endpoint)
    assert located == Path(path)
    assert hub.requests == 0
    with pytest.raises(ArtifactMissingError, match="No model at"):
        load_artifact(located)


@pytest.mark.parametrize("name", ["user/small", "user/small@v1", f"user/small@{SHA}"])
def test_a_model_is_downloaded_from_the_hub(name: str, hub: Hub, tmp_path: Path) -> None:
    directory = locate_model(name, cache_dir=tmp_path, endpoint=hub.endpoint)
    assert load_artifact(directory).name == "small"
    assert tmp_path in directory.parents


def test_only_the_files_of_an_artifact_are_downloaded(hub: Hub, tmp_path: Path) -> None:
    directory = locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint)
    assert set(hub.downloads) == ARTIFACT_FILES
    assert {path.name for path in directory.iterdir()} == ARTIFACT_FILES


def test_a_downloaded_model_is_taken_from_the_cache(hub: Hub, tmp_path: Path) -> None:
    first = locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint)
    hub.downloads.clear()
    assert locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint) == first
    assert hub.downloads == []


def test_a_cached_model_is_found_while_the_hub_is_unreachable(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    with serve_hub() as hub:
        hub.files["user/small"] = files
        first = locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint)
    assert locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint) == first


def test_the_error_for_an_unreachable_hub_suggests_a_local_directory(tmp_path: Path) -> None:
    with serve_hub() as hub:
        endpoint = hub.endpoint
    with pytest.raises(ModelDownloadError, match=r"cannot be reached.*pass its directory"):
        locate_model("user/small", cache_dir=tmp_path, endpoint=endpoint)


def test_the_error_for_a_broken_connection_suggests_a_local_directory(
    hub: Hub, tmp_path: Path
) -> None:
    hub.disconnects = True
    with pytest.raises(ModelDownloadError, match=r"cannot be reached.*pass its directory"):
        locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint)


def test_the_error_for_a_failing_hub_suggests_a_local_directory(hub: Hub, tmp_path: Path) -> None:
    hub.fails = True
    with pytest.raises(ModelDownloadError, match=r"cannot be reached.*pass its directory"):
        locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint)


def test_the_error_for_an_unknown_repository_suggests_to_check_the_spelling(
    hub: Hub, tmp_path: Path
) -> None:
    with pytest.raises(ModelDownloadError, match=r"'user/large'.*Check the spelling"):
        locate_model("user/large", cache_dir=tmp_path, endpoint=hub.endpoint)


def test_the_error_for_a_gated_repository_suggests_to_log_in(hub: Hub, tmp_path: Path) -> None:
    hub.gated.add("user/small")
    with pytest.raises(ModelDownloadError, match=r"restricted.*hf auth login"):
        locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint)


def test_the_error_for_an_unknown_revision_names_it(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ModelDownloadError, match="no revision 'v9'"):
        locate_model("user/small@v9", cache_dir=tmp_path, endpoint=hub.endpoint)


def test_an_invalid_hub_id_is_rejected_without_a_request(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ModelDownloadError, match="not a valid Hub id"):
        locate_model("user/a--b", cache_dir=tmp_path, endpoint=hub.endpoint)
    assert hub.requests == 0


def test_a_repository_with_another_kind_of_model_is_rejected(hub: Hub, tmp_path: Path) -> None:
    hub.files["user/small"] = {"config.json": b'{"model_type": "bert"}'}
    directory = locate_model("user/small", cache_dir=tmp_path, endpoint=hub.endpoint)
    with pytest.raises(ArtifactError, match="not a Gatewise model"):
        load_artifact(directory)


def test_a_predictor_loads_from_the_hub_and_the_cache_of_the_client(
    hub: Hub, artifact: Artifact, tmp_path: Path
) -> None:
    program = (
        "from gatewise.models.predictor import Predictor\n"
        "print(Predictor.load('user/small').artifact.self_check.logit)"
    )
    environment = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path)}
    completed = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        capture_output=True,
        check=True,
    )
    assert float(completed.stdout) == artifact.self_check.logit
    assert any(tmp_path.rglob("models--user--small"))


def test_loading_a_release_does_not_import_the_hub_client() -> None:
    program = (
        "import sys; from gatewise.models.predictor import Predictor\n"
        "Predictor.load('imdb-gru-256'); sys.exit('huggingface_hub' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_predictor_loads_a_release_by_name() -> None:
    assert Predictor.load("imdb-gru-256").hidden_size == 256
