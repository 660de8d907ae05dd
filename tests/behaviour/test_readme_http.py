"""What the README shows over HTTP is what the service answers."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from models.predictor import Predictor
from service.app import create_app
from service.settings import Settings
from tests.behaviour.test_readme import README
from tests.service.serving import serve

# A command and the first JSON after it; other commands are about something else.
SHOWN = re.findall(r"```sh\n(curl [^`]+?)\n```.*?```json\n(.*?)```", README, re.S)


@pytest.fixture(scope="module")
def origin(shipped: Predictor) -> Iterator[str]:
    settings = Settings(port=0)
    with serve(create_app(settings, predictor=shipped), settings) as url:
        yield url


def ask(origin: str, command: str) -> Any:
    """Do what the curl command does."""
    _, *words = shlex.split(command)
    url = next(word for word in words if word.startswith("http"))
    path = url.removeprefix("http://127.0.0.1:8000")
    data = [words[at + 1] for at, word in enumerate(words) if word in ("-d", "--data-urlencode")]
    if "-G" in words:
        query = dict(entry.split("=", 1) for entry in data)
        return httpx.get(origin + path, params=query, timeout=60).json()
    return httpx.post(origin + path, content=data[0], timeout=60).json()


def occurs(shown: Any, answer: Any) -> bool:
    """Is `shown` the answer, or some part of it, members left out aside?"""
    if agrees(shown, answer):
        return True
    parts = answer.values() if isinstance(answer, dict) else answer
    return isinstance(answer, dict | list) and any(occurs(shown, part) for part in parts)


def agrees(shown: Any, answer: Any) -> bool:
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(
            name in answer and agrees(value, answer[name]) for name, value in shown.items()
        )
    if isinstance(shown, float):
        return isinstance(answer, float) and shown == pytest.approx(answer, rel=1e-4, abs=1e-6)
    return bool(shown == answer)


def test_there_are_examples_of_every_kind() -> None:
    assert len(SHOWN) == 6


@pytest.mark.parametrize(("command", "printed"), SHOWN)
def test_the_answer_is_the_one_shown(origin: str, command: str, printed: str) -> None:
    shown = json.loads(printed if printed.startswith("{") else f"{{{printed}}}")
    assert occurs(shown, ask(origin, command))


def test_the_step_worked_out_by_hand_is_the_one_shown() -> None:
    (step,) = (json.loads(printed) for _, printed in SHOWN if '"unit"' in printed)
    update, value = step["update"], step["update"]["value"]
    parts = [update[name] for name in ("from_word", "word_bias", "from_state", "state_bias")]
    total = re.sub(r"\+ -", "- ", " + ".join(map(str, parts)))
    candidate, before, after = step["candidate"]["value"], step["before"], step["after"]
    by_hand = (
        f"So z = σ({total}) = {value}, and the new state is\n"
        f"(1 - {value}) × {candidate} + {value} × {before} = {after}."
    )
    assert by_hand.replace("-", "−") in README
