"""Templates: parsing and expansion."""

from typing import Any

import pytest

from gatewise.training.augmentation.grammar import Expansion, Macros, literals, parse, slots
from gatewise.training.augmentation.lexicon import Filler, Lexicon

LEXICON = Lexicon(
    {
        ("adj", "+", "film"): [Filler(("good", "better"))],
        ("adj", "-", "film"): [Filler(("bad", "worse"))],
        ("name", "", "film"): [Filler(("Ana",)), Filler(("Ben",)), Filler(("Cem",))],
    }
)
MACROS = Macros({("verdict", "", "film"): [parse("it is {adj}")]})


def expand(template: str, *, polarity: str = "+", number: float = 0.0, **options: Any) -> str:
    expansion = Expansion(LEXICON, MACROS, polarity, "film", [number] * 9, **options)
    return expansion.expand(parse(template))


def test_a_slot_has_the_polarity_of_the_text() -> None:
    assert expand("{adj}", polarity="-") == "bad"


def test_an_exclamation_mark_turns_the_polarity() -> None:
    assert expand("{!adj}") == "bad"


def test_a_sign_fixes_the_polarity() -> None:
    assert expand("{+adj} {-adj}", polarity="-") == "good bad"


def test_a_number_after_a_point_selects_the_form() -> None:
    assert expand("{adj.1}") == "better"


def test_a_macro_passes_on_its_polarity_and_form() -> None:
    assert expand("{!verdict.1}") == "it is worse"


def test_a_filler_is_not_repeated_within_a_text() -> None:
    assert expand("{name} {name} {name}") == "Ana Ben Cem"


def test_a_numbered_slot_keeps_its_filler() -> None:
    assert expand("{name1} {name} {name1}") == "Ana Ben Ana"


def test_an_exchanged_slot_differs_between_the_texts_of_a_group() -> None:
    assert [expand("{@name} is {adj}", exchange=which) for which in range(3)] == [
        "Ana is good",
        "Ben is good",
        "Cem is good",
    ]


@pytest.mark.parametrize(("number", "text"), [(0.0, "a"), (0.4, "b"), (0.9, "")])
def test_an_alternative_is_drawn(number: float, text: str) -> None:
    assert expand("(a|b|)", number=number) == text


@pytest.mark.parametrize(("number", "text"), [(0.0, "a"), (0.9, "")])
def test_an_optional_part_may_be_left_out(number: float, text: str) -> None:
    assert expand("[a]", number=number) == text


@pytest.mark.parametrize("template", ["(a", "a)", "[a", "a]", "{a", "(a]", "{A}", "{a.b}"])
def test_a_malformed_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(template)


def test_literals_and_slots_of_all_alternatives_are_found() -> None:
    nodes = parse("a (b {x}|[c {y}])")
    assert [text.strip() for text in literals(nodes)] == ["a", "b", "c"]
    assert [slot.name for slot in slots(nodes)] == ["x", "y"]


def test_a_slot_without_fillers_is_reported() -> None:
    with pytest.raises(LookupError, match="No filler of verb"):
        expand("{verb}")
