"""The rows of each source that an epoch has."""

import logging
from collections import Counter

import pytest

from gatewise.training.data.mixture import Mixture, warn_of_unused
from gatewise.training.mix_option import parse_amounts

PARTS = ["imdb"] * 10 + ["cad"] * 4 + ["unlabelled"] * 5


def mixture(*amounts: str, seed: int = 0) -> Mixture:
    return Mixture(PARTS, parse_amounts(amounts), seed=seed)


def counts(rows: list[int]) -> Counter[str]:
    return Counter(PARTS[row] for row in rows)


def test_without_amounts_every_row_is_read_once() -> None:
    assert sorted(mixture().rows(0)) == list(range(len(PARTS)))


def test_a_multiple_reads_every_row_so_many_times() -> None:
    rows = mixture("cad=3x").rows(0)
    assert Counter(row for row in rows if PARTS[row] == "cad") == dict.fromkeys(range(10, 14), 3)


def test_a_number_draws_so_many_rows_without_repetition() -> None:
    rows = [row for row in mixture("imdb=6").rows(0) if PARTS[row] == "imdb"]
    assert len(set(rows)) == 6


def test_later_epochs_draw_the_rows_that_earlier_ones_left_out() -> None:
    mixed = mixture("imdb=5", "cad=0", "unlabelled=0")
    assert sorted(mixed.rows(0) + mixed.rows(1)) == list(range(10))


def test_every_epoch_has_the_same_number_of_rows() -> None:
    mixed = mixture("imdb=7", "unlabelled=3")
    drawn = [counts(mixed.rows(epoch)) for epoch in range(4)]
    assert drawn == [Counter(imdb=7, cad=4, unlabelled=3)] * 4


def test_a_number_larger_than_the_source_reads_rows_again() -> None:
    assert counts(mixture("cad=9").rows(0))["cad"] == 9


def test_the_rows_depend_on_the_seed_alone() -> None:
    assert mixture("imdb=5").rows(1) == mixture("imdb=5").rows(1)
    assert mixture("imdb=5").rows(1) != mixture("imdb=5", seed=1).rows(1)


def test_an_amount_of_a_source_that_the_run_lacks_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, logger="gatewise"):
        warn_of_unused(parse_amounts(["sst=5", "cad=5", "unlabelled=5"]), ["imdb", "cad"])
    assert caplog.messages == ["--mix sst: this run has no such source, only cad, imdb"]
