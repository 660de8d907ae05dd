"""The words of a text: those of largest attribution, and the one where the prediction settled."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gatewise import Predictor
from gatewise.service.bulk.scoring import Scorer, word_scores
from tests.service.bulk.files import frame, run, texts

TURNING = "Boring, awful, terrible plot. But then I loved it, a wonderful masterpiece!"


@pytest.fixture(scope="module")
def predictor(model: Path) -> Predictor:
    return Predictor.load(model, threads=1)


def test_top_words_have_the_attribution_of_the_predictor(
    tmp_path: Path, model: Path, predictor: Predictor
) -> None:
    frame(20).to_parquet(tmp_path / "reviews.parquet")
    scored = run(tmp_path / "reviews.parquet", tmp_path / "out", model, explain=True)
    for text, row in zip(texts(20), scored.rows, strict=True):
        total = predictor.attribution(predictor.explain(text)).total.tolist()
        by_word: dict[str, float] = {}
        for word, value in zip(text.split(), total, strict=True):
            by_word[word] = by_word.get(word, 0.0) + value
        strongest = sorted(by_word.values(), key=abs, reverse=True)[:5]
        assert [entry["attribution"] for entry in row["top_words"]] == strongest
        assert all(by_word[entry["word"]] == entry["attribution"] for entry in row["top_words"])


def test_the_turning_word_is_that_at_the_turning_point() -> None:
    explanation = Predictor.load(threads=1).explain(TURNING)
    assert explanation.turning_point is not None
    words = word_scores(explanation, [0.0] * len(explanation.encoding))
    assert words.turning_word == explanation.encoding.word(explanation.turning_point)


def test_the_turning_word_within_an_emoji_is_the_word_that_was_read() -> None:
    plain = Predictor.load(threads=1).explain("\N{THUMBS UP SIGN} I love it")
    empty = next(place for place in range(len(plain.encoding)) if not plain.encoding.word(place))
    logit = np.where(np.arange(len(plain.encoding)) < empty, -3.0, 3.0)
    decomposition = replace(plain.decomposition, running_logit=logit)
    explanation = replace(plain, decomposition=decomposition)
    assert explanation.turning_point == empty
    words = word_scores(explanation, [0.0] * len(plain.encoding))
    assert words.turning_word == plain.encoding.read_word(empty) != ""


def test_a_prediction_that_never_turned_has_no_turning_word(predictor: Predictor) -> None:
    explanation = predictor.explain("movie")
    assert word_scores(explanation, [0.0]).turning_word is None


def test_punctuation_and_unknown_words_are_left_out(predictor: Predictor) -> None:
    explanation = predictor.explain("A great, zyzzyva movie!")
    words = word_scores(explanation, [1.0] * len(explanation.encoding)).by_word
    assert words == {"a": 1.0, "great": 1.0, "movie": 1.0}


def test_words_of_a_summary_are_those_of_the_decomposition(predictor: Predictor) -> None:
    scored = Scorer(predictor, decomposition=True).score(["boring movie boring"], [None])[0]
    total = predictor.explain("boring movie boring").decomposition.total
    assert scored.words is not None
    assert scored.words.by_word == {"boring": total[0] + total[2], "movie": total[1]}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_top_words_are_json_in_every_format(tmp_path: Path, model: Path, form: str) -> None:
    frame(3, bad=(1,)).to_csv(tmp_path / "reviews.csv", index=False)
    scored = run(tmp_path / "reviews.csv", tmp_path / "out", model, explain=True, format=form)
    first = scored.rows[0]["top_words"]
    words = json.loads(first) if isinstance(first, str) else first
    assert [sorted(entry) for entry in words] == [["attribution", "word"]] * len(words)
    assert scored.rows[1]["error"]


def test_scores_do_not_depend_on_explanations(tmp_path: Path, reviews: Path, model: Path) -> None:
    plain = run(reviews, tmp_path / "plain", model)
    explained = run(reviews, tmp_path / "explained", model, explain=True, summary=True)
    assert [{**row, "top_words": None, "turning_word": None} for row in plain.rows] == [
        {**row, "top_words": None, "turning_word": None} for row in explained.rows
    ]
