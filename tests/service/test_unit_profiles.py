"""GET /units and /units/{unit}: what the model's index and gate statistics say."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from models import Predictor
from service.app import create_app
from service.settings import Settings
from service.unit_profiles import UnitAnswer, UnitsAnswer
from tests.service.problems import only_error, problem
from tests.service.serving import serve


@pytest.fixture(scope="module")
def bare(predictor: Predictor) -> Iterator[httpx.Client]:
    """A server of the same model without an index."""
    settings = Settings(port=0)
    without = Predictor(replace(predictor.artifact, unit_index=None))
    with (
        serve(create_app(settings, predictor=without), settings) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client


def test_every_unit_is_listed_with_its_gates_and_its_memory(
    client: httpx.Client, predictor: Predictor
) -> None:
    answer = client.get("/units").json()
    UnitsAnswer.model_validate(answer)
    artifact = predictor.artifact
    assert artifact.unit_index is not None
    assert [unit["unit"] for unit in answer["units"]] == list(range(predictor.hidden_size))
    for name, expected in (
        ("mean_reset", artifact.gates.mean_reset.tolist()),
        ("mean_update", artifact.gates.mean_update.tolist()),
        ("head_weight", artifact.weights.head_weight.tolist()),
        ("half_life", [profile.half_life for profile in artifact.unit_index.index.units]),
    ):
        assert [unit[name] for unit in answer["units"]] == expected, name


def test_a_unit_is_answered_with_its_places(client: httpx.Client, predictor: Predictor) -> None:
    answer = client.get("/units/37").json()
    UnitAnswer.model_validate(answer)
    stored = predictor.artifact.unit_index
    assert stored is not None
    profile = stored.index.units[37].model_dump(mode="json")
    assert answer["half_life"] == profile.pop("half_life")
    assert answer["places"] == profile
    assert answer["measured"]["texts"] == stored.index.texts
    assert answer["unit"] == 37


def test_course_turns_update_gates_round_and_nothing_else(client: httpx.Client) -> None:
    ours = client.get("/units/9").json()
    theirs = client.get("/units/9", params={"convention": "course"}).json()
    assert theirs.pop("mean_update") == pytest.approx(1 - ours.pop("mean_update"))
    assert (ours.pop("convention"), theirs.pop("convention")) == ("pytorch", "course")
    for kind in ("keeps", "writes"):
        for mine, other in zip(ours["places"][kind], theirs["places"][kind], strict=True):
            assert other.pop("value") == round(1 - mine.pop("value"), 5)
    assert theirs == ours


def test_without_an_index_there_are_gates_but_no_places(bare: httpx.Client) -> None:
    answer = bare.get("/units/0").json()
    UnitAnswer.model_validate(answer)
    assert (answer["places"], answer["half_life"], answer["measured"]) == (None, None, None)
    assert 0 < answer["mean_reset"] < 1
    assert {unit["half_life"] for unit in bare.get("/units").json()["units"]} == {None}


def test_a_unit_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    assert "numbered 0 to 511" in problem(client.get("/units/512"), 404)["detail"]


@pytest.mark.parametrize("unit", ["-1", "first", "1.5"])
def test_what_is_no_number_of_a_unit_is_refused(client: httpx.Client, unit: str) -> None:
    assert only_error(client.get(f"/units/{unit}"))["parameter"] == "unit"


def test_a_parameter_that_is_unknown_or_repeated_is_refused(client: httpx.Client) -> None:
    assert only_error(client.get("/units?top=3"))["parameter"] == "top"
    repeated = client.get("/units/1?convention=course&convention=pytorch")
    assert only_error(repeated)["parameter"] == "convention"
