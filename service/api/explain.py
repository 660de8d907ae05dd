"""GET and POST /explain: the prediction with the computation that led to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from gatewise.models.explain.account import ACCOUNT_PASSES
from gatewise.models.explain.faithfulness import RANDOM_RANKINGS, faithfulness_passes
from gatewise.models.explain.interventions import (
    GATE_EFFECT_RUNS,
    INTERVENTION_PASSES,
    Intervention,
)
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import Encoding
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.explanation.export import explanation_response
from gatewise.service.api.explanation.faithfulness import NAMED_RANKINGS, measure_faithfulness
from gatewise.service.api.explanation.interventions import read_interventions
from gatewise.service.api.explanation.record import (
    Computation,
    explanation_record,
    has_account,
)
from gatewise.service.api.explanation.selected_units import UNIT_ARRAYS, Selection, check_units
from gatewise.service.api.inference import Cost, Inference
from gatewise.service.api.methods import get_and_post
from gatewise.service.api.schemas.explain import (
    ExplainBody,
    ExplainOptions,
    ExplainQuery,
    InterventionRequest,
)
from gatewise.service.api.schemas.explanation import ExplanationRecord
from gatewise.service.engine.batch import Check
from gatewise.service.http.fields import Source, field_location
from gatewise.service.http.json_body import JSONRoute
from gatewise.service.http.problems import (
    ErrorItem,
    ProblemError,
    invalid_request,
)

router = APIRouter(tags=["model"], route_class=JSONRoute)

_BODY_DESCRIPTION = """\
The same as GET, for texts of any length, and with interventions.

