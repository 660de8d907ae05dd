"""A finished model teaches another network, or is what one goes on from."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from models.artifact import load_artifact
from models.predictor import Predictor
from tests.training.reviews import SMALL_RUN, reviews_with_unlabelled
from training.__main__ import main
from training.evaluate import cut_again


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reviews_with_unlabelled(tmp_path_factory.mktemp("data") / "films.csv")


@pytest.fixture(scope="module")
def teacher(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("runs") / "teacher"
    assert main(["run", *SMALL_RUN, f"--source={source}", f"--out={directory}"]) == 0
    return directory


def taught(source: Path, teacher: Path, out: Path, *extra: str) -> int:
    smaller = ["--hidden-size=3", f"--source={source}", f"--taught-by={teacher}", f"--out={out}"]
    return main(["run", *SMALL_RUN, *smaller, *extra])


def figures(directory: Path) -> Any:
    return json.loads((directory / "metrics.json").read_text(encoding="utf-8"))


def test_the_teacher_is_measured_on_what_both_held_out(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    assert taught(source, teacher, tmp_path / "taught") == 0
    by_teacher = figures(tmp_path / "taught")["history"]["teachers"]
    assert [entry["teacher"] for entry in by_teacher] == ["model teacher", "all teachers"]
    own = figures(teacher)["validation"]["imdb"]["accuracy"]
    assert by_teacher[0]["validation_accuracy"] == own


def test_what_is_learned_from_is_what_the_teacher_answers(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    assert taught(source, teacher, tmp_path / "taught") == 0
    judged = load_file(tmp_path / "taught" / "run" / "model_teacher.safetensors")
    predictor = Predictor.load(teacher)
    split = cut_again(predictor)
    for name, texts in (("validation", split.validation), ("unlabelled", split.unlabelled)):
        answers = [prediction.logit for prediction in predictor.predict(texts["text"][:])]
        np.testing.assert_allclose(judged[name], answers, rtol=1e-6)


def test_a_network_that_was_taught_is_another_than_one_that_was_not(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    assert taught(source, teacher, tmp_path / "taught") == 0
    alone = ["--hidden-size=3", f"--source={source}", f"--out={tmp_path / 'alone'}"]
    assert main(["run", *SMALL_RUN, *alone]) == 0
    both = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("taught", "alone")]
    assert both[0] != both[1]


def test_a_model_of_other_texts_may_not_teach(
    source: Path, teacher: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = source.read_text(encoding="utf-8").splitlines(keepends=True)
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("".join([*rows[:1], *rows[6:]]), encoding="utf-8")
    assert taught(fewer, teacher, tmp_path / "taught") == 1
    assert "was trained on other texts" in caplog.messages[-1]


def test_a_model_and_teachers_of_the_run_itself_judge_together(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    assert taught(source, teacher, tmp_path / "taught", "--teachers=nb_svm") == 0
    names = [entry["teacher"] for entry in figures(tmp_path / "taught")["history"]["teachers"]]
    assert names == ["model teacher", "nb_svm", "all teachers"]


def test_once_it_has_judged_the_run_goes_on_without_it(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    lent = tmp_path / "lent"
    shutil.copytree(teacher, lent)
    assert taught(source, lent, tmp_path / "taught") == 0
    before = (tmp_path / "taught" / "model.safetensors").read_bytes()
    shutil.rmtree(lent)
    (tmp_path / "taught" / "config.json").unlink()
    assert taught(source, lent, tmp_path / "taught", "--resume") == 0
    assert (tmp_path / "taught" / "model.safetensors").read_bytes() == before


def test_a_model_that_was_trained_on_what_is_held_out_may_not_teach(
    source: Path, teacher: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert taught(source, teacher, tmp_path / "taught", "--seed=1") == 1
    assert "of the 16 texts that this run holds out" in caplog.messages[-1]
    assert "--split-seed 0 --validation-fraction 0.2" in caplog.messages[-1]
    assert not (tmp_path / "taught" / "run" / "word_vectors.safetensors").exists()


def gone_on(source: Path, start: Path, out: Path, *extra: str) -> int:
    options = [*SMALL_RUN, "--hidden-size=3", f"--source={source}", f"--starts-from={start}"]
    return main(["run", *options, f"--out={out}", *extra])


@pytest.fixture(scope="module")
def chance(source: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that goes on from the teacher, with another seed, and holds out what that held out."""
    directory = tmp_path_factory.mktemp("runs") / "chance"
    assert gone_on(source, teacher, directory, "--seed=1", "--split-seed=0") == 0
    return directory


