"""GET and POST /explain: the numbers are those of the predictor, and their sums are exact."""

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewise.models import Predictor
from gatewise.models.explain.flips import flips
from gatewise.service.api.examples import EXAMPLES
from tests.service.api_client import explain, unusual_band_at
from tests.service.problems import only_error

TEXT = "I loved it — “really” 🎬, but the qwxzzy ending didn't work.<br />7.5/10"


def test_token_values_are_those_of_the_predictor_without_rounding(
    client: httpx.Client, predictor: Predictor
) -> None:
    expected = predictor.explain(TEXT)
    explanation = explain(client, text=TEXT)
    decomposition, tokens = expected.decomposition, explanation["tokens"]
    assert explanation["decomposition"] == {
        "bias": decomposition.bias,
        "logit": decomposition.logit,
        "residual": decomposition.residual,
    }
    assert explanation["probabilities"] == expected.prediction.probabilities
    assert [t["running_probability"] for t in tokens] == expected.running_probability.tolist()
    assert [t["kept_share"] for t in tokens] == decomposition.kept_share.tolist()
    assert [t["recalled_share"] for t in tokens] == decomposition.recalled_share.tolist()
    assert [t["decomposition"]["new_word"] for t in tokens] == decomposition.new_word.tolist()
    reset = expected.trace.reset_gate
    assert [t["reset"]["mean"] for t in tokens] == reset.mean(axis=1).tolist()
    assert [t["reset"]["min"] for t in tokens] == reset.min(axis=1).tolist()
    assert [t["reset"]["max"] for t in tokens] == reset.max(axis=1).tolist()


@pytest.mark.parametrize("text", [TEXT, *(example.text for example in EXAMPLES)])
def test_bias_and_contributions_sum_to_the_logit(client: httpx.Client, text: str) -> None:
    explanation = explain(client, text=text)
    parts = [token["decomposition"] for token in explanation["tokens"]]
    total = sum(decomposition["total"] for decomposition in parts)
    assert explanation["decomposition"]["bias"] + total == pytest.approx(
        explanation["decomposition"]["logit"], abs=1e-5
    )
    for decomposition in parts:
        halves = decomposition["new_word"] + decomposition["recalled_context"]
        assert decomposition["total"] == pytest.approx(halves, abs=1e-12)


def test_offsets_count_code_points_of_the_text(client: httpx.Client) -> None:
    explanation = explain(client, text=TEXT)
    assert explanation["text"] == TEXT
    for token in explanation["tokens"]:
        assert TEXT[token["start"] : token["end"]] == token["text"]
    assert "🎬" in [token["text"] for token in explanation["tokens"]]


def test_unknown_words_are_marked(client: httpx.Client) -> None:
    explanation = explain(client, text="a qwxzzy film")
    assert [token["known"] for token in explanation["tokens"]] == [True, False, True]


def test_flip_marks_where_the_running_prediction_flips(client: httpx.Client) -> None:
    tokens = explain(client, text=EXAMPLES[2].text)["tokens"]
    running = np.array([token["running_probability"] for token in tokens])
    marked = [position for position, token in enumerate(tokens) if "flip" in token["flags"]]
    assert marked == flips(running)
    assert marked


def test_flags_follow_from_the_numbers_in_the_response(client: httpx.Client) -> None:
    explanation = explain(client, text=EXAMPLES[0].text)
    for position, token in enumerate(explanation["tokens"][1:], start=1):
        band = unusual_band_at(explanation, position)
        is_low = token["recalled_share"] < band["recalled_share_below"]
        is_high = token["released_share"] > band["released_share_above"]
        assert ("reset" in token["flags"], "rewrite" in token["flags"]) == (is_low, is_high)
    assert not {"reset", "rewrite"} & set(explanation["tokens"][0]["flags"])


