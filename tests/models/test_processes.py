"""A predictor that has been used works in other processes, however they are started."""

import copy
import multiprocessing
import pickle
from dataclasses import replace
from functools import partial
from pathlib import Path

import datasets
import joblib
import numpy as np
import pytest

from gatewise import Predictor
from gatewise.models.artifact.artifact import Artifact
from gatewise.models.artifact.pickled import PickledArtifact
from gatewise.models.int8 import Int8Matrix
from tests.models.artifacts import TEXTS
from tests.models.gru.test_threads import succeeds_in_a_fork

MANY = [f"{text} {'movie ' * n}" for n in range(8) for text in TEXTS]
SECONDS = 120


@pytest.fixture(scope="module")
def predictor(artifact: Artifact) -> Predictor:
    """A predictor whose threads have been started."""
    predictor = Predictor(artifact, threads=3)
    predictor.predict(MANY)
    return predictor


def logits(predictor: Predictor, texts: list[str]) -> list[float]:
    return [prediction.logit for prediction in predictor.predict(texts)]


def logits_of_batch(batch: dict[str, list[str]], *, predictor: Predictor) -> dict[str, list[float]]:
    return {"logit": logits(predictor, batch["text"])}


@pytest.mark.slow
def test_forked_processes_predict_after_a_batch(predictor: Predictor) -> None:
    expected = logits(predictor, MANY)
    assert all(succeeds_in_a_fork(lambda: logits(predictor, MANY) == expected) for _ in range(20))


def test_forked_processes_explain_after_a_batch(predictor: Predictor) -> None:
    expected = predictor.explain(TEXTS[0]).prediction.logit
    assert succeeds_in_a_fork(lambda: predictor.explain(TEXTS[0]).prediction.logit == expected)


@pytest.mark.parametrize(
    "method",
    [
        "fork",
        pytest.param("spawn", marks=pytest.mark.slow),
        pytest.param("forkserver", marks=pytest.mark.slow),
    ],
)
def test_the_processes_of_a_pool_give_the_same_logits(predictor: Predictor, method: str) -> None:
    with multiprocessing.get_context(method).Pool(2) as pool:
        found = pool.map_async(partial(logits, predictor), [MANY, MANY]).get(SECONDS)
    assert found == [logits(predictor, MANY)] * 2


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_the_workers_of_joblib_give_the_same_logits(predictor: Predictor, backend: str) -> None:
    run = joblib.Parallel(n_jobs=2, backend=backend, timeout=SECONDS)
    found = run(joblib.delayed(logits)(predictor, MANY) for _ in range(3))
    assert found == [logits(predictor, MANY)] * 3


@pytest.mark.slow
def test_the_processes_of_a_data_set_give_the_same_logits(predictor: Predictor) -> None:
    rows = datasets.Dataset.from_dict({"text": MANY})
    mapped = rows.map(
        logits_of_batch,
        batched=True,
        batch_size=4,
        num_proc=2,
        fn_kwargs={"predictor": predictor},
    )
    assert mapped["logit"][:] == logits(predictor, MANY)


def test_a_pickled_predictor_gives_the_same_logits(predictor: Predictor) -> None:
    restored = pickle.loads(pickle.dumps(predictor))  # noqa: S301
    assert logits(restored, MANY) == logits(predictor, MANY)


def test_a_pickled_predictor_needs_no_shared_directory(artifact: Artifact, tmp_path: Path) -> None:
    predictor = Predictor(artifact, share_in=tmp_path)
    restored = pickle.loads(pickle.dumps(predictor))  # noqa: S301
    assert str(tmp_path).encode() not in pickle.dumps(predictor)
    assert logits(restored, MANY) == logits(predictor, MANY)


@pytest.mark.parametrize("threads", [None, 3])
def test_a_pickle_has_the_number_of_threads_as_it_was_passed(
    artifact: Artifact, threads: int | None
) -> None:
    restored = pickle.loads(pickle.dumps(Predictor(artifact, threads=threads)))  # noqa: S301
    assert restored._threads == threads


def test_a_copy_is_the_same_predictor(predictor: Predictor) -> None:
    assert copy.copy(predictor) is predictor
    assert copy.deepcopy({"model": predictor})["model"] is predictor


def test_predictions_explanations_and_encodings_can_be_pickled(predictor: Predictor) -> None:
    explanation = predictor.explain(TEXTS[0])
    restored = pickle.loads(pickle.dumps(explanation))  # noqa: S301
    assert restored.prediction == explanation.prediction
    np.testing.assert_array_equal(restored.encoding.starts, explanation.encoding.starts)
    np.testing.assert_array_equal(restored.trace.hidden, explanation.trace.hidden)


def test_an_embedding_of_8_bits_is_pickled_in_8_bits(artifact: Artifact) -> None:
    pickled = PickledArtifact.pack(artifact)
    assert isinstance(pickled.embedding, Int8Matrix)
    np.testing.assert_array_equal(
        pickled.unpack().weights.embedding, artifact.weights.embedding, strict=True
    )


def test_an_embedding_that_is_exact_in_float16_is_pickled_as_float16(artifact: Artifact) -> None:
    embedding = (artifact.weights.embedding + np.pi).astype(np.float16).astype(np.float32)
    pickled = PickledArtifact.pack(
        replace(artifact, weights=replace(artifact.weights, embedding=embedding))
    )
    assert isinstance(pickled.embedding, np.ndarray)
    assert pickled.embedding.dtype == np.float16
    np.testing.assert_array_equal(pickled.unpack().weights.embedding, embedding, strict=True)


def test_an_embedding_that_float16_cannot_represent_is_pickled_as_float32(
    artifact: Artifact,
) -> None:
    embedding = artifact.weights.embedding + np.float32(1e5)
    weights = replace(artifact.weights, embedding=embedding)
    pickled = PickledArtifact.pack(replace(artifact, weights=weights))
    np.testing.assert_array_equal(pickled.unpack().weights.embedding, embedding, strict=True)


def test_a_pickled_release_is_as_small_as_its_files() -> None:
    assert len(pickle.dumps(Predictor.load())) < 26e6