def test_a_network_that_learns_nothing_more_is_the_model_that_it_goes_on_from(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    assert gone_on(source, teacher, tmp_path / "same", "--learning-rate=1e-12") == 0
    start, same = (load_artifact(path).weights for path in (teacher, tmp_path / "same"))
    np.testing.assert_allclose(same.embedding, start.embedding, atol=1e-6)
    np.testing.assert_allclose(same.gru.weight_hh, start.gru.weight_hh, atol=1e-6)


def test_a_network_that_learns_more_leaves_the_model_that_it_goes_on_from(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    assert gone_on(source, teacher, tmp_path / "more", "--epochs=5", "--learning-rate=.1") == 0
    start, more = (load_artifact(path).weights for path in (teacher, tmp_path / "more"))
    assert np.abs(more.gru.weight_hh - start.gru.weight_hh).max() > 0.01


def test_words_and_sizes_are_those_of_the_model_that_it_goes_on_from(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    assert gone_on(source, teacher, tmp_path / "more", "--min-frequency=9") == 0
    start, more = (load_artifact(path) for path in (teacher, tmp_path / "more"))
    assert (tmp_path / "more" / "tokenizer.json").read_bytes() == (
        teacher / "tokenizer.json"
    ).read_bytes()
    sizes = ("vocab_size", "embedding_size", "hidden_size")
    assert more.weights.config == start.weights.config
    assert [more.training[size] for size in sizes] == list(vars(start.weights.config).values())


def test_once_begun_a_run_needs_the_model_that_it_goes_on_from_no_more(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    lent, out = tmp_path / "lent", tmp_path / "more"
    shutil.copytree(teacher, lent)
    assert gone_on(source, lent, out) == 0
    before = (out / "model.safetensors").read_bytes()
    shutil.rmtree(lent)
    (out / "config.json").unlink()
    assert gone_on(source, lent, out, "--resume") == 0
    assert (out / "model.safetensors").read_bytes() == before


def test_the_card_says_how_the_model_was_made_that_it_goes_on_from(
    source: Path, teacher: Path, tmp_path: Path
) -> None:
    once, twice = tmp_path / "once", tmp_path / "twice"
    assert gone_on(source, teacher, once, "--version=0.2.0") == 0
    assert gone_on(source, once, twice, "--version=0.3.0") == 0
    card = (twice / "README.md").read_text(encoding="utf-8")
    lineage = re.findall(r"gru (\S+) goes on from gatewise-gru (\S+),", card)
    assert lineage == [("0.3.0", "0.2.0"), ("0.2.0", "0.1.0")]
    commands = re.findall(r"```\n(python -m training run .*)\n```", card)
    assert [
        f"--starts-from {start}" in command
        for start, command in zip((once, teacher, teacher), commands, strict=True)
    ] == [True, True, False]


def test_no_run_is_begun_without_the_model_to_go_on_from(
    source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert gone_on(source, tmp_path / "nothing", tmp_path / "more") == 1
    assert "nothing" in caplog.messages[-1]
    assert not (tmp_path / "more").exists()


def test_a_model_that_was_trained_on_what_is_held_out_may_not_be_gone_on_from(
    source: Path, chance: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    more = tmp_path / "more"
    assert gone_on(source, chance, more, "--seed=1") == 1
    message = next(text for text in caplog.messages if "that this run holds out" in text)
    advice = message.split("held out: ")[1].rstrip(".").split()
    assert gone_on(source, chance, more, "--seed=1", *advice) == 0


def test_a_missing_teacher_leaves_the_directory_to_the_command_put_right(
    source: Path, teacher: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert taught(source, tmp_path / "nobody", tmp_path / "taught") == 1
    assert "nobody" in caplog.messages[-1]
    assert taught(source, teacher, tmp_path / "taught") == 0


def test_the_same_texts_can_be_held_out_by_a_run_of_another_seed(
    source: Path, teacher: Path, chance: Path, tmp_path: Path
) -> None:
    assert gone_on(source, teacher, tmp_path / "same") == 0
    texts = [cut_again(Predictor.load(run)).validation["text"][:] for run in (teacher, chance)]
    assert texts[0] == texts[1]
    weights = [(run / "model.safetensors").read_bytes() for run in (chance, tmp_path / "same")]
    assert weights[0] != weights[1]


def test_a_run_of_another_seed_begins_with_other_weights(source: Path, tmp_path: Path) -> None:
    other = [f"--source={source}", "--seed=1", "--split-seed=0", f"--out={tmp_path / 'other'}"]
    assert main(["run", *SMALL_RUN, "--learning-rate=1e-12", *other]) == 0
    zero = [f"--source={source}", f"--out={tmp_path / 'zero'}"]
    assert main(["run", *SMALL_RUN, "--learning-rate=1e-12", *zero]) == 0
    first, second = (load_artifact(tmp_path / name).weights.gru for name in ("zero", "other"))
    assert np.abs(first.weight_hh - second.weight_hh).max() > 0.01


def test_runs_that_share_a_split_measure_their_gates_on_the_same_sample(
    source: Path, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.gate_statistics.SAMPLE", 4)
    still = "--learning-rate=1e-12"
    assert gone_on(source, teacher, tmp_path / "zero", still) == 0
    assert gone_on(source, teacher, tmp_path / "one", still, "--seed=1", "--split-seed=0") == 0
    both = [load_artifact(tmp_path / name).gates for name in ("zero", "one")]
    assert both[0].tokens == both[1].tokens
    np.testing.assert_allclose(both[0].mean_reset, both[1].mean_reset, atol=1e-5)


def test_what_goes_on_from_a_model_is_not_taken_apart(
    source: Path, teacher: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    command = ["ablate", f"--source={source}", f"--starts-from={teacher}", f"--out={tmp_path}"]
    assert main(command) == 2
    assert "leave --starts-from" in caplog.messages[-1]