def test_the_limits_of_the_flags_are_those_of_the_artifact(
    client: httpx.Client, predictor: Predictor
) -> None:
    gates = predictor.artifact.gates
    unusual = explain(client, text=TEXT)["unusual"]
    bands = unusual.pop("bands")
    assert unusual == {"percent": 5, "tokens": gates.tokens}
    lows = [band["recalled_share_below"] for band in bands]
    highs = [band["released_share_above"] for band in bands]
    assert lows == gates.recalled_share[:, 5].tolist()
    assert highs == gates.released_share[:, 95].tolist()
    assert [band["from_token"] for band in bands] == [1, 2, 4, 8, 16, 32, 64, 128]


@settings(max_examples=25)
@given(
    words=st.lists(
        st.sampled_from([*EXAMPLES[0].text.split(), "awful", "great", "qwxzzy", "!!!"]),
        min_size=1,
        max_size=120,
    )
)
def test_the_residual_of_any_review_is_rounding(client: httpx.Client, words: list[str]) -> None:
    explanation = explain(client, text=" ".join(words))
    decomposition = explanation["decomposition"]
    total = sum(token["decomposition"]["total"] for token in explanation["tokens"])
    assert abs(decomposition["residual"]) <= 1e-5 * max(1, abs(decomposition["logit"]))
    assert decomposition["bias"] + total + decomposition["residual"] == pytest.approx(
        decomposition["logit"], abs=1e-9
    )


def test_get_and_post_return_the_same(client: httpx.Client) -> None:
    by_url = client.get("/explain", params={"text": TEXT, "units": "top:3"})
    assert by_url.json() == explain(client, text=TEXT, units="top:3")


def test_the_prediction_equals_that_of_predict(client: httpx.Client) -> None:
    explained = explain(client, text=TEXT)
    predicted = client.post("/predict", json={"text": TEXT}).json()
    assert explained["label"] == predicted["label"]
    assert explained["score"] == pytest.approx(predicted["score"], abs=1e-6)
    assert len(explained["tokens"]) == predicted["tokens"]


def test_units_are_null_by_default(client: httpx.Client) -> None:
    assert explain(client, text=TEXT)["units"] is None


@pytest.mark.parametrize("units", ["2,0,255", [2, 0, 255], [2.0, 0, 255]])
def test_listed_units_are_reinverted_in_the_order_listed(
    client: httpx.Client, predictor: Predictor, units: object
) -> None:
    trace = predictor.explain(TEXT).trace
    report = explain(client, text=TEXT, units=units)["units"]
    assert report["ids"] == [2, 0, 255]
    for name, array in (
        ("reset", trace.reset_gate),
        ("update", trace.update_gate),
        ("candidate", trace.candidate),
        ("hidden", trace.hidden),
    ):
        expected = [[round(value, 4) for value in row] for row in array[:, [2, 0, 255]].tolist()]
        assert report[name] == expected


def test_top_units_are_those_that_moved_the_logit_most(
    client: httpx.Client, predictor: Predictor
) -> None:
    moved = abs(predictor.artifact.weights.head_weight * predictor.explain(TEXT).trace.hidden[-1])
    expected = sorted(range(predictor.hidden_size), key=lambda unit: -moved[unit])
    assert explain(client, text=TEXT, units="top:5")["units"]["ids"] == expected[:5]
    assert explain(client, text=TEXT, units="top")["units"]["ids"] == expected[:32]


def test_all_units_are_every_unit(client: httpx.Client, predictor: Predictor) -> None:
    report = explain(client, text=TEXT, units="all")["units"]
    assert report["ids"] == list(range(predictor.hidden_size))
    assert len(report["hidden"][0]) == predictor.hidden_size


