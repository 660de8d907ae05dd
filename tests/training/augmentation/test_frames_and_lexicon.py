"""The frames and the lexicon as they are shipped."""

from collections import defaultdict

import pytest

from gatewise.training.augmentation.antonyms import load_opposites
from gatewise.training.augmentation.frames import (
    Frame,
    load_frames,
    macros_of_part,
    parse_frames,
)
from gatewise.training.augmentation.grammar import literals
from gatewise.training.augmentation.lexicon import (
    HELD_OUT_SHARE,
    digest_share,
    held_out_pattern,
    load_lexicon,
    parse_header,
)
from gatewise.training.augmentation.sections import Section, parse_sections, read_sections

FRAMES = [frame for frames in load_frames().frames.values() for frame in frames]


def test_there_are_hundreds_of_frames_and_thousands_of_fillers() -> None:
    fillers = {
        (slot, filler.key)
        for (slot, _, _), listed in load_lexicon().fillers.items()
        for filler in listed
    }
    assert len({frame.template for frame in FRAMES}) > 900
    assert len(fillers) > 2500


def test_no_frame_stands_twice_within_a_phenomenon() -> None:
    keys = [(frame.phenomenon, frame.template, frame.verdicts) for frame in FRAMES]
    assert [key for key in set(keys) if keys.count(key) > 1] == []


def test_no_frame_is_in_both_parts() -> None:
    parts = defaultdict(set)
    for frame in FRAMES:
        parts[frame.template].add(frame.held_out)
    assert [template for template, held_out in parts.items() if len(held_out) > 1] == []


def test_no_frame_for_training_contains_a_held_out_filler() -> None:
    training = [frame for frame in FRAMES if not frame.held_out]
    found = [
        frame.template
        for frame in training
        if any(map(held_out_pattern().search, literals(frame.nodes)))
    ]
    assert found == []


def test_about_a_sixth_of_the_divided_frames_and_opinion_fillers_are_held_out() -> None:
    # The frames of `training_only/frames/` are not divided.
    divided = [
        frame for section in read_sections("frames") for frame in parse_frames("any", section)
    ]
    lexicon = load_lexicon()
    opinions = {
        filler.key
        for (_, polarity, _), listed in lexicon.fillers.items()
        if polarity
        for filler in listed
    }
    assert 0.12 < sum(frame.held_out for frame in divided) / len(divided) < 0.23
    assert 0.12 < len(lexicon.held_out) / len(opinions) < 0.23


def test_a_frame_for_training_only_is_not_held_out_whatever_its_digest() -> None:
    line = next(
        text
        for text in (f"0 :: It is {number}." for number in range(99))
        if digest_share(f"frame {text.removeprefix('0 :: ')}") < HELD_OUT_SHARE
    )
    section = Section("test", (line,))
    assert parse_frames("test", section)[0].held_out
    assert not parse_frames("test", section, training_only=True)[0].held_out


def test_the_weight_of_frames_for_training_only_counts_in_training_only() -> None:
    book = load_frames()
    assert book.trained_weights["double negation"] > book.weights["double negation"] == 1.0
    assert book.trained_weights["concession"] == book.weights["concession"]


def test_fillers_for_training_only_are_in_no_other_part() -> None:
    parts = {
        held_out: {
            filler.key
            for filler in load_lexicon().part(held_out=held_out).find("nationality", "", "film")
        }
        for held_out in (False, True)
    }
    assert parts[True] < parts[False]
    assert "Zambian" in parts[False] - parts[True]


def test_macros_for_training_only_are_in_no_other_part() -> None:
    for polarity in "+-":
        trained, held_out = (
            macros_of_part(held_out=part).find("idiom", polarity, "film") for part in (False, True)
        )
        lines = {
            line
            for section in read_sections("training_only/macros")
            if section.header == f"{polarity} idiom"
            for line in section.lines
        }
        assert lines <= {"".join(literals(nodes)) for nodes in trained}
        assert lines.isdisjoint("".join(literals(nodes)) for nodes in held_out)


def test_every_phenomenon_has_held_out_frames_for_each_verdict() -> None:
    all_verdicts: dict[str, set[str]] = defaultdict(set)
    held_out: dict[str, set[str]] = defaultdict(set)
    for frame in FRAMES:
        all_verdicts[frame.phenomenon].update(frame.verdicts)
        if frame.held_out:
            held_out[frame.phenomenon].update(frame.verdicts)
    assert held_out == all_verdicts


def test_no_word_expresses_praise_and_blame() -> None:
    keys = defaultdict(set)
    for (slot, polarity, _), fillers in load_lexicon().fillers.items():
        for filler in fillers:
            keys[polarity].add((slot, filler.key))
    assert keys["+"] & keys["-"] == set()


@pytest.mark.parametrize("held_out", [False, True])
def test_every_list_of_opinions_has_fillers_in_both_parts(held_out: bool) -> None:
    part = load_lexicon().part(held_out=held_out)
    assert [key for key, fillers in part.fillers.items() if not fillers] == []


def parse_one(line: str) -> Frame:
    return parse_frames("test", Section("test", (line,)))[0]


def test_a_frame_has_its_verdicts_strength_and_domains() -> None:
    frame = parse_one("* .8 film book :: {it} is {adj}.")
    assert frame.verdicts == ("+", "-")
    assert frame.domains == ("film", "book")
    assert [frame.target(verdict) for verdict in frame.verdicts] == [0.8, 0.2]


def test_a_neutral_frame_has_the_target_one_half() -> None:
    assert parse_one("0 :: It is {weekday}.").target("") == 0.5


@pytest.mark.parametrize("line", ["{it} is {adj}.", "? :: x", "+ nowhere :: x"])
def test_a_malformed_frame_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"no frame|no such domains"):
        parse_one(line)


def test_a_line_before_the_first_header_is_refused() -> None:
    with pytest.raises(ValueError, match="before the first header"):
        list(parse_sections("a line\n[header]"))


def test_a_malformed_header_is_refused() -> None:
    with pytest.raises(ValueError, match="no header"):
        parse_header("+ two words")


def test_no_opposite_is_the_word_itself() -> None:
    for positive in (True, False):
        replacements = load_opposites(positive=positive).replacements
        assert [word for word, others in replacements.items() if word in others] == []


def test_no_word_of_praise_is_also_a_word_of_blame() -> None:
    praise, blame = (load_opposites(positive=positive) for positive in (True, False))
    assert set(praise.replacements) & set(blame.replacements) == set()
