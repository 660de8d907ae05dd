"""The texts that are generated from frames and fillers."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from gatewise.training.augmentation import AugmentedText, generate
from gatewise.training.augmentation.frames import load_frames
from gatewise.training.augmentation.lexicon import held_out_pattern
from gatewise.training.text_digest import text_digest
from tests.behaviour.suite import cases

MANY = 50_000
SHORT_TEXTS = Path(__file__).parents[4] / "shared/cases/short_texts.jsonl"


@cache
def some(*, held_out: bool = False) -> list[AugmentedText]:
    return generate(seed=3, count=4000, held_out=held_out)


@cache
def many() -> list[AugmentedText]:
    return generate(seed=5, count=MANY, held_out=False)


def test_the_same_seed_generates_the_same_texts() -> None:
    assert generate(seed=7, count=300, held_out=False) == generate(
        seed=7, count=300, held_out=False
    )


def test_more_texts_begin_with_the_same_ones() -> None:
    assert generate(seed=7, count=300, held_out=True)[:100] == generate(
        seed=7, count=100, held_out=True
    )


def test_another_seed_generates_other_texts() -> None:
    other = {text.text for text in generate(seed=8, count=300, held_out=False)}
    assert len(other & {text.text for text in generate(seed=7, count=300, held_out=False)}) < 60


def test_exactly_as_many_texts_as_requested() -> None:
    assert [len(generate(seed=1, count=count, held_out=False)) for count in (0, 1, 2, 37)] == [
        0,
        1,
        2,
        37,
    ]


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        generate(seed=1, count=-1, held_out=False)


@pytest.mark.slow
def test_many_texts_are_all_different() -> None:
    assert len({text_digest(text.text) for text in many()}) == MANY


def test_the_held_out_texts_are_those_of_the_figures_of_released_models() -> None:
    # What is added for training goes to `training_only/`, so that the figures of all versions are
    # of the same texts. Whoever changes the held-out part on purpose measures every released model
    # anew.
    written = "\n".join(f"{text.target} {text.text}" for text in some(held_out=True))
    assert hashlib.sha256(written.encode()).hexdigest()[:20] == "c135718b288ea1832493"


@pytest.mark.slow
def test_phenomena_with_many_fixed_texts_keep_their_share_of_many_texts() -> None:
    weights = load_frames().trained_weights
    counts = Counter(text.phenomenon for text in many())
    for name in ("sarcasm", "rhetorical question", "only and too"):
        assert counts[name] / MANY > 0.78 * weights[name] / sum(weights.values())


@pytest.mark.slow
def test_no_held_out_text_is_among_many_training_texts() -> None:
    held_out = {text_digest(text.text) for text in generate(seed=9, count=5000, held_out=True)}
    assert held_out.isdisjoint(text_digest(text.text) for text in many())


@pytest.mark.slow
def test_no_held_out_opinion_filler_occurs_in_many_training_texts() -> None:
    found = [text.text for text in many() if held_out_pattern().search(text.text)]
    assert found == []


def test_no_held_out_opinion_filler_occurs_in_the_training_part() -> None:
    assert [text.text for text in some() if held_out_pattern().search(text.text)] == []


@pytest.mark.slow
def test_no_text_of_the_behaviour_suite_is_generated() -> None:
    tests = {text_digest(case.text) for case in cases()}
    assert tests.isdisjoint(text_digest(text.text) for text in many())


@pytest.mark.slow
@pytest.mark.skipif(not SHORT_TEXTS.exists(), reason="the short texts are not available")
def test_no_short_text_of_the_tests_is_generated() -> None:
    lines = SHORT_TEXTS.read_text("utf-8").splitlines()
    tests = {text_digest(json.loads(line)["text"]) for line in lines}
    tests.discard(text_digest(""))
    assert tests.isdisjoint(text_digest(text.text) for text in many())


@pytest.mark.parametrize("held_out", [False, True])
def test_targets_are_probabilities(held_out: bool) -> None:
    assert all(0 <= text.target <= 1 for text in some(held_out=held_out))


@pytest.mark.parametrize("held_out", [False, True])
def test_praise_and_blame_are_balanced_within_each_phenomenon(held_out: bool) -> None:
    sides: dict[str, Counter[bool]] = defaultdict(Counter)
    for text in some(held_out=held_out):
        if text.target != 0.5 and text.phenomenon not in {"negated praise", "typing noise"}:
            sides[text.phenomenon][text.target > 0.5] += 1
    shares = {name: side[True] / side.total() for name, side in sides.items() if side.total() > 80}
    assert {name: share for name, share in shares.items() if not 0.33 < share < 0.67} == {}


@pytest.mark.parametrize("held_out", [False, True])
def test_negated_praise_is_negative_and_negated_blame_mostly_positive(held_out: bool) -> None:
    targets = defaultdict(list)
    for text in some(held_out=held_out):
        targets[text.phenomenon].append(text.target > 0.5)
    assert not any(targets["negated praise"])
    assert any(targets["negated blame"])
    assert not all(targets["negated blame"])  # with contrasts of the same wording


@pytest.mark.parametrize("held_out", [False, True])
def test_a_group_has_one_target_or_opposite_ones(held_out: bool) -> None:
    groups = defaultdict(list)
    for text in some(held_out=held_out):
        if text.group:
            groups[text.group].append(text.target)
    assert len(groups) > 100
    for first, second in (pair for group in groups.values() for pair in pairwise(group)):
        assert second in {first, round(1 - first, 4)}


def test_exchanged_names_and_terms_are_all_that_differs_within_a_group() -> None:
    groups = defaultdict(list)
    for text in some():
        if text.group and text.phenomenon.startswith("exchanged"):
            groups[text.group].append(text)
    assert all(len({text.target for text in group}) == 1 for group in groups.values())
    words = [[set(text.text.split()) for text in group] for group in groups.values()]
    assert all(first & second for group in words for first, second in pairwise(group))


def test_there_are_at_least_sixteen_phenomena_in_either_part() -> None:
    for held_out in (False, True):
        assert len({text.phenomenon for text in some(held_out=held_out)}) >= 16


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize(
    "mistake",
    [
        r"\b[Aa] [aeio]\w",  # u has two sounds
        r"\b[Aa]n [bcdfgjklmnpqrstvwxyz]",
        r"\b[Aa]n? (?:a|an|the|this)\b",
        r"[{}|\[\]*~]",
        r"\s\s|\s$|^\s",
        r"\bmore (?:better|worse|more)\b",
        r"n't't|not't|n' ",
        r"^['\"]?[a-z].*[.!?] [A-Z][a-z]",  # neither in lower case nor with capitals
    ],
)
def test_texts_have_no_mistake_of_form(mistake: str, held_out: bool) -> None:
    tidy = [text.text for text in some(held_out=held_out) if text.phenomenon != "typing noise"]
    allowed = re.compile(r"\b[Aa] (?:one|once|eu|Eu)")  # begin with a consonant's sound
    found = [text for text in tidy if re.search(mistake, text) and not allowed.search(text)]
    assert found == []


def test_texts_are_of_many_lengths() -> None:
    lengths = [len(text.text.split()) for text in some()]
    assert min(lengths) <= 2
    assert max(lengths) >= 45
