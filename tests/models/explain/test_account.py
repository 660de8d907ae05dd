"""The account of a prediction: exact sums, exact deletions, and when it is computed."""

import pickle

import numpy as np
import pytest

from gatewise.models import Intervention, Predictor
from gatewise.models.explain.leave_one_out import leave_one_out
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence

TEXT = "The plot is thin, but I love it. The cast is fine! See it, although it is far too long."


def test_attributions_of_clauses_and_sentences_sum_to_those_of_the_tokens(
    predictor: Predictor,
) -> None:
    account = predictor.explain(TEXT).account
    assert account
    total = account.attribution.total.sum()
    for phrases in (account.clauses, account.sentences):
        assert sum(phrase.attribution for phrase in phrases) == pytest.approx(total, abs=1e-12)


def test_the_attribution_equals_that_of_the_predictor(predictor: Predictor) -> None:
    explanation = predictor.explain(TEXT)
    account, alone = explanation.account, predictor.attribution(explanation)
    assert account
    np.testing.assert_array_equal(account.attribution.total, alone.total)
    assert account.attribution.residual == alone.residual


def test_without_is_exact_if_every_token_is_read(predictor: Predictor) -> None:
    explanation = predictor.explain(TEXT)
    account = predictor.account(explanation, read=None)
    ids, logit = explanation.encoding.ids, explanation.prediction.logit
    recurrence = Recurrence(predictor.artifact.weights)
    expected = sigmoid(logit - leave_one_out(recurrence, ids))
    np.testing.assert_allclose(account.without, expected, atol=1e-5)
    for phrase in (*account.clauses, *account.sentences):
        shorter = np.delete(ids, slice(phrase.start, phrase.end))
        assert phrase.without == pytest.approx(sigmoid(recurrence.logits([shorter]))[0], abs=1e-5)


def test_a_sentence_of_a_single_clause_is_the_same_phrase(predictor: Predictor) -> None:
    account = predictor.explain("The cast is fine! I love it.").account
    assert account
    assert account.clauses == account.sentences


def test_a_phrase_has_its_text_as_it_was_written(predictor: Predictor) -> None:
    account = predictor.explain("Too  long, but FINE acting.").account
    assert account
    assert [phrase.text for phrase in account.clauses] == ["Too  long,", "but FINE acting."]


def test_a_run_with_interventions_has_no_account(predictor: Predictor) -> None:
    explanation = predictor.explain(TEXT, interventions=[Intervention("update", 1.0, [3])])
    assert explanation.account is None


def test_a_pickled_explanation_keeps_an_account_that_was_computed(predictor: Predictor) -> None:
    explanation = predictor.explain(TEXT)
    before = pickle.loads(pickle.dumps(explanation))  # noqa: S301
    account = explanation.account
    after = pickle.loads(pickle.dumps(explanation))  # noqa: S301
    assert before.account is None
    assert account
    assert after.account.clauses == account.clauses


def test_a_pickled_explanation_does_not_contain_the_model(predictor: Predictor) -> None:
    explanation = predictor.explain("A fine film.")
    assert len(pickle.dumps(explanation)) < len(pickle.dumps(predictor)) / 2


def test_a_longer_text_is_coloured_by_attribution_only_once_it_was_computed(
    predictor: Predictor,
) -> None:
    explanation = predictor.explain("A fine film. " * 251)
    assert "coloured by decomposition" in explanation._repr_html_()
    assert explanation.account
    assert "coloured by attribution" in explanation._repr_html_()
