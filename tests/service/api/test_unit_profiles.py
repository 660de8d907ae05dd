"""GET /units and /units/{unit}: the unit index and the gate statistics of the model."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.service.api.schemas.units import UnitResponse, UnitsResponse
from gatewise.service.app import create_app
from gatewise.service.settings import Settings
from tests.service.problems import only_error, problem
from tests.service.serving import serve


@pytest.fixture(scope="module")
def client_without_index(predictor: Predictor) -> Iterator[httpx.Client]:
    """A client of a server of the same model without a unit index."""
    settings = Settings(port=0)
    without = Predictor(replace(predictor.artifact, unit_index=None))
    with (
        serve(create_app(settings, predictor=without), settings) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client


def test_every_unit_is_listed_with_its_gates_and_its_half_life(
    client: httpx.Client, predictor: Predictor
) -> None:
    response = client.get("/units").json()
    UnitsResponse.model_validate(response)
    artifact = predictor.artifact
    assert artifact.unit_index is not None
    assert [unit["unit"] for unit in response["units"]] == list(range(predictor.hidden_size))
    for name, expected in (
        ("mean_reset", artifact.gates.mean_reset.tolist()),
        ("mean_update", artifact.gates.mean_update.tolist()),
        ("head_weight", artifact.weights.head_weight.tolist()),
        ("half_life", [profile.half_life for profile in artifact.unit_index.index.units]),
    ):
        assert [unit[name] for unit in response["units"]] == expected, name


def test_a_unit_is_returned_with_the_words_at_which_it_acts(
    client: httpx.Client, predictor: Predictor
) -> None:
    response = client.get("/units/37").json()
    UnitResponse.model_validate(response)
    stored = predictor.artifact.unit_index
    assert stored is not None
    profile = stored.index.units[37].model_dump(mode="json")
    assert response["half_life"] == profile.pop("half_life")
    assert response["places"] == profile
    assert response["measured"]["texts"] == stored.index.texts
    assert response["unit"] == 37


def test_chung2014_inverts_the_update_gates_and_nothing_else(client: httpx.Client) -> None:
    pytorch = client.get("/units/9").json()
    chung = client.get("/units/9", params={"convention": "chung2014"}).json()
    assert chung.pop("mean_update") == pytest.approx(1 - pytorch.pop("mean_update"))
    assert (pytorch.pop("convention"), chung.pop("convention")) == ("pytorch", "chung2014")
    for kind in ("keeps", "writes"):
        for mine, other in zip(pytorch["places"][kind], chung["places"][kind], strict=True):
            assert other.pop("value") == round(1 - mine.pop("value"), 5)
    assert chung == pytorch


def test_without_an_index_only_the_gates_are_returned(client_without_index: httpx.Client) -> None:
    response = client_without_index.get("/units/0").json()
    UnitResponse.model_validate(response)
    assert (response["places"], response["half_life"], response["measured"]) == (None, None, None)
    assert 0 < response["mean_reset"] < 1
    assert {unit["half_life"] for unit in client_without_index.get("/units").json()["units"]} == {
        None
    }


def test_an_unknown_unit_is_not_found(client: httpx.Client) -> None:
    assert "numbered 0 to 511" in problem(client.get("/units/512"), 404)["detail"]


@pytest.mark.parametrize("unit", ["-1", "first", "1.5"])
def test_a_unit_that_is_not_a_number_is_refused(client: httpx.Client, unit: str) -> None:
    assert only_error(client.get(f"/units/{unit}"))["parameter"] == "unit"


def test_an_unknown_or_repeated_parameter_is_refused(client: httpx.Client) -> None:
    assert only_error(client.get("/units?top=3"))["parameter"] == "top"
    repeated = client.get("/units/1?convention=chung2014&convention=pytorch")
    assert only_error(repeated)["parameter"] == "convention"
