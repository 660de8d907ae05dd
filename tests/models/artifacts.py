"""A small untrained model that can be saved, loaded and served."""

from dataclasses import replace

import numpy as np
import pytest

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.artifact.config import SelfCheck
from gatewise.models.artifact.stored_weights import store_precision
from gatewise.models.gate_statistics import GateStatistics
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import WordTokenizer
from tests.models.networks import random_weights

TEXTS = ["A great movie, I love it!", "The plot was boring. But I love the end."]
CHECK = "I love the boring movie."


def small_artifact(*, name: str = "small", seed: int = 0) -> Artifact:
    """Build a model of 7 units whose vocabulary is that of `TEXTS`."""
    tokenizer = WordTokenizer.train(TEXTS, vocab_size=100)
    weights = store_precision(random_weights(vocab_size=tokenizer.vocab_size, seed=seed, scale=2))
    draft = Artifact(
        name=name,
        version="0.0.1",
        weights=weights,
        tokenizer=tokenizer,
        metrics={"validation": {}},
        gates=replace(GateStatistics.unmeasured(7), texts=2, tokens=14),
        card="# small\n",
        self_check=SelfCheck(CHECK, 0.0),
        training={"seed": seed},
    )
    logit = Predictor(draft).predict([CHECK])[0].logit
    return Artifact(**{**vars(draft), "self_check": SelfCheck(CHECK, logit)})


@pytest.fixture(scope="session")
def artifact() -> Artifact:
    return small_artifact()


def artifact_not_in_8_bits() -> Artifact:
    """Make an artifact whose weights 8 bits do not represent."""
    artifact = small_artifact()
    weights = random_weights(vocab_size=artifact.weights.config.vocab_size)
    half = weights.embedding.astype(np.float16).astype(np.float32)
    return replace(artifact, weights=replace(weights, embedding=half))
