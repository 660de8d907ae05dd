"""The trainable network and its weights as arrays."""

from dataclasses import fields

import numpy as np
import torch
from hypothesis import given

from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.weights import GRUParameters
from gatewise.training.nets.network import SentimentGRU
from tests.models.networks import Case, cases, random_weights


@given(case=cases())
def test_padding_does_not_change_a_logit(case: Case) -> None:
    network = SentimentGRU.from_weights(case.weights)
    lengths = torch.tensor([len(ids) for ids in case.texts])
    padded = torch.nn.utils.rnn.pad_sequence(
        [torch.from_numpy(ids) for ids in case.texts], batch_first=True
    )
    with torch.inference_mode():
        together = network(padded, lengths).numpy()
    alone = Recurrence(case.weights).logits(case.texts)
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-5)


def test_weights_are_unchanged_by_a_round_trip() -> None:
    weights = random_weights()
    again = SentimentGRU.from_weights(weights).to_weights()
    np.testing.assert_array_equal(again.embedding, weights.embedding)
    np.testing.assert_array_equal(again.head_weight, weights.head_weight)
    assert again.head_bias == weights.head_bias
    for field in fields(GRUParameters):
        np.testing.assert_array_equal(
            getattr(again.gru, field.name), getattr(weights.gru, field.name)
        )


def test_a_network_has_a_copy_of_the_weights_it_is_built_from() -> None:
    weights = random_weights()
    before = weights.embedding.copy()
    network = SentimentGRU.from_weights(weights)
    with torch.no_grad():
        network.embedding.weight.zero_()
    np.testing.assert_array_equal(weights.embedding, before)
