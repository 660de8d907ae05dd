"""The words of a text: those of highest attribution, and the one where the prediction turned."""

import json
from pathlib import Path

import pytest

from gatewise import Predictor
from gatewise.service.bulk.scoring import Scorer, word_scores
from tests.service.bulk.files import frame, run, texts

TURNING = "boring boring boring , a great great great movie"


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


def test_the_turning_word_is_that_of_the_last_flip(predictor: Predictor) -> None:
    found = [
        (explanation.flips, word_scores(explanation, [0.0] * len(explanation.encoding)))
        for text in [*texts(60), TURNING]
        for explanation in [predictor.explain(text)]
    ]
    assert any(flips for flips, _ in found)
    assert all((words.turning_word is None) == (not flips) for flips, words in found)
    for text, (flips, words) in zip([*texts(60), TURNING], found, strict=True):
        if flips:
            assert words.turning_word == text.split()[flips[-1]]


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
