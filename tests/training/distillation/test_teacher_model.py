"""Trained models in the training of another one: as its teacher, or as its initial network."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.errors import ArtifactMissingError, DataError
from gatewise.models.predictor import Predictor
from gatewise.training.data.repeated_split import repeat_split
from gatewise.training.pipeline import train
from tests.training.reviews import reviews_with_unlabelled, small_config

NOTHING_LEARNED = 1e-12  # a learning rate


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reviews_with_unlabelled(tmp_path_factory.mktemp("data") / "films.csv")


@pytest.fixture(scope="module")
def model(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a trained model."""
    directory = tmp_path_factory.mktemp("runs") / "model"
    train(small_config(source), directory)
    return directory


@pytest.fixture(scope="module")
def taught(source: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a smaller model, taught by the trained one and by NB-SVM."""
    directory = tmp_path_factory.mktemp("runs") / "taught"
    teach(source, model, directory, teachers=("nb_svm",))
    return directory


@pytest.fixture(scope="module")
def continued(source: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a model that continues from the trained one with another seed."""
    directory = tmp_path_factory.mktemp("runs") / "continued"
    options: dict[str, Any] = {"min_frequency": 9, "epochs": 5, "learning_rate": 0.1}
    continue_from(model, source, directory, seed=1, split_seed=0, **options)
    return directory


def teach(source: Path, model: Path, out: Path, *, resume: bool = False, **options: Any) -> None:
    smaller = {"hidden_size": 3, "teacher_model": str(model), **options}
    train(small_config(source, **smaller), out, resume=resume)


def continue_from(
    model: Path, source: Path, out: Path, *, resume: bool = False, **options: Any
) -> None:
    train(small_config(source, init_from=str(model), **options), out, resume=resume)


def metrics(directory: Path) -> Any:
    return json.loads((directory / "metrics.json").read_text(encoding="utf-8"))


def weights(directory: Path) -> bytes:
    return (directory / "model.safetensors").read_bytes()


def test_a_teacher_model_is_measured_on_the_shared_validation_split(
    model: Path, taught: Path
) -> None:
    by_teacher = metrics(taught)["history"]["teachers"]
    own = metrics(model)["validation"]["imdb"]["accuracy"]
    assert by_teacher[0] == {"teacher": "teacher model", "round": 1, "validation_accuracy": own}


def test_a_teacher_model_is_combined_with_the_teachers_of_the_run(taught: Path) -> None:
    names = [entry["teacher"] for entry in metrics(taught)["history"]["teachers"]]
    assert names == ["teacher model", "nb_svm", "all teachers"]


def test_the_stored_logits_are_the_predictions_of_the_teacher_model(
    model: Path, taught: Path
) -> None:
    stored = load_file(taught / "run" / "teacher_model.safetensors")
    predictor = Predictor.load(model)
    split = repeat_split(predictor)
    for name, texts in (("validation", split.validation), ("unlabelled", split.unlabelled)):
        logits = [prediction.logit for prediction in predictor.predict(texts["text"][:])]
        np.testing.assert_allclose(stored[name], logits, rtol=1e-6)


@pytest.mark.slow
def test_teaching_changes_the_weights(source: Path, taught: Path, tmp_path: Path) -> None:
    train(small_config(source, hidden_size=3), tmp_path / "alone")
    assert weights(tmp_path / "alone") != weights(taught)


def test_a_teacher_model_that_has_seen_held_out_texts_of_another_file_is_rejected(
    source: Path, model: Path, tmp_path: Path
) -> None:
    rows = source.read_text(encoding="utf-8").splitlines(keepends=True)
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("".join([*rows[:1], *rows[6:]]), encoding="utf-8")
    with pytest.raises(DataError, match=r"was trained on \d+ of the \d+ texts that this run"):
        teach(fewer, model, tmp_path / "taught")


def test_a_teacher_model_that_was_trained_on_held_out_texts_is_rejected(
    source: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="of the 16 texts that this run holds out") as error:
        teach(source, model, tmp_path / "taught", seed=1)
    assert "--split-seed 0 --validation-fraction 0.2" in str(error.value)
    assert not (tmp_path / "taught" / "run" / "word_vectors.safetensors").exists()


@pytest.mark.slow
def test_a_run_is_resumed_without_its_teacher_model(
    source: Path, model: Path, tmp_path: Path
) -> None:
    lent, out = tmp_path / "lent", tmp_path / "taught"
    shutil.copytree(model, lent)
    teach(source, lent, out)
    before = weights(out)
    shutil.rmtree(lent)
    (out / "config.json").unlink()
    teach(source, lent, out, resume=True)
    assert weights(out) == before


@pytest.mark.slow
def test_several_teacher_models_are_blended(
    source: Path, model: Path, continued: Path, tmp_path: Path
) -> None:
    teach(source, model, tmp_path / "taught", teacher_model=(str(model), str(continued)))
    history = metrics(tmp_path / "taught")["history"]["teachers"]
    assert [entry["teacher"] for entry in history] == [
        "teacher model",
        "teacher model 2",
        "all teachers",
    ]
    stored = load_file(tmp_path / "taught" / "run" / "teacher_model_2.safetensors")
    texts = repeat_split(Predictor.load(model)).validation["text"][:]
    logits = [prediction.logit for prediction in Predictor.load(continued).predict(texts)]
    np.testing.assert_allclose(stored["validation"], logits, rtol=1e-6)


@pytest.mark.slow
def test_the_initial_weights_keep_their_share(source: Path, model: Path, tmp_path: Path) -> None:
    for share in (0.0, 0.25):
        out = tmp_path / str(share)
        continue_from(model, source, out, init_share=share, epochs=5, learning_rate=0.1)
    initial, trained, mean = (
        load_artifact(path).weights.gru.weight_ih
        for path in (model, tmp_path / "0.0", tmp_path / "0.25")
    )
    expected = 0.75 * trained + 0.25 * initial
    np.testing.assert_allclose(mean, expected, atol=0.02 * np.abs(expected).max())
    assert np.abs(trained - initial).max() > 0.1 * np.abs(expected).max()


def test_a_missing_teacher_model_leaves_the_directory_usable(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissingError, match="nobody"):
        teach(source, tmp_path / "nobody", tmp_path / "taught")
    assert not any((tmp_path / "taught").iterdir())


@pytest.mark.slow
def test_without_learning_a_network_equals_the_model_it_continues_from(
    source: Path, model: Path, tmp_path: Path
) -> None:
    continue_from(model, source, tmp_path / "same", learning_rate=NOTHING_LEARNED)
    start, same = (load_artifact(path).weights for path in (model, tmp_path / "same"))
    np.testing.assert_allclose(same.embedding, start.embedding, atol=1e-6)
    np.testing.assert_allclose(same.gru.weight_hh, start.gru.weight_hh, atol=1e-6)


def test_learning_changes_the_weights_that_a_network_continues_from(
    model: Path, continued: Path
) -> None:
    start, more = (load_artifact(path).weights for path in (model, continued))
    assert np.abs(more.gru.weight_hh - start.gru.weight_hh).max() > 0.01


def test_a_network_has_the_words_of_the_model_it_continues_from(
    model: Path, continued: Path
) -> None:
    assert (continued / "tokenizer.json").read_bytes() == (model / "tokenizer.json").read_bytes()


def test_a_network_has_the_sizes_of_the_model_it_continues_from(
    model: Path, continued: Path
) -> None:
    start, more = load_artifact(model), load_artifact(continued)
    sizes = ("vocab_size", "embedding_size", "hidden_size")
    assert more.weights.config == start.weights.config
    assert [more.training[size] for size in sizes] == list(vars(start.weights.config).values())


@pytest.mark.slow
def test_a_run_is_resumed_without_the_model_it_continues_from(
    source: Path, model: Path, tmp_path: Path
) -> None:
    lent, out = tmp_path / "lent", tmp_path / "more"
    shutil.copytree(model, lent)
    continue_from(lent, source, out)
    before = weights(out)
    shutil.rmtree(lent)
    (out / "config.json").unlink()
    continue_from(lent, source, out, resume=True)
    assert weights(out) == before


@pytest.mark.slow
def test_the_model_card_has_the_commands_of_all_earlier_models(
    source: Path, model: Path, tmp_path: Path
) -> None:
    once, twice = tmp_path / "once", tmp_path / "twice"
    continue_from(model, source, once, version="0.2.0")
    continue_from(once, source, twice, version="0.3.0")
    card = (twice / "README.md").read_text(encoding="utf-8")
    lineage = re.findall(r"gru (\S+) continues from gatewise-gru (\S+),", card)
    assert lineage == [("0.3.0", "0.2.0"), ("0.2.0", "0.1.0")]
    commands = re.findall(r"```\n(gatewise train .*)\n```", card)
    starts = [re.findall(r"--init-from (\S+)", command) for command in commands]
    assert starts == [[str(once)], [str(model)], []]


def test_a_missing_model_to_continue_from_creates_no_directory(
    source: Path, tmp_path: Path
) -> None:
    with pytest.raises(ArtifactMissingError, match="nothing"):
        continue_from(tmp_path / "nothing", source, tmp_path / "more")
    assert not (tmp_path / "more").exists()


def test_a_model_that_was_trained_on_held_out_texts_is_not_continued_from(
    source: Path, continued: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"--split-seed 0 --validation-fraction 0\.2"):
        continue_from(continued, source, tmp_path / "more", seed=1)


def test_a_split_seed_holds_out_the_same_texts_with_another_seed(
    model: Path, continued: Path
) -> None:
    texts = [repeat_split(Predictor.load(run)).validation["text"][:] for run in (model, continued)]
    assert texts[0] == texts[1]


@pytest.mark.slow
def test_another_seed_has_other_initial_weights(source: Path, tmp_path: Path) -> None:
    for seed in (0, 1):
        options = {"seed": seed, "split_seed": 0, "learning_rate": NOTHING_LEARNED}
        train(small_config(source, **options), tmp_path / str(seed))
    first, second = (load_artifact(tmp_path / str(seed)).weights.gru for seed in (0, 1))
    assert np.abs(first.weight_hh - second.weight_hh).max() > 0.01


@pytest.mark.slow
def test_runs_with_the_same_split_measure_gates_on_the_same_sample(
    source: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatewise.training.evaluation.gate_statistics.SAMPLE", 4)
    for seed in (0, 1):
        options: dict[str, Any] = {"split_seed": 0, "learning_rate": NOTHING_LEARNED}
        continue_from(model, source, tmp_path / str(seed), seed=seed, **options)
    first, second = (load_artifact(tmp_path / str(seed)).gates for seed in (0, 1))
    assert first.tokens == second.tokens
    np.testing.assert_allclose(first.mean_reset, second.mean_reset, atol=1e-5)
