"""The parts that wait for a worker."""

import pytest

from gatewise.service.bulk.engines.engine import MOST_ATTEMPTS
from gatewise.service.bulk.engines.part_queue import PartQueue
from gatewise.service.bulk.parts import Part, Span


def parts_of(count: int) -> list[Part]:
    """Return parts of one row each."""
    spans = [Span("reviews.csv", "line", 0)]
    return [Part(index, spans, [index], ["Fine."], [None]) for index in range(count)]


def queue(count: int) -> tuple[PartQueue, list[Part]]:
    """Return a queue of `count` parts, all of them read, and these parts."""
    parts = parts_of(count)
    made = PartQueue(iter(parts))
    made.fill(count)
    return made, parts


def test_only_as_many_parts_are_read_as_are_needed() -> None:
    remaining = iter(parts_of(5))
    made = PartQueue(remaining)
    made.fill(2)
    assert len(made) == 2
    assert len(list(remaining)) == 3


def test_a_part_that_is_tried_again_comes_first() -> None:
    made, parts = queue(2)
    taken = made.take()
    assert made.try_again(taken) is None
    assert made.take() is parts[0]


def test_a_part_is_left_out_after_its_last_attempt() -> None:
    made, parts = queue(1)
    outcomes = [made.try_again(parts[0]) for _ in range(MOST_ATTEMPTS)]
    assert outcomes[:-1] == [None] * (MOST_ATTEMPTS - 1)
    assert outcomes[-1] is not None
    assert outcomes[-1].index == 0


def test_after_a_failure_only_earlier_parts_matter() -> None:
    made, parts = queue(3)
    made.fail(parts[1], ValueError("second"))
    assert made.take() is parts[0]
    assert not made
    made.fill(3)
    assert not made


def test_the_error_of_the_first_failed_part_is_raised() -> None:
    made, parts = queue(3)
    made.fail(parts[2], ValueError("third"))
    made.fail(parts[1], ValueError("second"))
    made.fail(parts[2], ValueError("third"))
    with pytest.raises(ValueError, match="second"):
        made.raise_error()