With `interventions` the text is run twice: `intervened` contains the second run, with the same
tokens as the first. A comparison shows how the given gate values changed the prediction, the
running prediction and every later gate.\
"""
_FORMATS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
        }
    }
}
_EXAMPLES: dict[str, Any] = {
    "summary": {"summary": EXAMPLES[0].title, "value": {"text": EXAMPLES[0].text}},
    "gate_effects": {
        "summary": "How each token's own gates changed the logit",
        "value": {"text": EXAMPLES[0].text, "gate_effects": True},
    },
    "reset-open": {
        "summary": "Reset gates set to 1 over the last sentence, “But the movie is really boring.”",
        "value": {
            "text": EXAMPLES[0].text,
            "interventions": [{"gate": "reset", "value": 1, "tokens": "54-60"}],
        },
    },
    "average": {
        "summary": "Both gates of one token set to each unit's average",
        "value": {
            "text": EXAMPLES[0].text,
            "interventions": [
                {"gate": "reset", "value": "average", "tokens": [59]},
                {"gate": "update", "value": "average", "tokens": [59]},
            ],
        },
    },
    "units": {
        "summary": "With the eight units that moved the logit most",
        "value": {"text": EXAMPLES[1].text, "units": "top:8"},
    },
    "faithfulness": {
        "summary": "With the faithfulness of the rankings by contribution and by attribution",
        "value": {"text": EXAMPLES[1].text, "faithfulness": True},
    },
    "no-attribution": {
        "summary": "Without attributions, as fast as a prediction",
        "value": {"text": EXAMPLES[1].text, "attribution": False},
    },
    "csv": {
        "summary": "As a table with one row for each token",
        "value": {"text": EXAMPLES[0].text, "format": "csv"},
    },
    "chung2014": {
        "summary": "Update gate as u = 1 − z, and two units by number",
        "value": {"text": EXAMPLES[2].text, "units": [0, 9], "convention": "chung2014"},
    },
}


@get_and_post(
    router,
    "/explain",
    query=ExplainQuery,
    body=ExplainBody,
    examples=_EXAMPLES,
    summary="Classify a review, and show the computation",
    body_description=_BODY_DESCRIPTION,
    responses=_FORMATS,
    response_model=ExplanationRecord,
    response_description="The prediction, and for every token its attribution, the probability "
    "without it, its gates, its contribution and the running prediction.",
)
async def explain(
    inference: Inference, options: ExplainQuery | ExplainBody, source: Source
) -> Response:
    """Attributions, gate effects and faithfulness take further passes over the text.

    Everything else comes from the forward pass of the prediction.

    Send long reviews by POST.
    """
    units = options.units
    interventions = options.interventions if isinstance(options, ExplainBody) else []
    predictor = inference.predictor
    (encoding,) = await inference.encode([options.text], [field_location("text", source)])
    if units is not None:
        runs = 2 if interventions else 1
        location = field_location("units", source)
        _check_units(inference, units, tokens=len(encoding), runs=runs, location=location)
    _check_token_limits(inference, options, len(encoding), source)
    with_account = has_account(options.attribution, tokens=len(encoding))
    model_interventions = read_interventions(
        interventions,
        tokens=len(encoding),
        convention=options.convention,
        statistics=predictor.artifact.gates,
    )

    def compute(check: Check) -> Response:
        computation = _compute(
            predictor, encoding, options, model_interventions, check, with_account=with_account
        )
        inference.count(computation.plain.prediction)
        record = explanation_record(
            computation,
            predictor.artifact,
            model=inference.model,
            units=units,
            convention=options.convention,
        )
        return explanation_response(record, options.format)

    return await inference.run(
        "explain",
        compute,
        encodings=[encoding],
        cost=_cost(options, interventions, with_account=with_account),
    )


def _cost(
    options: ExplainOptions, interventions: Sequence[InterventionRequest], *, with_account: bool
) -> Cost:
    rankings = NAMED_RANKINGS + RANDOM_RANKINGS
    return Cost(
        passes=1 + bool(interventions) * INTERVENTION_PASSES,
        batched_passes=(with_account or options.faithfulness) * ACCOUNT_PASSES
        + options.faithfulness * faithfulness_passes(rankings),
        runs_per_token=options.gate_effects * GATE_EFFECT_RUNS + options.faithfulness,
    )


def _compute(
    predictor: Predictor,
    encoding: Encoding,
    options: ExplainOptions,
    interventions: Sequence[Intervention],
    check: Check,
    *,
    with_account: bool,
) -> Computation:
    plain = predictor.explain_encoded(encoding)
    gate_effects = account = faithfulness = intervened = None
    if options.gate_effects:
        gate_effects = predictor.gate_effects(plain, check=check)
    if with_account:
        check()
        account = predictor.account(plain, check=check)
    if options.faithfulness:
        check()
        attribution = account.attribution if account else predictor.attribution(plain)
        faithfulness = measure_faithfulness(predictor, plain, attribution, check=check)
    if interventions:
        check()
        intervened = predictor.explain_encoded(encoding, interventions=interventions)
    check()
    return Computation(
        plain=plain,
        gate_effects=gate_effects,
        account=account,
        faithfulness=faithfulness,
        intervened=intervened,
    )


def _check_units(
    inference: Inference,
    units: Selection,
    *,
    tokens: int,
    runs: int,
    location: Mapping[str, str],
) -> None:
    """Check that the units exist and that the response does not have too many numbers."""
    count = check_units(units, inference.predictor.hidden_size, location)
    values = runs * tokens * count * UNIT_ARRAYS
    limit = inference.settings.max_unit_values
    if values > limit:
        of_both = " of both runs" if runs > 1 else ""
        detail = (
            f"{count:,} units of {tokens:,} tokens in {UNIT_ARRAYS} arrays{of_both} are "
            f"{values:,} numbers; the limit is {limit:,}. Request fewer units."
        )
        raise invalid_request([ErrorItem(detail=detail, **location)])


def _check_token_limits(
    inference: Inference, options: ExplainOptions, tokens: int, source: Source
) -> None:
    """Check that the text is not too long for the options whose time is quadratic."""
    settings = inference.settings
    if options.gate_effects and tokens > settings.max_gate_effect_tokens:
        advice = "Omit `gate_effects`, use `interventions` at single tokens, or send a shorter text"
        limit = settings.max_gate_effect_tokens
        raise _too_many_tokens("gate_effects", source, tokens, limit, advice)
    if options.faithfulness and tokens > settings.max_faithfulness_tokens:
        limit = settings.max_faithfulness_tokens
        advice = "Omit `faithfulness`, or send a shorter text"
        raise _too_many_tokens("faithfulness", source, tokens, limit, advice)


def _too_many_tokens(
    field: str, source: Source, tokens: int, limit: int, advice: str
) -> ProblemError:
    detail = (
        f"The text has {tokens:,} tokens; the limit of `{field}` is {limit:,}, because its time "
        f"grows with the square of the length. {advice}."
    )
    return invalid_request([ErrorItem(detail=detail, **field_location(field, source))])
