"""GET and POST /explain over HTTP: the numbers are the predictor's own, and they add up."""

from itertools import pairwise

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Predictor
from service.examples import EXAMPLES
from tests.service.asking import band_at, explain
from tests.service.problems import only_error

TEXT = "I loved it — “really” 🎬, but the qwxzzy ending didn't work.<br />7.5/10"


def test_the_summaries_are_the_predictor_s_unrounded(
    client: httpx.Client, predictor: Predictor
) -> None:
    expected = predictor.explain(TEXT)
    answer = explain(client, text=TEXT)
    ledger, tokens = expected.ledger, answer["tokens"]
    assert answer["ledger"] == {
        "bias": ledger.bias,
        "logit": ledger.logit,
        "residual": ledger.residual,
    }
    assert answer["probabilities"] == expected.prediction.probabilities
    assert [t["running_probability"] for t in tokens] == expected.running_probability.tolist()
    assert [t["kept_share"] for t in tokens] == ledger.kept_share.tolist()
    assert [t["recalled_share"] for t in tokens] == ledger.recalled_share.tolist()
    assert [t["contribution"]["new_word"] for t in tokens] == ledger.new_word.tolist()
    reset = expected.trace.reset_gate
    assert [t["reset"]["mean"] for t in tokens] == reset.mean(axis=1).tolist()
    assert [t["reset"]["min"] for t in tokens] == reset.min(axis=1).tolist()
    assert [t["reset"]["max"] for t in tokens] == reset.max(axis=1).tolist()


@pytest.mark.parametrize("text", [TEXT, *(example.text for example in EXAMPLES)])
def test_bias_and_contributions_sum_to_the_logit(client: httpx.Client, text: str) -> None:
    answer = explain(client, text=text)
    contributions = [token["contribution"] for token in answer["tokens"]]
    total = sum(contribution["total"] for contribution in contributions)
    assert answer["ledger"]["bias"] + total == pytest.approx(answer["ledger"]["logit"], abs=1e-5)
    for contribution in contributions:
        halves = contribution["new_word"] + contribution["recalled_context"]
        assert contribution["total"] == pytest.approx(halves, abs=1e-12)


def test_offsets_count_code_points_of_the_text(client: httpx.Client) -> None:
    answer = explain(client, text=TEXT)
    assert answer["text"] == TEXT
    for token in answer["tokens"]:
        assert TEXT[token["start"] : token["end"]] == token["text"]
    assert "🎬" in [token["text"] for token in answer["tokens"]]


def test_unknown_words_are_marked(client: httpx.Client) -> None:
    answer = explain(client, text="a qwxzzy film")
    assert [token["known"] for token in answer["tokens"]] == [True, False, True]


def test_flip_marks_where_the_running_verdict_changes_sides(client: httpx.Client) -> None:
    tokens = explain(client, text=EXAMPLES[2].text)["tokens"]
    sides = [token["running_probability"] > 0.5 for token in tokens]
    changed = [False, *(now != before for before, now in pairwise(sides))]
    assert ["flip" in token["flags"] for token in tokens] == changed


def test_the_flags_follow_from_the_figures_in_the_answer(client: httpx.Client) -> None:
    answer = explain(client, text=EXAMPLES[0].text)
    for position, token in enumerate(answer["tokens"][1:], start=1):
        band = band_at(answer, position)
        is_low = token["recalled_share"] < band["recalled_share_below"]
        is_high = token["released_share"] > band["released_share_above"]
        assert ("reset" in token["flags"], "rewrite" in token["flags"]) == (is_low, is_high)
    assert not {"reset", "rewrite"} & set(answer["tokens"][0]["flags"])


def test_unusual_is_what_the_artifact_says(client: httpx.Client, predictor: Predictor) -> None:
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
    answer = explain(client, text=" ".join(words))
    ledger = answer["ledger"]
    total = sum(token["contribution"]["total"] for token in answer["tokens"])
    assert abs(ledger["residual"]) <= 1e-5 * max(1, abs(ledger["logit"]))
    assert ledger["bias"] + total + ledger["residual"] == pytest.approx(ledger["logit"], abs=1e-9)


def test_get_and_post_answer_the_same(client: httpx.Client) -> None:
    by_url = client.get("/explain", params={"text": TEXT, "units": "top:3"})
    assert by_url.json() == explain(client, text=TEXT, units="top:3")


def test_the_verdict_is_that_of_predict(client: httpx.Client) -> None:
    explained = explain(client, text=TEXT)
    predicted = client.post("/predict", json={"text": TEXT}).json()
    assert explained["label"] == predicted["label"]
    assert explained["score"] == pytest.approx(predicted["score"], abs=1e-6)
    assert len(explained["tokens"]) == predicted["tokens"]


def test_units_are_left_out_by_default(client: httpx.Client) -> None:
    assert explain(client, text=TEXT)["units"] is None


@pytest.mark.parametrize("units", ["2,0,255", [2, 0, 255], [2.0, 0, 255]])
def test_named_units_come_in_the_order_named(
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


def test_course_turns_the_update_gate_round_and_nothing_else(client: httpx.Client) -> None:
    ours = explain(client, text=TEXT, units="top:4")
    theirs = explain(client, text=TEXT, units="top:4", convention="course")
    assert (ours.pop("convention"), theirs.pop("convention")) == ("pytorch", "course")
    symbols = [answer.pop("notation")["update_symbol"] for answer in (ours, theirs)]
    assert symbols == ["z", "u"]
    for mine, other in zip(ours["tokens"], theirs["tokens"], strict=True):
        turned, update = other.pop("update"), mine.pop("update")
        assert turned["mean"] == pytest.approx(1 - update["mean"], abs=1e-12)
        assert turned["min"] == pytest.approx(1 - update["max"], abs=1e-12)
        assert turned["max"] == pytest.approx(1 - update["min"], abs=1e-12)
    turned, update = theirs["units"].pop("update"), ours["units"].pop("update")
    for other, mine in zip(turned, update, strict=True):
        assert other == pytest.approx([1 - value for value in mine], abs=1.01e-4)
    assert theirs == ours


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
def test_units_that_cannot_be_had_are_refused(
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
def test_a_unit_that_is_no_number_is_refused(client: httpx.Client, unit: object) -> None:
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
def test_a_text_with_nothing_to_read_is_refused(client: httpx.Client, text: str) -> None:
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
def test_a_bad_query_is_refused_by_name(client: httpx.Client, query: str, parameter: str) -> None:
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
def test_a_bad_body_is_refused_by_place(client: httpx.Client, body: object, pointer: str) -> None:
    assert only_error(client.post("/explain", json=body))["pointer"] == pointer