def test_chung2014_inverts_the_update_gate_and_nothing_else(client: httpx.Client) -> None:
    pytorch = explain(client, text=TEXT, units="top:4")
    chung = explain(client, text=TEXT, units="top:4", convention="chung2014")
    assert (pytorch.pop("convention"), chung.pop("convention")) == ("pytorch", "chung2014")
    symbols = [explanation.pop("notation")["update_symbol"] for explanation in (pytorch, chung)]
    assert symbols == ["z", "u"]
    for mine, other in zip(pytorch["tokens"], chung["tokens"], strict=True):
        inverted, update = other.pop("update"), mine.pop("update")
        assert inverted["mean"] == pytest.approx(1 - update["mean"], abs=1e-12)
        assert inverted["min"] == pytest.approx(1 - update["max"], abs=1e-12)
        assert inverted["max"] == pytest.approx(1 - update["min"], abs=1e-12)
    inverted, update = chung["units"].pop("update"), pytorch["units"].pop("update")
    for other, mine in zip(inverted, update, strict=True):
        assert other == pytest.approx([1 - value for value in mine], abs=1.01e-4)
    assert chung == pytorch


@pytest.mark.parametrize(
    ("units", "reason"),
    [
        ("512", "Unit 512 does not exist"),
        ("top:513", "the network has 512"),
        ("3,3", "each only once"),
        ("", "Must be `all`"),
        ("top:0", "Must be `all`"),
        ("some", "Must be `all`"),
        ("1,", "Must be `all`"),
        ("-1", "Must be `all`"),
        ("٣", "Must be `all`"),
    ],
)
def test_invalid_units_are_refused_with_the_reason(
    client: httpx.Client, units: str, reason: str
) -> None:
    error = only_error(client.get("/explain", params={"text": TEXT, "units": units}))
    assert error["parameter"] == "units"
    assert reason in error["detail"]


@pytest.mark.parametrize("units", [5, True, {"top": 5}])
def test_units_of_another_type_are_refused(client: httpx.Client, units: object) -> None:
    error = only_error(client.post("/explain", json={"text": TEXT, "units": units}))
    assert error == {"detail": "Must be a string, or a list of unit numbers.", "pointer": "#/units"}


@pytest.mark.parametrize("unit", [-1, 1.5, "1", True, None])
def test_a_unit_that_is_not_a_number_is_refused(client: httpx.Client, unit: object) -> None:
    error = only_error(client.post("/explain", json={"text": TEXT, "units": [0, unit]}))
    assert error["pointer"] == "#/units/1"


def test_an_empty_list_of_units_is_refused(client: httpx.Client) -> None:
    error = only_error(client.post("/explain", json={"text": TEXT, "units": []}))
    assert error["pointer"] == "#/units"


def test_too_many_numbers_are_refused_with_the_limit(client: httpx.Client) -> None:
    body = {"text": "word " * 4000, "units": "all"}
    error = only_error(client.post("/explain", json=body))
    assert "8,192,000 numbers; the limit is 4,000,000" in error["detail"]


@pytest.mark.parametrize("text", ["", " ", "a\0b", "<br>"])
def test_a_text_without_tokens_is_refused(client: httpx.Client, text: str) -> None:
    by_url = only_error(client.get("/explain", params={"text": text}))
    by_body = only_error(client.post("/explain", json={"text": text}))
    assert by_url["parameter"] == "text"
    assert by_body["pointer"] == "#/text"


def test_a_text_over_the_token_limit_is_refused_with_the_limit(client: httpx.Client) -> None:
    error = only_error(client.post("/explain", json={"text": "word " * 20_001}))
    assert "20,001 tokens; the limit is 20,000" in error["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "text"),
        ("text=a&txet=b", "txet"),
        ("text=a&text=b", "text"),
        ("text=a&convention=torch", "convention"),
    ],
)
def test_an_invalid_query_is_refused_with_the_parameter(
    client: httpx.Client, query: str, parameter: str
) -> None:
    assert only_error(client.get(f"/explain?{query}"))["parameter"] == parameter


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/text"),
        ({"text": ["a"]}, "#/text"),
        ({"text": "a", "unit": "all"}, "#/unit"),
        ({"text": "a", "convention": None}, "#/convention"),
        (["a"], "#"),
    ],
)
def test_an_invalid_body_is_refused_with_the_location(
    client: httpx.Client, body: object, pointer: str
) -> None:
    assert only_error(client.post("/explain", json=body))["pointer"] == pointer
