"""GET /units and /units/{unit}: the unit index and the gate statistics of the model."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gatewise.models import Predictor
from gatewise.models.unit_index import KINDS
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
        (
            "largest_contribution",
            [profile.contributes[0].value for profile in artifact.unit_index.index.units],
        ),
    ):
        assert [unit[name] for unit in response["units"]] == expected, name


def test_every_unit_of_the_list_has_its_words(client: httpx.Client, predictor: Predictor) -> None:
    stored = predictor.artifact.unit_index
    assert stored is not None
    response = client.get("/units").json()
    assert response["total"] == predictor.hidden_size
    for unit, profile in zip(response["units"], stored.index.units, strict=True):
        assert unit["words"] == {
            kind: [place.word for place in getattr(profile, kind)] for kind in KINDS
        }


def test_units_are_found_by_the_beginning_of_a_word(client: httpx.Client) -> None:
    every = client.get("/units").json()["units"]
    found = client.get("/units", params={"word": "BOR"}).json()
    expected = [
        unit["unit"]
        for unit in every
        if any(word.lower().startswith("bor") for kind in unit["words"].values() for word in kind)
    ]
    assert [unit["unit"] for unit in found["units"]] == expected
    assert found["total"] == len(expected) > 0


def test_a_word_of_no_unit_finds_none(client: httpx.Client) -> None:
    response = client.get("/units", params={"word": "zxqvwrlk"}).json()
    assert (response["total"], response["units"]) == (0, [])


@pytest.mark.parametrize("field", ["head_weight", "mean_reset", "mean_update", "half_life"])
@pytest.mark.parametrize("descending", [False, True])
def test_units_are_sorted_by_a_field(client: httpx.Client, field: str, descending: bool) -> None:
    units = client.get("/units", params={"sort": field, "descending": descending}).json()["units"]
    values = [unit[field] for unit in units]
    assert values == sorted(values, reverse=descending)


def test_contributions_are_sorted_without_their_sign(client: httpx.Client) -> None:
    query: dict[str, Any] = {"sort": "largest_contribution", "descending": True}
    units = client.get("/units", params=query).json()["units"]
    values = [abs(unit["largest_contribution"]) for unit in units]
    assert values == sorted(values, reverse=True)


def test_the_order_of_update_gates_is_that_of_the_convention(client: httpx.Client) -> None:
    query: dict[str, Any] = {"sort": "mean_update", "convention": "chung2014", "limit": 1}
    [lowest] = client.get("/units", params=query).json()["units"]
    query = {"sort": "mean_update", "descending": True, "limit": 1}
    assert [lowest["unit"]] == [
        unit["unit"] for unit in client.get("/units", params=query).json()["units"]
    ]


def test_pages_together_are_the_list(client: httpx.Client) -> None:
    query: dict[str, Any] = {"sort": "half_life"}
    every = client.get("/units", params=query).json()
    pages = [
        client.get("/units", params={**query, "offset": offset, "limit": 200}).json()
        for offset in (0, 200, 400, 600)
    ]
    assert [unit for page in pages for unit in page["units"]] == every["units"]
    assert [len(page["units"]) for page in pages] == [200, 200, 112, 0]
    assert {page["total"] for page in pages} == {512}


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("limit", 0), ("limit", 1001), ("offset", -1), ("sort", "words"), ("word", "")],
)
def test_a_parameter_of_the_list_out_of_bounds_is_refused(
    client: httpx.Client, parameter: str, value: int | str
) -> None:
    assert only_error(client.get("/units", params={parameter: value}))["parameter"] == parameter


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
    listed = client_without_index.get("/units", params={"sort": "half_life"}).json()["units"]
    assert [unit["unit"] for unit in listed] == list(range(512))
    for name in ("half_life", "largest_contribution", "words"):
        assert {unit[name] for unit in listed} == {None}


def test_without_an_index_no_word_is_found(client_without_index: httpx.Client) -> None:
    assert client_without_index.get("/units", params={"word": "bor"}).json()["units"] == []


def test_an_unknown_unit_is_not_found(client: httpx.Client) -> None:
    assert "numbered 0 to 511" in problem(client.get("/units/512"), 404)["detail"]


@pytest.mark.parametrize("unit", ["-1", "first", "1.5"])
def test_a_unit_that_is_not_a_number_is_refused(client: httpx.Client, unit: str) -> None:
    assert only_error(client.get(f"/units/{unit}"))["parameter"] == "unit"


def test_an_unknown_or_repeated_parameter_is_refused(client: httpx.Client) -> None:
    assert only_error(client.get("/units?top=3"))["parameter"] == "top"
    repeated = client.get("/units/1?convention=chung2014&convention=pytorch")
    assert only_error(repeated)["parameter"] == "convention"
