"""The options `--add` and `--mix`."""

import pytest
from pydantic import ValidationError

from gatewise.training.config import TrainingConfig
from gatewise.training.mix_option import AddedOption, Amount, merge_amounts, parse_amounts


def test_amounts_are_multiples_or_numbers() -> None:
    assert parse_amounts(["cad=3x", "imdb=6000", "sst=0.5x"]) == {
        "cad": Amount(times=3.0),
        "imdb": Amount(count=6000),
        "sst": Amount(times=0.5),
    }


@pytest.mark.parametrize("written", ["cad", "cad=", "cad=x", "=3x", "cad=-1", "cad=3.5"])
def test_a_malformed_amount_is_rejected(written: str) -> None:
    with pytest.raises(ValueError, match="must be an amount such as"):
        parse_amounts([written])


def test_two_amounts_of_a_source_are_rejected() -> None:
    with pytest.raises(ValidationError, match="two amounts of cad"):
        TrainingConfig(mix=("cad=3x", "cad=5"))


def test_amounts_that_are_given_replace_those_of_the_preset() -> None:
    assert merge_amounts(("imdb=6", "cad=3x"), ("cad=5x", "sst=9")) == ("imdb=6", "cad=5x", "sst=9")


def test_the_preset_keeps_the_amounts_that_are_not_given() -> None:
    mix = TrainingConfig.model_validate({"preset": "refine", "mix": ("cad=5x",)}).mix
    assert "cad=5x" in mix
    assert len(mix) == len(TrainingConfig.model_validate({"preset": "refine"}).mix)


def test_an_added_source_may_name_its_folder() -> None:
    assert AddedOption.parse("cad=my/folder") == AddedOption("cad", "my/folder")
    assert AddedOption.parse("sst") == AddedOption("sst", None)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (("yelp",), "must be one of cad, sst, augmented"),
        (("augmented=many",), "must be a number of texts"),
        (("cad", "cad=folder"), "adds a source twice"),
        (("edited=10",), "needs a --teacher-model or --init-from"),
    ],
)
def test_an_unusable_added_source_is_rejected(written: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TrainingConfig(add=written)
