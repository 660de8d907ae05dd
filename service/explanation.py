"""An explanation as the API's JSON: conventions, units and rounding, and nothing computed anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float32
from pydantic import BaseModel
from pydantic_core import to_json

from models import Explanation
from models.artifact import Artifact
from models.credit import GROWTH, Credits
from models.flags import token_flags
from models.intervene import GateEffects
from models.statistics import BAND_STARTS, UNUSUAL_PERCENT, GateStatistics
from models.trace import GateTrace
from service.explain_schemas import (
    CreditReport,
    ExplainAnswer,
    HeldReport,
    LedgerReport,
    Unusual,
    UnusualBand,
)
from service.faithfulness import FaithfulnessAnswer
from service.notation import NOTATIONS, in_convention
from service.schemas import Convention, ModelName, verdict_fields
from service.units import Selection, select_units

UNIT_DECIMALS = 4
# Tokens are put in as JSON: as checked records, they would take a quarter as long as the network.
_NO_TOKENS = b'"tokens":[]'


@dataclass(frozen=True)
class Answered:
    """What was found out about one question: the plain run, and what else was asked for."""

    plain: Explanation
    effects: GateEffects | None
    credit: Credits | None
    faithfulness: FaithfulnessAnswer | None
    held: Explanation | None


def explanation_json(
    answered: Answered,
    artifact: Artifact,
    *,
    model: ModelName,
    units: Selection | None,
    convention: Convention,
) -> bytes:
    """Render an explanation. It takes long with many units: do it in a worker thread."""
    plain, held, gates = answered.plain, answered.held, artifact.gates
    ids = None
    if units is not None:
        ids = select_units(units, plain.trace.hidden[-1], artifact.weights.head_weight)
    answer = ExplainAnswer(
        **verdict_fields(plain.prediction, model),
        text=plain.encoding.text,
        convention=convention,
        notation=NOTATIONS[convention],
        unusual=unusual_report(gates),
        ledger=ledger_report(plain),
        tokens=[],
        credit=_credit(answered.credit),
        faithfulness=answered.faithfulness,
        units=None,
        held=None,
    )
    tokens = token_reports(plain, gates, convention, answered.effects, answered.credit)
    content = _filled(answer, tokens, plain.trace, ids, convention, end=b',"held":null}')
    if held is None:
        return content + b',"held":null}'
    report = HeldReport(
        label=held.prediction.label,
        score=held.prediction.score,
        probabilities=held.prediction.probabilities,
        logit_change=held.ledger.logit - plain.ledger.logit,
        ledger=ledger_report(held),
        tokens=[],
        units=None,
    )
    tokens = token_reports(held, gates, convention)
    held_content = _filled(report, tokens, held.trace, ids, convention, end=b"}")
    return content + b',"held":' + held_content + b"}}"


def unusual_report(gates: GateStatistics) -> Unusual:
    """Say what the flags of an answer call unusual."""
    return Unusual(
        percent=UNUSUAL_PERCENT,
        tokens=gates.tokens,
        bands=[
            UnusualBand(from_token=start, recalled_share_below=low, released_share_above=high)
            for start, low, high in zip(
                BAND_STARTS,
                gates.low_recalled_share.tolist(),
                gates.high_released_share.tolist(),
                strict=True,
            )
        ],
    )


def ledger_report(explanation: Explanation) -> LedgerReport:
    """Report the account of the logit."""
    ledger = explanation.ledger
    return LedgerReport(bias=ledger.bias, logit=ledger.logit, residual=ledger.residual)


def token_reports(
    explanation: Explanation,
    gates: GateStatistics,
    convention: Convention,
    effects: GateEffects | None = None,
    credit: Credits | None = None,
) -> list[dict[str, Any]]:
    """Answer every token of a run as a `TokenReport`, with effects and credits if there are any."""
    encoding, trace, ledger = explanation.encoding, explanation.trace, explanation.ledger
    columns: dict[str, list[Any]] = {
        "text": [encoding.word(position) for position in range(len(encoding))],
        "start": encoding.starts.tolist(),
        "end": encoding.ends.tolist(),
        "known": encoding.known.tolist(),
        "reset": _gate(trace.reset_gate, "pytorch"),
        "update": _gate(trace.update_gate, convention),
        "recalled_share": ledger.recalled_share.tolist(),
        "running_probability": explanation.running_probability.tolist(),
        "contribution": _rows_of(
            total=ledger.total,
            new_word=ledger.new_word,
            recalled_context=ledger.recalled_context,
        ),
        "kept_share": ledger.kept_share.tolist(),
        "released_share": ledger.released_share.tolist(),
        "flags": token_flags(ledger, gates, effects),
        "effects": _rows_of(**vars(effects)) if effects else [None] * len(encoding),
        "credit": credit.total.tolist() if credit else [None] * len(encoding),
    }
    return _rows(columns)


def _credit(credit: Credits | None) -> CreditReport | None:
    if credit is None:
        return None
    return CreditReport(growth=list(GROWTH), residual=credit.residual)


def _gate(gate: Float32[np.ndarray, "T H"], convention: Convention) -> list[dict[str, float]]:
    """Summarize a gate over its units, in a convention that may exchange its ends."""
    columns = np.stack([gate.mean(axis=1), gate.min(axis=1), gate.max(axis=1)])  # (3, T)
    mean, low, high = in_convention(columns.astype(np.float64), convention)  # (T,) each
    return _rows_of(mean=mean, min=np.minimum(low, high), max=np.maximum(low, high))


def _rows_of(**columns: Float[np.ndarray, " T"]) -> list[dict[str, float]]:
    return _rows({name: column.tolist() for name, column in columns.items()})


def _rows(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Turn columns into rows, one a token."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _filled(
    report: BaseModel,
    tokens: list[dict[str, Any]],
    trace: GateTrace,
    ids: list[int] | None,
    convention: Convention,
    *,
    end: bytes,
) -> bytes:
    """Render a report without its end, with tokens, and units for the null that stands there."""
    content = report.model_dump_json().encode().removesuffix(end)
    # A text cannot hold these bytes: JSON puts a backslash before its quotes.
    content = content.replace(_NO_TOKENS, b'"tokens":' + to_json(tokens), 1)
    if ids is None:
        return content
    return content.removesuffix(b"null") + _units(trace, ids, convention)


def _units(trace: GateTrace, ids: list[int], convention: Convention) -> bytes:
    """Render a `UnitReport` row by row.

    In one piece, millions of numbers would hold the interpreter's lock, and so every other
    request, for a third of a second.
    """
    arrays = {
        "reset": trace.reset_gate,
        "update": in_convention(trace.update_gate, convention),
        "candidate": trace.candidate,
        "hidden": trace.hidden,
    }
    columns = [f'"{name}":'.encode() + _matrix(array[:, ids]) for name, array in arrays.items()]
    return b",".join([b'{"ids":' + to_json(ids), *columns]) + b"}"


def _matrix(values: Float[np.ndarray, "T U"]) -> bytes:
    rounded = values.astype(np.float64).round(UNIT_DECIMALS)  # (T, U), so that 4 digits print as 4
    return b"[" + b",".join(to_json(row.tolist()) for row in rounded) + b"]"
