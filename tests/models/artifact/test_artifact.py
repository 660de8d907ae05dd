"""An artifact is loaded completely, or an error states why not."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from gatewise.models.artifact.artifact import Artifact, load_artifact, save_artifact
from gatewise.models.artifact.stored_weights import store_precision
from gatewise.models.errors import (
    ArtifactCorruptError,
    ArtifactError,
    ArtifactMismatchError,
    ArtifactMissingError,
)
from gatewise.models.gate_statistics import GateStatistics
from gatewise.models.tokenizer import WordTokenizer
from gatewise.models.unit_index import Occurrence, StoredIndex, UnitIndex, UnitProfile
from tests.models.artifacts import small_artifact
from tests.models.networks import random_weights

FILES = [
    *("README.md", "config.json", "gate_statistics.json"),
    *("metrics.json", "model.safetensors", "tokenizer.json"),
]
UNCHECKED = {"README.md", "config.json"}


@pytest.fixture
def directory(artifact: Artifact, tmp_path: Path) -> Path:
    save_artifact(artifact, tmp_path)
    return tmp_path


def edit_config(directory: Path, **changes: object) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_saved_artifact_has_exactly_six_files(directory: Path) -> None:
    assert sorted(path.name for path in directory.iterdir()) == FILES


def test_a_loaded_artifact_equals_the_saved_one(artifact: Artifact, directory: Path) -> None:
    again = load_artifact(directory)
    np.testing.assert_array_equal(again.weights.embedding, artifact.weights.embedding)
    np.testing.assert_array_equal(again.weights.gru.weight_hh, artifact.weights.gru.weight_hh)
    np.testing.assert_array_equal(again.weights.head_weight, artifact.weights.head_weight)
    assert again.weights.head_bias == artifact.weights.head_bias
    assert again.tokenizer.words == artifact.tokenizer.words
    assert again.gates.to_json() == artifact.gates.to_json()
    for name in ("name", "version", "metrics", "card", "self_check", "training"):
        assert getattr(again, name) == getattr(artifact, name)


def test_the_config_has_the_label_mappings_of_the_hub(directory: Path) -> None:
    config = json.loads((directory / "config.json").read_text())
    assert config["id2label"] == {"0": "negative", "1": "positive"}
    assert config["label2id"] == {"negative": 0, "positive": 1}


def test_storing_rounds_the_matrices_to_8_bits_and_nothing_else() -> None:
    weights = random_weights()
    stored = store_precision(weights)
    for matrix, rounded in (
        (weights.embedding, stored.embedding),
        (weights.gru.weight_ih, stored.gru.weight_ih),
        (weights.gru.weight_hh, stored.gru.weight_hh),
    ):
        largest = np.abs(matrix).max(axis=1, keepdims=True)
        assert np.abs(rounded - matrix).max() > 0
        assert (np.abs(rounded - matrix) <= largest / 253).all()  # half of a 127th, and a little
    assert stored.gru.bias_hh is weights.gru.bias_hh
    assert stored.head_weight is weights.head_weight


def test_the_file_of_an_8_bit_network_has_integers_and_scales(directory: Path) -> None:
    arrays = load_file(directory / "model.safetensors")
    for name in ("embedding.weight", "gru.weight_ih_l0", "gru.weight_hh_l0"):
        assert arrays[name].dtype == np.int8
        assert arrays[f"{name}_scale"].shape == arrays[name].shape[:1]
    assert json.loads((directory / "config.json").read_text())["precision"] == "int8"


def test_an_artifact_of_an_earlier_version_is_loaded_and_saved_as_it_was(
    artifact: Artifact, tmp_path: Path
) -> None:
    weights = random_weights(vocab_size=artifact.weights.config.vocab_size)
    half = weights.embedding.astype(np.float16).astype(np.float32)
    save_artifact(replace(artifact, weights=replace(weights, embedding=half)), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    assert config.pop("precision") == "bfloat16"
    (tmp_path / "config.json").write_text(json.dumps(config))  # as it was before there were two
    again = load_artifact(tmp_path).weights
    np.testing.assert_array_equal(again.embedding, half)
    np.testing.assert_array_equal(again.gru.weight_hh, weights.gru.weight_hh)
    assert load_file(tmp_path / "model.safetensors")["embedding.weight"].dtype == np.float16


def test_a_config_with_another_precision_than_the_weights_is_an_error(directory: Path) -> None:
    edit_config(directory, precision="bfloat16")
    with pytest.raises(ArtifactCorruptError, match="is int8, but the precision is bfloat16"):
        load_artifact(directory)


@pytest.mark.parametrize("name", FILES)
def test_the_error_names_the_missing_file(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(ArtifactMissingError, match=name):
        load_artifact(directory)


def test_loading_a_missing_directory_fails(tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissingError, match="No model at"):
        load_artifact(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [name for name in FILES if name != "README.md"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_loading_a_truncated_file_fails(directory: Path, name: str, share: float) -> None:
    path = directory / name
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ArtifactError, match=name):
        load_artifact(directory)


@pytest.mark.parametrize("name", [name for name in FILES if name not in UNCHECKED])
def test_loading_a_file_of_another_model_fails(directory: Path, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    other_model = small_artifact(seed=1)
    save_artifact(
        replace(
            other_model,
            metrics={"validation": {"other": {}}},
            gates=replace(other_model.gates, texts=3),
            tokenizer=WordTokenizer.train(["other words"], vocab_size=9),
        ),
        other,
    )
    (other / name).replace(directory / name)
    with pytest.raises(ArtifactCorruptError, match=f"{name}.*checksum"):
        load_artifact(directory)


def test_loading_weights_in_another_format_fails(directory: Path) -> None:
    content = b"not safetensors"
    (directory / "model.safetensors").write_bytes(content)
    rewrite_checksum(directory, "model.safetensors")
    with pytest.raises(ArtifactCorruptError, match="not a set of SentimentGRU weights"):
        load_artifact(directory)


def test_loading_a_tokenizer_of_another_size_fails(directory: Path) -> None:
    WordTokenizer.train(["other words"], vocab_size=9).save(directory / "tokenizer.json")
    rewrite_checksum(directory, "tokenizer.json")
    with pytest.raises(ArtifactMismatchError, match="has 4 words"):
        load_artifact(directory)


def test_loading_gate_statistics_of_another_size_fails(directory: Path) -> None:
    statistics = replace(GateStatistics.unmeasured(8), texts=2, tokens=14)
    (directory / "gate_statistics.json").write_text(json.dumps(statistics.to_json()))
    rewrite_checksum(directory, "gate_statistics.json")
    with pytest.raises(ArtifactMismatchError, match="has averages of 8 units"):
        load_artifact(directory)


def test_the_error_for_an_earlier_format_names_the_version(directory: Path) -> None:
    (directory / "gate_statistics.json").unlink()
    edit_config(directory, format="gatewise/1")
    with pytest.raises(ArtifactMismatchError, match="one of another version"):
        load_artifact(directory)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"format": "gatewise/99"}, "not of format"),
        ({"format": None}, "not of format"),
        ({"hidden_size": 8}, "weight_ih of shape"),
        ({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}, "LABEL_0"),
    ],
)
def test_loading_a_config_that_contradicts_the_files_fails(
    directory: Path, changes: dict[str, object], complaint: str
) -> None:
    edit_config(directory, **changes)
    with pytest.raises(ArtifactMismatchError, match=complaint):
        load_artifact(directory)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"checksums": None}, "checksums"),
        ({"checksums": {}}, "checksums"),
        ({"self_check": {}}, "self_check.text"),
        ({"vocab_size": "many"}, "vocab_size"),
        ({"training": []}, "training"),
    ],
)
def test_the_error_for_a_damaged_config_names_the_field(
    directory: Path, changes: dict[str, object], complaint: str
) -> None:
    edit_config(directory, **changes)
    with pytest.raises(ArtifactCorruptError, match=complaint):
        load_artifact(directory)


@pytest.mark.parametrize("content", ["", "[]", "3", '{"format": "gatewise/2"}'])
def test_loading_an_invalid_config_fails(directory: Path, content: str) -> None:
    (directory / "config.json").write_text(content)
    with pytest.raises(ArtifactError, match=r"config\.json"):
        load_artifact(directory)


def test_saving_over_an_artifact_replaces_all_of_it(directory: Path) -> None:
    save_artifact(small_artifact(name="second", seed=2), directory)
    assert load_artifact(directory).name == "second"
    assert sorted(path.name for path in directory.iterdir()) == FILES


def rewrite_checksum(directory: Path, name: str) -> None:
    config = json.loads((directory / "config.json").read_text())
    digest = hashlib.sha256((directory / name).read_bytes()).hexdigest()
    edit_config(directory, checksums={**config["checksums"], name: digest})


INDEX = UnitIndex(
    source="films",
    texts=2,
    tokens=14,
    units=tuple(
        UnitProfile(
            half_life=1.5 + unit,
            resets=(Occurrence(value=0.1, before="a “quoted” ", word="plot", after=" <b>"),),
            keeps=(),
            writes=(),
            contributes=(),
        )
        for unit in range(7)
    ),
)


@pytest.fixture
def indexed(artifact: Artifact, tmp_path: Path) -> Path:
    save_artifact(replace(artifact, unit_index=StoredIndex.of(INDEX)), tmp_path)
    return tmp_path


def test_a_unit_index_is_saved_as_a_seventh_file_and_loaded(indexed: Path) -> None:
    assert sorted(path.name for path in indexed.iterdir()) == [*FILES, "unit_index.json"]
    loaded = load_artifact(indexed).unit_index
    assert loaded is not None
    assert loaded.index == INDEX


def test_a_model_saved_without_a_unit_index_loads_without_one(directory: Path) -> None:
    assert load_artifact(directory).unit_index is None


def test_loading_an_edited_unit_index_fails(indexed: Path) -> None:
    path = indexed / "unit_index.json"
    path.write_text(path.read_text().replace("plot", "film"))
    with pytest.raises(ArtifactCorruptError, match=r"unit_index\.json.*checksum"):
        load_artifact(indexed)


def test_loading_fails_if_the_unit_index_was_deleted(indexed: Path) -> None:
    (indexed / "unit_index.json").unlink()
    with pytest.raises(ArtifactMissingError, match=r"unit_index\.json"):
        load_artifact(indexed)


def test_saving_without_a_unit_index_removes_the_old_one(artifact: Artifact, indexed: Path) -> None:
    save_artifact(artifact, indexed)
    assert sorted(path.name for path in indexed.iterdir()) == FILES


def test_saving_a_loaded_model_again_changes_no_file(indexed: Path) -> None:
    before = {path.name: path.read_bytes() for path in indexed.iterdir()}
    save_artifact(load_artifact(indexed), indexed)
    assert {path.name: path.read_bytes() for path in indexed.iterdir()} == before


def test_loading_a_config_without_a_checksum_fails(directory: Path) -> None:
    checksums = json.loads((directory / "config.json").read_text())["checksums"]
    checksums["unit_index.json"] = checksums.pop("metrics.json")
    edit_config(directory, checksums=checksums)
    with pytest.raises(ArtifactCorruptError, match=r"no checksum of metrics\.json"):
        load_artifact(directory)
