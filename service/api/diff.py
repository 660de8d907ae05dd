"""GET and POST /explain/diff: the explanations of two texts, aligned token by token."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from fastapi import APIRouter
from jaxtyping import Float32
from pydantic_core import to_json
from starlette.responses import Response

from gatewise.models import Explanation
from gatewise.models.explain.account import ACCOUNT_PASSES, Account
from gatewise.models.explain.alignment import Pair, align
from gatewise.models.tokenizer import Encoding
from gatewise.service.api.examples import EXAMPLES
from gatewise.service.api.explanation.notation import NOTATIONS, in_convention
from gatewise.service.api.explanation.record import (
    has_account,
    logit_decomposition,
    token_records,
    unusual_limits,
)
from gatewise.service.api.inference import Cost, Inference
from gatewise.service.api.methods import get_and_post
from gatewise.service.api.schemas.common import Convention, prediction_fields
from gatewise.service.api.schemas.diff import (
    EDITED_EXAMPLE,
    DiffBody,
    DiffChange,
    DiffQuery,
    DiffRecord,
    DiffRow,
    DiffText,
    GateChange,
)
from gatewise.service.api.schemas.explanation import TokenDecomposition
from gatewise.service.engine.batch import Check
from gatewise.service.http.fields import Source, field_location
from gatewise.service.http.json_body import JSONRoute

router = APIRouter(tags=["model"], route_class=JSONRoute)

_EXAMPLES: dict[str, Any] = {
    "edit": {
        "summary": "One word edited",
        "value": {"text": EXAMPLES[0].text, "other": EDITED_EXAMPLE},
    },
    "moved": {
        "summary": "The opinion moved to the front, with the update gate as u = 1 − z",
        "value": {
            "text": "The plot is thin. But I love it!",
            "other": "I love it! But the plot is thin.",
            "convention": "chung2014",
        },
    },
}


@get_and_post(
    router,
    "/explain/diff",
    query=DiffQuery,
    body=DiffBody,
    examples=_EXAMPLES,
    summary="Compare two reviews, token by token",
    body_description="The same as GET, for texts of any length.",
    response_model=DiffRecord,
    response_description="The explanations of both reviews, the alignment of their tokens, and "
    "the changes.",
)
async def diff(inference: Inference, request: DiffQuery, source: Source) -> Response:
    """Each row is a pair of aligned tokens, or a token of only one of the texts.

    Send long reviews by POST.
    """
    encodings = await inference.encode(
        [request.text, request.other],
        [field_location("text", source), field_location("other", source)],
    )

    longest = max(map(len, encodings))
    with_accounts = has_account(request.attribution, tokens=longest)

    def compare(check: Check) -> bytes:
        text, other = (_Run(inference, each, with_accounts, check) for each in encodings)
        pairs = align(*encodings)
        return to_json(_record(inference, text, other, pairs, convention=request.convention))

    cost = Cost(batched_passes=with_accounts * ACCOUNT_PASSES)
    content = await inference.run("diff", compare, encodings=encodings, cost=cost)
    return Response(content, media_type="application/json")


class _Run:
    """The explanation of one of the texts, and its account if it is included."""

    def __init__(
        self, inference: Inference, encoding: Encoding, with_account: bool, check: Check
    ) -> None:
        check()
        self.explanation = inference.predictor.explain_encoded(encoding)
        inference.count(self.explanation.prediction)
        self.account: Account | None = None
        if with_account:
            check()
            self.account = inference.predictor.account(self.explanation, check=check)


def _record(
    inference: Inference,
    text: _Run,
    other: _Run,
    pairs: Sequence[Pair],
    *,
    convention: Convention,
) -> DiffRecord:
    before, after = (_Columns(run, convention) for run in (text, other))
    rows = [_row(pair, before, after) for pair in pairs]
    return DiffRecord(
        convention=convention,
        notation=NOTATIONS[convention],
        unusual=unusual_limits(inference.predictor.artifact.gates),
        text=_text(inference, text, convention),
        other=_text(inference, other, convention),
        change=_change(text.explanation, other.explanation, rows),
        rows=rows,
        model=inference.model,
    )


def _text(inference: Inference, run: _Run, convention: Convention) -> DiffText:
    explanation, gates = run.explanation, inference.predictor.artifact.gates
    return DiffText(
        **prediction_fields(explanation.prediction, inference.model),
        text=explanation.encoding.text,
        decomposition=logit_decomposition(explanation),
        tokens=token_records(explanation, gates, convention, account=run.account),
    )


def _change(text: Explanation, other: Explanation, rows: Sequence[DiffRow]) -> DiffChange:
    logit = other.decomposition.logit - text.decomposition.logit
    same = sum(row["decomposition"]["total"] for row in rows if row["kind"] == "same")
    edited = sum(row["decomposition"]["total"] for row in rows if row["kind"] != "same")
    before, after = (run.prediction.probabilities["positive"] for run in (text, other))
    return DiffChange(
        logit=logit,
        probability=after - before,
        label_changes=text.prediction.label != other.prediction.label,
        edited_tokens=edited,
        same_tokens=same,
        residual=logit - edited - same,
    )


class _Columns:
    """What differs between two runs, as arrays that are computed once."""

    def __init__(self, run: _Run, convention: Convention) -> None:
        explanation = run.explanation
        decomposition = explanation.decomposition
        account = run.account
        self.attribution = None if account is None else account.attribution.total  # (T,)
        parts = (
            decomposition.total,
            decomposition.new_word,
            decomposition.recalled_context,
        )  # (T,) each
        self.contributions = np.stack(parts, axis=1)  # (T, 3)
        self.running = explanation.running_probability  # (T,)
        self.reset = explanation.trace.reset_gate  # (T, H)
        self.update = in_convention(explanation.trace.update_gate, convention)  # (T, H)


def _row(pair: Pair, before: _Columns, after: _Columns) -> DiffRow:
    first, second = pair.first, pair.second
    old = np.zeros(3) if first is None else before.contributions[first]  # (3,)
    new = np.zeros(3) if second is None else after.contributions[second]  # (3,)
    total, new_word, recalled_context = (new - old).tolist()
    row = DiffRow(
        kind=pair.kind,
        token=first,
        other_token=second,
        attribution=_attribution_change(pair, before, after),
        decomposition=TokenDecomposition(
            total=total, new_word=new_word, recalled_context=recalled_context
        ),
        running_probability=None,
        reset=None,
        update=None,
    )
    if first is not None and second is not None:
        row["running_probability"] = float(after.running[second] - before.running[first])
        row["reset"] = _gate_change(before.reset[first], after.reset[second])
        row["update"] = _gate_change(before.update[first], after.update[second])
    return row


def _attribution_change(pair: Pair, before: _Columns, after: _Columns) -> float | None:
    if before.attribution is None or after.attribution is None:
        return None
    old = 0.0 if pair.first is None else before.attribution[pair.first]
    new = 0.0 if pair.second is None else after.attribution[pair.second]
    return float(new - old)


def _gate_change(before: Float32[np.ndarray, " H"], after: Float32[np.ndarray, " H"]) -> GateChange:
    change = after - before  # (H,)
    return GateChange(mean=float(change.mean()), distance=float(np.abs(change).mean()))
