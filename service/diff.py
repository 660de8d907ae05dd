"""GET and POST /explain/diff: two texts read, their tokens aligned, and what differs."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Body, Query, Request
from jaxtyping import Float32
from pydantic import TypeAdapter
from starlette.responses import Response

from models import Explanation
from models.alignment import Pair, align
from service.diff_schemas import (
    DiffAnswer,
    DiffChange,
    DiffQuery,
    DiffRequest,
    DiffRow,
    GateChange,
    ReadReport,
)
from service.examples import EXAMPLES
from service.explain_schemas import Contribution, TokenReport
from service.explanation import ledger_report, token_reports, unusual_report
from service.inference import Inference, InferenceDependency
from service.json_body import JSONRoute
from service.notation import NOTATIONS, in_convention
from service.problems import inference_responses
from service.queries import Source, field_place, refuse_repeated
from service.schemas import Convention, verdict_fields

router = APIRouter(tags=["model"], route_class=JSONRoute)

_TOKENS = TypeAdapter(list[TokenReport])

_DOCUMENTATION: dict[str, Any] = {
    "summary": "Compare two reviews, token by token",
    "response_model": DiffAnswer,
    "response_description": "What /explain says of both, their tokens aligned, and the changes.",
}
_EXAMPLES: dict[str, Any] = {
    "edit": {
        "summary": "One word edited",
        "value": {
            "text": EXAMPLES[0].text,
            "other": EXAMPLES[0].text.replace("really boring", "never boring"),
        },
    },
    "moved": {
        "summary": "The verdict first, with the update gate as u = 1 − z",
        "value": {
            "text": "The plot is thin. But I love it!",
            "other": "I love it! But the plot is thin.",
            "convention": "course",
        },
    },
}


@router.get("/explain/diff", responses=inference_responses(), **_DOCUMENTATION)
async def diff_by_url(
    inference: InferenceDependency, request: Request, query: Annotated[DiffQuery, Query()]
) -> Response:
    """Both texts are read; a row is a token of each that stand for each other, or one alone."""
    refuse_repeated(request)
    question = DiffRequest.model_validate(query.model_dump())
    return await _compare(inference, question, asked_in="query")


@router.post("/explain/diff", responses=inference_responses(413), **_DOCUMENTATION)
async def diff_by_body(
    inference: InferenceDependency,
    body: Annotated[DiffRequest, Body(openapi_examples=_EXAMPLES)],
) -> Response:
    """The same as GET, for texts of any length."""
    return await _compare(inference, body, asked_in="body")


async def _compare(inference: Inference, question: DiffRequest, *, asked_in: Source) -> Response:
    place = partial(field_place, asked_in=asked_in)

    def compare() -> bytes:
        encodings = inference.read([question.text, question.other], [place("text"), place("other")])
        runs = [inference.predictor.explain_encoded(encoding) for encoding in encodings]
        for run in runs:
            inference.metrics.count_verdict(run.prediction)
        text, other = runs
        answer = _answer(inference, text, other, align(*encodings), convention=question.convention)
        return answer.model_dump_json().encode()

    answer = await inference.run("diff", compare, texts=[question.text, question.other])
    return Response(answer, media_type="application/json")


def _answer(
    inference: Inference,
    text: Explanation,
    other: Explanation,
    pairs: Sequence[Pair],
    *,
    convention: Convention,
) -> DiffAnswer:
    rows = _rows(pairs, text, other, convention)
    return DiffAnswer(
        convention=convention,
        notation=NOTATIONS[convention],
        unusual=unusual_report(inference.predictor.artifact.gates),
        text=_read(inference, text, convention),
        other=_read(inference, other, convention),
        change=_change(text, other, rows),
        rows=rows,
        model=inference.model,
    )


def _read(inference: Inference, run: Explanation, convention: Convention) -> ReadReport:
    return ReadReport(
        **verdict_fields(run.prediction, inference.model),
        text=run.encoding.text,
        ledger=ledger_report(run),
        tokens=_TOKENS.validate_python(
            token_reports(run, inference.predictor.artifact.gates, convention)
        ),
    )


def _change(text: Explanation, other: Explanation, rows: Sequence[DiffRow]) -> DiffChange:
    logit = other.ledger.logit - text.ledger.logit
    same = sum(row.contribution.total for row in rows if row.kind == "same")
    edited = sum(row.contribution.total for row in rows if row.kind != "same")
    before, after = (run.prediction.probabilities["positive"] for run in (text, other))
    return DiffChange(
        logit=logit,
        probability=after - before,
        label_changes=text.prediction.label != other.prediction.label,
        edited_tokens=edited,
        same_tokens=same,
        residual=logit - edited - same,
    )


def _rows(
    pairs: Sequence[Pair], text: Explanation, other: Explanation, convention: Convention
) -> list[DiffRow]:
    before, after = _Columns(text, convention), _Columns(other, convention)
    return [_row(pair, before, after) for pair in pairs]


class _Columns:
    """What differs from run to run, as arrays to be read many times."""

    def __init__(self, run: Explanation, convention: Convention) -> None:
        ledger = run.ledger
        parts = (ledger.total, ledger.new_word, ledger.recalled_context)  # (T,) each
        self.contributions = np.stack(parts, axis=1)  # (T, 3)
        self.running = run.running_probability  # (T,)
        self.reset = run.trace.reset_gate  # (T, H)
        self.update = in_convention(run.trace.update_gate, convention)  # (T, H)


def _row(pair: Pair, before: _Columns, after: _Columns) -> DiffRow:
    was = np.zeros(3) if pair.first is None else before.contributions[pair.first]  # (3,)
    is_ = np.zeros(3) if pair.second is None else after.contributions[pair.second]  # (3,)
    total, new_word, recalled_context = (is_ - was).tolist()
    row = DiffRow(
        kind=pair.kind,
        token=pair.first,
        other_token=pair.second,
        contribution=Contribution(
            total=total, new_word=new_word, recalled_context=recalled_context
        ),
        running_probability=None,
        reset=None,
        update=None,
    )
    if pair.first is not None and pair.second is not None:
        row.running_probability = float(after.running[pair.second] - before.running[pair.first])
        row.reset = _gate_change(before.reset[pair.first], after.reset[pair.second])
        row.update = _gate_change(before.update[pair.first], after.update[pair.second])
    return row


def _gate_change(before: Float32[np.ndarray, " H"], after: Float32[np.ndarray, " H"]) -> GateChange:
    moved = after - before  # (H,)
    return GateChange(mean=float(moved.mean()), distance=float(np.abs(moved).mean()))
