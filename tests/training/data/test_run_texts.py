"""What is dropped from the texts of a run before anything is learned from them."""

import logging

import numpy as np
import pytest
from datasets import Dataset

from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.data.added_texts import AddedSource, AddedText, AddedTexts
from gatewise.training.data.exclusion import Exclusion
from gatewise.training.data.run_texts import assemble, encode_run, limit_unlabelled
from gatewise.training.data.splits import Split
from gatewise.training.text_digest import text_digest


def dataset(*texts: str, label: int = 1) -> Dataset:
    return Dataset.from_dict(
        {"text": texts, "label": [label] * len(texts), "source": ["films"] * len(texts)}
    )


def split(
    *,
    train: tuple[str, ...] = (),
    validation: tuple[str, ...] = (),
    unlabelled: tuple[str, ...] = (),
) -> Split:
    return Split(
        dataset("A film to train on.", *train),
        dataset("A film held out.", *validation),
        dataset("A film without a label.", *unlabelled, label=-1),
    )


def texts(*rows: tuple[str, float, str]) -> AddedTexts:
    return AddedTexts(
        tuple(AddedText(text, target, target, group=group) for text, target, group in rows)
    )


def excluding(*chosen: str) -> Exclusion:
    return Exclusion(frozenset(text_digest(text) for text in chosen))


PAIR = (("It is fine.", 1.0, "1"), ("It is dull.", 0.0, "1"))


@pytest.mark.parametrize("use", ["train", "validation", "unlabelled"])
def test_an_excluded_text_is_dropped_from_every_use(use: str) -> None:
    given = split(**{use: ("Reserved!",)})
    found = assemble(given, [], excluding("reserved"))
    assert "Reserved!" not in getattr(found.split, use)["text"]
    assert len(getattr(found.split, use)) == 1
    assert found.excluded == {**dict.fromkeys(("train", "validation", "unlabelled"), 0), use: 1}


def test_the_whole_pair_of_an_excluded_text_is_dropped() -> None:
    source = AddedSource("cad", texts(*PAIR, ("Other.", 1.0, "2")), texts())
    found = assemble(split(), [source], excluding("It is dull."))
    assert found.added[0].train.texts == ["Other."]
    assert found.excluded["cad"] == 2


def test_the_numbers_of_dropped_texts_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="gatewise"):
        assemble(split(train=("Reserved!",)), [], excluding("Reserved!"))
    assert caplog.messages == [
        "texts dropped because they are excluded: train 1, validation 0, unlabelled 0"
    ]


def test_a_held_out_text_that_is_in_a_pair_to_train_on_is_no_longer_held_out() -> None:
    source = AddedSource("cad", texts(*PAIR), texts())
    found = assemble(split(validation=("It is<br />fine.",)), [source], Exclusion())
    assert found.split.validation["text"][:] == ["A film held out."]
    assert len(found.added[0].train) == 2


def test_copies_of_held_out_added_texts_are_not_trained_on() -> None:
    source = AddedSource("cad", texts(("Other.", 1.0, "2")), texts(*PAIR))
    given = split(train=("It is fine.",), unlabelled=("It is dull!",))
    found = assemble(given, [source], Exclusion())
    assert len(found.split.train) == 1
    assert len(found.split.unlabelled) == 1


def test_sentences_of_held_out_texts_are_held_out() -> None:
    source = AddedSource("sst", texts(("film held out", 0.5, "1"), ("held", 0.5, "1")), texts())
    found = assemble(split(), [source], Exclusion())
    assert not len(found.added[0].train)
    assert found.added[0].held_out.texts == ["film held out", "held"]


def test_sentences_of_texts_to_train_on_are_not_held_out() -> None:
    source = AddedSource("sst", texts(), texts(("film to train on", 0.5, "1")))
    found = assemble(split(), [source], Exclusion())
    assert found.added[0].train.texts == ["film to train on"]


def test_a_phrase_that_a_held_out_sentence_has_too_is_not_trained_on() -> None:
    source = AddedSource(
        "sst",
        texts(("A lighthouse stands there .", 0.5, "1"), ("stands", 0.5, "1")),
        texts(("Stands!", 0.5, "2")),
    )
    found = assemble(split(), [source], Exclusion())
    assert found.added[0].train.texts == ["A lighthouse stands there ."]


def test_without_exclusion_and_added_sources_nothing_is_dropped() -> None:
    given = split(train=("A film held out.",))
    found = assemble(given, [], Exclusion())
    assert found.split == given
    assert found.counts == {}


def test_unlabelled_texts_are_limited_to_a_seeded_sample() -> None:
    given = assemble(
        split(unlabelled=tuple(f"Film {number}." for number in range(20))), [], Exclusion()
    )
    samples = [
        limit_unlabelled(given, 5, seed=seed).split.unlabelled["text"][:] for seed in (0, 0, 1)
    ]
    assert len(samples[0]) == 5
    assert samples[0] == samples[1] != samples[2]


def test_fewer_unlabelled_texts_than_the_limit_are_all_kept() -> None:
    given = assemble(split(), [], Exclusion())
    assert limit_unlabelled(given, 5, seed=0) is given


def test_the_vocabulary_is_made_of_added_texts_too() -> None:
    source = AddedSource("cad", texts(*PAIR), texts())
    found = assemble(split(), [source], Exclusion())
    assert found.vocabulary_split.train["text"][:] == ["A film to train on.", *source.train.texts]


def test_added_texts_follow_the_training_texts_with_their_targets() -> None:
    source = AddedSource("sst", texts(("Neither good nor bad.", 0.5, "1")), texts())
    tokenizer = WordTokenizer.train(["A film to train on."], vocab_size=20, min_frequency=1)
    encoded = encode_run(assemble(split(), [source], Exclusion()), tokenizer)
    np.testing.assert_array_equal(encoded.split.train.labels, [1.0, 0.5])
    assert encoded.parts == ["films", "sst"]
