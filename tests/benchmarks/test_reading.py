"""The measures of reading: perturbations, short texts, tables."""

import html
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reading import HeldOut, draw, held_out_texts, measure_model
from benchmarks.reading_measures import (
    Accuracy,
    Network,
    Speed,
    measure_changes,
    measure_speed,
    read_cases,
    right_by_kind,
    split_only,
)
from benchmarks.reading_perturbations import (
    PERTURBATIONS,
    Perturbation,
    c1_controls,
    curly_quotes,
    look_alikes,
    mojibake,
    paragraphs,
    typing_noise,
    without_apostrophes,
    without_final_stop,
)
from benchmarks.reading_tables import (
    accuracy_table,
    cases_table,
    changes_table,
    speed_table,
    values,
)
from gatewise.models.artifact.location import releases

REVIEW = "I didn't like this \"classic\" -- it's slow.<br /><br />Even so, they're good in it."
MODEL = releases()["imdb-gru-256"]


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(MODEL, threads=1)


@pytest.mark.parametrize("perturbation", PERTURBATIONS, ids=lambda found: found.name)
def test_a_perturbation_changes_a_text_in_the_same_way_every_time(
    perturbation: Perturbation,
) -> None:
    text = f"{REVIEW} A clich\u00e9."
    changed = perturbation.change(text)
    assert changed != text
    assert changed == perturbation.change(text)


@given(st.text(min_size=1))
def test_any_text_can_be_perturbed(text: str) -> None:
    for perturbation in PERTURBATIONS:
        assert isinstance(perturbation.change(text), str)


def test_names_of_perturbations_are_unique() -> None:
    assert max(Counter(found.name for found in PERTURBATIONS).values()) == 1


def test_tags_are_left_alone_by_changes_of_letters() -> None:
    for perturbation in PERTURBATIONS:
        if perturbation.name in {"full width", "Cyrillic look-alikes", "no-break spaces"}:
            assert perturbation.change(REVIEW).count("<br />") == 2


def test_quotes_are_changed_as_word_processors_and_wrong_encodings_do() -> None:
    assert curly_quotes('It\'s "fine"') == "It\u2019s \u201cfine\u201d"
    assert c1_controls('It\'s "fine"') == "It\x92s \x93fine\x94"
    assert mojibake("It's") == "It\u00e2\u20ac\u2122s"


def test_one_letter_of_a_long_word_is_cyrillic() -> None:
    assert look_alikes("a fine film") == "a fin\u0435 film"


def test_every_paragraph_is_enclosed() -> None:
    assert paragraphs("One.<br /><br />Two.") == "<p>One.</p>\n<p>Two.</p>"


def test_typing_noise_doubles_a_letter_of_at_least_one_word() -> None:
    noisy = typing_noise("A wonderful film.")
    assert len(noisy) == len("A wonderful film.") + 1
    assert typing_noise("Oh no.") == "Oh no."


def test_an_apostrophe_that_tells_words_apart_is_kept() -> None:
    assert without_apostrophes("We're sure it's fine, they're not, I don't.") == (
        "We're sure it's fine, theyre not, I dont."
    )


def test_only_the_last_full_stop_is_left_out() -> None:
    assert without_final_stop("One. Two... ") == "One. Two"


def test_there_are_enough_balanced_cases_of_every_kind() -> None:
    counts = Counter((case.kind, case.positive) for case in read_cases())
    kinds = {kind for kind, _ in counts}
    assert len(kinds) >= 25
    for kind in kinds:
        assert counts[kind, True] == counts[kind, False] >= 4


def test_no_case_is_there_twice() -> None:
    texts = [case.text for case in read_cases()]
    assert len(set(texts)) == len(texts)


def test_what_is_split_without_being_read_has_the_words_of_the_library() -> None:
    escaped, plain = split_only(MODEL)(["Isn&#39;t", "Isn't"])
    assert len(escaped) == len(["isn", "&", "#", "39", ";", "t"])
    assert len(plain) == 1


def test_a_change_that_is_read_as_the_same_changes_nothing_after(network: Network) -> None:
    escape = Perturbation("escape", html.escape)
    ((_, found),) = measure_changes(network, ["It's a 'fine' film.", "It's bad."], [escape])
    assert found["after"].flips == 0
    assert found["after"].mean_change == 0
    assert found["before"].mean_change > 0


def test_logits_do_not_depend_on_what_was_classified_before(network: Network) -> None:
    alone = Network(MODEL, threads=1).logits(["A fine film."], "after")
    assert network.logits(["A bad film.", "A fine film."], "after")[1] == alone[0]


def test_cases_are_counted_by_kind(network: Network) -> None:
    cases = read_cases()[:12]
    right = right_by_kind(network, cases, "after")
    assert sum(tried for _, tried in right.values()) == 12
    assert all(0 <= found <= tried for found, tried in right.values())


def test_the_speed_of_every_way_is_positive() -> None:
    speed = measure_speed(MODEL, [REVIEW, "A fine film."] * 20, rounds=1)
    assert min(speed.first_pass, speed.second_pass, speed.split_only) > 0


def test_reviews_are_drawn_the_same_way_every_time() -> None:
    reviews = HeldOut([f"film {number}" for number in range(50)], np.ones(50, dtype=bool))
    assert draw(reviews, 10) == draw(reviews, 10)
    assert len(set(draw(reviews, 10))) == 10


def test_tables_have_a_row_for_every_perturbation_kind_and_set_of_texts(network: Network) -> None:
    texts = {"reviews": HeldOut(["A fine film.", "A bad film."], np.array([True, False]))}
    measured = {"a 1.0": measure_model(network, ["A fine film.", "A bad film."], texts)}
    speed = Speed(first_pass=50, second_pass=100, split_only=200)
    figures = {
        "perturbations": changes_table(measured),
        "cases": cases_table(measured),
        "accuracy": accuracy_table(measured),
        "speed": speed_table(speed),
    }
    kinds = {case.kind for case in read_cases()}
    assert len(figures["perturbations"]["rows"]) == len(PERTURBATIONS)
    assert len(figures["cases"]["rows"]) == len(kinds) + 1
    assert figures["speed"]["rows"][1][1:] == ["100", "0.50"]
    assert all(
        len(row) == len(part["columns"]) for part in figures.values() for row in part["rows"]
    )
    counted = values(measured, speed)["models"]["a 1.0"]["after"]
    assert counted["cases"] == len(read_cases())
    assert counted["accuracy"] == {"reviews": 1.0}


def test_an_interval_contains_its_accuracy(network: Network) -> None:
    texts = {"reviews": HeldOut(["A fine film."], np.array([True]))}
    found: Accuracy = measure_model(network, ["Fine."], texts).accuracy["reviews"]["after"]
    assert found.interval[0] <= found.accuracy <= found.interval[1]
    assert found.n == 1


@pytest.mark.slow
def test_held_out_texts_are_those_of_the_training_of_a_model() -> None:
    reviews, snippets = held_out_texts([releases()["imdb-gru-256"]], "packaged", add=())
    assert (len(reviews.texts), len(snippets.texts)) == (4908, 1150)
