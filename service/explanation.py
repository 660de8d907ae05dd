"""An explanation as the API's JSON: conventions, units and rounding, and nothing computed anew."""

import numpy as np
from jaxtyping import Float, Float32
from pydantic_core import to_json

from models import Explanation
from models.trace import GateSummary, GateTrace, summarize
from service.faithfulness import FaithfulnessAnswer
from service.schemas import (
    Contribution,
    Convention,
    ExplainAnswer,
    GateReport,
    LedgerReport,
    ModelName,
    TokenReport,
    verdict_fields,
)
from service.units import Selection, select_units

UNIT_DECIMALS = 4


def explanation_json(
    explanation: Explanation,
    *,
    model: ModelName,
    head_weight: Float32[np.ndarray, " H"],
    units: Selection | None,
    convention: Convention,
    faithfulness: FaithfulnessAnswer | None,
) -> bytes:
    """Render an explanation. It takes long with many units: do it in a worker thread."""
    ledger = explanation.ledger
    answer = ExplainAnswer(
        **verdict_fields(explanation.prediction, model),
        text=explanation.encoding.text,
        convention=convention,
        ledger=LedgerReport(bias=ledger.bias, logit=ledger.logit, residual=ledger.residual),
        tokens=_tokens(explanation, convention),
        faithfulness=faithfulness,
        units=None,
    ).model_dump_json()
    if units is None:
        return answer.encode()
    ids = select_units(units, explanation.trace.hidden[-1], head_weight)
    return answer.removesuffix("null}").encode() + _units(explanation.trace, ids, convention) + b"}"


def _tokens(explanation: Explanation, convention: Convention) -> list[TokenReport]:
    encoding, trace, ledger = explanation.encoding, explanation.trace, explanation.ledger
    flips = set(explanation.flips)
    columns = zip(
        summarize(trace.reset_gate),
        summarize(trace.update_gate),
        ledger.total.tolist(),
        ledger.new_word.tolist(),
        ledger.recalled_context.tolist(),
        ledger.recalled_share.tolist(),
        ledger.kept_share.tolist(),
        explanation.running_probability.tolist(),
        strict=True,
    )
    return [
        TokenReport(
            text=encoding.word(position),
            start=int(encoding.starts[position]),
            end=int(encoding.ends[position]),
            known=bool(encoding.known[position]),
            reset=_gate(reset, "pytorch"),
            update=_gate(update, convention),
            contribution=Contribution(total=total, new_word=new, recalled_context=recalled),
            recalled_share=recalled_share,
            kept_share=kept_share,
            running_probability=probability,
            flags=["flip"] if position in flips else [],
        )
        for position, (
            reset,
            update,
            total,
            new,
            recalled,
            recalled_share,
            kept_share,
            probability,
        ) in enumerate(columns)
    ]


def _gate(summary: GateSummary, convention: Convention) -> GateReport:
    if convention == "course":
        return GateReport(mean=1 - summary.mean, min=1 - summary.max, max=1 - summary.min)
    return GateReport(mean=summary.mean, min=summary.min, max=summary.max)


def _units(trace: GateTrace, ids: list[int], convention: Convention) -> bytes:
    """Render a `UnitReport` row by row.

    In one piece, millions of numbers would hold the interpreter's lock, and so every other
    request, for a third of a second.
    """
    update = trace.update_gate
    arrays = {
        "reset": trace.reset_gate,
        "update": 1 - update if convention == "course" else update,
        "candidate": trace.candidate,
        "hidden": trace.hidden,
    }
    columns = [f'"{name}":'.encode() + _rows(array[:, ids]) for name, array in arrays.items()]
    return b",".join([b'{"ids":' + to_json(ids), *columns]) + b"}"


def _rows(values: Float[np.ndarray, "T U"]) -> bytes:
    rounded = values.astype(np.float64).round(UNIT_DECIMALS)  # (T, U), so that 4 digits print as 4
    return b"[" + b",".join(to_json(row.tolist()) for row in rounded) + b"]"
